//! Deadlines: from a limit, a start, a calendar and pauses to the due instant, and back (article 11).
//!
//! The due instant is the earliest one at which the limit is used up. Urgent units run through nights
//! and holidays; working units run in the calendar's slots alone; a pause stops both. So a budget
//! that ends exactly at closing time ends *at* closing time, and counting that starts after hours
//! starts with the next morning. A work_day is used up in shares of each day's own slots: under
//! summer hours one is longer than in winter, but half of one is half a day in both.
//!
//! [`due`] answers with the instant alone, [`deadline`] with the whole account of how it came about;
//! both are the same arithmetic. Exact in milliseconds. No zone but the calendar's, no clock, no
//! panic: instants saturate at the ends of time, a limit of nothing or less is due at once.

mod account;
mod budget;
mod pauses;
mod term;

use chrono::{DateTime, Duration, Utc};

use crate::book::calendar::{Calendar, instant_of};
use crate::vocabulary::{LimitUnit, TimeLimit};
use budget::{Budget, Count};
use pauses::Stretches;

pub use account::{
    DeadlineAccount, HoursReason, Interval, MadeUp, OtherHours, SkipReason, Skipped, deadline,
    is_provisional,
};
pub use term::Term;

/// A span during which a clock stands still: from included, until excluded.
///
/// A pause that ends before it begins is none; pauses may overlap and stand in any order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Pause {
    /// When the clock stops.
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// The earliest instant at which `limit` is used up.
pub fn due(
    limit: TimeLimit,
    start: DateTime<Utc>,
    calendar: &Calendar,
    pauses: &[Pause],
) -> DateTime<Utc> {
    due_at_percent(limit, 100, start, calendar, pauses)
}

/// The earliest instant at which `percent` of `limit` is used up, without rounding the share to a
/// thousandth of the unit first.
pub fn due_at_percent(
    limit: TimeLimit,
    percent: u32,
    start: DateTime<Utc>,
    calendar: &Calendar,
    pauses: &[Pause],
) -> DateTime<Utc> {
    let Budget { count, amount } = Budget::of(limit, percent, calendar);
    if amount <= 0 {
        return start;
    }
    let begin = start.timestamp_millis();
    let mut target = count.position(begin).saturating_add(amount);
    Stretches::of(pauses).visit(begin, |from, until| {
        let stops = count.position(from);
        if stops >= target {
            return false;
        }
        target = target.saturating_add(count.position(until).saturating_sub(stops));
        true
    });
    count.instant(target).map_or(DateTime::<Utc>::MAX_UTC, instant_of).max(start)
}

/// The time counted between two instants: of the clock on the wall for urgent units, of working
/// slots for working units, of manned hours for desk hours; nothing when `until` is not after `from`.
///
/// The inverse of [`due`] for hours: `elapsed(unit, start, due(…), …)` is the limit.
pub fn elapsed(
    unit: LimitUnit,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    calendar: &Calendar,
    pauses: &[Pause],
) -> Duration {
    let hours = match unit {
        LimitUnit::UrgentHour | LimitUnit::UrgentDay => LimitUnit::UrgentHour,
        LimitUnit::WorkHour | LimitUnit::WorkDay => LimitUnit::WorkHour,
        LimitUnit::DeskHour => LimitUnit::DeskHour,
    };
    let counted = counted(&Count::of(hours, calendar), from, until, pauses);
    Duration::try_milliseconds(counted).unwrap_or(Duration::MAX)
}

/// How much of a limit in `unit` is used up between two instants, in whole thousandths of the unit.
///
/// The inverse of [`due`] for every unit; what a limit has left is the limit less this.
pub fn used(
    unit: LimitUnit,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    calendar: &Calendar,
    pauses: &[Pause],
) -> TimeLimit {
    let count = Count::of(unit, calendar);
    let counted = i128::from(counted(&count, from, until, pauses));
    let whole = Budget::of(TimeLimit::new(1_000, unit), 100, calendar).amount.max(1);
    let thousandths = counted * 1_000 / i128::from(whole);
    TimeLimit::new(i64::try_from(thousandths).unwrap_or(i64::MAX), unit)
}

fn counted(count: &Count<'_>, from: DateTime<Utc>, until: DateTime<Utc>, pauses: &[Pause]) -> i64 {
    let (begin, end) = (from.timestamp_millis(), until.timestamp_millis());
    if end <= begin {
        return 0;
    }
    let mut counted = count.position(end).saturating_sub(count.position(begin));
    Stretches::of(pauses).visit(begin, |from, until| {
        if from >= end {
            return false;
        }
        let stood = count.position(until.min(end)).saturating_sub(count.position(from));
        counted = counted.saturating_sub(stood);
        true
    });
    counted
}
