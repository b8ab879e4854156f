//! The ladder: article 3. Each step is decided once, by its own due instant, whoever comes first.

use std::time::Duration;

use duban_actors::case::clock::ClockName;
use duban_actors::case::event::Lateness;
use duban_actors::case::{Command, Event};
use duban_actors::role::Role;
use duban_rules::vocabulary::Recipient;
use duban_runtime::entity::{Corrupt, Entity, Fired};
use duban_tests::case_path::{
    MISSING_COVER, MONDAY_9AM, dispatched_as, feedback, handling, handling_as, hours, minutes,
    registered, verifying,
};
use duban_tests::given::given_case;

fn steps(events: &[Event]) -> Vec<(&str, bool)> {
    let steps = events.iter().filter_map(|event| {
        let Event::StepDecided(step) = event else { return None };
        let is_handling = step.clock == ClockName::Handling;
        is_handling.then_some((step.step.as_str(), step.lateness == Lateness::CaughtUp))
    });
    steps.collect()
}

#[test]
fn an_urgent_case_climbs_the_ladder_step_by_step() {
    let mut road = handling_as(MISSING_COVER);
    for _ in 0..10 {
        road = road.fires(Duration::ZERO);
    }
    let expected = [("warning", false), ("level-1", false), ("level-2", false), ("level-3", false)];
    assert_eq!(steps(&road.events), expected);
}

#[test]
fn an_ordinary_case_climbs_in_working_time_and_each_level_reaches_further_up() {
    // Two working days from Monday 09:15, read at 09:30.
    let mut road = handling();
    while road.case.timers().0.iter().any(|timer| timer.name.starts_with("handling.")) {
        road = road.fires(Duration::ZERO);
    }
    let decided = road.events.iter().filter_map(|event| {
        let Event::StepDecided(step) = event else { return None };
        (step.clock == ClockName::Handling).then_some(step)
    });
    let last = |tell: &[Recipient]| tell.last().copied().unwrap();
    let climbed: Vec<_> =
        decided.map(|s| (s.step.as_str(), s.level, s.due, last(&s.tell))).collect();
    let days = |n: u64| MONDAY_9AM + minutes(15) + hours(24 * n);
    assert_eq!(
        climbed,
        [
            // Three quarters of fourteen hours: half of Tuesday afternoon is left.
            ("warning", 0, MONDAY_9AM + hours(29) + minutes(45), Recipient::HandlingOffice),
            ("level-1", 1, days(2), Recipient::DeputyHead),
            ("level-2", 2, days(3), Recipient::DutyChief),
            // Three working days after Wednesday, and a weekend between.
            ("level-3", 3, days(7), Recipient::Discipline),
        ]
    );
}

#[test]
fn an_unread_urgent_case_is_reminded_after_a_quarter_of_an_hour() {
    let then = given_case(dispatched_as(MISSING_COVER))
        .when(MONDAY_9AM + minutes(31), Role::UnitStaff, &Command::Receive)
        .then_stands(&["StepDecided", "StepDecided", "StepDecided", "Received"], "handling");
    assert_eq!(steps(&then.events), [("unread", false)]);
}

#[test]
fn steps_found_late_are_decided_at_once_and_the_highest_speaks_for_all() {
    let then = given_case(handling_as(MISSING_COVER)).when_late(hours(10)).then_stands(
        &["StepDecided", "StepDecided", "StepDecided", "StepDecided", "OrderIssued"],
        "handling",
    );
    assert_eq!(steps(&then.events).len(), 4);
    assert!(steps(&then.events).iter().all(|(_, caught_up)| *caught_up));
    let told: Vec<_> = then
        .events
        .iter()
        .filter_map(|event| {
            let Event::StepDecided(step) = event else { return None };
            let is_told = step.clock == ClockName::Handling && !step.tell.is_empty();
            is_told.then(|| (step.also.len(), step.tell.clone()))
        })
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told.first().map(|(also, _)| *also), Some(3));
    assert!(told.iter().all(|(_, tell)| tell.contains(&Recipient::CommitteeChair)));
}

#[test]
fn a_step_passed_before_somebody_acts_is_decided_with_the_act() {
    let then = given_case(handling_as(MISSING_COVER))
        .when(MONDAY_9AM + minutes(136), Role::UnitStaff, &feedback())
        .then_stands(&["StepDecided", "StepDecided", "OrderIssued", "FeedbackGiven"], "verifying");
    assert_eq!(steps(&then.events), [("warning", true), ("level-1", false)]);
}

#[test]
fn whoever_acts_at_the_due_instant_is_in_time() {
    let then = given_case(handling_as(MISSING_COVER))
        .when(MONDAY_9AM + minutes(135), Role::UnitStaff, &feedback())
        .then_stands(&["StepDecided", "FeedbackGiven"], "verifying");
    assert_eq!(steps(&then.events), [("warning", true)]);
}

#[test]
fn a_timer_that_is_not_wanted_decides_nothing() {
    let fired = Fired { name: "handling.1.0/level-1".into(), due: MONDAY_9AM + minutes(135) };
    let answer = verifying().fired(hours(3), &fired);
    assert_eq!(answer.err(), Some(Corrupt::unarmed(&fired)));
}

#[test]
fn a_late_desk_is_told_to_the_people_of_that_stage() {
    given_case(registered()).when_due().then_sends(&["stage-late"]);
}
