//! How long does one deadline take? Budget: 1 µs. Rival: the same instant by plain addition, without a calendar.
//!
//! Limits of all four units, starts spread over a year, every fifth with a pause; the shipped calendar.

use std::hint::black_box;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::machine::Watch;
use duban_benches::table::Row;
use duban_benches::workload;
use duban_rules::deadline::{Pause, due};
use duban_rules::vocabulary::{LimitUnit, TimeLimit};

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "deadline", runs: 5, ask, rows };

const UNITS: [LimitUnit; 4] =
    [LimitUnit::UrgentHour, LimitUnit::UrgentDay, LimitUnit::WorkHour, LimitUnit::WorkDay];

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    let n = arguments.number("deadlines", 2_000_000)?;
    let rules = workload::rules()?;
    let questions: Vec<(TimeLimit, DateTime<Utc>, Vec<Pause>)> =
        (0..10_000).map(question).collect();
    let watch = Watch::default();
    for (limit, start, pauses) in questions.iter().cycle().take(usize::try_from(n)?) {
        black_box(due(black_box(*limit), *start, &rules.calendar, pauses));
    }
    let ours = watch.elapsed();
    let watch = Watch::default();
    for (_, start, _) in questions.iter().cycle().take(usize::try_from(n)?) {
        black_box(*black_box(start) + Duration::hours(36));
    }
    let plain = watch.elapsed();
    Ok(Figures::default()
        .with("ns", ours.as_secs_f64() * 1e9 / number(n))
        .with("plain_ns", plain.as_secs_f64() * 1e9 / number(n)))
}

fn question(n: i64) -> (TimeLimit, DateTime<Utc>, Vec<Pause>) {
    let unit = usize::try_from(n).ok().and_then(|n| UNITS.get(n % UNITS.len()));
    let limit = TimeLimit::new(500 + n % 11 * 1_500, unit.copied().unwrap_or(LimitUnit::WorkDay));
    let new_year = Utc.timestamp_millis_opt(1_767_225_600_000).earliest().unwrap_or_default();
    let start = new_year + Duration::seconds(n * 2_903 % (300 * 86_400));
    let pause = Pause { from: start + Duration::hours(3), until: start + Duration::hours(30) };
    (limit, start, if n % 5 == 0 { vec![pause] } else { Vec::new() })
}

fn rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "one deadline",
        at_least: "≤ 1 µs",
        aim: "≤ 1 µs",
        measured: format!("{:.0} ns", runs.median("ns")),
        beside: format!("plain addition {:.1} ns", runs.median("plain_ns")),
    }]
}
