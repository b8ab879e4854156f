//! Receipt, arrival, start, feedback: articles 16 and 25.

use duban_actors::case::{Command, Event, Refusal};
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_tests::road::{
    MONDAY_9AM, Who, dispatched, feedback, handling, minutes, place, somebody,
};
use duban_tests::{given, timers};

#[test]
fn a_receipt_lets_the_reminder_of_unread_cases_lapse() {
    assert!(timers(&dispatched()).contains(&"handling.1.0/unread".to_owned()));
    assert_eq!(
        timers(&handling()),
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
    let other = Who { by: "DL/孙".into(), ..somebody(Role::UnitStaff) };
    given(dispatched())
        .when_by(MONDAY_9AM + minutes(20), &other, &Command::Receive)
        .then_refused(Refusal::OtherUnit { unit: UnitId::new("SW") });
}

#[test]
fn the_desk_enters_for_a_unit_on_the_telephone() {
    let desk = somebody(Role::Dispatcher).on_behalf_of("SW");
    given(dispatched())
        .when_by(MONDAY_9AM + minutes(20), &desk, &Command::Receive)
        .then([Event::Received { at: MONDAY_9AM + minutes(20) }]);
    let told =
        Command::GiveFeedback {
            result: "电话告知已修".into(), photos: vec![], finished: None
        };
    given(handling())
        .when_by(MONDAY_9AM + minutes(40), &desk, &told)
        .then_stands(&["FeedbackGiven"], "verifying");
    given(handling())
        .when(MONDAY_9AM + minutes(40), Role::Dispatcher, told)
        .then_refused(Refusal::OtherUnit { unit: UnitId::new("SW") });
}

#[test]
fn a_unit_arrives_once_and_starts_once() {
    let arrive = || Command::Arrive { place: Some(place()) };
    let there = handling().then(minutes(5), Role::UnitStaff, arrive());
    given(there)
        .when(MONDAY_9AM + minutes(50), Role::UnitStaff, arrive())
        .then_refused(Refusal::AlreadyReported);
    let at_work = handling().then(minutes(5), Role::UnitStaff, Command::Start);
    given(at_work)
        .when(MONDAY_9AM + minutes(50), Role::UnitStaff, Command::Start)
        .then_refused(Refusal::AlreadyReported);
}

#[test]
fn a_feedback_tells_a_result_and_shows_a_photo() {
    let mute =
        Command::GiveFeedback { result: " ".into(), photos: vec!["b".into()], finished: None };
    given(handling())
        .when(MONDAY_9AM + minutes(40), Role::UnitStaff, mute)
        .then_refused(Refusal::ResultMissing);
    let blind = Command::GiveFeedback { result: "修好".into(), photos: vec![], finished: None };
    given(handling())
        .when(MONDAY_9AM + minutes(40), Role::UnitStaff, blind)
        .then_refused(Refusal::PhotoMissing);
}

#[test]
fn a_feedback_sends_a_collector_and_stops_the_units_clock() {
    let road = given(handling())
        .when(MONDAY_9AM + minutes(60), Role::UnitStaff, feedback())
        .then_sends(&["verify-task"]);
    assert!(timers(&road).iter().all(|name| name.starts_with("verification.")));
}
