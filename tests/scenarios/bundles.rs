//! Bundles: what would flood somebody is told in one message, two minutes after its first line, each line once.

use duban_actors::bundle::{
    Bundle, Command, Event, FOLDED, GATHERED_FOR, Gathered, Kept, LINE_CHARS_MAX, LINES_MAX,
    Letter, Line, OPEN_MAX, Refusal, TIMER,
};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_rules::vocabulary::TemplateName;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId, Effect, Entity, Fired};
use duban_runtime::outbox::{Address, Claim};
use duban_tests::case_path::town;
use duban_tests::given::{HOUR, MONDAY_8AM, given};
use duban_tests::laws::{asked, laws};
use serde_json::Value;

const DUE: Timestamp = Timestamp::from_millis(MONDAY_8AM.as_millis() + 120_000);

#[test]
fn the_first_line_begins_a_message_that_is_sent_two_minutes_later() {
    assert_eq!(DUE, MONDAY_8AM + GATHERED_FOR);
    given::<Bundle>("email/1", &[]).when(MONDAY_8AM, Role::Entity, &add(1)).then(&[added(1)]);
    let bundle = after(&[added(1)]);
    assert_eq!(bundle.timers().0.first().map(|timer| timer.due), Some(DUE));
}

#[test]
fn a_later_line_does_not_put_the_message_off() {
    let bundle = after(&[added(1)]);
    let events = ask(&bundle, 2, MONDAY_8AM + GATHERED_FOR / 2).expect("it is taken");
    assert!(matches!(events.as_slice(), [Event::Added { due: DUE, .. }]), "{events:?}");
}

#[test]
fn a_line_is_added_once_even_if_it_is_brought_again_after_its_message_was_sent() {
    let sent = after(&[added(1), Event::Sent(gathered(1))]);
    assert_eq!(sent.letter, Letter::Blank);
    for bundle in [after(&[added(1)]), sent] {
        assert_eq!(ask(&bundle, 1, MONDAY_8AM + HOUR), Err(Refusal::AlreadyThere));
    }
}

#[test]
fn a_line_whose_message_is_on_record_is_no_longer_remembered() {
    let bundle = after(&[added(1)]);
    let Command::Add { message, line, to, .. } = add(2);
    let command = Command::Add { message, line, to, settled: vec![CommandId(1), CommandId(9)] };
    let events = bundle.decide(&command, &by(2, MONDAY_8AM), town()).expect("it is taken");
    let bundle = events.iter().try_fold(bundle, Entity::evolve).expect("it follows");
    assert_eq!(bundle.open, [CommandId(2)]);
}

#[test]
fn fifty_lines_are_written_out_and_the_rest_is_counted_and_the_state_stays_small() {
    let mut bundle = after(&[]);
    for n in 1..=200 {
        let events = ask(&bundle, n, MONDAY_8AM).expect("it is taken");
        bundle = events.iter().try_fold(bundle, Entity::evolve).expect("it follows");
    }
    assert!(bundle.to_stored().len() < 12_288, "{} bytes", bundle.to_stored().len());
    assert_eq!(bundle.open.len(), OPEN_MAX);
    let Letter::Gathering(gathered) = &bundle.letter else { unreachable!() };
    assert_eq!((gathered.lines.len(), gathered.more), (LINES_MAX, 150));

    let effects = bundle.effects(&Event::Sent(gathered.clone()), town());
    let [Effect::Send(message)] = effects.as_slice() else { unreachable!() };
    let Claim::Deliver(to, data) = bundle.claim(message, DUE, town()) else { unreachable!() };
    assert_eq!(to, [head()]);
    let data: Value = serde_json::from_str(&data).expect("JSON");
    let words = town().rules.notices.fill(&TemplateName::new(FOLDED), &data);
    let words = words.expect("the template is there");
    let (text, sms) = (words.text.expect("a text"), words.sms.expect("an SMS"));
    assert_eq!(words.subject.expect("a subject"), "【合并通知】200 条通知合为一封,请查看处理");
    assert!(text.contains("50. 03-02 08:00 【一级督办】") && text.contains("另有 150 条。"));
    assert!(sms.chars().count() <= 140, "{sms}");
}

#[test]
fn a_long_line_is_cut_and_says_so() {
    let line = Line::new(MONDAY_8AM, &"督".repeat(100));
    assert_eq!(line.about.chars().count(), LINE_CHARS_MAX);
    assert!(line.about.ends_with('…'));
}

#[test]
fn only_the_system_itself_folds() {
    for role in Role::ALL.iter().filter(|role| **role != Role::Entity) {
        let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::Answer });
        given::<Bundle>("email/1", &[]).when(MONDAY_8AM, *role, &add(1)).then_refused(&refusal);
    }
}

#[test]
fn a_message_that_was_not_gathered_is_a_corrupt_history() {
    assert!(after(&[]).evolve(&Event::Sent(gathered(1))).is_err());
    assert!(after(&[added(1)]).evolve(&Event::Sent(gathered(2))).is_err());
}

#[test]
fn the_laws_of_entities_hold_for_a_bundle() {
    let state = |events: &[Event]| ("email/1", after(events));
    let standings = [
        ("blank", state(&[])),
        ("gathering", state(&[added(2)])),
        ("sent", state(&[added(1), Event::Sent(gathered(1))])),
    ];
    let fired = |due| (DUE, Fired { name: TIMER.into(), due });
    let commands = [
        ("Add 1", by(1, MONDAY_8AM), add(1)),
        ("Add 2", by(2, MONDAY_8AM), add(2)),
        ("Add (person)", asked(MONDAY_8AM, Role::Operator, "root"), add(3)),
    ];
    let timers = [("Fired letter", fired(DUE)), ("Fired letter, stale", fired(MONDAY_8AM))];
    laws(&standings, &commands, &timers, (3, &every_event()));
}

/// One of each form.
fn every_event() -> Vec<Event> {
    let Event::Added { id, message, to, due, .. } = added(1) else { unreachable!() };
    let forgotten = vec![CommandId(u128::MAX)];
    let counted = Event::Added { id, message, to, due, kept: Kept::Counted, forgotten };
    vec![added(1), counted, Event::Sent(gathered(1))]
}

fn after(events: &[Event]) -> Bundle {
    given::<Bundle>("email/1", events).state
}

fn ask(bundle: &Bundle, n: u128, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    bundle.decide(&add(n), &by(n, at), town())
}

fn by(n: u128, at: Timestamp) -> Asked {
    Asked { id: CommandId(n), ..asked(at, Role::Entity, "office") }
}

fn head() -> Address {
    let (name, role) = ("许示例".into(), "unit-head".into());
    Address { channel: "email".into(), name, address: "head@suning.example".into(), role }
}

fn line(n: u128) -> Line {
    Line::new(MONDAY_8AM, &format!("【一级督办】肃城管〔2026〕{n:06} 果皮箱 超期"))
}

fn add(n: u128) -> Command {
    let message = format!("1.c{n}.7.0").into();
    Command::Add { message, line: line(n), to: head(), settled: Vec::new() }
}

fn added(n: u128) -> Event {
    Event::Added {
        id: CommandId(n),
        message: format!("1.c{n}.7.0").into(),
        to: head(),
        due: DUE,
        kept: Kept::Line(line(n)),
        forgotten: Vec::new(),
    }
}

fn gathered(n: u128) -> Gathered {
    Gathered { to: head(), lines: vec![line(n)], more: 0, due: DUE }
}
