//! The layout of the store's keys and values: one ordered tree, prefixed keys that sort as their contents do.
//!
//! | key | value |
//! |---|---|
//! | `a` partition due entity | nothing: when an entity must be woken |
//! | `c` | the frame up to which rows are counted, and [`super::outbox_counts::OutboxCounts`] |
//! | `e` kind key | the entity's [`crate::record::Stored`] |
//! | `f` | in which version the states of each kind are kept (`forms.rs`) |
//! | `h` | the last frame that the store was told of, and its hash: before anything of it is there |
//! | `k` target source number | a tell that nobody could take, and why |
//! | `l` list 0 order 0 entity | nothing: an entity's place in a list |
//! | `o` partition next message | a row of the outbox |
//! | `p` partition | [`PartitionMeta`] |
//! | `q` entity | why an entity is set aside |
//! | `t` source target number | a tell on its way |
//! | `v` | the frame that the changes under `w` lead to; there once all of them are |
//! | `w` key | a change of that key, until it is made ([`super::staging`]) |
//! | `z` | the last frame that the store has seen whole |
//!
//! Keys of entities, lists and orders hold no zero bytes. Values are postcard. sled moves values larger than about
//! [`VALUE_MAX`] out of its log into files of their own, which costs it dearly; nothing large belongs here.

use std::collections::BTreeMap;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entity::{Corrupt, EntityId};
use crate::outbox::MessageId;
use crate::record::SentTell;

/// The size up to which a value is at home in the store; larger ones work, slowly.
pub const VALUE_MAX: usize = 6 * 1024;

/// When entities must be woken.
pub const ALARM: u8 = b'a';
/// The key of how many rows stand where.
pub const CENSUS: &[u8] = b"c";
/// What entities are.
pub const ENTITY: u8 = b'e';
/// The key of the forms in which states are kept.
pub const FORMS: &[u8] = b"f";
/// The key of the last frame that the store was told of.
pub const HEAD: &[u8] = b"h";
/// Tells that nobody could take.
pub const PARKED: u8 = b'k';
/// Places in lists.
pub const LIST: u8 = b'l';
/// Rows of the outbox.
pub const OUTBOX: u8 = b'o';
/// What is known of partitions.
pub const PARTITION: u8 = b'p';
/// Entities set aside.
pub const QUARANTINED: u8 = b'q';
/// Tells on their way.
pub const TELL: u8 = b't';
/// The key that says that the changes aside are all there.
pub const ASIDE_WHOLE: &[u8] = b"v";
/// Changes on their way to where they belong.
pub const ASIDE: u8 = b'w';
/// The key of the last frame that the store has seen whole.
pub const APPLIED: &[u8] = b"z";

/// What a partition needs to go on after a start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionMeta {
    /// The number of its next entry.
    pub next_lsn: u64,
    /// The frame of its last batch; 0 before the first.
    pub frame: u64,
    /// Per target partition, the number of the next tell; 1 where nothing stands.
    pub tell_next: BTreeMap<u8, u64>,
    /// Per source partition, the last tell that is done with; 0 where nothing stands.
    pub marks: BTreeMap<u8, u64>,
}

/// An entity that takes no commands until a person has looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    pub reason: CompactString,
    /// Since when.
    pub at: Timestamp,
}

/// A tell that nobody could take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The partition that sent it.
    pub from_partition: u8,
    pub tell: SentTell,
    pub reason: CompactString,
}

/// The key of an entity's value.
pub fn entity(id: &EntityId) -> Vec<u8> {
    with_entity(1, &[&[ENTITY]], id)
}

/// The key of an entity's alarm.
pub fn alarm(partition: u8, due: Timestamp, id: &EntityId) -> Vec<u8> {
    with_entity(10, &[&[ALARM, partition], &instant(due)], id)
}

/// The key of an entity's place in a list.
pub fn list(list: &str, order: &str, id: &EntityId) -> Vec<u8> {
    let parts: [&[u8]; 5] = [&[LIST], list.as_bytes(), &[0], order.as_bytes(), &[0]];
    with_entity(3 + list.len() + order.len(), &parts, id)
}

/// Where the places of a list begin that have this order or one behind it; with none, the beginning of all their keys.
pub fn places(list: &str, order: &str) -> Vec<u8> {
    [&[LIST], list.as_bytes(), &[0], order.as_bytes()].concat()
}

/// The key of a row of the outbox.
pub fn row(partition: u8, next: Timestamp, id: &MessageId) -> Vec<u8> {
    let mut key = with_entity(21, &[&[OUTBOX, partition], &instant(next)], &id.entity);
    // The zero keeps the order of entities when one key is the beginning of another.
    key.push(0);
    key.extend_from_slice(&id.sequence.to_be_bytes());
    key.extend_from_slice(&id.index.to_be_bytes());
    key
}

/// The key of a tell on its way.
pub fn tell(source: u8, target: u8, number: u64) -> Vec<u8> {
    numbered(TELL, source, target, number)
}

/// The key of a tell that nobody could take.
pub fn parked(target: u8, source: u8, number: u64) -> Vec<u8> {
    numbered(PARKED, target, source, number)
}

/// The key of a partition's meta.
pub fn partition(number: u8) -> Vec<u8> {
    vec![PARTITION, number]
}

/// The key of an entity set aside.
pub fn quarantined(id: &EntityId) -> Vec<u8> {
    with_entity(1, &[&[QUARANTINED]], id)
}

/// The first key after every key that begins with `prefix`.
pub fn end_of(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    // Every key begins with a letter, so only the empty prefix comes here.
    vec![u8::MAX]
}

/// The first key after `key`.
pub fn after(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

/// Where a change of `key` lies aside.
pub fn aside(key: &[u8]) -> Vec<u8> {
    [&[ASIDE], key].concat()
}

/// The first key after every one of `index`, [`ALARM`] or [`OUTBOX`], in `partition` that is due at `now`.
pub fn due_after(index: u8, partition: u8, now: Timestamp) -> Vec<u8> {
    let next = Timestamp::from_millis(now.as_millis().saturating_add(1));
    [[index, partition].as_slice(), &instant(next)].concat()
}

/// The due instant of a key made by [`alarm`] or [`row`].
pub fn parse_due(key: &[u8]) -> Result<Timestamp, Corrupt> {
    due_and_rest(key).map(|(due, _)| due).ok_or_else(|| unreadable(key))
}

/// The entity of a key made by [`entity`] or [`quarantined`].
pub fn parse_entity(key: &[u8]) -> Result<EntityId, Corrupt> {
    let (_, id) = key.split_first().ok_or_else(|| unreadable(key))?;
    entity_id(id).ok_or_else(|| unreadable(key))
}

/// The due instant and the entity of a key made by [`alarm`].
pub fn parse_alarm(key: &[u8]) -> Result<(Timestamp, EntityId), Corrupt> {
    due_and_rest(key)
        .and_then(|(due, rest)| Some((due, entity_id(rest)?)))
        .ok_or_else(|| unreadable(key))
}

/// The order and the entity of a key made by [`list`].
pub fn parse_list(key: &[u8]) -> Result<(CompactString, EntityId), Corrupt> {
    let mut parts = key.splitn(3, |byte| *byte == 0);
    let parsed = (|| {
        parts.next()?;
        let order = CompactString::from_utf8(parts.next()?).ok()?;
        Some((order, entity_id(parts.next()?)?))
    })();
    parsed.ok_or_else(|| unreadable(key))
}

/// The instant and the message of a key made by [`row`].
pub fn parse_row(key: &[u8]) -> Result<(Timestamp, MessageId), Corrupt> {
    let parsed = (|| {
        let (next, rest) = due_and_rest(key)?;
        let (rest, index) = rest.split_last_chunk::<2>()?;
        let (rest, sequence) = rest.split_last_chunk::<8>()?;
        let (_, id) = rest.split_last()?;
        let (sequence, index) = (u64::from_be_bytes(*sequence), u16::from_be_bytes(*index));
        Some((next, MessageId { entity: entity_id(id)?, sequence, index }))
    })();
    parsed.ok_or_else(|| unreadable(key))
}

/// The partition of a key made by [`partition`].
pub fn parse_partition(key: &[u8]) -> Result<u8, Corrupt> {
    key.get(1).copied().ok_or_else(|| unreadable(key))
}

/// The bytes of a value.
pub fn value<T: Serialize>(value: &T) -> Vec<u8> {
    // Writing plain data to a growing vector cannot fail.
    postcard::to_stdvec(value).unwrap_or_default()
}

/// The value in `bytes`.
pub fn parse_value<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, Corrupt> {
    postcard::from_bytes(bytes).map_err(|error| Corrupt(format!("value in the store: {error}")))
}

fn with_entity(length: usize, parts: &[&[u8]], id: &EntityId) -> Vec<u8> {
    let mut key = Vec::with_capacity(length + 1 + id.key.len());
    for part in parts {
        key.extend_from_slice(part);
    }
    key.push(id.kind);
    key.extend_from_slice(id.key.as_bytes());
    key
}

fn numbered(prefix: u8, one: u8, other: u8, number: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(11);
    key.extend_from_slice(&[prefix, one, other]);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// Flipping the sign makes the bytes of instants before 1970 sort before those after.
fn instant(at: Timestamp) -> [u8; 8] {
    (at.as_millis() ^ i64::MIN).to_be_bytes()
}

fn due_and_rest(key: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (due, rest) = key.get(2..)?.split_first_chunk::<8>()?;
    Some((Timestamp::from_millis(i64::from_be_bytes(*due) ^ i64::MIN), rest))
}

fn entity_id(bytes: &[u8]) -> Option<EntityId> {
    let (kind, key) = bytes.split_first()?;
    Some(EntityId { kind: *kind, key: CompactString::from_utf8(key).ok()? })
}

fn unreadable(key: &[u8]) -> Corrupt {
    Corrupt(format!("key in the store: {}", key.escape_ascii()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_entity() -> impl Strategy<Value = EntityId> {
        (0..3_u8, "[a-c]{0,3}").prop_map(|(kind, key)| EntityId { kind, key: key.into() })
    }

    fn any_instant() -> impl Strategy<Value = Timestamp> {
        prop_oneof![-3..3_i64, any::<i64>()].prop_map(Timestamp::from_millis)
    }

    fn any_message() -> impl Strategy<Value = MessageId> {
        (any_entity(), 0..3_u64, 0..3_u16).prop_map(|(entity, sequence, index)| MessageId {
            entity,
            sequence,
            index,
        })
    }

    proptest! {
        #[test]
        fn alarm_keys_sort_by_due_instant_and_then_by_entity(
            one in (any_instant(), any_entity()),
            other in (any_instant(), any_entity()),
        ) {
            let (key, other_key) = (alarm(7, one.0, &one.1), alarm(7, other.0, &other.1));
            prop_assert_eq!(key.cmp(&other_key), one.cmp(&other));
            prop_assert_eq!(parse_alarm(&key), Ok(one));
        }

        #[test]
        fn outbox_keys_sort_by_instant_and_then_by_message(
            one in (any_instant(), any_message()),
            other in (any_instant(), any_message()),
        ) {
            let (key, other_key) = (row(7, one.0, &one.1), row(7, other.0, &other.1));
            prop_assert_eq!(key.cmp(&other_key), one.cmp(&other));
            prop_assert_eq!(parse_row(&key), Ok(one));
        }

        #[test]
        fn list_keys_sort_by_order_and_then_by_entity(
            one in ("[a-c]{0,3}", any_entity()),
            other in ("[a-c]{0,3}", any_entity()),
        ) {
            let (key, other_key) = (list("case/open", &one.0, &one.1), list("case/open", &other.0, &other.1));
            prop_assert_eq!(key.cmp(&other_key), one.cmp(&other));
            prop_assert_eq!(parse_list(&key), Ok((CompactString::from(&one.0), one.1)));
        }

        #[test]
        fn entity_keys_sort_as_entities_do(one in any_entity(), other in any_entity()) {
            prop_assert_eq!(entity(&one).cmp(&entity(&other)), one.cmp(&other));
            prop_assert_eq!(parse_entity(&entity(&one)), Ok(one));
        }
    }

    #[test]
    fn a_list_does_not_reach_into_another_whose_name_it_begins() {
        let id = EntityId { kind: 1, key: "7".into() };
        let end = end_of(b"lcase/open\0");
        assert!(list("case/open", "1", &id) < end);
        assert!(
            list("case/open/SW", "1", &id) >= end
                || list("case/open/SW", "1", &id).as_slice() < b"lcase/open\0".as_slice()
        );
    }

    #[test]
    fn bytes_of_another_kind_are_corrupt() {
        assert!(parse_alarm(b"a").is_err());
        assert!(parse_row(b"o\x01\0\0\0\0\0\0\0\0x").is_err());
        assert!(parse_list(b"lno-zeroes").is_err());
        assert!(parse_value::<PartitionMeta>(b"").is_err());
    }
}
