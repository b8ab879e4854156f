//! Instants and spans as people read them: by the county's wall clock.

use chrono::DateTime;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;

/// To the minute, by the county's wall clock; a dash for never.
pub fn minute(at: Timestamp, calendar: &Calendar) -> String {
    shown(at, calendar, "%Y-%m-%d %H:%M")
}

/// The day and the time of day, for what was lately; a dash for never.
pub fn clock(at: Timestamp, calendar: &Calendar) -> String {
    shown(at, calendar, "%m-%d %H:%M")
}

/// The time of day to the second, for a clock on a page.
pub fn time_of_day(at: Timestamp, calendar: &Calendar) -> String {
    shown(at, calendar, "%H:%M:%S")
}

/// To the second, by the county's wall clock; a dash for never.
pub fn second(at: Timestamp, calendar: &Calendar) -> String {
    shown(at, calendar, "%Y-%m-%d %H:%M:%S")
}

/// `text` with every instant in it that programs read (`2026-03-02T04:00:00.000Z`) as people read it, to the minute.
pub fn localized(text: &str, calendar: &Calendar) -> String {
    let (mut said, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(end) = rest.find('Z').map(|place| place + 1) {
        let (before, after) = rest.split_at(end);
        let digits = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_ascii_digit() || "-:.TZ".contains(*c));
        let (_, run) = before.split_at(digits.last().map_or(end, |(place, _)| place));
        // What stands before the year is no part of it: `在办:2026-…`.
        let instant = run.trim_start_matches(|c: char| !c.is_ascii_digit());
        let (said_before, instant) = before.split_at(end - instant.len());
        said.push_str(said_before);
        match DateTime::parse_from_rfc3339(instant) {
            Ok(at) => said.push_str(&minute(at.to_utc().into(), calendar)),
            Err(_) => said.push_str(instant),
        }
        rest = after;
    }
    said.push_str(rest);
    said
}

fn shown(at: Timestamp, calendar: &Calendar, form: &str) -> String {
    if at.as_millis() >= NEVER_MS {
        return "—".to_owned();
    }
    calendar.local(at.into()).format(form).to_string()
}

/// Lists cut instants to fifteen digits of milliseconds; what lies there or beyond is never.
const NEVER_MS: i64 = 999_999_999_999_999;

/// A span in words: `3天4小时`, `25分钟`.
pub fn span(from: Timestamp, until: Timestamp) -> String {
    let minutes = until.since(from).as_secs() / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}分钟"),
        (0, _) => format!("{hours}小时{minutes}分钟"),
        _ => format!("{days}天{hours}小时"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;

    #[test]
    fn an_instant_within_a_text_is_told_by_the_countys_clock_and_the_rest_stays() {
        let calendar = Calendar::always(FixedOffset::east_opt(8 * 3_600).unwrap());
        let told = |text| localized(text, &calendar);
        assert_eq!(told("请假至 2026-03-02T16:30:00.000Z"), "请假至 2026-03-03 00:30");
        let both = "2026-03-02T04:00:00Z 至2026-03-02T05:00:00.500Z止";
        assert_eq!(told(both), "2026-03-02 12:00 至2026-03-02 13:00止");
        assert_eq!(
            told("还有案件:2026-03-02T04:00:00.000Z 查看时"),
            "还有案件:2026-03-02 12:00 查看时"
        );
        for text in ["", "Z", "没有单位 MZ", "2026-13-02T04:00:00Z", "A-1Z、B:2Z", "12T"] {
            assert_eq!(told(text), text);
        }
    }

    #[test]
    fn never_is_a_dash() {
        let calendar = Calendar::always(FixedOffset::east_opt(0).unwrap());
        assert_eq!(minute(Timestamp::NEVER, &calendar), "—");
        assert_eq!(minute(Timestamp::from_millis(NEVER_MS), &calendar), "—");
    }
}
