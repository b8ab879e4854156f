//! Each stage has a clock of its own, and whoever holds the case decides whose clock runs (articles 13–18).

use duban_actors::case::clock::ClockName;
use duban_actors::case::explain;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_tests::due;
use duban_tests::road::{
    MISSING_COVER, MONDAY_9AM, Road, awaiting_closing, closed, dispatched, dispatched_as, feedback,
    filed, handling, handling_as, minutes, registered, returning, validating, verifying,
};

fn stage(road: &Road) -> Option<(ClockName, Timestamp)> {
    explain::stage(&road.case.life).map(|stage| (stage.clock, stage.due))
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
        let name = road.case.life.name();
        assert_eq!(stage(&road), Some((clock, MONDAY_9AM + minutes(after_nine))), "{name}");
    }
    assert_eq!(stage(&handling()), None, "the unit's own limit is the handbook's");
    assert_eq!(stage(&closed()), None);
}

#[test]
fn what_others_take_is_not_the_units_time_and_what_the_unit_takes_is() {
    let given = due(&dispatched());
    for road in [handling(), returning(), verifying(), awaiting_closing()] {
        assert_eq!(due(&road), given, "{} has not gone on yet", road.case.life.name());
    }
}
