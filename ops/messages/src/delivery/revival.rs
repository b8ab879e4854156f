//! Dead letters get another try: one by one, or all of them.

use duban_runtime::answer::Answer;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Failure;
use duban_runtime::node::Node;
use duban_runtime::outbox::MessageId;
use duban_runtime::registry::Registry;

use duban_base::dead_letters;

/// Dead letters read at a time.
const PAGE: usize = 256;
/// Dead letters that one call revives at most; the rest is there for the next one.
pub const REVIVED_MAX: usize = 100_000;

/// What became of a message that a person wants tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revival {
    /// It is due now, to the addresses it was given up for, as if it had never failed.
    Due,
    /// It is no dead letter: it has an outcome, or is under way, or there is no such message.
    NotDead,
    /// Its partition has no room or starts over; ask again.
    Busy,
}

/// The message of an id as `duban outbox list` writes it, e.g. `case/c0abc#7.0`; none when it is no such id.
pub fn message(registry: &Registry, id: &str) -> Option<MessageId> {
    let (kind, rest) = id.trim().split_once('/')?;
    let (key, place) = rest.rsplit_once('#')?;
    let (sequence, index) = place.split_once('.')?;
    if key.is_empty() {
        return None;
    }
    let entity = EntityId { kind: registry.number(kind)?, key: key.into() };
    Some(MessageId { entity, sequence: sequence.parse().ok()?, index: index.parse().ok()? })
}

/// Gives one dead letter another try, from now on.
pub async fn revive(node: &Node, id: MessageId) -> Result<Revival, Failure> {
    Ok(match node.revive(id, node.clock().now()).await? {
        Answer::Recorded => Revival::Due,
        Answer::Busy { .. } => Revival::Busy,
        Answer::Failed { .. }
        | Answer::Accepted { .. }
        | Answer::Refused { .. }
        | Answer::Stale { .. }
        | Answer::Quarantined { .. }
        | Answer::DeadLetter { .. }
        | Answer::Claimed(_) => Revival::NotDead,
    })
}

/// Gives every dead letter another try; returns how many, [`REVIVED_MAX`] at most.
///
/// # Errors
/// When the journal cannot be read; those before stay revived.
pub async fn revive_all(node: &Node) -> Result<usize, Failure> {
    let (mut revived, mut after) = (0, None);
    loop {
        let room = REVIVED_MAX.saturating_sub(revived).min(PAGE);
        let page = dead_letters::behind(node.journal(), after).take(room);
        let page = page.collect::<Result<Vec<_>, Failure>>()?;
        let Some((last, _)) = page.last() else { return Ok(revived) };
        after = Some(last.clone());
        // What does not move now is left for the next call.
        for (id, _) in page {
            revived += usize::from(revive(node, id).await? == Revival::Due);
        }
    }
}

#[cfg(test)]
mod tests {
    use duban_rules::{Sources, parse};

    use super::*;
    use duban_base::registry;

    #[test]
    fn an_id_is_read_as_the_list_writes_it_and_nothing_else_is_one() {
        let registry = registry::registry(&registry::in_force(parse(&Sources::shipped()).0));
        for (text, kind, key, sequence, index) in [
            ("case/c0abc#7.0", 1, "c0abc", 7, 0),
            (" bundle/email/00ff#2.1 ", 7, "email/00ff", 2, 1),
            ("unit/a#b#12.3", 2, "a#b", 12, 3),
        ] {
            let entity = EntityId { kind, key: key.into() };
            assert_eq!(message(&registry, text), Some(MessageId { entity, sequence, index }));
        }
        for text in [
            "",
            "case",
            "case/",
            "case/c",
            "case/c#7",
            "case/#7.0",
            "nobody/c#7.0",
            "case/c#-1.0",
            "case/c#1.70000",
        ] {
            assert_eq!(message(&registry, text), None, "{text}");
        }
    }
}
