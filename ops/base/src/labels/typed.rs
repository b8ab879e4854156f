//! Words that people type: instants by the county's wall clock or RFC 3339 with a zone, and roles.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use duban_actors::role::Role;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;

/// An instant as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// With a zone.
    Exact(Timestamp),
    /// By the county's wall clock.
    Local(NaiveDateTime),
}

/// Reads `2026-03-02T09:00`, `2026-03-02 09:00:00`, `2026-03-02`, or RFC 3339 with a zone.
///
/// # Errors
/// In words: how to write one.
pub fn instant(text: &str) -> Result<Typed, String> {
    let text = text.trim();
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return Ok(Typed::Exact(Timestamp::from(exact.with_timezone(&Utc))));
    }
    let forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let naive = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    naive
        .or_else(day)
        .map(Typed::Local)
        .ok_or_else(|| "写成 2026-03-02T09:00(本地时间)或 2026-03-02T09:00:00+08:00".to_owned())
}

impl Typed {
    /// The instant, by the calendar's zone.
    pub fn by(self, calendar: &Calendar) -> Timestamp {
        match self {
            Typed::Exact(instant) => instant,
            Typed::Local(naive) => calendar.instant(naive).into(),
        }
    }
}

pub fn or_now(asked: Option<Typed>, calendar: &Calendar, now: Timestamp) -> Timestamp {
    asked.map_or(now, |typed| typed.by(calendar))
}

/// Reads a role that people have.
///
/// # Errors
/// In words: which there are.
pub fn role(word: &str) -> Result<Role, String> {
    let known = word.parse().ok().filter(|role: &Role| role.is_for_people());
    known.ok_or_else(|| {
        let words = Role::ALL.iter().filter(|role| role.is_for_people());
        let words: Vec<&str> = words.map(|role| role.as_str()).collect();
        format!("应为 {} 之一", words.join(" "))
    })
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;
    use crate::labels::instant::{minute, second};

    #[test]
    fn a_local_instant_is_read_by_the_countys_clock() {
        let calendar = Calendar::always(FixedOffset::east_opt(8 * 3600).unwrap());
        let nine = instant("2026-03-02T09:00:00+08:00").unwrap().by(&calendar);
        for text in ["2026-03-02T09:00", "2026-03-02 09:00", "2026-03-02 09:00:00"] {
            assert_eq!(instant(text).unwrap().by(&calendar), nine, "{text}");
        }
        assert_eq!(minute(nine, &calendar), "2026-03-02 09:00");
        assert_eq!(
            second(instant("2026-03-02").unwrap().by(&calendar), &calendar),
            "2026-03-02 00:00:00"
        );
    }

    #[test]
    fn what_is_no_instant_says_how_to_write_one() {
        assert!(instant("明天").unwrap_err().contains("2026-03-02T09:00"));
    }
}
