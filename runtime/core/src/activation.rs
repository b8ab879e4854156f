//! One entity at work: dedupe, decide, stage, evolve; answer when durable. Sans-IO.
//!
//! ```text
//! Loading ─loaded─► Live ──failed commit──► Frozen ─all staged resolved─► Loading (asks to be read again)
//!                    ├──────panic──► Fallen ──restart───▲
//!                    │                  └─────────────► Quarantined
//!                    └──corrupt, broken promise─────────────▲
//! ```
//! It decides on its latest state, durable or not, so that a hot entity is limited by the group and not by one commit
//! at a time. Whatever was decided on provisional state, refusals too, is answered only when the records it depends on
//! are durable.

mod decision;
mod held;
mod in_progress;
mod step;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use compact_str::{CompactString, format_compact};

pub(crate) use self::decision::{remember, stored_of};
pub use self::step::{AnyActivation, Delivery, Fall, Staged, Step};

pub use self::decision::words_of;
use self::decision::{Decided, Occasion, decide_and_evolve};
use self::in_progress::InProgress;
use self::step::turn_away;

use crate::answer::{Answer, Caller, KEY_USED_BEFORE, Novelty};
use crate::clock::Timestamp;
use crate::command::AnyCommand;
use crate::context::ContextCell;
use crate::entity::{Asked, CommandId, Entity, EntityId, Fired, Refusal, TIMER_ROLE, Timers};
use crate::record::{After, Keys, RECORD_VERSION, Record, Stored};

/// Deliveries an activation keeps while it cannot decide; one more is answered busy.
pub const QUEUE_MAX: u16 = 64;
/// How long a caller is told to wait when there is no room.
pub const RETRY_AFTER: Duration = Duration::from_millis(200);

enum Life<E> {
    Loading,
    Live(E),
    Frozen,
    /// It waits for the verdict on its last fall.
    Fallen,
    Quarantined(CompactString),
}

/// One entity at work. See the module's words.
pub struct Activation<E: Entity> {
    id: EntityId,
    life: Life<E>,
    sequence: u64,
    chain: u32,
    frame: u64,
    /// When the latest state must be woken.
    alarm: Option<Timestamp>,
    recent: Vec<(CommandId, u64)>,
    falls: u64,
    queue_max: u16,
    /// Nothing while it sleeps, as most entities do most of the time.
    in_progress: Option<Box<InProgress>>,
    context: Arc<ContextCell<E::Context>>,
}

impl<E: Entity> Activation<E> {
    /// An activation that has yet to be told its stored value.
    pub fn new(id: EntityId, context: Arc<ContextCell<E::Context>>) -> Activation<E> {
        Activation {
            id,
            life: Life::Loading,
            sequence: 0,
            chain: 0,
            frame: 0,
            alarm: None,
            recent: Vec::new(),
            queue_max: QUEUE_MAX,
            falls: 0,
            in_progress: None,
            context,
        }
    }

    fn begin(&mut self, stored: Option<&Stored>) -> Result<(), CompactString> {
        let state = match stored {
            None => E::initial(&self.id),
            Some(stored) if stored.state_version == E::STATE_VERSION => {
                E::from_stored(&self.id, &stored.state).map_err(|e| format_compact!("{e}"))?
            }
            Some(stored) => {
                return Err(format_compact!(
                    "state version {} is not {}",
                    stored.state_version,
                    E::STATE_VERSION
                ));
            }
        };
        (self.sequence, self.chain, self.frame) =
            stored.map_or((0, 0, 0), |s| (s.sequence, s.chain, s.frame));
        self.alarm = stored.and_then(|s| s.alarm);
        self.recent = stored.map_or_else(Vec::new, |s| s.recent.clone());
        self.life = Life::Live(state);
        Ok(())
    }

    fn take_in(&mut self, delivery: Delivery, out: &mut Vec<Step>) {
        match &self.life {
            Life::Live(_) => self.decide_guarded(delivery, out),
            Life::Loading | Life::Frozen | Life::Fallen
                if self.queued() < usize::from(self.queue_max) =>
            {
                self.in_progress().queue.push_back(delivery);
            }
            Life::Loading | Life::Frozen | Life::Fallen => out.push(Step::NoRoom(delivery)),
            Life::Quarantined(reason) => {
                let reason = reason.clone();
                turn_away(&delivery, Answer::Quarantined { reason }, out);
            }
        }
    }

    fn decide_delivery(&mut self, delivery: Delivery, out: &mut Vec<Step>) {
        match delivery {
            Delivery::Command { command, asked, looked, caller } => {
                match command.downcast::<E::Command>() {
                    Ok(command) => self.decide_command(*command, (asked, looked), caller, out),
                    Err(command) => {
                        let answer =
                            Answer::DeadLetter { reason: "not a command of this kind".into() };
                        let asked_again = Delivery::Command { command, asked, looked, caller };
                        turn_away(&asked_again, answer, out);
                    }
                }
            }
            Delivery::Fire(now) => self.fire(now, out),
            Delivery::Claim { id, message, at, caller } => {
                let Life::Live(state) = &self.life else { return };
                let cx = self.context.current();
                let claim = catch_unwind(AssertUnwindSafe(|| state.claim(&message, at, &cx.0)));
                let claim = claim.map_err(|panic| {
                    format_compact!("deciding the claim panicked: {}", words_of(panic))
                });
                out.push(Step::Claimed(id, claim, at, caller));
            }
        }
    }

    fn fire(&mut self, now: Timestamp, out: &mut Vec<Step>) {
        let Life::Live(state) = &self.life else { return };
        let fired = match state.timers().soonest() {
            None => return out.push(Step::Passed),
            Some(timer) if timer.due > now => return out.push(Step::NotDue(timer.due)),
            Some(timer) => Fired { name: timer.name.clone(), due: timer.due },
        };
        let asked = Asked::of(timer_command(&self.id, &fired), (TIMER_ROLE, TIMER_ROLE), now);
        match self.stage(&Occasion::Fired(&fired), &asked, &Caller::Timer) {
            Staging::Yes(mut staged, timers) if !timers.has(&fired) => {
                staged.fired = Some(fired.due);
                self.in_progress().staged += 1;
                out.push(Step::Staged(staged));
            }
            Staging::Yes(..) => {
                self.set_aside(format_compact!("timer `{}` stands after firing", fired.name), out);
                out.push(Step::Passed);
            }
            // No timer is ever refused; if one were, its entity could not go on.
            Staging::No((code, _)) => {
                self.set_aside(format_compact!("timer `{}` was refused: {code}", fired.name), out);
                out.push(Step::Passed);
            }
            Staging::Corrupt(reason) => {
                self.set_aside(reason, out);
                out.push(Step::Passed);
            }
            Staging::Panicked(_)
                if self.in_progress().suspect.replace(asked.id) == Some(asked.id) =>
            {
                self.set_aside(format_compact!("timer `{}` panicked twice", fired.name), out);
                out.push(Step::Passed);
            }
            Staging::Panicked(words) => {
                self.in_progress().queue.push_front(Delivery::Fire(now));
                self.fall((words, None), out);
            }
        }
    }

    fn decide_command(
        &mut self,
        command: E::Command,
        (asked, looked): (Asked, Option<u64>),
        caller: Caller,
        out: &mut Vec<Step>,
    ) {
        if let Some((_, sequence)) = self.recent.iter().find(|(id, _)| *id == asked.id) {
            // Nobody reads what a tell is answered, so its state is not written down.
            if let Caller::Tell(taken) = caller {
                return out.push(Step::TellDone(taken, None));
            }
            let answer = self.again(*sequence);
            return self.settle_unwritten(caller, answer, None, out);
        }
        if self.recent.iter().any(|(id, _)| asked.id.is_another_use(*id)) {
            let parked = Some(CompactString::const_new(KEY_USED_BEFORE));
            let answer = Answer::Refused { code: KEY_USED_BEFORE, detail: "null".to_owned() };
            return self.settle_unwritten(caller, answer, parked, out);
        }
        if looked.is_some_and(|upto| upto < self.forgotten())
            || asked.expected.is_some_and(|expected| expected != self.sequence)
        {
            let answer = Answer::Stale { sequence: self.sequence };
            return self.settle_unwritten(caller, answer, None, out);
        }
        match self.stage(&Occasion::Command(&command), &asked, &caller) {
            Staging::Yes(staged, _) => {
                let (sequence, novelty) = (self.sequence, Novelty::First);
                let state = staged.after.stored.state.clone();
                let answer = Answer::Accepted { sequence, novelty, state };
                let in_progress = self.in_progress();
                in_progress.staged += 1;
                if let Some(caller) = caller.outside() {
                    in_progress.wait(caller, answer);
                }
                out.push(Step::Staged(staged));
            }
            Staging::No((code, detail)) => {
                let parked = Some(format_compact!("refused: {code}"));
                self.settle_unwritten(caller, Answer::Refused { code, detail }, parked, out);
            }
            Staging::Corrupt(reason) => {
                self.set_aside(reason.clone(), out);
                let answer = Answer::Quarantined { reason: reason.clone() };
                self.settle_unwritten(caller, answer, Some(reason), out);
            }
            // The same command panicking again, on a fresh reading, is a dead letter.
            Staging::Panicked(words)
                if self.in_progress().suspect.replace(asked.id) == Some(asked.id) =>
            {
                self.in_progress().suspect = None;
                let reason = CompactString::const_new("deciding it panicked twice");
                let parked = Some(reason.clone());
                // Before the delivery is done with, so that it is not let go of meanwhile.
                self.fall((words, Some(asked.id)), out);
                self.settle_unwritten(caller, Answer::DeadLetter { reason }, parked, out);
            }
            Staging::Panicked(words) => {
                let command = AnyCommand::new(command);
                let again = Delivery::Command { command, asked, looked, caller };
                self.in_progress().queue.push_front(again);
                self.fall((words, None), out);
            }
        }
    }

    /// Up to which of its records it does not know any more whose they were; zero if it knows all.
    fn forgotten(&self) -> u64 {
        let known = u64::try_from(self.recent.len()).unwrap_or(u64::MAX);
        self.sequence.saturating_sub(known)
    }

    /// What is said of a command that became the record of `sequence` before.
    fn again(&self, sequence: u64) -> Answer {
        match &self.life {
            Life::Live(state) => {
                let state = state.to_stored().into();
                Answer::Accepted { sequence, novelty: Novelty::Again, state }
            }
            Life::Loading | Life::Frozen | Life::Fallen | Life::Quarantined(_) => {
                Answer::Failed { reason: "asked again while it was not live".into() }
            }
        }
    }

    /// Decides and evolves; the state is provisional until the record is durable.
    fn stage(
        &mut self,
        occasion: &Occasion<'_, E::Command>,
        asked: &Asked,
        caller: &Caller,
    ) -> Staging {
        let life = std::mem::replace(&mut self.life, Life::Frozen);
        let Life::Live(state) = life else {
            self.life = life;
            return Staging::Corrupt("decided while it was not live".into());
        };
        let in_force = self.context.current();
        let outcome =
            catch_unwind(AssertUnwindSafe(|| decide_and_evolve(state, occasion, asked, &in_force)));
        let made = match outcome {
            Err(panic) => return Staging::Panicked(words_of(panic).into()),
            Ok(Decided::No(state, refusal)) => {
                self.life = Life::Live(state);
                let detail = serde_json::to_string(&refusal).unwrap_or_default();
                return Staging::No((refusal.code(), detail));
            }
            Ok(Decided::Corrupt(reason)) => return Staging::Corrupt(reason.into()),
            Ok(Decided::Yes(made)) => *made,
        };
        let record = Record {
            version: RECORD_VERSION,
            entity: self.id.clone(),
            sequence: self.sequence + 1,
            prior: self.chain,
            rules: in_force.1,
            asked: asked.clone(),
            events: made.events,
        };
        let (record, crc) = record.encode();
        // Where the record before it lies, it does not know until that is durable; the journal does.
        let frame = if self.is_durable() { self.frame } else { 0 };
        // One that never was stands in no list, whatever its first state says.
        let lists = if self.sequence == 0 { Vec::new() } else { made.lists_before };
        let before = Keys { alarm: self.alarm, lists };
        self.sequence += 1;
        self.chain = crc;
        remember(&mut self.recent, asked.id, self.sequence);
        let (sequence, recent) = (self.sequence, self.recent.clone());
        let stored = Stored { frame, sequence, chain: crc, recent, ..made.stored };
        self.alarm = stored.alarm;
        self.life = Life::Live(made.state);
        let taken = match caller {
            Caller::Tell(taken) => Some(*taken),
            Caller::Outside(_) | Caller::Timer => None,
        };
        let after = After { entity: self.id.clone(), stored, before };
        let (messages, tells, at) = (made.messages, made.tells, asked.at);
        let staged = Staged { record, after, messages, tells, taken, fired: None, at };
        Staging::Yes(Box::new(staged), made.timers)
    }

    /// Answers without a record of its own: at once if nothing it saw is provisional, otherwise when that is durable.
    fn settle_unwritten(
        &mut self,
        caller: Caller,
        answer: Answer,
        parked: Option<CompactString>,
        out: &mut Vec<Step>,
    ) {
        if let Caller::Tell(taken) = caller {
            return out.push(Step::TellDone(taken, parked));
        }
        match caller.outside() {
            Some(caller) if self.is_durable() => out.push(Step::Answer(caller, answer)),
            Some(caller) => self.in_progress().wait(caller, answer),
            None => {}
        }
        out.push(Step::Passed);
    }

    fn in_progress(&mut self) -> &mut InProgress {
        self.in_progress.get_or_insert_default()
    }

    fn queued(&self) -> usize {
        self.in_progress.as_ref().map_or(0, |in_progress| in_progress.queue.len())
    }

    /// Whether everything it decided is durable.
    fn is_durable(&self) -> bool {
        self.in_progress
            .as_ref()
            .is_none_or(|in_progress| in_progress.staged == in_progress.resolved)
    }

    /// Gives the memory back once nothing is in in_progress.
    fn put_down(&mut self) {
        if self
            .in_progress
            .as_ref()
            .is_some_and(|in_progress| in_progress.is_empty() && in_progress.suspect.is_none())
        {
            self.in_progress = None;
        }
    }

    fn set_aside(&mut self, reason: CompactString, out: &mut Vec<Step>) {
        self.life = Life::Quarantined(reason.clone());
        out.push(Step::Quarantine(reason));
        self.turn_queue_away(out);
    }

    fn turn_queue_away(&mut self, out: &mut Vec<Step>) {
        if let (Life::Quarantined(reason), Some(in_progress)) = (&self.life, &mut self.in_progress)
        {
            for delivery in in_progress.queue.drain(..) {
                let answer = Answer::Quarantined { reason: reason.clone() };
                turn_away(&delivery, answer, out);
            }
        }
    }

    fn fall(&mut self, (panic, dead): (CompactString, Option<CommandId>), out: &mut Vec<Step>) {
        self.falls += 1;
        self.life = Life::Fallen;
        out.push(Step::Fell(Fall { number: self.falls, panic, dead }));
    }

    fn freeze(&mut self, out: &mut Vec<Step>) {
        if !matches!(self.life, Life::Quarantined(_)) {
            self.life = Life::Frozen;
            if self.is_durable() {
                self.life = Life::Loading;
                out.push(Step::Reload);
            }
        }
    }
}

enum Staging {
    /// With every timer the new state wants.
    Yes(Box<Staged>, Timers),
    No((&'static str, String)),
    Corrupt(CompactString),
    /// With these words.
    Panicked(CompactString),
}

fn timer_command(id: &EntityId, fired: &Fired) -> CommandId {
    CommandId::derived(&[
        TIMER_ROLE.as_bytes(),
        &[id.kind],
        id.key.as_bytes(),
        fired.name.as_bytes(),
        &fired.due.as_millis().to_le_bytes(),
    ])
}

#[cfg(test)]
mod tests;
