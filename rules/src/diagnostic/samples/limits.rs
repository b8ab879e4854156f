//! Samples of diagnostics of time limits.

use super::{limit, spot};
use crate::diagnostic::{Diagnostic, Unsaid};
use crate::vocabulary::{LimitUnit, UnreadableLimit};

pub(super) fn all() -> Vec<Diagnostic> {
    let spot = &spot();
    let mut all: Vec<Diagnostic> = reasons()
        .iter()
        .flat_map(|why| {
            [
                Diagnostic::limit_text(spot, "{reason}", why),
                Diagnostic::handbook_limit(spot, "{reason}", why),
            ]
        })
        .collect();
    let hours = limit(4000, LimitUnit::WorkHour);
    let days = limit(1500, LimitUnit::WorkDay);
    let desk = limit(500, LimitUnit::DeskHour);
    all.extend([
        Diagnostic::no_limit(spot),
        Diagnostic::limit_not_positive(spot, "0天"),
        Diagnostic::limits_unsaid(spot, "4小时", hours, Unsaid { hours: 3, days: 0 }),
        Diagnostic::limits_unsaid(spot, "1.5天", days, Unsaid { hours: 0, days: 2 }),
        Diagnostic::limits_unsaid(spot, "4小时", hours, Unsaid { hours: 3, days: 2 }),
        Diagnostic::limit_longest(spot, days, hours),
        Diagnostic::unknown_counting(spot, "hours", "night"),
        Diagnostic::handbook_in_desk_hours(spot, desk),
        Diagnostic::span_in_desk_hours(spot, desk),
        Diagnostic::span_unsaid(spot, "4小时", hours),
        Diagnostic::span_longest(spot, days, hours),
        Diagnostic::percent_far(spot, 5000, 500),
        Diagnostic::urgent_longer(spot, days, hours),
    ]);
    all
}

fn reasons() -> Vec<UnreadableLimit> {
    let (words, limit) = (|| "{limit}".to_owned(), || "4小时".to_owned());
    let long = "很长的话".repeat(500);
    vec![
        UnreadableLimit::NoAmount,
        UnreadableLimit::Amount,
        UnreadableLimit::NoUnit,
        UnreadableLimit::UnknownUnit,
        UnreadableLimit::WordsBefore { words: words(), limit: limit() },
        UnreadableLimit::WordsAfter { words: words(), limit: limit() },
        UnreadableLimit::WordsAfter { words: long, limit: limit() },
        UnreadableLimit::Range,
        UnreadableLimit::TwoUnits,
        UnreadableLimit::Week,
        UnreadableLimit::Month,
        UnreadableLimit::CalendarDay,
        UnreadableLimit::HalfDays,
        UnreadableLimit::Minutes,
    ]
}
