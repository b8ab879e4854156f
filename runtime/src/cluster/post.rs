//! Post between the nodes of a cluster: questions to whoever owns a partition, and their answers.
//!
//! A letter may be lost, on either way; whoever asks asks again, with the same command id. An answer names the last frame
//! that whoever answers can read: the asker answers its own caller when it can read as far.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use super::log::LogFailure;
use crate::answer::{Answer, KEY_USED_BEFORE, Novelty};
use crate::clock::Timestamp;
use crate::entity::{Asked, EntityId};
use crate::outbox::{Claim, MessageId, Row, RowEvent};
use crate::partition::{Leased, OfficeEpoch};
use crate::record::EncodedState;
use crate::registry::Registry;

/// The form of a letter: one of another is not read.
pub const VERSION: u8 = 1;

/// One letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// [`VERSION`] of the writer.
    pub version: u8,
    /// The node that wrote it.
    pub from: CompactString,
    /// The asker's number of the question.
    pub number: u64,
    pub word: Word,
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Word {
    Question(Box<Question>),
    Reply {
        /// Up to here whoever replies can read.
        frame: u64,
        reply: Box<Reply>,
    },
}

/// What is asked of the owner of a partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    Ask {
        to: EntityId,
        /// In JSON.
        command: String,
        asked: Asked,
        looked: Option<u64>,
        /// Asked again: the frame that the asker could read when it asked first.
        since: Option<u64>,
    },
    /// Up to `n` messages that are due, over all of its partitions.
    Lease {
        now: Timestamp,
        n: usize,
        office: OfficeEpoch,
    },
    LeaseDead(MessageId, OfficeEpoch),
    Held(Leased),
    Release(Leased),
    Claim {
        leased: Leased,
        row: Row,
        at: Timestamp,
    },
    Conclude {
        leased: Leased,
        row: Row,
        event: RowEvent,
    },
}

/// What the owner says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// It is not the owner, or not any more.
    NotMine,
    Answer(Sent),
    Leased(Vec<Leased>),
}

/// An answer on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sent {
    Accepted { sequence: u64, is_again: bool, state: Vec<u8> },
    Refused { code: String, detail: String },
    Stale(u64),
    Busy { retry_after_millis: u64 },
    Quarantined(CompactString),
    DeadLetter(CompactString),
    Failed(CompactString),
    Recorded,
    Claimed(Claim),
}

impl From<Answer> for Sent {
    fn from(answer: Answer) -> Sent {
        match answer {
            Answer::Accepted { sequence, novelty, state } => {
                let is_again = novelty == Novelty::Again;
                Sent::Accepted { sequence, is_again, state: state.to_vec() }
            }
            Answer::Refused { code, detail } => Sent::Refused { code: code.to_owned(), detail },
            Answer::Stale { sequence } => Sent::Stale(sequence),
            Answer::Busy { retry_after } => Sent::Busy {
                retry_after_millis: u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX),
            },
            Answer::Quarantined { reason } => Sent::Quarantined(reason),
            Answer::DeadLetter { reason } => Sent::DeadLetter(reason),
            Answer::Failed { reason } => Sent::Failed(reason),
            Answer::Recorded => Sent::Recorded,
            Answer::Claimed(claim) => Sent::Claimed(claim),
        }
    }
}

impl Sent {
    /// The answer, by the refusals that `registry` knows.
    pub fn received(self, registry: &Registry) -> Answer {
        match self {
            Sent::Accepted { sequence, is_again, state } => {
                let novelty = if is_again { Novelty::Again } else { Novelty::First };
                Answer::Accepted { sequence, novelty, state: EncodedState::from(state) }
            }
            Sent::Refused { code, detail } => {
                let mut known = registry.codes().chain([KEY_USED_BEFORE]);
                match known.find(|known| *known == code) {
                    Some(code) => Answer::Refused { code, detail },
                    // Of a newer program: what it says is known there alone.
                    None => Answer::Failed { reason: detail.into() },
                }
            }
            Sent::Stale(sequence) => Answer::Stale { sequence },
            Sent::Busy { retry_after_millis } => {
                Answer::Busy { retry_after: std::time::Duration::from_millis(retry_after_millis) }
            }
            Sent::Quarantined(reason) => Answer::Quarantined { reason },
            Sent::DeadLetter(reason) => Answer::DeadLetter { reason },
            Sent::Failed(reason) => Answer::Failed { reason },
            Sent::Recorded => Answer::Recorded,
            Sent::Claimed(claim) => Answer::Claimed(claim),
        }
    }
}

impl Letter {
    /// The bytes that are sent.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// The letter in `bytes`; none when it is of another version, or none at all.
    pub fn decode(bytes: &[u8]) -> Option<Letter> {
        if bytes.first() != Some(&VERSION) {
            return None;
        }
        postcard::from_bytes(bytes).ok()
    }
}

/// The way by which letters leave.
pub trait Outbound: Send {
    /// Sends `letter` to the node of this name; tells whether anybody was there to take it.
    fn send(&mut self, to: &str, letter: &[u8]) -> Result<bool, LogFailure>;
}

/// The way by which letters come.
pub trait Inbound: Send {
    /// The next letter; none when none came for `wait_millis`.
    fn next(&mut self, wait_millis: u64) -> Result<Option<Vec<u8>>, LogFailure>;
}
