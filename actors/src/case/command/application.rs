//! Application commands' data: what becomes of an application, and of a deferred case (articles 21 and 27).

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_rules::vocabulary::TimeLimit;
use serde::{Deserialize, Serialize};

/// What became of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    Grant,
    Refuse,
}

/// A county leader's word that was signed on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Who signed, by the name in the rules.
    pub leader: CompactString,
    pub on: NaiveDate,
    /// By the name of its blob.
    pub scan: CompactString,
}

/// How a deferred case goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resumption {
    /// With what was left of its limit.
    Rest,
    /// With this one, from now on.
    Limit(TimeLimit),
}
