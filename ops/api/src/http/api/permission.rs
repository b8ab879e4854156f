//! Permission check before work: what a case would say, asked before a key is cut or a photo looked for.
//!
//! An entity is a pure decider, so that it can be asked without being told. What it says then is all that counts: by the
//! time it is told, it may stand elsewhere.

use duban_actors::case::{Case, Command, KIND};
use duban_runtime::entity::{Asked, Entity as _, EntityId, Refusal as _};

use super::{refused, visibility};
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Request};
use duban_base::store::Store;

/// Whether the case would take this now; what it was told before is for itself to answer again.
pub(crate) async fn would_take(
    at: &Backend<'_>,
    request: &Request<'_>,
    command: &Command,
) -> Result<(), Problem> {
    let asked = request.asker.asked(request.terms.clone(), at.node.clock().now());
    let (id, command) = (EntityId::new(KIND, request.key), command.clone());
    at.read(move |store| ask(store, &id, &command, &asked)).await
}

fn ask(store: &Store, id: &EntityId, command: &Command, asked: &Asked) -> Result<(), Problem> {
    let case = match store.journal.entity(id)? {
        Some(stored) if stored.recent.iter().any(|(known, _)| *known == asked.id) => return Ok(()),
        Some(stored) => visibility::read(id, &stored)?,
        None => Case::initial(id),
    };
    match case.decide(command, asked, &store.rules.current().0) {
        Ok(_) => Ok(()),
        Err(refusal) => {
            // Writing plain data cannot fail.
            let said = serde_json::to_string(&refusal).unwrap_or_default();
            Err(refused::problem(refusal.code(), &said))
        }
    }
}
