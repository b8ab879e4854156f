//! Instants and spans as people read them: by the county's wall clock.

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
    fn never_is_a_dash() {
        let calendar = Calendar::always(FixedOffset::east_opt(0).unwrap());
        assert_eq!(minute(Timestamp::NEVER, &calendar), "—");
        assert_eq!(minute(Timestamp::from_millis(NEVER_MS), &calendar), "—");
    }
}
