//! Stages: where a row of the outbox stands, as far as it is counted.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::outbox::{Row, RowState};

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Nobody has tried.
    Ready,
    /// Its recipients are fixed, and no attempt has failed: one is under way or due.
    Claimed,
    /// An attempt failed; another is due.
    Retry,
    /// Given up; a person must look.
    Dead,
}

impl Stage {
    /// Of `row`.
    pub fn of(row: &Row) -> Stage {
        match (&row.standing, row.attempts) {
            (RowState::Dead(..), _) => Stage::Dead,
            (RowState::Ready, 0) => Stage::Ready,
            (RowState::Claimed(..) | RowState::Untried(..), 0) => Stage::Claimed,
            (RowState::Ready | RowState::Claimed(..) | RowState::Untried(..), _) => Stage::Retry,
        }
    }
}

/// What must be known of a row that moves or goes: under which key it stands, and among which it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// When it was to be looked at.
    pub next: Timestamp,
    pub stage: Stage,
}

impl Before {
    /// Of `row`, before it changes.
    pub fn of(row: &Row) -> Before {
        Before { next: row.next, stage: Stage::of(row) }
    }
}
