//! Messages on their way out: leases for couriers, claims by entities, outcomes in the journal.
//!
//! A courier leases what is due, asks the source entity by [`Partition::claim`] whether it is still needed, hands it over
//! and records the outcome. A lease is only in memory: after a crash the row is due again as the journal knows it.
//!
//! A row leaves the window when it is leased, and comes back when it is given back or what was recorded of it is durable.
//! The window may be read again in between, from a store that still has the row where it was: what is leased is passed
//! over there, and so a lease stays while something about it is being recorded, even if its courier gave it back
//! meanwhile. Without it the same attempt would be handed out twice.

use std::time::Duration;

use compact_str::{CompactString, format_compact};
use serde::{Deserialize, Serialize};

use super::{Output, Partition, Tenure};
use crate::activation::Delivery;
use crate::answer::{Answer, CallerId};
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::outbox::{Claim, MessageId, Row, RowEvent, RowState};
use crate::record::{Before, Body, Entry, RowChange};
use crate::window::Ticket;

/// Which lease it is, of all that a partition ever gives out: whoever lost theirs has no say in another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseNo {
    /// By which ownership of the partition it was given out.
    epoch: u64,
    /// In which of its lives the partition gave it out.
    life: u64,
    /// Its number in that life.
    number: u64,
}

/// A message that a courier has leased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leased {
    pub id: MessageId,
    /// Where its row stood in the outbox when it was leased.
    pub next: Timestamp,
    pub lease: LeaseNo,
}

/// By which ownership of the office couriers work, in a cluster: a later one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OfficeEpoch(pub u64);

impl OfficeEpoch {
    /// Of a machine that is alone: its couriers are the only ones there are, and lose nothing on the way.
    pub const ALONE: OfficeEpoch = OfficeEpoch(0);
}

/// How long a message may be in the hands of a courier of another process who has not claimed it: the word that it was
/// leased may have been lost.
pub const UNCLAIMED_MAX: Duration = Duration::from_secs(30);

/// How long a courier of another process may have a claimed message in hand without a word: what became of it may have
/// been said and not heard.
pub(super) const SILENT_MAX: Duration = Duration::from_mins(10);

/// A message in a courier's hands.
#[derive(Debug)]
pub struct Lease {
    no: LeaseNo,
    office: OfficeEpoch,
    /// Since when its courier has not spoken of it, as far as anybody looked.
    silent_since: Option<Timestamp>,
    /// Whether its courier ever has.
    spoken: bool,
    /// Where its row stands in the index, as far as that is durable.
    next: Timestamp,
    /// The row as the courier read it, and who waits for the answer to its claim, until it is there.
    claim: Option<(Row, CallerId)>,
    standing: LeaseStanding,
}

impl Lease {
    /// Whether it is the courier's turn, and `row` is how the journal has the message: what is recorded of an older row
    /// would leave two rows of one message behind.
    fn takes(&self, row: &Row) -> bool {
        self.standing == LeaseStanding::Held && self.next == row.next
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeaseStanding {
    /// The courier's turn.
    Held,
    /// Something about it is staged and not durable.
    Recording,
    /// The same, and the courier went away meanwhile.
    GivenBack,
}

/// A row of the outbox that moves with the batch.
#[derive(Debug)]
pub(super) struct Moved {
    id: MessageId,
    before: Timestamp,
    after: Option<Timestamp>,
    ends_lease: EndsLease,
}

/// Whether a lease goes on after what was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EndsLease {
    Yes,
    No,
}

/// A courier asks whether a message is still needed.
#[derive(Debug)]
pub struct Claiming {
    /// Which, and by which lease it is theirs.
    pub leased: Leased,
    /// Its row in the journal.
    pub row: Row,
    pub at: Timestamp,
}

/// A courier says what became of a message.
#[derive(Debug)]
pub struct Concluding {
    /// Which, and by which lease it is theirs.
    pub leased: Leased,
    /// Its row in the journal.
    pub row: Row,
    pub event: RowEvent,
}

impl Partition {
    /// The rows of the outbox a reload found; fewer than its limit mean there are no more.
    pub fn outbox_loaded(&mut self, ticket: Ticket, rows: Vec<(Timestamp, MessageId)>) {
        self.outbox.loaded(ticket, rows);
    }

    /// The outbox could not be read; the next tick asks again.
    pub fn outbox_failed(&mut self, ticket: Ticket) {
        self.outbox.reload_failed(ticket);
    }

    /// Up to `n` messages that are due at `now`. They are the courier's until an outcome.
    pub fn lease(&mut self, (now, office): (Timestamp, OfficeEpoch), n: usize) -> Vec<Leased> {
        if office < self.office_seen {
            return Vec::new();
        }
        self.office_seen = office;
        self.give_back_stale(now, office);
        let mut leased = Vec::new();
        let n = if self.is_lost() { 0 } else { n };
        while leased.len() < n && self.leases.len() < self.limits.leases_max {
            let Some((next, id)) = self.outbox.pop_due(now) else { break };
            if let Some(lease) = self.leases.get_mut(&id) {
                // Taken up as a dead one, which it is not: given back, it is due again.
                if lease.next == Timestamp::NEVER {
                    lease.next = next;
                }
                continue;
            }
            leased.push(self.hand_out(id, next, (now, office)));
        }
        leased
    }

    /// Takes a dead message into a courier's hands, where nothing else is done with it; none if it is there already.
    pub fn lease_dead(&mut self, id: MessageId, by: (Timestamp, OfficeEpoch)) -> Option<Leased> {
        let has_room = self.leases.len() < self.limits.leases_max;
        if self.is_lost() || self.leases.contains_key(&id) || !has_room {
            return None;
        }
        Some(self.hand_out(id, Timestamp::NEVER, by))
    }

    /// Leases of an office that is no more, and those of which nobody has spoken for too long, are given back.
    fn give_back_stale(&mut self, now: Timestamp, office: OfficeEpoch) {
        if office == OfficeEpoch::ALONE {
            return;
        }
        for lease in self.leases.values_mut().filter(|one| one.standing == LeaseStanding::Held) {
            lease.silent_since.get_or_insert(now);
        }
        let is_stale = |lease: &Lease| {
            let most = if lease.spoken { SILENT_MAX } else { UNCLAIMED_MAX };
            let is_lost = lease.silent_since.is_some_and(|at| now.since(at) >= most);
            lease.office < office || is_lost
        };
        let stale = self.leases.iter().filter(|(_, lease)| is_stale(lease));
        let stale: Vec<Leased> = stale
            .map(|(id, lease)| Leased { id: id.clone(), next: lease.next, lease: lease.no })
            .collect();
        for leased in stale {
            self.release(&leased);
        }
    }

    fn hand_out(
        &mut self,
        id: MessageId,
        next: Timestamp,
        (now, office): (Timestamp, OfficeEpoch),
    ) -> Leased {
        self.n_leases += 1;
        let Tenure { epoch, life } = self.tenure;
        let no = LeaseNo { epoch, life, number: self.n_leases };
        let (silent_since, spoken) = (Some(now), false);
        let standing = LeaseStanding::Held;
        let lease = Lease { no, office, silent_since, spoken, next, claim: None, standing };
        self.leases.insert(id.clone(), lease);
        Leased { id, next, lease: no }
    }

    /// The lease by which a courier has a message; none if they lost it, whoever has the message by then.
    fn lease_of(&mut self, leased: &Leased) -> Option<&mut Lease> {
        self.leases.get_mut(&leased.id).filter(|lease| lease.no == leased.lease)
    }

    /// A message that is in the courier's hands, with where its row stands as far as that is durable; none if it is not
    /// theirs, or something about it is not durable yet.
    pub fn held(&mut self, leased: Leased) -> Option<Leased> {
        let lease = self.lease_of(&leased)?;
        lease.silent_since = None;
        let next = (lease.standing == LeaseStanding::Held).then_some(lease.next)?;
        Some(Leased { next, ..leased })
    }

    /// The courier gives a message back untouched: it is due again, as soon as what is recorded of it is durable. One
    /// who lost it gives nothing back.
    pub fn release(&mut self, leased: &Leased) {
        match self.lease_of(leased) {
            Some(lease) if lease.standing == LeaseStanding::Held => {
                let next = lease.next;
                self.leases.remove(&leased.id);
                if next != Timestamp::NEVER {
                    self.outbox.arm(0, next, leased.id.clone());
                }
            }
            Some(lease) => lease.standing = LeaseStanding::GivenBack,
            None => {}
        }
    }

    /// Asks the source entity whether a leased message is still needed, and to whom; `caller` waits for the answer.
    pub fn claim(&mut self, claiming: Claiming, caller: CallerId, out: &mut Vec<Output>) {
        let Claiming { leased, row, at } = claiming;
        let message = row.message.clone();
        match self.lease_of(&leased).filter(|lease| lease.takes(&row)) {
            Some(lease) => lease.claim = Some((row, caller)),
            None => return out.push(not_leased(caller)),
        }
        self.undecided += 1;
        let (id, entity) = (leased.id.clone(), leased.id.entity);
        out.push(Output::Deliver(entity, Delivery::Claim { id, message, at, caller }));
    }

    /// The entity's answer to a claim.
    pub(super) fn claimed(
        &mut self,
        entity: &EntityId,
        (id, claim): (MessageId, Result<Claim, CompactString>),
        (at, caller): (Timestamp, CallerId),
        out: &mut Vec<Output>,
    ) {
        if self.failed.contains(entity) {
            let reason = "decided on a state that a failed batch took away".into();
            return out.push(Output::Answer(caller, Answer::Failed { reason }));
        }
        let event = match &claim {
            Ok(Claim::Deliver(addresses, _)) if addresses.is_empty() => {
                RowEvent::Died("nobody to tell".into(), at)
            }
            Ok(Claim::Deliver(addresses, data)) => {
                RowEvent::Claimed(addresses.clone(), data.clone(), at)
            }
            Ok(Claim::Withdraw(reason)) => RowEvent::Withdrawn(reason.into(), at),
            Err(reason) => RowEvent::Died(reason.clone(), at),
        };
        let answer = match claim {
            Ok(claim) => Answer::Claimed(claim),
            Err(reason) => Answer::DeadLetter { reason },
        };
        // Taken: whoever claims the same row again has read it before this claim. Not a lease of which something is being
        // recorded: an earlier claim that is answered late would be recorded on top of it, and the message end twice. And
        // none of another courier, who would hear that the message is not theirs.
        let lease = self.leases.get_mut(&id).filter(|lease| lease.standing == LeaseStanding::Held);
        let claim = lease.and_then(|lease| lease.claim.take_if(|(_, by)| *by == caller));
        let Some((row, _)) = claim else { return out.push(not_leased(caller)) };
        self.record((id, row), event, (caller, answer), out);
    }

    /// What became of a leased message; `caller` waits until it is recorded.
    pub fn outcome(&mut self, concluding: Concluding, caller: CallerId, out: &mut Vec<Output>) {
        let Concluding { leased, row, event } = concluding;
        if !self.lease_of(&leased).is_some_and(|lease| lease.takes(&row)) {
            return out.push(not_leased(caller));
        }
        self.record((leased.id, row), event, (caller, Answer::Recorded), out);
        self.flush(out);
    }

    fn record(
        &mut self,
        (message, row): (MessageId, Row),
        event: RowEvent,
        caller: (CallerId, Answer),
        out: &mut Vec<Output>,
    ) {
        let before = Before::of(&row);
        let after = row.after(&event);
        if let Some(RowState::Dead(_, _, reason)) = after.as_ref().map(|row| &row.standing) {
            out.push(Output::Alarm(format_compact!("message {message} is dead: {reason}")));
        }
        if let Some(lease) = self.leases.get_mut(&message) {
            lease.standing = LeaseStanding::Recording;
            lease.claim = None;
            lease.silent_since = None;
            lease.spoken = true;
        }
        self.building.moved.push(Moved {
            id: message.clone(),
            before: before.next,
            after: after.as_ref().map(|row| row.next),
            ends_lease: if event.goes_on() { EndsLease::No } else { EndsLease::Yes },
        });
        let rows = vec![RowChange { message: message.clone(), before: Some(before), after }];
        let body = Body::Outbox { message, event };
        self.building.entries.push(Entry { body, after: None, rows });
        self.building.callers.push(caller);
    }

    /// What was recorded of messages in `batch` is durable: leases end or go on, rows that live on have moved.
    pub(super) fn moves_durable(&mut self, batch: u64, moved: Vec<Moved>) {
        for Moved { id, before, after, ends_lease } in moved {
            self.outbox.disarm(batch, before, &id);
            match (self.leases.get_mut(&id), after) {
                (Some(lease), Some(next))
                    if ends_lease == EndsLease::No
                        && lease.standing != LeaseStanding::GivenBack =>
                {
                    lease.standing = LeaseStanding::Held;
                    lease.next = next;
                }
                (_, after) => {
                    self.leases.remove(&id);
                    if let Some(next) = after.filter(|next| *next != Timestamp::NEVER) {
                        self.outbox.arm(batch, next, id);
                    }
                }
            }
        }
    }

    /// What was recorded of messages does not exist: each is the courier's again as it was.
    pub(super) fn moves_undone(&mut self) {
        self.leases.retain(|_, lease| lease.standing != LeaseStanding::GivenBack);
        for lease in self.leases.values_mut() {
            lease.standing = LeaseStanding::Held;
        }
    }

    /// Messages in couriers' hands.
    pub fn n_leased(&self) -> usize {
        self.leases.len()
    }
}

fn not_leased(caller: CallerId) -> Output {
    let reason = "the message is not leased by this lease and as this row".into();
    Output::Answer(caller, Answer::Failed { reason })
}
