//! Stored notices and tells: what waits in a store of today is read tomorrow, and says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::time::Duration;

use duban_actors::case::command::{Decision, Outcome};
use duban_actors::case::note::{About, Note, Wanted};
use duban_actors::case::supervision::OrderKind;
use duban_actors::case::{self, Case, CaseId, Channel, Command};
use duban_actors::collector::{self, Collector, Hindrance};
use duban_actors::numbers::{self, Numbers};
use duban_actors::role::Role;
use duban_actors::tells::{Task, ToCase, ToCollector, ToNumbers};
use duban_rules::vocabulary::Place;
use duban_runtime::entity::{Effect, Entity, EntityId, Tell};
use duban_runtime::outbox::{Claim, Message};
use duban_tests::road::{self, Road, hours, minutes, somebody, town, with_days_off};
use duban_tests::samples::{assert_samples, samples};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::lives::assert_golden;
use crate::notices::lives;

/// A notice as its outbox row keeps it, under the name of its template.
fn stored(message: &Message) -> BTreeMap<String, Value> {
    let note = serde_json::from_str(&message.data).unwrap();
    BTreeMap::from([(message.template.to_string(), note)])
}

/// A notice of a case, right after the event that caused it.
struct Sent<'a> {
    road: &'a Road,
    event: usize,
    message: Message,
}

/// The first notice of each kind on `roads`.
fn first_of_each_kind(roads: &[Road]) -> BTreeMap<String, Sent<'_>> {
    let mut kinds = BTreeMap::new();
    for road in roads {
        for (n, event) in road.events.iter().enumerate() {
            let case = upto(road, n + 1);
            for effect in case.effects(event, town()) {
                let Effect::Send(message) = effect else { continue };
                let more = if message.data.contains("\"also\"") { " with lower steps" } else { "" };
                let (caused, stands) = (name(event), case.life.name());
                let kind = format!("{} after {caused}{more} in {stands}", message.template);
                kinds.entry(kind).or_insert(Sent { road, event: n, message });
            }
        }
    }
    kinds
}

fn name(event: &case::Event) -> String {
    let event = serde_json::to_string(event).unwrap();
    event.split('"').nth(1).unwrap().to_owned()
}

/// The case after its first `n` events.
fn upto(road: &Road, n: usize) -> Case {
    Road::after(road.events.iter().take(n).cloned().collect()).case
}

/// Both collectors of the grid pass the task on.
fn pass_to_nobody(road: Road) -> Road {
    let pass = || Command::Reassign { task: 1, to: None, reason: "请假".into(), from: None };
    road.then(minutes(1), Role::Entity, pass()).then(minutes(1), Role::Entity, pass())
}

/// Cases of which every kind of notice is told.
fn roads() -> Vec<Road> {
    let why = || "写明的理由".to_owned();
    let pass = |road: Road, task| {
        let from = Some(road::collector());
        let pass = Command::Reassign { task, to: None, reason: why(), from };
        road.then(minutes(1), Role::Entity, pass)
    };
    let important = Command::OrderSupervision { kind: OrderKind::Important, text: why() };
    let unanswered = road::handling().then(minutes(1), Role::DutyChief, important);
    let moved = road::handling().fires(Duration::ZERO);
    let operator = somebody(Role::Operator);
    let moved = moved.asks_under(with_days_off(), minutes(5), &operator, &road::recalculate());
    let accept = Command::DecideReturn { decision: Decision::Accept, reason: why() };
    let by_hand = Command::Dispatch { unit: "SW".into(), method: None, reason: Some(why()) };
    let conclude = Command::Conclude { finished: road::MONDAY_9AM };
    let mut roads = lives();
    roads.extend([
        road::declined(),
        road::registered().fires(Duration::ZERO),
        road::validating().fires(Duration::ZERO),
        pass(road::validating(), 1).fires(Duration::ZERO),
        road::filed().fires(Duration::ZERO),
        road::filed().then(minutes(1), Role::DutyChief, by_hand),
        road::dispatched().fires(Duration::ZERO).fires(Duration::ZERO),
        unanswered.fires(Duration::ZERO).fires(Duration::ZERO).fires(Duration::ZERO),
        moved.unwrap(),
        road::returning().then(minutes(1), Role::DutyChief, accept).fires(Duration::ZERO),
        pass(road::verifying(), 1).fires(Duration::ZERO),
        road::verifying().then(minutes(1), Role::Collector, road::verify(Outcome::Unable)),
        pass_to_nobody(road::validating()),
        pass_to_nobody(road::verifying()).fires(Duration::ZERO),
        road::handling_as(road::MISSING_COVER).fires(hours(9)),
        road::awaiting_closing().fires(Duration::ZERO),
        road::closed(),
        road::adopted().fires(Duration::ZERO).then(hours(5), Role::Importer, conclude),
        road::canary_handling().fires(Duration::ZERO),
        Road::start().then(Duration::ZERO, Role::Intake, road::report_by(Channel::Hotline)),
    ]);
    roads
}

/// Who hears a notice and with which words, wherever the case stands afterwards.
#[test]
fn what_a_notice_says_stays_as_it_was() {
    let roads = roads();
    let mut table: Vec<String> = Vec::new();
    for (kind, Sent { road, event, message }) in first_of_each_kind(&roads) {
        table.push(kind);
        let mut said = String::new();
        for n in event + 1..=road.events.len() {
            let case = upto(road, n);
            let claim = match case.claim(&message, message.not_before, town()) {
                Claim::Withdraw(why) => why,
                Claim::Deliver(to, words) => {
                    let to: Vec<_> =
                        to.iter().map(|one| format!("{} {}", one.channel, one.name)).collect();
                    format!("{}\n    {words}", to.join(", "))
                }
            };
            if claim != said {
                table.push(format!("  {}: {claim}", case.life.name()));
                said = claim;
            }
        }
        table.push(String::new());
    }
    let table = table.join("\n") + "\n";
    assert_golden("notices.txt", &table);
}

#[test]
fn notices_of_every_form_ever_shipped_are_there() {
    let roads = roads();
    let sent = first_of_each_kind(&roads);
    let stored: Vec<_> = sent.values().map(|sent| stored(&sent.message)).collect();
    assert_samples("notices/case", &stored);
}

/// A message with a stored note.
fn message(template: &str, note: &Value) -> Message {
    Message { template: template.into(), data: note.to_string(), not_before: road::MONDAY_9AM }
}

#[test]
fn a_notice_that_waits_since_before_notes_said_what_they_are_about_is_read_as_one_of_today() {
    let today: Vec<Note> = first_of_each_kind(&roads())
        .values()
        .map(|sent| Note::read(&sent.message).unwrap())
        .collect();
    let lines = samples("notices/case").into_iter();
    let (now, waiting): (Vec<Message>, Vec<Message>) = lines
        .flat_map(|line| serde_json::from_str::<BTreeMap<String, Value>>(&line).unwrap())
        .map(|(template, note)| message(&template, &note))
        .partition(|message| message.data.contains("\"about\""));
    for message in now {
        let again = serde_json::to_value(Note::read(&message).unwrap()).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(&message.data).unwrap());
    }
    assert_eq!(waiting.len(), 32);
    for (waiting, today) in waiting.iter().zip(&today) {
        assert_eq!(Note::read(waiting).unwrap(), *today, "{}", waiting.template);
    }
}

#[test]
fn a_notice_of_releases_that_said_less_is_read_with_what_it_says() {
    let older = |template, note| Note::read(&message(template, &note)).unwrap().about;
    let order =
        json!({"tell": ["informant"], "unit": "SW", "assignment": 1, "revision": 0, "order": 1});
    let about = older("supervision-order", order);
    assert_eq!(about, About::Order { order: 1, level: None, due: None });
    let held = json!({"tell": ["informant"], "unit": "SW", "assignment": 1, "revision": 0, "text": "不合格"});
    assert_eq!(older("rework", held.clone()), About::Rework { rework: None });
    assert_eq!(older("returned", held.clone()), About::Return { due: None });
    assert_eq!(older("return-refused", held.clone()), About::Plain);
    // One notice told both the unit and the reporter.
    let both = json!({"tell": ["informant"], "reporter": "reply", "unit": "SW", "assignment": 1, "revision": 0});
    let note = Note::read(&message("closed", &both)).unwrap();
    assert_eq!((note.about, note.reporter), (About::Closed, Some(Wanted::Reply)));
}

#[test]
fn a_note_that_says_less_than_its_subject_needs_cannot_be_read() {
    let lacks = [
        json!({"clock": "handling", "step": "warning"}),
        json!({"task": 1, "due": "2026-03-02T02:35:00.000Z"}),
        json!({"about": {"task": {"task": 1}}, "assignment": 0}),
        json!({"about": "something", "assignment": 0}),
        json!([]),
    ];
    for note in lacks {
        assert!(Note::read(&message("warning", &note)).is_err(), "{note}");
    }
}

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
    let year = Numbers::initial(&EntityId::new(numbers::KIND, "2026"));
    let number = year.on_paper(1);
    let assigned = numbers::Event::Assigned { case: CaseId("c1".into()), ordinal: 1, number };
    let of_numbers =
        year.effects(&assigned, town()).into_iter().map(|effect| (numbers::KIND.name, effect));
    let mut tells: Vec<(&'static str, Tell)> = Vec::new();
    for (from, effect) in of_cases.chain(of_collectors).chain(of_numbers) {
        let Effect::Tell(tell) = effect else { continue };
        let known = |(_, one): &(&'static str, Tell)| kind(one) == kind(&tell) && one.to == tell.to;
        let reworded = from == collector::KIND.name;
        if reworded || !tells.iter().any(known) {
            tells.push((from, tell));
        }
    }
    tells
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
    assert_samples("tells/case", &told::<Case>());
    assert_samples("tells/collector", &told::<Collector>());
    assert_samples("tells/numbers", &told::<Numbers>());
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
    let kinds = [case::KIND, collector::KIND, numbers::KIND];
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
    let from = Some(road::collector());
    let place = Some(Place { lon: 115.837_175, lat: 38.432_25 });
    let task = Task { case: case(), task: 1, place, due: road::MONDAY_9AM };
    let reassign = ToCase::Reassign { task: 1, to: None, reason: "采集员请假".into(), from };
    let numbered = ToCase::Numbered { number: "肃城管〔2026〕000001".into() };
    assert_same::<_, Command>(&[reassign, numbered]);
    let words = [ToCollector::Entrust(task), ToCollector::Release { case: case() }];
    assert_same::<_, collector::Command>(&words);
    assert_same::<_, numbers::Command>(&[ToNumbers::Assign { case: case() }]);
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
