//! Tasks on site: who goes and looks, and until when (articles 10, 14 and 17).

use duban_core::clock::Timestamp;
use duban_rules::vocabulary::CollectorId;
use serde::{Deserialize, Serialize};

use super::clock::StageClock;
use super::event::TaskGiven;

/// A task on site: validation or verification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteTask {
    /// Counts the tasks of a case from 1.
    pub no: u16,
    /// Who goes; none while the grid has nobody.
    pub collector: Option<CollectorId>,
    pub since: Timestamp,
    pub clock: StageClock,
}

impl From<&TaskGiven> for SiteTask {
    fn from(given: &TaskGiven) -> SiteTask {
        SiteTask {
            no: given.task,
            collector: given.collector.clone(),
            since: given.at,
            clock: given.clock.clone(),
        }
    }
}
