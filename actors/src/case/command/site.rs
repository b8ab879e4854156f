//! Looks on site: what was seen there and what it came to (articles 14 and 17).

use compact_str::CompactString;
use duban_rules::vocabulary::Place;
use serde::{Deserialize, Serialize};

/// What somebody saw on site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The photo, by the name of its blob.
    #[serde(default)]
    pub photo: Option<CompactString>,
    #[serde(default)]
    pub place: Option<Place>,
    #[serde(default)]
    pub note: String,
    /// Why the duty chief says it without a photo or from afar (article 17).
    #[serde(default)]
    pub waiver: Option<String>,
}

/// What a look before filing came to (核实, article 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It is as reported (属实).
    Confirmed,
    /// It is not (不属实).
    Refuted,
}

impl Finding {
    /// The word people use.
    pub fn chinese(self) -> &'static str {
        match self {
            Finding::Confirmed => "属实",
            Finding::Refuted => "不属实",
        }
    }
}

/// What a look before closing came to (article 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is done (合格).
    Passed,
    /// It is not (不合格).
    Failed,
    /// It could not be seen (无法核查).
    Unable,
}
