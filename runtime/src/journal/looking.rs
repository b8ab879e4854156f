//! Looks at a journal that must not be touched: the ledger as it lies, and the store in a copy.
//!
//! sled cannot be opened without writing, so whoever looks hands over a copy of it; what the copy has not seen is folded
//! into it. Nothing is created, locked, sealed or tidied up in the journal's own directory.

use std::path::Path;
use std::sync::Arc;

use super::blob::BlobStore;
use super::disk::{Disk as _, OsDisk};
use super::failure::Failure;
use super::ledger::LedgerReader;
use super::opening::{Bringing, Place};
use super::recovery::{Applying, Progress, Step};
use super::snapshot::Snapshots;
use super::stats::Meter;
use super::subscription::Feed;
use super::{Inner, Options, Writing};
use crate::clock::{Clock, SystemClock};
use crate::record::Fold;

pub(super) fn look(
    options: &Options,
    shadow: &Path,
    fold: Arc<dyn Fold>,
    progress: &dyn Fn(Progress),
) -> Result<Inner, Failure> {
    progress(Progress { step: Step::Ledger, done: 0, total: 0 });
    let disk = OsDisk::at(&options.dir);
    let reader = LedgerReader::over(disk.reader())?;
    if let Some(beyond) = reader.beyond() {
        return Err(beyond.clone());
    }
    progress(Progress { step: Step::Store, done: 0, total: 0 });
    let bringing = Bringing {
        reader: &reader,
        fold: fold.as_ref(),
        limits: options.limits,
        applying: Applying::Beside,
        progress,
    };
    let backlog = bringing.up(&Place::apart(options, shadow), None)?;
    let (meter, feed) = (Arc::new(Meter::default()), Arc::new(Feed::default()));
    let (head, frame) = reader.head();
    meter.head(head, frame);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let blobs = BlobStore::over(disk.another());
    let snapshots = Arc::new(Snapshots::new(disk.another(), Arc::clone(&backlog)));
    let (loops, writing) = (Arc::default(), Writing::Nobody);
    Ok(Inner { backlog, meter, feed, reader, blobs, snapshots, fold, clock, loops, writing })
}
