//! Diagnostics of the schedules of briefs.

use crate::book::notices::Days;
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

/// How often something comes, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) in_an_hour: u32,
    pub(crate) in_a_day: u32,
}

impl Diagnostic {
    /// A schedule that is no cron expression.
    pub(crate) fn schedule(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0707", spot, &[("found", &found)])
    }

    /// A field of a schedule that says nothing: what the catalogue calls it, and what may stand there.
    pub(crate) fn schedule_field(
        spot: &Spot,
        found: &str,
        (field, range): (&str, &str),
    ) -> Diagnostic {
        let field = Text::word("schedule-field", field, &[]);
        Diagnostic::error(
            ("R0707", "field"),
            spot,
            &[("found", &found), ("field", &field), ("range", &range)],
        )
    }

    /// Weekdays written as numbers: the days they are here, and elsewhere.
    pub(crate) fn weekday_by_number(
        spot: &Spot,
        found: &str,
        here: Option<&Days>,
        elsewhere: Option<&Days>,
    ) -> Diagnostic {
        let words = |days: Option<&Days>| days.map(|days| [days.chinese(), days.english()]);
        let before = here.filter(|here| Some(*here) != elsewhere);
        match (words(elsewhere), words(before)) {
            // Whatever is a number here is one elsewhere, too, so that nothing is left to offer.
            (None, _) => Diagnostic::error("R0711", spot, &[("found", &found)]),
            (Some([zh, en]), None) => Diagnostic::error(
                ("R0711", "meant"),
                spot,
                &[("found", &found), ("zh", &zh), ("en", &en)],
            ),
            (Some([zh, en]), Some([old_zh, old_en])) => Diagnostic::error(
                ("R0711", "either"),
                spot,
                &[
                    ("found", &found),
                    ("zh", &zh),
                    ("en", &en),
                    ("old_zh", &old_zh),
                    ("old_en", &old_en),
                ],
            ),
        }
    }

    /// A schedule of too few or too many fields, and what to write instead where that is plain.
    pub(crate) fn schedule_fields(spot: &Spot, n: usize, instead: Option<&str>) -> Diagnostic {
        match (instead, n) {
            (Some(instead), _) => {
                Diagnostic::error(("R0712", "seconds"), spot, &[("n", &n), ("instead", &instead)])
            }
            (None, 7) => Diagnostic::error(("R0712", "year"), spot, &[("n", &n)]),
            (None, _) => Diagnostic::error("R0712", spot, &[("n", &n)]),
        }
    }

    /// A schedule whose day never comes.
    pub(crate) fn schedule_never(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0713", spot, &[("found", &found)])
    }

    /// A schedule that comes more often than once a minute.
    pub(crate) fn schedule_hasty(spot: &Spot, Pace { in_an_hour, in_a_day }: Pace) -> Diagnostic {
        Diagnostic::error("R0714", spot, &[("in_an_hour", &in_an_hour), ("in_a_day", &in_a_day)])
    }

    /// The daily view is asked for when the offices are closed.
    pub(crate) fn reminder_after_hours(spot: &Spot, time: &str) -> Diagnostic {
        Diagnostic::warning("R0716", spot, &[("time", &time)])
    }

    /// A schedule that comes more often than once an hour.
    pub(crate) fn schedule_frequent(
        spot: &Spot,
        Pace { in_an_hour, in_a_day }: Pace,
    ) -> Diagnostic {
        Diagnostic::warning("R0715", spot, &[("in_an_hour", &in_an_hour), ("in_a_day", &in_a_day)])
    }
}
