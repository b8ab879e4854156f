//! Tells: what entities tell each other is read as it was written, and told as the diagram says.

use std::collections::BTreeSet;
use std::fmt::Debug;

use duban_actors::case::command::Determination;
use duban_actors::case::{self, Case, CaseId, Command};
use duban_actors::case_numbers::{self, Numbers};
use duban_actors::collector::{self, Collector, Hindrance};
use duban_actors::meeting::{self, Meeting};
use duban_actors::operators::{self, Operators};
use duban_actors::person::{self, Person};
use duban_actors::role::Role;
use duban_actors::shift::{self, Shift};
use duban_actors::tells::{
    Became, Booking, Post, QuotaAnswer, Resolution, Task, ToCase, ToCollector, ToMeeting,
    ToNumbers, ToOperators, ToPerson, ToShift, ToUnit,
};
use duban_actors::unit::{self, Unit};
use duban_rules::vocabulary::Place;
use duban_runtime::entity::{Effect, Entity, EntityId, Tell};
use duban_tests::case_path::{self, town};
use duban_tests::samples::assert_samples;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::special_meetings as committee;
use crate::stored::{roads, upto};

/// Everything that entities tell each other, the first of each kind: who, and what.
fn tells() -> Vec<(&'static str, Tell)> {
    let roads = roads();
    let of_cases = roads.iter().flat_map(|road| {
        let after = |(n, event)| upto(road, n + 1).effects(event, town());
        road.events.iter().enumerate().flat_map(after).map(|effect| (case::KIND.name, effect))
    });
    let known = Collector::initial(&EntityId::new(collector::KIND, "CJ-01"));
    let hindered = [Hindrance::OnLeave, Hindrance::NotAppointed, Hindrance::TooMany];
    let of_collectors = hindered
        .map(|reason| collector::Event::PassedOn { case: CaseId("c1".into()), task: 1, reason })
        .into_iter()
        .flat_map(|event| known.effects(&event, town()))
        .map(|effect| (collector::KIND.name, effect));
    let year = Numbers::initial(&EntityId::new(case_numbers::KIND, "2026"));
    let number = year.on_paper(1);
    let assigned = case_numbers::Event::Assigned { case: CaseId("c1".into()), ordinal: 1, number };
    let of_numbers =
        year.effects(&assigned, town()).into_iter().map(|effect| (case_numbers::KIND.name, effect));
    let mut tells: Vec<(&'static str, Tell)> = Vec::new();
    let others = of_numbers.chain(of_units()).chain(of_persons()).chain(of_operators());
    let others = others.chain(of_meetings());
    for (from, effect) in of_cases.chain(of_collectors).chain(others) {
        let Effect::Tell(tell) = effect else { continue };
        let known = |(_, one): &(&'static str, Tell)| kind(one) == kind(&tell) && one.to == tell.to;
        let reworded = [collector::KIND.name, person::KIND.name].contains(&from);
        if reworded || !tells.iter().any(known) {
            tells.push((from, tell));
        }
    }
    tells
}

fn of_units() -> impl Iterator<Item = (&'static str, Effect)> {
    let (case, month, as_of) = (CaseId("c1".into()), "2026-03".into(), case_path::MONDAY_9AM);
    let booking = Booking { case, no: 1, month, n: 20, as_of };
    let asked = unit::quota::Reckoned { at: as_of, booking, allowed: 2, used: 2 };
    let bureau = Unit::initial(&EntityId::new(unit::KIND, "SW"));
    let events = [unit::Event::Reserved(asked.clone()), unit::Event::QuotaUsedUp(asked)];
    let told = |event: &unit::Event| bureau.effects(event, town());
    let effects: Vec<Effect> = events.iter().flat_map(told).collect();
    effects.into_iter().map(|effect| (unit::KIND.name, effect))
}

fn of_meetings() -> impl Iterator<Item = (&'static str, Effect)> {
    let (at, by, case) = (case_path::MONDAY_9AM, "zhuren".into(), CaseId("c1".into()));
    let reason = || "会议研究决定".to_owned();
    let finding = Determination::MovesTo("DL".into());
    let taken = meeting::Event::DecisionTaken { at, by, case, finding, reason: reason() };
    let off = meeting::Event::Cancelled { at, by: "zhuren".into(), reason: reason() };
    let mut effects = committee::held().effects(&taken, town());
    effects.extend(committee::proposed().effects(&off, town()));
    effects.into_iter().map(|effect| (meeting::KIND.name, effect))
}

fn of_persons() -> impl Iterator<Item = (&'static str, Effect)> {
    let events = [
        person::Event::BecameOperator,
        person::Event::CeasedAsOperator { release: 1 },
        person::Event::ReleaseRecalled { release: 1 },
        person::Event::PostsLeft { roles: vec![Role::DutyChief] },
    ];
    let admin = Person::initial(&EntityId::new(person::KIND, "admin"));
    let roles = vec![Role::Operator];
    let profile = person::Profile { name: "钱示例".into(), roles, unit: None, collector: None };
    let operator = admin.clone().evolve(&person::Event::Enrolled(profile)).unwrap();
    let told = |one: &Person| events.iter().flat_map(|event| one.effects(event, town())).collect();
    let effects: [Vec<Effect>; 2] = [&operator, &admin].map(told);
    effects.into_iter().flatten().map(|effect| (person::KIND.name, effect))
}

fn of_operators() -> impl Iterator<Item = (&'static str, Effect)> {
    let all = Operators::initial(&EntityId::new(operators::KIND, operators::KEY));
    let login = "admin".into();
    let release = operators::Release { login, number: 1, due: case_path::MONDAY_9AM };
    let effects = all.effects(&operators::Event::AskedBack(release), town());
    effects.into_iter().map(|effect| (operators::KIND.name, effect))
}

fn kind(tell: &Tell) -> &str {
    tell.command.split('"').nth(1).unwrap()
}

fn told<E: Entity>() -> Vec<E::Command> {
    let to_them = tells().into_iter().filter(|(_, tell)| tell.to.kind == E::KIND.number);
    to_them.map(|(_, tell)| serde_json::from_str(&tell.command).unwrap()).collect()
}

#[test]
fn tells_of_every_form_ever_shipped_are_read_and_say_what_they_said() {
    assert_samples("tells/case", 4, &told::<Case>());
    assert_samples("tells/collector", 3, &told::<Collector>());
    assert_samples("tells/meeting", 3, &told::<Meeting>());
    assert_samples("tells/numbers", 1, &told::<Numbers>());
    assert_samples("tells/operators", 4, &told::<Operators>());
    assert_samples("tells/person", 1, &told::<Person>());
    assert_samples("tells/shift", 1, &told::<Shift>());
}

/// Who tells whom what, one word a line.
fn diagram(text: &str) -> BTreeSet<String> {
    let arrows = text.lines().filter_map(|line| line.strip_prefix("//! "));
    let tells = arrows.filter_map(|line| {
        let (from, rest) = line.split_once(" ── ")?;
        let (words, rest) = rest.split_once(" ─")?;
        let to = rest.trim_start_matches('─').strip_prefix("► ")?.split(' ').next()?;
        Some(words.split(", ").map(move |word| format!("{from} tells {to} {word}")))
    });
    tells.flatten().collect()
}

#[test]
fn the_diagram_of_tells_is_what_entities_tell_each_other() {
    let kinds = [
        case::KIND,
        unit::KIND,
        collector::KIND,
        case_numbers::KIND,
        person::KIND,
        operators::KIND,
        shift::KIND,
        meeting::KIND,
    ];
    let told = tells().into_iter().map(|(from, tell)| {
        let to = kinds.iter().find(|kind| kind.number == tell.to.kind).unwrap().name;
        format!("{from} tells {to} {}", kind(&tell))
    });
    let drawn = diagram(include_str!("../../actors/src/tells.rs"));
    assert_eq!(drawn, told.collect());
}

#[test]
fn a_word_is_written_as_the_command_that_it_is_read_as() {
    let case = || CaseId("c1".into());
    let from = Some(case_path::collector());
    let place = Some(Place { lon: 115.837_175, lat: 38.432_25 });
    let task = Task { case: case(), task: 1, place, due: case_path::MONDAY_9AM };
    let reassign = ToCase::Reassign { task: 1, to: None, reason: "采集员请假".into(), from };
    let numbered = ToCase::Numbered { number: "肃城管〔2026〕000001".into() };
    assert_same::<_, Command>(&[reassign, numbered]);
    let words = [ToCollector::Entrust(task), ToCollector::Release { case: case() }];
    assert_same::<_, collector::Command>(&words);
    let answer = QuotaAnswer { no: 1, n: 20, allowed: 2, used: 1 };
    let answers = [ToCase::QuotaReserved(answer.clone()), ToCase::QuotaUsedUp(answer)];
    assert_same::<_, Command>(&answers);
    let (meeting, reason) = ("c1-1".into(), "会议研究决定".to_owned());
    let (chair, by, finding) = ("米示例".into(), "zhuren".into(), Determination::Stays);
    let resolution = Resolution { meeting, finding, reason: reason.clone(), chair, by };
    let off = ToCase::CalledOff { meeting: "c1-1".into(), reason };
    assert_same::<_, Command>(&[ToCase::Resolved(resolution), off]);
    assert_same::<_, meeting::Command>(&[
        ToMeeting::Propose(committee::motion()),
        ToMeeting::Withdraw { case: case() },
        ToMeeting::CarriedOut { case: case() },
    ]);
    let month = "2026-03".into();
    let booking = Booking { case: case(), no: 1, month, n: 20, as_of: case_path::MONDAY_9AM };
    assert_same::<_, unit::Command>(&[
        ToUnit::Reserve(booking),
        ToUnit::Settle { case: case(), no: 1, became: Became::Beyond },
        ToUnit::Release { case: case(), no: 1 },
    ]);
    assert_same::<_, case_numbers::Command>(&[ToNumbers::Assign { case: case() }]);
    let login = || "admin".into();
    assert_same::<_, operators::Command>(&[
        ToOperators::Joined { login: login() },
        ToOperators::Left { login: login(), release: 1 },
        ToOperators::Recalled { login: login(), release: 1, post: Post::Other },
    ]);
    assert_same::<_, person::Command>(&[ToPerson::Recall { release: 1 }]);
    assert_same::<_, shift::Command>(&[ToShift::Leave { login: login() }]);
}

#[track_caller]
fn assert_same<W, C>(words: &[W])
where
    W: Clone + Serialize,
    C: From<W> + PartialEq + Debug + DeserializeOwned + Serialize,
{
    for word in words {
        let (json, command) = (serde_json::to_string(word).unwrap(), C::from(word.clone()));
        assert_eq!(serde_json::to_string(&command).unwrap(), json);
        assert_eq!(serde_json::from_str::<C>(&json).unwrap(), command);
    }
}
