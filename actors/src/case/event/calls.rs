//! Call events: a unit on the telephone was chosen, and called (article 7).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use crate::case::calls::Outcome;
use crate::case::clock::StageClock;

/// A unit on the telephone was chosen: it is to be called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallWanted {
    pub at: Timestamp,
    /// Counts the choices of this dispatch from 1: a higher one takes the place of the one before.
    pub no: u16,
    pub unit: UnitId,
    /// Why this unit, when the handbook names others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The clock of the call.
    pub clock: StageClock,
}

/// The unit was called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Called {
    pub at: Timestamp,
    pub unit: UnitId,
    /// The number that was called.
    pub number: CompactString,
    /// Who answered; none where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<CompactString>,
    pub outcome: Outcome,
}
