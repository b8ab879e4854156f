//! Dead letters: messages that were given up and wait for a person to look.

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::outbox::{MessageId, Row};

/// Dead letters in the order of their ids, those behind `after` if that is given.
pub fn behind(
    journal: &Journal,
    after: Option<MessageId>,
) -> impl Iterator<Item = Result<(MessageId, Row), Failure>> + '_ {
    // They stand behind all others, at no instant.
    let place = after.map_or_else(before_all, |id| (Timestamp::NEVER, id));
    journal.outbox_of_all(Some(place))
}

/// The first `n` dead letters.
pub fn letters(journal: &Journal, n: usize) -> Result<Vec<(MessageId, Row)>, Failure> {
    behind(journal, None).take(n).collect()
}

fn before_all() -> (Timestamp, MessageId) {
    let entity = EntityId { kind: u8::MAX, key: CompactString::default() };
    let last = MessageId { entity, sequence: u64::MAX, index: u16::MAX };
    (Timestamp::from_millis(Timestamp::NEVER.as_millis() - 1), last)
}
