//! Records: one per accepted command, and the batches that carry records to the journal.
//!
//! A record's bytes are its own: the chain of an entity is the CRC of each record's bytes, kept in the next one.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entity::{Asked, CommandId, Corrupt, EntityId, ListKey};
use crate::outbox::{Message, MessageId, Row, RowEvent};

mod bytes;
mod encoded;
mod first;
mod stage;
#[cfg(feature = "simulator")]
pub mod to_come;

pub use self::encoded::EncodedState;
pub use self::stage::{Before, Stage};

/// The form of [`Record`] on disk. A reader meets every version ever written; 1 says less of who asked.
pub const RECORD_VERSION: u8 = 2;

/// Room for everything of most records but their events.
const HEADER_BYTES: usize = 160;

/// One accepted command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// [`RECORD_VERSION`] of the writer.
    pub version: u8,
    pub entity: EntityId,
    /// Counts the entity's records from 1, without a gap.
    pub sequence: u64,
    /// The CRC of the entity's previous record; 0 before the first.
    pub prior: u32,
    /// Which rules were in force: the first eight bytes of their hash.
    pub rules: u64,
    /// Who asked, in which role, when.
    pub asked: Asked,
    /// What happened: a JSON array of events.
    pub events: String,
}

impl Record {
    /// The bytes that go to disk, and their CRC: the next record's [`Record::prior`]. Only of a record of
    /// [`RECORD_VERSION`]: an older one stands on disk already.
    pub fn encode(&self) -> (Vec<u8>, u32) {
        #[cfg(feature = "simulator")]
        if let Some(record) = to_come::written(self) {
            return record.to_bytes();
        }
        self.to_bytes()
    }

    fn to_bytes(&self) -> (Vec<u8>, u32) {
        // Writing plain data to a growing vector cannot fail.
        let room = Vec::with_capacity(self.events.len() + HEADER_BYTES);
        let bytes = postcard::to_extend(self, room).unwrap_or_default();
        let crc = crc32fast::hash(&bytes);
        (bytes, crc)
    }

    /// The record in `bytes`, which begin with their version.
    pub fn decode(bytes: &[u8]) -> Result<Record, Corrupt> {
        let read = match bytes.first() {
            Some(&first::VERSION) => postcard::from_bytes(bytes).map(first::Record::into),
            Some(&RECORD_VERSION) | None => postcard::from_bytes(bytes),
            Some(later) => return Err(Corrupt(format!("record: of the unknown version {later}"))),
        };
        #[cfg(feature = "simulator")]
        let read = read.map(to_come::read);
        read.map_err(|error| Corrupt(format!("record: {error}")))
    }

    /// Whether the record in `bytes` is one of `id`; of its version and whose it is, with which each begins, no more is
    /// read than that.
    pub fn is_of(bytes: &[u8], id: &EntityId) -> bool {
        let read = postcard::take_from_bytes::<(u8, u8, &str)>(bytes);
        read.is_ok_and(|((_version, kind, key), _)| kind == id.kind && key == id.key)
    }
}

/// Where an entity's previous record lies, so that a history can be walked backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Previous {
    /// This is the first.
    None,
    /// In the frame of this number.
    Frame(u64),
    /// In the frame of this partition's batch before this one.
    BatchBefore,
    /// Earlier in this batch.
    SameBatch,
}

/// A tell on its way: from this batch's partition to another, numbered per pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentTell {
    /// The target's partition.
    pub to_partition: u8,
    /// Counts the tells of this pair of partitions from 1, without a gap.
    pub number: u64,
    pub to: EntityId,
    /// The command in JSON.
    pub command: String,
    /// When it was sent: the instant of the record that caused it.
    pub at: Timestamp,
}

/// The high-water mark of tells from one partition, moved in the commit that took them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The source partition.
    pub from_partition: u8,
    /// Everything up to here is done with.
    pub number: u64,
}

/// One thing a commit does, as it stands on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    Record {
        /// [`Record::encode`].
        #[serde(with = "bytes")]
        record: Vec<u8>,
        /// Where the entity's record before this one lies. Set by the journal, whatever it is handed.
        previous: Previous,
        /// Messages that became ready, in order: index 0, 1, ….
        messages: Vec<Message>,
        /// Tells that set out.
        tells: Vec<SentTell>,
        /// Set when the command came by a tell.
        taken: Option<Taken>,
    },
    /// Something happened to a message.
    Outbox { message: MessageId, event: RowEvent },
    /// A tell was done with, without a record: refused, duplicate, or parked because nobody could take it.
    Tell {
        /// The new mark.
        taken: Taken,
        /// The tell and the reason, when nobody could take it and a person must look.
        parked: Option<(Box<SentTell>, CompactString)>,
    },
    /// An entity was set aside: it takes no commands until a person has looked.
    Quarantined { entity: EntityId, reason: CompactString, at: Timestamp },
}

/// The sort keys under which an entity stands in the indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// When it must be woken: the soonest of its timers.
    pub alarm: Option<Timestamp>,
    pub lists: Vec<ListKey>,
}

/// What a record made of its entity: handed along so that the store behind the ledger need not decide anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    pub entity: EntityId,
    pub stored: Stored,
    /// Its keys before; the first `before` and the last `stored` of several changes are all an index needs.
    pub before: Keys,
}

/// The change of a row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    pub message: MessageId,
    /// Where the row stood before; none if it is new.
    pub before: Option<Before>,
    /// The row now; none if it is done with.
    pub after: Option<Row>,
}

/// What stands in the store for an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The frame of its last record: where its history begins, backwards. Set by the journal when the frame is known; on
    /// the way there it is the one of the record before, or 0 while nobody has heard of that.
    pub frame: u64,
    /// The sequence of its last record.
    pub sequence: u64,
    /// The CRC of its last record.
    pub chain: u32,
    /// The commands that are answered from memory: id and the sequence each became. At most [`RECENT_MAX`].
    pub recent: Vec<(CommandId, u64)>,
    /// When it must be woken.
    pub alarm: Option<Timestamp>,
    pub lists: Vec<ListKey>,
    /// [`crate::entity::Entity::STATE_VERSION`] of the state.
    pub state_version: u16,
    /// [`crate::entity::Entity::to_stored`].
    #[serde(with = "bytes")]
    pub state: EncodedState,
}

/// The version of a state that was put away: only what remains of it stands in the store
/// ([`crate::entity::Entity::remains`]).
pub const PUT_AWAY: u16 = u16::MAX;

/// How many accepted commands an entity remembers.
pub const RECENT_MAX: usize = 8;

impl Stored {
    /// The bytes of the store.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// The value in `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Stored, Corrupt> {
        postcard::from_bytes(bytes).map_err(|error| Corrupt(format!("stored value: {error}")))
    }

    /// The sequence that the value in `bytes` begins with; what is behind it is not looked at.
    pub fn sequence_of(bytes: &[u8]) -> Result<u64, Corrupt> {
        let read = postcard::take_from_bytes::<(u64, u64)>(bytes);
        let ((_frame, sequence), _) =
            read.map_err(|error| Corrupt(format!("stored value: {error}")))?;
        Ok(sequence)
    }

    /// Whether only what remains of its state stands here.
    pub fn is_put_away(&self) -> bool {
        self.state_version == PUT_AWAY
    }

    /// The keys under which it stands in the indexes.
    pub fn keys(&self) -> Keys {
        Keys { alarm: self.alarm, lists: self.lists.clone() }
    }
}

/// One thing a commit does, with what the store needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As it stands on disk.
    pub body: Body,
    /// The entity after it, for a record.
    pub after: Option<Box<After>>,
    /// Rows of the outbox it makes, moves or ends.
    pub rows: Vec<RowChange>,
}

/// Everything one partition commits at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub partition: u8,
    /// The ownership under which it was decided.
    pub epoch: u64,
    /// The partition's number of the first entry; each further entry counts one.
    pub first_lsn: u64,
    /// The frame of the partition's batch before this one; 0 before the first.
    pub frame_before: u64,
    /// In order; never empty.
    pub entries: Vec<Entry>,
}

/// What became of a batch, as far as it is known.
///
/// An outcome that nobody knows is never told: after a sync that failed, or a panic of a thread that writes, the shell
/// ends the process, and the next start reads what is there. Told as one of these, it could be a lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is durable, in this frame.
    In(u64),
    /// Nothing of it exists, and why: its numbers are used again.
    NotTaken(CompactString),
    /// Nothing of it exists nor ever will, for the partition has another owner.
    Lost,
}

/// The disk form of a [`Batch`]: what a ledger frame carries, one or more of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchOnDisk {
    pub partition: u8,
    /// The ownership under which it was decided.
    pub epoch: u64,
    /// The partition's number of the first entry.
    pub first_lsn: u64,
    /// The frame of the partition's batch before this one; 0 before the first.
    pub frame_before: u64,
    /// In order.
    pub entries: Vec<Body>,
}

/// Recomputes what the ledger does not carry: the domain, seen from the journal.
pub trait Fold: Send + Sync {
    /// The entity after `record`, from its value before; none before the first.
    ///
    /// # Errors
    /// [`Corrupt`] on a gap, a broken chain or an impossible history.
    fn fold(
        &self,
        before: Option<&Stored>,
        record: &Record,
        chain: u32,
        frame: u64,
    ) -> Result<Stored, Corrupt>;

    /// The value with what remains of its state by `now`; none while all of it stays.
    fn put_away(&self, _id: &EntityId, _stored: &Stored, _now: Timestamp) -> Option<Stored> {
        None
    }

    /// The version of the stored states that entities of this kind read; none where any will do.
    fn state_version(&self, _kind: u8) -> Option<u16> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::Kind;

    #[test]
    fn whose_a_record_is_stands_at_its_beginning() {
        let id = |kind, key| EntityId::new(Kind { number: kind, name: "case" }, key);
        let at = Timestamp::from_millis(7);
        let record = Record {
            version: RECORD_VERSION,
            entity: id(1, "c7"),
            sequence: 3,
            prior: 5,
            rules: 9,
            asked: Asked::of(CommandId(1), ("王", "desk"), at),
            events: "[]".to_owned(),
        };
        let (bytes, _) = record.encode();
        assert!(Record::is_of(&bytes, &record.entity));
        for other in [id(2, "c7"), id(1, "c70"), id(1, "c"), id(1, "")] {
            assert!(!Record::is_of(&bytes, &other), "{other}");
        }
        assert!(!Record::is_of(&bytes[..3], &record.entity) && !Record::is_of(&[], &record.entity));
    }
}
