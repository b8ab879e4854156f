//! Article 12: somebody who may let the others in is always left, whoever sends whom away at the same instant.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_in_result,
    reason = "a test fails by panicking; what is diced is in range"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use duban_actors::operators::{
    ASKED_AGAIN_AFTER, Begun, COUNTED_MAX, Command, Event, KEY, Operators, Post, RELEASE_FOR,
    RELEASED_MAX, Refusal, Release,
};
use duban_actors::person::{self, Cause, Command as ToPerson, Hidden, Person, Profile};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, EntityId, Fired, Tell};

use duban_tests::samples::assert_samples;

use crate::lives::{MONDAY_8AM, asked, assert_grid, given, town};
use crate::persons::{PHC, dispatcher};

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

/// Persons, the reservation, and doors that send people away, take them back, are cut off half-way or go on much
/// later: whatever the order, and wherever a door stops for good.
#[test]
fn somebody_is_always_left_at_every_instant_and_nobody_stays_released() {
    let tally: u32 = (0..3_000).map(played).sum();
    assert!(tally > 3_000, "{tally} operators went: the game is not played");
}

/// Plays one course of events; how many operators went.
fn played(seed: u64) -> u32 {
    let mut game = Game::begun(seed);
    for _ in 0..120 {
        game.step();
        game.check();
    }
    game.doors.clear();
    for _ in 0..1_000 {
        game.hear_everything();
        let Some(timer) = game.operators.timers().soonest().cloned() else { break };
        game.at = game.at.max(timer.due);
        game.fire();
        game.check();
    }
    assert!(game.operators.released.is_empty(), "seed {seed}: {:?}", game.operators);
    let are = game.persons.values().filter(|one| one.is_operator());
    let are: BTreeSet<_> = are.map(|one| one.login.clone()).collect();
    assert_eq!(game.operators.counted, are, "seed {seed}");
    game.gone
}

const LOGINS: [&str; 3] = ["admin", "qian", "sun.li"];

struct Game {
    seed: u64,
    dice: u64,
    at: Timestamp,
    persons: BTreeMap<&'static str, Person>,
    operators: Operators,
    /// In order from each, and exactly once, as the runtime delivers them.
    tells: BTreeMap<&'static str, VecDeque<Tell>>,
    doors: Vec<Door>,
    gone: u32,
}

/// Somebody at a door who wants `login` to go.
struct Door {
    login: &'static str,
    wish: fn(Option<u64>) -> ToPerson,
    next: Next,
}

#[derive(Clone, Copy)]
enum Next {
    AskPerson(Option<u64>),
    AskRelease,
}

impl Game {
    fn begun(seed: u64) -> Game {
        let id = |login: &str| EntityId::new(Person::KIND, login);
        let operators = Operators::initial(&EntityId::new(Operators::KIND, KEY));
        let persons =
            LOGINS.into_iter().map(|login| (login, Person::initial(&id(login)))).collect();
        let dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let (tells, doors) = (BTreeMap::new(), Vec::new());
        let mut game =
            Game { seed, dice, at: MONDAY_8AM, persons, operators, tells, doors, gone: 0 };
        // Two who were operators before there was a reservation.
        for login in &LOGINS[..2] {
            game.join(login);
        }
        game.tells.clear();
        let logins = LOGINS[..2].iter().map(|login| (*login).into()).collect();
        game.ask_operators(Role::Operator, &Command::Fill { logins }).unwrap();
        game
    }

    fn roll(&mut self, n: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from(self.dice % u64::try_from(n).unwrap()).unwrap()
    }

    fn step(&mut self) {
        match self.roll(10) {
            0 | 1 => {
                let login = LOGINS[self.roll(3)];
                let wishes = [dismiss as fn(Option<u64>) -> ToPerson, give_up];
                let wish = wishes[self.roll(2)];
                self.doors.push(Door { login, wish, next: Next::AskPerson(None) });
            }
            2..=5 if !self.doors.is_empty() => {
                let door = self.roll(self.doors.len());
                self.go_on(door);
            }
            6 if !self.doors.is_empty() => {
                let door = self.roll(self.doors.len());
                self.doors.remove(door);
            }
            7 => self.fire(),
            8 => {
                let login = LOGINS[self.roll(3)];
                self.join(login);
            }
            _ => {
                let from: Vec<&str> = self.tells.keys().copied().collect();
                if !from.is_empty() {
                    let from = from[self.roll(from.len())];
                    self.hear(from);
                }
            }
        }
    }

    fn go_on(&mut self, door: usize) {
        let Door { login, wish, next } = self.doors[door];
        let next = match next {
            Next::AskPerson(release) => {
                match self.ask_person(login, Role::Operator, &wish(release)) {
                    Err(person::Refusal::NotReleased) => Some(Next::AskRelease),
                    Ok(()) | Err(_) => None,
                }
            }
            Next::AskRelease => {
                let release = Command::Release { login: login.into() };
                let asked = self.ask_operators(Role::Operator, &release);
                asked.ok().map(|()| Next::AskPerson(self.operators.release_of(login)))
            }
        };
        match next {
            Some(next) => self.doors[door].next = next,
            None => {
                self.doors.remove(door);
            }
        }
    }

    /// Has somebody be operator, by whichever way is open to them.
    fn join(&mut self, login: &'static str) {
        let ways = [
            ToPerson::Enrol(operator()),
            ToPerson::Change { profile: operator(), release: None },
            ToPerson::SetPassword { phc: Hidden::new(PHC), cause: Cause::ByAdmin },
        ];
        for way in &ways {
            self.ask_person(login, Role::Operator, way).ok();
        }
    }

    fn fire(&mut self) {
        let Some(timer) = self.operators.timers().soonest().cloned() else { return };
        self.at = self.at.max(timer.due);
        let fired = Fired { name: timer.name, due: timer.due };
        let asked = asked(self.at, Role::Timer, "timer");
        let events = self.operators.fired(&fired, &asked, town()).unwrap();
        self.operators_take(&events);
    }

    fn hear_everything(&mut self) {
        while let Some(from) = self.tells.keys().next().copied() {
            self.hear(from);
        }
    }

    fn hear(&mut self, from: &'static str) {
        let Some(queue) = self.tells.get_mut(from) else { return };
        let tell = queue.pop_front();
        if queue.is_empty() {
            self.tells.remove(from);
        }
        let Some(tell) = tell else { return };
        if tell.to.kind == Operators::KIND.number {
            let command = serde_json::from_str(&tell.command).unwrap();
            self.ask_operators(Role::Entity, &command).unwrap();
        } else {
            let command = serde_json::from_str(&tell.command).unwrap();
            let login = LOGINS.into_iter().find(|login| *login == tell.to.key).unwrap();
            self.ask_person(login, Role::Entity, &command).unwrap();
        }
    }

    fn ask_person(
        &mut self,
        login: &'static str,
        role: Role,
        command: &ToPerson,
    ) -> Result<(), person::Refusal> {
        let mut person = self.persons[login].clone();
        let before = person.is_operator();
        let events = person.decide(command, &asked(self.at, role, "op"), town())?;
        for event in &events {
            person = person.evolve(event).unwrap();
            self.send(login, person.effects(event, town()));
        }
        self.gone += u32::from(before && !person.is_operator());
        self.persons.insert(login, person);
        Ok(())
    }

    fn ask_operators(&mut self, role: Role, command: &Command) -> Result<(), Refusal> {
        let events = self.operators.decide(command, &asked(self.at, role, "op"), town())?;
        self.operators_take(&events);
        Ok(())
    }

    fn operators_take(&mut self, events: &[Event]) {
        for event in events {
            self.operators = self.operators.clone().evolve(event).unwrap();
            self.send(KEY, self.operators.effects(event, town()));
        }
    }

    fn send(&mut self, from: &'static str, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Tell(tell) = effect {
                self.tells.entry(from).or_default().push_back(tell);
            }
        }
    }

    fn check(&self) {
        let left = self.persons.values().filter(|person| person.is_operator()).count();
        assert!(left > 0, "seed {}: nobody is left; {:?}", self.seed, self.operators);
        for login in &self.operators.counted {
            assert!(self.persons[login.as_str()].is_operator(), "seed {}: {login}", self.seed);
        }
    }
}

#[test]
fn the_grid_of_the_reservation_is_as_in_its_table() {
    let state = |events: &[Event]| given::<Operators>(KEY, events).state;
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
    assert_grid("operators", &standings, &commands, &timers);
}

#[test]
fn only_persons_say_that_they_come_and_go() {
    for role in Role::ALL.iter().filter(|role| **role != Role::Entity) {
        let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Answer });
        let joined = Command::Joined { login: "a".into() };
        given::<Operators>(KEY, &[]).when(MONDAY_8AM, *role, &joined).then_refused(&refusal);
    }
}

#[test]
fn every_event_of_the_reservation_ever_written_is_read() {
    assert_eq!(given::<Operators>(KEY, &[]).state.begun, Begun::NotYet);
    let samples = [
        filled(&["admin", "qian"]),
        released("admin", 1),
        Event::AskedBack(Release { due: MONDAY_8AM + ASKED_AGAIN_AFTER, ..first("admin", 1) }),
        Event::Returned { login: "admin".into(), release: 1 },
        Event::Left { login: "admin".into(), release: 2 },
        Event::Joined { login: "admin".into() },
        Event::Noted { login: "admin".into() },
    ];
    assert_samples("events/operators", &samples);
}

#[test]
fn tells_of_persons_and_the_reservation_of_every_form_ever_shipped_are_read() {
    let login = || "admin".into();
    let to_operators = [
        Command::Joined { login: login() },
        Command::Left { login: login(), release: 1 },
        Command::Recalled { login: login(), release: 1, post: Post::Operator },
        Command::Recalled { login: login(), release: 1, post: Post::Other },
    ];
    assert_samples("tells/operators", &to_operators);
    assert_samples("tells/person", &[ToPerson::Recall { release: 1 }]);
}

fn operator() -> Profile {
    Profile { roles: vec![Role::Operator], ..dispatcher() }
}

fn dismiss(release: Option<u64>) -> ToPerson {
    ToPerson::Dismiss { reason: "离职".to_owned(), release }
}

fn give_up(release: Option<u64>) -> ToPerson {
    ToPerson::Change { profile: dispatcher(), release }
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
