//! Schedules and texts of notices as they slip from a pen.

use duban_rules::Sources;

use crate::{Broken, edited};

pub(crate) fn cases() -> Vec<Broken> {
    schedules()
}

fn schedules() -> Vec<Broken> {
    [
        ("weekdays by numbers", "0 0 8 * * 1-5"),
        ("Sunday as nought", "0 0 8 * * 0"),
        ("a weekday by a number that is none", "0 0 8 * * 8"),
        ("each second day of the week", "0 0 8 * * */2"),
        ("an expression of five fields", "0 8 * * 1-5"),
        ("an expression with a year", "0 0 8 * * * 2027"),
        ("an hour that no day has", "0 0 25 * * *"),
        ("working days", "0 0 8 * * 工作日"),
        ("words for a time", "每天八点"),
        ("a day that no month has", "0 0 8 31 2 *"),
        ("each second of an hour", "* * 8 * * *"),
        ("each minute of an hour", "0 * 8 * * *"),
    ]
    .map(|(name, expression)| (name, briefs_at(expression)))
    .to_vec()
}

fn briefs_at(expression: &str) -> Sources {
    let shipped = "brief_unit = \"0 0 8 * * *\"";
    edited("notices.toml", shipped, &format!("brief_unit = \"{expression}\""))
}
