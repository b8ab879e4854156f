//! Spans longer or shorter than any real one, and days with hours of their own: what is asked about.

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

/// So many minutes in words.
fn length(minutes: u32) -> Text {
    const GROUP: &str = "length";
    match (minutes / 60, minutes % 60) {
        (0, rest) => Text::word(GROUP, "minutes", &[("minutes", &rest)]),
        (hours, 0) => Text::word(GROUP, "hours", &[("hours", &hours)]),
        (hours, rest) => {
            Text::word(GROUP, "hours-and-minutes", &[("hours", &hours), ("minutes", &rest)])
        }
    }
}

/// So many minutes as a number of hours that a file can hold.
fn number(minutes: u32) -> String {
    let number = format!("{:.2}", f64::from(minutes) / 60.0);
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Diagnostic {
    /// Local time of another country.
    pub(crate) fn offset_elsewhere(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::warning("R0436", spot, &[("found", &found)])
    }

    /// A working day of a strange length.
    pub(crate) fn length_of_day(spot: &Spot, minutes: u32) -> Diagnostic {
        let (length, hours) = (length(minutes), number(minutes));
        Diagnostic::warning("R0428", spot, &[("length", &length), ("hours", &hours)])
    }

    /// Hours that do not add up to what is said beside them.
    pub(crate) fn hours_do_not_add_up(spot: &Spot, minutes: u32) -> Diagnostic {
        let (length, hours) = (length(minutes), number(minutes));
        Diagnostic::warning(("R0428", "said"), spot, &[("length", &length), ("hours", &hours)])
    }

    /// A closure of very many working days.
    pub(crate) fn length_of_closure(
        spot: &Spot,
        (from, until): (NaiveDate, NaiveDate),
        days: usize,
    ) -> Diagnostic {
        Diagnostic::warning("R0429", spot, &[("from", &from), ("until", &until), ("days", &days)])
    }

    /// A closure that takes away other days than is said beside it.
    pub(crate) fn workdays_do_not_add_up(
        spot: &Spot,
        (from, until): (NaiveDate, NaiveDate),
        days: usize,
    ) -> Diagnostic {
        Diagnostic::warning(
            ("R0429", "said"),
            spot,
            &[("from", &from), ("until", &until), ("days", &days)],
        )
    }

    /// A season of most of the year.
    pub(crate) fn length_of_season(spot: &Spot, name: &str, days: i64) -> Diagnostic {
        Diagnostic::warning("R0430", spot, &[("name", &name), ("days", &days)])
    }

    pub(crate) fn hours_of_a_day_off(spot: &Spot, date: NaiveDate) -> Diagnostic {
        Diagnostic::warning("R0431", spot, &[("date", &date)])
    }

    /// A day with hours that appears twice.
    pub(crate) fn hours_twice(spot: &Spot, date: NaiveDate) -> Diagnostic {
        Diagnostic::error("R0432", spot, &[("date", &date)])
    }
}
