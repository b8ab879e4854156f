//! Sealing: closed segments become smaller, off the append path.

use std::sync::Arc;

use super::index::Index;
use super::{sealed, segment};
use crate::journal::disk::{Disk, remove_if_there};
use crate::journal::failure::Failure;

/// Seals closed segments, oldest first. One per ledger; it writes other files than the ledger does.
pub struct Sealer {
    disk: Box<dyn Disk>,
    index: Arc<Index>,
}

impl Sealer {
    pub(super) fn new(disk: Box<dyn Disk>, index: Arc<Index>) -> Sealer {
        Sealer { disk, index }
    }

    /// The first frames of closed segments that are not yet sealed.
    pub fn waiting(&self) -> Vec<u64> {
        self.index.unsealed()
    }

    /// Seals the oldest segment that waits; its first frame, or none when nothing waits.
    ///
    /// # Errors
    /// The segment stays as it is, and the next call tries it again. On a full disk that is all;
    /// [`Failure::Damaged`] tells that the segment no longer is what was written.
    pub fn seal_next(&mut self) -> Result<Option<u64>, Failure> {
        let Some(first) = self.waiting().first().copied() else {
            return Ok(None);
        };
        self.seal(first)?;
        Ok(Some(first))
    }

    /// Seals the closed segment that begins with the frame `first`.
    pub fn seal(&mut self, first: u64) -> Result<(), Failure> {
        let table = match sealed::write(self.disk.as_mut(), first) {
            Ok(table) => table,
            Err(failure) => {
                // On a full disk the half-written copy would keep the space that everybody waits for.
                let unfinished = segment::unfinished(&segment::sealed_name(first));
                if let Err(error) = remove_if_there(self.disk.as_mut(), &unfinished) {
                    tracing::warn!(file = unfinished, %error, "a half-sealed segment stays for now");
                }
                return Err(failure);
            }
        };
        // Readers look in the sealed form from here on; only then may the raw one go.
        self.index.sealed(table);
        let raw = segment::raw_name(first);
        remove_if_there(self.disk.as_mut(), &raw)
            .map_err(|error| Failure::io("remove", &raw, error))
    }
}
