//! Hours that change with the season.

use chrono::{Duration, FixedOffset};
use duban_rules::book::calendar::Calendar;
use duban_rules::deadline::{Pause, due, elapsed, used};
use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use proptest::prelude::*;

use super::{at, calendar_of, limit};

/// Seven hours a day, from June to August eight, from December to February six.
fn seasonal() -> Calendar {
    calendar_of(
        "version = \"四季\"\nweekend = [\"周六\", \"周日\"]\nslots = [\"08:30-12:00\", \"14:00-17:30\"]\n\
         first_year = 2015\nlast_year = 2026\n\
         [[season]]\nname = \"夏季\"\nfrom = \"06-01\"\nuntil = \"08-31\"\nslots = [\"08:00-12:00\", \"15:00-19:00\"]\n\
         [[season]]\nname = \"冬季\"\nfrom = \"12-01\"\nuntil = \"02-29\"\nslots = [\"09:00-12:00\", \"13:00-16:00\"]\n",
    )
}

#[test]
fn a_working_day_is_all_slots_of_its_own_season() {
    let calendar = seasonal();
    let one = |start: &str| due(limit("1工作日"), at(start), &calendar, &[]);
    assert_eq!(one("2026-06-01 08:00"), at("2026-06-01 19:00"));
    assert_eq!(one("2026-12-01 09:00"), at("2026-12-01 16:00"));
    assert_eq!(one("2026-01-14 09:00"), at("2026-01-14 16:00"));
}

#[test]
fn the_half_day_left_over_is_half_of_the_next_seasons_day() {
    // Half of Friday's seven hours, then half of Monday's eight.
    let calendar = seasonal();
    let found = due(limit("1工作日"), at("2026-05-29 14:00"), &calendar, &[]);
    assert_eq!(found, at("2026-06-01 12:00"));
    let hours = due(limit("7工作时"), at("2026-05-29 14:00"), &calendar, &[]);
    assert_eq!(hours, at("2026-06-01 11:30"));
}

#[test]
fn a_dated_season_holds_in_its_year_alone() {
    let calendar = calendar_of(
        "version = \"展会\"\nweekend = []\nslots = [\"08:30-12:00\"]\nfirst_year = 2026\nlast_year = 2026\n\
         [[season]]\nname = \"展会\"\nfrom = \"2025-05-12\"\nuntil = \"2025-05-14\"\nslots = [\"00:00-24:00\"]\n",
    );
    assert_eq!(
        due(limit("20工作时"), at("2025-05-13 00:00"), &calendar, &[]),
        at("2025-05-13 20:00")
    );
    assert_eq!(
        due(limit("2工作时"), at("2026-05-13 00:00"), &calendar, &[]),
        at("2026-05-13 10:30")
    );
}

#[test]
fn a_calendar_that_never_closes_counts_every_hour() {
    let calendar = Calendar::always(FixedOffset::west_opt(5 * 3_600).unwrap());
    let start = at("2026-02-14 23:00");
    assert_eq!(due(limit("1.5工作日"), start, &calendar, &[]), start + Duration::hours(36));
    assert_eq!(due(limit("2工作时"), start, &calendar, &[]), start + Duration::hours(2));
    assert!(calendar.is_published(1900));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shares_of_days_add_up_across_seasons(
        amount in 1..40_000_i64, day in 0..4_000_i64, minute in 0..1_440_i64, paused in 0..20_000_i64,
    ) {
        let calendar = seasonal();
        let start = at("2015-01-01 00:00") + Duration::minutes(day * 1_440 + minute);
        let pauses = [Pause { from: start, until: start + Duration::minutes(paused) }];
        for unit in [LimitUnit::WorkDay, LimitUnit::WorkHour] {
            let limit = TimeLimit::new(amount, unit);
            let found = due(limit, start, &calendar, &pauses);
            prop_assert_eq!(used(unit, start, found, &calendar, &pauses), limit);
            let before = used(unit, start, found - Duration::milliseconds(1), &calendar, &pauses);
            prop_assert!(before < limit);
        }
        let hours = TimeLimit::new(amount, LimitUnit::WorkHour);
        let found = due(hours, start, &calendar, &pauses);
        let counted = elapsed(LimitUnit::WorkHour, start, found, &calendar, &pauses);
        prop_assert_eq!(counted, Duration::milliseconds(amount * 3_600));
    }
}
