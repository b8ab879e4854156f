//! The canary: a case that crosses the whole chain each morning and is seen by nobody but those who keep duban running.

use duban::canary::{Keeper, PATIENCE, case_id};
use duban::health::canary::CanaryState;
use duban_actors::case::{Command, Refusal, canary};
use duban_actors::refusal::Common;
use duban_actors::role::{CANARY_UNIT, Duty, Role};
use duban_runtime::clock::{Clock, Timestamp};
use duban_runtime::entity::{Effect, Entity, List};
use duban_tests::case_path::{self, CasePath, minutes, report, somebody};
use duban_tests::given::given_case;

use crate::world::{self, World};

/// Monday, 2 March 2026, 07:00 local time.
const SEVEN: Timestamp = Timestamp::from_millis(1_772_406_000_000);

fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()
}

/// The keeper looks, timers fire and couriers go, a second at a time, for `seconds`.
async fn live(world: &World, keeper: &mut Keeper, seconds: u64) -> usize {
    let mut sent = 0;
    for _ in 0..seconds {
        keeper.advance(&world.node).await.unwrap();
        world.until(world.clock.now() + std::time::Duration::from_secs(1)).await;
        sent += world.deliver().await.len();
    }
    sent
}

#[test]
fn a_canary_crosses_the_whole_chain_by_a_real_timer_and_one_real_message() {
    world::at(SEVEN, async |world| {
        let (mut keeper, told) = Keeper::new(&world.rules, world.clock.now());
        assert_eq!(told.borrow().standing, CanaryState::NotBegun);
        keeper.advance(&world.node).await.unwrap();
        assert_eq!((told.borrow().stage, told.borrow().begun()), ("handling", Some(SEVEN)));
        // Without its timer it does not go on, however often it is looked at.
        keeper.advance(&world.node).await.unwrap();
        assert_eq!(told.borrow().stage, "handling");
        world.until(SEVEN + minutes(2)).await;
        // Nor while its message is still here.
        keeper.advance(&world.node).await.unwrap();
        assert_eq!(told.borrow().stage, "handling");
        let messages = world.deliver().await;
        let [message] = messages.as_slice() else { panic!("{messages:?}") };
        assert_eq!(message.template, "canary");
        assert!(message.subject.contains("每日自检") && message.subject.contains("20260302"));
        let operators = |a: &duban_runtime::outbox::Address| a.role == "operator";
        assert!(!message.addresses.is_empty() && message.addresses.iter().all(operators));
        keeper.advance(&world.node).await.unwrap();
        let seen = told.borrow().clone();
        assert_eq!(seen.standing, CanaryState::Finished(SEVEN, SEVEN + minutes(2)));
        assert_eq!((seen.finished(), seen.failure()), (Some(SEVEN + minutes(2)), None));
        assert!(world.outbox().is_empty());
    });
}

#[test]
fn a_restart_in_the_middle_goes_on_with_the_same_canary_and_sends_nothing_twice() {
    world::at(SEVEN, async |world| {
        let (mut keeper, _) = Keeper::new(&world.rules, world.clock.now());
        let mut sent = live(world, &mut keeper, 30).await;
        sent += world
            .again(async |world| {
                let (mut keeper, told) = Keeper::new(&world.rules, world.clock.now());
                let sent = live(world, &mut keeper, 120).await;
                assert!(matches!(told.borrow().standing, CanaryState::Finished(SEVEN, _)));
                sent
            })
            .await;
        assert_eq!(sent, 1);
        assert_eq!(world.list(&canary::CLOSED), [case_id(day()).entity()]);
    });
}

#[test]
fn each_morning_has_one_canary_and_none_comes_before_seven() {
    world::at(SEVEN - minutes(1), async |world| {
        let (mut keeper, told) = Keeper::new(&world.rules, world.clock.now());
        // The last morning that has come is Sunday's.
        live(world, &mut keeper, 59).await;
        assert_eq!(told.borrow().day, day().pred_opt().unwrap());
        world.until(SEVEN).await;
        live(world, &mut keeper, 120).await;
        assert_eq!(told.borrow().day, day());
        world.until(SEVEN + minutes(24 * 60)).await;
        live(world, &mut keeper, 120).await;
        assert_eq!(world.list(&canary::CLOSED).len(), 3);
        assert!(world.list(&canary::OPEN).is_empty());
    });
}

#[test]
fn a_canary_whose_message_does_not_leave_is_told_of_after_ten_minutes_and_still_finished_when_it_does()
 {
    world::at(SEVEN, async |world| {
        let (mut keeper, told) = Keeper::new(&world.rules, world.clock.now());
        keeper.advance(&world.node).await.unwrap();
        world.until(SEVEN + PATIENCE).await;
        keeper.advance(&world.node).await.unwrap();
        assert_eq!(told.borrow().failure(), None);
        world.until(SEVEN + PATIENCE + minutes(1)).await;
        keeper.advance(&world.node).await.unwrap();
        assert_eq!(told.borrow().failure(), Some("停在处置中"));
        assert_eq!(told.borrow().finished(), None);
        world.deliver().await;
        keeper.advance(&world.node).await.unwrap();
        let finished = told.borrow().finished();
        assert_eq!(finished, Some(SEVEN + PATIENCE + minutes(1)));
        assert!(told.borrow().failure().is_some());
    });
}

#[test]
fn a_canary_stands_in_lists_of_its_own_and_takes_no_number_no_collector_and_no_place_in_a_brief() {
    world::at(SEVEN, async |world| {
        let (mut keeper, _) = Keeper::new(&world.rules, world.clock.now());
        keeper.advance(&world.node).await.unwrap();
        let id = case_id(day()).entity();
        assert_eq!(world.list(&canary::OPEN), std::slice::from_ref(&id));
        live(world, &mut keeper, 120).await;
        assert_eq!(world.list(&canary::CLOSED), [id]);
        let others = world.node.journal().entities(None, None, 100).unwrap();
        let kinds: Vec<u8> = others.iter().map(|(id, _)| id.kind).collect();
        assert_eq!(kinds, [duban_actors::case::KIND.number], "somebody else was told");
        let case = world.case(&case_id(day()));
        let number = case.state.filing().and_then(|filing| filing.number.clone());
        assert_eq!(number.as_deref(), Some("金丝雀-20260302"));
        for list in ["case/stage/closed", "unit/CANARY/closed", "unit/CANARY/open"] {
            assert!(world.list(&List::fixed(list)).is_empty(), "{list}");
        }
    });
}

#[test]
fn wherever_it_stands_it_is_in_one_list_and_what_it_says_goes_to_operators() {
    let mut roads = vec![case_path::canary_registered(), case_path::canary_handling()];
    roads.push(case_path::canary_awaiting_closing());
    for road in &roads {
        let lists: Vec<String> =
            road.case.listing().0.iter().map(|key| key.list.to_string()).collect();
        assert_eq!(lists, [canary::OPEN.as_str()]);
    }
    // A desk that would be late, and a unit that would be: both are the test's own.
    let late = case_path::canary_registered().fires(minutes(0));
    let effects = late.events.last().map(|event| late.case.effects(event, case_path::town()));
    let Some(Effect::Send(message)) = effects.unwrap_or_default().first().cloned() else {
        panic!("nobody is told")
    };
    let claim = late.case.claim(&message, late.at, case_path::town());
    let duban_runtime::outbox::Claim::Deliver(addresses, _) = claim else { panic!("{claim:?}") };
    assert!(!addresses.is_empty() && addresses.iter().all(|a| a.role == "operator"));
}

#[test]
fn nobody_but_the_canary_touches_a_canary_and_it_touches_nothing_else() {
    let canary = |road: CasePath| {
        Role::ALL
            .iter()
            .filter(|role| {
                road.asks(minutes(1), &somebody(**role), &case_path::canary_report()).is_ok()
            })
            .copied()
            .collect::<Vec<_>>()
    };
    assert_eq!(canary(CasePath::start()), [Role::Canary]);
    let refused =
        |command: &Command| Refusal::Common(Common::NotPermitted { duty: command.duty() });
    given_case(CasePath::start())
        .when(case_path::MONDAY_9AM, Role::Canary, &report())
        .then_refused(&refused(&report()));
    for road in [case_path::registered(), case_path::filed(), case_path::handling()] {
        for command in [
            case_path::file(case_path::LOOSE_COVER),
            case_path::dispatch("SW"),
            case_path::feedback(),
        ] {
            let at = road.at;
            let refused = refused(&command);
            given_case(road.clone()).when(at, Role::Canary, &command).then_refused(&refused);
        }
    }
    assert!(!Role::Canary.may(Duty::Administer) && !Role::Canary.may(Duty::Entrust));
}

#[test]
fn the_canarys_unit_and_condition_are_for_canaries_alone() {
    let unit = duban_rules::vocabulary::UnitId::new(CANARY_UNIT);
    let unknown = duban_actors::case::Refusal::UnknownUnit { unit };
    let filed = case_path::filed();
    let at = filed.at;
    given_case(filed)
        .when(at, Role::Dispatcher, &case_path::dispatch(CANARY_UNIT))
        .then_refused(&unknown);
    let condition = canary::condition();
    let unknown = duban_actors::case::Refusal::UnknownCondition { condition };
    let registered = case_path::registered();
    let at = registered.at;
    given_case(registered)
        .when(at, Role::Intake, &case_path::file(canary::CONDITION))
        .then_refused(&unknown);
    let canary = case_path::canary_registered();
    let asked =
        canary.asks(minutes(0), &somebody(Role::Canary), &case_path::file(case_path::LOOSE_COVER));
    assert!(asked.is_err());
    assert_eq!(case_path::canary_handling().case.state.name(), "handling");
}
