//! Disputes (责任认定, article 19): the first unit says that a case is not its own, and somebody finds whose it is.

mod committee;
mod joint;
mod proposals;

use std::time::Duration;

use duban::{candidates, precedents};
use duban_actors::case::clock::{ClockName, Credit};
use duban_actors::case::command::{Determination, Ground};
use duban_actors::case::explain::explain;
use duban_actors::case::{Case, CaseId, Command, Event, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::vocabulary::{ConditionCode, UnitId};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock as _, Timestamp};
use duban_runtime::entity::{Effect, Entity};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    CasePath, LOOSE_COVER, MISSING_COVER, MONDAY_9AM, determine, dispatch, dispatched, disputing,
    feedback, file, give_back, handling, handling_as, hours, minutes, report, reviewed, somebody,
    town, verify, verifying,
};
use duban_tests::given::given_case;
use duban_tests::{due, timers};

use crate::world;

/// Four working hours.
const UNLAWFUL_BUILDING: &str = "event-01-01-1";
/// Tuesday at nine.
const TUESDAY_9AM: Timestamp = Timestamp::from_millis(1_772_499_600_000);

fn dispute(ground: Ground) -> Command {
    duban_tests::case_path::dispute(ground)
}

fn moves(unit: &str) -> Command {
    determine(Determination::MovesTo(UnitId::new(unit)))
}

/// With the water bureau since Tuesday at nine, and received ten minutes later.
fn received_on_tuesday(condition: &str) -> CasePath {
    let reason = Some("近期由其代管".to_owned());
    let sent = Command::Dispatch { unit: UnitId::new("SW"), method: None, reason };
    CasePath::start()
        .then(Duration::ZERO, Role::Collector, report())
        .then(Duration::ZERO, Role::Intake, file(condition))
        .then(hours(24), Role::Dispatcher, sent)
        .then(minutes(10), Role::UnitStaff, Command::Receive)
}

/// The same, disputed at ten.
fn disputed_on_tuesday(condition: &str) -> CasePath {
    received_on_tuesday(condition).then(minutes(50), Role::UnitStaff, dispute(Ground::Ownership))
}

/// What was found at an instant by the duty chief.
fn found(road: CasePath, at: Timestamp, finding: Determination) -> CasePath {
    let later = at.since(road.at);
    road.then(later, Role::DutyChief, determine(finding))
}

/// When a step of the unit's clock is, or was, reached.
fn step(case: &Case, code: &str) -> Option<Timestamp> {
    let (filing, held) = (case.state.filing()?, case.state.assignment()?);
    let place = filing.ladder.steps().iter().position(|step| step.code.as_str() == code)?;
    held.marks.get(place).map(|mark| mark.due)
}

fn explained(road: &CasePath) -> Option<Timestamp> {
    explain(&road.case, road.at, town(), || None).account.map(|account| account.due.into())
}

/// Wednesday at an hour and minute.
fn wednesday(hour: u64, minute: u64) -> Timestamp {
    TUESDAY_9AM + hours(24 + hour) - hours(9) + minutes(minute)
}

#[test]
fn the_first_receiver_disputes_and_nobody_else() {
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::UnitStaff, &dispute(Ground::Ownership))
        .then_stands(&["Disputed"], "disputing");
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::Dispatcher, &dispute(Ground::Ownership))
        .then_refused(&Refusal::OtherUnit { unit: "SW".into() });
    // Given back by the water bureau, the case is with the power company: that one is not the first.
    let accept = Command::DecideReturn {
        decision: duban_actors::case::command::Decision::Accept,
        reason: "权属已核".into(),
    };
    let reason = Some("权属已核".to_owned());
    let elsewhere = reviewed().then(minutes(5), Role::DutyChief, accept).then(
        minutes(5),
        Role::Dispatcher,
        Command::Dispatch { unit: UnitId::new("DL"), method: None, reason },
    );
    let power = somebody(Role::Dispatcher).on_behalf_of("DL");
    let second = elsewhere.asks(minutes(5), &power, &dispute(Ground::Ownership));
    assert_eq!(second.unwrap_err(), Refusal::NotTheFirstReceiver);
}

#[test]
fn a_dispute_comes_soon_after_receipt_and_before_the_feedback() {
    // Received at 09:30: two working hours later it is 11:30.
    let staff = somebody(Role::UnitStaff);
    handling().asks(minutes(120), &staff, &dispute(Ground::Duty)).unwrap();
    let late = handling().asks(minutes(121), &staff, &dispute(Ground::Duty));
    let until = MONDAY_9AM + minutes(150);
    assert_eq!(late.unwrap_err(), Refusal::TooLateToDispute { until });
    let chief = somebody(Role::DutyChief).on_behalf_of("SW");
    handling().asks(minutes(121), &chief, &dispute(Ground::Duty)).unwrap();

    let fed_back = verifying().asks(minutes(5), &staff, &dispute(Ground::Duty));
    assert_eq!(fed_back.unwrap_err(), Refusal::AfterFeedback);
    let failed = verifying().then(
        minutes(5),
        Role::Collector,
        verify(duban_actors::case::command::Outcome::Failed),
    );
    let reworked = failed.asks(minutes(5), &staff, &dispute(Ground::Duty));
    assert_eq!(reworked.unwrap_err(), Refusal::AfterFeedback);
    let slip = handling().asks(minutes(5), &staff, &dispute(Ground::Slip));
    assert_eq!(slip.unwrap_err(), Refusal::SlipIsReturned);
}

#[test]
fn an_unfounded_dispute_wins_no_time() {
    let disputed = disputed_on_tuesday(UNLAWFUL_BUILDING);
    assert_eq!(due(&disputed.case), Some(TUESDAY_9AM + hours(6)), "Tuesday at three");
    assert!(!timers(&disputed.case).iter().any(|name| name.starts_with("handling")));
    let stage = disputed.case.timers().soonest().unwrap().clone();
    assert_eq!(
        (stage.name.as_str(), stage.due),
        ("dispute.1.0/75", TUESDAY_9AM + hours(8) + minutes(15))
    );

    let road = found(disputed, wednesday(9, 0), Determination::Stays);
    assert_eq!(road.case.state.name(), "handling");
    assert_eq!(due(&road.case), Some(TUESDAY_9AM + hours(6)));
    assert_eq!(explained(&road), due(&road.case), "the account ends where the case is due");
    let held = road.case.state.assignment().unwrap();
    assert_eq!(held.pauses[0].credit, Credit::ChargedBack);
}

#[test]
fn steps_passed_while_disputed_are_decided_once_and_the_highest_speaks() {
    let before = disputed_on_tuesday(UNLAWFUL_BUILDING);
    let road = found(before, wednesday(9, 0), Determination::Stays);
    let known = road.events.len();
    let road = road.fires(Duration::ZERO);
    assert_eq!(road.at, wednesday(9, 0), "at once");
    let steps: Vec<_> = road.events[known..]
        .iter()
        .filter_map(|event| {
            let Event::StepDecided(step) = event else { return None };
            let sent = road.case.effects(event, town()).len();
            Some((step.clock, step.step.to_string(), sent))
        })
        .collect();
    assert_eq!(
        steps,
        [
            (ClockName::Handling, "warning".to_owned(), 0),
            (ClockName::Handling, "level-1".to_owned(), 1),
        ]
    );
    assert_eq!(step(&road.case, "level-2"), Some(wednesday(10, 0)));
}

#[test]
fn a_credited_finding_costs_the_unit_nothing() {
    let disputed = disputed_on_tuesday(UNLAWFUL_BUILDING);
    let road = found(disputed, wednesday(9, 0), Determination::StaysCredited);
    assert_eq!(due(&road.case), Some(wednesday(12, 0)), "six hours later");
    assert_eq!(explained(&road), due(&road.case));
}

#[test]
fn a_finding_the_centre_delayed_costs_the_unit_nothing() {
    // Two working days from Tuesday at nine; the finding was due on Wednesday at ten.
    let disputed = disputed_on_tuesday("part-01-01-2");
    assert_eq!(due(&disputed.case), Some(TUESDAY_9AM + hours(48)));
    let road = found(disputed, wednesday(10, 0) + hours(24), Determination::Stays);
    assert_eq!(due(&road.case), Some(TUESDAY_9AM + hours(72)), "Friday at nine");
    assert_eq!(step(&road.case, "warning"), Some(wednesday(14, 30) + hours(24)));
    assert_eq!(explained(&road), due(&road.case));
    let held = road.case.state.assignment().unwrap();
    let credits: Vec<_> = held.pauses.iter().map(|stood| (stood.credit, stood.until)).collect();
    let ends = [wednesday(10, 0), wednesday(10, 0) + hours(24)];
    assert_eq!(credits, [(Credit::ChargedBack, ends[0]), (Credit::Credited, ends[1])]);
}

#[test]
fn another_unit_gets_the_whole_limit_and_is_bound() {
    let disputed = disputed_on_tuesday(UNLAWFUL_BUILDING);
    let later = wednesday(9, 0).since(disputed.at);
    let road = disputed.then(later, Role::DutyChief, moves("DL"));
    assert_eq!(road.case.state.name(), "dispatched");
    let held = road.case.state.assignment().unwrap();
    assert_eq!((held.no, held.unit.as_str(), held.due), (2, "DL", Some(wednesday(15, 0))));
    let power = somebody(Role::Dispatcher).on_behalf_of("DL");
    for asked in [give_back(Ground::Boundary), dispute(Ground::Boundary)] {
        assert_eq!(road.asks(minutes(5), &power, &asked).unwrap_err(), Refusal::Bound);
    }
    // Its letter says so, and does not ask to give back what is not its own.
    assert_eq!(dispatch_says(&road)["finding"], "由电力局处置");
    assert_eq!(dispatch_says(&dispatched())["finding"], serde_json::Value::Null);
}

/// The words of the letter with which the last unit got the case.
fn dispatch_says(road: &CasePath) -> serde_json::Value {
    let sent = road.events.iter().rev().find(|event| matches!(event, Event::Dispatched(_)));
    let mut effects = road.case.effects(sent.unwrap(), town()).into_iter();
    let Some(Effect::Send(message)) = effects.next() else { panic!("nothing sent") };
    let Claim::Deliver(_, words) = road.case.claim(&message, road.at, town()) else {
        panic!("withdrawn")
    };
    serde_json::from_str(&words).unwrap()
}

#[test]
fn an_urgent_case_runs_on_while_it_is_disputed() {
    let asked =
        handling_as(MISSING_COVER).then(minutes(10), Role::UnitStaff, dispute(Ground::Duty));
    let given = due(&handling_as(MISSING_COVER).case);
    assert_eq!(asked.case.state.stands_still(), None);
    assert!(timers(&asked.case).contains(&"handling.1.0/level-1".to_owned()));
    assert!(timers(&asked.case).contains(&"dispute.1.0/100".to_owned()));
    for finding in [Determination::Stays, Determination::StaysCredited] {
        let road = asked.clone().then(minutes(30), Role::DutyChief, determine(finding));
        assert_eq!((due(&road.case), explained(&road)), (given, given), "whatever is found");
    }
}

#[test]
fn the_same_ground_is_determined_once() {
    let road = disputing().then(minutes(10), Role::CentreHead, determine(Determination::Stays));
    given_case(road.clone())
        .when(road.at + minutes(5), Role::UnitStaff, &dispute(Ground::Ownership))
        .then_refused(&Refusal::GroundDetermined);
    given_case(road.clone())
        .when(road.at + minutes(5), Role::UnitStaff, &dispute(Ground::Class))
        .then_refused(&Refusal::Bound);
    given_case(road.clone())
        .when(road.at + minutes(5), Role::UnitStaff, &give_back(Ground::Class))
        .then_refused(&Refusal::Bound);
}

#[test]
fn a_dispute_that_is_given_up_wins_no_time() {
    let given = due(&handling().case);
    let back = Command::TakeBack { reason: "已查明属本单位".into() };
    let road = disputing().then(minutes(30), Role::UnitStaff, back);
    assert_eq!((road.case.state.name(), due(&road.case)), ("handling", given));
    // Whoever does the work has stopped asking whose it is.
    let fed_back = disputing().then(minutes(30), Role::UnitStaff, feedback());
    assert_eq!((fed_back.case.state.name(), due(&fed_back.case)), ("verifying", given));
    // Nothing was found: it may be asked again, on the same ground.
    let again = disputing()
        .then(minutes(10), Role::UnitStaff, Command::TakeBack { reason: "再核实".into() })
        .then(minutes(5), Role::UnitStaff, dispute(Ground::Ownership));
    assert_eq!(again.case.state.name(), "disputing");
}

#[test]
fn nobody_but_chief_and_head_finds_whose_it_is_and_not_the_applicant_itself() {
    for role in [Role::Dispatcher, Role::UnitHead, Role::Intake] {
        given_case(disputing())
            .when(MONDAY_9AM + minutes(50), role, &determine(Determination::Stays))
            .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Determine }));
    }
    for (unit, refusal) in [
        ("SW", Refusal::AlreadyWithUnit { unit: "SW".into() }),
        ("NOWHERE", Refusal::UnknownUnit { unit: "NOWHERE".into() }),
    ] {
        given_case(disputing())
            .when(MONDAY_9AM + minutes(50), Role::DutyChief, &moves(unit))
            .then_refused(&refusal);
    }
    given_case(disputing())
        .when(MONDAY_9AM + minutes(50), Role::Dispatcher, &dispatch("SW"))
        .then_refused(&Refusal::OutOfOrder { stands: "disputing" });
}

#[test]
fn whoever_disputes_a_case_does_not_say_that_it_is_its_own() {
    let Command::Dispute { ground, reason, form, .. } = dispute(Ground::Ownership) else {
        unreachable!()
    };
    let itself = Command::Dispute { ground, reason, form, proposes: Some("SW".into()) };
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::UnitStaff, &itself)
        .then_refused(&Refusal::AlreadyWithUnit { unit: "SW".into() });
}

#[test]
fn what_was_found_is_told_to_the_applicant_with_its_reason() {
    let road = disputing().then(minutes(10), Role::DutyChief, moves("DL"));
    let event = road.events.iter().rfind(|event| matches!(event, Event::Determined(_))).unwrap();
    let effects = road.case.effects(event, town());
    let [Effect::Send(message)] = effects.as_slice() else { panic!("{effects:?}") };
    let Claim::Deliver(_, words) = road.case.claim(message, road.at, town()) else {
        panic!("it is withdrawn")
    };
    let words: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert_eq!(message.template, "determined");
    assert_eq!((&words["unit_name"], &words["reason"]), (&"水务局".into(), &"现场确认".into()));
    assert_eq!(words["finding"], "由电力局处置");
}

#[test]
fn a_word_of_a_dispute_that_was_given_up_is_withdrawn_and_that_of_the_next_is_not() {
    let first = disputing();
    let event = first.events.last().unwrap();
    let effects = first.case.effects(event, town());
    let [Effect::Send(message)] = effects.as_slice() else { panic!("{effects:?}") };
    let taken_back = Command::TakeBack { reason: "查错了图".to_owned() };
    let again = first.clone().then(minutes(10), Role::UnitStaff, taken_back).then(
        minutes(10),
        Role::UnitStaff,
        dispute(Ground::Boundary),
    );
    let claim = again.case.claim(message, again.at, town());
    assert_eq!(claim, Claim::Withdraw("案件已进入下一环节".into()));
    let now = again.events.last().unwrap();
    let effects = again.case.effects(now, town());
    let [Effect::Send(message)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(matches!(again.case.claim(message, again.at, town()), Claim::Deliver(..)));
    assert!(matches!(first.case.claim(message, first.at, town()), Claim::Withdraw(_)));
}

#[test]
fn a_finding_is_offered_at_the_next_dispatch() {
    world::at(world::MORNING, async |world| {
        let found = world.handling("found", LOOSE_COVER).await;
        for (role, command) in
            [(Role::UnitStaff, dispute(Ground::Ownership)), (Role::DutyChief, moves("DL"))]
        {
            let answer = world.ask(&found, role, command).await;
            assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        }
        let (now, rules) = (world.clock.now(), world.rules.current());
        let cx = &rules.0;
        let next = CaseId::from_intake("test", "next");
        world.ask(&next, Role::Collector, report()).await;
        assert!(
            candidates::of(world.node.journal(), &world.case(&next), now, cx).unwrap().is_empty()
        );
        world.ask(&next, Role::Intake, file(LOOSE_COVER)).await;
        let offered = candidates::of(world.node.journal(), &world.case(&next), now, cx).unwrap();
        let names: Vec<(&str, bool)> =
            offered.iter().map(|one| (one.unit.as_str(), one.by_handbook)).collect();
        assert_eq!(names, [("SW", true), ("DL", false)]);
        let precedent = offered[1].precedent.as_ref().unwrap();
        assert_eq!((precedent.case.as_str(), precedent.metres), (found.as_str(), Some(0)));
        assert_eq!((offered[0].open, offered[1].open, offered[1].overdue), (0, 1, 0));
        // Of another condition nothing was found.
        let other = ConditionCode::new(MISSING_COVER);
        let journal = world.node.journal();
        assert_eq!(precedents::of(journal, &other, None, 9).unwrap(), Vec::new());
        // The case's own finding is no news to it.
        let own = candidates::of(journal, &world.case(&found), now, cx).unwrap();
        assert!(own.iter().all(|one| one.precedent.is_none()), "{own:?}");
        // A unit that is asked to do what it has too much of shows it.
        world.until(now + hours(24 * 14)).await;
        let later = candidates::of(journal, &world.case(&next), world.clock.now(), cx).unwrap();
        assert_eq!((later[1].open, later[1].overdue), (1, 1));
    });
}

#[test]
fn at_no_instant_has_a_case_no_holder() {
    // Each answer leaves a case with a unit, or with the dispatcher who chooses one.
    let findings = [Determination::Stays, Determination::StaysCredited];
    let mut roads: Vec<CasePath> = findings
        .map(|finding| disputing().then(minutes(5), Role::DutyChief, determine(finding)))
        .into();
    roads.push(disputing().then(minutes(5), Role::DutyChief, moves("DL")));
    roads.push(disputing());
    for road in roads {
        assert!(road.case.state.unit().is_some(), "{}", road.case.state.name());
        assert!(!road.case.timers().0.is_empty(), "{}", road.case.state.name());
    }
    assert!(dispatched().case.state.unit().is_some());
}
