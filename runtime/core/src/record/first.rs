//! Records of version 1: who asked stood there without a name, and without what they spoke for.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entity::{self, CommandId, EntityId};

/// The version they begin with.
pub(super) const VERSION: u8 = 1;

/// A record as it stands on disk.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    version: u8,
    entity: EntityId,
    sequence: u64,
    prior: u32,
    rules: u64,
    asked: Asked,
    events: String,
}

/// Who asked.
#[derive(Serialize, Deserialize)]
struct Asked {
    id: CommandId,
    by: CompactString,
    role: CompactString,
    on_behalf_of: Option<CompactString>,
    expected: Option<u64>,
    at: Timestamp,
}

impl From<Record> for super::Record {
    fn from(record: Record) -> super::Record {
        let Record { version, entity, sequence, prior, rules, asked, events } = record;
        super::Record { version, entity, sequence, prior, rules, asked: asked.into(), events }
    }
}

impl From<Asked> for entity::Asked {
    fn from(asked: Asked) -> entity::Asked {
        let Asked { id, by, role, on_behalf_of, expected, at } = asked;
        entity::Asked { id, by, name: None, role, speaks_for: None, on_behalf_of, expected, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::Kind;
    use crate::record;

    #[test]
    fn a_record_of_version_1_is_read_and_what_it_does_not_say_is_none() {
        let asked = Asked {
            id: CommandId(7),
            by: "王".into(),
            role: "desk".into(),
            on_behalf_of: Some("DL".into()),
            expected: Some(3),
            at: Timestamp::from_millis(1_772_413_200_000),
        };
        let entity = EntityId::new(Kind { number: 1, name: "case" }, "c");
        let (sequence, prior, rules, events) = (4, 5, 6, "[]".to_owned());
        let first = Record { version: VERSION, entity, sequence, prior, rules, asked, events };
        let (bytes, own) = (postcard::to_stdvec(&first).unwrap(), first.entity);
        assert!(record::Record::is_of(&bytes, &own));
        let read = record::Record::decode(&bytes).unwrap();
        assert_eq!((read.version, read.sequence, read.prior, read.rules), (1, 4, 5, 6));
        assert_eq!((read.asked.by.as_str(), read.asked.role.as_str()), ("王", "desk"));
        assert_eq!(
            (read.asked.on_behalf_of.as_deref(), read.asked.expected),
            (Some("DL"), Some(3))
        );
        assert_eq!((read.asked.name, read.asked.speaks_for), (None, None));
        assert_eq!(read.events, "[]");
    }

    #[test]
    fn a_record_of_a_version_that_nobody_knows_is_not_guessed_at() {
        let unknown = record::Record::decode(&[record::RECORD_VERSION + 1, 0, 0]).unwrap_err();
        assert!(unknown.0.contains("unknown version 3"), "{unknown}");
    }
}
