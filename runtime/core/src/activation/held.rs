//! Activations as a partition holds them, their entity's type forgotten.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use compact_str::CompactString;

use super::in_progress::Waiting;
use super::step::{AnyActivation, Delivery, Step};
use super::{Activation, Life};
use crate::answer::Answer;
use crate::entity::{Entity, EntityId};
use crate::record::Stored;

impl<E: Entity> Activation<E> {
    /// Decides. What panics outside of a decision goes on to the shell, which sets the entity aside; whoever asked hears
    /// first that nobody will answer.
    pub(super) fn decide_guarded(&mut self, delivery: Delivery, out: &mut Vec<Step>) {
        let caller = delivery.caller();
        let decided = catch_unwind(AssertUnwindSafe(|| self.decide_delivery(delivery, out)));
        if let Err(panic) = decided {
            let reason = CompactString::const_new("deciding it fell; ask again with the same id");
            out.extend(caller.map(|caller| Step::Answer(caller, Answer::Failed { reason })));
            resume_unwind(panic);
        }
    }
}

impl<E: Entity> AnyActivation for Activation<E> {
    fn id(&self) -> &EntityId {
        &self.id
    }

    fn offer(&mut self, delivery: Delivery, out: &mut Vec<Step>) {
        self.take_in(delivery, out);
    }

    fn unread(&mut self, out: &mut Vec<Step>) {
        let (true, Some(in_progress)) = (matches!(self.life, Life::Loading), &mut self.in_progress)
        else {
            return;
        };
        let (asked, kept) =
            in_progress.queue.drain(..).partition(|delivery| delivery.caller().is_some());
        let asked: VecDeque<Delivery> = asked;
        in_progress.queue = kept;
        out.extend(asked.into_iter().map(Step::NoRoom));
        self.put_down();
    }

    fn loaded(&mut self, stored: Result<Option<Stored>, CompactString>, out: &mut Vec<Step>) {
        if !matches!(self.life, Life::Loading) {
            return;
        }
        if let Err(reason) = stored.and_then(|stored| self.begin(stored.as_ref())) {
            self.set_aside(reason, out);
            return;
        }
        // Queued deliveries may freeze it again: those that are left wait for the next reading.
        while matches!(self.life, Life::Live(_))
            && let Some(delivery) =
                self.in_progress.as_mut().and_then(|in_progress| in_progress.queue.pop_front())
        {
            self.decide_guarded(delivery, out);
        }
        self.put_down();
    }

    fn resolved(&mut self, n: usize, result: Result<u64, CompactString>, out: &mut Vec<Step>) {
        let in_progress = self.in_progress();
        in_progress.resolved += n as u64;
        match result {
            Ok(frame) => {
                in_progress.answer_durable(out);
                self.frame = frame;
            }
            Err(reason) => {
                // Whatever was decided on top of records that do not exist does not exist either.
                for Waiting { caller, .. } in in_progress.waiting.drain(..) {
                    let reason = reason.clone();
                    out.push(Step::Answer(caller, Answer::Failed { reason }));
                }
                // So does a verdict that it must be set aside.
                self.life = Life::Frozen;
            }
        }
        self.put_down();
        if matches!(self.life, Life::Frozen) {
            self.freeze(out);
        }
    }

    fn is_idle(&self) -> bool {
        let idle = self.in_progress.as_ref().is_none_or(|in_progress| in_progress.is_empty());
        idle && !matches!(self.life, Life::Fallen)
    }

    fn restart(&mut self, fall: u64, out: &mut Vec<Step>) {
        if fall == self.falls && matches!(self.life, Life::Fallen) {
            self.life = Life::Frozen;
            self.freeze(out);
        }
    }

    fn quarantine(&mut self, reason: CompactString, out: &mut Vec<Step>) {
        self.life = Life::Quarantined(reason);
        self.turn_queue_away(out);
    }

    #[cfg(feature = "simulator")]
    fn keep_at_most(&mut self, n: usize) {
        self.queue_max = u16::try_from(n).unwrap_or(u16::MAX);
    }
}
