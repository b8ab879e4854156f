//! Dispatch: article 15.

use duban_actors::case::command::Delivery;
use duban_actors::case::{Command, Event, Refusal};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::roster::Roster;
use duban_actors::unit::quota::Quota;
use duban_actors::unit::views::Views;
use duban_actors::unit::{State, Unit};
use duban_rules::Sources;
use duban_rules::vocabulary::{Recipient, UnitId};
use duban_runtime::entity::Entity;
use duban_tests::case_path::{
    MISSING_COVER, MONDAY_9AM, asked, dispatch, dispatched, dispatched_as, filed, hours, minutes,
    somebody, town,
};
use duban_tests::due;
use duban_tests::given::given_case;

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
        .then_stands(&["Dispatched"], "dispatched");
}

#[test]
fn a_frontage_steward_is_called_and_their_leaders_are_those_of_the_supervising_station() {
    let reason = Some("门前五包".to_owned());
    let command = Command::Dispatch { unit: UnitId::new("WB"), method: None, reason };
    let road = filed().then(minutes(5), Role::Dispatcher, command);
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
