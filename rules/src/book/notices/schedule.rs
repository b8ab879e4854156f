//! Schedules: when briefs go out, as an expression of second, minute, hour, day, month and weekday, in local time.
//!
//! Weekdays are written by their names. Rules that came into force when numbers were taken go on by them as ever:
//! what an expression said then it says now, and [`numbered`] tells which days those are.

use chrono::{DateTime, Utc};
use cron::{Schedule, TimeUnitSpec as _};

use super::weekday::{Days, LIST, SPAN, Written, written};
use crate::diagnostic::{Diagnostic, Findings, Pace};
use crate::source::Spot;
use crate::source::document::At;

/// What the catalogue of texts calls each field, and what may stand there.
pub(crate) const FIELDS: [(&str, &str); 6] = [
    ("second", "0–59"),
    ("minute", "0–59"),
    ("hour", "0–23"),
    ("day", "1–31"),
    ("month", "1–12"),
    ("weekday", "Mon–Sun"),
];
/// Fields that say nothing, to try one at a time.
const ANY: [&str; FIELDS.len()] = ["0", "0", "0", "*", "*", "*"];
const WEEKDAY: usize = FIELDS.len() - 1;

/// The expression that briefs follow; none when it cannot be read at all. One that is refused and can be read is
/// followed all the same, by rules that are in force already.
pub(super) fn read(text: &At<&str>, file: &str, findings: &mut Findings) -> Option<String> {
    match judged(text, file) {
        Ok(expression) => {
            if let Some(odd) = odd(text, &expression) {
                findings.push(odd);
            }
            Some(expression)
        }
        Err(wrong) => {
            findings.push(*wrong);
            text.value.parse::<Schedule>().is_ok().then(|| text.value.to_owned())
        }
    }
}

/// The days that `expression` names by numbers, as it has always been read; none when it names them otherwise.
pub(super) fn numbered(expression: &str) -> Option<Days> {
    expression.parse::<Schedule>().ok()?;
    match written(fields(expression).get(WEEKDAY)?) {
        Written::Numbered { here, .. } => here,
        Written::Named(_) | Written::Unreadable => None,
    }
}

/// The expression as it is followed, or what is wrong with it.
fn judged(text: &At<&str>, file: &str) -> Result<String, Box<Diagnostic>> {
    let fields = fields(text.value);
    let is_read = |expression: &String| expression.parse::<Schedule>().is_ok();
    let whole = text.value.to_owned();
    if let [one] = fields.as_slice() {
        let is_short = one.starts_with('@') && is_read(&whole);
        let unread = || Box::new(Diagnostic::schedule(&text.spot, text.value));
        return is_short.then_some(whole).ok_or_else(unread);
    }
    if fields.len() != FIELDS.len() {
        let suggested = with_seconds(&fields);
        let n = fields.len();
        return Err(Box::new(Diagnostic::schedule_fields(&text.spot, n, suggested.as_deref())));
    }
    let days = fields.get(WEEKDAY).map(|field| written(field));
    for (place, field) in fields.iter().enumerate() {
        let is_wrong = match &days {
            Some(days) if place == WEEKDAY => *days == Written::Unreadable,
            Some(_) | None => !is_read(&with(&ANY, place, field)),
        };
        if let (true, Some(called)) = (is_wrong, FIELDS.get(place)) {
            let spot = narrowed(text, file, field);
            return Err(Box::new(Diagnostic::schedule_field(&spot, field, *called)));
        }
    }
    match days {
        Some(Written::Numbered { here, elsewhere }) => {
            let field = fields.get(WEEKDAY).map_or("", String::as_str);
            let spot = narrowed(text, file, field);
            let (here, elsewhere) = (here.as_ref(), elsewhere.as_ref());
            Err(Box::new(Diagnostic::weekday_by_number(&spot, field, here, elsewhere)))
        }
        Some(Written::Named(days)) => {
            let named = [days.english(), days.listed()].map(|days| with(&fields, WEEKDAY, &days));
            let unread = || Box::new(Diagnostic::schedule(&text.spot, text.value));
            std::iter::once(whole).chain(named).find(is_read).ok_or_else(unread)
        }
        Some(Written::Unreadable) | None => {
            Err(Box::new(Diagnostic::schedule(&text.spot, text.value)))
        }
    }
}

/// What is odd about an expression that can be read: it never comes, or too often.
fn odd(text: &At<&str>, expression: &str) -> Option<Diagnostic> {
    let schedule: Schedule = expression.parse().ok()?;
    if schedule.after(&DateTime::<Utc>::UNIX_EPOCH).next().is_none() {
        return Some(Diagnostic::schedule_never(&text.spot, text.value));
    }
    let in_a_minute = schedule.seconds().count();
    let in_an_hour = in_a_minute.saturating_mul(schedule.minutes().count());
    let pace = Pace { in_an_hour, in_a_day: in_an_hour.saturating_mul(schedule.hours().count()) };
    match (in_a_minute, in_an_hour) {
        (2.., _) => Some(Diagnostic::schedule_hasty(&text.spot, pace)),
        (_, 2..) => Some(Diagnostic::schedule_frequent(&text.spot, pace)),
        _ => None,
    }
}

/// The fields of an expression; blanks around the signs within one part nothing.
fn fields(expression: &str) -> Vec<String> {
    let is_sign = |c: char| c == '/' || LIST.contains(&c) || SPAN.contains(&c);
    let mut fields: Vec<String> = Vec::new();
    for word in expression.split_whitespace() {
        match fields.last_mut() {
            Some(last) if word.starts_with(is_sign) || last.ends_with(is_sign) => {
                last.push_str(word);
            }
            Some(_) | None => fields.push(word.to_owned()),
        }
    }
    fields
}

/// These fields as one expression, with another in one place.
fn with(fields: &[impl AsRef<str>], place: usize, field: &str) -> String {
    let at = |(n, other): (usize, _)| if n == place { field } else { AsRef::as_ref(other) };
    fields.iter().enumerate().map(at).collect::<Vec<&str>>().join(" ")
}

/// What an expression of other programs, which begins with the minute, is here.
fn with_seconds(fields: &[String]) -> Option<String> {
    let [minute, hour, day, month, weekday] = fields else { return None };
    let days = match written(weekday) {
        Written::Named(days) => days,
        Written::Numbered { elsewhere, .. } => elsewhere?,
        Written::Unreadable => return None,
    };
    let (days, listed) = (days.english(), days.listed());
    let expression = |days: &str| ["0", minute, hour, day, month, days].join(" ");
    expression(&listed).parse::<Schedule>().ok().map(|_| expression(&days))
}

/// The last place of a field in the text; the text itself when it is written in another way.
fn narrowed(text: &At<&str>, file: &str, field: &str) -> Spot {
    let within = file.get(text.spot.span.clone()).unwrap_or_default();
    let found = within.rfind(field).map(|at| text.spot.span.start + at);
    let span = found.map_or(text.spot.span.clone(), |at| at..at + field.len());
    Spot { span, ..text.spot.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_weekdays_are_told_as_they_have_always_been_read() {
        for (expression, days) in [
            ("0 0 8 * * 1-5", Some("周日至周四")),
            ("0 0 8 * * 1 - 5", Some("周日至周四")),
            ("0 0 8 * * 2", Some("周一")),
            ("0 0 8 * * */2", Some("周二、周四、周六、周日")),
            ("0 0 8 * * 1-7", Some("每天")),
            ("0 0 8 * * Mon-Fri", None),
            ("0 0 8 * * *", None),
            ("0 0 8 * * 0", None),
            ("@weekly", None),
            ("", None),
        ] {
            let told = numbered(expression).map(|days| days.chinese());
            assert_eq!(told.as_deref(), days, "{expression}");
        }
    }
}
