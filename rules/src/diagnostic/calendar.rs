//! Diagnostics of the calendar and its holidays. Codes R0401–R0449.

mod notices;
mod slips;
mod week;

use chrono::{Datelike, NaiveDate};

use super::{Diagnostic, Text};
use crate::source::Spot;

pub(crate) use notices::Lacks;

impl Diagnostic {
    /// A slot that cannot be read.
    pub(crate) fn slot_text(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0401", spot, &[("found", &found)])
    }

    /// Slots that overlap.
    pub(crate) fn slots_out_of_order(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0402", spot, &[])
    }

    pub(crate) fn unknown_weekday(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0403", spot, &[("found", &found)])
    }

    /// An offset that cannot be read.
    pub(crate) fn utc_offset(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0404", spot, &[("found", &found)])
    }

    /// A season's day that cannot be read.
    pub(crate) fn season_day(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0405", spot, &[("found", &found)])
    }

    /// Ends of a season that do not fit.
    pub(crate) fn season_ends(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0406", spot, &[])
    }

    pub(crate) fn seasons_overlap(
        spot: &Spot,
        [one, other]: [&str; 2],
        date: NaiveDate,
    ) -> Diagnostic {
        Diagnostic::error("R0407", spot, &[("one", &one), ("other", &other), ("date", &date)])
    }

    /// Working days of odd lengths.
    pub(crate) fn day_lengths(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0408", spot, &[])
    }

    pub(crate) fn empty_calendar(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0409", spot, &[])
    }

    pub(crate) fn date_out_of_range(spot: &Spot, first: i32, last: i32) -> Diagnostic {
        Diagnostic::error("R0410", spot, &[("first", &first), ("last", &last)])
    }

    /// A closure that ends before it starts.
    pub(crate) fn closure_ends(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0411", spot, &[])
    }

    /// A closure of days off.
    pub(crate) fn closed_anyway(spot: &Spot, (from, until): (NaiveDate, NaiveDate)) -> Diagnostic {
        if from == until {
            return Diagnostic::warning(("R0412", "one-day"), spot, &[("from", &from)]);
        }
        Diagnostic::warning("R0412", spot, &[("from", &from), ("until", &until)])
    }

    /// Years out of order.
    pub(crate) fn years_reversed(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0413", spot, &[])
    }

    /// A column of holidays is missing.
    pub(crate) fn holiday_columns(spot: &Spot, wanted: &[&str]) -> Diagnostic {
        Diagnostic::error("R0415", spot, &[("wanted", &Text::listed(wanted))])
    }

    /// A holiday without all its fields.
    pub(crate) fn holiday_row(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0416", spot, &[])
    }

    /// A holiday's date that cannot be read.
    pub(crate) fn holiday_date(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0417", spot, &[("found", &found)])
    }

    /// Unknown kind of day.
    pub(crate) fn holiday_kind(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0418", spot, &[("found", &found)])
    }

    /// A notice's year that cannot be read.
    pub(crate) fn holiday_year(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0419", spot, &[("found", &found)])
    }

    /// A day that appears twice.
    pub(crate) fn holiday_twice(spot: &Spot, date: NaiveDate) -> Diagnostic {
        Diagnostic::error("R0420", spot, &[("date", &date)])
    }

    /// A make-up day that is worked anyway.
    pub(crate) fn made_up_weekday(spot: &Spot, date: NaiveDate) -> Diagnostic {
        Diagnostic::warning("R0421", spot, &[("date", &date)])
    }

    /// Many make-up days on one weekday that is worked anyway.
    pub(crate) fn made_up_weekdays(spot: &Spot, first: NaiveDate, count: usize) -> Diagnostic {
        let weekday = first.weekday();
        Diagnostic::warning(
            ("R0421", "many"),
            spot,
            &[("first", &first), ("count", &count), ("weekday", &weekday)],
        )
    }

    /// Too many seasons or closures.
    pub(crate) fn calendar_too_many(spot: &Spot, most: usize) -> Diagnostic {
        Diagnostic::error("R0422", spot, &[("most", &most)])
    }
}
