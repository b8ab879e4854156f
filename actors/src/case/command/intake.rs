//! Intake commands' data: reports as they come in, and what is checked before filing (articles 13 and 14).

use compact_str::CompactString;
use duban_rules::vocabulary::{CollectorId, Place};
use serde::{Deserialize, Serialize};

use crate::case::{Channel, Reporter};

/// A report as it comes in (上报, article 13).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewReport {
    pub channel: Channel,
    /// The system or desk it came from.
    pub source: CompactString,
    /// What it is called there; with the source it makes the case's id.
    pub external_id: CompactString,
    pub text: String,
    #[serde(default)]
    pub address: String,
    /// Where it is, in degrees.
    #[serde(default)]
    pub place: Option<Place>,
    #[serde(default)]
    pub reporter: Option<Reporter>,
    /// Photos, by the names of their blobs.
    #[serde(default)]
    pub photos: Vec<CompactString>,
    #[serde(default)]
    pub collector: Option<CollectorId>,
    /// Why it is urgent, where whoever registers says so: intake and validation count by the clock on the wall before a
    /// condition is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<String>,
    /// By how many seconds the wall clock was ahead of the instant it is asked at, while that was not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_s: Option<u64>,
}

/// Whether the filing condition was checked point by point (article 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checklist {
    Confirmed,
    Unconfirmed,
}
