//! Another calendar: what it moves and what it leaves (article 11).

use std::time::Duration;

use duban_actors::case::assignment::StepState;
use duban_actors::case::command::Outcome;
use duban_actors::case::recalculation::recalculation;
use duban_actors::case::{Command, Event, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, Fired};
use duban_runtime::outbox::Claim;
use duban_tests::case_path::{
    self, CasePath, MISSING_COVER, MONDAY_9AM, hours, minutes, recalculate, somebody, town,
    with_days_off,
};
use duban_tests::{due, template, timeliness, timers};

/// Monday 09:15 and two working days of seven hours: Wednesday, 4 March 2026, 09:15.
const DUE: Timestamp = Timestamp::from_millis(1_772_586_900_000);
/// Without Tuesday, Wednesday and Thursday: Monday, 9 March 2026, 09:15.
const DUE_WITH_DAYS_OFF: Timestamp = Timestamp::from_millis(1_773_018_900_000);

/// The operator asks, under the calendar with more days off.
#[track_caller]
fn recalculated(road: &CasePath, later: Duration) -> CasePath {
    let operator = somebody(Role::Operator);
    road.asks_under(with_days_off(), later, &operator, &recalculate()).unwrap()
}

fn effects(road: &CasePath, since: usize) -> Vec<Effect> {
    let news = road.events.iter().skip(since);
    news.flat_map(|event| road.case.effects(event, with_days_off())).collect()
}

fn standing(road: &CasePath, code: &str) -> Option<StepState> {
    let (filing, held) = road.case.state.filing().zip(road.case.state.assignment())?;
    let steps = filing.ladder.steps().iter().zip(&held.marks);
    steps.into_iter().find(|(step, _)| step.code.as_str() == code).map(|(_, mark)| mark.standing)
}

#[test]
fn a_day_that_turns_out_to_be_off_moves_the_due_instant_and_every_step_ahead_and_tells_nobody() {
    let road = case_path::handling();
    assert_eq!(due(&road.case), Some(DUE));
    let moved = recalculated(&road, hours(1));
    assert_eq!(due(&moved.case), Some(DUE_WITH_DAYS_OFF));
    assert_eq!(
        timers(&moved.case),
        ["level-1", "level-2", "level-3", "warning"].map(|step| format!("handling.1.1/{step}"))
    );
    assert!(effects(&moved, road.events.len()).is_empty());
}

#[test]
fn what_a_case_would_become_is_what_it_becomes() {
    let road = case_path::handling();
    let at = road.at + hours(1);
    let foretold = recalculation(&road.case.state, at, with_days_off());
    let moved = recalculated(&road, hours(1));
    let Some(Event::Recalculated(anew)) = moved.events.last() else { panic!("it did not move") };
    assert_eq!(foretold.as_ref(), Some(&anew.moved));
    assert_eq!((anew.moved.due_before, anew.moved.due), (DUE, DUE_WITH_DAYS_OFF));
}

#[test]
fn asked_twice_under_one_calendar_the_second_time_nothing_moves() {
    let moved = recalculated(&case_path::handling(), hours(1));
    let operator = somebody(Role::Operator);
    let again = moved.asks_under(with_days_off(), hours(30), &operator, &recalculate());
    assert_eq!(again.map(|road| road.case), Err(Refusal::NothingMoves));
}

#[test]
fn the_limit_and_the_ladder_are_those_of_the_day_of_filing() {
    let mut rules = duban_rules::RuleBook::clone(&town().rules);
    for condition in rules.handbook.conditions.values_mut() {
        condition.limit = "9工作日".parse().unwrap();
    }
    rules.ladder.ordinary.steps.clear();
    rules.stages.receipt.limit = "9工作日".parse().unwrap();
    let changed = duban_actors::context::Context::new(rules);
    for road in [
        case_path::registered(),
        case_path::filed(),
        case_path::dispatched(),
        case_path::handling(),
    ] {
        assert_eq!(recalculation(&road.case.state, road.at, &changed), None);
    }
}

#[test]
fn a_warning_given_on_the_old_due_is_taken_back_and_given_again_when_its_instant_comes() {
    // The warning stands at three quarters of two days: Tuesday.
    let warned = case_path::handling().fires(Duration::ZERO);
    assert_eq!(standing(&warned, "warning"), Some(StepState::Decided));
    let moved = recalculated(&warned, minutes(5));
    assert_eq!(standing(&moved, "warning"), Some(StepState::Ahead));
    let sent = effects(&moved, warned.events.len());
    assert_eq!(sent.iter().filter_map(template).collect::<Vec<_>>(), ["deadline-moved"]);
    let Some(Effect::Send(message)) = sent.first() else { panic!("nothing is sent") };
    let Claim::Deliver(addresses, words) = moved.case.claim(message, moved.at, town()) else {
        panic!("it is not needed")
    };
    assert!(!addresses.is_empty());
    assert!(words.contains("2026-03-04 09:15") && words.contains("2026-03-09 09:15"), "{words}");

    let again = moved.fires(Duration::ZERO);
    let Some(Event::StepDecided(step)) = again.events.last() else { panic!("nothing fired") };
    assert_eq!((step.step.as_str(), step.revision), ("warning", 1));
    assert!(step.due > DUE, "{step:?}");
}

#[test]
fn a_warning_that_nobody_has_got_yet_is_withdrawn_when_it_is_taken_back() {
    let handling = case_path::handling();
    let warned = handling.clone().fires(Duration::ZERO);
    let sent = effects(&warned, handling.events.len());
    let Some(Effect::Send(warning)) = sent.first() else { panic!("nobody was warned") };
    assert!(matches!(warned.case.claim(warning, warned.at, town()), Claim::Deliver(..)));
    let moved = recalculated(&warned, minutes(5));
    let claim = moved.case.claim(warning, moved.at, town());
    assert_eq!(claim, Claim::Withdraw("截止时间已重新计算".into()));
}

#[test]
fn a_supervision_order_that_no_step_calls_for_any_more_is_settled() {
    let overdue = case_path::handling().fires(Duration::ZERO).fires(Duration::ZERO);
    let open = |road: &CasePath| {
        let orders = road.case.state.filing().map(|filing| filing.orders.iter());
        orders.into_iter().flatten().filter(|order| order.clock().is_some()).count()
    };
    assert_eq!(open(&overdue), 1);
    let moved = recalculated(&overdue, minutes(5));
    assert_eq!(open(&moved), 0);
    assert_eq!(standing(&moved, "level-1"), Some(StepState::Ahead));
    // It is issued again when the level is reached.
    assert_eq!(open(&moved.fires(Duration::ZERO).fires(Duration::ZERO)), 1);
}

#[test]
fn what_was_for_a_unit_that_had_not_read_the_case_is_taken_back_and_not_armed_again() {
    // Half of two days is used up on Tuesday at 09:15, and the unit signs a little later.
    let dispatched = case_path::dispatched();
    let unread =
        dispatched.clone().then(hours(24) + minutes(30), Role::UnitStaff, Command::Receive);
    assert_eq!(standing(&unread, "unread"), Some(StepState::Decided));
    let moved = recalculated(&unread, minutes(5));
    assert_eq!(standing(&moved, "unread"), Some(StepState::Lapsed));
    assert!(timers(&moved.case).iter().all(|timer| !timer.ends_with("/unread")));
}

#[test]
fn a_step_that_has_passed_unseen_by_the_old_due_is_not_decided_first() {
    // The process was away since Monday; the recalculation comes before any timer.
    let road = case_path::handling();
    let operator = somebody(Role::Operator);
    let moved = road.asks_under(with_days_off(), hours(72), &operator, &recalculate()).unwrap();
    assert_eq!(moved.events.len(), road.events.len() + 1);
    assert_eq!(standing(&moved, "warning"), Some(StepState::Ahead));
}

#[test]
fn a_step_whose_new_instant_has_passed_is_decided_once_with_its_own_due() {
    // The days off are withdrawn: what was to come on Monday ought to have come on Tuesday.
    let late = recalculated(&case_path::handling(), hours(1));
    let back = late.asks(hours(30), &somebody(Role::Operator), &recalculate()).unwrap();
    assert_eq!(due(&back.case), Some(DUE));
    let timer = back.case.timers().soonest().cloned().unwrap();
    assert!(timer.due < back.at);
    let fired = Fired { name: timer.name, due: timer.due };
    let settled = back.fired(minutes(1), &fired).unwrap();
    let decided = settled.events.iter().skip(back.events.len());
    let decided: Vec<(String, Timestamp)> = decided
        .map(|event| {
            let Event::StepDecided(step) = event else { panic!("{event:?}") };
            (step.step.to_string(), step.due)
        })
        .collect();
    assert_eq!(decided, [("warning".to_owned(), timer.due)]);
}

#[test]
fn while_the_clock_stands_still_the_due_instant_moves_and_closing_judges_by_the_new_one() {
    // Overdue by the old calendar, fed back on Wednesday afternoon, which turns out to be off.
    let late = case_path::handling().then(hours(53), Role::UnitStaff, case_path::feedback());
    assert_eq!(late.case.state.name(), "verifying");
    let fed_back = late.case.state.stands_still().map(|still| still.since);
    assert!(late.case.state.assignment().and_then(|held| held.due) < fed_back);
    let moved = recalculated(&late, hours(1));
    assert_eq!(due(&moved.case), Some(DUE_WITH_DAYS_OFF));
    let closed = moved.then(minutes(5), Role::Collector, case_path::verify(Outcome::Passed)).then(
        minutes(5),
        Role::DutyChief,
        Command::Close { waiver: None },
    );
    assert_eq!(timeliness(&closed.case), Some(duban_actors::case::Timeliness::OnTime));
}

#[test]
fn a_limit_by_the_clock_on_the_wall_and_a_given_target_do_not_move() {
    for road in [case_path::handling_as(MISSING_COVER), case_path::adopted()] {
        let operator = somebody(Role::Operator);
        let asked = road.asks_under(with_days_off(), minutes(5), &operator, &recalculate());
        assert_eq!(asked.map(|road| road.case), Err(Refusal::NothingMoves));
    }
}

#[test]
fn only_those_who_keep_the_house_in_order_move_cases_and_they_say_why() {
    let road = case_path::handling();
    for role in Role::ALL {
        let asked = road.asks_under(with_days_off(), hours(1), &somebody(*role), &recalculate());
        let may = matches!(role, Role::Operator | Role::CentreHead);
        assert_eq!(asked.is_ok(), may, "{role:?}");
    }
    let silent = Command::Recalculate { reason: " ".into() };
    let asked = road.asks_under(with_days_off(), hours(1), &somebody(Role::Operator), &silent);
    assert_eq!(asked.map(|road| road.case), Err(Refusal::Common(Common::ReasonMissing)));
    assert!(road.at >= MONDAY_9AM);
}
