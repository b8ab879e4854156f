//! Properties, and the same answers by walking minute after minute through the holidays' own table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc, Weekday};
use duban_rules::deadline::{Pause, deadline, due, due_at_percent, elapsed, used};
use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use proptest::prelude::*;

use super::{SUNING, at};

/// Off (`false`) or worked (`true`) against the weekday, read from the file without the reader.
static HOLIDAYS: LazyLock<BTreeMap<NaiveDate, bool>> = LazyLock::new(|| {
    let rows = include_str!("../../suning/holidays.csv").lines().skip(1);
    let row = |line: &str| {
        let mut fields = line.split(',');
        (fields.next().unwrap().parse().unwrap(), fields.next().unwrap() == "work")
    };
    rows.map(row).collect()
});

/// Whether the minute that starts at this instant is worked.
fn is_worked(minute: DateTime<Utc>) -> bool {
    let local = minute.naive_utc() + Duration::hours(8);
    let weekend = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    let worked = HOLIDAYS.get(&local.date()).copied().unwrap_or(!weekend);
    let of_day = local.hour() * 60 + local.minute();
    worked && ((510..720).contains(&of_day) || (840..1_050).contains(&of_day))
}

/// Whether the centre's desks are manned in the minute that starts at this instant: 07:30–21:30, holidays too.
fn is_manned(minute: DateTime<Utc>) -> bool {
    let local = minute.naive_utc() + Duration::hours(8);
    (450..1_290).contains(&(local.hour() * 60 + local.minute()))
}

fn counts(unit: LimitUnit, minute: DateTime<Utc>) -> bool {
    match unit {
        LimitUnit::UrgentHour | LimitUnit::UrgentDay => true,
        LimitUnit::WorkHour | LimitUnit::WorkDay => is_worked(minute),
        LimitUnit::DeskHour => is_manned(minute),
    }
}

/// Walks from `start` until so many minutes have counted.
fn walked(unit: LimitUnit, minutes: i64, start: DateTime<Utc>, pauses: &[Pause]) -> DateTime<Utc> {
    let (mut now, mut left) = (start, minutes);
    while left > 0 {
        let stands = pauses.iter().any(|pause| pause.from <= now && now < pause.until);
        if !stands && counts(unit, now) {
            left -= 1;
        }
        now += Duration::minutes(1);
    }
    now
}

fn minutes_per_unit(unit: LimitUnit) -> i64 {
    match unit {
        LimitUnit::UrgentHour | LimitUnit::WorkHour | LimitUnit::DeskHour => 60,
        LimitUnit::UrgentDay => 1_440,
        LimitUnit::WorkDay => 420,
    }
}

fn any_unit() -> impl Strategy<Value = LimitUnit> {
    prop_oneof![
        Just(LimitUnit::UrgentHour),
        Just(LimitUnit::UrgentDay),
        Just(LimitUnit::WorkHour),
        Just(LimitUnit::WorkDay),
        Just(LimitUnit::DeskHour),
    ]
}

/// A start on a whole minute of 2015–2028.
fn any_start() -> impl Strategy<Value = DateTime<Utc>> {
    (0..7_300_000_i64).prop_map(|minutes| at("2015-01-01 00:00") + Duration::minutes(minutes))
}

/// Up to five pauses near `start`, in any order, overlapping, empty or reversed.
fn any_pauses(start: DateTime<Utc>) -> impl Strategy<Value = Vec<Pause>> {
    let pause = (-2_000..15_000_i64, -100..6_000_i64).prop_map(move |(from, length)| {
        let from = start + Duration::minutes(from);
        Pause { from, until: from + Duration::minutes(length) }
    });
    prop::collection::vec(pause, 0..5)
}

fn any_run() -> impl Strategy<Value = (DateTime<Utc>, Vec<Pause>)> {
    any_start().prop_flat_map(|start| (Just(start), any_pauses(start)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_due_instant_is_the_one_a_walk_arrives_at(
        unit in any_unit(), twentieths in 1..120_i64, (start, pauses) in any_run(),
    ) {
        // A twentieth of each unit is a whole number of minutes.
        let limit = TimeLimit::new(twentieths * 50, unit);
        let minutes = minutes_per_unit(unit) * twentieths / 20;
        let found = due(limit, start, &SUNING, &pauses);
        prop_assert_eq!(found, walked(unit, minutes, start, &pauses));
        let counted = elapsed(unit, start, found, &SUNING, &pauses);
        prop_assert_eq!(counted, Duration::minutes(minutes));
        prop_assert_eq!(used(unit, start, found, &SUNING, &pauses), limit);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_later_start_or_a_longer_limit_is_never_due_earlier(
        unit in any_unit(), amount in 0..30_000_i64, more in 0..5_000_i64,
        later_ms in 0..500_000_000_i64, (start, pauses) in any_run(),
    ) {
        let limit = TimeLimit::new(amount, unit);
        let first = due(limit, start, &SUNING, &pauses);
        let later = start + Duration::milliseconds(later_ms);
        prop_assert!(first >= start);
        prop_assert!(due(limit, later, &SUNING, &pauses) >= first);
        prop_assert!(due(TimeLimit::new(amount + more, unit), start, &SUNING, &pauses) >= first);
    }

    #[test]
    fn another_pause_never_makes_it_due_earlier(
        unit in any_unit(), amount in 0..30_000_i64, (start, pauses) in any_run(),
    ) {
        let limit = TimeLimit::new(amount, unit);
        let mut before = due(limit, start, &SUNING, &[]);
        for taken in 1..=pauses.len() {
            let found = due(limit, start, &SUNING, &pauses[..taken]);
            prop_assert!(found >= before);
            before = found;
        }
    }

    #[test]
    fn the_millisecond_before_the_due_instant_is_too_early(
        unit in any_unit(), amount in 1..30_000_i64, percent in 1..300_u32, (start, pauses) in any_run(),
    ) {
        let limit = TimeLimit::new(amount, unit);
        let found = due_at_percent(limit, percent, start, &SUNING, &pauses);
        let exact_ms = i128::from(minutes_per_unit(unit)) * i128::from(amount) * i128::from(percent) * 60_000;
        let wanted_ms = (exact_ms + 99_999) / 100_000;
        let counted = |until| {
            i128::from(elapsed(unit, start, until, &SUNING, &pauses).num_milliseconds())
        };
        prop_assert_eq!(counted(found), wanted_ms);
        prop_assert!(counted(found - Duration::milliseconds(1)) < wanted_ms);
    }

    #[test]
    fn all_of_a_limit_is_its_due_instant_and_steps_keep_their_order(
        unit in any_unit(), amount in 1..30_000_i64, percent in 1..100_u32, (start, pauses) in any_run(),
    ) {
        let limit = TimeLimit::new(amount, unit);
        let whole = due(limit, start, &SUNING, &pauses);
        prop_assert_eq!(due_at_percent(limit, 100, start, &SUNING, &pauses), whole);
        prop_assert!(due_at_percent(limit, percent, start, &SUNING, &pauses) <= whole);
        prop_assert!(due_at_percent(limit, 100 + percent, start, &SUNING, &pauses) >= whole);
    }

    #[test]
    fn what_an_account_counts_adds_up_to_the_limit(
        unit in any_unit(), amount in 1..20_000_i64, (start, pauses) in any_run(),
    ) {
        let limit = TimeLimit::new(amount, unit);
        let account = deadline(limit, start, &SUNING, &pauses);
        prop_assert_eq!(account.due, due(limit, start, &SUNING, &pauses));
        let counted: Duration = account.counted.iter().map(|i| i.until - i.from).sum();
        prop_assert_eq!(counted, elapsed(unit, start, account.due, &SUNING, &pauses));
        prop_assert_eq!(account.counted.last().map(|last| last.until), Some(account.due));
        prop_assert!(account.counted.is_sorted_by(|one, next| one.until <= next.from));
        for interval in &account.counted {
            let overlaps = |pause: &Pause| pause.from < interval.until && interval.from < pause.until;
            prop_assert!(!account.pauses.iter().any(overlaps));
        }
    }
}
