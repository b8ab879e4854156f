//! Adoption: a case that lived elsewhere, as it was taken in.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::book::ladder::Ladder;
use duban_rules::vocabulary::{Place, UnitId};
use serde::{Deserialize, Serialize};

use crate::case::clock::StepAt;

/// A case that lived elsewhere was taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adopted {
    /// Where it lived.
    pub source: CompactString,
    pub external_id: CompactString,
    pub unit: UnitId,
    pub by: CompactString,
    pub opened: Timestamp,
    /// Its target, if it had one.
    pub due: Option<Timestamp>,
    pub ladder: Ladder,
    /// The instants of its ladder.
    pub steps: Vec<StepAt>,
    #[serde(default)]
    pub place: Option<Place>,
    #[serde(default)]
    pub summary: String,
}
