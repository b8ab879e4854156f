//! Article 14: every filed case has a number, and a year's numbers have no gap.

use duban_actors::case::command::{Decision, Outcome};
use duban_actors::case::{self, Case, CaseId, Command as CaseCommand, Refusal as CaseRefusal};
use duban_actors::case_numbers::{Command, Event, Numbers, RECENT_MAX, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_runtime::entity::{Effect, Entity, Fired, Tell};
use duban_tests::case_path::{self, town};
use duban_tests::given::{MONDAY_8AM, given};
use duban_tests::laws::{asked, laws};

#[test]
fn the_first_case_of_a_year_gets_number_one_and_is_told() {
    given::<Numbers>("2026", &[])
        .when(MONDAY_8AM, Role::Entity, &assign("c1"))
        .then(&[assigned("c1", 1)])
        .tells(&[numbered("c1", "肃城管〔2026〕000001")]);
}

#[test]
fn the_next_case_gets_the_next_number() {
    given::<Numbers>("2026", &[assigned("c1", 1), assigned("c2", 2)])
        .when(MONDAY_8AM, Role::Entity, &assign("c3"))
        .then(&[assigned("c3", 3)])
        .tells(&[numbered("c3", "肃城管〔2026〕000003")]);
}

#[test]
fn a_case_that_asks_again_is_told_the_number_it_has() {
    let number = "肃城管〔2026〕000001";
    let told_again = Event::ToldAgain { case: id("c1"), number: number.into() };
    given::<Numbers>("2026", &[assigned("c1", 1), assigned("c2", 2)])
        .when(MONDAY_8AM, Role::Entity, &assign("c1"))
        .then(std::slice::from_ref(&told_again))
        .tells(&[numbered("c1", number)]);
    given::<Numbers>("2026", &[assigned("c1", 1), told_again])
        .when(MONDAY_8AM, Role::Entity, &assign("c2"))
        .then(&[assigned("c2", 2)]);
}

#[test]
fn a_thousand_numbers_have_no_gap_and_the_state_stays_small() {
    let mut numbers = given::<Numbers>("2026", &[]).state;
    for ordinal in 1..=1000 {
        let case = format!("c{ordinal}");
        let asked = asked(MONDAY_8AM, Role::Entity, "case");
        let events = numbers.decide(&assign(&case), &asked, town()).expect("given");
        assert_eq!(events, [assigned(&case, ordinal)]);
        numbers = numbers.evolve(&events[0]).expect("the next number");
    }
    assert_eq!(numbers.recent.len(), RECENT_MAX);
    assert!(numbers.to_stored().len() < 2048, "{} bytes", numbers.to_stored().len());
}

#[test]
fn a_case_asks_for_its_number_once_in_its_life() {
    let refuse = |decision| CaseCommand::DecideReturn { decision, reason: "权属已核".into() };
    let returned = case_path::reviewed()
        .then(case_path::minutes(10), Role::DutyChief, refuse(Decision::Accept))
        .then(case_path::minutes(10), Role::Dispatcher, case_path::dispatch("SW"));
    let reworked = case_path::verifying().then(
        case_path::minutes(10),
        Role::Collector,
        case_path::verify(Outcome::Failed),
    );
    for road in [case_path::filed(), case_path::closed(), returned, reworked] {
        let effects =
            road.events.iter().flat_map(|event| road.case.effects(event, case_path::town()));
        let asks = effects.filter(
            |effect| matches!(effect, Effect::Tell(tell) if tell.to.kind == Numbers::KIND.number),
        );
        assert_eq!(asks.count(), 1, "{}", road.case.state.name());
    }
}

#[test]
fn a_case_keeps_the_first_number_it_is_told_however_late_another_comes() {
    let tell = |number: &str| CaseCommand::Numbered { number: number.into() };
    let numbered =
        case_path::filed().then(case_path::minutes(1), Role::Entity, tell("肃城管〔2026〕000001"));
    let entity = case_path::somebody(Role::Entity);
    let second = numbered.asks(case_path::hours(400), &entity, &tell("肃城管〔2026〕000999"));
    // The refused tell is parked with its reason, where an operator sees it.
    assert_eq!(
        second.map(|road| road.case),
        Err(CaseRefusal::OutOfOrder { stands: "awaiting-dispatch" })
    );
}

#[test]
fn a_number_that_leaves_a_gap_is_a_corrupt_history() {
    let numbers = given::<Numbers>("2026", &[assigned("c1", 1)]).state;
    assert!(numbers.clone().evolve(&assigned("c2", 3)).is_err());
    assert!(numbers.evolve(&assigned("c2", 1)).is_err());
}

#[test]
fn only_a_case_asks_for_a_number() {
    for role in Role::ALL.iter().filter(|role| **role != Role::Entity) {
        let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Answer });
        given::<Numbers>("2026", &[]).when(MONDAY_8AM, *role, &assign("c1")).then_refused(&refusal);
    }
}

#[test]
fn a_key_that_is_no_year_has_no_numbers() {
    for key in ["", "26", "twenty", "20260"] {
        given::<Numbers>(key, &[])
            .when(MONDAY_8AM, Role::Entity, &assign("c1"))
            .then_refused(&Refusal::NotAYear { key: key.into() });
    }
}

#[test]
fn the_laws_of_entities_hold_for_the_allocator() {
    let standings = [
        ("fresh", ("2026", given::<Numbers>("2026", &[]).state)),
        ("begun", ("2026", given::<Numbers>("2026", &[assigned("c1", 1)]).state)),
        ("not a year", ("x", given::<Numbers>("x", &[]).state)),
    ];
    let commands = [
        ("Assign c1", asked(MONDAY_8AM, Role::Entity, "case"), assign("c1")),
        ("Assign c2", asked(MONDAY_8AM, Role::Entity, "case"), assign("c2")),
        ("Assign (person)", asked(MONDAY_8AM, Role::Intake, "desk"), assign("c1")),
    ];
    let timers = [("Fired", (MONDAY_8AM, Fired { name: "any".into(), due: MONDAY_8AM }))];
    laws(&standings, &commands, &timers, (2, &every_event()));
}

/// One of each form.
fn every_event() -> Vec<Event> {
    let told_again =
        Event::ToldAgain { case: id("c1"), number: "肃城管〔2026〕000001".into() };
    vec![assigned("c1", 1), told_again]
}

fn id(key: &str) -> CaseId {
    CaseId(key.into())
}

fn assign(key: &str) -> Command {
    Command::Assign { case: id(key) }
}

fn assigned(key: &str, ordinal: u64) -> Event {
    let number = format!("肃城管〔2026〕{ordinal:06}");
    Event::Assigned { case: id(key), ordinal, number: number.as_str().into() }
}

fn numbered(key: &str, number: &str) -> Tell {
    Tell::new::<Case>(key, &case::Command::Numbered { number: number.into() })
}
