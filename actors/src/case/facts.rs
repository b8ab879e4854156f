//! Facts: what happened in each stretch of a case with one unit, and since when that was known (articles 16–18 and 25–27).
//!
//! Whoever computes a figure of a month must come to the same, whenever they do. So each value that can change stands
//! here with the instants at which it was asked for and at which it changed: [`Fact::known_at`] is a function of the row
//! and an instant. Facts follow from the case's events alone; whatever decides does not read them.

mod counting;
mod noted;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{TimeLimit, UnitId};
use serde::{Deserialize, Serialize};

pub use counting::{Length, Outcome, Period, Standing};
pub(crate) use noted::Watch;

use super::{StopCause, Timeliness};

/// Stretches of a case that are remembered; of more the oldest is forgotten.
const FACTS_MAX: usize = 16;

/// Changes that a value of a stretch remembers; of more the oldest is forgotten.
const CHANGES_MAX: usize = 64;

/// One stretch of a case with one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Which stretch of the case, counted from 1.
    pub assignment: u16,
    pub unit: UnitId,
    /// Whose the unit was when it got the case; none in records that do not say it.
    pub organisation: Option<CompactString>,
    pub dispatched: Timestamp,
    /// When the unit signed for it (签收), by a press or by doing something with it.
    pub received: Option<Timestamp>,
    /// When it was there (到场).
    pub arrived: Option<Timestamp>,
    /// When it was at work (开始处置).
    pub started: Option<Timestamp>,
    /// What was granted on top of the limit (article 27).
    pub granted: Option<TimeLimit>,
    /// When it ought to be finished, and since when; none where nothing was promised.
    pub dues: Box<[DueSince]>,
    /// When the unit's clock stood still, and why; since it fed back among them.
    pub stops: Box<[Stop]>,
    pub end: End,
}

/// A due instant, since when it holds, and since when that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueSince {
    /// When it was asked for: the application, or what had stopped the clock.
    pub asked: Timestamp,
    /// When it became so.
    pub at: Timestamp,
    pub due: Timestamp,
}

/// A time for which the unit's clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub why: StopCause,
    /// When what stopped it was asked for; of most it is when it stopped.
    pub asked: Timestamp,
    pub from: Timestamp,
    /// When the unit had the case in hand again; none where it did not.
    pub until: Option<Timestamp>,
}

/// How a stretch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It has not.
    Open,
    /// It counts for nobody (article 26).
    Left { how: Left, at: Timestamp },
    /// The case was closed.
    Closed { at: Timestamp, finish: Timestamp, timeliness: Timeliness },
}

/// How a case left a unit without being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// The dispatcher took back a slip of their own.
    Recalled,
    /// A return was accepted.
    Returned,
    /// It was found to be another unit's (article 19).
    Determined,
    /// It was not as reported (article 21).
    Withdrawn,
}

/// What was known of a stretch at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub due: Option<Timestamp>,
    /// The stop that was under way.
    pub stopped: Option<(StopCause, Timestamp)>,
    pub end: End,
}

impl Fact {
    /// What was known of it at `at`; none before its dispatch.
    pub fn known_at(&self, at: Timestamp) -> Option<Known> {
        if self.dispatched > at {
            return None;
        }
        let end = match self.end {
            End::Left { at: ended, .. } | End::Closed { at: ended, .. } if ended > at => End::Open,
            end @ (End::Open | End::Left { .. } | End::Closed { .. }) => end,
        };
        let due = self.dues.iter().rev().find(|due| due.at <= at).map(|due| due.due);
        Some(Known { due, stopped: self.stopped_at(at), end })
    }

    /// The stop that was under way at `at`.
    fn stopped_at(&self, at: Timestamp) -> Option<(StopCause, Timestamp)> {
        let under_way = |stop: &&Stop| stop.from <= at && stop.until.is_none_or(|until| until > at);
        self.stops.iter().rev().find(under_way).map(|stop| (stop.why, stop.from))
    }

    /// Whether it was deferred (缓办) at any instant from `from` on and before `until`.
    fn was_deferred(&self, from: Timestamp, until: Timestamp) -> bool {
        let deferred = self.stops.iter().filter(|stop| stop.why == StopCause::Deferred);
        deferred
            .into_iter()
            .any(|stop| stop.from < until && stop.until.is_none_or(|end| end > from))
    }

    /// When work that was not good enough went back to the unit (返工, article 18).
    pub fn reworks(&self) -> impl Iterator<Item = Timestamp> {
        let looked_at = self.stops.iter().filter(|stop| stop.why == StopCause::FedBack);
        looked_at.filter_map(|stop| stop.until)
    }
}
