//! Supervision orders (督办单): article 3.

use std::time::Duration;

use duban_actors::case::command::Outcome;
use duban_actors::case::supervision::{Order, OrderKind, OrderStanding};
use duban_actors::case::{Case, Command, Event, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_rules::vocabulary::Recipient;
use duban_runtime::entity::Entity;
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, feedback, handling, handling_as, hours, minutes, verify,
};
use duban_tests::given::given_case;

fn by_hand(kind: OrderKind) -> Command {
    Command::OrderSupervision { kind, text: "请今日办结".into() }
}

fn reply(order: u16) -> Command {
    Command::ReplySupervision { order, text: "正在抢修".into() }
}

fn supervised() -> CasePath {
    handling().then(minutes(10), Role::DutyChief, by_hand(OrderKind::Leader))
}

fn orders(case: &Case) -> &[Order] {
    &case.state.filing().unwrap().orders
}

#[test]
fn a_leaders_order_is_told_and_awaits_a_reply() {
    let then = given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::DutyChief, &by_hand(OrderKind::Leader))
        .then_sends(&["supervision-order"]);
    // One working hour from 09:40.
    let due = orders(&then.state).iter().filter_map(Order::clock).map(|clock| clock.due).next();
    assert_eq!(due, Some(MONDAY_9AM + minutes(100)));
}

#[test]
fn a_reply_settles_it_once() {
    let replied = supervised().then(minutes(10), Role::UnitHead, reply(1));
    assert!(matches!(orders(&replied.case), [Order { standing: OrderStanding::Answered(_), .. }]));
    given_case(replied)
        .when(MONDAY_9AM + hours(1), Role::UnitHead, &reply(1))
        .then_refused(&Refusal::NoSuchOrder);
}

#[test]
fn an_order_that_nobody_answers_rises_one_level_at_a_time_up_to_the_third() {
    let mut road = supervised();
    let mut levels = Vec::new();
    for _ in 0..12 {
        let timers = road.case.timers();
        if !timers.0.iter().any(|timer| timer.name.starts_with("reply.")) {
            break;
        }
        road = road.fires(Duration::ZERO);
        levels
            .extend(orders(&road.case).iter().find(|order| order.no == 1).map(|order| order.level));
    }
    levels.dedup();
    assert_eq!(levels, [1, 2, 3]);
}

#[test]
fn overdue_orders_are_not_issued_by_hand_and_orders_say_what_they_ask() {
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::DutyChief, &by_hand(OrderKind::Overdue))
        .then_refused(&Refusal::OrderNotByHand);
    let mute = Command::OrderSupervision { kind: OrderKind::Leader, text: String::new() };
    given_case(handling())
        .when(MONDAY_9AM + minutes(40), Role::DutyChief, &mute)
        .then_refused(&Refusal::Common(Common::ReasonMissing));
}

#[test]
fn a_case_has_a_bounded_number_of_orders() {
    let mut road = handling();
    for _ in 0..16 {
        road = road.then(Duration::ZERO, Role::DutyChief, by_hand(OrderKind::Important));
    }
    given_case(road)
        .when(MONDAY_9AM + minutes(31), Role::DutyChief, &by_hand(OrderKind::Important))
        .then_refused(&Refusal::TooManyOrders);
}

#[test]
fn the_due_instant_issues_an_order_that_the_feedback_settles() {
    let overdue = handling_as(MISSING_COVER).fires(Duration::ZERO).fires(Duration::ZERO);
    assert!(matches!(orders(&overdue.case), [Order { kind: OrderKind::Overdue, level: 1, .. }]));
    let fed_back = overdue.then(minutes(1), Role::UnitStaff, feedback());
    assert!(matches!(orders(&fed_back.case), [Order { standing: OrderStanding::Settled(_), .. }]));
}

#[test]
fn the_second_rework_is_supervised() {
    let failed = |road: CasePath| {
        road.then(minutes(5), Role::UnitStaff, feedback()).then(
            minutes(5),
            Role::Collector,
            verify(Outcome::Failed),
        )
    };
    let once = failed(handling());
    assert!(orders(&once.case).is_empty());
    let twice = failed(once);
    assert!(matches!(orders(&twice.case), [Order { kind: OrderKind::Rework, level: 1, .. }]));
    let told = twice.events.iter().find_map(|event| {
        let Event::OrderIssued(issued) = event else { return None };
        Some(issued.tell.clone())
    });
    assert_eq!(told, Some(vec![Recipient::DeputyHead]));
}
