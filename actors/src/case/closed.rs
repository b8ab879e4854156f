//! Closed cases: what is remembered of them, and whether they were finished in time (articles 18 and 26).

use duban_core::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::Filing;
use super::assignment::Assignment;

/// Whether a case was finished in time (按期结案, article 26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timeliness {
    /// The accepted feedback came no later than the due instant.
    OnTime,
    Late,
    /// There was no target.
    Unjudged,
}

impl Timeliness {
    /// Judges a finish against a due instant, which is still in time itself.
    pub fn of(finish: Timestamp, due: Option<Timestamp>) -> Timeliness {
        match due {
            Some(due) if finish <= due => Timeliness::OnTime,
            Some(_) => Timeliness::Late,
            None => Timeliness::Unjudged,
        }
    }
}

/// A closed case, as it is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    pub filing: Filing,
    /// The last assignment, which counts (article 26).
    pub assignment: Assignment,
    /// When the accepted handling was finished.
    pub finish: Timestamp,
    pub at: Timestamp,
    /// In time or not, frozen.
    pub timeliness: Timeliness,
}
