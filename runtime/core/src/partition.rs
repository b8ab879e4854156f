//! A partition: the sans-IO core between callers, entities and the journal.
//!
//! ```text
//! command, tell, due alarm ─► Deliver to entity ─► Step ─► building batch ─► Commit ─► committed ─► Resolved to entities
//! ```
//! Inputs are commands, steps of entities, commit results, loaded rows and ticks; outputs are in [`Output`]. It knows
//! neither actix nor tokio nor a clock: the same code runs under actors and under the simulator. One batch is in flight
//! at a time; what is staged meanwhile forms the next one.

mod alarms;
mod batch;
mod limits;
mod outbox;
mod ownership;
mod tells;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use compact_str::CompactString;

pub use self::alarms::People;
pub use self::batch::Building;
pub use self::limits::{
    ALARMS_ALONE, ALARMS_PER_BATCH, BATCH_MAX, LEASES_MAX, Limits, PARTITIONS, UNDECIDED_MAX,
    WINDOW_MAX,
};
pub use self::outbox::{Claiming, Concluding, Lease, LeaseNo, Leased, OfficeEpoch, UNCLAIMED_MAX};
pub use self::tells::{Inbound, asked_by_tell};

use self::outbox::Moved;
use self::ownership::{Ownership, with_another_owner};
use crate::activation::{Delivery, RETRY_AFTER, Step};
use crate::answer::{Answer, Caller, CallerId};
use crate::clock::Timestamp;
use crate::command::AnyCommand;
use crate::entity::{Asked, EntityId};
use crate::outbox::MessageId;
use crate::record::{Batch, SentTell, Taken};
use crate::supervision::{RestartCounts, Verdict};
use crate::window::{Reload, Window};

/// Why an entity is set aside that panicked too often.
pub const TOO_MANY_RESTARTS: &str = "it panicked five times within ten minutes";

/// What the shell does next.
#[derive(Debug)]
pub enum Output {
    Answer(CallerId, Answer),
    /// Hand this to the entity; its steps come back by [`Partition::step`].
    Deliver(EntityId, Delivery),
    /// Submit to the journal; the result comes back by [`Partition::committed`].
    Commit(Batch),
    /// Tell the entity that `n` of its staged records are durable in a frame, or were not taken.
    Resolved(EntityId, usize, Result<u64, CompactString>),
    /// Tell the entity that it may go on after this fall.
    Restart(EntityId, u64),
    /// Tell the entity that it is set aside, and why; the journal will know.
    SetAside(EntityId, CompactString),
    /// Read alarms after a row and hand them to [`Partition::alarms_loaded`].
    LoadAlarms(Reload<EntityId>),
    /// Read rows of the outbox and hand them to [`Partition::outbox_loaded`].
    LoadOutbox(Reload<MessageId>),
    /// Read the tells from a partition to this one, after a number, and hand them to [`Partition::tells_loaded`].
    LoadTells {
        from: u8,
        /// The last number that is done with or queued.
        after: u64,
    },
    /// Hand this tell to its target's partition.
    Send(SentTell),
    /// Decode this tell's command and hand it to its entity, as from [`Caller::Tell`].
    DeliverTell(SentTell, Taken),
    /// An operator must look.
    Alarm(CompactString),
    /// Another owner has the partition: let go of its entities and of whoever waits, and hand it nothing more.
    LetGo,
}

/// A command from outside.
#[derive(Debug)]
pub struct Asking {
    /// Of the entity's own command type.
    pub command: AnyCommand,
    pub asked: Asked,
    /// Up to which record they have looked whether they asked before; none if they do not mind.
    pub looked: Option<u64>,
}

/// Under what a partition decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// By which ownership.
    pub epoch: u64,
    /// How often it was dropped and read again in this process.
    pub life: u64,
}

/// Where a partition starts from: what the journal holds of it.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The number of its next entry.
    pub next_lsn: u64,
    /// The frame of its last batch.
    pub frame: u64,
    /// The next number of its tells to each partition.
    pub tell_next: BTreeMap<u8, u64>,
    /// Its marks: what it has taken from each partition.
    pub marks: BTreeMap<u8, u64>,
}

/// A batch in flight: what to do when its result is known.
#[derive(Debug, Default)]
struct Flight {
    number: u64,
    staged: Vec<(EntityId, usize)>,
    callers: Vec<(CallerId, Answer)>,
    tells: Vec<SentTell>,
    marks: Vec<Taken>,
    rows: Vec<(Timestamp, MessageId)>,
    moved: Vec<Moved>,
    set_aside: Vec<EntityId>,
    n_entries: u64,
}

/// The core of one partition. See the module's words.
#[derive(Debug)]
pub struct Partition {
    no: u8,
    limits: Limits,
    tenure: Tenure,
    next_lsn: u64,
    frame_before: u64,
    batch: u64,
    building: Building,
    /// Steps that the building batch has no room for, in order.
    overflow: VecDeque<(EntityId, Step, Timestamp)>,
    flight: Option<Flight>,
    alarms: Window<EntityId>,
    /// Entities whose alarm was taken out of the window and found no room.
    refire: BTreeSet<EntityId>,
    /// Alarms since the building batch was begun.
    firing: usize,
    /// Entities that were woken by an alarm and have not answered.
    woken: BTreeSet<EntityId>,
    undecided: usize,
    outbox: Window<MessageId>,
    leases: BTreeMap<MessageId, Lease>,
    /// How many were given out.
    n_leases: u64,
    /// The latest office that has asked: an earlier one has no say any more.
    office_seen: OfficeEpoch,
    tell_next: BTreeMap<u8, u64>,
    inbound: BTreeMap<u8, Inbound>,
    /// Tells in the queues of [`Inbound`], all together.
    tells_queued: usize,
    /// Entities whose staged records were not taken and that have not asked to be read again yet.
    failed: BTreeSet<EntityId>,
    held_until: Timestamp,
    restart_counts: RestartCounts,
    ownership: Ownership,
    #[cfg(feature = "simulator")]
    forgets_marks: bool,
}

impl Partition {
    /// Partition `no` in this tenure, as the journal left it.
    pub fn new(no: u8, tenure: Tenure, origin: Origin) -> Partition {
        Partition::within(Limits::default(), (no, tenure), origin)
    }

    /// The same, with bounds of its own.
    pub fn within(limits: Limits, (no, tenure): (u8, Tenure), origin: Origin) -> Partition {
        let inbound =
            origin.marks.iter().map(|(from, mark)| (*from, Inbound::after(*mark))).collect();
        Partition {
            no,
            limits,
            tenure,
            next_lsn: origin.next_lsn.max(1),
            frame_before: origin.frame,
            batch: 1,
            building: Building::default(),
            overflow: VecDeque::new(),
            flight: None,
            alarms: Window::new(limits.window_max),
            refire: BTreeSet::new(),
            firing: 0,
            woken: BTreeSet::new(),
            undecided: 0,
            outbox: Window::new(limits.window_max),
            leases: BTreeMap::new(),
            n_leases: 0,
            office_seen: OfficeEpoch::ALONE,
            tell_next: origin.tell_next,
            inbound,
            tells_queued: 0,
            failed: BTreeSet::new(),
            held_until: Timestamp::from_millis(i64::MIN),
            restart_counts: RestartCounts::default(),
            ownership: Ownership::Held,
            #[cfg(feature = "simulator")]
            forgets_marks: false,
        }
    }

    /// Whether it takes a further command from outside.
    pub fn has_room(&self) -> bool {
        self.undecided < self.limits.undecided_max
    }

    /// A command from outside, for `to`; `caller` waits for the answer.
    pub fn command(
        &mut self,
        to: EntityId,
        asking: Asking,
        caller: CallerId,
        out: &mut Vec<Output>,
    ) {
        let Asking { command, asked, looked } = asking;
        if self.is_lost() {
            return out.push(with_another_owner(caller));
        }
        if !self.has_room() {
            return out.push(busy(caller));
        }
        self.undecided += 1;
        let caller = Caller::Outside(caller);
        out.push(Output::Deliver(to, Delivery::Command { command, asked, looked, caller }));
    }

    /// What an entity wants done after a delivery.
    pub fn step(&mut self, entity: EntityId, step: Step, at: Timestamp, out: &mut Vec<Output>) {
        // Whoever hands steps on without answering has it done here.
        if let Step::Answer(caller, answer) = step {
            return out.push(Output::Answer(caller, answer));
        }
        if self.is_lost() {
            return out.extend(step.caller().map(with_another_owner));
        }
        let needs_entry = match &step {
            Step::Reload => {
                self.failed.remove(&entity);
                return;
            }
            Step::Fell(fall) => return self.fell(entity, fall.number, at, out),
            Step::Answer(..)
            | Step::Overdue(_)
            | Step::Passed
            | Step::NotDue(_)
            | Step::NoRoom(_) => false,
            Step::Staged(_) | Step::TellDone(..) | Step::Claimed(..) | Step::Quarantine(_) => true,
        };
        self.woken.remove(&entity);
        if needs_entry && self.building.entries.len() >= self.limits.batch_max {
            // The next batch takes it, in its turn; its delivery stays undecided until then, which bounds this queue.
            return self.overflow.push_back((entity, step, at));
        }
        self.take((entity, step), at, out);
        self.flush(out);
    }

    /// An entity's deciding panicked: it waits for what is said here.
    fn fell(&mut self, entity: EntityId, fall: u64, at: Timestamp, out: &mut Vec<Output>) {
        match self.restart_counts.panicked(&entity, at) {
            // One that a failed batch has just sent back is read again anyway: what is written of it now would not last.
            Verdict::SetAside if !self.failed.contains(&entity) => {
                let reason = CompactString::const_new(TOO_MANY_RESTARTS);
                out.push(Output::SetAside(entity.clone(), reason.clone()));
                self.step(entity, Step::Quarantine(reason), at, out);
            }
            Verdict::SetAside | Verdict::Restart(_) | Verdict::EndProcess => {
                out.push(Output::Restart(entity, fall));
            }
        }
    }

    /// The shell could not hand a delivery over: its entity's mailbox is full.
    pub fn undeliverable(&mut self, entity: EntityId, delivery: Delivery, out: &mut Vec<Output>) {
        self.undecided = self.undecided.saturating_sub(1);
        self.no_room(entity, delivery, out);
    }

    fn no_room(&mut self, entity: EntityId, delivery: Delivery, out: &mut Vec<Output>) {
        match delivery {
            Delivery::Fire(_) => {
                self.woken.remove(&entity);
                self.refire.insert(entity);
            }
            Delivery::Command { caller: Caller::Tell(taken), .. } => self.tell_again(taken),
            Delivery::Command { caller: Caller::Outside(caller), .. } => out.push(busy(caller)),
            Delivery::Command { caller: Caller::Timer, .. } => {}
            // The message stays the courier's.
            Delivery::Claim { caller, .. } => out.push(busy(caller)),
        }
    }

    /// Deliveries without their step yet.
    pub fn undecided(&self) -> usize {
        self.undecided
    }

    /// Whether anything is staged and not durable, or told and not taken.
    pub fn is_settled(&self) -> bool {
        self.undecided == 0 && self.flight.is_none() && self.building.is_empty()
    }

    /// Takes the merge of changes at a reload out: the simulator must notice.
    #[cfg(feature = "simulator")]
    pub fn forget_changes_at_reload(&mut self) {
        self.alarms.forget_changes_at_reload();
    }

    /// Takes the high-water mark of tells out of records: the simulator must notice.
    #[cfg(feature = "simulator")]
    pub fn forget_marks(&mut self) {
        self.forgets_marks = true;
    }
}

fn busy(caller: CallerId) -> Output {
    Output::Answer(caller, Answer::Busy { retry_after: RETRY_AFTER })
}

#[cfg(test)]
mod tests;
