//! One process: partitions and entities in mailboxes, over the real ledger, committer, memtable and applier. No threads:
//! each step is asked for, and which mailbox is next is a matter of chance.

mod bounds;
mod committing;
mod falling;
mod message;
mod opening;
mod performing;
mod reading;
mod several;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use compact_str::{CompactString, format_compact};

pub(super) use self::bounds::Bounds;
pub(super) use self::committing::Writer;
use self::message::ToEntity;
pub(super) use self::message::{ToPartition, Wish};
pub(super) use self::opening::Start;
pub(super) use self::reading::{Question, Reading};

use super::Mutation;
use super::dice::Dice;
use super::disk::SimDisk;
use super::store::SimStore;
use super::tally::{Kind, Tally};
use crate::activation::{AnyActivation, Step};
use crate::callers::Callers;
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::journal::Failure;
use crate::journal::applier::Applier;
use crate::journal::backlog::Backlog;
use crate::journal::committer::Submission;
use crate::journal::ledger::{LedgerReader, Sealer};
use crate::partition::{OfficeEpoch, Output, Partition, People};
use crate::record::{Committed, Stored};
use crate::registry::Registry;
use crate::supervision::Falls;

/// Messages that a courier takes at a time.
const LEASE: usize = 2;

/// What the committer answered to which partition, until it is put into its mailbox.
type Results = Arc<Mutex<Vec<(u8, Committed)>>>;

/// One process.
pub(super) struct Machine {
    bounds: Bounds,
    registry: Arc<Registry>,
    tally: Tally,
    pub(super) backlog: Arc<Backlog>,
    pub(super) reader: LedgerReader,
    sealer: Sealer,
    writer: Writer,
    applier: Applier,
    disk: SimDisk,
    store: SimStore,
    mutation: Mutation,
    homes: Vec<Home>,
    /// Mailboxes with something in them.
    ready: Vec<Slot>,
    queue: Vec<Submission>,
    is_committing: Committing,
    results: Results,
    births: u64,
    pub(super) wishes: Vec<Wish>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Committing {
    Yes,
    No,
}

struct Home {
    core: Partition,
    /// By which ownership it decides.
    epoch: u64,
    /// How often it was read.
    life: u64,
    standing: PartitionState,
    falls: Falls,
    /// Batches whose result is not known.
    submitted: usize,
    inbox: VecDeque<ToPartition>,
    residents: BTreeMap<EntityId, Resident>,
    callers: Callers,
}

impl Home {
    fn is_settled(&self) -> bool {
        let is_done =
            self.core.is_settled() && self.core.n_leased() == 0 && self.core.tells_under_way() == 0;
        match self.standing {
            PartitionState::Up => is_done,
            PartitionState::Elsewhere => self.submitted == 0,
            PartitionState::Pausing | PartitionState::Due => false,
        }
    }
}

/// Whether a partition works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartitionState {
    Up,
    Pausing,
    Due,
    /// Another machine decides, or nobody.
    Elsewhere,
}

struct Resident {
    activation: Box<dyn AnyActivation>,
    inbox: VecDeque<ToEntity>,
    born: u64,
    busy: u32,
    unresolved: usize,
}

#[derive(Clone, Debug)]
enum Slot {
    Partition(u8),
    Entity(u8, EntityId),
}

/// The process cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Died;

impl Machine {
    /// Whether a mailbox has something in it.
    pub(super) fn is_busy(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Puts something into a partition's mailbox.
    pub(super) fn send(&mut self, no: u8, message: ToPartition) {
        let Some(home) = self.homes.get_mut(usize::from(no)) else { return };
        if home.inbox.is_empty() {
            self.ready.push(Slot::Partition(no));
        }
        home.inbox.push_back(message);
    }

    /// Works on one message of one mailbox: what time it is, and up to when alarms fire.
    pub(super) fn step(&mut self, dice: &mut Dice, times: (Timestamp, Timestamp)) {
        if self.ready.is_empty() {
            return;
        }
        let slot = self.ready.swap_remove(dice.place(self.ready.len()));
        match slot {
            Slot::Partition(no) => {
                let Some(home) = self.homes.get_mut(usize::from(no)) else { return };
                let Some(message) = home.inbox.pop_front() else { return };
                if !home.inbox.is_empty() {
                    self.ready.push(Slot::Partition(no));
                }
                self.partition_works(no, message, times);
            }
            Slot::Entity(no, id) => {
                let Some(resident) = self.resident(no, &id) else { return };
                let Some(message) = resident.inbox.pop_front() else { return };
                let more = !resident.inbox.is_empty();
                let mut steps = Vec::new();
                match message {
                    ToEntity::Deliver(delivery) => resident.activation.offer(delivery, &mut steps),
                    ToEntity::Resolved(n, result) => {
                        resident.activation.resolved(n, result, &mut steps);
                    }
                    ToEntity::Restart(fall) => resident.activation.restart(fall, &mut steps),
                    ToEntity::SetAside(why) => resident.activation.quarantine(why, &mut steps),
                }
                if more {
                    self.ready.push(Slot::Entity(no, id.clone()));
                }
                self.steps_made(no, &id, steps);
            }
        }
    }

    /// What the journal has of an entity.
    pub(super) fn load(&self, id: &EntityId) -> Result<Option<Stored>, CompactString> {
        let tables = self.backlog.tables();
        if let Some(why) = tables.quarantined().get(id) {
            return Err(why.reason.clone());
        }
        drop(tables);
        let read = crate::journal::recovery::entity(&self.backlog, id);
        read.map_err(|failure| format_compact!("{failure}"))
    }

    /// An entity's value could not be read, and is read again.
    pub(super) fn unread(&mut self, (no, id, born): (u8, &EntityId, u64)) {
        let Some(resident) = self.resident(no, id).filter(|r| r.born == born) else { return };
        let mut steps = Vec::new();
        resident.activation.unread(&mut steps);
        self.steps_made(no, id, steps);
    }

    /// An entity's value was read.
    pub(super) fn loaded(
        &mut self,
        (no, id, born): (u8, &EntityId, u64),
        stored: Result<Option<Stored>, CompactString>,
    ) {
        let Some(resident) = self.resident(no, id).filter(|r| r.born == born) else { return };
        let mut steps = Vec::new();
        match stored {
            Err(reason) => resident.activation.quarantine(reason, &mut steps),
            stored => resident.activation.loaded(stored, &mut steps),
        }
        self.steps_made(no, id, steps);
    }

    /// Brings the store up to the ledger.
    pub(super) fn apply(&mut self) -> Result<Option<Failure>, Died> {
        self.writer.secure()?;
        let applied = self.applier.apply_once();
        if self.store.is_dead() {
            self.tally.count(Kind::CrashedInApplying);
            return Err(Died);
        }
        Ok(applied.err())
    }

    /// Seals a closed segment, if there is one.
    pub(super) fn seal(&mut self) -> Result<Option<Failure>, Died> {
        let sealed = self.sealer.seal_next();
        if self.disk.is_off() {
            return Err(Died);
        }
        if matches!(sealed, Ok(Some(_))) {
            self.tally.count(Kind::Sealed);
        }
        Ok(sealed.err())
    }

    /// Drops one entity that has nothing in hand, if chance finds one.
    pub(super) fn evict(&mut self, dice: &mut Dice) {
        let no = dice.place(self.homes.len());
        let Some(home) = self.homes.get_mut(no) else { return };
        let nth = dice.place(home.residents.len());
        let Some((id, resident)) = home.residents.iter().nth(nth) else { return };
        let is_free = resident.busy == 0 && resident.unresolved == 0 && resident.inbox.is_empty();
        if is_free && resident.activation.is_idle() {
            let id = id.clone();
            home.residents.remove(&id);
            self.tally.count(Kind::Evicted);
        }
    }

    /// Whether nothing is under way.
    pub(super) fn is_settled(&self) -> bool {
        self.ready.is_empty() && self.queue.is_empty() && self.homes.iter().all(Home::is_settled)
    }

    /// The first bound that is exceeded, in words.
    pub(super) fn excess(&self) -> Option<String> {
        if self.queue.len() > self.homes.len() {
            return Some(format!("{} batches are queued", self.queue.len()));
        }
        self.homes.iter().find_map(|home| home.core.excess())
    }

    /// Every partition, as it stands.
    pub(super) fn words(&self) -> String {
        let homes = self.homes.iter().map(|home| {
            let residents: Vec<String> = home
                .residents
                .iter()
                .map(|(id, r)| {
                    format!(
                        "{id}: busy {}, unresolved {}, idle {}",
                        r.busy,
                        r.unresolved,
                        r.activation.is_idle()
                    )
                })
                .collect();
            format!("\n{:?}\n  {residents:?}", home.core)
        });
        homes.collect()
    }

    fn resident(&mut self, no: u8, id: &EntityId) -> Option<&mut Resident> {
        self.homes.get_mut(usize::from(no))?.residents.get_mut(id)
    }

    fn partition_works(
        &mut self,
        no: u8,
        message: ToPartition,
        (now, until): (Timestamp, Timestamp),
    ) {
        if let ToPartition::Step(id, step) = &message {
            self.stepped(no, id, step);
        }
        let Some(home) = self.homes.get_mut(usize::from(no)) else { return };
        if matches!(message, ToPartition::Committed(_)) {
            home.submitted = home.submitted.saturating_sub(1);
        }
        if home.standing != PartitionState::Up {
            if let ToPartition::Lease(courier) = message {
                self.wishes.push(Wish::Leased(courier, Vec::new()));
            }
            return self.rise_when_due(no);
        }
        if message.decides() && !self.writer.may_decide(no, home.epoch) {
            return;
        }
        let (core, mut out) = (&mut home.core, Vec::new());
        let people = if core.undecided() == 0 { People::Away } else { People::Waiting };
        match message {
            ToPartition::Ask(to, asking, channel) => {
                if let Ok(caller) = home.callers.enter(channel) {
                    core.command(to, asking, caller, &mut out);
                }
            }
            ToPartition::Step(id, step) => core.step(id, step, now, &mut out),
            ToPartition::Committed(outcome) => {
                core.committed(outcome, now, &mut out);
                core.tick(until, people, &mut out);
            }
            ToPartition::Tick => core.tick(until, people, &mut out),
            ToPartition::Tell(from, tell) => core.tell(from, tell, &mut out),
            ToPartition::Missed(from) => core.tells_missed(from),
            ToPartition::Alarms(ticket, Some(rows)) => core.alarms_loaded(ticket, rows),
            ToPartition::Alarms(ticket, None) => core.alarms_failed(ticket),
            ToPartition::Outbox(ticket, Some(rows)) => core.outbox_loaded(ticket, rows),
            ToPartition::Outbox(ticket, None) => core.outbox_failed(ticket),
            ToPartition::Tells(from, Some(tells), n) => {
                core.tells_loaded(from, tells, n, &mut out);
            }
            ToPartition::Tells(from, None, _) => core.tells_failed(from),
            ToPartition::Lease(courier) => {
                core.tick(until, people, &mut out);
                self.wishes
                    .push(Wish::Leased(courier, core.lease((now, OfficeEpoch::ALONE), LEASE)));
            }
            ToPartition::Release(leased) => core.release(&leased),
            ToPartition::Revive(id, at, channel) => self.revive((no, id), at, channel, &mut out),
            ToPartition::Claim(claiming, channel) => {
                if let Ok(caller) = home.callers.enter(channel) {
                    core.claim(claiming, caller, &mut out);
                }
            }
            ToPartition::Conclude(concluding, channel) => {
                if let Ok(caller) = home.callers.enter(channel) {
                    core.outcome(concluding, caller, &mut out);
                }
            }
        }
        self.perform_all(no, out, now);
    }

    fn stepped(&mut self, no: u8, id: &EntityId, step: &Step) {
        let kind = match step {
            Step::Fell(_) => {
                self.tally.count(Kind::Panicked);
                return;
            }
            Step::Answer(..) | Step::Reload => return,
            Step::Quarantine(_) => {
                self.tally.count(Kind::Quarantined);
                return;
            }
            Step::TellDone(_, Some(_)) => Some(Kind::TellParked),
            Step::Passed | Step::NotDue(_) | Step::NoRoom(_) | Step::Overdue(_) => None,
            Step::TellDone(..) | Step::Claimed(..) => None,
            Step::Staged(_) => None,
        };
        if let Some(kind) = kind {
            self.tally.count(kind);
        }
        let Some(resident) = self.resident(no, id) else { return };
        resident.busy = resident.busy.saturating_sub(1);
        resident.unresolved += usize::from(matches!(step, Step::Staged(_)));
    }

    fn steps_made(&mut self, no: u8, id: &EntityId, steps: Vec<Step>) {
        for step in steps {
            if let Step::Answer(caller, answer) = step {
                self.answer(no, caller, answer);
                continue;
            }
            if matches!(step, Step::Reload)
                && let Some(born) = self.resident(no, id).map(|resident| resident.born)
            {
                self.wishes.push(Wish::Load(no, id.clone(), born));
            }
            self.send(no, ToPartition::Step(id.clone(), step));
        }
    }

    fn perform_all(&mut self, no: u8, mut out: Vec<Output>, now: Timestamp) {
        while !out.is_empty() {
            let mut said = Vec::new();
            for output in out {
                self.perform((no, now), output, &mut said);
            }
            out = said;
        }
    }
}
