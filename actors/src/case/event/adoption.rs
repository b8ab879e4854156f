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
    /// What it was called there.
    pub external_id: CompactString,
    /// The unit it was with.
    pub unit: UnitId,
    /// Who took it in.
    pub by: CompactString,
    /// When it was opened.
    pub opened: Timestamp,
    /// Its target, if it had one.
    pub due: Option<Timestamp>,
    /// Its ladder.
    pub ladder: Ladder,
    /// The instants of its ladder.
    pub steps: Vec<StepAt>,
    /// Where it was.
    #[serde(default)]
    pub place: Option<Place>,
    /// What it was about.
    #[serde(default)]
    pub summary: String,
}
