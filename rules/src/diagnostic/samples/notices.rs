//! Samples of diagnostics of notices and of when briefs go out.

use std::collections::BTreeSet;

use super::spot;
use crate::diagnostic::{Diagnostic, Given, Pace};
use crate::{Sources, parse};

pub(super) fn all() -> Vec<Diagnostic> {
    let mut all = templates();
    all.extend(schedules());
    all
}

fn templates() -> Vec<Diagnostic> {
    let spot = &spot();
    let declared: BTreeSet<String> = ["case", "place"].map(str::to_owned).into();
    let mut all = vec![
        Diagnostic::template_missing("closed"),
        Diagnostic::template_syntax(spot, 3, "unexpected `}`"),
        Diagnostic::undeclared_variable(spot, "plaec"),
        Diagnostic::variable_never_given(spot, "weather", &["case", "place"]),
        Diagnostic::unknown_channel(spot, "fax"),
        Diagnostic::no_channel(spot),
        Diagnostic::template_calls(spot, "filter", "truncate"),
        Diagnostic::template_calls(spot, "test", "today"),
        Diagnostic::template_calls(spot, "function", "now"),
        Diagnostic::template_reads_another(spot, "include"),
        Diagnostic::sms_long(spot, 150, 3),
        Diagnostic::variable_written(spot, "}}", None, &declared),
        Diagnostic::variable_written(spot, "{place}", Some("{{ place }}"), &declared),
        Diagnostic::variable_written(spot, "{地点}", Some("{{ 地点 }}"), &declared),
        Diagnostic::template_prints(spot, "None"),
        Diagnostic::template_names_nothing(spot, "none"),
    ];
    let given = [Given::Usual, Given::Blank, Given::Nothing, Given::Long];
    all.extend(given.map(|given| Diagnostic::template_fails(spot, 2, given, "invalid operation")));
    all
}

fn schedules() -> Vec<Diagnostic> {
    let spot = &spot();
    let pace = Pace { in_an_hour: 60, in_a_day: 1440 };
    let mut all = vec![
        Diagnostic::schedule(spot, "每天八点"),
        Diagnostic::weekday_by_number(spot, "1-5", None, None),
        Diagnostic::schedule_fields(spot, 5, Some("0 0 8 * * *")),
        Diagnostic::schedule_fields(spot, 7, None),
        Diagnostic::schedule_fields(spot, 3, None),
        Diagnostic::schedule_never(spot, "0 0 8 31 2 *"),
        Diagnostic::schedule_hasty(spot, pace),
        Diagnostic::schedule_frequent(spot, pace),
        Diagnostic::reminder_after_hours(spot, "23:00"),
    ];
    let days = ["1-5", "0", "7", "2,4", "*/2,1", "1-7"];
    all.extend(days.into_iter().flat_map(of_days));
    let fields =
        ["x 0 8 * * *", "0 x 8 * * *", "0 0 x * * *", "0 0 8 x * *", "0 0 8 * x *", "0 0 8 * * x"];
    all.extend(fields.into_iter().flat_map(parsed));
    all
}

/// What is said of briefs that go out at eight on these days.
fn of_days(days: &str) -> Vec<Diagnostic> {
    parsed(&format!("0 0 8 * * {days}"))
}

/// What is said of briefs that go out so.
fn parsed(schedule: &str) -> Vec<Diagnostic> {
    let shipped = Sources::shipped();
    let text = shipped.text("notices.toml").unwrap_or_default();
    let edited: Vec<String> = text
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some(("brief_unit", _)) => format!("brief_unit = \"{schedule}\""),
            Some(_) | None => line.to_owned(),
        })
        .collect();
    let (_, found) = parse(&shipped.with("notices.toml", edited.join("\n")));
    found.into_iter().filter(|one| one.code.starts_with("R07")).collect()
}
