//! Work in progress of one entity at work. It is gone once nothing is: of a million entities, nearly all sleep.

use std::collections::VecDeque;

use super::step::{Delivery, Step};
use crate::answer::{Answer, CallerId};
use crate::entity::CommandId;

/// What is under way with one entity.
#[derive(Default)]
pub(super) struct InProgress {
    /// Records staged, and how many of them are durable or were not taken; counted since nothing was in progress last.
    pub(super) staged: u64,
    pub(super) resolved: u64,
    /// Answers that wait for records, in order.
    pub(super) waiting: VecDeque<Waiting>,
    /// Deliveries that wait until it can decide.
    pub(super) queue: VecDeque<Delivery>,
    /// The command that panicked last.
    pub(super) suspect: Option<CommandId>,
}

/// An answer that waits.
pub(super) struct Waiting {
    /// How many staged records must be durable first.
    pub(super) after: u64,
    pub(super) caller: CallerId,
    pub(super) answer: Answer,
}

impl InProgress {
    /// Whether nobody waits for anything.
    pub(super) fn is_empty(&self) -> bool {
        self.staged == self.resolved && self.queue.is_empty() && self.waiting.is_empty()
    }

    /// Keeps an answer until everything staged so far is durable.
    pub(super) fn wait(&mut self, caller: CallerId, answer: Answer) {
        self.waiting.push_back(Waiting { after: self.staged, caller, answer });
    }

    /// Gives the answers whose records are durable.
    pub(super) fn answer_durable(&mut self, out: &mut Vec<Step>) {
        while self.waiting.front().is_some_and(|waiting| waiting.after <= self.resolved) {
            if let Some(Waiting { caller, answer, .. }) = self.waiting.pop_front() {
                out.push(Step::Answer(caller, answer));
            }
        }
    }
}
