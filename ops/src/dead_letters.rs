//! Dead letters: messages that were given up and wait for a person to look.

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::outbox::{MessageId, Row};
use duban_runtime::partition::PARTITIONS;

/// Up to `n` dead letters of a partition.
///
/// # Errors
/// When the outbox cannot be read.
pub fn letters(
    journal: &Journal,
    partition: u8,
    n: usize,
) -> Result<Vec<(MessageId, Row)>, Failure> {
    // They stand behind all others, at no instant.
    let entity = EntityId { kind: u8::MAX, key: CompactString::default() };
    let last = MessageId { entity, sequence: u64::MAX, index: u16::MAX };
    let before_never = Timestamp::from_millis(Timestamp::NEVER.as_millis() - 1);
    journal.outbox(partition, Some((before_never, last)), n)
}

/// Up to `n` dead letters of each partition.
///
/// # Errors
/// As [`letters`].
pub fn everywhere(journal: &Journal, n: usize) -> Result<Vec<(MessageId, Row)>, Failure> {
    let mut found = Vec::new();
    for partition in 0..PARTITIONS {
        found.extend(letters(journal, partition, n)?);
    }
    Ok(found)
}
