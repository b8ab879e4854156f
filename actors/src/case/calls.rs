//! Calls to a unit on the telephone (电话派遣, article 7): whoever has no account gets a case by a call, and the moment it is
//! answered is that of the dispatch.
//!
//! The case awaits dispatch until then and that clock runs on. One call is to be made at a time; choosing again, or
//! dispatching in another way, takes its place.

use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use super::clock::{Ahead, ClockName, StageClock};

/// A call that is to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToCall {
    /// Counts the choices of this dispatch from 1.
    pub no: u16,
    pub unit: UnitId,
    /// Since when.
    pub since: Timestamp,
    /// Why this unit, when the handbook names others.
    pub reason: Option<Box<str>>,
    pub clock: StageClock,
    /// How often nobody has answered.
    pub tries: u16,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Answered,
    NoAnswer,
}

impl ToCall {
    /// The steps ahead until it is answered; `assignment` is the one that begins with it.
    pub(super) fn ahead(&self, assignment: u16) -> impl Iterator<Item = Ahead<'_>> {
        self.clock.ahead(ClockName::Call, assignment, self.no)
    }
}
