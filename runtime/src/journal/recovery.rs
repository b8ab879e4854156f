//! Recovery: brings the memtable and the store up to the ledger after a start: folds every frame after `applied` again.
//!
//! The ledger carries what was decided, not what follows from it; [`Fold`] works that out, entity by entity. The store
//! may be ahead of `applied` in the parts that follow from entities (see the applier's order): records that a value
//! already includes are left out. Memory stays bounded, because whatever fills a generation is applied at once.
//!
//! Why it may begin at `applied` and fold twice what the store has in part: the applier writes derived keys, then
//! entities, then everything else together with `applied`. An entity's value carries its sequence, so a record that it
//! includes is recognised and passed over. Derived keys follow from the value before and the value after, and are put or
//! removed as often as one likes. Outbox rows, tells and marks cannot be recognised, and need not be: they are exactly
//! those of `applied`, since they change with it or not at all ([`super::staging`]).

mod beside;
pub mod rows;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rows::Rows;

use super::applier::{Applier, Onto};
use super::backlog::Backlog;
use super::failure::Failure;
use super::frame::Frame;
use super::history::history;
use super::layout::{self, Quarantine};
use super::ledger::LedgerReader;
use super::memtable::Below;
use super::memtable::tables::{Aftermath, Change, unclear};
use super::witness::Head;
use crate::clock::Timestamp;
use crate::entity::{Corrupt, EntityId};
use crate::outbox::{Message, MessageId, Row};
use crate::record::{After, BatchOnDisk, Before, Body, Fold, Record, RowChange, Stored};

/// How far a start has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub step: Step,
    pub done: u64,
    /// How much there is to do; 0 when nobody knows.
    pub total: u64,
}

/// What a start does, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Checks the tail of the ledger.
    Ledger,
    /// Opens the store.
    Store,
    /// Fills a new store from a base snapshot; counts rows.
    Snapshot,
    /// Folds the ledger's frames; counts frames.
    Fold,
}

/// Frames between two reports of progress.
const REPORT_EVERY: u64 = 256;

/// Folds everything after `applied`, up to the ledger's end; `applying` brings it into the store.
///
/// # Errors
/// The ledger's and the store's failures; [`Failure::Corrupt`] when the store's content makes no sense.
pub fn recover(
    backlog: &Arc<Backlog>,
    reader: &LedgerReader,
    fold: &dyn Fold,
    (from, applying): (Remains, Applying),
    progress: &dyn Fn(Progress),
) -> Result<(), Failure> {
    let seen = backlog.tables().applied();
    let total = reader.last_frame().saturating_sub(seen);
    if total == 0 {
        return Ok(());
    }
    let below = match from {
        // Each frame's keys are passed again, so it is enough to remove what comes and goes for good, and not to trust
        // that it never was there.
        Remains::CutOff => Below::Something,
        Remains::Loaded | Remains::Empty => Below::Nothing,
    };
    backlog.tables_mut().take_unseen_for(below);
    let mut memory = Memory::of(from);
    let mut taken = |frame: Frame| {
        let done = frame.number.saturating_sub(seen);
        // A frame names the one before it; of the last the ledger itself knows.
        let before = frame.number.checked_sub(1).filter(|before| *before > 0);
        let head = before.map(|before| Head { frame: before, hash: frame.previous });
        let mut refold =
            Refold { backlog, reader, fold, memory: &mut memory, unknown: Unknown::SetAside };
        let folded = refold.folded(&frame)?;
        refold.commit(&frame, folded, head);
        if done.is_multiple_of(REPORT_EVERY) || done == total {
            progress(Progress { step: Step::Fold, done, total });
        }
        Ok(())
    };
    let frames = reader.frames_from(seen + 1);
    match applying {
        Applying::Inline => {
            let mut applier = Applier::new(Arc::clone(backlog), Onto::Living);
            for frame in frames {
                taken(frame?)?;
                if backlog.is_full() {
                    applier.apply_once()?;
                }
            }
        }
        Applying::Beside => beside::run(backlog, from.onto(), frames, &mut taken)?,
    }
    let (hash, frame) = reader.head();
    let mut tables = backlog.tables_mut();
    tables.heard(Head { frame, hash });
    tables.take_unseen_for(Below::Nothing);
    Ok(())
}

/// What the store may hold of the frames after `applied`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remains {
    /// A part of a generation that was cut off: derived keys of any of them.
    CutOff,
    /// Nothing that does not follow from the entities in it: it was just filled from a base snapshot.
    Loaded,
    /// Nothing: it is new.
    Empty,
}

impl Remains {
    fn onto(self) -> Onto {
        match self {
            Remains::CutOff => Onto::Living,
            Remains::Loaded | Remains::Empty => Onto::Making,
        }
    }
}

/// Who brings what is folded into the store, and in which portions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applying {
    /// Whoever folds, a generation of the usual size at a time: a run repeats exactly.
    Inline,
    /// A thread of its own, in large portions, while another reads ahead.
    Beside,
}

/// An entity's value, made again from its whole history.
///
/// # Errors
/// [`Failure::Corrupt`] when the history makes no sense; otherwise the ledger's failures.
pub fn rebuilt(
    reader: &LedgerReader,
    fold: &dyn Fold,
    (id, frame): (&EntityId, u64),
) -> Result<Option<Stored>, Failure> {
    let mut stored = None;
    for (record, chain) in history(reader, id, frame)? {
        let next = fold.fold(stored.as_ref(), &record, chain, frame);
        let next = next
            .map_err(|source| Failure::Corrupt { what: format!("the history of {id}"), source })?;
        stored = Some(next);
    }
    Ok(stored)
}

/// What is remembered from frame to frame.
#[derive(Debug)]
pub(super) struct Memory {
    from: Remains,
    rows: Rows,
    /// Entities whose history cannot be folded: set aside, each once.
    broken: BTreeSet<EntityId>,
}

impl Memory {
    /// Before the first frame.
    pub(super) fn of(from: Remains) -> Memory {
        Memory { from, rows: Rows::default(), broken: BTreeSet::new() }
    }

    /// Rows of the outbox have come, moved or gone with a frame that is committed.
    pub(super) fn moved(&mut self, rows: Vec<MovedRow>) {
        for (partition, message, next) in rows {
            self.rows.moved(partition, message, next);
        }
    }
}

/// A row of the outbox of a partition, and where it stands now.
pub(super) type MovedRow = (u8, MessageId, Option<Timestamp>);

/// The rows that `aftermaths` of a batch of `partition` move.
pub(super) fn moved_by(partition: u8, aftermaths: &[Aftermath]) -> Vec<MovedRow> {
    let rows = aftermaths.iter().flat_map(|aftermath| &aftermath.rows);
    let next =
        |row: &RowChange| (partition, row.message.clone(), row.after.as_ref().map(|row| row.next));
    rows.map(next).collect()
}

/// Folds frames into the backlog.
pub(super) struct Refold<'a> {
    pub(super) backlog: &'a Backlog,
    pub(super) reader: &'a LedgerReader,
    pub(super) fold: &'a dyn Fold,
    pub(super) memory: &'a mut Memory,
    pub(super) unknown: Unknown,
}

/// What becomes of an entity whose history cannot be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// It is set aside, alone.
    SetAside,
    /// A newer program wrote it: whoever cannot read it goes no further.
    Refused,
}

/// What follows from a frame.
pub(super) struct Folded {
    aftermaths: Vec<Vec<Aftermath>>,
    moved: Vec<MovedRow>,
}

impl Refold<'_> {
    /// What follows from `frame`, which changes nothing yet.
    pub(super) fn folded(&mut self, frame: &Frame) -> Result<Folded, Failure> {
        let (mut aftermaths, mut moved) = (Vec::with_capacity(frame.batches.len()), Vec::new());
        for batch in &frame.batches {
            let of_batch = self.batch(frame.number, batch)?;
            moved.extend(moved_by(batch.partition, &of_batch));
            aftermaths.push(of_batch);
        }
        Ok(Folded { aftermaths, moved })
    }

    /// Commits all of `frame` at once: nobody sees or applies a part of it. `heard` is the last frame whose hash is known.
    pub(super) fn commit(&mut self, frame: &Frame, folded: Folded, heard: Option<Head>) {
        let mut tables = self.backlog.tables_mut();
        tables.commit(frame.number, frame.batches.iter().zip(folded.aftermaths));
        if let Some(head) = heard {
            tables.heard(head);
        }
        drop(tables);
        // Not before: a row that is remembered as passed must be there to be read.
        self.memory.moved(folded.moved);
    }

    fn batch(&mut self, frame: u64, batch: &BatchOnDisk) -> Result<Vec<Aftermath>, Failure> {
        // What the batch itself does is not in the tables before all of it is.
        let mut fresh: HashMap<EntityId, Stored> = HashMap::new();
        let mut rows: HashMap<MessageId, Option<Row>> = HashMap::new();
        let mut aftermaths = Vec::with_capacity(batch.entries.len());
        for body in &batch.entries {
            let aftermath = match body {
                Body::Record { record: bytes, messages, .. } => {
                    let record = Record::decode(bytes).map_err(|error| unfoldable(frame, error))?;
                    let rows = ready(&record, messages);
                    let entity =
                        self.entity(&mut fresh, (record, crc32fast::hash(bytes)), frame)?;
                    Aftermath { entity, rows }
                }
                Body::Outbox { message, event } => {
                    let row = match rows.get(message) {
                        Some(row) => row.clone(),
                        None => self.row(batch.partition, message)?,
                    };
                    if row.is_none() {
                        tracing::warn!(%message, frame, "an outcome of a message that is not there");
                    }
                    let change = row.map(|row| {
                        let (message, before) = (message.clone(), Some(Before::of(&row)));
                        RowChange { message, before, after: row.after(event) }
                    });
                    Aftermath { entity: Change::Nothing, rows: change.into_iter().collect() }
                }
                Body::Tell { .. } | Body::Quarantined { .. } => Aftermath::default(),
            };
            let changes = aftermath.rows.iter();
            rows.extend(changes.map(|change| (change.message.clone(), change.after.clone())));
            aftermaths.push(aftermath);
        }
        Ok(aftermaths)
    }

    fn row(&mut self, partition: u8, message: &MessageId) -> Result<Option<Row>, Failure> {
        let tables = self.backlog.tables();
        self.memory.rows.find(&tables, self.backlog.store(), (partition, message))
    }

    /// What `record` makes of its entity.
    fn entity(
        &mut self,
        fresh: &mut HashMap<EntityId, Stored>,
        (record, chain): (Record, u32),
        frame: u64,
    ) -> Result<Change, Failure> {
        let id = &record.entity;
        if self.memory.broken.contains(id) {
            return Ok(Change::Nothing);
        }
        let before = match fresh.get(id) {
            Some(stored) => Some(stored.clone()),
            // Nothing was ever there of an entity that begins here.
            None if self.memory.from == Remains::Empty && record.sequence == 1 => None,
            None => entity(self.backlog, id)?,
        };
        if before.as_ref().is_some_and(|before| before.sequence >= record.sequence) {
            return Ok(Change::Stored(record.entity));
        }
        let folded = self.fold.fold(before.as_ref(), &record, chain, frame);
        let folded =
            folded.or_else(|error| self.again(before.as_ref(), (&record, chain), frame, error));
        match folded {
            Ok(stored) => {
                fresh.insert(id.clone(), stored.clone());
                let before = before.as_ref().map(Stored::keys).unwrap_or_default();
                Ok(Change::After(Box::new(After { entity: record.entity, stored, before })))
            }
            Err(corrupt) if self.unknown == Unknown::Refused => Err(unfoldable(frame, corrupt)),
            Err(Corrupt(reason)) => {
                tracing::error!(entity = %id, reason, "set aside: its history cannot be folded");
                self.memory.broken.insert(id.clone());
                let why = Quarantine { reason: reason.into(), at: record.asked.at };
                self.backlog.tables_mut().quarantine(record.entity, why);
                Ok(Change::Nothing)
            }
        }
    }

    /// A value of an older form is no use to `fold`, but the history it came from is.
    fn again(
        &self,
        before: Option<&Stored>,
        (record, chain): (&Record, u32),
        frame: u64,
        first: Corrupt,
    ) -> Result<Stored, Corrupt> {
        let Some(before) = before else { return Err(first) };
        let rebuilt = rebuilt(self.reader, self.fold, (&record.entity, before.frame));
        match rebuilt {
            Ok(stored) => {
                let upto =
                    stored.filter(|stored| stored.sequence == before.sequence).ok_or(first)?;
                self.fold.fold(Some(&upto), record, chain, frame)
            }
            Err(failure) => Err(Corrupt(format!("{first}; {failure}"))),
        }
    }
}

/// An entity's value as of the last commit.
///
/// # Errors
/// [`Failure::Store`]; [`Failure::Corrupt`] when the store's value makes no sense.
pub(crate) fn entity(backlog: &Backlog, id: &EntityId) -> Result<Option<Stored>, Failure> {
    if let Some(stored) = backlog.tables().entity(id) {
        return Ok(Some(stored.clone()));
    }
    below(backlog, id)
}

/// The sequence of an entity's last record. Of its stored value no more is read than that.
pub(crate) fn sequence(backlog: &Backlog, id: &EntityId) -> Result<Option<u64>, Failure> {
    let above = backlog.tables().entity(id).map(|stored| stored.sequence);
    if above.is_some() {
        return Ok(above);
    }
    let bytes = backlog.store().get(&layout::entity(id))?;
    let sequence = bytes.map(|bytes| Stored::sequence_of(&bytes)).transpose();
    sequence.map_err(|error| unclear("entity", error))
}

/// Without the lock: what leaves the tables is in the store before.
pub(crate) fn below(backlog: &Backlog, id: &EntityId) -> Result<Option<Stored>, Failure> {
    let bytes = backlog.store().get(&layout::entity(id))?;
    bytes.map(|bytes| Stored::decode(&bytes).map_err(|error| unclear("entity", error))).transpose()
}

fn ready(record: &Record, messages: &[Message]) -> Vec<RowChange> {
    let row = |(message, index): (&Message, u16)| {
        let (entity, sequence) = (record.entity.clone(), record.sequence);
        let message_id = MessageId { entity, sequence, index };
        RowChange { message: message_id, before: None, after: Some(Row::ready(message.clone())) }
    };
    messages.iter().zip(0..).map(row).collect()
}

fn unfoldable(frame: u64, source: Corrupt) -> Failure {
    Failure::Corrupt { what: format!("frame {frame}"), source }
}
