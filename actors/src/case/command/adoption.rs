//! Adoption: a case that lived elsewhere, as it is taken in.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{Place, StepCode, UnitId};
use serde::{Deserialize, Serialize};

/// A case that lived elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adoption {
    /// Where it lived.
    pub source: CompactString,
    pub external_id: CompactString,
    pub unit: UnitId,
    pub opened: Timestamp,
    /// Its target, if it had one.
    #[serde(default)]
    pub due: Option<Timestamp>,
    /// The instants of its ladder.
    #[serde(default)]
    pub steps: Vec<(StepCode, Timestamp)>,
    #[serde(default)]
    pub place: Option<Place>,
    #[serde(default)]
    pub summary: String,
}
