//! A timetable (作息): the hours of a working day, and of the weekdays that have their own.

use chrono::Weekday;

use super::hours::Hours;

/// The hours of a stretch of the year, weekday by weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timetable {
    every: Hours,
    weekdays: Vec<(Weekday, Hours)>,
}

impl Timetable {
    /// The same hours on every day.
    pub(crate) fn new(every: Hours) -> Timetable {
        Timetable { every, weekdays: Vec::new() }
    }

    /// The same with hours of its own for one weekday.
    pub(crate) fn set(&mut self, weekday: Weekday, hours: Hours) {
        self.weekdays.push((weekday, hours));
    }

    /// The hours of days that have none of their own.
    pub(crate) fn every(&self) -> &Hours {
        &self.every
    }

    /// The weekdays that have their own hours.
    pub(crate) fn weekdays(&self) -> impl Iterator<Item = Weekday> {
        self.weekdays.iter().map(|(weekday, _)| *weekday)
    }

    /// A weekday's own hours.
    pub(crate) fn own(&self, weekday: Weekday) -> Option<&Hours> {
        self.weekdays.iter().find(|(own, _)| *own == weekday).map(|(_, hours)| hours)
    }

    /// The hours that hold on a weekday.
    pub(crate) fn on(&self, weekday: Weekday) -> &Hours {
        self.own(weekday).unwrap_or(&self.every)
    }

    /// All of them, those of every day first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Hours> {
        std::iter::once(&self.every).chain(self.weekdays.iter().map(|(_, hours)| hours))
    }
}
