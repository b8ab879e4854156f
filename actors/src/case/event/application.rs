//! Application events: asked, and granted (articles 21 and 27).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::TimeLimit;
use serde::{Deserialize, Serialize};

use crate::case::application::Wish;
use crate::case::clock::StageClock;
use crate::case::recalculation::Moved;

/// The unit applied for something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    pub at: Timestamp,
    pub wish: Wish,
    pub reason: String,
    /// The head of the unit, or whoever stands in, by the name in the rules.
    pub signer: CompactString,
    /// The signed form, by the name of its blob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<CompactString>,
    /// Until when the form may follow, where it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_due: Option<Timestamp>,
    /// The clock of whoever decides.
    pub clock: StageClock,
}

/// The unit was granted more time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extended {
    pub at: Timestamp,
    pub reason: String,
    /// What was granted now.
    pub by: TimeLimit,
    /// What was granted of this assignment in all.
    pub extension: TimeLimit,
    /// What moved, old and new.
    #[serde(flatten)]
    pub moved: Moved,
}
