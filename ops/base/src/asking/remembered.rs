//! What an entity has forgotten: it remembers its last few commands, and a key stands for a day; its history knows the rest.

use compact_str::format_compact;
use duban_runtime::answer::KEY_USED_BEFORE;
use duban_runtime::entity::{CommandId, Entity, EntityId};
use duban_runtime::node::Node;
use duban_runtime::record::Record;

use super::{Done, No, REMEMBERED, Terms};

/// What became of a command of the day that may have been asked before; none if it was not. Reads the disk.
///
/// # Errors
/// [`No::Unrecorded`] when the history cannot be read.
pub async fn remembered<E: Entity>(
    node: &Node,
    terms: &Terms,
    key: &str,
) -> Result<Option<Result<Done<E>, No>>, No> {
    if terms.looked.is_none() {
        return Ok(None);
    }
    let (journal, since) = (node.journal().clone(), node.clock().now() - REMEMBERED);
    let (entity, id) = (EntityId::new(E::KIND, key), terms.id);
    let look = tokio::task::spawn_blocking(move || {
        let history = journal.since(&entity, since).map_err(|failure| unread(&failure))?;
        // A tell says when it was sent, so that instants do not always follow each other.
        let mut of_the_day = history.iter().filter(|record| record.asked.at >= since);
        match of_the_day.find_map(|record| told(record, id)) {
            Some(Told::Same(sequence)) => {
                let stored = journal.entity(&entity).map_err(|failure| unread(&failure))?;
                let stored = stored.ok_or_else(|| unread(&"it is gone"))?;
                Ok(Some(Ok(Done::before(entity, sequence, stored.state))))
            }
            Some(Told::Another) => {
                Ok(Some(Err(No::Refused { code: KEY_USED_BEFORE, detail: "null".to_owned() })))
            }
            None => Ok(None),
        }
    });
    look.await.map_err(|ended| unread(&ended))?
}

fn unread(why: &dyn std::fmt::Display) -> No {
    No::Unrecorded(format_compact!("what was asked before cannot be read: {why}"))
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
