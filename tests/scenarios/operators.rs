//! Article 12: somebody who may let the others in is always left, whoever sends whom away at the same instant.

use duban_actors::operators::{
    ASKED_AGAIN_AFTER, Begun, COUNTED_MAX, Command, Event, KEY, Operators, Post, RELEASE_FOR,
    RELEASED_MAX, Refusal, Release,
};
use duban_actors::person::{Command as ToPerson, Person};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_runtime::entity::{Entity, Fired, Tell};
use duban_tests::case_path::town;
use duban_tests::given::{MONDAY_8AM, given};
use duban_tests::laws::{asked, laws};

#[test]
fn the_last_operator_is_not_released_and_the_one_before_is() {
    given::<Operators>(KEY, &[filled(&["a", "b"])])
        .when(MONDAY_8AM, Role::Operator, &release("a"))
        .then(&[released("a", 1)]);
    for login in ["a", "b", "nobody"] {
        let only = [filled(&["a", "b"]), released(if login == "b" { "a" } else { "b" }, 1)];
        let when = given::<Operators>(KEY, &only).when(MONDAY_8AM, Role::Operator, &release(login));
        if login == "nobody" {
            when.then(&[released("nobody", 2)]);
        } else {
            when.then_refused(&Refusal::LastOperator);
        }
    }
}

#[test]
fn nobody_is_released_before_those_of_before_are_counted() {
    let joined = Event::Joined { login: "b".into() };
    given::<Operators>(KEY, std::slice::from_ref(&joined))
        .when(MONDAY_8AM, Role::Operator, &release("a"))
        .then_refused(&Refusal::NotFilled);
    let fill = Command::Fill { logins: vec!["a".into(), "b".into()] };
    given::<Operators>(KEY, std::slice::from_ref(&joined))
        .when(MONDAY_8AM, Role::Operator, &fill)
        .then(&[filled(&["a"])]);
    given::<Operators>(KEY, &[filled(&["a"])])
        .when(MONDAY_8AM, Role::Operator, &fill)
        .then_refused(&Refusal::AlreadyFilled);
}

#[test]
fn a_release_that_nobody_used_is_asked_back_and_its_person_counted_again() {
    let history = [filled(&["a", "b"]), released("a", 1)];
    let due = MONDAY_8AM + RELEASE_FOR;
    let again = Release { due: due + ASKED_AGAIN_AFTER, ..first("a", 1) };
    let then = given::<Operators>(KEY, &history)
        .when_fired(due)
        .then(&[Event::AskedBack(again.clone())])
        .tells(&[Tell::new::<Person>("a", &ToPerson::Recall { release: 1 })]);
    assert!(then.state.release_of("a").is_some(), "what became of it is not known yet");
    let [one, two] = history;
    let recalled = |post| Command::Recalled { login: "a".into(), release: 1, post };
    let asked_back = [one, two, Event::AskedBack(again)];
    let then = given::<Operators>(KEY, &asked_back)
        .when(due, Role::Entity, &recalled(Post::Operator))
        .then(&[Event::Returned { login: "a".into(), release: 1 }]);
    assert!(then.state.counted.contains("a") && then.state.timers().0.is_empty());
    let then = given::<Operators>(KEY, &asked_back)
        .when(due, Role::Entity, &recalled(Post::Other))
        .then(&[Event::Left { login: "a".into(), release: 1 }]);
    assert!(!then.state.counted.contains("a") && then.state.timers().0.is_empty());
}

#[test]
fn the_reservation_stays_small_however_many_operators_there_are() {
    let logins: Vec<String> = (0..200).map(|n| format!("{n:0>32}")).collect();
    let all: Vec<&str> = logins.iter().map(String::as_str).collect();
    let mut state = given::<Operators>(KEY, &[]).state;
    let ask = |state: &mut Operators, role: Role, command: Command| {
        let event = state.decide(&command, &asked(MONDAY_8AM, role, "op"), town());
        let refused = event.is_err();
        for event in event.unwrap_or_default() {
            *state = state.clone().evolve(&event).unwrap();
        }
        refused
    };
    let fill = Command::Fill { logins: all.iter().map(|login| (*login).into()).collect() };
    assert!(!ask(&mut state, Role::Operator, fill));
    assert_eq!(state.counted.len(), COUNTED_MAX);
    let refused = all.iter().rev().filter(|login| ask(&mut state, Role::Operator, release(login)));
    assert_eq!(refused.count(), logins.len() - RELEASED_MAX);
    for login in &all {
        ask(&mut state, Role::Entity, Command::Joined { login: (*login).into() });
    }
    assert!(state.counted.len() <= COUNTED_MAX && state.released.len() <= RELEASED_MAX);
    assert!(state.to_stored().len() < 6 * 1024, "{} bytes", state.to_stored().len());
}

#[test]
fn the_laws_of_entities_hold_for_the_reservation() {
    let state = |events: &[Event]| (KEY, given::<Operators>(KEY, events).state);
    let standings = [
        ("fresh", state(&[])),
        ("one", state(&[filled(&["a"])])),
        ("two", state(&[filled(&["a", "b"])])),
        ("released", state(&[filled(&["a", "b"]), released("a", 1)])),
    ];
    let due = MONDAY_8AM + RELEASE_FOR;
    let fired = |login: &str| (due, Fired { name: format!("release/{login}").into(), due });
    let told = || asked(due, Role::Entity, "person");
    let admin = || asked(MONDAY_8AM, Role::Operator, "op");
    let recalled = |post| Command::Recalled { login: "a".into(), release: 1, post };
    let left = |release| Command::Left { login: "a".into(), release };
    let commands = [
        ("Fill", admin(), Command::Fill { logins: vec!["a".into()] }),
        ("Release", admin(), release("a")),
        ("Release other", admin(), release("c")),
        ("Release (person)", asked(MONDAY_8AM, Role::Dispatcher, "x"), release("a")),
        ("Joined", told(), Command::Joined { login: "a".into() }),
        ("Joined (person)", admin(), Command::Joined { login: "a".into() }),
        ("Left", told(), left(1)),
        ("Left, another", told(), left(9)),
        ("Recalled, operator", told(), recalled(Post::Operator)),
        ("Recalled, other", told(), recalled(Post::Other)),
    ];
    let timers = [("Fired", fired("a")), ("Fired, other", fired("b"))];
    assert_eq!(given::<Operators>(KEY, &[]).state.begun, Begun::NotYet);
    laws(&standings, &commands, &timers, (7, &every_event()));
}

#[test]
fn only_persons_say_that_they_come_and_go() {
    for role in Role::ALL.iter().filter(|role| **role != Role::Entity) {
        let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Answer });
        let joined = Command::Joined { login: "a".into() };
        given::<Operators>(KEY, &[]).when(MONDAY_8AM, *role, &joined).then_refused(&refusal);
    }
}

/// One of each form.
fn every_event() -> Vec<Event> {
    vec![
        filled(&["admin", "qian"]),
        released("admin", 1),
        Event::AskedBack(Release { due: MONDAY_8AM + ASKED_AGAIN_AFTER, ..first("admin", 1) }),
        Event::Returned { login: "admin".into(), release: 1 },
        Event::Left { login: "admin".into(), release: 2 },
        Event::Joined { login: "admin".into() },
        Event::Noted { login: "admin".into() },
    ]
}

fn release(login: &str) -> Command {
    Command::Release { login: login.into() }
}

fn filled(logins: &[&str]) -> Event {
    Event::Filled { logins: logins.iter().map(|login| (*login).into()).collect() }
}

fn first(login: &str, number: u64) -> Release {
    Release { login: login.into(), number, due: MONDAY_8AM + RELEASE_FOR }
}

fn released(login: &str, number: u64) -> Event {
    Event::Released(first(login, number))
}
