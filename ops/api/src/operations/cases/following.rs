//! Cases that are followed for a moment: what another entity answers is waited for, so that whoever asked can be told.

use std::time::Duration;

use duban_actors::case::{Case, KIND};
use duban_runtime::entity::EntityId;
use duban_runtime::record::Stored;

use crate::http::problem::Problem;
use crate::operations::exposed::Backend;
use duban_base::asking::Done;
use duban_base::store::Store;

/// How long an answer is waited for; then whoever asked is told where to look.
const PATIENCE: Duration = Duration::from_secs(2);

/// Follows a case until it is `answered`, or nobody more can wait for it.
///
/// # Errors
/// What keeps it from being read.
pub(super) async fn until(
    at: &Backend<'_>,
    key: &str,
    done: &mut Done<Case>,
    answered: impl Fn(&Case) -> bool,
) -> Result<(), Problem> {
    let id = EntityId::new(KIND, key);
    tokio::time::timeout(PATIENCE, followed(at, &id, done, answered)).await.unwrap_or(Ok(()))
}

async fn followed(
    at: &Backend<'_>,
    id: &EntityId,
    done: &mut Done<Case>,
    answered: impl Fn(&Case) -> bool,
) -> Result<(), Problem> {
    let mut seen = done.sequence;
    while !answered(&done.state()?) {
        let Some(next) = at.node.journal().next_change(id) else { break };
        // It changed just now: seldom does it have to be read.
        let stored = match at.node.journal().at_hand(id) {
            Some(stored) => Some(stored),
            None => read(at, id.clone()).await?,
        };
        match stored.filter(|stored| stored.sequence > seen) {
            Some(stored) => {
                seen = stored.sequence;
                done.by_now(stored.state);
            }
            None => next.happened().await,
        }
    }
    Ok(())
}

async fn read(at: &Backend<'_>, case: EntityId) -> Result<Option<Stored>, Problem> {
    at.read(move |store: &Store| Ok(store.journal.entity(&case)?)).await
}
