//! The clock of a town: it goes faster than the world's while faults happen, and is wrong as the world says.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::simulator::town::Habits;

/// Where the clock of a town stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct TownClock {
    founded: Timestamp,
    pace: u64,
    skew: i64,
    /// What had gone by on it when it last took another pace, and when that was in the world.
    before: (u64, u64),
    ahead_ms: i64,
}

impl TownClock {
    pub(super) fn of(habits: Habits) -> TownClock {
        let (pace, skew) = (u64::from(habits.pace), i64::from(habits.skew));
        TownClock { founded: habits.founded, pace, skew, before: (0, 0), ahead_ms: 0 }
    }

    /// What has gone by on it since the town was founded, whatever it was set to.
    pub(super) fn gone_by(&self, now_ms: u64) -> Duration {
        let (gone_ms, since_ms) = self.before;
        Duration::from_millis(gone_ms + now_ms.saturating_sub(since_ms) * self.pace)
    }

    /// What it says.
    pub(super) fn says(&self, now_ms: u64) -> Timestamp {
        let gone_ms = i64::try_from(self.gone_by(now_ms).as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.founded.as_millis() + gone_ms + self.ahead_ms)
    }

    /// Somebody sets it ahead, or back.
    pub(super) fn set_ahead(&mut self, by_ms: i64) {
        self.ahead_ms += by_ms * self.skew;
    }

    /// From now on it goes as the world's.
    pub(super) fn slow_down(&mut self, now_ms: u64) {
        let gone_ms = u64::try_from(self.gone_by(now_ms).as_millis()).unwrap_or(u64::MAX);
        (self.before, self.pace) = ((gone_ms, now_ms), 1);
    }
}
