//! Returns (退单): the unit says that a case is not its own.

use std::time::Duration;

use duban_actors::case::command::Decision;
use duban_actors::case::explain::explain;
use duban_actors::case::supervision::{Order, OrderKind};
use duban_actors::case::{Command, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Entity as _;
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, dispatch, dispatched, handling_as, hours, minutes,
    returning, somebody, town,
};
use duban_tests::given::{MILLISECOND, given_case};
use duban_tests::{due, timers};

fn decide(decision: Decision) -> Command {
    Command::DecideReturn { decision, reason: "权属已核".into() }
}

fn returned() -> Command {
    Command::Return { reason: "不是我单位".into() }
}

/// The return is accepted ten minutes later.
fn accepted(road: CasePath) -> CasePath {
    road.then(minutes(10), Role::DutyChief, decide(Decision::Accept))
}

/// Dispatch to a unit that the handbook does not name.
fn dispatch_anyway(unit: &str) -> Command {
    let reason = Some("权属已核".to_owned());
    Command::Dispatch { unit: UnitId::new(unit), method: None, reason }
}

/// Where the deadline account of the case ends.
fn explained(road: &CasePath) -> Option<Timestamp> {
    explain(&road.case, road.at, town(), || None).account.map(|account| account.due.into())
}

#[test]
fn a_return_stops_the_units_clock_and_starts_the_reviewers() {
    assert_eq!(
        timers(&returning().case),
        ["return-review.1.0/100", "return-review.1.0/200", "return-review.1.0/75"]
    );
}

#[test]
fn a_refused_return_costs_the_unit_no_time() {
    let before = due(&returning().case).unwrap();
    let then = given_case(returning())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, &decide(Decision::Refuse))
        .then_stands(&["ReturnRefused"], "handling");
    assert_eq!(due(&then.state), Some(before + minutes(10)));
}

#[test]
fn a_return_never_stops_the_clock_of_an_urgent_case() {
    let before = due(&handling_as(MISSING_COVER).case);
    let asked = handling_as(MISSING_COVER).then(minutes(10), Role::UnitStaff, returned());
    assert_eq!(asked.case.state.stands_still(), None);
    assert!(timers(&asked.case).contains(&"handling.1.0/level-1".to_owned()));

    let refused = asked.then(minutes(10), Role::DutyChief, decide(Decision::Refuse));
    assert_eq!((due(&refused.case), explained(&refused)), (before, before));
    let again = refused.then(minutes(5), Role::UnitStaff, returned());
    assert!(timers(&again.case).contains(&"return-review.1.1/100".to_owned()), "another review");

    let accepted = accepted(again).then(minutes(5), Role::Dispatcher, dispatch("SW"));
    assert_eq!((due(&accepted.case), explained(&accepted)), (before, before));
}

#[test]
fn a_limit_that_runs_out_while_an_urgent_return_is_reviewed_is_told_as_any_other() {
    let asked = handling_as(MISSING_COVER).then(minutes(100), Role::UnitStaff, returned());
    let mut road = asked;
    while !road.case.state.is_overdue(road.at) {
        road = road.fires(MILLISECOND);
    }
    assert_eq!(road.case.state.name(), "returning");
    let orders = &road.case.state.filing().unwrap().orders;
    assert!(matches!(**orders, [Order { kind: OrderKind::Overdue, level: 1, .. }]), "{orders:?}");
}

#[test]
fn an_urgent_return_is_decided_or_told_of_within_a_quarter_of_an_hour() {
    // Eight in the evening.
    let evening = handling_as(MISSING_COVER).then(minutes(630), Role::UnitStaff, returned());
    let timers = evening.case.timers();
    let review = timers.0.iter().find(|timer| timer.name == "return-review.1.0/100").unwrap();
    assert_eq!(review.due, evening.at + minutes(15));
}

#[test]
fn an_accepted_return_leads_to_another_unit_with_the_whole_limit() {
    given_case(returning())
        .when(MONDAY_9AM + minutes(50), Role::CentreHead, &decide(Decision::Accept))
        .then_stands(&["ReturnAccepted"], "awaiting-dispatch");
    let road = returning().then(minutes(10), Role::CentreHead, decide(Decision::Accept)).then(
        minutes(15),
        Role::Dispatcher,
        dispatch_anyway("DL"),
    );
    assert_eq!(road.case.state.assignment().unwrap().no, 2);
    assert_eq!(due(&road.case), Some(MONDAY_9AM + minutes(65) + hours(48)));
}

#[test]
fn a_unit_that_gets_a_case_again_goes_on_with_the_rest_of_its_limit() {
    let before = due(&returning().case).unwrap();
    let road = accepted(returning()).then(minutes(15), Role::Dispatcher, dispatch("SW"));
    // It stood still from 09:40, when the unit asked, until 10:05, when it had the case again.
    assert_eq!(due(&road.case), Some(before + minutes(25)));
    assert_eq!(road.case.state.name(), "dispatched");
    assert!(timers(&road.case).contains(&"receipt.2.0/100".to_owned()), "it signs for it again");
    assert_eq!(explained(&road), due(&road.case), "the account ends where the case is due");
}

#[test]
fn what_a_unit_had_left_is_remembered_while_others_have_the_case() {
    let before = due(&returning().case).unwrap();
    let desk = somebody(Role::Dispatcher).on_behalf_of("DL");
    let elsewhere = accepted(returning())
        .then(minutes(15), Role::Dispatcher, dispatch_anyway("DL"))
        .asks(minutes(5), &desk, &returned())
        .unwrap();
    let road = accepted(elsewhere).then(minutes(5), Role::Dispatcher, dispatch("SW"));
    assert_eq!(due(&road.case), Some(before + minutes(45)));
    assert_eq!(explained(&road), due(&road.case));
}

#[test]
fn a_step_that_was_told_before_a_return_is_not_told_after_it() {
    let warned = handling_as(MISSING_COVER).fires(Duration::ZERO);
    let road = warned.then(minutes(1), Role::UnitStaff, returned());
    let road = accepted(road).then(minutes(10), Role::Dispatcher, dispatch("SW"));
    let names = timers(&road.case);
    assert!(!names.contains(&"handling.2.0/warning".to_owned()), "{names:?}");
    assert!(
        !names.contains(&"handling.2.0/unread".to_owned()),
        "half the limit was over: {names:?}"
    );
    assert!(names.contains(&"handling.2.0/level-1".to_owned()), "{names:?}");
}

#[test]
fn a_unit_that_has_a_case_again_is_reminded_to_read_it() {
    let road = accepted(returning()).then(minutes(15), Role::Dispatcher, dispatch("SW"));
    assert!(timers(&road.case).contains(&"handling.2.0/unread".to_owned()));
}

#[test]
fn a_return_says_why_and_is_not_decided_by_the_unit() {
    given_case(dispatched())
        .when(MONDAY_9AM + minutes(20), Role::UnitStaff, &Command::Return { reason: String::new() })
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    given_case(returning())
        .when(MONDAY_9AM + minutes(50), Role::UnitHead, &decide(Decision::Accept))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::ReviewReturn }));
}
