//! What an entity has forgotten: it remembers its last few commands, and a key stands for a day; its history knows the rest.

use actix_web::web;
use duban_runtime::answer::KEY_USED_BEFORE;
use duban_runtime::entity::{CommandId, EntityId};
use duban_runtime::record::Record;

use super::exposed::{Backend, Exposed, Outcome, Request};
use crate::asking::{Done, No, REMEMBERED};
use crate::http::problem::Problem;

/// What became of a command of the day that may have been asked before; none if it was not. Reads the disk.
///
/// # Errors
/// When the history cannot be read.
pub(super) async fn outcome<E: Exposed>(
    at: &Backend<'_>,
    request: &Request<'_>,
) -> Result<Option<Outcome<E>>, Problem> {
    if request.terms.looked.is_none() {
        return Ok(None);
    }
    let (journal, since) = (at.node.journal().clone(), at.node.clock().now() - REMEMBERED);
    let (entity, id) = (EntityId::new(E::KIND, request.key), request.terms.id);
    let look = web::block(move || {
        let history = journal.since(&entity, since)?;
        let mut of_the_day = history.iter().take_while(|record| record.asked.at >= since);
        Ok::<_, Problem>(match of_the_day.find_map(|record| told(record, id)) {
            Some(Told::Same(sequence)) => {
                let stored = journal.entity(&entity)?.ok_or_else(Problem::not_found)?;
                Some(Ok(Done::before(entity, sequence, stored.state)))
            }
            Some(Told::Another) => {
                Some(Err(No::Refused { code: KEY_USED_BEFORE, detail: "null".to_owned() }))
            }
            None => None,
        })
    });
    look.await.map_err(|_| Problem::unavailable("unreadable"))?
}

/// What a record tells of a command.
enum Told {
    /// It is that command's, and of this sequence.
    Same(u64),
    /// It is that of another command under the same key.
    Another,
}

fn told(record: &Record, id: CommandId) -> Option<Told> {
    let was = record.asked.id;
    if was == id {
        Some(Told::Same(record.sequence))
    } else {
        id.is_another_use(was).then_some(Told::Another)
    }
}
