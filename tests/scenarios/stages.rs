//! Each stage has a clock of its own, and whoever holds the case decides whose clock runs (articles 13–18).

use std::collections::BTreeSet;
use std::time::Duration;

use duban::labels::case::{OPEN, STAGES};
use duban_actors::case::clock::ClockName;
use duban_actors::case::command::Finding;
use duban_actors::case::{Command, Event, Holder, Phase, Refusal, State, explain};
use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Entity as _;
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, awaiting_closing, closed, dispatched, dispatched_as,
    feedback, file, filed, handling, handling_as, hours, minutes, registered, report,
    report_urgent, returning, somebody, validating, validation, verifying,
};
use duban_tests::due;

use crate::stored::{roads, upto};

fn stage(road: &CasePath) -> Option<(ClockName, Timestamp)> {
    explain::stage(&road.case.state).map(|stage| (stage.clock, stage.due))
}

#[test]
fn every_stage_ends_by_the_limit_of_its_own() {
    let urgent = handling_as(MISSING_COVER).then(minutes(30), Role::UnitStaff, feedback());
    let stages = [
        (registered(), ClockName::Intake, 30),
        (validating(), ClockName::Validation, 5 + 90),
        (filed(), ClockName::Dispatch, 10 + 15),
        (dispatched(), ClockName::Receipt, 15 + 60),
        (dispatched_as(MISSING_COVER), ClockName::Receipt, 15 + 15),
        (returning(), ClockName::ReturnReview, 40 + 15),
        (verifying(), ClockName::Verification, 60 + 90),
        (urgent, ClockName::Verification, 60 + 60),
        (awaiting_closing(), ClockName::Closing, 90 + 30),
    ];
    for (road, clock, after_nine) in stages {
        let name = road.case.state.name();
        assert_eq!(stage(&road), Some((clock, MONDAY_9AM + minutes(after_nine))), "{name}");
    }
    assert_eq!(stage(&handling()), None, "the unit's own limit is the handbook's");
    assert_eq!(stage(&closed()), None);
}

/// What is decided until `end`: which step of which clock, how long after `begin`, and who is told.
fn told(mut road: CasePath, begin: Timestamp, end: Timestamp) -> Vec<(String, u64, String)> {
    let before = road.events.len();
    while road.case.timers().soonest().is_some_and(|timer| timer.due <= end) {
        road = road.fires(Duration::ZERO);
    }
    let steps = road.events.iter().skip(before).filter_map(|event| {
        let Event::StepDecided(step) = event else { return None };
        let told: Vec<&str> = step.tell.iter().map(|role| role.chinese()).collect();
        let name = format!("{} {}", step.clock.as_str(), step.step);
        Some((name, step.due.since(begin).as_secs(), told.join(" ")))
    });
    steps.collect()
}

#[test]
fn an_urgent_report_by_night_is_filed_and_dispatched_or_told_of_by_night() {
    let night = MONDAY_9AM + hours(13);
    let reported =
        CasePath::start().then(hours(13), Role::Collector, report_urgent("路中间,无围挡"));
    let row = |clock: &str, after: u64, told: &str| (clock.to_owned(), after, told.to_owned());
    assert_eq!(
        told(reported.clone(), night, night + hours(1)),
        [
            row("intake 75", 675, "监督中心"),
            row("intake 100", 900, "监督中心 值班长"),
            row("intake 200", 1_800, "值班长 中心主任"),
        ]
    );

    let validating = reported.clone().then(minutes(5), Role::Intake, Command::Validate);
    assert_eq!(stage(&validating), Some((ClockName::Validation, night + minutes(5 + 60))));
    let validated = validating.then(minutes(20), Role::Collector, validation(Finding::Confirmed));
    assert_eq!(stage(&validated), Some((ClockName::Intake, night + minutes(15 + 20))));

    let filed = reported.then(minutes(10), Role::Intake, file(MISSING_COVER));
    assert_eq!(
        told(filed, night + minutes(10), night + hours(1)),
        [
            row("dispatch 75", 675, "指挥中心"),
            row("dispatch 100", 900, "指挥中心 值班长"),
            row("dispatch 200", 1_800, "值班长 中心主任"),
        ]
    );
}

#[test]
fn an_ordinary_report_by_night_waits_for_the_desk_and_the_desk_works_on_holidays() {
    // Ten in the evening of Friday: the desk is manned from half past seven on Saturday.
    let reported = CasePath::start().then(hours(4 * 24 + 13), Role::Collector, report());
    let saturday = MONDAY_9AM + hours(5 * 24 - 1) - minutes(30);
    assert_eq!(stage(&reported), Some((ClockName::Intake, saturday + minutes(30))));
}

#[test]
fn a_report_is_not_called_urgent_without_a_word() {
    let refused =
        CasePath::start().asks(hours(13), &somebody(Role::Collector), &report_urgent(" "));
    assert_eq!(refused.unwrap_err(), Refusal::Common(Common::ReasonMissing));
}

#[test]
fn what_others_take_is_not_the_units_time_and_what_the_unit_takes_is() {
    let given = due(&dispatched().case);
    for road in [handling(), returning(), verifying(), awaiting_closing()] {
        assert_eq!(due(&road.case), given, "{} has not gone on yet", road.case.state.name());
    }
}

#[test]
fn every_stage_at_which_a_case_can_stand_has_a_word_and_is_open_while_somebody_has_to_do_something()
{
    let (mut stages, mut open) = (BTreeSet::new(), BTreeSet::new());
    let mut roads = roads();
    roads.extend([validating(), returning()]);
    for road in &roads {
        for n in 1..=road.events.len() {
            let life = upto(road, n).state;
            stages.insert(life.name());
            match life {
                State::Unreported
                | State::Declined(..)
                | State::Closed(..)
                | State::Withdrawn(_)
                | State::Filed(_, Phase::Held(_, Holder::Deferred { .. })) => {}
                State::Registered(..)
                | State::Validating(..)
                | State::Filed(
                    _,
                    Phase::AwaitingDispatch(_)
                    | Phase::Held(
                        _,
                        Holder::Unit { receipt: Some(_) | None }
                        | Holder::Reviewer { .. }
                        | Holder::Disputed { .. }
                        | Holder::Collector { .. }
                        | Holder::DutyChief { .. },
                    ),
                ) => {
                    open.insert(life.name());
                }
            }
        }
    }
    assert_eq!(BTreeSet::from(STAGES.map(|(name, _)| name)), stages);
    assert_eq!(BTreeSet::from(OPEN), open);
    assert!(STAGES.iter().all(|(_, chinese)| !chinese.is_empty() && !chinese.is_ascii()));
}
