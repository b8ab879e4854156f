//! Working days by weekday alone, numbered from the Monday before the epoch on.

use chrono::Weekday;

/// Weekdays alone: what holds outside the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Week {
    /// Which days since Monday are worked.
    worked: [bool; 7],
    count: i64,
    /// Working milliseconds of each.
    pub(super) length_ms: i64,
}

impl Week {
    pub(super) fn new(weekend: &[Weekday], length_ms: i64) -> Week {
        let mut worked = [true; 7];
        for (day, worked) in worked.iter_mut().enumerate() {
            *worked = !weekend.iter().any(|free| free.num_days_from_monday() as usize == day);
        }
        let count = worked.iter().map(|worked| i64::from(*worked)).sum();
        Week { worked, count, length_ms }
    }

    /// Days since the Monday before the epoch, which was a Thursday.
    fn split(day: i64) -> (i64, usize) {
        let since_monday = day.saturating_add(3);
        (since_monday.div_euclid(7), usize::try_from(since_monday.rem_euclid(7)).unwrap_or(0))
    }

    pub(super) fn is_working(&self, day: i64) -> bool {
        self.worked.get(Week::split(day).1).copied().unwrap_or(false)
    }

    /// Working days since the Monday before the epoch.
    pub(super) fn working_before(&self, day: i64) -> i64 {
        let (weeks, weekday) = Week::split(day);
        let rest: i64 = self.worked.iter().take(weekday).map(|worked| i64::from(*worked)).sum();
        weeks.saturating_mul(self.count).saturating_add(rest)
    }

    /// The working day with that number since the Monday before the epoch.
    pub(super) fn day(&self, number: i64) -> Option<i64> {
        let weeks = number.checked_div_euclid(self.count)?;
        let rest = usize::try_from(number.rem_euclid(self.count)).ok()?;
        let worked = (0_i64..).zip(self.worked).filter(|(_, worked)| *worked);
        let (weekday, _) = worked.clone().nth(rest)?;
        Some(weeks.saturating_mul(7).saturating_add(weekday - 3))
    }
}
