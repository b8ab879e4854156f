//! The plan of a calendar: what its file says, as data: which hours hold when, and which days are not what their
//! weekday makes them (调休 included).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};

use super::desk::DeskHours;
use super::hours::Hours;
use super::timetable::Timetable;

/// Why a day is not what its weekday says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Special {
    /// A statutory day off, with the holiday's name.
    Off(String),
    /// A make-up workday (调休上班), with the holiday's name.
    MadeUp(String),
    /// Closed by the county itself, with its reason.
    Closed(String),
}

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// An ordinary working day.
    Working,
    /// A weekend day worked for the sake of the named holiday.
    MadeUp(&'a str),
    /// An ordinary weekend day.
    Weekend,
    /// A statutory day off with its name.
    Holiday(&'a str),
    /// A local closure with its reason.
    Closed(&'a str),
}

impl DayKind<'_> {
    /// Whether the day's slots count.
    pub fn is_working(&self) -> bool {
        matches!(self, DayKind::Working | DayKind::MadeUp(_))
    }
}

/// What decides the hours of a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoursRule<'a> {
    /// The ordinary hours hold.
    Ordinary,
    /// Its weekday has hours of its own.
    Weekday,
    /// The named season, whose weekdays may differ among themselves.
    Season(&'a str),
    /// That date has hours of its own.
    Date,
}

/// A day of a year, or a day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Only then.
    Date(NaiveDate),
    /// Every year: month and day.
    Yearly(u32, u32),
}

/// Hours that replace the ordinary ones between two days, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Season {
    pub(crate) name: String,
    pub(crate) from: Bound,
    pub(crate) until: Bound,
    pub(crate) timetable: Timetable,
}

impl Season {
    /// Whether the season's hours hold on `date`; a yearly season may span New Year.
    pub(crate) fn covers(&self, date: NaiveDate) -> bool {
        let day = (date.month(), date.day());
        match (self.from, self.until) {
            (Bound::Date(from), Bound::Date(until)) => from <= date && date <= until,
            (Bound::Yearly(month, first), Bound::Yearly(until, last)) => {
                let (from, until) = ((month, first), (until, last));
                if from <= until {
                    from <= day && day <= until
                } else {
                    from <= day || day <= until
                }
            }
            (Bound::Date(_), Bound::Yearly(..)) | (Bound::Yearly(..), Bound::Date(_)) => false,
        }
    }

    /// How many days it lasts; of a yearly season, in a leap year.
    pub(crate) fn days(&self) -> i64 {
        if let (Bound::Date(from), Bound::Date(until)) = (self.from, self.until) {
            return (until - from).num_days() + 1;
        }
        let year = (1..=366).filter_map(|day| NaiveDate::from_yo_opt(2024, day));
        year.map(|date| i64::from(self.covers(date))).sum()
    }
}

/// Everything a calendar is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) version: String,
    pub(crate) offset_seconds: i32,
    pub(crate) ordinary: Timetable,
    pub(crate) seasons: Vec<Season>,
    pub(crate) desk: DeskHours,
    /// Dates with hours of their own.
    pub(crate) dated: BTreeMap<NaiveDate, Hours>,
    pub(crate) weekend: Vec<Weekday>,
    pub(crate) special: BTreeMap<NaiveDate, Special>,
    pub(crate) published: BTreeSet<i32>,
}

impl Plan {
    /// What `date` is.
    pub(crate) fn day(&self, date: NaiveDate) -> DayKind<'_> {
        let weekend = self.weekend.contains(&date.weekday());
        match self.special.get(&date) {
            Some(Special::Off(name)) => DayKind::Holiday(name),
            Some(Special::MadeUp(name)) if weekend => DayKind::MadeUp(name),
            Some(Special::Closed(reason)) => DayKind::Closed(reason),
            None if weekend => DayKind::Weekend,
            Some(Special::MadeUp(_)) | None => DayKind::Working,
        }
    }

    /// The hours of `date` if it is worked, and what decides them: the date itself goes before the
    /// season, and the season before the ordinary weekday.
    pub(crate) fn hours(&self, date: NaiveDate) -> (HoursRule<'_>, &Hours) {
        let weekday = date.weekday();
        if let Some(hours) = self.dated.get(&date) {
            return (HoursRule::Date, hours);
        }
        if let Some(season) = self.seasons.iter().find(|season| season.covers(date)) {
            return (HoursRule::Season(&season.name), season.timetable.on(weekday));
        }
        match self.ordinary.own(weekday) {
            Some(hours) => (HoursRule::Weekday, hours),
            None => (HoursRule::Ordinary, self.ordinary.every()),
        }
    }

    /// All hours there are, the ordinary ones first.
    pub(crate) fn all_hours(&self) -> impl Iterator<Item = &Hours> {
        let seasons = self.seasons.iter().flat_map(|season| season.timetable.all());
        self.ordinary.all().chain(seasons).chain(self.dated.values())
    }
}
