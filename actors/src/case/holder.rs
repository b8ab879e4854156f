//! Holders: who has a filed case in hand beside the unit it was dispatched to (articles 16-18).

use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::SiteTask;
use super::clock::StageClock;

/// A stage at the centre during which the unit's clock stands still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// Since when the unit's clock stands still.
    pub since: Timestamp,
    /// The clock of whoever decides.
    pub clock: StageClock,
}

/// A feedback under verification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verifying {
    /// When the unit finished: on time is judged by this.
    pub finish: Timestamp,
    /// Who looks.
    pub task: SiteTask,
}
