//! Diagnostics of time limits, in the handbook and in other files. Codes R0012, R0108–R0110, R0118, R0119, R0121,
//! R0123, R0510–R0513, R0524.

use super::{Diagnostic, Text};
use crate::source::Spot;
use crate::vocabulary::{TimeLimit, UnreadableLimit};

/// How many limits of a table leave open what they count.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Unsaid {
    /// Those of plain hours.
    pub(crate) hours: usize,
    /// Those of plain days.
    pub(crate) days: usize,
}

impl Diagnostic {
    /// The limit is blank.
    pub(crate) fn no_limit(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0108", spot, &[])
    }

    /// The limit is zero or less.
    pub(crate) fn limit_not_positive(spot: &Spot, found: &str) -> Diagnostic {
        Diagnostic::error("R0109", spot, &[("found", &found)])
    }

    /// A limit of the handbook that cannot be read.
    pub(crate) fn handbook_limit(spot: &Spot, found: &str, why: &UnreadableLimit) -> Diagnostic {
        Diagnostic::error(
            "R0110",
            spot,
            &[("found", &found), ("reason", &reason(why)), ("way_out", &way_out(why))],
        )
    }

    /// A time limit in a TOML file that cannot be read.
    pub(crate) fn limit_text(spot: &Spot, found: &str, why: &UnreadableLimit) -> Diagnostic {
        let (reason, way_out) = (reason(why), way_out(why));
        if is_no_amount_with_unit(why) {
            return Diagnostic::error(
                ("R0012", "amount-and-unit"),
                spot,
                &[("found", &found), ("reason", &reason)],
            );
        }
        Diagnostic::error(
            "R0012",
            spot,
            &[("found", &found), ("reason", &reason), ("way_out", &way_out)],
        )
    }

    /// Limits of the handbook that leave open whether nights and holidays count; told once, at the first.
    pub(crate) fn limits_unsaid(
        spot: &Spot,
        found: &str,
        read: TimeLimit,
        Unsaid { hours, days }: Unsaid,
    ) -> Diagnostic {
        let (count, urgent) = (hours + days, urgent(read));
        let case = match (hours, days) {
            (_, 0) => "hours",
            (0, _) => "days",
            _ => {
                return Diagnostic::warning(
                    "R0118",
                    spot,
                    &[
                        ("hours", &hours),
                        ("days", &days),
                        ("count", &count),
                        ("found", &found),
                        ("read", &read),
                        ("urgent", &urgent),
                    ],
                );
            }
        };
        Diagnostic::warning(
            ("R0118", case),
            spot,
            &[("count", &count), ("found", &found), ("read", &read), ("urgent", &urgent)],
        )
    }

    /// A limit longer than any that is known.
    pub(crate) fn limit_longest(spot: &Spot, limit: TimeLimit, longest: TimeLimit) -> Diagnostic {
        Diagnostic::warning("R0119", spot, &[("limit", &limit), ("longest", &longest)])
    }

    /// A limit of the handbook in the hours of the centre's desks.
    pub(crate) fn handbook_in_desk_hours(spot: &Spot, limit: TimeLimit) -> Diagnostic {
        Diagnostic::error("R0123", spot, &[("limit", &limit)])
    }

    /// A word for what plain hours or days count that is none.
    pub(crate) fn unknown_counting(spot: &Spot, key: &str, found: &str) -> Diagnostic {
        Diagnostic::error("R0121", spot, &[("key", &key), ("found", &found)])
    }

    /// A limit of a stage or a ladder that leaves open whether nights and holidays count.
    pub(crate) fn span_unsaid(spot: &Spot, found: &str, read: TimeLimit) -> Diagnostic {
        let urgent = urgent(read);
        Diagnostic::warning(
            "R0510",
            spot,
            &[("found", &found), ("read", &read), ("urgent", &urgent)],
        )
    }

    /// A span of a stage or a ladder longer than any that is known.
    pub(crate) fn span_longest(spot: &Spot, limit: TimeLimit, longest: TimeLimit) -> Diagnostic {
        Diagnostic::warning("R0511", spot, &[("limit", &limit), ("longest", &longest)])
    }

    /// A span of a unit's in the hours of the centre's desks.
    pub(crate) fn span_in_desk_hours(spot: &Spot, limit: TimeLimit) -> Diagnostic {
        Diagnostic::error("R0524", spot, &[("limit", &limit)])
    }

    /// A share far beyond the limit.
    pub(crate) fn percent_far(spot: &Spot, found: u32, most: u32) -> Diagnostic {
        Diagnostic::warning("R0512", spot, &[("found", &found), ("most", &most)])
    }

    /// An urgent case has more time than any other.
    pub(crate) fn urgent_longer(spot: &Spot, urgent: TimeLimit, limit: TimeLimit) -> Diagnostic {
        Diagnostic::warning("R0513", spot, &[("urgent", &urgent), ("limit", &limit)])
    }
}

/// The same amount, if every hour of day and night counts.
fn urgent(limit: TimeLimit) -> TimeLimit {
    TimeLimit::new(limit.thousandths(), limit.unit().urgent())
}

/// Why a text is no limit, in a few words.
fn reason(why: &UnreadableLimit) -> Text {
    match quoted(why) {
        Some([words, _]) => Text::word("limit-reason", key(why), &[("words", &words)]),
        None => Text::word("limit-reason", key(why), &[]),
    }
}

/// What to write instead.
fn way_out(why: &UnreadableLimit) -> Text {
    const GROUP: &str = "limit-way-out";
    match quoted(why) {
        Some([words, limit]) => {
            Text::word(GROUP, key(why), &[("words", &words), ("limit", &limit)])
        }
        None if is_no_amount_with_unit(why) => Text::word(GROUP, "amount-and-unit", &[]),
        None => Text::word(GROUP, key(why), &[]),
    }
}

/// Words that stand beside a limit, and that limit.
fn quoted(why: &UnreadableLimit) -> Option<[&str; 2]> {
    if let UnreadableLimit::WordsBefore { words, limit }
    | UnreadableLimit::WordsAfter { words, limit } = why
    {
        return Some([words, limit]);
    }
    None
}

/// Whether an amount with its unit is what is lacking: all that there is to say is how these are written.
fn is_no_amount_with_unit(why: &UnreadableLimit) -> bool {
    matches!(
        why,
        UnreadableLimit::NoAmount
            | UnreadableLimit::Amount
            | UnreadableLimit::NoUnit
            | UnreadableLimit::UnknownUnit
    )
}

/// What the catalogue calls it.
fn key(why: &UnreadableLimit) -> &'static str {
    match why {
        UnreadableLimit::NoAmount => "no-amount",
        UnreadableLimit::Amount => "amount",
        UnreadableLimit::NoUnit => "no-unit",
        UnreadableLimit::UnknownUnit => "unknown-unit",
        UnreadableLimit::WordsBefore { .. } => "words-before",
        UnreadableLimit::WordsAfter { .. } => "words-after",
        UnreadableLimit::Range => "range",
        UnreadableLimit::TwoUnits => "two-units",
        UnreadableLimit::Week => "week",
        UnreadableLimit::Month => "month",
        UnreadableLimit::CalendarDay => "calendar-day",
        UnreadableLimit::HalfDays => "half-days",
        UnreadableLimit::Minutes => "minutes",
    }
}
