//! `ladder.toml` and the instants it leads to.

use chrono::{DateTime, Duration, FixedOffset, NaiveDateTime, Utc};
use duban_rules::book::calendar::Calendar;
use duban_rules::book::ladder::{Applies, Ladder, Step, Trigger};
use duban_rules::deadline::Pause;
use duban_rules::vocabulary::{Recipient, StepCode};
use duban_rules::{RuleBook, Sources, parse};

use super::{a_change_is_found, changed, found_in, parsed_with, shipped};

const FILE: &str = "ladder.toml";

fn book() -> RuleBook {
    parse(&Sources::shipped()).0
}

/// The shipped steps of a limit that starts then, as local times.
fn schedule(limit: &str, start: &str, pauses: &[[&str; 2]]) -> Vec<String> {
    let RuleBook { ladder, calendar, .. } = book();
    let limit = limit.parse().unwrap();
    let at = |text: &str| -> DateTime<Utc> {
        calendar.instant(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
    };
    let pauses: Vec<Pause> =
        pauses.iter().map(|[from, until]| Pause { from: at(from), until: at(until) }).collect();
    let steps = ladder.for_limit(&limit).schedule(limit, at(start), &pauses, &calendar);
    let line = |(code, at): (StepCode, DateTime<Utc>)| {
        format!("{code} {}", calendar.local(at).format("%m-%d %H:%M:%S"))
    };
    steps.into_iter().map(line).collect()
}

#[test]
fn the_shipped_ladders_climb_from_a_reminder_to_the_county() {
    let (book, found) = parsed_with(FILE, &shipped(FILE));
    assert_eq!(found, []);
    for ladder in [&book.ladder.ordinary, &book.ladder.urgent] {
        let steps =
            ladder.steps.iter().map(|step| (step.code.as_str(), step.light.as_str(), step.level));
        let wanted = [
            ("unread", "green", 0),
            ("warning", "yellow", 0),
            ("level-1", "red", 1),
            ("level-2", "red", 2),
            ("level-3", "red", 3),
        ];
        assert_eq!(steps.collect::<Vec<_>>(), wanted);
        let applies: Vec<_> = ladder.steps.iter().map(|step| step.applies).collect();
        assert_eq!(applies.iter().filter(|applies| **applies == Applies::WhileUnread).count(), 1);
        assert!(ladder.steps.windows(2).all(|two| {
            two[0].level == 0 || two[0].tell.iter().all(|told| two[1].tell.contains(told))
        }));
        let last = ladder.steps.last().unwrap();
        for told in [Recipient::CountyLeader, Recipient::CommitteeChair, Recipient::Discipline] {
            assert!(last.tell.contains(&told));
        }
    }
    assert_eq!((book.ladder.rework.times, book.ladder.rework.level), (2, 1));
    assert_eq!(book.ladder.rework.tell, [Recipient::DeputyHead]);
}

#[test]
fn a_short_limit_is_supervised_after_the_least_time_overdue() {
    assert_eq!(
        schedule("2工作时", "2026-11-23 09:00", &[]),
        [
            "unread 11-23 10:00:00",
            "warning 11-23 10:30:00",
            "level-1 11-23 11:00:00",
            "level-2 11-23 17:00:00",
            "level-3 11-26 11:00:00",
        ]
    );
}

#[test]
fn a_long_limit_is_supervised_after_its_share_overdue() {
    assert_eq!(
        schedule("5工作日", "2026-11-23 08:30", &[]),
        [
            "unread 11-25 12:00:00",
            "warning 11-26 15:45:00",
            "level-1 11-27 17:30:00",
            "level-2 12-02 12:00:00",
            "level-3 12-04 17:30:00",
        ]
    );
}

#[test]
fn an_urgent_case_climbs_through_the_night() {
    assert_eq!(
        schedule("2紧急工作时", "2026-11-23 23:00", &[]),
        [
            "unread 11-23 23:15:00",
            "warning 11-24 00:00:00",
            "level-1 11-24 01:00:00",
            "level-2 11-24 02:00:00",
            "level-3 11-24 05:00:00",
        ]
    );
}

#[test]
fn a_pause_holds_up_the_steps_behind_it_before_and_after_the_due_instant() {
    let pauses =
        [["2026-11-23 10:15", "2026-11-23 11:15"], ["2026-11-23 15:00", "2026-11-23 15:30"]];
    assert_eq!(
        schedule("2工作时", "2026-11-23 09:00", &pauses),
        [
            "unread 11-23 10:00:00",
            "warning 11-23 11:30:00",
            "level-1 11-23 12:00:00",
            "level-2 11-24 09:30:00",
            "level-3 11-26 14:30:00",
        ]
    );
}

#[test]
fn a_target_given_as_an_instant_has_exact_shares() {
    let step = |percent: u32| Step {
        code: StepCode::new(percent.to_string()),
        trigger: Trigger::Percent(percent),
        ..book().ladder.ordinary.steps[0].clone()
    };
    let ladder = Ladder { steps: [200, 75, 100, 150].map(step).to_vec() };
    let calendar = Calendar::always(FixedOffset::west_opt(5 * 3_600).unwrap());
    let start = DateTime::from_timestamp(1_445_832_001, 0).unwrap();
    let after = |due: DateTime<Utc>| -> Vec<(String, i64)> {
        let steps = ladder.schedule_between(start, due, &calendar);
        steps
            .iter()
            .map(|(code, at)| (code.to_string(), (*at - start).num_milliseconds()))
            .collect()
    };
    let shares = |of: i64| {
        ["75", "100", "150", "200"].map(str::to_owned).into_iter().zip([
            of * 3 / 4,
            of,
            of * 3 / 2,
            of * 2,
        ])
    };
    assert_eq!(after(start + Duration::seconds(12_345)), shares(12_345_000).collect::<Vec<_>>());
    assert!(after(start - Duration::seconds(60)).iter().all(|(_, after)| *after == 0));
}

#[test]
fn a_ladder_survives_being_stored() {
    let ladders = book().ladder;
    let json = serde_json::to_string(&ladders).unwrap();
    assert_eq!(serde_json::from_str::<duban_rules::book::ladder::Ladders>(&json).unwrap(), ladders);
    let second = serde_json::to_string(&ladders.ordinary.steps[3].trigger).unwrap();
    assert_eq!(second, r#"{"overdue-percent":{"percent":50,"at_least":"4 work_hour"}}"#);
}

#[test]
fn what_is_wrong_with_a_ladder_is_underlined() {
    a_change_is_found(FILE, ["\"yellow\"", "\"amber\""], "R0603", "\"amber\"");
    a_change_is_found(FILE, ["level = 3", "level = 4"], "R0604", "4");
    a_change_is_found(FILE, ["\"warning\", percent", "\"unread\", percent"], "R0605", "\"unread\"");
    a_change_is_found(
        FILE,
        ["overdue_percent = 50, ", "percent = 150, "],
        "R0602",
        "\"4 work_hour\"",
    );
    a_change_is_found(FILE, ["level = 1, ", "level = 3, "], "R0516", "100");
    a_change_is_found(FILE, ["times = 2", "times = 0"], "R0608", "0");
    a_change_is_found(
        FILE,
        ["at_least = \"4 work_hour\"", "at_least = \"-4 work_hour\""],
        "R0504",
        "\"-4 work_hour\"",
    );
    let has = |text: &str, code: &str| {
        let found = found_in(FILE, text);
        assert!(found.iter().any(|(found, _)| *found == code), "{found:?}");
    };
    has(&changed(FILE, "percent = 75, ", ""), "R0601");
    has(&changed(FILE, "percent = 75, ", "percent = 75, after_due = \"1 work_hour\", "), "R0601");
    has(&changed(FILE, "percent = 100, ", "percent = 101, "), "R0607");
    has("", "R0007");
}
