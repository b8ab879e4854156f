//! Overdue: whether the unit's handling is late, and by how much (articles 7, 11, 16, 26).
//!
//! One answer for briefs, lights, pages and every count: a clock that stands still is overdue if it was when it stopped,
//! and does not become so; a deferred case is overdue for nobody.

use std::time::Duration;

use duban_core::clock::Timestamp;

use super::State;

impl State {
    /// Up to which instant the unit's clock has run by `now`: it stands still while somebody else has the case in hand,
    /// and has ended once the case is closed.
    pub fn ran_until(&self, now: Timestamp) -> Timestamp {
        let ended = match self {
            State::Closed(closed) => Some(closed.finish),
            State::Unreported
            | State::Registered(_)
            | State::Validating(..)
            | State::Declined(_)
            | State::Withdrawn(_)
            | State::Filed(..) => self.stands_still().map(|still| still.since),
        };
        ended.map_or(now, |ended| ended.min(now))
    }

    /// The due instant behind which the unit is overdue; none where it has none, and where its clock stopped before it.
    pub fn overdue_behind(&self) -> Option<Timestamp> {
        if self.deferral().is_some() {
            return None;
        }
        let due = self.assignment()?.due?;
        (self.ran_until(Timestamp::NEVER) > due).then_some(due)
    }

    /// By how much the unit is overdue at `now`, on the wall clock; none while it is in time.
    pub fn overdue_by(&self, now: Timestamp) -> Option<Duration> {
        let due = self.overdue_behind()?;
        let ran_until = self.ran_until(now);
        (ran_until > due).then(|| ran_until.since(due))
    }

    /// Whether the unit is overdue at `now`.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_by(now).is_some()
    }
}
