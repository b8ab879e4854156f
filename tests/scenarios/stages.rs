//! Each stage has a clock of its own, and whoever holds the case decides whose clock runs (articles 13–18).

use std::collections::BTreeSet;

use duban::labels::case::{OPEN, STAGES};
use duban_actors::case::clock::ClockName;
use duban_actors::case::{Holder, Phase, State, explain};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, awaiting_closing, closed, dispatched, dispatched_as,
    feedback, filed, handling, handling_as, minutes, registered, returning, validating, verifying,
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

#[test]
fn what_others_take_is_not_the_units_time_and_what_the_unit_takes_is() {
    let given = due(&dispatched().case);
    for road in [handling(), returning(), verifying(), awaiting_closing()] {
        assert_eq!(due(&road.case), given, "{} has not gone on yet", road.case.state.name());
    }
}

#[test]
fn every_stage_at_which_a_case_can_stand_has_a_word_and_is_open_until_it_is_declined_or_closed() {
    let (mut stages, mut open) = (BTreeSet::new(), BTreeSet::new());
    let mut roads = roads();
    roads.extend([validating(), returning()]);
    for road in &roads {
        for n in 1..=road.events.len() {
            let life = upto(road, n).state;
            stages.insert(life.name());
            match life {
                State::Unreported | State::Declined(..) | State::Closed(..) => {}
                State::Registered(..)
                | State::Validating(..)
                | State::Filed(
                    _,
                    Phase::AwaitingDispatch(_)
                    | Phase::Held(
                        _,
                        Holder::Unit { receipt: Some(_) | None }
                        | Holder::Reviewer { .. }
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
