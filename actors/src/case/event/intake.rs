//! Intake events: reports that came in and what they were filed as (articles 13 and 14).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::book::ladder::Ladder;
use duban_rules::vocabulary::{CellId, CollectorId, ConditionCode, GridId, Place, TimeLimit};
use serde::{Deserialize, Serialize};

use crate::case::clock::StageClock;
use crate::case::entry::Entry;
use crate::case::{Channel, Reporter};

/// A report came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    pub at: Timestamp,
    pub channel: Channel,
    /// The system or desk it came from.
    pub source: CompactString,
    pub external_id: CompactString,
    pub text: String,
    #[serde(default)]
    pub address: String,
    pub location: Option<Location>,
    /// Who reported it, sealed.
    #[serde(default)]
    pub reporter: Option<Reporter>,
    /// Photos, by the names of their blobs.
    #[serde(default)]
    pub photos: Vec<CompactString>,
    /// The collector, when one reported it.
    #[serde(default)]
    pub collector: Option<CollectorId>,
    /// The desk's clock.
    pub clock: StageClock,
    /// Why whoever registered it called it urgent, where they did (article 20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<String>,
    /// A mark: by how many seconds the wall clock was ahead of [`Registered::at`], while that was not believed. Whoever
    /// reads the instant knows that the clock was in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_s: Option<u64>,
}

/// A place and what lies around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// In degrees.
    pub place: Place,
    /// The cell; none outside the area.
    pub cell: Option<CellId>,
    /// The supervision grid; none outside the area.
    pub grid: Option<GridId>,
}

/// It was filed: what binds the case from that day on (article 11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filed {
    pub at: Timestamp,
    /// The local year, whose numbers it takes one of.
    pub year: i32,
    pub condition: ConditionCode,
    /// A hash of the condition's texts, so that a later edition cannot pass for this one.
    pub texts: CompactString,
    /// What the handbook said of it; none of a canary, which no handbook names. Events of an older form do not say it: then it
    /// stands in the rules that their record names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// The handbook's edition.
    pub edition: CompactString,
    pub limit: TimeLimit,
    /// The escalation ladder, all steps.
    pub ladder: Ladder,
    /// Where it is, when that was put right.
    #[serde(default)]
    pub location: Option<Location>,
    /// Why without validation, where that was so.
    #[serde(default)]
    pub reason: Option<String>,
    /// The number of a case that takes none of the year's: a canary's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<CompactString>,
    /// The dispatcher's clock.
    pub clock: StageClock,
}
