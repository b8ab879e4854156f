//! What can wait: closed segments become smaller, and a base snapshot is taken once the ledger has grown enough.

use std::sync::Arc;

use super::failure::Failure;
use super::ledger::{LedgerReader, Sealer};
use super::snapshot::Snapshots;

/// Does one thing at a time. Not a thread: whoever owns it calls [`Upkeep::once`].
pub struct Upkeep {
    sealer: Sealer,
    reader: LedgerReader,
    snapshots: Arc<Snapshots>,
    every_bytes: u64,
}

impl Upkeep {
    /// Keeps a ledger small, and `snapshots` at most `every_bytes` of it old.
    pub fn new(
        sealer: Sealer,
        reader: LedgerReader,
        snapshots: Arc<Snapshots>,
        every_bytes: u64,
    ) -> Upkeep {
        Upkeep { sealer, reader, snapshots, every_bytes }
    }

    /// Seals the oldest segment that waits, and takes a snapshot if one is due.
    ///
    /// # Errors
    /// The disk's: nothing is lost, and the next call tries again.
    pub fn once(&mut self) -> Result<(), Failure> {
        let sealed = self.sealer.seal_next();
        let newest = self.snapshots.spans()?.first().map_or(0, |span| span.from);
        if self.reader.bytes_from(newest + 1) >= self.every_bytes {
            self.snapshots.take()?;
        }
        sealed.map(|_| ())
    }
}

impl std::fmt::Debug for Upkeep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upkeep").finish_non_exhaustive()
    }
}
