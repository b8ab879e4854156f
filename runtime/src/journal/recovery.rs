//! Brings the memtable and the store up to the ledger after a start: folds every frame after `applied` again.
//!
//! The ledger carries what was decided, not what follows from it; [`Fold`] works that out, entity by entity. The store
//! may be ahead of `applied` in the parts that follow from entities (see the applier's order): records that a value
//! already includes are left out. Memory stays bounded, because whatever fills a generation is applied at once.

pub mod rows;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rows::Rows;

use super::applier::Applier;
use super::backlog::Backlog;
use super::failure::Failure;
use super::frame::Frame;
use super::history::history;
use super::layout::{self, Quarantine};
use super::ledger::LedgerReader;
use super::memtable::tables::{Aftermath, unclear};
use crate::entity::{Corrupt, EntityId};
use crate::outbox::{MessageId, Row};
use crate::record::{After, BatchOnDisk, Body, Fold, Record, RowChange, Stored};

/// How far a start has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// How much of it is done.
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

/// Folds everything after `applied`, up to the ledger's end.
///
/// # Errors
/// The ledger's and the store's failures; [`Failure::Corrupt`] when the store's content makes no sense.
pub fn recover(
    backlog: &Arc<Backlog>,
    reader: &LedgerReader,
    fold: &dyn Fold,
    progress: &dyn Fn(Progress),
) -> Result<(), Failure> {
    let applied = backlog.tables().applied();
    let (step, total) = (Step::Fold, reader.last_frame().saturating_sub(applied));
    let mut applier = Applier::new(Arc::clone(backlog));
    let mut refold = Refold::new(backlog, reader, fold);
    if total == 0 {
        return Ok(());
    }
    for frame in reader.frames_from(applied + 1) {
        let frame = frame?;
        let done = frame.number.saturating_sub(applied);
        refold.frame(frame)?;
        if backlog.is_full() {
            applier.apply_once()?;
        }
        if done.is_multiple_of(REPORT_EVERY) || done == total {
            progress(Progress { step, done, total });
        }
    }
    Ok(())
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

/// Folds frames into the backlog.
struct Refold<'a> {
    backlog: &'a Backlog,
    reader: &'a LedgerReader,
    fold: &'a dyn Fold,
    rows: Rows,
    /// Entities whose history cannot be folded: set aside, each once.
    broken: BTreeSet<EntityId>,
}

impl<'a> Refold<'a> {
    fn new(backlog: &'a Backlog, reader: &'a LedgerReader, fold: &'a dyn Fold) -> Refold<'a> {
        Refold { backlog, reader, fold, rows: Rows::default(), broken: BTreeSet::new() }
    }

    fn frame(&mut self, frame: Frame) -> Result<(), Failure> {
        for batch in frame.batches {
            let aftermaths = self.batch(frame.number, &batch)?;
            self.backlog.tables_mut().commit(frame.number, vec![(batch, aftermaths)]);
        }
        Ok(())
    }

    fn batch(&mut self, frame: u64, batch: &BatchOnDisk) -> Result<Vec<Aftermath>, Failure> {
        // The batch's own entities are not in the tables before all of it is.
        let mut fresh: HashMap<EntityId, Stored> = HashMap::new();
        let mut aftermaths = Vec::with_capacity(batch.entries.len());
        for body in &batch.entries {
            aftermaths.push(match body {
                Body::Record { record: bytes, messages, .. } => {
                    let record = Record::decode(bytes).map_err(|error| unfoldable(frame, error))?;
                    let rows = messages.iter().zip(0..).map(|(message, index)| {
                        let (entity, sequence) = (record.entity.clone(), record.sequence);
                        let row = Row::ready(message.clone());
                        RowChange { message: MessageId { entity, sequence, index }, before: None, after: Some(row) }
                    });
                    let rows: Vec<RowChange> = rows.collect();
                    rows.iter().for_each(|change| self.rows.changed(batch.partition, change));
                    let after = self.after(&mut fresh, (record, crc32fast::hash(bytes)), frame)?;
                    Aftermath { after: after.map(Box::new), rows }
                }
                Body::Outbox { message, event } => {
                    let found = self.rows.find(&self.backlog.tables(), self.backlog.store(), (batch.partition, message))?;
                    let change = found.map(|row| {
                        let (message, before) = (message.clone(), Some(row.next));
                        RowChange { message, before, after: row.after(event) }
                    });
                    if change.is_none() {
                        tracing::warn!(%message, frame, "an outcome of a message that is not there");
                    }
                    change.iter().for_each(|change| self.rows.changed(batch.partition, change));
                    Aftermath { after: None, rows: change.into_iter().collect() }
                }
                Body::Tell { .. } | Body::Quarantined { .. } => Aftermath::default(),
            });
        }
        Ok(aftermaths)
    }

    /// What `record` makes of its entity; nothing if its value already includes it or it cannot be folded.
    fn after(
        &mut self,
        fresh: &mut HashMap<EntityId, Stored>,
        (record, chain): (Record, u32),
        frame: u64,
    ) -> Result<Option<After>, Failure> {
        let id = &record.entity;
        let before = match fresh.get(id) {
            Some(stored) => Some(stored.clone()),
            None => entity(self.backlog, id)?,
        };
        if self.broken.contains(id)
            || before.as_ref().is_some_and(|before| before.sequence >= record.sequence)
        {
            return Ok(None);
        }
        let folded = self.fold.fold(before.as_ref(), &record, chain, frame);
        let folded =
            folded.or_else(|error| self.again(before.as_ref(), (&record, chain), frame, error));
        match folded {
            Ok(stored) => {
                fresh.insert(id.clone(), stored.clone());
                let before = before.as_ref().map(Stored::keys).unwrap_or_default();
                Ok(Some(After { entity: record.entity, stored, before }))
            }
            Err(Corrupt(reason)) => {
                tracing::error!(entity = %id, reason, "set aside: its history cannot be folded");
                self.broken.insert(id.clone());
                let why = Quarantine { reason: reason.into(), at: record.asked.at };
                self.backlog.tables_mut().quarantine(record.entity, why);
                Ok(None)
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
pub(super) fn entity(backlog: &Backlog, id: &EntityId) -> Result<Option<Stored>, Failure> {
    if let Some(stored) = backlog.tables().entity(id) {
        return Ok(Some(stored.clone()));
    }
    // Without the lock: what leaves the tables is in the store before.
    let bytes = backlog.store().get(&layout::entity(id))?;
    bytes.map(|bytes| Stored::decode(&bytes).map_err(|error| unclear("entity", error))).transpose()
}

fn unfoldable(frame: u64, source: Corrupt) -> Failure {
    Failure::Corrupt { what: format!("frame {frame}"), source }
}
