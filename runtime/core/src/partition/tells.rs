//! Tells that arrive: one at a time per source partition, in order, each counted once.

use std::collections::VecDeque;

use compact_str::{CompactString, format_compact};

use super::{Output, Partition};
use crate::entity::{Asked, CommandId, ENTITY_ROLE, EntityId};
use crate::record::{Body, Entry, SentTell, Taken};

/// Tells of one source that wait here; what does not fit is read from the store later.
const QUEUE_MAX: usize = 256;

/// The tells of one source partition.
#[derive(Debug, Default)]
pub struct Inbound {
    /// Not yet done with; the first is being delivered if `delivering`.
    queue: VecDeque<SentTell>,
    delivering: bool,
    /// Up to here everything is staged or done with.
    mark: u64,
    /// Up to here everything is durable.
    durable: u64,
    /// The highest number anybody spoke of: what is not queued up to here is in the store.
    heard: u64,
    /// The store may hold more than was heard of.
    more: bool,
    reading: Reading,
}

/// Whether a read of the store is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reading {
    #[default]
    No,
    Yes,
    /// More was spoken of since it began: it may have come too early for that.
    TooEarly,
}

impl Inbound {
    /// Everything up to `mark` is done with.
    pub fn after(mark: u64) -> Inbound {
        Inbound { mark, durable: mark, heard: mark, ..Inbound::default() }
    }

    fn last(&self) -> u64 {
        self.queue.back().map_or(self.mark, |tell| tell.number)
    }

    fn is_next(&self, taken: Taken) -> bool {
        self.delivering && taken.number == self.mark + 1
    }

    /// Whether nothing under way will go on with it.
    fn needs_nudge(&self) -> bool {
        if self.queue.is_empty() {
            self.is_lagging() && self.reading == Reading::No
        } else {
            !self.delivering
        }
    }

    fn is_lagging(&self) -> bool {
        self.more || self.heard > self.last()
    }
}

impl Partition {
    /// A tell from partition `from`. One that is known is dropped; what lies in a gap before it is read.
    pub fn tell(&mut self, from: u8, tell: SentTell, out: &mut Vec<Output>) {
        if self.is_lost() {
            return;
        }
        let inbound = self.inbound.entry(from).or_default();
        inbound.heard = inbound.heard.max(tell.number);
        if tell.number == inbound.last() + 1 && inbound.queue.len() < QUEUE_MAX {
            inbound.queue.push_back(tell);
            self.tells_queued += 1;
            self.deliver_tell(from, out);
        } else {
            self.read_lagging(from, out);
        }
    }

    /// Tells read from the store after a request: in order; fewer than `limit` mean there are no more.
    pub fn tells_loaded(
        &mut self,
        from: u8,
        tells: Vec<SentTell>,
        limit: usize,
        out: &mut Vec<Output>,
    ) {
        let there_is_more = tells.len() >= limit;
        for tell in tells {
            self.tell(from, tell, out);
        }
        let inbound = self.inbound.entry(from).or_default();
        let reading = std::mem::take(&mut inbound.reading);
        inbound.more = there_is_more || reading == Reading::TooEarly;
        self.read_lagging(from, out);
    }

    /// Tells could not be read; the next tick asks again.
    pub fn tells_failed(&mut self, from: u8) {
        self.inbound.entry(from).or_default().reading = Reading::No;
    }

    /// Tells from partition `from` were under way when the process ended: the next tick reads them from the store.
    pub fn tells_missed(&mut self, from: u8) {
        let inbound = self.inbound.entry(from).or_default();
        inbound.more = true;
        if inbound.reading == Reading::Yes {
            inbound.reading = Reading::TooEarly;
        }
    }

    /// Tries again what could not be delivered, and reads what did not fit.
    pub(super) fn nudge_tells(&mut self, out: &mut Vec<Output>) {
        let waiting = self.inbound.iter().filter(|(_, inbound)| inbound.needs_nudge());
        let waiting: Vec<u8> = waiting.map(|(from, _)| *from).collect();
        for from in waiting {
            self.deliver_tell(from, out);
            self.read_lagging(from, out);
        }
    }

    fn read_lagging(&mut self, from: u8, out: &mut Vec<Output>) {
        let Some(inbound) = self.inbound.get_mut(&from) else { return };
        if inbound.is_lagging() && inbound.queue.is_empty() && inbound.reading == Reading::No {
            inbound.reading = Reading::Yes;
            out.push(Output::LoadTells { from, after: inbound.mark });
        }
    }

    fn deliver_tell(&mut self, from: u8, out: &mut Vec<Output>) {
        let Some(inbound) = self.inbound.get_mut(&from) else { return };
        let Some(tell) = inbound.queue.front().filter(|_| !inbound.delivering) else { return };
        let taken = Taken { from_partition: from, number: tell.number };
        out.push(Output::DeliverTell(tell.clone(), taken));
        inbound.delivering = true;
        self.undecided += 1;
    }

    /// Whether `taken` is the tell being delivered from its source.
    pub(super) fn is_next_tell(&self, taken: Taken) -> bool {
        self.inbound.get(&taken.from_partition).is_some_and(|inbound| inbound.is_next(taken))
    }

    /// The tell's record is staged.
    pub(super) fn tell_staged(&mut self, taken: Taken, out: &mut Vec<Output>) {
        self.building.marks.push(taken);
        let Some(inbound) = self.inbound.get_mut(&taken.from_partition) else { return };
        self.tells_queued -= usize::from(inbound.queue.pop_front().is_some());
        inbound.delivering = false;
        inbound.mark = taken.number;
        self.deliver_tell(taken.from_partition, out);
        self.read_lagging(taken.from_partition, out);
    }

    /// The tell is done with and left no record.
    pub(super) fn tell_done(
        &mut self,
        entity: &EntityId,
        (taken, reason): (Taken, Option<CompactString>),
        out: &mut Vec<Output>,
    ) {
        if !self.is_next_tell(taken) || self.failed.contains(entity) {
            // It was decided on a state that a failed batch took away. Once too often is harmless: the mark counts.
            return self.tell_again(taken);
        }
        let head = self.inbound.get(&taken.from_partition).and_then(|i| i.queue.front()).cloned();
        if let Some(reason) = &reason {
            let to = head.as_ref().map(|tell| tell.to.to_string()).unwrap_or_default();
            out.push(Output::Alarm(format_compact!("tell to {to} parked: {reason}")));
        }
        let parked = reason.and_then(|reason| head.map(|tell| (Box::new(tell), reason)));
        let body = Body::Tell { taken, parked };
        self.building.entries.push(Entry { body, after: None, rows: Vec::new() });
        self.tell_staged(taken, out);
    }

    /// The tell could not be delivered for want of room: the next tick tries again.
    pub(super) fn tell_again(&mut self, taken: Taken) {
        if self.is_next_tell(taken)
            && let Some(inbound) = self.inbound.get_mut(&taken.from_partition)
        {
            inbound.delivering = false;
        }
    }

    pub(super) fn marks_durable(&mut self, marks: &[Taken]) {
        for taken in marks {
            if let Some(inbound) = self.inbound.get_mut(&taken.from_partition) {
                inbound.durable = taken.number;
            }
        }
    }

    /// Back to what is durable: the next tick reads what comes after it from the store again.
    pub(super) fn rewind_tells(&mut self) {
        self.tells_queued = 0;
        for inbound in self.inbound.values_mut() {
            inbound.queue.clear();
            inbound.delivering = false;
            inbound.mark = inbound.durable;
            inbound.more = true;
        }
    }

    /// Tells that wait here, or were sent by something that is not durable yet.
    pub fn tells_under_way(&self) -> usize {
        let sent = self.flight.as_ref().map_or(0, |flight| flight.tells.len());
        self.tells_queued + sent + self.building.tells.len()
    }
}

/// Who asks when a tell is delivered. The id names the pair of partitions and the place among its tells, so that the same
/// tell is always the same command, and another one never is.
pub fn asked_by_tell(tell: &SentTell, taken: Taken) -> Asked {
    let id = CommandId::derived(&[
        ENTITY_ROLE.as_bytes(),
        &[taken.from_partition, tell.to_partition],
        &taken.number.to_le_bytes(),
    ]);
    let by = format_compact!("partition {}", taken.from_partition);
    Asked::of(id, (&by, ENTITY_ROLE), tell.at)
}
