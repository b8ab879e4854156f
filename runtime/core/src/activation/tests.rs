//! One entity at work, one promise each.

use serde::{Deserialize, Serialize};

use super::*;
use crate::answer::CallerId;
use crate::entity::{Kind, Timer};
use crate::record::{EncodedState, RECENT_MAX};

const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[test]
fn an_accepted_command_is_answered_when_its_record_is_durable_and_not_before() {
    let mut lamp = Desk::with_lamp();
    let answer = lamp.ask(1, Command::Light);
    assert!(matches!(lamp.steps(), [Step::Staged(_)]));
    assert_eq!(lamp.heard(answer), None);
    lamp.resolved(1, Ok(7));
    assert_eq!(lamp.heard(answer), Some(lit(1, Novelty::First)));
    assert!(lamp.activation.is_idle());
}

#[test]
fn a_duplicate_joins_the_first_and_is_answered_with_it() {
    let mut lamp = Desk::with_lamp();
    let (first, again) = (lamp.ask(1, Command::Light), lamp.ask(1, Command::Light));
    assert!(matches!(lamp.steps(), [Step::Staged(_), Step::Passed]));
    assert_eq!(lamp.heard(again), None);
    lamp.resolved(1, Ok(7));
    assert_eq!(lamp.heard(first), Some(lit(1, Novelty::First)));
    assert_eq!(lamp.heard(again), Some(lit(1, Novelty::Again)));
}

#[test]
fn a_command_that_is_asked_again_is_told_what_the_entity_is_now() {
    let mut lamp = Desk::with_lamp();
    let _lit = lamp.ask(1, Command::Light);
    let out = lamp.ask(2, Command::Douse);
    let again = lamp.ask(1, Command::Light);
    lamp.resolved(2, Ok(7));
    let dark = EncodedState::from(Lamp::default().to_stored());
    let said = |sequence, novelty| Answer::Accepted { sequence, novelty, state: dark.clone() };
    assert_eq!(lamp.heard(out), Some(said(2, Novelty::First)));
    assert_eq!(lamp.heard(again), Some(said(1, Novelty::Again)));
}

#[test]
fn a_key_that_was_used_for_something_else_is_refused_even_while_that_is_provisional() {
    let mut lamp = Desk::with_lamp();
    let keyed = |said: &[u8]| CommandId::keyed(&[b"key"], &[said]).0;
    let first = lamp.ask(keyed(b"light"), Command::Light);
    let doused = lamp.ask(keyed(b"douse"), Command::Douse);
    lamp.resolved(1, Ok(7));
    assert_eq!(lamp.heard(first), Some(lit(1, Novelty::First)));
    assert!(matches!(lamp.heard(doused), Some(Answer::Refused { code: KEY_USED_BEFORE, .. })));
    let again = lamp.ask(keyed(b"light"), Command::Light);
    assert_eq!(lamp.heard(again), Some(lit(1, Novelty::Again)));
}

#[test]
fn whoever_may_have_asked_before_is_told_how_far_to_look_once_that_is_forgotten() {
    let mut lamp = Desk::with_lamp();
    let n_records = u64::try_from(RECENT_MAX).unwrap() + 1;
    for n in 1..=n_records {
        let command = if n % 2 == 1 { Command::Light } else { Command::Douse };
        let _switched = lamp.ask(n.into(), command);
        lamp.resolved(1, Ok(n));
    }
    let mut told = |id, looked| {
        let caller = lamp.ask_having_looked(id, Command::Light, looked);
        lamp.heard(caller).unwrap()
    };
    let forgotten = Answer::Stale { sequence: n_records };
    assert_eq!(told(1, Some(0)), forgotten, "its record is the one that is forgotten");
    assert_eq!(told(100, Some(0)), forgotten, "it may have been that one");
    assert!(matches!(told(2, Some(0)), Answer::Accepted { sequence: 2, .. }), "it is known");
    let decided = |answer| matches!(answer, Answer::Refused { code: "lit-already", .. });
    assert!(decided(told(100, Some(1))), "nothing after the first is forgotten");
    assert!(decided(told(100, None)), "who does not mind is not held up");
}

#[test]
fn a_refusal_on_provisional_state_is_answered_after_the_batch_it_depends_on() {
    let mut lamp = Desk::with_lamp();
    let _lit = lamp.ask(1, Command::Light);
    let refused = lamp.ask(2, Command::Light);
    assert_eq!(lamp.heard(refused), None);
    lamp.resolved(1, Ok(7));
    assert!(matches!(lamp.heard(refused), Some(Answer::Refused { code: "lit-already", .. })));
    let at_once = lamp.ask(3, Command::Light);
    assert!(
        matches!(lamp.heard(at_once), Some(Answer::Refused { .. })),
        "nothing is provisional now"
    );
}

#[test]
fn after_a_failed_commit_it_is_read_again_and_decides_what_came_meanwhile() {
    let mut lamp = Desk::with_lamp();
    let lost = lamp.ask(1, Command::Light);
    let _out = lamp.ask(2, Command::Douse);
    lamp.resolved(1, Err("disk".into()));
    assert!(matches!(lamp.heard(lost), Some(Answer::Failed { .. })));
    let later = lamp.ask(3, Command::Light);
    lamp.resolved(1, Err("disk".into()));
    assert!(matches!(lamp.steps(), [.., Step::Reload]), "once nothing is under way");
    lamp.loaded(None);
    assert!(
        matches!(lamp.steps(), [.., Step::Staged(staged)] if staged.after.stored.sequence == 1)
    );
    lamp.resolved(1, Ok(8));
    assert_eq!(lamp.heard(later), Some(lit(1, Novelty::First)));
}

#[test]
fn after_a_panic_it_waits_for_the_verdict_and_tries_once_more_on_a_fresh_reading() {
    let mut lamp = Desk::with_lamp();
    let answer = lamp.ask(1, Command::Explode);
    assert!(matches!(lamp.steps(), [Step::Fell(Fall { number: 1, .. })]));
    lamp.restart(7);
    assert!(
        matches!(lamp.steps(), [Step::Fell(Fall { number: 1, .. })]),
        "a verdict on another fall is none"
    );
    lamp.restart(1);
    assert!(matches!(lamp.steps(), [Step::Fell(Fall { number: 1, .. }), Step::Reload]));
    lamp.loaded(None);
    assert!(matches!(lamp.heard(answer), Some(Answer::DeadLetter { .. })));
    assert!(matches!(lamp.steps(), [.., Step::Fell(Fall { number: 2, .. }), Step::Passed]));
    assert!(!lamp.activation.is_idle(), "it waits for the next verdict");
}

#[test]
fn whoever_asks_hears_that_nobody_will_answer_when_it_panics_outside_of_deciding() {
    let mut lamp = Desk::with_lamp();
    let asked = catch_unwind(AssertUnwindSafe(|| lamp.ask(1, Command::Mumble)));
    assert!(asked.is_err(), "the shell sets it aside");
    lamp.hear();
    assert!(matches!(lamp.heard(CallerId(1)), Some(Answer::Failed { .. })));
}

#[test]
fn what_does_not_fit_while_it_cannot_decide_comes_back() {
    let mut lamp = Desk::unread();
    let _kept: Vec<_> = (0..QUEUE_MAX).map(|n| lamp.ask(n.into(), Command::Douse)).collect();
    assert!(lamp.steps().is_empty());
    let _beyond = lamp.ask(1_000, Command::Douse);
    assert!(matches!(lamp.steps(), [Step::NoRoom(Delivery::Command { .. })]));
}

#[test]
fn whoever_asks_is_not_kept_waiting_by_a_store_that_cannot_be_read() {
    let mut lamp = Desk::unread();
    let _asked = lamp.ask(1, Command::Light);
    lamp.fire(NOON);
    let mut told = Vec::new();
    lamp.activation.unread(&mut told);
    assert!(matches!(told.as_slice(), [Step::NoRoom(Delivery::Command { .. })]));
    lamp.loaded(None);
    assert!(matches!(lamp.steps(), [Step::Passed]), "the alarm was kept: {:?}", lamp.steps());
}

#[test]
fn a_timer_fires_when_it_is_due_and_an_early_alarm_says_when_that_is() {
    let mut lamp = Desk::with_lamp();
    let _lit = lamp.ask(1, Command::Light);
    lamp.fire(NOON + BURNS - Duration::from_millis(1));
    assert!(matches!(lamp.steps(), [_, Step::NotDue(due)] if *due == NOON + BURNS));
    lamp.fire(NOON + BURNS);
    assert!(
        matches!(lamp.steps(), [.., Step::Staged(staged)] if staged.after.stored.alarm.is_none())
    );
}

#[test]
fn a_timer_that_stands_after_firing_sets_its_entity_aside_and_says_so_when_it_is_due_again() {
    let mut lamp = Desk::with_lamp();
    let _lit = lamp.ask(1, Command::Stick(Stuck::Jammed));
    lamp.fire(NOON + BURNS);
    assert!(
        matches!(lamp.steps(), [_, Step::Quarantine(why), Step::Passed] if why.contains("stands"))
    );
    lamp.fire(NOON + BURNS);
    assert!(matches!(lamp.steps(), [.., Step::Overdue(_)]));
    let answer = lamp.ask(2, Command::Douse);
    assert!(matches!(lamp.heard(answer), Some(Answer::Quarantined { .. })));
}

#[test]
fn a_timer_that_its_entity_does_not_know_sets_it_aside_and_says_which() {
    let mut lamp = Desk::with_lamp();
    let _lit = lamp.ask(1, Command::Stick(Stuck::Unarmed));
    lamp.fire(NOON + BURNS);
    assert!(
        matches!(lamp.steps(), [_, Step::Quarantine(why), Step::Passed] if why.contains("`out`"))
    );
    lamp.fire(NOON + BURNS);
    assert!(matches!(lamp.steps(), [.., Step::Overdue(_)]));
}

#[test]
fn a_context_put_in_force_moves_no_timer_that_stands() {
    let mut lamp = Desk::with_lamp();
    let _lit = lamp.ask(1, Command::Light);
    lamp.context.replace(BURNS * 2, 2);
    let _shaded = lamp.ask(2, Command::Shade);
    let alarm = |step: &Step| {
        let Step::Staged(staged) = step else { return None };
        staged.after.stored.alarm
    };
    let alarms: Vec<_> = lamp.steps().iter().map(alarm).collect();
    assert_eq!(alarms, [Some(NOON + BURNS), Some(NOON + BURNS)]);
}

const BURNS: Duration = Duration::from_mins(10);

/// Burns for as long as the context of the day says.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Lamp {
    out_at: Option<Timestamp>,
    stuck: Option<Stuck>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Stuck {
    /// It burns on when its timer has fired.
    Jammed,
    /// It does not know its own timer.
    Unarmed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Command {
    Light,
    Douse,
    Shade,
    Stick(Stuck),
    Explode,
    Mumble,
}

#[derive(Debug, Serialize, Deserialize)]
enum Event {
    Lit { out_at: Timestamp },
    Stuck { out_at: Timestamp, how: Stuck },
    Shaded,
    Out,
}

#[derive(Debug, Serialize)]
enum No {
    LitAlready,
    /// It panics in the words it says no with.
    Unspeakable,
}

impl Refusal for No {
    fn code(&self) -> &'static str {
        match self {
            No::LitAlready => "lit-already",
            No::Unspeakable => std::panic::resume_unwind(Box::new("no words")),
        }
    }

    fn codes() -> Vec<&'static str> {
        vec!["lit-already"]
    }
}

impl Entity for Lamp {
    const KIND: Kind = Kind { number: 3, name: "lamp" };
    const STATE_VERSION: u16 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = No;
    type Context = Duration;

    fn initial(_: &EntityId) -> Lamp {
        Lamp::default()
    }

    fn decide(&self, asks: &Command, asked: &Asked, burns: &Duration) -> Result<Vec<Event>, No> {
        let out_at = asked.at + *burns;
        Ok(vec![match asks {
            Command::Light if self.out_at.is_some() => return Err(No::LitAlready),
            Command::Light => Event::Lit { out_at },
            Command::Stick(how) => Event::Stuck { out_at, how: *how },
            Command::Shade => Event::Shaded,
            Command::Douse => Event::Out,
            Command::Mumble => return Err(No::Unspeakable),
            Command::Explode => std::panic::resume_unwind(Box::new("it explodes")),
        }])
    }

    fn fired(
        &self,
        fired: &Fired,
        _: &Asked,
        _: &Duration,
    ) -> Result<Vec<Event>, crate::entity::Corrupt> {
        match self.stuck {
            Some(Stuck::Unarmed) => Err(crate::entity::Corrupt::unarmed(fired)),
            Some(Stuck::Jammed) | None => Ok(vec![Event::Out]),
        }
    }

    fn evolve(mut self, event: &Event) -> Result<Lamp, crate::entity::Corrupt> {
        match event {
            Event::Lit { out_at } => self.out_at = Some(*out_at),
            Event::Stuck { out_at, how } => (self.out_at, self.stuck) = (Some(*out_at), Some(*how)),
            Event::Out if self.stuck.is_none() => self.out_at = None,
            Event::Out | Event::Shaded => {}
        }
        Ok(self)
    }

    fn timers(&self) -> Timers {
        let timer = |due| Timer { name: "out".into(), due, reason: "oil".into() };
        Timers(self.out_at.map(timer).into_iter().collect())
    }

    fn view(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// An activation and everything it said, answers apart.
struct Desk {
    activation: Activation<Lamp>,
    context: Arc<ContextCell<Duration>>,
    said: Vec<Step>,
    answers: Vec<(CallerId, Answer)>,
    n_callers: u64,
}

impl Desk {
    fn unread() -> Desk {
        let context = Arc::new(ContextCell::new(BURNS, 1));
        let id = EntityId::new(Lamp::KIND, "hall");
        let activation = Activation::new(id, Arc::clone(&context));
        Desk { activation, context, said: Vec::new(), answers: Vec::new(), n_callers: 0 }
    }

    fn with_lamp() -> Desk {
        let mut desk = Desk::unread();
        desk.loaded(None);
        desk
    }

    fn ask(&mut self, id: u128, command: Command) -> CallerId {
        self.ask_having_looked(id, command, None)
    }

    fn ask_having_looked(&mut self, id: u128, command: Command, looked: Option<u64>) -> CallerId {
        self.n_callers += 1;
        let waits = CallerId(self.n_callers);
        let asked = Asked::of(CommandId(id), ("someone", "someone"), NOON);
        let (command, caller) = (AnyCommand::new(command), Caller::Outside(waits));
        let delivery = Delivery::Command { command, asked, looked, caller };
        self.activation.offer(delivery, &mut self.said);
        self.hear();
        waits
    }

    /// What was said to `caller`, once; none if nothing was.
    fn heard(&mut self, caller: CallerId) -> Option<Answer> {
        let place = self.answers.iter().position(|(to, _)| *to == caller)?;
        Some(self.answers.remove(place).1)
    }

    /// Takes the answers out of what was said.
    fn hear(&mut self) {
        for step in std::mem::take(&mut self.said) {
            if let Step::Answer(caller, answer) = step {
                self.answers.push((caller, answer));
            } else {
                self.said.push(step);
            }
        }
    }

    fn fire(&mut self, now: Timestamp) {
        self.activation.offer(Delivery::Fire(now), &mut self.said);
        self.hear();
    }

    fn loaded(&mut self, stored: Option<Stored>) {
        self.activation.loaded(Ok(stored), &mut self.said);
        self.hear();
    }

    fn resolved(&mut self, n: usize, result: Result<u64, CompactString>) {
        self.activation.resolved(n, result, &mut self.said);
        self.hear();
    }

    fn restart(&mut self, fall: u64) {
        self.activation.restart(fall, &mut self.said);
        self.hear();
    }

    fn steps(&self) -> &[Step] {
        &self.said
    }
}

/// It was lit at noon, and the answer says so.
fn lit(sequence: u64, novelty: Novelty) -> Answer {
    let lamp = Lamp { out_at: Some(NOON + BURNS), stuck: None };
    Answer::Accepted { sequence, novelty, state: lamp.to_stored().into() }
}
