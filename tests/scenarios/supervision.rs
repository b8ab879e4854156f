//! Supervision orders (督办单): article 3.

use std::time::Duration;

use duban::courier::Rendered;
use duban_actors::case::command::{Outcome, Seen};
use duban_actors::case::supervision::{Order, OrderKind, OrderStanding};
use duban_actors::case::{Case, Command, Event, Refusal};
use duban_actors::context::Context;
use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_rules::RuleBook;
use duban_rules::vocabulary::{Recipient, UnitId};
use duban_runtime::entity::{Entity, Fired};
use duban_tests::case_path::{
    CasePath, MISSING_COVER, MONDAY_9AM, feedback, handling, handling_as, hours, minutes, seen,
    town, verify,
};
use duban_tests::given::{MILLISECOND, given_case};
use duban_tests::laws::asked;

use crate::world::{self, MORNING};

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
fn silence_never_reaches_the_county() {
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
    assert_eq!(levels, [1, 2]);
    let told = road.events.iter().filter_map(|event| {
        if let Event::OrderRaised { tell, .. } = event { Some(tell) } else { None }
    });
    assert!(told.flatten().all(|recipient| *recipient != Recipient::CountyLeader));
    assert!(road.case.timers().0.iter().all(|timer| !timer.name.starts_with("reply.")));
}

#[test]
fn a_county_may_let_silence_rise_as_high_as_it_likes_and_no_higher() {
    for (rises_to, expected) in [(1, vec![1]), (2, vec![1, 2]), (3, vec![1, 2, 3])] {
        let mut rules = RuleBook::clone(&town().rules);
        rules.stages.reply_rises_to = rises_to;
        let rules = Context::new(rules);
        let (mut case, mut levels) = (supervised().case, Vec::new());
        while let Some(timer) = case.timers().0.iter().find(|t| t.name.starts_with("reply.")) {
            let fired = Fired { name: timer.name.clone(), due: timer.due };
            let by_timer = asked(timer.due, Role::Timer, "timer");
            let events = case.fired(&fired, &by_timer, &rules).unwrap();
            case = events.iter().try_fold(case, Case::evolve).unwrap();
            levels.push(orders(&case)[0].level);
        }
        levels.dedup();
        assert_eq!(levels, expected);
    }
}

#[test]
fn an_order_does_not_rise_while_the_units_clock_stands_still() {
    let mut road = supervised().then(minutes(10), Role::UnitStaff, feedback());
    while road.case.timers().0.iter().any(|timer| timer.name.starts_with("reply.")) {
        road = road.fires(Duration::ZERO);
    }
    assert!(matches!(orders(&road.case), [Order { level: 1, .. }]));
}

#[test]
fn whoever_a_due_reply_names_is_told_once_and_what_is_so() {
    let letters = world::at(MORNING, async |world| {
        let case = world.handling("a", MISSING_COVER).await;
        world.ask(&case, Role::DutyChief, by_hand(OrderKind::Leader)).await;
        let due = orders(&world.case(&case)).iter().find_map(Order::clock).unwrap().due;
        world.until(due - MILLISECOND).await;
        world.deliver().await;
        world.until(due).await;
        world.deliver().await
    });
    let of_order = |letter: &&Rendered| letter.template.starts_with("supervision-");
    let (mut told, mut reminded) = (Vec::new(), Vec::new());
    for letter in letters.iter().filter(of_order) {
        told.extend(letter.addresses.iter().map(|to| (&to.name, &to.channel)));
        if letter.template == "supervision-reminder" {
            reminded.extend(letter.addresses.iter().map(|to| to.role.as_str()));
            let text = &letter.text;
            assert!(text.contains("该督办单已升为二级督办") && !text.contains("none"), "{text}");
        }
    }
    let n_told = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), n_told, "{told:?}");
    reminded.dedup();
    assert_eq!(reminded, ["dispatch-desk"]);
}

#[test]
fn the_desk_that_hears_for_a_unit_without_people_hears_once_of_a_due_reply() {
    let mut rules = RuleBook::clone(&town().rules);
    let mut bureau = rules.units.get(&UnitId::new("SW")).unwrap().clone();
    bureau.contacts.clear();
    rules.units = rules.units.with(bureau);
    let rules = Context::new(rules);
    let case = supervised().case;
    let due = orders(&case)[0].clock().unwrap().due;
    let timers = case.timers();
    let timer = timers.0.iter().find(|timer| timer.name == "reply.1.11/100").unwrap();
    let fired = Fired { name: timer.name.clone(), due };
    let events = case.fired(&fired, &asked(due, Role::Timer, "timer"), &rules).unwrap();
    let desks = events.iter().map(|event| {
        let told = if let Event::StepDecided(step) = event {
            &step.tell
        } else if let Event::OrderRaised { tell, .. } = event {
            tell
        } else {
            return 0;
        };
        told.iter().filter(|recipient| **recipient == Recipient::DispatchDesk).count()
    });
    assert_eq!(desks.collect::<Vec<_>>(), [0, 0, 1], "{events:?}");
}

#[test]
fn an_order_for_rework_does_not_say_the_case_is_overdue() {
    let letters = world::at(MORNING, async |world| {
        let case = world.handling("a", MISSING_COVER).await;
        for result in ["已更换井盖", "又换了一次"] {
            let (result, photos) = (result.to_owned(), vec!["blob-2".into()]);
            let note = result.clone();
            let done = Command::GiveFeedback { result, photos, finished: None };
            world.ask(&case, Role::UnitStaff, done).await;
            let (outcome, seen) = (Outcome::Failed, Seen { note, ..seen() });
            world.ask(&case, Role::Collector, Command::Verify { outcome, seen }).await;
        }
        world.deliver().await
    });
    let order = letters.iter().find(|letter| letter.subject.contains("返工督办")).unwrap();
    assert!(order.text.contains("第 2 次返工") && !order.text.contains("超"), "{}", order.text);
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
