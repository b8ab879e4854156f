//! Opens a journal: the ledger, the store behind it, and what the store has not seen. A store that cannot be used is
//! set aside and made again.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::applier::Applier;
use super::backlog::{Backlog, Limits};
use super::blob::BlobStore;
use super::committer::Committer;
use super::disk::{Disk, MemoryDisk, OsDisk};
use super::failure::Failure;
use super::layout;
use super::ledger::{Ledger, LedgerOptions, LedgerReader};
use super::memtable::tables::Tables;
use super::meter::Meter;
use super::recovery::{Progress, Step, recover};
use super::sled::SledStore;
use super::store::{MemoryStore, Store};
use super::threads::Threads;
use super::{Inner, OnFatal, Options, Writing};
use crate::clock::SystemClock;
use crate::record::Fold;

/// The store's directory in the journal's.
const STORE_DIR: &str = "store";
/// Where an unusable store is kept until the next one is.
const ASIDE_DIR: &str = "store.aside";

pub(super) fn open(
    options: &Options,
    fold: Arc<dyn Fold>,
    progress: &dyn Fn(Progress),
    on_fatal: OnFatal,
) -> Result<Inner, Failure> {
    progress(Progress { step: Step::Ledger, done: 0, total: 0 });
    let disk = OsDisk::exclusive(&options.dir)?;
    let blobs = BlobStore::open(disk.another())?;
    let ledger = Ledger::open(disk, &LedgerOptions { segment_bytes: options.segment_bytes })?;
    let reader = ledger.reader();

    progress(Progress { step: Step::Store, done: 0, total: 0 });
    let opened = usable(options, &reader)
        .and_then(|store| over(store, options, (&reader, fold.as_ref()), progress));
    let backlog = match opened {
        Err(failure @ (Failure::Store { .. } | Failure::Corrupt { .. })) => {
            tracing::warn!(%failure, "the store is set aside and made again from the ledger");
            set_aside(&options.dir)?;
            let store = SledStore::open(&options.dir.join(STORE_DIR), options.store)?;
            prepare(&store)?;
            over(store, options, (&reader, fold.as_ref()), progress)?
        }
        opened => opened?,
    };
    let meter = Arc::new(Meter::default());
    let clock = Arc::new(SystemClock::start());
    let committer = Committer::new(ledger, Arc::clone(&backlog), Arc::clone(&meter), clock);
    let writing = Writing::Threads(Threads::start(committer, &backlog, on_fatal)?);
    Ok(Inner { backlog, meter, reader, blobs, fold, writing })
}

pub(super) fn in_memory(fold: Arc<dyn Fold>) -> Result<Inner, Failure> {
    let disk = MemoryDisk::new();
    let blobs = BlobStore::open(disk.another())?;
    let ledger = Ledger::open(disk, &LedgerOptions { segment_bytes: 64 << 20 })?;
    let reader = ledger.reader();
    let backlog = Backlog::new(Tables::default(), Arc::new(MemoryStore::new()), Limits::default());
    let (backlog, meter) = (Arc::new(backlog), Arc::new(Meter::default()));
    let clock = Arc::new(SystemClock::start());
    let committer = Committer::new(ledger, Arc::clone(&backlog), Arc::clone(&meter), clock);
    let writing = Writing::Caller(Mutex::new((committer, Applier::new(Arc::clone(&backlog)))));
    Ok(Inner { backlog, meter, reader, blobs, fold, writing })
}

/// The store as it lies there, if it belongs to this ledger.
fn usable(options: &Options, reader: &LedgerReader) -> Result<SledStore, Failure> {
    let store = SledStore::open(&options.dir.join(STORE_DIR), options.store)?;
    let applied = store.get(layout::APPLIED)?.map(|bytes| layout::parse_value::<u64>(&bytes));
    match applied {
        Some(Ok(applied)) if applied <= reader.last_frame() => Ok(store),
        None if reader.last_frame() == 0 => prepare(&store).map(|()| store),
        // Cut off while it was made, of another ledger, or unreadable.
        other => {
            let what = format!(
                "the applied frame in the store: {other:?}, the ledger ends at {}",
                reader.last_frame()
            );
            Err(Failure::Corrupt {
                what,
                source: crate::entity::Corrupt("not of this ledger".to_owned()),
            })
        }
    }
}

/// An empty store is one that has seen nothing; a store without this key was never finished.
fn prepare(store: &SledStore) -> Result<(), Failure> {
    store.apply(vec![(layout::APPLIED.to_vec(), Some(layout::value(&0_u64)))])
}

fn over(
    store: SledStore,
    options: &Options,
    (reader, fold): (&LedgerReader, &dyn Fold),
    progress: &dyn Fn(Progress),
) -> Result<Arc<Backlog>, Failure> {
    let store: Arc<dyn Store> = Arc::new(store);
    let tables = Tables::load(store.as_ref())?;
    let backlog = Arc::new(Backlog::new(tables, store, options.limits));
    recover(&backlog, reader, fold, progress)?;
    Ok(backlog)
}

fn set_aside(dir: &Path) -> Result<(), Failure> {
    let (from, to) = (dir.join(STORE_DIR), dir.join(ASIDE_DIR));
    if to.exists() {
        fs::remove_dir_all(&to).map_err(|error| Failure::io("remove", ASIDE_DIR, error))?;
    }
    fs::rename(&from, &to).map_err(|error| Failure::io("rename", STORE_DIR, error))
}
