//! Handling events: dispatch to a unit and its feedback (articles 15 and 16).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use super::TaskGiven;
use crate::case::clock::{Span, StageClock, StepAt};
use crate::case::command::Delivery;

/// It was dispatched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dispatched {
    /// When: the handling clock starts here.
    pub at: Timestamp,
    /// Which stretch of the case.
    pub assignment: u16,
    pub unit: UnitId,
    /// Whose the unit is on that day; none in records that do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<CompactString>,
    pub by: CompactString,
    pub method: Delivery,
    /// When it ought to be finished.
    pub due: Timestamp,
    /// The whole ladder, one instant per step.
    pub steps: Vec<StepAt>,
    /// The receipt clock.
    pub clock: StageClock,
    /// Until when the unit may ask to give it back if it does not sign for it; none where that was without bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_until: Option<Timestamp>,
    /// Until when the unit may dispute it if it does not sign for it; none where that was without bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute_until: Option<Timestamp>,
    /// Why this unit, when the handbook names others.
    #[serde(default)]
    pub reason: Option<String>,
    /// The stretch that goes on, when this unit had the case and gave it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<Resumes>,
}

/// A unit has a case again that it gave back: its clock goes on with the rest of the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumes {
    /// Which stretch.
    pub assignment: u16,
    /// When its clock stood still.
    pub pause: Span,
}

/// The unit said that it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedbackGiven {
    pub result: String,
    /// Photos afterwards.
    #[serde(default)]
    pub photos: Vec<CompactString>,
    /// When by the device's clock; shown, never counted.
    #[serde(default)]
    pub device: Option<Timestamp>,
    /// The look that follows; it begins with the finish that counts.
    pub task: TaskGiven,
}
