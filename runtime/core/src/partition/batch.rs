//! Batches of a partition: the one being built, the one in flight, and what their results set off.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use compact_str::{CompactString, format_compact};

use super::outbox::Moved;
use super::{Flight, Output, Partition};
use crate::activation::{Staged, Step};
use crate::answer::{Answer, CallerId};
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::outbox::{Message, MessageId, Row};
use crate::record::{Batch, Body, Committed, Entry, Previous, RowChange, SentTell, Taken};

/// How long timers are held after the journal refused a batch, so that a full disk is not hammered.
pub(super) const HOLD_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What is staged for the next commit.
#[derive(Debug, Default)]
pub struct Building {
    pub(super) entries: Vec<Entry>,
    pub(super) staged: HashMap<EntityId, usize>,
    pub(super) callers: Vec<(CallerId, Answer)>,
    pub(super) tells: Vec<SentTell>,
    pub(super) marks: Vec<Taken>,
    pub(super) rows: Vec<(Timestamp, MessageId)>,
    pub(super) moved: Vec<Moved>,
    pub(super) set_aside: Vec<EntityId>,
}

impl Building {
    /// Nothing staged, with room for as many entries as the batch before had.
    fn with_room_for(n_entries: usize) -> Building {
        Building { entries: Vec::with_capacity(n_entries), ..Building::default() }
    }

    /// Whether nothing is staged.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Partition {
    /// Makes an entry of the building batch out of a step that has none of its own yet.
    pub(super) fn take(
        &mut self,
        (entity, step): (EntityId, Step),
        at: Timestamp,
        out: &mut Vec<Output>,
    ) {
        if !matches!(step, Step::Quarantine(_)) {
            self.undecided = self.undecided.saturating_sub(1);
        }
        match step {
            Step::Answer(..) | Step::Fell(_) | Step::Reload | Step::Passed => {}
            Step::Overdue(reason) => out.push(Output::Alarm(format_compact!(
                "{entity} is set aside with a timer that is due: {reason}"
            ))),
            // It was taken out of the window for this; the clock may have been set back since.
            Step::NotDue(due) => self.alarms.arm(0, due, entity),
            Step::NoRoom(delivery) => self.no_room(entity, delivery, out),
            Step::TellDone(taken, reason) => self.tell_done(&entity, (taken, reason), out),
            Step::Claimed(id, claim, at, caller) => {
                self.claimed(&entity, (id, claim), (at, caller), out);
            }
            Step::Staged(staged) => self.staged(entity, *staged, out),
            // Decided on a state that a failed batch took away: it hears of that next, and decides again.
            Step::Quarantine(_) if self.failed.contains(&entity) => {}
            Step::Quarantine(reason) => {
                out.push(Output::Alarm(format_compact!("{entity}: {reason}")));
                self.building.set_aside.push(entity.clone());
                let body = Body::Quarantined { entity, reason, at };
                self.building.entries.push(Entry { body, after: None, rows: Vec::new() });
            }
        }
    }

    fn staged(&mut self, entity: EntityId, staged: Staged, out: &mut Vec<Output>) {
        let out_of_turn = staged.taken.is_some_and(|taken| !self.is_next_tell(taken));
        if out_of_turn || self.failed.contains(&entity) {
            // It was decided on a state that a failed batch took away.
            return self.supersede(entity, staged.taken, out);
        }
        let Staged { record, after, messages, tells, taken, fired: _, at } = staged;
        *self.building.staged.entry(entity.clone()).or_insert(0) += 1;
        self.rearm(&entity, after.before.alarm, after.stored.alarm);
        let sequence = after.stored.sequence;
        let rows = self.rows_of(&entity, sequence, &messages);
        let partitions = self.limits.partitions;
        let tells: Vec<SentTell> = tells
            .into_iter()
            .map(|tell| {
                let to_partition = tell.to.partition(partitions);
                let next = self.tell_next.entry(to_partition).or_insert(1);
                let number = *next;
                *next += 1;
                SentTell { to_partition, number, to: tell.to, command: tell.command, at }
            })
            .collect();
        self.building.tells.extend(tells.iter().cloned());
        let marked = taken;
        #[cfg(feature = "simulator")]
        let marked = marked.filter(|_| !self.forgets_marks);
        // Where the record before it lies, the journal says.
        let previous = Previous::None;
        let body = Body::Record { record, previous, messages, tells, taken: marked };
        self.building.entries.push(Entry { body, after: Some(Box::new(after)), rows });
        if let Some(taken) = taken {
            self.tell_staged(taken, out);
        }
    }

    fn supersede(&mut self, entity: EntityId, taken: Option<Taken>, out: &mut Vec<Output>) {
        if let Some(taken) = taken {
            self.tell_again(taken);
        }
        out.push(Output::Resolved(entity.clone(), 1, Err("superseded".into())));
        // Its alarm may have been taken out of the window for something that does not exist any more.
        self.refire.insert(entity.clone());
        self.failed.insert(entity);
    }

    fn rearm(&mut self, entity: &EntityId, before: Option<Timestamp>, after: Option<Timestamp>) {
        if before == after {
            // The row may have been taken out to fire one of several timers that are due at the same instant.
            if let Some(at) = after {
                self.alarms.arm(0, at, entity.clone());
            }
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

    /// Sends the building batch off if none is in flight.
    pub(super) fn flush(&mut self, out: &mut Vec<Output>) {
        if self.flight.is_some() || self.building.is_empty() {
            return;
        }
        let room = self.building.entries.len();
        let building = std::mem::replace(&mut self.building, Building::with_room_for(room));
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
            moved: building.moved,
            set_aside: building.set_aside,
            n_entries: building.entries.len() as u64,
        });
        self.batch += 1;
        self.firing = 0;
        out.push(Output::Commit(Batch {
            partition: self.no,
            epoch: self.tenure.epoch,
            first_lsn,
            frame_before: self.frame_before,
            entries: building.entries,
        }));
        while self.building.entries.len() < self.limits.batch_max {
            let Some((entity, step, at)) = self.overflow.pop_front() else { break };
            self.take((entity, step), at, out);
        }
    }

    /// The journal's word on the batch in flight.
    pub fn committed(&mut self, outcome: Committed, at: Timestamp, out: &mut Vec<Output>) {
        let Some(flight) = self.flight.take() else { return };
        match outcome {
            // First what is durable is counted as such here, then callers are answered, then entities hear of it and
            // tells set out: whoever has an answer and asks again finds a partition that knows what it has answered,
            // and no other partition ever hears of what a crash could still take back.
            Committed::In(frame) => {
                self.frame_before = frame;
                self.alarms.durable(flight.number);
                self.marks_durable(&flight.marks);
                for (next, id) in flight.rows {
                    self.outbox.arm(flight.number, next, id);
                }
                self.moves_durable(flight.number, flight.moved);
                self.outbox.durable(flight.number);
                let answers = flight.callers.into_iter();
                out.extend(answers.map(|(caller, answer)| Output::Answer(caller, answer)));
                let staged = flight.staged.into_iter();
                out.extend(staged.map(|(entity, n)| Output::Resolved(entity, n, Ok(frame))));
                out.extend(flight.tells.into_iter().map(Output::Send));
                self.flush(out);
            }
            Committed::NotTaken(reason) => {
                self.held_until = at + HOLD_AFTER_FAILURE;
                self.start_over(flight, reason, out);
            }
            Committed::Lost => self.lose(flight, out),
        }
    }

    /// Nothing of the batch exists, and so nothing that was decided on top of it: everything is read again.
    ///
    /// The batch in flight cannot simply be sent again. Entities decided on top of it (their state in memory has its
    /// events), and what was staged since carries the numbers after its own: of entries, of tells, of an entity's
    /// records. So both batches go, the callers of both are told, and the numbers are taken back. That is safe only because
    /// nothing at all was written under them: an outcome that nobody knows never comes here.
    fn start_over(&mut self, flight: Flight, reason: CompactString, out: &mut Vec<Output>) {
        let building = std::mem::take(&mut self.building);
        let mut staged: BTreeMap<EntityId, usize> = building.staged.into_iter().collect();
        for (entity, n) in flight.staged {
            *staged.entry(entity).or_insert(0) += n;
        }
        for (entity, step, _) in std::mem::take(&mut self.overflow) {
            if !matches!(step, Step::Quarantine(_)) {
                self.undecided = self.undecided.saturating_sub(1);
            }
            match step {
                Step::Staged(_) => *staged.entry(entity).or_insert(0) += 1,
                Step::Claimed(.., caller) => out.push(failed(caller, &reason)),
                Step::Quarantine(_) => drop(staged.entry(entity).or_insert(0)),
                Step::Answer(..)
                | Step::Passed
                | Step::NotDue(_)
                | Step::NoRoom(_)
                | Step::Overdue(_)
                | Step::Fell(_)
                | Step::TellDone(..)
                | Step::Reload => {}
            }
        }
        // A verdict that is not written down does not exist either: it is found again if it is due.
        for entity in flight.set_aside.into_iter().chain(building.set_aside) {
            staged.entry(entity).or_insert(0);
        }
        for (caller, _) in flight.callers.into_iter().chain(building.callers) {
            out.push(failed(caller, &reason));
        }
        // From the last to the first: the smallest number that was given out to a partition is given out again.
        for tell in flight.tells.into_iter().chain(building.tells).rev() {
            self.tell_next.insert(tell.to_partition, tell.number);
        }
        self.next_lsn -= flight.n_entries;
        self.firing = 0;
        self.refire.clear();
        // Windows and marks may hold what was only staged. The store has what is durable, so they are read from it again.
        self.alarms.clear();
        self.outbox.clear();
        self.moves_undone();
        self.rewind_tells();
        for (entity, n) in staged {
            self.failed.insert(entity.clone());
            out.push(Output::Resolved(entity, n, Err(reason.clone())));
        }
    }
}

pub(super) fn failed(caller: CallerId, reason: &CompactString) -> Output {
    Output::Answer(caller, Answer::Failed { reason: reason.clone() })
}
