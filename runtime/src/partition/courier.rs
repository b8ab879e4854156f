//! Messages on their way out: leases for couriers, claims by entities, outcomes in the journal.
//!
//! A courier leases what is due, asks the source entity by [`Partition::claim`] whether it is still needed, hands it over
//! and records the outcome. A lease is only in memory: after a crash the row is due again as the journal knows it.

use super::{Output, Partition};
use crate::activation::Delivery;
use crate::answer::{Answer, Caller};
use crate::clock::Timestamp;
use crate::outbox::{Claim, MessageId, Row, RowEvent};
use crate::record::{Body, Entry, RowChange};

/// Leases a partition gives out at most.
const LEASES_MAX: usize = 256;

/// A message in a courier's hands.
#[derive(Debug)]
pub struct Lease {
    /// Where its row stands in the index.
    next: Timestamp,
    /// The row as the courier read it; set by the claim.
    row: Option<Row>,
}

impl Partition {
    /// Up to `n` messages that are due at `now`, with where each row stands. They are the courier's until an outcome.
    pub fn lease(&mut self, now: Timestamp, n: usize) -> Vec<(Timestamp, MessageId)> {
        let mut leased = Vec::new();
        while leased.len() < n && self.leases.len() < LEASES_MAX {
            let Some((next, id)) = self.outbox.pop_due(now) else { break };
            if self.leases.contains_key(&id) {
                continue;
            }
            self.leases.insert(id.clone(), Lease { next, row: None });
            leased.push((next, id));
        }
        leased
    }

    /// The courier gives a message back untouched: it is due again.
    pub fn release(&mut self, id: &MessageId) {
        if let Some(lease) = self.leases.remove(id) {
            self.outbox.arm(0, lease.next, id.clone());
        }
    }

    /// Asks the source entity whether `row` is still needed, and to whom.
    pub fn claim(
        &mut self,
        id: MessageId,
        row: Row,
        at: Timestamp,
        caller: Caller,
        out: &mut Vec<Output>,
    ) {
        let message = row.message.clone();
        match self.leases.get_mut(&id) {
            Some(lease) => lease.row = Some(row),
            None => return caller.answer(not_leased()),
        }
        self.undecided += 1;
        let entity = id.entity.clone();
        out.push(Output::Deliver(entity, Delivery::Claim { id, message, at, caller }));
    }

    /// The entity's answer to a claim.
    pub(super) fn claimed(&mut self, id: MessageId, claim: Claim, at: Timestamp, caller: Caller) {
        let event = match &claim {
            Claim::Deliver(addresses, _) if addresses.is_empty() => {
                RowEvent::Died("nobody to tell".into(), at)
            }
            Claim::Deliver(addresses, data) => {
                RowEvent::Claimed(addresses.clone(), data.clone(), at)
            }
            Claim::Withdraw(reason) => RowEvent::Withdrawn(reason.into(), at),
        };
        let Some(row) = self.leases.get(&id).and_then(|lease| lease.row.clone()) else {
            return caller.answer(not_leased());
        };
        self.record(id, row, event, (caller, Answer::Claimed(claim)));
    }

    /// What became of a message that `row` describes as it stands in the journal.
    pub fn outcome(
        &mut self,
        id: MessageId,
        row: Row,
        event: RowEvent,
        caller: Caller,
        out: &mut Vec<Output>,
    ) {
        if !self.leases.contains_key(&id) {
            return caller.answer(not_leased());
        }
        self.record(id, row, event, (caller, Answer::Recorded));
        self.flush(out);
    }

    fn record(&mut self, message: MessageId, row: Row, event: RowEvent, caller: (Caller, Answer)) {
        let before = Some(row.next);
        let after = row.after(&event);
        let ends_lease = !matches!(event, RowEvent::Claimed(..));
        if let Some(lease) = self.leases.get_mut(&message) {
            lease.row.clone_from(&after);
            if let Some(row) = &after {
                lease.next = row.next;
            }
        }
        if ends_lease {
            self.building.done.push((message.clone(), after.as_ref().map(|row| row.next)));
        }
        let rows = vec![RowChange { message: message.clone(), before, after }];
        let body = Body::Outbox { message, event };
        self.building.entries.push(Entry { body, after: None, rows });
        self.building.callers.push(caller);
    }

    /// Outcomes are durable: leases end, rows that live on wait for their next instant.
    pub(super) fn outcomes_durable(&mut self, done: Vec<(MessageId, Option<Timestamp>)>) {
        for (id, next) in done {
            self.leases.remove(&id);
            if let Some(next) = next.filter(|next| *next != Timestamp::NEVER) {
                self.outbox.arm(0, next, id);
            }
        }
    }

    /// Messages in couriers' hands.
    pub fn n_leased(&self) -> usize {
        self.leases.len()
    }

    /// When the next message is due, as far as is known here.
    pub fn next_message(&self) -> Option<Timestamp> {
        self.outbox.soonest()
    }
}

fn not_leased() -> Answer {
    Answer::Failed { reason: "the message is not leased".into() }
}
