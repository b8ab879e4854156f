//! Departures of operators: who goes by which release, and that somebody is left wherever a caller stops (article 12).

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_in_result,
    reason = "a test fails by panicking; what is diced is in range"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use duban_actors::operators::{self, Command, Event, KEY, Operators, Refusal};
use duban_actors::person::{
    self, Cause, Command as ToPerson, Event as OfPerson, Forgotten, Hidden, Password, Person,
    Profile, Refusal as NotPerson,
};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Entity, EntityId, Fired, Tell};
use duban_tests::case_path::town;
use duban_tests::given::{MONDAY_8AM, given};
use duban_tests::laws::asked;

use crate::persons::{LOGIN, PHC, dispatcher, enrolled, set};

#[test]
fn an_operator_loses_the_role_by_a_release_that_counts_and_the_reservation_is_told() {
    let operator = Profile { roles: vec![Role::Operator], ..dispatcher() };
    let history = [OfPerson::Enrolled(operator), set(), OfPerson::BecameOperator];
    let recalled = |release| {
        let [one, two, three] = history.clone();
        [one, two, three, OfPerson::ReleaseRecalled { release }]
    };
    let goes = |release| ToPerson::Dismiss { reason: "离职".to_owned(), release };
    let gives_up = |release| ToPerson::Change { profile: dispatcher(), release };
    let dismissed = OfPerson::Dismissed { reason: "离职".to_owned() };
    let ways =
        [(goes as fn(_) -> _, dismissed.clone()), (gives_up, OfPerson::Changed(dispatcher()))];
    for (way, gone) in ways {
        given::<Person>(LOGIN, &history)
            .when(MONDAY_8AM, Role::Operator, &way(None))
            .then_refused(&NotPerson::NotReleased);
        given::<Person>(LOGIN, &recalled(7))
            .when(MONDAY_8AM, Role::Operator, &way(Some(7)))
            .then_refused(&NotPerson::NotReleased);
        let left = operators::Command::Left { login: LOGIN.into(), release: 8 };
        given::<Person>(LOGIN, &recalled(7))
            .when(MONDAY_8AM, Role::Operator, &way(Some(8)))
            .then(&[gone, OfPerson::CeasedAsOperator { release: 8 }])
            .tells(&[Tell::new::<Operators>(KEY, &left)]);
    }
    // Whoever is no operator may always go.
    given::<Person>(LOGIN, &[enrolled()])
        .when(MONDAY_8AM, Role::Operator, &goes(None))
        .then(&[dismissed, OfPerson::PostsLeft { roles: vec![Role::Dispatcher] }]);
}

#[test]
fn whoever_becomes_operator_says_so_once() {
    let operator = Profile { roles: vec![Role::Operator, Role::Dispatcher], ..dispatcher() };
    let joined = operators::Command::Joined { login: LOGIN.into() };
    let told = [Tell::new::<Operators>(KEY, &joined)];
    let change = ToPerson::Change { profile: operator.clone(), release: None };
    let set_first = ToPerson::SetPassword { phc: Hidden::new(PHC), cause: Cause::ByAdmin };
    let when = |history: &[OfPerson], command| {
        given::<Person>(LOGIN, history).when(MONDAY_8AM, Role::Operator, command)
    };
    let changed = OfPerson::Changed(operator.clone());
    when(&[enrolled(), set()], &change)
        .then(&[changed.clone(), OfPerson::BecameOperator])
        .tells(&told);
    // Nobody comes in without a password.
    when(&[enrolled()], &change).then(&[changed]).tells(&[]);
    let set_now = [
        OfPerson::PasswordSet(Password::Temporary(Hidden::new(PHC))),
        OfPerson::WrongPasswordsForgotten(Forgotten { until: MONDAY_8AM, open_until: MONDAY_8AM }),
    ];
    let [one, two] = set_now.clone();
    let enrolled_as = OfPerson::Enrolled(operator);
    when(std::slice::from_ref(&enrolled_as), &set_first)
        .then(&[one, two, OfPerson::BecameOperator])
        .tells(&told);
    when(&[enrolled_as, set()], &set_first).then(&set_now).tells(&[]);
}

/// Persons, the reservation, and callers that send people away, take them back, are cut off half-way or go on much
/// later: whatever the order, and wherever a caller stops for good.
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
    game.callers.clear();
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
    callers: Vec<Caller>,
    gone: u32,
}

/// Somebody at an entry point who wants `login` to go.
struct Caller {
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
        let (tells, callers) = (BTreeMap::new(), Vec::new());
        let mut game =
            Game { seed, dice, at: MONDAY_8AM, persons, operators, tells, callers, gone: 0 };
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
                self.callers.push(Caller { login, wish, next: Next::AskPerson(None) });
            }
            2..=5 if !self.callers.is_empty() => {
                let caller = self.roll(self.callers.len());
                self.go_on(caller);
            }
            6 if !self.callers.is_empty() => {
                let caller = self.roll(self.callers.len());
                self.callers.remove(caller);
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

    fn go_on(&mut self, caller: usize) {
        let Caller { login, wish, next } = self.callers[caller];
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
            Some(next) => self.callers[caller].next = next,
            None => {
                self.callers.remove(caller);
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
        } else if tell.to.kind == Person::KIND.number {
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

fn operator() -> Profile {
    Profile { roles: vec![Role::Operator], ..dispatcher() }
}

fn dismiss(release: Option<u64>) -> ToPerson {
    ToPerson::Dismiss { reason: "离职".to_owned(), release }
}

fn give_up(release: Option<u64>) -> ToPerson {
    ToPerson::Change { profile: dispatcher(), release }
}
