//! A group in parts: what the ledger gets, what follows from it, who waits.

use super::committer::{Done, Submission};
use super::failure::Failure;
use super::memtable::tables::{self, Aftermath};
use crate::record::{Batch, BatchOnDisk};

/// Batches that are committed together; the three lists go in step.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) batches: Vec<BatchOnDisk>,
    pub(super) aftermaths: Vec<Vec<Aftermath>>,
    pub(super) callers: Vec<Done>,
}

impl Parts {
    pub(super) fn with_capacity(n: usize) -> Parts {
        let (batches, aftermaths) = (Vec::with_capacity(n), Vec::with_capacity(n));
        Parts { batches, aftermaths, callers: Vec::with_capacity(n) }
    }

    /// One more.
    pub(super) fn add(&mut self, Submission { batch, done }: Submission) {
        let Batch { partition, epoch, first_lsn, frame_before, entries } = batch;
        let (entries, aftermaths) = tables::split(entries);
        self.batches.push(BatchOnDisk { partition, epoch, first_lsn, frame_before, entries });
        self.aftermaths.push(aftermaths);
        self.callers.push(done);
    }

    /// Entries of all batches.
    pub(super) fn n_records(&self) -> usize {
        self.batches.iter().map(|batch| batch.entries.len()).sum()
    }

    /// The batches of these partitions, and the rest.
    pub(super) fn parted(self, out: &[u8]) -> (Parts, Parts) {
        let (mut those, mut rest) = (Parts::default(), Parts::default());
        let all = self.batches.into_iter().zip(self.aftermaths).zip(self.callers);
        for ((batch, aftermaths), caller) in all {
            let side = if out.contains(&batch.partition) { &mut those } else { &mut rest };
            side.batches.push(batch);
            side.aftermaths.push(aftermaths);
            side.callers.push(caller);
        }
        (those, rest)
    }

    /// Tells everybody that nothing of it is there, and why.
    pub(super) fn refuse(self, failure: &Failure) {
        for done in self.callers {
            done(Err(failure.clone()));
        }
    }
}
