//! Application events: asked, granted, and withdrawn (articles 21 and 27).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{TimeLimit, UnitId};
use serde::{Deserialize, Serialize};

use crate::case::application::Wish;
use crate::case::clock::StageClock;
use crate::case::recalculation::Moved;
use crate::tells::QuotaAnswer;

/// The unit applied for something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    pub at: Timestamp,
    pub wish: Wish,
    pub reason: String,
    /// The head of the unit, or whoever stands in, by the name in the rules.
    pub signer: CompactString,
    /// The signed form, by the name of its blob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<CompactString>,
    /// Until when the form may follow, where it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_due: Option<Timestamp>,
    /// The clock of whoever decides.
    pub clock: StageClock,
    /// The month of the asking, e.g. 2026-03.
    pub month: CompactString,
    /// How many assignments the unit began in it, with this one.
    pub n: u32,
    /// When they were counted.
    pub as_of: Timestamp,
}

/// What the unit's quota said of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub at: Timestamp,
    #[serde(flatten)]
    pub answer: QuotaAnswer,
}

/// Whether an extension is within the unit's quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charge {
    Within,
    /// By the centre's head, who says why.
    Beyond,
}

/// The unit was granted more time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extended {
    pub at: Timestamp,
    pub reason: String,
    /// What was granted now.
    pub by: TimeLimit,
    /// What was granted of this assignment in all.
    pub extension: TimeLimit,
    pub quota: Charge,
    /// What moved, old and new.
    #[serde(flatten)]
    pub moved: Moved,
}

/// It is not as reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawnEvent {
    pub at: Timestamp,
    /// Who had it, and for whom this stretch does not count.
    pub unit: UnitId,
    pub reason: String,
}
