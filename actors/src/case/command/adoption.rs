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
    /// What it was called there.
    pub external_id: CompactString,
    /// The unit it was with.
    pub unit: UnitId,
    /// When it was opened.
    pub opened: Timestamp,
    /// Its target, if it had one.
    #[serde(default)]
    pub due: Option<Timestamp>,
    /// The instants of its ladder.
    #[serde(default)]
    pub steps: Vec<(StepCode, Timestamp)>,
    /// Where it was.
    #[serde(default)]
    pub place: Option<Place>,
    /// What it was about.
    #[serde(default)]
    pub summary: String,
}
