//! What a case has forgotten: it remembers its last few commands, and a key stands for a day; its history knows the rest.

use actix_web::web;
use duban_actors::case::Case;
use duban_runtime::answer::KEY_USED_BEFORE;
use duban_runtime::entity::{CommandId, EntityId};
use duban_runtime::record::{RECENT_MAX, Record};

use super::keys::REMEMBERED;
use crate::asking::{Done, No};
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Outcome};

/// What became of a keyed command that the case has forgotten; none if it was not asked within a day. Reads the disk
/// only for a case that has so many records.
///
/// # Errors
/// When the history cannot be read.
pub(crate) async fn outcome(
    at: &Backend<'_>,
    case: &EntityId,
    id: CommandId,
) -> Result<Option<Outcome<Case>>, Problem> {
    let records = at.node.journal().sequence(case)?.unwrap_or(0);
    if usize::try_from(records).is_ok_and(|records| records <= RECENT_MAX) {
        return Ok(None);
    }
    let (journal, now, case) = (at.node.journal().clone(), at.node.clock().now(), case.clone());
    let look = web::block(move || {
        let history = journal.history(&case)?;
        let mut of_the_day =
            history.iter().rev().take_while(|record| now.since(record.asked.at) <= REMEMBERED);
        Ok::<_, Problem>(match of_the_day.find_map(|record| told(record, id)) {
            Some(Told::Same(sequence)) => {
                let stored = journal.entity(&case)?.ok_or_else(Problem::not_found)?;
                Some(Ok(Done::before(case, sequence, stored.state)))
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
