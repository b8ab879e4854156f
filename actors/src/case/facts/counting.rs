//! Counting: how a stretch stands in a period (article 26, the sets 应结案 and 结案).
//!
//! The due instant alone decides, as it is known when the figure is computed: what was fed back late and is still looked at
//! was to be closed and is not; what was fed back in time and is still looked at stands beside the set.

use duban_core::clock::Timestamp;

use super::{End, Fact, Known};
use crate::case::{StopCause, Timeliness};

/// A period of evaluation: from included, until excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Timestamp,
    pub until: Timestamp,
    pub length: Length,
}

/// How long a period of evaluation is: a case that was deferred is out of the whole year, and months take it again (article
/// 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Month,
    Year,
}

/// How a stretch stands in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not at all: it began later, was closed before, is deferred, or counts for nobody.
    Apart,
    /// Open, and due after the period (未到期).
    NotDue,
    /// Fed back in time, and still looked at (核查在途).
    InTransit,
    /// It was to be closed (应结案).
    Due(Outcome),
}

/// What became of a case that was to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was closed in the period (结案).
    Closed(Timeliness),
    Open,
}

impl Fact {
    /// How it stands in `period` by what is known at `computed`, which is not before the period's end.
    pub fn standing(&self, period: Period, computed: Timestamp) -> Standing {
        let last = Timestamp::from_millis(period.until.as_millis() - 1);
        let (Some(known), Some(then)) = (self.known_at(computed), self.known_at(last)) else {
            return Standing::Apart;
        };
        let is_deferred = match period.length {
            Length::Month => matches!(known.stopped, Some((StopCause::Deferred, _))),
            Length::Year => self.was_deferred(period.from, period.until),
        };
        match known.end {
            _ if is_deferred => return Standing::Apart,
            End::Left { .. } => return Standing::Apart,
            End::Closed { at, .. } if at < period.from => return Standing::Apart,
            End::Closed { at, timeliness, .. } if at < period.until => {
                return Standing::Due(Outcome::Closed(timeliness));
            }
            End::Closed { .. } | End::Open => {}
        }
        let is_overdue = Known { due: known.due, ..then }.is_overdue(period.until);
        match then.stopped {
            _ if is_overdue => Standing::Due(Outcome::Open),
            Some((StopCause::FedBack, _)) => Standing::InTransit,
            Some((StopCause::ReturnAsked | StopCause::Disputed | StopCause::Deferred, _))
            | None => Standing::NotDue,
        }
    }
}

impl Known {
    /// Whether the unit was overdue at `at`: a clock that stands still is, if it was when it stopped; a deferred case is
    /// overdue for nobody (article 27).
    pub fn is_overdue(&self, at: Timestamp) -> bool {
        let ran_until = match (self.end, self.stopped) {
            (End::Closed { finish, .. }, _) => finish,
            (End::Open | End::Left { .. }, Some((StopCause::Deferred, _))) => return false,
            (End::Open | End::Left { .. }, stopped) => stopped.map_or(at, |(_, since)| since),
        };
        self.due.is_some_and(|due| due < ran_until.min(at))
    }
}
