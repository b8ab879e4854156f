//! Deadlines on the shipped calendar: the vectors of article 11, and every property against a walker
//! that knows nothing of tapes.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod account;
mod remote;
mod seasons;
mod vectors;
mod walker;
mod weekdays;

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDateTime, Utc};
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::Pause;
use duban_rules::vocabulary::TimeLimit;
use duban_rules::{Sources, parse};

static SUNING: LazyLock<Calendar> = LazyLock::new(|| parse(&Sources::shipped()).0.calendar);

/// The instant of a local time written like `2026-11-23 09:00`.
#[track_caller]
fn at(local: &str) -> DateTime<Utc> {
    SUNING.instant(NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap())
}

#[track_caller]
fn limit(text: &str) -> TimeLimit {
    text.parse().unwrap()
}

#[track_caller]
fn pause(from: &str, until: &str) -> Pause {
    Pause { from: at(from), until: at(until) }
}

/// A calendar made of the shipped one with this `calendar.toml`.
#[track_caller]
fn calendar_of(toml: &str) -> Calendar {
    let (book, found) = parse(&Sources::shipped().with("calendar.toml", toml));
    let errors: Vec<_> = found.iter().filter(|found| found.is_error()).collect();
    let about_calendar = errors.iter().any(|found| found.file == "calendar.toml");
    assert!(!about_calendar, "{errors:?}");
    book.calendar
}
