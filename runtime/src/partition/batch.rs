//! The batch being built, the batch in flight, and what their results set off.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use compact_str::CompactString;

use super::{BATCH_MAX, Flight, Output, Partition};
use crate::activation::{Staged, Step};
use crate::answer::{Answer, Caller};
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::outbox::{Message, MessageId, Row};
use crate::record::{Batch, Body, Entry, Previous, RowChange, SentTell, Taken};

/// How long timers are held after the journal refused a batch, so that a full disk is not hammered.
const HOLD_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What is staged for the next commit.
#[derive(Debug, Default)]
pub struct Building {
    pub(super) entries: Vec<Entry>,
    pub(super) staged: HashMap<EntityId, usize>,
    pub(super) callers: Vec<(Caller, Answer)>,
    pub(super) tells: Vec<SentTell>,
    pub(super) marks: Vec<Taken>,
    pub(super) rows: Vec<(Timestamp, MessageId)>,
    pub(super) done: Vec<(MessageId, Option<Timestamp>)>,
}

impl Building {
    /// Whether nothing is staged.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Partition {
    pub(super) fn staged(&mut self, entity: EntityId, staged: Staged, out: &mut Vec<Output>) {
        let out_of_turn = staged.taken.is_some_and(|taken| !self.is_next_tell(taken));
        if out_of_turn || self.failed.contains(&entity) {
            // It was decided on a state that a failed batch took away.
            out.push(Output::Resolved(entity.clone(), 1, Err("superseded".into())));
            self.failed.insert(entity);
            return;
        }
        if self.building.entries.len() >= BATCH_MAX {
            // The next batch takes it; one delivery stays undecided until then, which bounds this queue.
            self.undecided += 1;
            self.overflow.push_back((entity, Step::Staged(Box::new(staged))));
            return;
        }
        let Staged { record, previous, after, messages, tells, taken, at } = staged;
        let in_this_batch = self.building.staged.entry(entity.clone()).or_insert(0);
        let previous = previous.unwrap_or(if *in_this_batch > 0 {
            Previous::SameBatch
        } else {
            Previous::BatchBefore
        });
        *in_this_batch += 1;
        self.rearm(&entity, after.before.alarm, after.stored.alarm);
        let sequence = after.stored.sequence;
        let rows = self.rows_of(&entity, sequence, &messages);
        let tells: Vec<SentTell> = tells
            .into_iter()
            .map(|tell| {
                let to_partition = tell.to.partition(super::PARTITIONS);
                let next = self.tell_next.entry(to_partition).or_insert(1);
                let number = *next;
                *next += 1;
                SentTell { to_partition, number, to: tell.to, command: tell.command, at }
            })
            .collect();
        self.building.tells.extend(tells.iter().cloned());
        let body = Body::Record { record, previous, messages, tells, taken };
        self.building.entries.push(Entry { body, after: Some(Box::new(after)), rows });
        if let Some(taken) = taken {
            self.tell_staged(taken, out);
        }
    }

    fn rearm(&mut self, entity: &EntityId, before: Option<Timestamp>, after: Option<Timestamp>) {
        if before == after {
            return;
        }
        if let Some(at) = before {
            self.alarms.disarm(self.batch, at, entity);
        }
        if let Some(at) = after {
            self.alarms.arm(self.batch, at, entity.clone());
        }
    }

    fn rows_of(
        &mut self,
        entity: &EntityId,
        sequence: u64,
        messages: &[Message],
    ) -> Vec<RowChange> {
        let mut rows = Vec::with_capacity(messages.len());
        for (index, message) in (0_u16..).zip(messages) {
            let id = MessageId { entity: entity.clone(), sequence, index };
            let row = Row::ready(message.clone());
            self.building.rows.push((row.next, id.clone()));
            rows.push(RowChange { message: id, before: None, after: Some(row) });
        }
        rows
    }

    /// Stages an entry that is no record.
    pub(super) fn push(&mut self, body: Body, out: &mut Vec<Output>) {
        self.building.entries.push(Entry { body, after: None, rows: Vec::new() });
        self.flush(out);
    }

    /// Sends the building batch off if none is in flight.
    pub(super) fn flush(&mut self, out: &mut Vec<Output>) {
        if self.flight.is_some() || self.building.is_empty() {
            return;
        }
        let building = std::mem::take(&mut self.building);
        let first_lsn = self.next_lsn;
        self.next_lsn += building.entries.len() as u64;
        let mut staged: Vec<(EntityId, usize)> = building.staged.into_iter().collect();
        // A hasher's order must not decide who hears first.
        staged.sort();
        self.flight = Some(Flight {
            number: self.batch,
            staged,
            callers: building.callers,
            tells: building.tells,
            marks: building.marks,
            rows: building.rows,
            done: building.done,
            n_entries: building.entries.len() as u64,
        });
        self.batch += 1;
        self.firing = 0;
        out.push(Output::Commit(Batch {
            partition: self.no,
            epoch: self.epoch,
            first_lsn,
            frame_before: self.frame_before,
            entries: building.entries,
        }));
        while self.building.entries.len() < BATCH_MAX {
            let Some((entity, step)) = self.overflow.pop_front() else { break };
            self.undecided = self.undecided.saturating_sub(1);
            if let Step::Staged(staged) = step {
                self.staged(entity, *staged, out);
            }
        }
    }

    /// The journal's word on the batch in flight: its frame, or why it was not taken.
    pub fn committed(
        &mut self,
        result: Result<u64, CompactString>,
        at: Timestamp,
        out: &mut Vec<Output>,
    ) {
        let Some(flight) = self.flight.take() else { return };
        match result {
            Ok(frame) => {
                self.frame_before = frame;
                self.alarms.durable(flight.number);
                self.marks_durable(&flight.marks);
                for (next, id) in flight.rows {
                    self.outbox.arm(flight.number, next, id);
                }
                self.outcomes_durable(flight.done);
                self.outbox.durable(flight.number);
                for (entity, n) in flight.staged {
                    out.push(Output::Resolved(entity, n, Ok(frame)));
                }
                for (caller, answer) in flight.callers {
                    caller.answer(answer);
                }
                out.extend(flight.tells.into_iter().map(Output::Send));
                self.flush(out);
            }
            Err(reason) => {
                self.held_until = at + HOLD_AFTER_FAILURE;
                self.start_over(flight, reason, out);
            }
        }
    }

    /// Nothing of the batch exists, and so nothing that was decided on top of it: everything is read again.
    fn start_over(&mut self, flight: Flight, reason: CompactString, out: &mut Vec<Output>) {
        let building = std::mem::take(&mut self.building);
        let mut staged: BTreeMap<EntityId, usize> = building.staged.into_iter().collect();
        for (entity, n) in flight.staged {
            *staged.entry(entity).or_insert(0) += n;
        }
        for (entity, step) in std::mem::take(&mut self.overflow) {
            self.undecided = self.undecided.saturating_sub(1);
            if matches!(step, Step::Staged(_)) {
                *staged.entry(entity).or_insert(0) += 1;
            }
        }
        for (caller, _) in flight.callers.into_iter().chain(building.callers) {
            caller.answer(Answer::Failed { reason: reason.clone() });
        }
        for tell in flight.tells.into_iter().chain(building.tells).rev() {
            self.tell_next.insert(tell.to_partition, tell.number);
        }
        self.next_lsn -= flight.n_entries;
        self.firing = 0;
        self.alarms.clear();
        self.outbox.clear();
        self.rewind_tells(out);
        for (entity, n) in staged {
            self.failed.insert(entity.clone());
            out.push(Output::Resolved(entity, n, Err(reason.clone())));
        }
    }
}
