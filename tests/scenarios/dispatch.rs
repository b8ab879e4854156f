//! Dispatch: article 15.

use std::time::Duration;

use duban_actors::case::calls::Outcome as CallOutcome;
use duban_actors::case::clock::ClockName;
use duban_actors::case::command::{Delivery, Determination};
use duban_actors::case::{Command, Event, Refusal, listing};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::roster::Roster;
use duban_actors::unit::quota::Quota;
use duban_actors::unit::views::Views;
use duban_actors::unit::{State, Unit};
use duban_rules::Sources;
use duban_rules::vocabulary::{Recipient, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, asked, call, determine, dispatch, dispatched,
    dispatched_as, disputing, extension, feedback, filed, hours, minutes, somebody, to_call, town,
};
use duban_tests::given::given_case;
use duban_tests::{due, timers};

#[test]
fn a_dispatch_starts_the_units_clock_with_the_conditions_limit() {
    // Two working days from Monday 09:15: the rest of Monday, Tuesday, 45 minutes of Wednesday.
    assert_eq!(due(&dispatched().case), Some(MONDAY_9AM + hours(48) + minutes(15)));
}

#[test]
fn an_urgent_case_counts_hours_of_the_clock_on_the_wall() {
    assert_eq!(due(&dispatched_as(MISSING_COVER).case), Some(MONDAY_9AM + minutes(15 + 120)));
}

#[test]
fn a_dispatch_carries_one_instant_for_each_step_of_the_ladder() {
    let Some(Event::Dispatched(event)) = dispatched().events.pop() else {
        panic!("not dispatched")
    };
    let codes: Vec<&str> = event.steps.iter().map(|step| step.code.as_str()).collect();
    assert_eq!(codes, ["unread", "warning", "level-1", "level-2", "level-3"]);
    assert!(event.steps.is_sorted_by_key(|step| step.due));
    assert_eq!(event.method, Delivery::System);
}

#[test]
fn a_unit_that_the_handbook_does_not_name_needs_a_reason() {
    given_case(filed())
        .when(MONDAY_9AM + minutes(15), Role::Dispatcher, &dispatch("DL"))
        .then_refused(&Refusal::NotACandidate { candidates: vec![UnitId::new("SW")] });
    let unit = UnitId::new("DL");
    let reason = Some("井盖属电力".to_owned());
    given_case(filed())
        .when(
            MONDAY_9AM + minutes(15),
            Role::Dispatcher,
            &Command::Dispatch { unit, method: Some(Delivery::Phone), reason },
        )
        .then_stands(&["CallWanted"], "awaiting-dispatch");
}

#[test]
fn the_answered_call_starts_the_clock() {
    let chosen = to_call();
    assert_eq!((chosen.case.state.name(), due(&chosen.case)), ("awaiting-dispatch", None));
    // It stands on the desk's list, and the clock of dispatch runs on.
    let lists = chosen.case.listing().0;
    assert!(lists.iter().any(|place| place.list == listing::CALLS));
    assert!(lists.iter().any(|place| place.list == listing::at_stage("awaiting-dispatch")));
    let names = timers(&chosen.case);
    assert!(names.iter().any(|name| name.starts_with("dispatch.")), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("call.")), "{names:?}");

    let tried = chosen.then(minutes(3), Role::Dispatcher, call(CallOutcome::NoAnswer));
    assert_eq!(tried.case.state.name(), "awaiting-dispatch");
    let road = tried.then(minutes(7), Role::Dispatcher, call(CallOutcome::Answered));
    let [.., Event::Called(called), Event::Dispatched(dispatched)] = road.events.as_slice() else {
        panic!("not dispatched")
    };
    assert_eq!(
        (called.number.as_str(), called.person.as_deref()),
        ("0317-5550015", Some("贺示例"))
    );
    assert_eq!((dispatched.method, dispatched.at), (Delivery::Phone, road.at));
    let held = road.case.state.assignment().unwrap();
    assert_eq!((held.start, held.dispatched), (road.at, road.at));
    assert!(!timers(&road.case).iter().any(|name| name.starts_with("call.")));
    assert!(road.case.listing().0.iter().all(|place| place.list != listing::CALLS));
    // The desk enters what the unit says on the telephone.
    let desk = somebody(Role::Dispatcher).on_behalf_of("SW");
    let signed = road.asks(minutes(1), &desk, &Command::Receive).unwrap();
    assert_eq!(signed.case.state.name(), "handling");
    signed.asks(minutes(5), &desk, &extension("1")).unwrap();
    signed.asks(minutes(5), &desk, &feedback()).unwrap();
}

#[test]
fn a_call_nobody_answers_is_told_to_the_chief() {
    let mut road = to_call().then(minutes(3), Role::Dispatcher, call(CallOutcome::NoAnswer));
    let by = to_call().at + minutes(15);
    while road.at < by {
        road = road.fires(Duration::ZERO);
    }
    let is_call =
        |event: &&Event| matches!(event, Event::StepDecided(step) if step.clock == ClockName::Call);
    let step = road.events.iter().rfind(is_call).unwrap();
    let [Effect::Send(message)] = &*road.case.effects(step, town()) else { panic!("not told") };
    assert_eq!(message.template, "call-unanswered");
    let Claim::Deliver(people, words) = road.case.claim(message, road.at, town()) else {
        panic!("it is withdrawn")
    };
    assert!(people.iter().any(|one| one.role == "duty-chief"), "{people:?}");
    let words: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert_eq!(words["unit_name"], "水务局");
    assert!(words["telephones"].as_str().unwrap().contains("0317-5550015"), "{words}");
    assert_eq!(words["how_late"], "时限已到");
    // Answered meanwhile, or given to another, nobody needs to know.
    let answered = road.clone().then(minutes(1), Role::Dispatcher, call(CallOutcome::Answered));
    let claim = answered.case.claim(message, answered.at, town());
    assert!(matches!(claim, Claim::Withdraw(_)), "{claim:?}");
}

#[test]
fn one_unanswered_call_is_told_once() {
    let told = |mut road: CasePath, until: Timestamp| {
        while road.at < until {
            road = road.fires(Duration::ZERO);
        }
        let of = |event: &Event| {
            let effects = road.case.effects(event, town());
            effects.iter().filter_map(duban_tests::template).collect::<Vec<_>>()
        };
        let steps = road.events.iter().filter(|event| matches!(event, Event::StepDecided(_)));
        steps.flat_map(of).collect::<Vec<_>>()
    };
    let by = to_call().at + minutes(15);
    // Three quarters of the time, and all of it; the stage says nothing beside the call.
    assert_eq!(told(to_call(), by), ["call-unanswered", "call-unanswered"]);
    // Choosing anew puts nothing off: the stage speaks again.
    let again =
        Command::Dispatch { unit: UnitId::new("SW"), method: Some(Delivery::Phone), reason: None };
    let anew = to_call().then(minutes(3), Role::Dispatcher, again);
    assert!(told(anew, by).contains(&"stage-late".to_owned()));
}

#[test]
fn a_call_is_entered_by_whoever_dispatches_while_one_is_to_be_made_and_says_who_answered() {
    let at = to_call().at + minutes(1);
    let answered = call(CallOutcome::Answered);
    given_case(filed()).when(at, Role::Dispatcher, &answered).then_refused(&Refusal::NoCallToMake);
    for role in [Role::UnitStaff, Role::Intake, Role::Collector] {
        given_case(to_call())
            .when(at, role, &answered)
            .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Dispatch }));
    }
    let number = || "0317-5550015".into();
    for person in [None, Some(" ".into())] {
        let by_nobody = Command::Call { number: number(), person, outcome: CallOutcome::Answered };
        given_case(to_call())
            .when(at, Role::Dispatcher, &by_nobody)
            .then_refused(&Refusal::AnswererMissing);
    }
    for outcome in [CallOutcome::Answered, CallOutcome::NoAnswer] {
        let nowhere =
            Command::Call { number: " ".into(), person: Some("贺示例".into()), outcome };
        given_case(to_call())
            .when(at, Role::Dispatcher, &nowhere)
            .then_refused(&Refusal::NumberMissing);
    }
    // Another way takes the place of the call.
    let by_system =
        Command::Dispatch { unit: UnitId::new("SW"), method: Some(Delivery::System), reason: None };
    let road = to_call().then(minutes(1), Role::Dispatcher, by_system);
    assert_eq!(road.case.state.name(), "dispatched");
    let late = road.asks(minutes(1), &somebody(Role::Dispatcher), &answered);
    assert_eq!(late.unwrap_err(), Refusal::OutOfOrder { stands: "dispatched" });
}

#[test]
fn a_finding_for_a_unit_on_the_telephone_waits_for_its_call_and_for_no_other_unit() {
    let moved = disputing().then(
        minutes(5),
        Role::DutyChief,
        determine(Determination::MovesTo("WB".into())),
    );
    assert_eq!(moved.case.state.name(), "awaiting-dispatch");
    let other =
        Command::Dispatch { unit: UnitId::new("DL"), method: None, reason: Some("另派".into()) };
    let refused = moved.asks(minutes(1), &somebody(Role::Dispatcher), &other);
    assert_eq!(refused.unwrap_err(), Refusal::Bound);
    let called = moved.then(minutes(2), Role::Dispatcher, call(CallOutcome::Answered));
    assert_eq!(called.case.state.unit(), Some(&UnitId::new("WB")));
}

#[test]
fn a_frontage_steward_is_called_and_their_leaders_are_those_of_the_supervising_station() {
    let reason = Some("门前五包".to_owned());
    let command = Command::Dispatch { unit: UnitId::new("WB"), method: None, reason };
    let road = filed().then(minutes(5), Role::Dispatcher, command);
    let Some(Event::CallWanted(_)) = road.events.last() else { panic!("not to be called") };
    let road = road.then(minutes(1), Role::Dispatcher, call(CallOutcome::Answered));
    let Some(Event::Dispatched(event)) = road.events.last() else { panic!("not dispatched") };
    assert_eq!(event.method, Delivery::Phone);
    let leaders = |unit: &str| {
        let people = town().rules.units.contacts(&UnitId::new(unit), Recipient::DeputyHead);
        people.into_iter().map(|one| one.name.clone()).collect::<Vec<_>>()
    };
    assert!(!leaders("WB").is_empty());
    assert_eq!(leaders("WB"), leaders("CG-WB"));
}

#[test]
fn there_is_no_dispatch_to_nobody() {
    given_case(filed())
        .when(MONDAY_9AM + minutes(15), Role::Dispatcher, &dispatch("NOBODY"))
        .then_refused(&Refusal::UnknownUnit { unit: UnitId::new("NOBODY") });
}

#[test]
fn the_intake_desk_does_not_dispatch() {
    given_case(filed())
        .when(MONDAY_9AM + minutes(15), Role::Intake, &dispatch("SW"))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Dispatch }));
}

#[test]
fn a_case_is_with_one_unit_at_a_time() {
    given_case(dispatched())
        .when(MONDAY_9AM + minutes(20), Role::Dispatcher, &dispatch("SW"))
        .then_refused(&Refusal::OutOfOrder { stands: "dispatched" });
}

#[test]
fn a_dispatch_is_told_to_the_units_informant() {
    given_case(filed())
        .when(MONDAY_9AM + minutes(15), Role::Dispatcher, &dispatch("SW"))
        .then_sends(&["dispatched"]);
}

#[test]
fn a_unit_that_has_said_that_it_takes_no_cases_gets_none() {
    let (quota, views) = (Quota::default(), Views::default());
    let bureau = Unit { standing: State::Deactivated, id: "SW".into(), quota, views };
    let changed = town().with(Roster::of(&[bureau]));
    let (road, desk) = (filed(), somebody(Role::Dispatcher));
    let answer = road.case.decide(&dispatch("SW"), &asked(road.at, &desk), &changed);
    assert_eq!(answer, Err(Refusal::UnitInactive { unit: UnitId::new("SW") }));
}

/// Why a dispatch is refused to the water bureau, whose entry in `units.toml` reads differently.
fn refused_where_the_bureau_is(entry: &str) -> Vec<Refusal> {
    let shipped = Sources::shipped();
    let units = shipped.text("units.toml").unwrap().to_owned();
    let from = units.find("id = \"SW\"").unwrap();
    let until = from + units.get(from..).unwrap().find("[[unit]]").unwrap();
    let (before, after) = (units.get(..from).unwrap(), units.get(until..).unwrap());
    let units = format!(
        "{before}id = \"SW\"\nname = \"水务局\"\norganisation = \"县水务局\"\nclass = 2\n{entry}\n{after}"
    );
    let changed = Context::new(duban_rules::parse(&shipped.with("units.toml", units)).0);
    let road = filed();
    road.case
        .decide(&dispatch("SW"), &asked(road.at, &somebody(Role::Dispatcher)), &changed)
        .err()
        .into_iter()
        .collect()
}

#[test]
fn a_unit_that_takes_no_cases_or_cannot_be_reached_gets_none() {
    let unit = UnitId::new("SW");
    assert_eq!(
        refused_where_the_bureau_is("active = false\nlandline = \"0317-5550015\""),
        [Refusal::UnitInactive { unit: unit.clone() }]
    );
    assert_eq!(refused_where_the_bureau_is(""), [Refusal::UnitUnreachable { unit }]);
    assert_eq!(refused_where_the_bureau_is("landline = \"0317-5550015\""), []);
}

#[test]
fn a_case_that_reaches_a_unit_in_the_instant_in_which_it_closes_stands_among_those_of_closed_units()
{
    let sent = filed().then(minutes(1), Role::Dispatcher, dispatch("SW"));
    let lists: Vec<_> = sent.case.listing().0.into_iter().map(|key| key.list.to_string()).collect();
    assert!(lists.contains(&"unit/SW/open".into()), "{lists:?}");
    let water = UnitId::new("SW");
    assert!(!town().closed_units().contains(&water), "nothing is wrong with it yet");
    let (quota, views) = (Quota::default(), Views::default());
    let unit = Unit { id: "SW".into(), standing: State::Deactivated, quota, views };
    let closed = town().with(Roster::of([&unit]));
    assert!(closed.closed_units().contains(&water));
    // Nothing more comes after it.
    let desk = somebody(Role::Dispatcher);
    let again = filed().asks_under(&closed, minutes(1), &desk, &dispatch("SW"));
    assert_eq!(again.map(|road| road.case), Err(Refusal::UnitInactive { unit: water }));
}
