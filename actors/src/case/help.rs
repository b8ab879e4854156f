//! Help of other units with a case (协办, article 19): each has a sub-task with a clock of its own, and the lead unit waits for
//! it, or says why not.

use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};

use super::clock::{Ahead, ClockName, StageClock};

/// A sub-task of a helper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Help {
    /// Counts the sub-tasks of a case from 1.
    pub no: u16,
    pub unit: UnitId,
    pub standing: HelpStanding,
}

/// Where a sub-task stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HelpStanding {
    /// It is to be done by this clock.
    Asked(StageClock),
    Given,
    /// The lead goes on without it.
    Waived,
}

impl Help {
    /// The clock of a sub-task that is not done.
    pub fn clock(&self) -> Option<&StageClock> {
        match &self.standing {
            HelpStanding::Asked(clock) => Some(clock),
            HelpStanding::Given | HelpStanding::Waived => None,
        }
    }

    /// The steps of its clock that lie ahead.
    pub(super) fn ahead(&self) -> impl Iterator<Item = Ahead<'_>> {
        self.clock().into_iter().flat_map(|clock| clock.ahead(ClockName::Help, 0, self.no))
    }
}
