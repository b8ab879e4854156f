//! Working time laid end to end, so that a deadline is one addition and one look-up.
//!
//! Cut all nights, breaks and days off out of time and paste the rest together: an instant becomes
//! a *position* on that tape. Counting from an instant is then adding to its position; the inverse
//! look-up gives the earliest instant with that position, which is why a budget that ends at
//! closing time ends *at* closing time.
//!
//! ```text
//! time  ──Fri 08:30▓▓▓▓12:00░░14:00▓▓▓▓17:30░░░░░░░░░ weekend ░░░░░░░░░Mon 08:30▓▓▓▓12:00──
//! tape  ───────────▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓──────────────
//! ```
//!
//! There are two scales. On the hour scale a position counts working milliseconds. On the day scale
//! every working day is worth the same number of *parts*, whatever the season's hours, so that half
//! a work_day is half of each day's own slots.
//!
//! Days within [`FIRST_YEAR`]–[`LAST_YEAR`] come from a table; outside, every non-weekend day has
//! the ordinary hours. All arithmetic saturates: no instant makes it panic.

mod week;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::hours::{DAY_MS, Hours};
use super::plan::Plan;
use week::Week;

/// The table's first year: dated rules before it are refused.
pub const FIRST_YEAR: i32 = 2010;
/// The table's last year: dated rules after it are refused.
pub const LAST_YEAR: i32 = 2049;

/// A day divides into at most this many parts, so that positions stay far from overflow.
const PARTS_MAX: i64 = 1_000_000_000_000;
/// Every hundred-thousandth of a day (a thousandth, by percent) is a whole number of parts.
const PARTS_STEP: i64 = 100_000;

/// On which scale positions are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Working milliseconds.
    Hours,
    /// Parts of working days.
    Days,
}

/// One day of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    /// Working days of the table before this one.
    before: u32,
    /// Number of its hours in the plan; nothing on a day off.
    hours: Option<u16>,
}

/// One working day of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Working {
    /// Days since the epoch.
    day: i64,
    /// Working milliseconds of the table before this day.
    before_ms: i64,
    hours: u16,
}

/// The tape of one plan. Instants are milliseconds of local time since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tape {
    /// Days since the epoch of the table's first day.
    first: i64,
    days: Vec<Day>,
    working: Vec<Working>,
    total_ms: i64,
    hours: Vec<Hours>,
    /// Parts of a working day; a multiple of the milliseconds of every working day.
    parts: i64,
    week: Week,
}

impl Tape {
    pub(crate) fn new(plan: &Plan) -> Tape {
        let (hours, numbers) = numbered(plan);
        let mut days = Vec::new();
        let mut working = Vec::new();
        let mut total_ms = 0;
        let start = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or(NaiveDate::MIN);
        let dates = start.iter_days().take_while(|date| date.year() <= LAST_YEAR);
        for (date, day) in dates.zip(day_number(start)..) {
            let (_, own) = plan.hours(date);
            let number = numbers.get(own).copied().unwrap_or(0);
            let hours = plan.day(date).is_working().then_some(number);
            days.push(Day { before: u32::try_from(working.len()).unwrap_or(u32::MAX), hours });
            if let Some(hours) = hours {
                working.push(Working { day, before_ms: total_ms, hours });
                total_ms += own.total();
            }
        }
        let parts = common_parts(plan.all_hours()).unwrap_or(PARTS_STEP * 252);
        let week = Week::new(&plan.weekend, plan.ordinary.every().total());
        Tape { first: day_number(start), days, working, total_ms, hours, parts, week }
    }

    /// Parts of one working day on the day scale.
    pub(crate) fn parts(&self) -> i64 {
        self.parts
    }

    /// The position of a local instant.
    pub(crate) fn position(&self, scale: Scale, local_ms: i64) -> i64 {
        let day = local_ms.div_euclid(DAY_MS);
        let moment = local_ms.rem_euclid(DAY_MS);
        let (ordinal, before_ms, hours) = self.day(day);
        let worked = hours.map_or(0, |hours| hours.worked_before(moment));
        match (scale, hours) {
            (Scale::Hours, _) => before_ms.saturating_add(worked),
            (Scale::Days, None) => ordinal.saturating_mul(self.parts),
            (Scale::Days, Some(hours)) => {
                let share = scaled(worked, self.parts, hours.total());
                ordinal.saturating_mul(self.parts).saturating_add(share)
            }
        }
    }

    /// The earliest local instant with that position; nothing where no day is ever worked.
    pub(crate) fn instant(&self, scale: Scale, position: i64) -> Option<i64> {
        let (day, hours, worked) = match scale {
            Scale::Days => {
                let ordinal = position.saturating_sub(1).div_euclid(self.parts);
                let share = position.saturating_sub(ordinal.saturating_mul(self.parts));
                let (day, hours) = self.working_day(ordinal)?;
                (day, hours, scaled_up(share, hours.total(), self.parts))
            }
            Scale::Hours => self.day_by_ms(position)?,
        };
        Some(day.saturating_mul(DAY_MS).saturating_add(hours.moment_of(worked)))
    }

    /// Of a day: its ordinal among the working days, working milliseconds before it, its hours.
    fn day(&self, day: i64) -> (i64, i64, Option<&Hours>) {
        let length = i64::try_from(self.days.len()).unwrap_or(i64::MAX);
        let inside = day.checked_sub(self.first).filter(|at| (0..length).contains(at));
        let Some(entry) = inside.and_then(|at| self.days.get(usize::try_from(at).ok()?)) else {
            let ordinal = self.outside(day);
            let ms = self.ms_outside(ordinal);
            return (ordinal, ms, self.week.is_working(day).then(|| self.ordinary()).flatten());
        };
        let ordinal = i64::from(entry.before);
        let before = usize::try_from(ordinal).ok().and_then(|at| self.working.get(at));
        let ms = before.map_or(self.total_ms, |working| working.before_ms);
        (ordinal, ms, entry.hours.and_then(|hours| self.hours.get(usize::from(hours))))
    }

    fn working_day(&self, ordinal: i64) -> Option<(i64, &Hours)> {
        let inside = usize::try_from(ordinal).ok().and_then(|at| self.working.get(at));
        if let Some(working) = inside {
            return Some((working.day, self.hours.get(usize::from(working.hours))?));
        }
        let base = if ordinal < 0 { self.first } else { self.end() };
        let beyond = if ordinal < 0 { ordinal } else { ordinal.saturating_sub(self.count()) };
        let day = self.week.day(self.week.working_before(base).saturating_add(beyond))?;
        Some((day, self.ordinary()?))
    }

    /// The working day in which that millisecond is worked, its hours, and how far into them.
    fn day_by_ms(&self, position: i64) -> Option<(i64, &Hours, i64)> {
        if (1..=self.total_ms).contains(&position) {
            let after = self.working.partition_point(|working| working.before_ms < position);
            let working = self.working.get(after.checked_sub(1)?)?;
            let hours = self.hours.get(usize::from(working.hours))?;
            return Some((working.day, hours, position - working.before_ms));
        }
        let beyond = if position < 1 { position } else { position - self.total_ms };
        let past = if position < 1 { 0 } else { self.count() };
        let length = self.ordinary()?.total();
        let days = beyond.saturating_sub(1).div_euclid(length);
        let (day, hours) = self.working_day(past.saturating_add(days))?;
        Some((day, hours, beyond.saturating_sub(days.saturating_mul(length))))
    }

    /// The ordinal of a day outside the table.
    fn outside(&self, day: i64) -> i64 {
        let before = self.week.working_before(day);
        if day < self.first {
            before - self.week.working_before(self.first)
        } else {
            before - self.week.working_before(self.end()) + self.count()
        }
    }

    /// Working milliseconds before the day with that ordinal outside the table.
    fn ms_outside(&self, ordinal: i64) -> i64 {
        let (from, base) = if ordinal <= 0 { (0, 0) } else { (self.count(), self.total_ms) };
        base.saturating_add((ordinal - from).saturating_mul(self.week.length_ms))
    }

    fn ordinary(&self) -> Option<&Hours> {
        self.hours.first()
    }

    fn end(&self) -> i64 {
        self.first + i64::try_from(self.days.len()).unwrap_or(0)
    }

    fn count(&self) -> i64 {
        i64::try_from(self.working.len()).unwrap_or(i64::MAX)
    }
}

/// The different hours of a plan, the ordinary ones first, and the number of each. The file bounds
/// how many there are, far below what a number holds.
fn numbered(plan: &Plan) -> (Vec<Hours>, BTreeMap<&Hours, u16>) {
    let (mut hours, mut numbers) = (Vec::new(), BTreeMap::new());
    for own in plan.all_hours() {
        let next = u16::try_from(hours.len()).unwrap_or(0);
        if *numbers.entry(own).or_insert(next) == next {
            hours.push(own.clone());
        }
    }
    (hours, numbers)
}

/// Days since the epoch.
pub(crate) fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// A number of parts that every one of `hours` divides, and a hundred-thousandth of a day too;
/// nothing when the lengths have no such measure below [`PARTS_MAX`].
pub(crate) fn common_parts<'a>(hours: impl Iterator<Item = &'a Hours>) -> Option<i64> {
    hours.map(Hours::total).try_fold(PARTS_STEP, |common, length| {
        let multiple = common.checked_mul(length / greatest_common_divisor(common, length))?;
        (multiple <= PARTS_MAX).then_some(multiple)
    })
}

fn greatest_common_divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

/// `value * numerator / denominator`, towards zero.
fn scaled(value: i64, numerator: i64, denominator: i64) -> i64 {
    if numerator == denominator {
        return value;
    }
    let exact = i128::from(value) * i128::from(numerator) / i128::from(denominator);
    i64::try_from(exact).unwrap_or(i64::MAX)
}

/// The same, rounded up: a budget is used up at the end of the millisecond that uses it up.
fn scaled_up(value: i64, numerator: i64, denominator: i64) -> i64 {
    if numerator == denominator {
        return value;
    }
    let product = i128::from(value) * i128::from(numerator);
    let exact = product.saturating_add(i128::from(denominator) - 1) / i128::from(denominator);
    i64::try_from(exact).unwrap_or(i64::MAX)
}
