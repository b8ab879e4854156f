//! Disputes as a case remembers them (责任认定): the one under way, and what was found of those before (article 19).
//!
//! A case of which something was found is bound: no unit gives it back or disputes it any more.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use super::clock::StageClock;
use super::command::{Determination, Ground};

/// A dispute under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The clock of the finding.
    pub clock: StageClock,
    pub ground: Ground,
    /// Whose the applicant says it is, if it says so.
    pub proposes: Option<UnitId>,
}

/// What was found of a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determined {
    /// In which assignment it was disputed.
    pub assignment: u16,
    pub unit: UnitId,
    pub ground: Ground,
    pub finding: Determination,
    /// Who found it.
    pub by: CompactString,
    pub at: Timestamp,
}
