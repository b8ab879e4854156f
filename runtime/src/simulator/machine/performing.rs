//! Does what a partition says, as the shell under actors does.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use compact_str::format_compact;

use super::{Committing, Machine, Question, Resident, Slot, ToEntity, ToPartition, Wish};
use crate::activation::{Delivery, Step};
use crate::answer::{Answer, Caller, CallerId};
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::journal::committer::{Submission, outcome};
use crate::partition::{Output, asked_by_tell};
use crate::record::{Batch, SentTell, Taken};
use crate::simulator::tally::Kind;

impl Machine {
    pub(super) fn perform(
        &mut self,
        (no, now): (u8, Timestamp),
        output: Output,
        said: &mut Vec<Output>,
    ) {
        match output {
            Output::Answer(caller, answer) => self.answer(no, caller, answer),
            Output::Deliver(entity, delivery) => self.deliver(no, entity, delivery, said),
            Output::Commit(batch) => self.submit(no, batch),
            Output::Resolved(entity, n, result) => {
                if let Some(resident) = self.resident(no, &entity) {
                    resident.unresolved = resident.unresolved.saturating_sub(n);
                    self.send_entity(no, &entity, ToEntity::Resolved(n, result));
                }
            }
            Output::Restart(entity, fall) => {
                self.send_entity(no, &entity, ToEntity::Restart(fall));
            }
            Output::SetAside(entity, why) => {
                self.tally.count(Kind::SetAsideAfterFalls);
                self.send_entity(no, &entity, ToEntity::SetAside(why));
            }
            Output::LoadAlarms(reload) => {
                self.wish_to_read(no, Question::Alarms(reload));
            }
            Output::LoadOutbox(reload) => {
                self.wish_to_read(no, Question::Outbox(reload));
            }
            Output::LoadTells { from, after } => {
                self.wish_to_read(no, Question::Tells { from, after });
            }
            Output::Send(tell) => self.send(tell.to_partition, ToPartition::Tell(no, tell)),
            Output::DeliverTell(tell, taken) => self.deliver_tell((no, now), &tell, taken, said),
            Output::Alarm(_) => {}
            Output::LetGo => self.let_go(no),
        }
    }

    /// Hands `answer` to a caller of partition `no`, who looks for it when chance lets them.
    pub(super) fn answer(&self, no: u8, caller: CallerId, answer: Answer) {
        if let Some(home) = self.homes.get(usize::from(no)) {
            home.callers.answer(caller, answer);
        }
    }

    fn wish_to_read(&mut self, no: u8, question: Question) {
        let life = self.life(no);
        self.wishes.push(Wish::Read((no, life), question));
    }

    fn submit(&mut self, no: u8, batch: Batch) {
        let results = Arc::clone(&self.results);
        let done = move |result: Result<u64, crate::journal::Failure>| {
            results.lock().unwrap_or_else(PoisonError::into_inner).push((no, outcome(result)));
        };
        if let Some(home) = self.homes.get_mut(usize::from(no)) {
            home.submitted += 1;
        }
        self.queue.push(Submission { batch, done: Box::new(done) });
        if self.is_committing == Committing::No {
            self.is_committing = Committing::Yes;
            self.wishes.push(Wish::Commit);
        }
    }

    fn deliver_tell(
        &mut self,
        (no, now): (u8, Timestamp),
        tell: &SentTell,
        taken: Taken,
        said: &mut Vec<Output>,
    ) {
        let command = match self.registry.kind(tell.to.kind) {
            Some(kind) => kind.command(&tell.command).map_err(|e| format_compact!("{e}")),
            None => Err(format_compact!("no kind {}", tell.to.kind)),
        };
        match command {
            Ok(command) => {
                let asked = asked_by_tell(tell, taken);
                let (looked, caller) = (None, Caller::Tell(taken));
                let delivery = Delivery::Command { command, asked, looked, caller };
                self.deliver(no, tell.to.clone(), delivery, said);
            }
            Err(reason) => {
                if let Some(home) = self.homes.get_mut(usize::from(no)) {
                    home.core.step(tell.to.clone(), Step::TellDone(taken, Some(reason)), now, said);
                }
            }
        }
    }

    fn deliver(&mut self, no: u8, entity: EntityId, delivery: Delivery, said: &mut Vec<Output>) {
        if self.resident(no, &entity).is_none() {
            self.admit(no, &entity);
        }
        let busy_max = self.bounds.busy_max;
        match self.resident(no, &entity).filter(|resident| resident.busy < busy_max) {
            Some(resident) => {
                resident.busy += 1;
                self.send_entity(no, &entity, ToEntity::Deliver(delivery));
            }
            None => {
                if let Some(home) = self.homes.get_mut(usize::from(no)) {
                    home.core.undeliverable(entity, delivery, said);
                }
            }
        }
    }

    fn admit(&mut self, no: u8, entity: &EntityId) {
        let Some(kind) = self.registry.kind(entity.kind) else { return };
        let mut activation = kind.activation(entity.clone());
        activation.keep_at_most(self.bounds.queue_max);
        self.births += 1;
        let (born, inbox) = (self.births, VecDeque::new());
        let resident = Resident { activation, inbox, born, busy: 0, unresolved: 0 };
        if let Some(home) = self.homes.get_mut(usize::from(no)) {
            home.residents.insert(entity.clone(), resident);
        }
        self.wishes.push(Wish::Load(no, entity.clone(), born));
    }

    fn send_entity(&mut self, no: u8, entity: &EntityId, message: ToEntity) {
        let Some(resident) = self.resident(no, entity) else { return };
        let was_empty = resident.inbox.is_empty();
        resident.inbox.push_back(message);
        if was_empty {
            self.ready.push(Slot::Entity(no, entity.clone()));
        }
    }
}
