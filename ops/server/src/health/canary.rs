//! The canary's standing: how the case fares that crosses the whole chain each morning.

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use serde::Serialize;

/// How the canary of a day fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Canary {
    /// The local day.
    pub day: NaiveDate,
    pub case: CompactString,
    pub stage: &'static str,
    pub standing: CanaryState,
}

/// How a canary fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CanaryState {
    /// Nothing is on record yet.
    NotBegun,
    /// On its way since then, and in time.
    UnderWay(Timestamp),
    /// Across, in time: begun and finished.
    Finished(Timestamp, Timestamp),
    /// Something is wrong; it is tried on: begun (at the first try if nothing is on record) and why.
    Failing(Timestamp, CompactString),
    /// Across, but late: begun and finished.
    FinishedLate(Timestamp, Timestamp),
}

impl Canary {
    /// When it began, if it has.
    pub fn begun(&self) -> Option<Timestamp> {
        match self.standing {
            CanaryState::NotBegun => None,
            CanaryState::UnderWay(begun)
            | CanaryState::Finished(begun, _)
            | CanaryState::Failing(begun, _)
            | CanaryState::FinishedLate(begun, _) => Some(begun),
        }
    }

    /// When it was across, if it is: the heartbeat.
    pub fn finished(&self) -> Option<Timestamp> {
        match self.standing {
            CanaryState::Finished(_, at) | CanaryState::FinishedLate(_, at) => Some(at),
            CanaryState::NotBegun | CanaryState::UnderWay(_) | CanaryState::Failing(..) => None,
        }
    }

    /// What it has found: something to alarm an operator with.
    pub fn failure(&self) -> Option<&str> {
        match &self.standing {
            CanaryState::Failing(_, why) => Some(why),
            CanaryState::FinishedLate(..) => Some("走完全程,但超过了时限"),
            CanaryState::NotBegun | CanaryState::UnderWay(_) | CanaryState::Finished(..) => None,
        }
    }
}
