//! Hours that differ by weekday, season and date, against a walker that adds up minute after minute.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc, Weekday};
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::{HoursReason, OtherHours, Pause, deadline, due, elapsed, used};
use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use proptest::prelude::*;

use super::{at, calendar_of, limit};

/// Short Fridays, other hours in summer with short Wednesdays, and two dates of their own in October: a make-up
/// Saturday and a Friday.
const OFFICE: &str = r#"
version = "周五"
weekend = ["周六", "周日"]
slots = ["08:30-12:00", "14:00-17:30"]
first_year = 2015
last_year = 2026
[[weekday]]
day = "周五"
slots = ["08:30-12:00", "14:00-16:30"]
[[season]]
name = "夏季"
from = "06-01"
until = "08-31"
slots = ["08:00-12:00", "15:00-19:00"]
[[season.weekday]]
day = "星期三"
slots = ["08:00-12:00"]
[[day]]
date = "2026-10-10"
slots = ["09:00-12:00"]
[[day]]
date = "2026-10-16"
slots = ["08:00-12:00", "13:00-18:00"]
"#;

fn office() -> Calendar {
    calendar_of(OFFICE)
}

/// The worked minutes of a day, from and until: said again without the reader.
fn worked(date: NaiveDate, calendar: &Calendar) -> &'static [(u32, u32)] {
    if !calendar.day(date).is_working() {
        return &[];
    }
    let summer = (6..=8).contains(&date.month());
    match (date.to_string().as_str(), date.weekday()) {
        ("2026-10-10", _) => &[(540, 720)],
        ("2026-10-16", _) => &[(480, 720), (780, 1_080)],
        (_, Weekday::Wed) if summer => &[(480, 720)],
        _ if summer => &[(480, 720), (900, 1_140)],
        (_, Weekday::Fri) => &[(510, 720), (840, 990)],
        _ => &[(510, 720), (840, 1_050)],
    }
}

/// A working day in parts that the minutes of each of its lengths divide: 420, 360, 480, 240, 180 and 540.
const PARTS: i64 = 30_240;

/// What one minute is worth: a minute, or its share of the working day.
fn worth(unit: LimitUnit, minute: DateTime<Utc>, calendar: &Calendar) -> i64 {
    let local = minute.naive_utc() + Duration::hours(8);
    let slots = worked(local.date(), calendar);
    let of_day = local.hour() * 60 + local.minute();
    if !slots.iter().any(|(from, until)| (*from..*until).contains(&of_day)) {
        return 0;
    }
    let length: u32 = slots.iter().map(|(from, until)| until - from).sum();
    if unit == LimitUnit::WorkDay { PARTS / i64::from(length) } else { 1 }
}

/// Walks from `start` until so much has counted; within the last minute, to the millisecond.
fn walked(
    unit: LimitUnit,
    amount: i64,
    start: DateTime<Utc>,
    pause: Pause,
    calendar: &Calendar,
) -> DateTime<Utc> {
    let (mut now, mut left) = (start, amount);
    loop {
        let stands = pause.from <= now && now < pause.until;
        let worth = if stands { 0 } else { worth(unit, now, calendar) };
        if worth >= left {
            return now + Duration::milliseconds((left * 60_000 + worth - 1) / worth);
        }
        left -= worth;
        now += Duration::minutes(1);
    }
}

#[test]
fn a_working_day_is_all_slots_of_its_own_day() {
    let calendar = office();
    let one = |start: &str| due(limit("1工作日"), at(start), &calendar, &[]);
    // Friday, make-up Saturday, the Friday with a date of its own, a Friday and a Wednesday in summer.
    assert_eq!(one("2026-11-27 08:30"), at("2026-11-27 16:30"));
    assert_eq!(one("2026-10-10 09:00"), at("2026-10-10 12:00"));
    assert_eq!(one("2026-10-16 08:00"), at("2026-10-16 18:00"));
    assert_eq!(one("2026-07-03 08:00"), at("2026-07-03 19:00"));
    assert_eq!(one("2026-07-01 08:00"), at("2026-07-01 12:00"));
    // Half of Thursday, half of Friday; the afternoon of Friday is shorter.
    assert_eq!(one("2026-11-26 14:00"), at("2026-11-27 11:30"));
    assert_eq!(
        due(limit("3工作时"), at("2026-11-27 15:00"), &calendar, &[]),
        at("2026-11-30 10:00")
    );
}

#[test]
fn an_account_names_the_days_whose_hours_differ() {
    let calendar = office();
    let account = deadline(limit("3工作日"), at("2026-10-09 09:00"), &calendar, &[]);
    let held = |date: &str, why, slots: &[&str]| OtherHours {
        date: date.parse().unwrap(),
        why,
        slots: slots.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(
        account.other_hours,
        [
            held("2026-10-09", HoursReason::Weekday, &["08:30-12:00", "14:00-16:30"]),
            held("2026-10-10", HoursReason::Date, &["09:00-12:00"]),
        ]
    );
    let summer = deadline(limit("1工作时"), at("2026-07-01 09:00"), &calendar, &[]);
    let why = HoursReason::Season("夏季".to_owned());
    assert_eq!(summer.other_hours, [held("2026-07-01", why, &["08:00-12:00"])]);
    let ordinary = deadline(limit("1工作日"), at("2026-11-23 09:00"), &calendar, &[]);
    assert_eq!(ordinary.other_hours, []);
}

#[test]
fn an_account_written_down_before_still_reads() {
    let account = deadline(limit("1工作日"), at("2026-11-23 09:00"), &office(), &[]);
    let mut old = serde_json::to_value(&account).unwrap();
    old.as_object_mut().unwrap().remove("other_hours").unwrap();
    assert_eq!(serde_json::from_value(old).ok(), Some(account));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_due_instant_is_the_one_a_walk_through_every_kind_of_day_arrives_at(
        twentieths in 1..120_i64, day in 0..500_i64, minute in 0..1_440_i64,
        from in -2_000..8_000_i64, length in -100..6_000_i64, days in any::<bool>(),
    ) {
        let calendar = office();
        // From September 2025 to January 2027: every kind of day, and the two dates.
        let start = at("2025-09-01 00:00") + Duration::minutes(day * 1_440 + minute);
        let from = start + Duration::minutes(from);
        let pause = Pause { from, until: from + Duration::minutes(length) };
        let (unit, twentieth) =
            if days { (LimitUnit::WorkDay, PARTS / 20) } else { (LimitUnit::WorkHour, 3) };
        let limit = TimeLimit::new(twentieths * 50, unit);
        let found = due(limit, start, &calendar, &[pause]);
        prop_assert_eq!(found, walked(unit, twentieths * twentieth, start, pause, &calendar));
        prop_assert_eq!(used(unit, start, found, &calendar, &[pause]), limit);
        let account = deadline(limit, start, &calendar, &[pause]);
        prop_assert_eq!(account.due, found);
        let counted: Duration = account.counted.iter().map(|span| span.until - span.from).sum();
        prop_assert_eq!(counted, elapsed(unit, start, found, &calendar, &[pause]));
    }
}
