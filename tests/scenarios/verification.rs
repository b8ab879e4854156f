//! Verification on site and rework: articles 17 and 18.

use duban_actors::case::command::{Outcome, Seen};
use duban_actors::case::{Command, Event, Refusal};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_rules::RuleBook;
use duban_rules::vocabulary::{CollectorId, Place};
use duban_runtime::entity::{Effect, Entity};
use duban_tests::case_path::{
    MISSING_COVER, MONDAY_9AM, Who, asked, awaiting_closing, closed, collector, feedback,
    handling_as, hours, minutes, place, seen, somebody, town, verify, verifying,
};
use duban_tests::given::given_case;
use duban_tests::{due, timers};

fn look(seen: Seen) -> Command {
    Command::Verify { outcome: Outcome::Passed, seen }
}

fn seen_north_of_it(degrees: f64) -> Seen {
    Seen { place: Some(Place { lat: place().lat + degrees, ..place() }), ..seen() }
}

#[test]
fn a_look_within_a_hundred_metres_counts_and_beyond_does_not() {
    given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::Collector, &look(seen_north_of_it(0.0008)))
        .then_stands(&["Verified"], "awaiting-closing");
    given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::Collector, &look(seen_north_of_it(0.001)))
        .then_refused(&Refusal::TooFar { metres: 112, most: 100 });
}

#[test]
fn how_far_off_a_look_may_be_taken_is_the_rules_and_stands_with_the_case() {
    let mut rules = RuleBook::clone(&town().rules);
    rules.stages.within_metres = 150;
    let (road, collector) =
        (verifying(), asked(MONDAY_9AM + minutes(70), &somebody(Role::Collector)));
    let command = look(seen_north_of_it(0.001));
    let events = road.case.decide(&command, &collector, &Context::new(rules)).unwrap();
    let [Event::Verified(verified)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((verified.sight.metres, verified.sight.within), (Some(112), Some(150)));
}

#[test]
fn a_task_that_its_collector_gave_back_is_not_taken_from_them_again() {
    let tells = |role, from| {
        let pass = Command::Reassign { task: 1, to: None, reason: "请假".into(), from };
        let road = verifying().then(minutes(5), role, pass);
        let effects = road.case.effects(road.events.last().unwrap(), town());
        let told = effects.into_iter().filter_map(|effect| match effect {
            Effect::Tell(tell) if tell.command.contains("Release") => Some(tell.to.key.to_string()),
            Effect::Tell(_) | Effect::Send(_) => None,
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(tells(Role::Entity, Some(collector())), Vec::<String>::new());
    assert_eq!(tells(Role::DutyChief, None), [collector().to_string()]);
}

#[test]
fn a_task_that_is_passed_on_to_whoever_has_it_is_not_entrusted_to_them_twice() {
    let to = Some(collector());
    let pass = Command::Reassign { task: 1, to, reason: "仍由其核查".into(), from: None };
    let road = verifying().then(minutes(5), Role::DutyChief, pass);
    assert_eq!(road.case.effects(road.events.last().unwrap(), town()), []);
    // They had given it back already, and that word was on its way: the case finds somebody else, and they have nothing.
    let given_back =
        Command::Reassign { task: 1, to: None, reason: "请假".into(), from: Some(collector()) };
    let road = road.then(minutes(1), Role::Entity, given_back);
    assert_ne!(road.case.state.task().unwrap().collector, Some(collector()));
}

#[test]
fn a_task_given_back_too_late_changes_nothing_and_is_no_dead_letter() {
    let late = |from: CollectorId| Command::Reassign {
        task: 1,
        to: None,
        reason: "采集员任务已满".into(),
        from: Some(from),
    };
    for road in [verifying(), awaiting_closing(), closed()] {
        let stands = road.case.state.name();
        // Of the one who has the task it would not be late.
        let from = CollectorId::new(if stands == "verifying" { "CJ-14" } else { "CJ-01" });
        let before = road.case.state.clone();
        let after = road.then(minutes(1), Role::Entity, late(from.clone()));
        assert_eq!(after.events.last(), Some(&Event::GivenBackLate { task: 1, from }), "{stands}");
        assert_eq!(after.case.state, before);
    }
}

#[test]
fn a_collector_of_another_grid_does_not_look() {
    let other = Who { speaks_for: Some("CJ-14".into()), ..somebody(Role::Collector) };
    given_case(verifying())
        .when_asked(&asked(MONDAY_9AM + minutes(70), &other), &verify(Outcome::Passed))
        .then_refused(&Refusal::NotOfThisGrid);
}

#[test]
fn only_the_duty_chief_waives_the_photo_and_says_why() {
    let waived = || look(Seen { waiver: Some("现场视频已确认".into()), ..Seen::default() });
    given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::DutyChief, &waived())
        .then_stands(&["Verified"], "awaiting-closing");
    given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::Collector, &waived())
        .then_refused(&Refusal::WaiverNotPermitted);
    given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::DutyChief, &look(seen()))
        .then_refused(&Refusal::Common(Common::ReasonMissing));
}

#[test]
fn a_failed_look_says_why() {
    let failed = |note: &str| {
        let seen = Seen { note: note.into(), ..seen() };
        Command::Verify { outcome: Outcome::Failed, seen }
    };
    given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::Collector, &failed(" "))
        .then_refused(&Refusal::Common(Common::ReasonMissing));
    let then = given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::Collector, &failed("井盖仍松动"))
        .then_stands(&["Verified", "Reworked"], "handling");
    let told =
        |event: &Event| matches!(event, Event::Reworked { reason, .. } if reason == "井盖仍松动");
    assert!(then.events.iter().any(told), "{:?}", then.events);
}

#[test]
fn a_failed_look_gives_back_the_rest_of_the_limit() {
    // Fed back at 10:00, failed at 11:00: the hour in between is not the unit's.
    let before = due(&verifying().case).unwrap();
    let then = given_case(verifying())
        .when(MONDAY_9AM + minutes(120), Role::Collector, &verify(Outcome::Failed))
        .then_stands(&["Verified", "Reworked"], "handling");
    assert_eq!(due(&then.state), Some(before + hours(1)));
    assert_eq!(then.state.state.assignment().unwrap().no, 1);
}

#[test]
fn rework_with_nothing_left_is_overdue_at_once() {
    // Two hours from 09:15; fed back at the last moment, failed at noon.
    let fed_back = handling_as(MISSING_COVER).then(minutes(105), Role::UnitStaff, feedback());
    let noon = MONDAY_9AM + hours(3);
    let then = given_case(fed_back.clone())
        .when(noon, Role::Collector, &verify(Outcome::Failed))
        .then_stands(&["Verified", "Reworked"], "handling");
    assert_eq!(due(&then.state), Some(MONDAY_9AM + minutes(135)));
    let road = fed_back.then(minutes(75), Role::Collector, verify(Outcome::Failed));
    given_case(road).when_fired(noon).then_stands(&["StepDecided", "OrderIssued"], "handling");
}

#[test]
fn what_could_not_be_seen_is_looked_at_again_by_the_other_collector() {
    let first = verifying().case.state.task().cloned().unwrap();
    let then = given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::Collector, &verify(Outcome::Unable))
        .then_stands(&["Verified"], "verifying");
    let second = then.state.state.task().cloned().unwrap();
    assert_eq!(second.no, first.no + 1);
    assert!(second.collector.is_some() && second.collector != first.collector);
}

#[test]
fn a_task_that_nobody_takes_is_told_to_the_head_of_the_centre() {
    let pass = || Command::Reassign { task: 1, to: None, reason: "请假".into(), from: None };
    let passed_on = verifying().then(minutes(1), Role::Entity, pass());
    let then = given_case(passed_on)
        .when(MONDAY_9AM + minutes(70), Role::Entity, &pass())
        .then_sends(&["stage-late"]);
    assert_eq!(then.state.state.task().unwrap().collector, None);
}

#[test]
fn a_task_that_is_over_is_not_passed_on() {
    let pass = Command::Reassign { task: 9, to: None, reason: "请假".into(), from: None };
    given_case(verifying())
        .when(MONDAY_9AM + minutes(70), Role::Entity, &pass)
        .then_refused(&Refusal::NoSuchTask);
}

#[test]
fn the_verifications_own_clock_runs_meanwhile() {
    assert_eq!(
        timers(&verifying().case),
        ["verification.1.1/100", "verification.1.1/200", "verification.1.1/75"]
    );
}
