//! Help events: other units are asked to help with a case, and do (article 19).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use crate::case::clock::StageClock;

/// A unit was asked to help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HelpAsked {
    pub at: Timestamp,
    /// Counts the sub-tasks of a case from 1.
    pub no: u16,
    pub unit: UnitId,
    /// What was found of it, and so what it is to do; empty in records that do not say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The clock of the sub-task.
    pub clock: StageClock,
}

/// A helper said that its part is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HelpGiven {
    pub at: Timestamp,
    /// Which sub-task.
    pub no: u16,
    pub result: String,
    /// By the names of their blobs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<CompactString>,
}
