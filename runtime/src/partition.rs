//! A partition: the sans-IO core between callers, entities and the journal.
//!
//! ```text
//! command, tell, due alarm ─► Deliver to entity ─► Step ─► building batch ─► Commit ─► committed ─► Resolved to entities
//! ```
//! Inputs are commands, steps of entities, commit results, loaded rows and ticks; outputs are in [`Output`]. It knows
//! neither actix nor tokio nor a clock: the same code runs under actors and under the simulator. One batch is in flight
//! at a time; what is staged meanwhile forms the next one.

mod batch;
mod courier;
mod tells;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use compact_str::CompactString;

pub use self::batch::Building;
pub use self::courier::Lease;
pub use self::tells::Inbound;

use crate::activation::{Delivery, RETRY_AFTER, Step};
use crate::answer::{Answer, Caller};
use crate::clock::Timestamp;
use crate::entity::{Asked, EntityId};
use crate::outbox::MessageId;
use crate::record::{Batch, Body, SentTell, Taken};
use crate::registry::AnyCommand;
use crate::window::{Reload, Window};

/// Commands that are delivered and undecided; one more is answered busy.
pub const UNDECIDED_MAX: usize = 1_024;
/// Entries of one batch.
pub const BATCH_MAX: usize = 256;
/// Alarms in one batch at most: commands of people keep the other half.
pub const ALARMS_PER_BATCH: usize = BATCH_MAX / 2;
/// Rows of the timer window and of the outbox window.
pub const WINDOW_MAX: usize = 4_096;

/// How many partitions a node has. Fixed for ever: it decides where an entity lives.
pub const PARTITIONS: u8 = 64;

/// What the shell does next.
#[derive(Debug)]
pub enum Output {
    /// Hand this to the entity; its steps come back by [`Partition::step`].
    Deliver(EntityId, Delivery),
    /// Submit to the journal; the result comes back by [`Partition::committed`].
    Commit(Batch),
    /// Tell the entity that `n` of its staged records are durable in a frame, or were not taken.
    Resolved(EntityId, usize, Result<u64, CompactString>),
    /// Read alarms after a row and hand them to [`Partition::alarms_loaded`].
    LoadAlarms(Reload<EntityId>),
    /// Read rows of the outbox and hand them to [`Partition::outbox_loaded`].
    LoadOutbox(Reload<MessageId>),
    /// Read the tells from a partition to this one, after a number, and hand them to [`Partition::tells_loaded`].
    LoadTells {
        /// The source.
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
    callers: Vec<(Caller, Answer)>,
    tells: Vec<SentTell>,
    marks: Vec<Taken>,
    rows: Vec<(Timestamp, MessageId)>,
    done: Vec<(MessageId, Option<Timestamp>)>,
    n_entries: u64,
}

/// The core of one partition. See the module's words.
#[derive(Debug)]
pub struct Partition {
    no: u8,
    epoch: u64,
    next_lsn: u64,
    frame_before: u64,
    batch: u64,
    building: Building,
    overflow: VecDeque<(EntityId, Step)>,
    flight: Option<Flight>,
    alarms: Window<EntityId>,
    firing: usize,
    undecided: usize,
    outbox: Window<MessageId>,
    leases: BTreeMap<MessageId, Lease>,
    tell_next: BTreeMap<u8, u64>,
    inbound: BTreeMap<u8, Inbound>,
    /// Entities whose staged records were not taken and that have not asked to be read again yet.
    failed: BTreeSet<EntityId>,
    held_until: Timestamp,
}

impl Partition {
    /// Partition `no`, owned under `epoch`, as the journal left it.
    pub fn new(no: u8, epoch: u64, origin: Origin) -> Partition {
        let inbound =
            origin.marks.iter().map(|(from, mark)| (*from, Inbound::after(*mark))).collect();
        Partition {
            no,
            epoch,
            next_lsn: origin.next_lsn.max(1),
            frame_before: origin.frame,
            batch: 1,
            building: Building::default(),
            overflow: VecDeque::new(),
            flight: None,
            alarms: Window::new(WINDOW_MAX),
            firing: 0,
            undecided: 0,
            outbox: Window::new(WINDOW_MAX),
            leases: BTreeMap::new(),
            tell_next: origin.tell_next,
            inbound,
            failed: BTreeSet::new(),
            held_until: Timestamp::from_millis(i64::MIN),
        }
    }

    /// A command from outside.
    pub fn command(
        &mut self,
        to: EntityId,
        command: AnyCommand,
        asked: Asked,
        caller: Caller,
        out: &mut Vec<Output>,
    ) {
        if self.undecided >= UNDECIDED_MAX {
            return caller.answer(Answer::Busy { retry_after: RETRY_AFTER });
        }
        self.undecided += 1;
        out.push(Output::Deliver(to, Delivery::Command { command, asked, caller }));
    }

    /// What an entity wants done after a delivery.
    pub fn step(&mut self, entity: EntityId, step: Step, at: Timestamp, out: &mut Vec<Output>) {
        match step {
            Step::Reload => {
                self.failed.remove(&entity);
                return;
            }
            Step::Quarantine(reason) => {
                self.failed.remove(&entity);
                out.push(Output::Alarm(compact_str::format_compact!("{entity}: {reason}")));
                self.push(Body::Quarantined { entity, reason, at }, out);
                return self.flush(out);
            }
            Step::Passed => {}
            Step::TellDone(taken, reason) => self.tell_done(taken, reason, out),
            Step::Claimed(id, claim, at, caller) => self.claimed(id, claim, at, caller),
            Step::Staged(staged) => self.staged(entity, *staged, out),
        }
        self.undecided = self.undecided.saturating_sub(1);
        self.flush(out);
    }

    /// The shell could not hand a delivery over: its entity's mailbox is full.
    pub fn undeliverable(&mut self, entity: EntityId, delivery: Delivery) {
        self.undecided = self.undecided.saturating_sub(1);
        match delivery {
            Delivery::Fire(now) => {
                self.firing = self.firing.saturating_sub(1);
                self.alarms.arm(0, now, entity);
            }
            Delivery::Command { caller: Caller::Tell(taken), .. } => self.tell_again(taken),
            Delivery::Command { caller, .. } => {
                caller.answer(Answer::Busy { retry_after: RETRY_AFTER });
            }
            Delivery::Claim { id, caller, .. } => {
                self.release(&id);
                caller.answer(Answer::Busy { retry_after: RETRY_AFTER });
            }
        }
    }

    /// Fires what is due at `now` and asks for rows that run low.
    pub fn tick(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if now < self.held_until {
            return;
        }
        self.nudge_tells(out);
        if self.undecided == 0 {
            self.firing = 0;
        }
        while self.firing < ALARMS_PER_BATCH && self.undecided < UNDECIDED_MAX {
            let Some((_, entity)) = self.alarms.pop_due(now) else { break };
            self.firing += 1;
            self.undecided += 1;
            out.push(Output::Deliver(entity, Delivery::Fire(now)));
        }
        if let Some(reload) = self.alarms.reload() {
            out.push(Output::LoadAlarms(reload));
        }
        if let Some(reload) = self.outbox.reload() {
            out.push(Output::LoadOutbox(reload));
        }
    }

    /// The alarms a reload found.
    pub fn alarms_loaded(&mut self, rows: Vec<(Timestamp, EntityId)>, limit: usize) {
        self.alarms.loaded(rows, limit);
    }

    /// The rows of the outbox a reload found.
    pub fn outbox_loaded(&mut self, rows: Vec<(Timestamp, MessageId)>, limit: usize) {
        self.outbox.loaded(rows, limit);
    }

    /// A reload failed; the next tick asks again.
    pub fn reload_failed(&mut self) {
        self.alarms.reload_failed();
        self.outbox.reload_failed();
    }

    /// When the next alarm is due, as far as is known here.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.alarms.soonest()
    }

    /// Whether alarms or messages may exist that are not loaded yet.
    pub fn is_waiting_for_store(&self) -> bool {
        self.alarms.is_waiting_for_store() || self.outbox.is_waiting_for_store()
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
}
