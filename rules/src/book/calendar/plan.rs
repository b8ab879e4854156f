//! What a calendar file says, as data: which hours hold when, and which days are not what their
//! weekday makes them (调休 included).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};

use super::hours::Hours;

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
    pub(crate) hours: Hours,
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
}

/// Everything a calendar is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) version: String,
    pub(crate) offset_seconds: i32,
    pub(crate) ordinary: Hours,
    pub(crate) seasons: Vec<Season>,
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

    /// The seasons and the ordinary hours, by number: 0 is the ordinary one.
    pub(crate) fn hours_number(&self, date: NaiveDate) -> usize {
        self.seasons.iter().position(|season| season.covers(date)).map_or(0, |at| at + 1)
    }

    /// The hours with that number.
    pub(crate) fn hours(&self, number: usize) -> &Hours {
        match number.checked_sub(1).and_then(|at| self.seasons.get(at)) {
            Some(season) => &season.hours,
            None => &self.ordinary,
        }
    }
}
