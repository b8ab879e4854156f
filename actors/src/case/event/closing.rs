//! Closing events (article 18).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::Timeliness;

/// It was closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosedEvent {
    pub at: Timestamp,
    pub by: CompactString,
    /// When the accepted handling was finished.
    pub finish: Timestamp,
    /// When it ought to have been.
    pub due: Option<Timestamp>,
    /// In time or not, frozen.
    pub timeliness: Timeliness,
    /// Why the one who dispatched it, or waived the look, closed it, if so.
    #[serde(default)]
    pub waiver: Option<String>,
}
