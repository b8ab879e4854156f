//! The deadline account (时限明细): every interval that counted, ending in the due instant.
//!
//! What `duban case explain` prints and an auditor reads. It is recomputed, never stored.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::pauses::Stretches;
use super::{Pause, due};
use crate::book::calendar::{Calendar, DayKind, HoursRule, instant_of};
use crate::vocabulary::{LimitUnit, TimeLimit};

/// An account lists at most this many days; beyond, only the due instant is told.
const DAYS_LISTED_MAX: usize = 20_000;

/// A span that counted: from included, until excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The instant after its last.
    pub until: DateTime<Utc>,
}

/// A local day that did not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The local date.
    pub date: NaiveDate,
    pub why: SkipReason,
}

/// Why a day did not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// An ordinary weekend day.
    Weekend,
    /// A statutory day off, with the holiday's name.
    Holiday(String),
    /// Closed by the county, with its reason.
    Closed(String),
}

/// A weekend day that counted because it was worked for a holiday (调休上班).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeUp {
    /// The local date.
    pub date: NaiveDate,
    /// The holiday it was worked for.
    pub holiday: String,
}

/// A day that was worked by other hours than the ordinary ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherHours {
    /// The local date.
    pub date: NaiveDate,
    pub why: HoursReason,
    /// The day's slots as the calendar has them, such as `08:30-12:00`.
    pub slots: Vec<String>,
}

/// Why a day's hours are not the ordinary ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoursReason {
    /// Its weekday has hours of its own.
    Weekday,
    /// The named season.
    Season(String),
    /// That date has hours of its own.
    Date,
}

/// How a due instant came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineAccount {
    pub limit: TimeLimit,
    pub start: DateTime<Utc>,
    /// The earliest instant at which the limit is used up.
    pub due: DateTime<Utc>,
    /// What counted, in order; the last ends at `due`.
    pub counted: Vec<Interval>,
    /// The pauses that mattered: in order, apart, joined where they touched.
    pub pauses: Vec<Pause>,
    /// Local days between start and due on which no slot is worked; empty for limits that count them all.
    pub skipped: Vec<Skipped>,
    /// Weekend days between start and due that were worked.
    pub made_up: Vec<MadeUp>,
    /// Days between start and due that were worked by other hours than the ordinary ones.
    #[serde(default)]
    pub other_hours: Vec<OtherHours>,
    /// Years between start and due whose holidays are not known: the due instant is provisional.
    pub unpublished_years: Vec<i32>,
    /// The calendar's version.
    pub calendar: String,
}

impl DeadlineAccount {
    /// Whether the due instant may still move when a year's calendar is published.
    pub fn is_provisional(&self) -> bool {
        !self.unpublished_years.is_empty()
    }
}

/// The due instant with everything that led to it.
pub fn deadline(
    limit: TimeLimit,
    start: DateTime<Utc>,
    calendar: &Calendar,
    pauses: &[Pause],
) -> DeadlineAccount {
    let due = due(limit, start, calendar, pauses);
    let (begin, end) = (start.timestamp_millis(), due.timestamp_millis());
    let standing = Stretches::of(pauses).between(begin, end);
    let mut account = DeadlineAccount {
        limit,
        start,
        due,
        counted: Vec::new(),
        pauses: standing.iter().map(|(from, until)| pause(*from, *until)).collect(),
        skipped: Vec::new(),
        made_up: Vec::new(),
        other_hours: Vec::new(),
        unpublished_years: Vec::new(),
        calendar: calendar.version().to_owned(),
    };
    let running = gaps(begin, end, &standing);
    if limit.is_urgent() || calendar.is_always() {
        account.counted = running.iter().map(|(from, until)| interval(*from, *until)).collect();
        return account;
    }
    account.unpublished_years = unpublished_years(limit, start, due, calendar).collect();
    let mut seen = BTreeSet::new();
    for (from, until) in running {
        account.walk((from, until), calendar, &mut seen);
    }
    account
}

/// The years between start and due whose holidays are not known; none matter to a limit that counts days off.
fn unpublished_years(
    limit: TimeLimit,
    start: DateTime<Utc>,
    due: DateTime<Utc>,
    calendar: &Calendar,
) -> impl Iterator<Item = i32> {
    let (first, last) = (calendar.local(start).year(), calendar.local(due).year());
    let listed = if limit.skips_days_off() { DAYS_LISTED_MAX } else { 0 };
    (first..=last).take(listed).filter(|year| !calendar.is_published(*year))
}

/// Whether a due instant may still move when a year's holidays become known, without the whole account.
pub fn is_provisional(
    limit: TimeLimit,
    start: DateTime<Utc>,
    due: DateTime<Utc>,
    calendar: &Calendar,
) -> bool {
    unpublished_years(limit, start, due, calendar).next().is_some()
}

impl DeadlineAccount {
    /// Lists what counted between two instants without a pause, day by day.
    fn walk(
        &mut self,
        (from, until): (i64, i64),
        calendar: &Calendar,
        seen: &mut BTreeSet<NaiveDate>,
    ) {
        let last = calendar.local(instant_of(until.saturating_sub(1))).date();
        let dates = calendar.local(instant_of(from)).date().iter_days();
        for date in dates.take_while(|date| *date <= last) {
            if seen.len() >= DAYS_LISTED_MAX {
                return;
            }
            if seen.insert(date) && self.limit.skips_days_off() {
                self.note(date, calendar.day(date));
                self.note_hours(date, calendar);
            }
            let slots = match self.limit.unit() {
                LimitUnit::DeskHour => calendar.desk_slots(),
                LimitUnit::UrgentHour
                | LimitUnit::UrgentDay
                | LimitUnit::WorkHour
                | LimitUnit::WorkDay => calendar.slots(date),
            };
            for slot in slots {
                let opens = calendar.moment(date, slot.from).timestamp_millis().max(from);
                let closes = calendar.moment(date, slot.until).timestamp_millis().min(until);
                if opens < closes {
                    self.counted.push(interval(opens, closes));
                }
            }
        }
    }

    fn note(&mut self, date: NaiveDate, kind: DayKind<'_>) {
        let why = match kind {
            DayKind::Working => return,
            DayKind::MadeUp(holiday) => {
                self.made_up.push(MadeUp { date, holiday: holiday.to_owned() });
                return;
            }
            DayKind::Weekend => SkipReason::Weekend,
            DayKind::Holiday(name) => SkipReason::Holiday(name.to_owned()),
            DayKind::Closed(reason) => SkipReason::Closed(reason.to_owned()),
        };
        self.skipped.push(Skipped { date, why });
    }

    fn note_hours(&mut self, date: NaiveDate, calendar: &Calendar) {
        let why = match calendar.other_hours(date) {
            None | Some(HoursRule::Ordinary) => return,
            Some(HoursRule::Weekday) => HoursReason::Weekday,
            Some(HoursRule::Season(name)) => HoursReason::Season(name.to_owned()),
            Some(HoursRule::Date) => HoursReason::Date,
        };
        let slots = calendar.slots(date).iter().map(ToString::to_string).collect();
        self.other_hours.push(OtherHours { date, why, slots });
    }
}

/// What lies between `begin` and `end` outside of `standing`.
fn gaps(begin: i64, end: i64, standing: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let starts = std::iter::once(begin).chain(standing.iter().map(|(_, until)| *until));
    let ends = standing.iter().map(|(from, _)| *from).chain(std::iter::once(end));
    starts.zip(ends).filter(|(from, until)| from < until).collect()
}

fn interval(from: i64, until: i64) -> Interval {
    Interval { from: instant_of(from), until: instant_of(until) }
}

fn pause(from: i64, until: i64) -> Pause {
    Pause { from: instant_of(from), until: instant_of(until) }
}
