//! Messages to people: rows written in the same commit as the event that caused them.
//!
//! ```text
//! Ready ─claim─► Claimed ─attempt─► Delivered (row removed)
//!   │              │  ▲─────────── Retry (later), Postponed (the way is closed: no attempt), Narrowed (fewer left)
//!   │              ├─► Unknown ─► Retry
//!   │              ├─► Dead (kept, visible)
//!   │              ├─► Untried (the way is closed, and nobody was ever asked) ─► Claimed
//!   │              └─► Folded (what is left of it goes with another message; row removed when nothing is)
//!   └─claim─► Withdrawn (row removed)
//! ```
//! A message is never *decided* twice. It may be *handed over* twice only when the process dies between handing over
//! and recording the outcome, and then with the same id. Nothing here renders or sends: couriers do.

use std::fmt;
use std::time::Duration;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entity::EntityId;

pub use crate::message::{Address, Claim, Message};

/// Attempts after which a message is dead.
pub const ATTEMPTS_MAX: u32 = 12;
/// The pause after the first failed attempt; doubled after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Which message: the record that caused it and its place there. The same for ever, and so is the Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId {
    /// Whose event caused it.
    pub entity: EntityId,
    pub sequence: u64,
    /// The place among that record's messages.
    pub index: u16,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.entity.kind, self.entity.key, self.sequence, self.index)
    }
}

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowState {
    /// Nobody has tried.
    Ready,
    /// Its recipients are fixed; an attempt is under way or due.
    Claimed(Vec<Address>, String),
    /// Given up; a person must look.
    Dead(Vec<Address>, String, CompactString),
    /// Its recipients are fixed, and none of them was ever tried: the way there is closed. Claimed again before one is.
    Untried(Vec<Address>, String),
}

/// One row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub message: Message,
    pub standing: RowState,
    /// Failed attempts so far.
    pub attempts: u32,
    /// When to look at it next; [`Timestamp::NEVER`] for a dead one.
    pub next: Timestamp,
}

/// What happened to a row; stored in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowEvent {
    /// Fixed to these addresses, with this data.
    Claimed(Vec<Address>, String, Timestamp),
    /// No longer needed.
    Withdrawn(CompactString, Timestamp),
    /// The other side took it.
    Delivered(Timestamp),
    /// An attempt failed; the reason and when.
    Failed(CompactString, Timestamp),
    /// It will never be taken; the reason and when.
    Died(CompactString, Timestamp),
    /// A person asked for another try.
    Revived(Timestamp),
    /// Done with for some of its addresses; these are left, and the attempt goes on.
    Narrowed(Vec<Address>, Timestamp),
    /// Nobody was asked, because the way there is closed; the reason, when it is due again, and when this was seen.
    Postponed(CompactString, Timestamp, Timestamp),
    /// The same, and none of those that are left was ever tried.
    Untried(CompactString, Timestamp, Timestamp),
    /// What these were to be told another entity tells them, together with other things; the rest is left, and the
    /// attempt goes on. With nobody left this is the message's outcome.
    Folded(Vec<Folded>, Vec<Address>, Timestamp),
}

/// An address that is told by another entity what a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    /// Whom the message was for.
    pub address: Address,
    /// Who tells them.
    pub into: EntityId,
}

impl RowEvent {
    /// When it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            RowEvent::Claimed(_, _, at)
            | RowEvent::Withdrawn(_, at)
            | RowEvent::Delivered(at)
            | RowEvent::Failed(_, at)
            | RowEvent::Died(_, at)
            | RowEvent::Revived(at)
            | RowEvent::Narrowed(_, at)
            | RowEvent::Postponed(_, _, at)
            | RowEvent::Untried(_, _, at)
            | RowEvent::Folded(_, _, at) => *at,
        }
    }

    /// Whether the courier who recorded it goes on with the message.
    pub(crate) fn goes_on(&self) -> bool {
        match self {
            RowEvent::Claimed(..) | RowEvent::Narrowed(..) => true,
            RowEvent::Folded(_, left, _) => !left.is_empty(),
            RowEvent::Withdrawn(..)
            | RowEvent::Delivered(_)
            | RowEvent::Failed(..)
            | RowEvent::Died(..)
            | RowEvent::Revived(_)
            | RowEvent::Postponed(..)
            | RowEvent::Untried(..) => false,
        }
    }

    /// Whether it is the message's outcome: its row is done with.
    pub fn is_outcome(&self) -> bool {
        match self {
            RowEvent::Withdrawn(..) | RowEvent::Delivered(_) => true,
            RowEvent::Folded(_, left, _) => left.is_empty(),
            RowEvent::Claimed(..)
            | RowEvent::Failed(..)
            | RowEvent::Died(..)
            | RowEvent::Revived(_)
            | RowEvent::Narrowed(..)
            | RowEvent::Postponed(..)
            | RowEvent::Untried(..) => false,
        }
    }
}

impl Row {
    /// A row nobody has looked at.
    pub fn ready(message: Message) -> Row {
        let next = message.not_before;
        Row { message, standing: RowState::Ready, attempts: 0, next }
    }

    /// The row after `event`; none when its outcome is known and the row is done with.
    pub fn after(mut self, event: &RowEvent) -> Option<Row> {
        match event {
            RowEvent::Claimed(addresses, data, at) => {
                self.standing = RowState::Claimed(addresses.clone(), data.clone());
                self.next = *at;
            }
            RowEvent::Withdrawn(..) | RowEvent::Delivered(_) => return None,
            RowEvent::Failed(reason, at) => {
                self.attempts += 1;
                if self.attempts >= ATTEMPTS_MAX {
                    return Some(self.dead(reason.clone()));
                }
                self.next = *at + pause_after(self.attempts) + self.spread();
            }
            RowEvent::Died(reason, _) => return Some(self.dead(reason.clone())),
            RowEvent::Folded(_, left, _) if left.is_empty() => return None,
            RowEvent::Narrowed(left, _) | RowEvent::Folded(_, left, _) => {
                if let RowState::Claimed(addresses, _) | RowState::Untried(addresses, _) =
                    &mut self.standing
                {
                    addresses.clone_from(left);
                }
            }
            RowEvent::Postponed(_, until, _) => self.next = *until,
            RowEvent::Untried(_, until, _) => {
                self.next = *until;
                if let RowState::Claimed(addresses, data) = self.standing {
                    self.standing = RowState::Untried(addresses, data);
                }
            }
            RowEvent::Revived(at) => {
                self.attempts = 0;
                self.next = *at;
                if let RowState::Dead(addresses, data, _) = self.standing {
                    self.standing = if addresses.is_empty() {
                        RowState::Ready
                    } else {
                        RowState::Claimed(addresses, data)
                    };
                }
            }
        }
        Some(self)
    }

    /// What is added to a pause: at most a quarter of it, and always the same for the same message and attempt, so that
    /// messages that failed together do not all come again together.
    fn spread(&self) -> Duration {
        let seed = u64::from(self.attempts);
        let hash = xxhash_rust::xxh3::xxh3_64_with_seed(self.message.data.as_bytes(), seed);
        let quarter = u64::try_from((pause_after(self.attempts) / 4).as_millis()).unwrap_or(0);
        Duration::from_millis(hash % (quarter + 1))
    }

    fn dead(mut self, reason: CompactString) -> Row {
        let (addresses, data) = match self.standing {
            RowState::Ready => (Vec::new(), String::new()),
            RowState::Claimed(addresses, data)
            | RowState::Untried(addresses, data)
            | RowState::Dead(addresses, data, _) => (addresses, data),
        };
        self.standing = RowState::Dead(addresses, data, reason);
        self.next = Timestamp::NEVER;
        self
    }
}

/// How long to wait after the `attempts`-th failure: 30 s, 1 min, 2 min … at most an hour.
pub fn pause_after(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}
