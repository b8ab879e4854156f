//! Receipt, arrival, start, feedback: articles 16 and 25.

use duban_actors::case::command::Outcome;
use duban_actors::case::{Command, Event, Refusal, Timeliness};
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_tests::case_path::{
    MISSING_COVER, MONDAY_9AM, Who, asked, dispatched, feedback, filed, handling, handling_as,
    minutes, place, somebody, verify,
};
use duban_tests::given::given_case;
use duban_tests::laws::kind;
use duban_tests::{timeliness, timers};

#[test]
fn a_receipt_lets_the_reminder_of_unread_cases_lapse() {
    assert!(timers(&dispatched().case).contains(&"handling.1.0/unread".to_owned()));
    assert_eq!(
        timers(&handling().case),
        [
            "handling.1.0/level-1",
            "handling.1.0/level-2",
            "handling.1.0/level-3",
            "handling.1.0/warning"
        ]
    );
}

#[test]
fn another_unit_does_not_touch_the_case() {
    let other = Who { speaks_for: Some("DL".into()), ..somebody(Role::UnitStaff) };
    given_case(dispatched())
        .when_asked(&asked(MONDAY_9AM + minutes(20), &other), &Command::Receive)
        .then_refused(&Refusal::OtherUnit { unit: UnitId::new("SW") });
}

#[test]
fn the_desk_enters_for_a_unit_on_the_telephone() {
    let desk = somebody(Role::Dispatcher).on_behalf_of("SW");
    given_case(dispatched())
        .when_asked(&asked(MONDAY_9AM + minutes(20), &desk), &Command::Receive)
        .then(&[Event::Received {
            at: MONDAY_9AM + minutes(20),
            return_until: Some(MONDAY_9AM + minutes(140)),
            dispute_until: Some(MONDAY_9AM + minutes(140)),
        }]);
    let told =
        Command::GiveFeedback {
            result: "电话告知已修".into(), photos: vec![], finished: None
        };
    given_case(handling())
        .when_asked(&asked(MONDAY_9AM + minutes(40), &desk), &told)
        .then_stands(&["FeedbackGiven"], "verifying");
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::Dispatcher, &told)
        .then_refused(&Refusal::OtherUnit { unit: UnitId::new("SW") });
}

#[test]
fn a_feedback_signs_by_itself() {
    given_case(dispatched())
        .when(MONDAY_9AM + minutes(20), Role::UnitStaff, &feedback())
        .then_stands(&["Received", "FeedbackGiven"], "verifying");
}

#[test]
fn whoever_is_there_or_at_work_has_signed() {
    let arrive = Command::Arrive { place: Some(place()) };
    for (command, event) in [(arrive, "Arrived"), (Command::Start, "Started")] {
        let then = given_case(dispatched())
            .when(MONDAY_9AM + minutes(20), Role::UnitStaff, &command)
            .then_stands(&["Received", event], "handling");
        assert!(!timers(&then.state).iter().any(|timer| timer.starts_with("receipt")));
    }
}

#[test]
fn a_unit_arrives_once_and_starts_once() {
    let arrive = || Command::Arrive { place: Some(place()) };
    let there = handling().then(minutes(5), Role::UnitStaff, arrive());
    given_case(there)
        .when(MONDAY_9AM + minutes(50), Role::UnitStaff, &arrive())
        .then_refused(&Refusal::AlreadyReported);
    let at_work = handling().then(minutes(5), Role::UnitStaff, Command::Start);
    given_case(at_work)
        .when(MONDAY_9AM + minutes(50), Role::UnitStaff, &Command::Start)
        .then_refused(&Refusal::AlreadyReported);
}

#[test]
fn a_feedback_tells_a_result_and_shows_a_photo() {
    let mute =
        Command::GiveFeedback { result: " ".into(), photos: vec!["b".into()], finished: None };
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::UnitStaff, &mute)
        .then_refused(&Refusal::ResultMissing);
    let blind = Command::GiveFeedback { result: "修好".into(), photos: vec![], finished: None };
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::UnitStaff, &blind)
        .then_refused(&Refusal::PhotoMissing);
}

#[test]
fn what_counts_is_when_a_feedback_arrives_and_not_what_the_device_says() {
    let late = Command::GiveFeedback {
        result: "已修复".into(),
        photos: vec!["after".into()],
        finished: Some(MONDAY_9AM + minutes(60)),
    };
    // Received at 09:30, due at 11:15, and it arrives a minute later.
    let road = handling_as(MISSING_COVER)
        .then(minutes(106), Role::UnitStaff, late)
        .then(minutes(10), Role::Collector, verify(Outcome::Passed))
        .then(minutes(10), Role::DutyChief, Command::Close { waiver: None });
    assert_eq!(timeliness(&road.case), Some(Timeliness::Late));
}

#[test]
fn a_terminal_does_not_touch_the_case_of_another_of_the_same_body() {
    let unit = UnitId::new("CG-HW");
    let command =
        Command::Dispatch { unit: unit.clone(), method: None, reason: Some("环卫作业".into()) };
    let road = filed().then(minutes(5), Role::Dispatcher, command);
    let sister = Who { speaks_for: Some("CG-ZF".into()), ..somebody(Role::UnitHead) };
    given_case(road)
        .when_asked(&asked(MONDAY_9AM + minutes(20), &sister), &Command::Receive)
        .then_refused(&Refusal::OtherUnit { unit });
}

#[test]
fn when_a_unit_was_told_was_there_and_began_are_each_on_record() {
    let arrive = Command::Arrive { place: Some(place()) };
    let road = handling()
        .then(minutes(5), Role::UnitStaff, arrive)
        .then(minutes(5), Role::UnitStaff, Command::Start)
        .then(minutes(5), Role::UnitStaff, feedback());
    let kinds: Vec<String> = road.events.iter().map(kind).collect();
    let unit = ["Dispatched", "Received", "Arrived", "Started", "FeedbackGiven"];
    assert!(kinds.ends_with(&unit.map(str::to_owned)), "{kinds:?}");
}

#[test]
fn a_feedback_sends_a_collector_and_stops_the_units_clock() {
    let then = given_case(handling())
        .when(MONDAY_9AM + minutes(60), Role::UnitStaff, &feedback())
        .then_sends(&["verify-task"]);
    assert!(timers(&then.state).iter().all(|name| name.starts_with("verification.")));
}
