//! Returns (退单): the unit says that a case is not its own.

use duban_actors::case::command::Decision;
use duban_actors::case::{Command, Refusal};
use duban_actors::role::Role;
use duban_tests::road::{MONDAY_9AM, dispatch, dispatched, hours, minutes, returning};
use duban_tests::{due, given, timers};

fn decide(decision: Decision) -> Command {
    Command::DecideReturn { decision, reason: "权属已核".into() }
}

#[test]
fn a_return_stops_the_units_clock_and_starts_the_reviewers() {
    assert_eq!(
        timers(&returning()),
        ["return-review.1.0/100", "return-review.1.0/200", "return-review.1.0/75"]
    );
}

#[test]
fn a_refused_return_costs_the_unit_no_time() {
    let before = due(&returning()).unwrap();
    let road = given(returning())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, decide(Decision::Refuse))
        .then_stands(&["ReturnRefused"], "handling");
    assert_eq!(due(&road), Some(before + minutes(10)));
}

#[test]
fn an_accepted_return_leads_to_a_new_assignment_with_the_whole_limit() {
    let road = given(returning())
        .when(MONDAY_9AM + minutes(50), Role::CentreHead, decide(Decision::Accept))
        .then_stands(&["ReturnAccepted"], "awaiting-dispatch");
    let again = road.then(minutes(15), Role::Dispatcher, dispatch("SW"));
    assert_eq!(again.case.life.assignment().unwrap().no, 2);
    assert_eq!(due(&again), Some(MONDAY_9AM + minutes(65) + hours(48)));
}

#[test]
fn a_return_says_why_and_is_not_decided_by_the_unit() {
    given(dispatched())
        .when(MONDAY_9AM + minutes(20), Role::UnitStaff, Command::Return { reason: String::new() })
        .then_refused(Refusal::ReasonMissing);
    given(returning())
        .when(MONDAY_9AM + minutes(50), Role::UnitHead, decide(Decision::Accept))
        .then_refused(Refusal::NotPermitted);
}
