//! Schedules and texts of notices as they slip from a pen.

use duban_rules::Sources;

use super::{Broken, edited};

pub(crate) fn cases() -> Vec<Broken> {
    schedules().into_iter().chain(variables()).chain(nothing()).collect()
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
    .into_iter()
    .chain([("a reminder when nobody is there", reminded_at("0 0 23 * * *"))])
    .collect()
}

fn reminded_at(expression: &str) -> Sources {
    let shipped = "view_reminder = \"0 0 16 * * *\"";
    edited("notices.toml", shipped, &format!("view_reminder = \"{expression}\""))
}

fn briefs_at(expression: &str) -> Sources {
    let shipped = "brief_unit = \"0 0 8 * * *\"";
    edited("notices.toml", shipped, &format!("brief_unit = \"{expression}\""))
}

fn variables() -> Vec<Broken> {
    [
        ("a variable in single braces", "{place}"),
        ("a variable as other programs have it", "${place}"),
        ("a variable with half of its end", "{{place}"),
        ("a variable with half of its end, far from the next one", "{{ place },限"),
        ("a variable in braces with a blank between", "{ {place} }"),
        ("a variable in full-width braces", "｛｛place｝｝"),
        ("a variable that ends in full-width braces", "{{ place ｝｝"),
        ("a variable in three braces", "{{{ place }}}"),
        ("a variable in the brackets of a letter", "【place】"),
        ("a variable behind a sign", "$place"),
        ("a variable in Chinese, in single braces", "{地点}"),
        ("a brace too many", "{{ place }}}"),
        ("a condition in full-width braces", "｛% if reason %｝{{ reason }}｛% endif %｝"),
    ]
    .map(|(name, text)| (name, edited("notices.toml", "地    点:{{ place }}", &said(text))))
    .to_vec()
}

fn nothing() -> Vec<Broken> {
    [
        ("a condition without its end", "{% if reason %}{{ place }}"),
        ("a list as a whole", "{{ [place, due] }}"),
        ("a value as a program writes it", "{{ place|tojson }}"),
        ("a comparison with nothing", "{% if place != none %}{{ place }}{% endif %}"),
        ("nothing by its name", "{{ place or None }}"),
    ]
    .map(|(name, text)| (name, edited("notices.toml", "地    点:{{ place }}", &said(text))))
    .to_vec()
}

fn said(text: &str) -> String {
    format!("地    点:{text}")
}
