//! Compliance with the daily view (article 7): on how many days of a month the main leader looked, of the working days
//! and of all.

use chrono::{Datelike as _, NaiveDate};
use duban_rules::book::calendar::Calendar;
use serde::Serialize;

use super::Views;

/// Days of a month on which somebody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Compliance {
    /// Of the working days: this one counts, offices being closed otherwise.
    pub working: Share,
    /// Of all days of the calendar: this one stands beside it.
    pub calendar: Share,
}

/// So many days of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    pub looked: u32,
    pub days: u32,
}

impl Share {
    /// In tenths of a percent, rounded; none of no days.
    pub fn permille(self) -> Option<u32> {
        let Share { looked, days } = self;
        (looked * 1_000 + days / 2).checked_div(days)
    }

    fn and(self, looked: u32) -> Share {
        Share { looked: self.looked + looked, days: self.days + 1 }
    }
}

impl Views {
    /// How often somebody looked in the month of a day, by `today`: a day that is not over counts once somebody has.
    pub fn compliance(&self, of: NaiveDate, today: NaiveDate, calendar: &Calendar) -> Compliance {
        let mut found = Compliance { working: Share::default(), calendar: Share::default() };
        let days = of.with_day(1).into_iter().flat_map(|first| first.iter_days());
        let is_over = |day: &NaiveDate| *day < today || (*day == today && self.looked_on(*day));
        for day in days.take_while(|day| day.month() == of.month()).take_while(is_over) {
            let looked = u32::from(self.looked_on(day));
            found.calendar = found.calendar.and(looked);
            if calendar.day(day).is_working() {
                found.working = found.working.and(looked);
            }
        }
        found
    }
}
