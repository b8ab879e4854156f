//! Diagnostics of the weekend and of hours that differ by weekday.

use chrono::Weekday;

use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

impl Diagnostic {
    /// No word about the weekend.
    pub(crate) fn no_weekend(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0424", spot, &[])
    }

    /// A weekend with days that are worked elsewhere.
    pub(crate) fn odd_weekend(spot: &Spot, weekend: &[Weekday]) -> Diagnostic {
        let worked = 7_usize.saturating_sub(weekend.len());
        let weekend = Text::listed(weekend);
        Diagnostic::warning("R0425", spot, &[("weekend", &weekend), ("worked", &worked)])
    }

    /// A weekday that appears twice.
    pub(crate) fn weekday_twice(spot: &Spot, day: Weekday) -> Diagnostic {
        Diagnostic::error("R0426", spot, &[("day", &day)])
    }

    /// Hours for a weekday that is weekend.
    pub(crate) fn weekday_is_weekend(spot: &Spot, day: Weekday) -> Diagnostic {
        Diagnostic::warning("R0427", spot, &[("day", &day)])
    }

    /// A season that sets aside the hours of weekdays.
    pub(crate) fn season_without_weekdays(
        spot: &Spot,
        season: &str,
        aside: &[Weekday],
    ) -> Diagnostic {
        let days = Text::listed(aside);
        Diagnostic::warning("R0433", spot, &[("season", &season), ("days", &days)])
    }
}
