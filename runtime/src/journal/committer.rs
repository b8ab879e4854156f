//! Group commit: what is queued goes into one frame of the ledger, made safe by one sync.
//!
//! While a sync runs, the next group gathers; so the running sync is the batching window, and a lone caller never
//! waits for company. A failed sync ends the process: nobody knows what is on the disk, and answering either way could
//! be a lie. A full disk is answered, and loses nothing.

use std::sync::Arc;
use std::time::Duration;

use compact_str::format_compact;

use super::backlog::Backlog;
use super::disk::Disk;
use super::failure::Failure;
use super::ledger::Ledger;
use super::links;
use super::parts::Parts;
use super::stats::Meter;
use super::subscription::Feed;
use super::witness::Head;
use crate::clock::Clock;
use crate::record::{Batch, Body, Committed};

/// Records in one group.
pub const GROUP_RECORDS_MAX: usize = 256;
/// Bytes of records in one group.
pub const GROUP_BYTES_MAX: usize = 512 * 1024;

/// Called once, with the frame that holds the batch or with why none does.
pub type Done = Box<dyn FnOnce(Result<u64, Failure>) + Send>;

/// What [`Done`] was called with, as partitions know it. Whoever is called knows that nothing was written, or that it is
/// durable: no [`Failure::is_fatal`] comes here.
pub(crate) fn outcome(result: Result<u64, Failure>) -> Committed {
    match result {
        Ok(frame) => Committed::In(frame),
        Err(Failure::OtherOwner) => Committed::Lost,
        Err(failure) => Committed::NotTaken(format_compact!("{failure}")),
    }
}

/// A batch on its way, and who hears of it.
pub struct Submission {
    pub batch: Batch,
    /// Who hears of it.
    pub done: Done,
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submission").field("batch", &self.batch).finish_non_exhaustive()
    }
}

/// The answers to a group. Giving them is apart from committing, so that no lock is held meanwhile.
#[must_use]
pub struct Answers {
    pub(super) callers: Vec<Done>,
    pub(super) result: Result<u64, Failure>,
}

impl Answers {
    /// Tells every caller.
    pub fn give(self) {
        for done in self.callers {
            done(self.result.clone());
        }
    }

    /// What every caller is told.
    pub fn result(&self) -> &Result<u64, Failure> {
        &self.result
    }
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers").field("result", &self.result).finish_non_exhaustive()
    }
}

/// Whoever commits groups, over whatever disk.
pub trait Commit: Send {
    /// See [`Committer::group`].
    fn group(&mut self, group: Vec<Submission>) -> Result<Answers, Failure>;
}

impl<D: Disk> Commit for Committer<D> {
    fn group(&mut self, group: Vec<Submission>) -> Result<Answers, Failure> {
        Committer::group(self, group)
    }
}

/// Owns the writing end of the ledger. Not a thread: whoever owns it calls [`Committer::group`].
pub struct Committer<D: Disk> {
    ledger: Ledger<D>,
    backlog: Arc<Backlog>,
    meter: Arc<Meter>,
    feed: Arc<Feed>,
    clock: Arc<dyn Clock>,
}

impl<D: Disk> Committer<D> {
    /// Commits to `ledger`, and from there to `backlog`; whoever listens hears of it by `feed`.
    pub fn new(
        ledger: Ledger<D>,
        backlog: Arc<Backlog>,
        (meter, feed): (Arc<Meter>, Arc<Feed>),
        clock: Arc<dyn Clock>,
    ) -> Committer<D> {
        meter.head(ledger.head(), ledger.last_frame());
        Committer { ledger, backlog, meter, feed, clock }
    }

    /// Commits all of `group` in one frame, or nothing of it. Once this returns, readers see it and it survives.
    ///
    /// # Errors
    /// Only a fatal failure ([`Failure::is_fatal`]): the caller must end the process, and nobody is answered.
    /// Everything else is in the answers.
    pub fn group(&mut self, group: Vec<Submission>) -> Result<Answers, Failure> {
        let mut parts = Parts::with_capacity(group.len());
        let mut linked = Ok(());
        for mut submission in group {
            linked = linked.and_then(|()| links::link(&self.backlog, &mut submission.batch));
            parts.add(submission);
        }
        let before = self.clock.monotonic();
        let result = match linked.and_then(|()| self.ledger.append(&parts.batches)) {
            Ok(receipt) => {
                let took = self.clock.monotonic().saturating_sub(before);
                self.note(&parts, (receipt.frame, receipt.bytes), took);
                let batches = parts.batches.iter().zip(parts.aftermaths);
                let head = Head { frame: receipt.frame, hash: self.ledger.head() };
                let mut tables = self.backlog.tables_mut();
                tables.commit(receipt.frame, batches);
                tables.heard(head);
                drop(tables);
                self.backlog.awaited().wake();
                self.backlog.committed();
                self.feed.tell(receipt.frame, parts.batches);
                Ok(receipt.frame)
            }
            Err(failure) => {
                self.refused(&failure);
                if failure.is_fatal() {
                    return Err(failure);
                }
                Err(failure)
            }
        };
        Ok(Answers { callers: parts.callers, result })
    }

    /// A group was refused: whoever asks is told why, until one is taken.
    pub fn refused(&self, failure: &Failure) {
        self.meter.refused(failure, self.clock.now());
    }

    fn note(&self, parts: &Parts, (frame, n_bytes): (u64, u64), took: Duration) {
        self.meter.group(parts.n_records(), n_bytes, took);
        self.meter.head(self.ledger.head(), frame);
    }
}

impl<D: Disk> std::fmt::Debug for Committer<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Committer").finish_non_exhaustive()
    }
}

/// About how many bytes a batch takes in the ledger.
pub fn weight(batch: &Batch) -> usize {
    let weights = batch.entries.iter().map(|entry| match &entry.body {
        Body::Record { record, messages, tells, .. } => {
            let messages = messages.iter().map(|message| message.data.len());
            record.len()
                + messages.chain(tells.iter().map(|tell| tell.command.len())).sum::<usize>()
        }
        Body::Outbox { .. } | Body::Tell { .. } | Body::Quarantined { .. } => size_of::<Body>(),
    });
    weights.sum()
}
