//! Withdrawn cases: what is remembered of them (撤案, article 21).

use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use super::Filing;

/// A case that is not as reported. No stretch of it counts for any unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub filing: Filing,
    /// Who had it, and said that it is not so.
    pub unit: UnitId,
    pub at: Timestamp,
}
