//! Tells that arrive: one at a time per source partition, in order, each counted once.

use std::collections::VecDeque;

use compact_str::CompactString;

use super::{Output, Partition};
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
    /// Tells beyond the queue are in the store only.
    lagging: bool,
}

impl Inbound {
    /// Everything up to `mark` is done with.
    pub fn after(mark: u64) -> Inbound {
        Inbound { mark, durable: mark, ..Inbound::default() }
    }

    fn last(&self) -> u64 {
        self.queue.back().map_or(self.mark, |tell| tell.number)
    }

    fn is_next(&self, taken: Taken) -> bool {
        self.delivering && taken.number == self.mark + 1
    }
}

impl Partition {
    /// A tell from partition `from`. One that is known is dropped, one after a gap makes the gap be read.
    pub fn tell(&mut self, from: u8, tell: SentTell, out: &mut Vec<Output>) {
        let inbound = self.inbound.entry(from).or_default();
        let last = inbound.last();
        if tell.number <= last || inbound.lagging {
            return;
        }
        if inbound.queue.len() >= QUEUE_MAX {
            inbound.lagging = true;
            return;
        }
        if tell.number != last + 1 {
            inbound.lagging = true;
            self.read_lagging(from, out);
            return;
        }
        inbound.queue.push_back(tell);
        self.deliver_tell(from, out);
    }

    /// Tells read from the store after a request: in order; fewer than `limit` mean there are no more.
    pub fn tells_loaded(&mut self, from: u8, tells: Vec<SentTell>, out: &mut Vec<Output>) {
        let inbound = self.inbound.entry(from).or_default();
        inbound.lagging = false;
        for tell in tells {
            self.tell(from, tell, out);
        }
    }

    /// Tries again what could not be delivered, and reads what did not fit.
    pub(super) fn nudge_tells(&mut self, out: &mut Vec<Output>) {
        let sources: Vec<u8> = self.inbound.keys().copied().collect();
        for from in sources {
            self.deliver_tell(from, out);
            self.read_lagging(from, out);
        }
    }

    fn read_lagging(&mut self, from: u8, out: &mut Vec<Output>) {
        let Some(inbound) = self.inbound.get(&from) else { return };
        if inbound.lagging && inbound.queue.is_empty() {
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
        inbound.queue.pop_front();
        inbound.delivering = false;
        inbound.mark = taken.number;
        self.deliver_tell(taken.from_partition, out);
        self.read_lagging(taken.from_partition, out);
    }

    /// The tell is done with and left no record.
    pub(super) fn tell_done(
        &mut self,
        taken: Taken,
        reason: Option<CompactString>,
        out: &mut Vec<Output>,
    ) {
        if !self.is_next_tell(taken) {
            return;
        }
        let head = self.inbound.get(&taken.from_partition).and_then(|i| i.queue.front()).cloned();
        if let Some(reason) = &reason {
            let to = head.as_ref().map(|tell| tell.to.to_string()).unwrap_or_default();
            out.push(Output::Alarm(compact_str::format_compact!("tell to {to} parked: {reason}")));
        }
        let parked = reason.and_then(|reason| head.map(|tell| (Box::new(tell), reason)));
        let body = Body::Tell { taken, parked };
        self.building.entries.push(Entry { body, after: None, rows: Vec::new() });
        self.tell_staged(taken, out);
    }

    /// The tell could not be delivered for want of room: the next tick tries again.
    pub(super) fn tell_again(&mut self, taken: Taken) {
        if let Some(inbound) = self.inbound.get_mut(&taken.from_partition) {
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

    /// Back to what is durable: everything after it is read again from the store.
    pub(super) fn rewind_tells(&mut self, out: &mut Vec<Output>) {
        for (from, inbound) in &mut self.inbound {
            inbound.queue.clear();
            inbound.delivering = false;
            inbound.mark = inbound.durable;
            inbound.lagging = true;
            out.push(Output::LoadTells { from: *from, after: inbound.durable });
        }
    }

    /// Tells that wait here, or were sent by something that is not durable yet.
    pub fn tells_under_way(&self) -> usize {
        let waiting: usize = self.inbound.values().map(|inbound| inbound.queue.len()).sum();
        let sent = self.flight.as_ref().map_or(0, |flight| flight.tells.len());
        waiting + sent + self.building.tells.len()
    }
}
