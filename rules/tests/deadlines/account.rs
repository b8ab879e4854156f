//! What an account tells besides the due instant.

use chrono::NaiveDate;
use duban_rules::deadline::{Interval, MadeUp, Pause, SkipReason, Skipped, deadline, due};

use super::{SUNING, at, calendar_of, limit, pause};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn interval(from: &str, until: &str) -> Interval {
    Interval { from: at(from), until: at(until) }
}

#[test]
fn an_account_lists_intervals_pauses_and_days_off() {
    let pauses = [
        pause("2026-09-24 16:30", "2026-09-24 17:00"),
        pause("2026-09-24 16:00", "2026-09-24 16:30"),
    ];
    let account = deadline(limit("1工作日"), at("2026-09-24 15:00"), &SUNING, &pauses);
    assert_eq!(account.due, at("2026-09-28 16:00"));
    assert_eq!(
        account.counted,
        [
            interval("2026-09-24 15:00", "2026-09-24 16:00"),
            interval("2026-09-24 17:00", "2026-09-24 17:30"),
            interval("2026-09-28 08:30", "2026-09-28 12:00"),
            interval("2026-09-28 14:00", "2026-09-28 16:00"),
        ]
    );
    assert_eq!(account.pauses, [pause("2026-09-24 16:00", "2026-09-24 17:00")]);
    let holiday =
        |day: &str| Skipped { date: date(day), why: SkipReason::Holiday("中秋节".to_owned()) };
    assert_eq!(account.skipped, ["2026-09-25", "2026-09-26", "2026-09-27"].map(holiday));
    assert!(account.unpublished_years.is_empty());
    assert!(!account.is_provisional());
    assert_eq!(account.calendar, "2026-1");
}

#[test]
fn a_make_up_workday_counts_and_is_named() {
    let account = deadline(limit("2工作时"), at("2026-10-10 09:00"), &SUNING, &[]);
    assert_eq!(account.due, at("2026-10-10 11:00"));
    let worked = MadeUp { date: date("2026-10-10"), holiday: "国庆节".to_owned() };
    assert_eq!(account.made_up, [worked]);
}

#[test]
fn an_account_that_runs_into_a_year_without_holidays_is_provisional() {
    let start = at("2026-12-30 09:00");
    let account = deadline(limit("2工作日"), start, &SUNING, &[]);
    assert_eq!(
        (account.due, account.unpublished_years.as_slice()),
        (at("2027-01-01 09:00"), &[2027][..])
    );
    let within = deadline(limit("1工作日"), start, &SUNING, &[]);
    assert!(within.unpublished_years.is_empty());
    let urgent = deadline(limit("5紧急工作日"), start, &SUNING, &[]);
    assert!(urgent.unpublished_years.is_empty());
    let paused = [Pause { from: at("2026-12-30 10:00"), until: at("2028-05-08 10:00") }];
    let deferred = deadline(limit("1工作时"), at("2026-12-30 09:30"), &SUNING, &paused);
    assert_eq!(deferred.unpublished_years, [2027, 2028]);
}

#[test]
fn a_local_closure_does_not_count_and_gives_its_reason() {
    let snow = calendar_of(
        "version = \"雪\"\nweekend = [\"Sat\", \"Sun\"]\nslots = [\"08:30-12:00\", \"14:00-17:30\"]\n\
         first_year = 2015\nlast_year = 2026\n\
         [[closure]]\nfrom = 2026-01-20\nuntil = \"2026-01-21\"\nreason = \"暴雪停办\"\n",
    );
    let account = deadline(limit("1工作日"), at("2026-01-19 16:00"), &snow, &[]);
    assert_eq!(account.due, at("2026-01-22 16:00"));
    let closed =
        |day: &str| Skipped { date: date(day), why: SkipReason::Closed("暴雪停办".to_owned()) };
    assert_eq!(account.skipped, ["2026-01-20", "2026-01-21"].map(closed));
}

#[test]
fn a_budget_that_ends_at_closing_time_ends_at_closing_time() {
    assert_eq!(due(limit("1工作日"), at("2026-11-23 08:30"), &SUNING, &[]), at("2026-11-23 17:30"));
    assert_eq!(due(limit("1工作日"), at("2026-11-23 09:00"), &SUNING, &[]), at("2026-11-24 09:00"));
    assert_eq!(
        due(limit("3.5工作时"), at("2026-11-23 08:30"), &SUNING, &[]),
        at("2026-11-23 12:00")
    );
}

#[test]
fn a_limit_of_nothing_or_less_is_due_at_once() {
    let night = at("2026-11-21 23:10");
    for text in ["0工作日", "-1工作时", "0紧急工作时", "-3紧急工作日"] {
        assert_eq!(due(limit(text), night, &SUNING, &[]), night, "{text}");
        assert_eq!(deadline(limit(text), night, &SUNING, &[]).counted, [], "{text}");
    }
}
