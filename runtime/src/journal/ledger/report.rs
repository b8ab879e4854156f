//! Reports of what verifying found, in data; the shell puts it into words for people.

use std::fmt;

use crate::entity::EntityId;
use crate::journal::frame::{Flaw, Hash};
use crate::journal::witness::Loss;
use crate::outbox::MessageId;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many sound frames there are.
    pub frames: u64,
    /// The number of the last of them; 0 when there is none.
    pub last: u64,
    pub head: Hash,
    /// How many bytes the frames take, uncompressed.
    pub bytes: u64,
    /// How many commands were accepted.
    pub records: u64,
    pub entities: u64,
    /// How many messages became ready.
    pub messages: u64,
    /// How many of them have no outcome yet.
    pub messages_open: u64,
    /// How many bytes at the very end are of a write that was never answered. No problem.
    pub torn_bytes: u64,
    /// Whether the anchor was met.
    pub anchor: Anchor,
    /// How many sound frames stand behind the first that is not: they can be read, and complete a copy that has the
    /// damaged ones.
    pub behind: u64,
    /// What others have seen and is not there, the latest frame first.
    pub losses: Vec<Loss>,
    /// In the order of the ledger; the first 10,000.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub untold: u64,
}

impl Report {
    /// Whether nothing is wrong: no problem, nothing lost that was seen, and the anchor, if one was given, is in the chain.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && self.losses.is_empty() && self.anchor != Anchor::Absent
    }
}

/// Where a hash that was printed once stands in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// None was given.
    NotAsked,
    /// It is the hash of this frame: neither it nor a frame before it was altered since, if no problem lies before it.
    Frame(u64),
    /// No frame has this hash: something before it was altered, or it is of another ledger.
    Absent,
}

/// Something that is not as it was written, or could never have been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub segment: String,
    /// Where in it; in a sealed segment where the block begins.
    pub offset: u64,
    /// The frame that stands, or should stand, there.
    pub frame: u64,
    pub what: What,
}

impl Problem {
    /// Whether every frame can be read in spite of it.
    pub fn is_harmless(&self) -> bool {
        self.what == What::Flaw(Flaw::Table)
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The bytes are not a frame that belongs there.
    Flaw(Flaw),
    /// These frames are not there: from, to and with.
    Missing(u64, u64),
    /// A record that cannot be read.
    Record,
    /// Records of an entity are missing, or one is there twice.
    EntityGap {
        entity: EntityId,
        /// The sequence that belongs there.
        expected: u64,
        /// The sequence that is there.
        found: u64,
    },
    /// A record does not name the one before it of the same entity by its CRC.
    EntityChain(EntityId),
    /// A record points to the wrong frame for the one before it.
    Previous(EntityId),
    /// A partition's entries are not counted without a gap.
    Count {
        partition: u8,
        /// The number that belongs there.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// A batch names the wrong frame for its partition's batch before.
    FrameBefore {
        partition: u8,
        /// The frame of the batch before.
        expected: u64,
        /// The frame it names.
        found: u64,
    },
    /// Something happened to a message that never became ready.
    UnknownMessage(MessageId),
    /// Something happened to a message after its outcome.
    DoubleOutcome(MessageId),
    /// Tells between two partitions are not counted without a gap.
    Tells {
        from: u8,
        to: u8,
        /// The number that belongs there.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// A tell was taken that was never sent, or a mark went back.
    Taken {
        from: u8,
        to: u8,
        /// The mark.
        number: u64,
    },
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Flaw(flaw) => write!(f, "{flaw}"),
            What::Missing(from, to) => write!(f, "frames {from} to {to} are missing"),
            What::Record => f.write_str("a record cannot be read"),
            What::EntityGap { entity, expected, found } => {
                write!(f, "record {expected} of `{entity}` belongs here, but {found} is here")
            }
            What::EntityChain(entity) => write!(f, "the chain of `{entity}` is broken"),
            What::Previous(entity) => write!(f, "a record of `{entity}` points to a wrong frame"),
            What::Count { partition, expected, found } => {
                write!(f, "entry {expected} of partition {partition} belongs here, not {found}")
            }
            What::FrameBefore { partition, expected, found } => {
                write!(f, "partition {partition} was last in frame {expected}, not {found}")
            }
            What::UnknownMessage(id) => write!(f, "message `{id}` never became ready"),
            What::DoubleOutcome(id) => write!(f, "message `{id}` had its outcome before"),
            What::Tells { from, to, expected, found } => {
                write!(f, "tell {expected} from {from} to {to} belongs here, not {found}")
            }
            What::Taken { from, to, number } => {
                write!(f, "tell {number} from {from} to {to} was never sent, or its mark went back")
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { segment, offset, frame, what } = self;
        write!(f, "{segment}:{offset} (frame {frame}): {what}")
    }
}
