//! Instants far from any table.

use chrono::{DateTime, Duration, FixedOffset, Utc};
use duban_rules::book::calendar::{Calendar, DayKind};
use duban_rules::deadline::{Pause, deadline, due, due_at_percent, elapsed, used};
use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use proptest::prelude::*;

use super::{SUNING, at, limit};

const UNITS: [LimitUnit; 5] = [
    LimitUnit::UrgentHour,
    LimitUnit::UrgentDay,
    LimitUnit::WorkHour,
    LimitUnit::WorkDay,
    LimitUnit::DeskHour,
];

#[test]
fn outside_the_table_weekends_alone_are_off() {
    // 2126-10-01 is a Tuesday; nobody has announced holidays for it.
    let account = deadline(limit("4工作日"), at("2126-10-01 10:00"), &SUNING, &[]);
    assert_eq!(account.due, at("2126-10-07 10:00"));
    assert_eq!(account.unpublished_years, [2126]);
    assert_eq!(account.skipped.len(), 2);
    // 1999-12-31 was a Friday.
    assert_eq!(due(limit("1工作时"), at("1999-12-31 17:00"), &SUNING, &[]), at("2000-01-03 09:00"));
    assert_eq!(SUNING.day("2126-10-05".parse().unwrap()), DayKind::Weekend);
}

#[test]
fn a_limit_may_cross_both_ends_of_the_table() {
    for (from, until) in
        [("2009-12-25 09:00", "2010-01-15 09:00"), ("2049-12-24 09:00", "2050-01-14 09:00")]
    {
        assert_eq!(due(limit("15工作日"), at(from), &SUNING, &[]), at(until));
        assert_eq!(due(limit("105工作时"), at(from), &SUNING, &[]), at(until));
        assert_eq!(used(LimitUnit::WorkDay, at(from), at(until), &SUNING, &[]), limit("15工作日"));
    }
}

#[test]
fn no_instant_and_no_limit_makes_the_arithmetic_fail() {
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at("2026-11-23 09:00")];
    let forever = [Pause { from: ends[0], until: ends[1] }];
    let reversed = [Pause { from: ends[1], until: ends[0] }];
    let always = Calendar::always(FixedOffset::east_opt(14 * 3_600).unwrap());
    for start in ends {
        for unit in UNITS {
            for thousandths in [i64::MIN, -1, 0, 1, 10_000_000, i64::MAX] {
                for calendar in [&*SUNING, &always] {
                    for pauses in [&[][..], &forever, &reversed] {
                        let limit = TimeLimit::new(thousandths, unit);
                        assert!(due_at_percent(limit, u32::MAX, start, calendar, pauses) >= start);
                        assert!(deadline(limit, start, calendar, pauses).due >= start);
                        for end in ends {
                            assert!(
                                elapsed(unit, start, end, calendar, pauses) >= Duration::zero()
                            );
                            used(unit, start, end, calendar, pauses);
                        }
                    }
                }
            }
        }
    }
    assert_eq!(due(limit("1工作时"), ends[2], &SUNING, &forever), DateTime::<Utc>::MAX_UTC);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn far_from_the_table_due_and_used_are_still_inverse(
        ms in -60_000_000_000_000_000_i64..60_000_000_000_000_000,
        amount in 1..10_000_000_i64, working in any::<bool>(),
    ) {
        let Some(start) = DateTime::from_timestamp_millis(ms / 8) else { return Ok(()) };
        let unit = if working { LimitUnit::WorkDay } else { LimitUnit::WorkHour };
        let limit = TimeLimit::new(amount, unit);
        let found = due(limit, start, &SUNING, &[]);
        prop_assert_eq!(used(unit, start, found, &SUNING, &[]), limit);
        prop_assert!(used(unit, start, found - Duration::milliseconds(1), &SUNING, &[]) < limit);
    }
}
