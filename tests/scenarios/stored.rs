//! Stored notices: what waits in a store of today is read tomorrow, and says the same.

use std::collections::BTreeMap;
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::brief::Next;
use duban_actors::bundle::{self, Bundle};
use duban_actors::case::command::{Decision, Determination, Ground, Outcome, Ruling};
use duban_actors::case::note::{About, Note, Wanted};
use duban_actors::case::supervision::{LEVEL_MAX, OrderKind};
use duban_actors::case::{Case, Channel, Command};
use duban_actors::centre::{self, Centre};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_actors::unit::{self, Unit};
use duban_runtime::entity::{Effect, Entity, EntityId};
use duban_runtime::outbox::{Claim, Message};
use duban_tests::case_path::{self, CasePath, hours, minutes, somebody, town, with_days_off};
use duban_tests::golden::assert_golden;
use duban_tests::laws::kind;
use duban_tests::samples::{assert_samples, samples};
use serde_json::{Value, json};

use crate::notices::lives;

/// A notice as its outbox row keeps it, under the name of its template.
fn stored(message: &Message) -> BTreeMap<String, Value> {
    let note = serde_json::from_str(&message.data).unwrap();
    BTreeMap::from([(message.template.to_string(), note)])
}

/// A notice of a case, right after the event that caused it.
struct Sent<'a> {
    road: &'a CasePath,
    event: usize,
    message: Message,
}

/// The first notice of each kind on `roads`.
fn first_of_each_kind(roads: &[CasePath]) -> BTreeMap<String, Sent<'_>> {
    let mut kinds = BTreeMap::new();
    for road in roads {
        for (n, event) in road.events.iter().enumerate() {
            let case = upto(road, n + 1);
            for effect in case.effects(event, town()) {
                let Effect::Send(message) = effect else { continue };
                let more = if message.data.contains("\"also\"") { " with lower steps" } else { "" };
                let (caused, stands) = (kind(event), case.state.name());
                let sent = format!("{} after {caused}{more} in {stands}", message.template);
                kinds.entry(sent).or_insert(Sent { road, event: n, message });
            }
        }
    }
    kinds
}

/// The case after its first `n` events.
pub(crate) fn upto(road: &CasePath, n: usize) -> Case {
    CasePath::after(road.events.iter().take(n).cloned().collect()).case
}

/// Both collectors of the grid pass the task on.
fn pass_to_nobody(road: CasePath) -> CasePath {
    let pass = || Command::Reassign { task: 1, to: None, reason: "请假".into(), from: None };
    road.then(minutes(1), Role::Entity, pass()).then(minutes(1), Role::Entity, pass())
}

/// Cases of which every kind of notice is told.
pub(crate) fn roads() -> Vec<CasePath> {
    let why = || "写明的理由".to_owned();
    let pass = |road: CasePath, task| {
        let from = Some(case_path::collector());
        let pass = Command::Reassign { task, to: None, reason: why(), from };
        road.then(minutes(1), Role::Entity, pass)
    };
    let important = Command::OrderSupervision { kind: OrderKind::Important, text: why() };
    let unanswered = case_path::handling().then(minutes(1), Role::DutyChief, important);
    let moved = case_path::handling().fires(Duration::ZERO);
    let operator = somebody(Role::Operator);
    let moved = moved.asks_under(with_days_off(), minutes(5), &operator, &case_path::recalculate());
    let accept = Command::DecideReturn { decision: Decision::Accept, reason: why() };
    let moves = case_path::determine(Determination::MovesTo("DL".into()));
    let recall = Command::Recall { reason: why() };
    let formless = Command::Return { reason: why(), ground: Ground::Class, form: None };
    // At half past twelve nobody is there to sign, and at noon of the next day nobody has.
    let noon = case_path::dispatched().then(minutes(195), Role::UnitStaff, formless);
    let unsigned = (0..4).fold(noon, |road, _| road.fires(Duration::ZERO));
    let by_hand = Command::Dispatch { unit: "SW".into(), method: None, reason: Some(why()) };
    let conclude = Command::Conclude { finished: case_path::MONDAY_9AM };
    let mut roads = lives();
    roads.extend([
        case_path::declined(),
        case_path::registered().fires(Duration::ZERO),
        case_path::validating().fires(Duration::ZERO),
        pass(case_path::validating(), 1).fires(Duration::ZERO),
        case_path::filed().fires(Duration::ZERO),
        case_path::filed().then(minutes(1), Role::DutyChief, by_hand),
        case_path::dispatched().fires(Duration::ZERO).fires(Duration::ZERO),
        unanswered.fires(Duration::ZERO).fires(Duration::ZERO).fires(Duration::ZERO),
        moved.unwrap(),
        case_path::reviewed().then(minutes(1), Role::DutyChief, accept).fires(Duration::ZERO),
        case_path::dispatched().then(minutes(1), Role::Dispatcher, recall),
        unsigned,
        case_path::disputing().fires(Duration::ZERO),
        case_path::to_call().fires(Duration::ZERO).fires(Duration::ZERO).fires(Duration::ZERO),
        case_path::applied().fires(Duration::ZERO),
        case_path::used_up(case_path::asked_for_more()),
        case_path::applied().then(minutes(5), Role::UnitStaff, Command::TakeBack { reason: why() }),
        case_path::application_reviewed().then(
            minutes(5),
            Role::DutyChief,
            case_path::ruling(Ruling::Grant),
        ),
        case_path::disputing().then(minutes(5), Role::CentreHead, moves),
        pass(case_path::verifying(), 1).fires(Duration::ZERO),
        case_path::verifying().then(
            minutes(1),
            Role::Collector,
            case_path::verify(Outcome::Unable),
        ),
        pass_to_nobody(case_path::validating()),
        pass_to_nobody(case_path::verifying()).fires(Duration::ZERO),
        case_path::handling_as(case_path::MISSING_COVER).fires(hours(9)),
        case_path::awaiting_closing().fires(Duration::ZERO),
        case_path::closed(),
        case_path::adopted().fires(Duration::ZERO).then(hours(5), Role::Importer, conclude),
        case_path::canary_handling().fires(Duration::ZERO),
        CasePath::start().then(
            Duration::ZERO,
            Role::Intake,
            case_path::report_by(Channel::Hotline),
        ),
        CasePath::start().then(Duration::ZERO, Role::Collector, case_path::report_urgent("无围挡")),
    ]);
    roads
}

/// Who hears a notice and with which words, wherever the case stands afterwards.
#[test]
fn what_a_notice_says_stays_as_it_was() {
    let roads = roads();
    let mut table: Vec<String> = Vec::new();
    for (sent, Sent { road, event, message }) in first_of_each_kind(&roads) {
        table.push(sent);
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
                table.push(format!("  {}: {claim}", case.state.name()));
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
    assert_samples("notices/case", 64, &stored);
}

/// A message with a stored note.
fn message(template: &str, note: &Value) -> Message {
    Message { template: template.into(), data: note.to_string(), not_before: case_path::MONDAY_9AM }
}

#[test]
fn a_notice_that_waits_since_before_notes_said_what_they_are_about_is_read_as_one_of_today() {
    let lines = samples("notices/case").into_iter();
    let (now, waiting): (Vec<Message>, Vec<Message>) = lines
        .flat_map(|line| serde_json::from_str::<BTreeMap<String, Value>>(&line).unwrap())
        .map(|(template, note)| message(&template, &note))
        .partition(|message| message.data.contains("\"about\""));
    for message in &now {
        let again = serde_json::to_value(Note::read(message).unwrap()).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(&message.data).unwrap());
    }
    assert_eq!(waiting.len(), 32);
    let read = |message: &Message| (message.template.clone(), Note::read(message).unwrap());
    let today = roads();
    let today = first_of_each_kind(&today);
    let today: Vec<_> = today.values().map(|sent| said_less(read(&sent.message))).collect();
    for waiting in waiting.iter().map(read).filter(|(_, note)| !of_third_level(note)) {
        assert!(today.contains(&waiting), "{waiting:?} is none that is sent today");
    }
}

/// Without what notes of that form did not say of a step.
fn said_less((template, mut note): (CompactString, Note)) -> (CompactString, Note) {
    if let About::Step(step) = &mut note.about {
        step.reply_due = None;
    }
    (template, note)
}

/// Whether a reply to an order of the third level is awaited; silence raised orders so high then.
fn of_third_level(note: &Note) -> bool {
    let About::Step(step) = &note.about else { return false };
    step.order().is_some_and(|(_, level)| level == LEVEL_MAX)
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

/// The notices that follow from every event of a kind ever shipped.
fn notices_of<E: Entity<Context = Context>>(entity: &E, events: &str) -> Vec<Message> {
    let events = samples(events).into_iter();
    let events = events.map(|line| serde_json::from_str::<E::Event>(&line).unwrap());
    let effects = events.flat_map(|event| entity.effects(&event, town()));
    let sent = effects.filter_map(|effect| match effect {
        Effect::Send(message) => Some(message),
        Effect::Tell(_) => None,
    });
    sent.collect()
}

/// Holds the notices of an entity, in every form ever shipped, to be read at the claim.
#[track_caller]
fn assert_claimed<E: Entity<Context = Context>>(entity: &E, name: &str, shipped: usize) {
    let today = notices_of(entity, &format!("events/{name}"));
    let today: Vec<_> = today.iter().map(stored).collect();
    assert_samples(&format!("notices/{name}"), shipped, &today);
    for line in samples(&format!("notices/{name}")) {
        let stored: BTreeMap<String, Value> = serde_json::from_str(&line).unwrap();
        for (template, note) in stored {
            let message = message(&template, &note);
            let claim = entity.claim(&message, message.not_before, town());
            assert!(matches!(claim, Claim::Deliver(..)), "{claim:?} of {line}");
        }
    }
}

#[test]
fn briefs_alarms_and_folded_notices_of_every_form_ever_shipped_are_read() {
    let unknown = Unit::initial(&EntityId::new(unit::KIND, "SW"));
    assert_claimed(
        &unknown.evolve(&unit::Event::Established { next: Next::Never }).unwrap(),
        "unit",
        3,
    );
    assert_claimed(&Centre::initial(&EntityId::new(centre::KIND, centre::KEY)), "centre", 4);
    assert_claimed(&Bundle::initial(&EntityId::new(bundle::KIND, "email/1")), "bundle", 1);
}
