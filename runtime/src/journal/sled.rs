//! The real store: sled 0.34.7, one tree, used as little as possible.
//!
//! What sled needs to be told around: its `flush` is not safe against a loss of power (the ledger is); a leftover
//! `snap.*.generating` makes its `open` fail; damage may show as a panic, or not at all. So every call goes through
//! `guarded`; every batch carries a sum over all rows, by which a store that was left in doubt is checked; and one
//! that has shown damage is marked, so that the next start makes a new one. No `watch_prefix`, `merge` or
//! `generate_id`: each is known to break or to grow without bound.
//!
//! One write that failed, of a full disk as a rule, makes sled refuse everything until it is opened anew; what it holds
//! then has to be looked through first.

mod room;
mod trust;

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use trust::{Mark, Trust};

use super::failure::Failure;
use super::store::{Op, Pair, Spent, Store};
use crate::seldom::Seldom;

/// "the store is damaged; the next start".
static DAMAGED: Seldom = Seldom::new();

/// The key of the sum over all other rows; after every key of the layout.
const SUM: &[u8] = b"~sum";
/// Poured keys after which the sum is brought up to date.
const SUMMED_EVERY: usize = 256;

/// When a store is read from end to end before it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// When power may have been lost since it was last in use.
    #[default]
    InDoubt,
    /// Every time: some seconds for a million entities.
    Always,
}

/// How a store is kept.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// Memory for pages.
    pub cache_bytes: u64,
    pub check: Check,
}

/// A store in sled.
#[derive(Debug)]
pub struct SledStore {
    tree: sled::Tree,
    /// Kept: the database ends when its last handle goes.
    database: sled::Db,
    dir: PathBuf,
    /// The sum over all rows. Held by whoever changes them.
    sum: Mutex<u128>,
    /// What sled failed with, for good.
    broken: OnceLock<Failure>,
}

/// Between two attempts at sled's lock.
const LOCK_PAUSE: Duration = Duration::from_millis(10);
/// Attempts that find it held, before it is: half a second.
const LOCK_ATTEMPTS_MAX: u32 = 50;

/// What sled says, in one type that is shareable.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Sled(#[from] sled::Error),
    #[error("it panicked: {0}")]
    Panic(String),
    #[error("it has shown damage before, or was never finished")]
    Marked,
    #[error("its rows are not those that were put there")]
    Sum,
}

impl SledStore {
    /// Opens the store in `dir`, which is created if it is missing.
    ///
    /// Leftovers of an interrupted snapshot of sled's are removed; on damage its snapshots are moved aside and it reads
    /// its whole log instead.
    ///
    /// # Errors
    /// [`Failure::Store`] when it stays unusable: the caller sets `dir` aside and makes a new one.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<SledStore, Failure> {
        let trust = trust::read(dir);
        if trust == Trust::None {
            return Err(Failure::store("open", Trouble::Marked));
        }
        let store = SledStore::at(dir, options)?;
        if trust == Trust::Doubtful || options.check == Check::Always {
            store.check()?;
        }
        trust::mark(dir, Mark::Open)?;
        Ok(store)
    }

    /// A new store in `dir`, where nothing is: whoever opens it before it is [`SledStore::made`] makes it anew.
    pub fn begin(dir: &Path, options: StoreOptions) -> Result<SledStore, Failure> {
        fs::create_dir_all(dir)
            .map_err(|error| Failure::io("create", &dir.to_string_lossy(), error))?;
        // Before anything is there that could be taken for a store.
        trust::mark(dir, Mark::Making)?;
        SledStore::at(dir, options)
    }

    /// Whether there is one in `dir`, of use or not.
    pub fn is_there(dir: &Path) -> bool {
        trust::is_there(dir)
    }

    /// Whether the store in `dir` was ever finished; one whose making was cut off was not.
    pub fn was_made(dir: &Path) -> bool {
        trust::was_made(dir)
    }

    /// Removes the store in `dir`, if there is anything.
    pub fn discard(dir: &Path) -> Result<(), Failure> {
        trust::discard(dir).map_err(|error| Failure::io("remove", &dir.to_string_lossy(), error))
    }

    /// What lies in `dir`, without a word about how it was left.
    fn at(dir: &Path, options: StoreOptions) -> Result<SledStore, Failure> {
        for name in
            snapshots(dir).iter().filter(|name| name.extension().is_some_and(|e| e == "generating"))
        {
            fs::remove_file(name)
                .map_err(|error| Failure::io("remove", &name.to_string_lossy(), error))?;
        }
        let attempt = || guarded("open", || open(dir, options.cache_bytes));
        let (database, tree) = attempt().or_else(|failure| {
            tracing::warn!(%failure, "sled cannot open: trying without its snapshots");
            set_snapshots_aside(dir)?;
            attempt()
        })?;
        let sum = guarded("read", || tree.get(SUM))?;
        let sum = sum
            .and_then(|sum| Some(u128::from_be_bytes(sum.as_ref().try_into().ok()?)))
            .unwrap_or(0);
        Ok(SledStore {
            tree,
            database,
            dir: dir.to_owned(),
            sum: Mutex::new(sum),
            broken: OnceLock::new(),
        })
    }

    /// Reads it from end to end.
    fn check(&self) -> Result<(), Failure> {
        let sum = *self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        if sum_of(&self.tree)? == sum { Ok(()) } else { Err(Failure::store("trust", Trouble::Sum)) }
    }

    /// It holds what it should, even after a kill or a loss of power: from now on it is a store of use.
    pub fn made(&self) -> Result<(), Failure> {
        // sled keeps what it was told to itself for up to half a second. A mark ahead of that would make a finished
        // store of one that, killed now, says neither how much it has seen nor in which forms.
        self.settle(|dir| trust::mark(dir, Mark::Open))
    }

    /// Has all that was put into it safe on the disk, and then says so by `mark`.
    fn settle(&self, mark: impl FnOnce(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
        // Nothing may change between the last byte and the mark that says so.
        let _quiet = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        self.guarded("flush", || self.database.flush())?;
        trust::sync_all(&self.dir)?;
        mark(&self.dir)
    }

    fn guarded<T>(
        &self,
        doing: &'static str,
        ask: impl Fn() -> sled::Result<T>,
    ) -> Result<T, Failure> {
        guarded(doing, ask).inspect_err(|failure| {
            if matches!(failure, Failure::Io { .. } | Failure::Full { .. }) {
                return self.broke(failure);
            }
            if !matches!(failure, Failure::Store { .. }) {
                return;
            }
            if let Some(n_left_out) = DAMAGED.turn() {
                tracing::error!(%failure, n_left_out, "the store is damaged; the next start makes a new one from the ledger");
            }
            if let Err(failure) = trust::damaged(&self.dir) {
                // Then the next start finds the damage for itself.
                tracing::warn!(%failure, "cannot mark the store");
            }
        })
    }
}

impl SledStore {
    /// Nobody knows which of the last writes are there: the next start looks, and this one asks no more.
    fn broke(&self, failure: &Failure) {
        if self.broken.set(failure.clone()).is_ok() {
            tracing::error!(%failure, "the store takes nothing until it is opened anew");
            trust::doubt(&self.dir);
        }
    }
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let found = self.guarded("read", || self.tree.get(key))?;
        Ok(found.map(|value| value.to_vec()))
    }

    fn scan(&self, from: &[u8], to_exclusive: &[u8], limit: usize) -> Result<Vec<Pair>, Failure> {
        if from >= to_exclusive {
            return Ok(Vec::new());
        }
        self.guarded("scan", || {
            let rows = self.tree.range(from..to_exclusive).take(limit);
            rows.map(|row| row.map(|(key, value)| (key.to_vec(), value.to_vec()))).collect()
        })
    }

    fn apply(&self, ops: Vec<Op>) -> Result<(), Failure> {
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        let mut after = *sum;
        let mut batch = sled::Batch::default();
        for (key, value) in ops {
            if let Some(replaced) = self.guarded("read", || self.tree.get(&key))? {
                after = after.wrapping_sub(digest(&key, &replaced));
            }
            match value {
                Some(value) => {
                    after = after.wrapping_add(digest(&key, &value));
                    batch.insert(key, value);
                }
                None => batch.remove(key),
            }
        }
        batch.insert(SUM, &after.to_be_bytes());
        self.guarded("apply", || self.tree.apply_batch(batch.clone()))?;
        *sum = after;
        Ok(())
    }

    fn pour(&self, ops: Vec<Op>) -> Result<(), Failure> {
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        let write = |sum: u128| self.guarded("pour", || self.tree.insert(SUM, &sum.to_be_bytes()));
        for (n, (key, value)) in (1_usize..).zip(ops) {
            // One way down the tree instead of two: what stood there comes back.
            let replaced = self.guarded("pour", || match &value {
                Some(value) => self.tree.insert(&key, value.as_slice()),
                None => self.tree.remove(&key),
            })?;
            if let Some(replaced) = replaced {
                *sum = sum.wrapping_sub(digest(&key, &replaced));
            }
            if let Some(value) = value {
                *sum = sum.wrapping_add(digest(&key, &value));
            }
            if n.is_multiple_of(SUMMED_EVERY) {
                write(*sum)?;
            }
        }
        write(*sum).map(drop)
    }

    fn spent(&self) -> Option<Spent> {
        let failure = self.broken.get()?.clone();
        // Where a full disk is not what is wrong, waiting mends nothing.
        if failure.is_full() && !room::is_there(&self.dir) {
            Some(Spent::NoRoom(failure))
        } else {
            Some(Spent::Curable(failure))
        }
    }

    /// Safe against a loss of power, too: a store that was left like this need not be checked, unless it has shown damage.
    fn flush(&self) -> Result<(), Failure> {
        self.settle(trust::closed)
    }
}

fn open(dir: &Path, cache_bytes: u64) -> sled::Result<(sled::Db, sled::Tree)> {
    let config = sled::Config::new().path(dir).cache_capacity(cache_bytes);
    let database = patiently(&config.mode(sled::Mode::HighThroughput))?;
    let tree = database.open_tree(b"duban")?;
    Ok((database, tree))
}

/// Opens sled, once its lock is free. The directory is ours by the journal's lock, so nobody works there; but the system
/// ends a lock with the last descriptor of its file, and a child that another thread is just starting has a copy of each
/// until it begins its own program.
#[expect(clippy::disallowed_methods, reason = "nobody is woken by the end of another's lock")]
fn patiently(config: &sled::Config) -> sled::Result<sled::Db> {
    for _ in 1..LOCK_ATTEMPTS_MAX {
        match config.open() {
            Err(error) if is_held(&error) => std::thread::sleep(LOCK_PAUSE),
            settled => return settled,
        }
    }
    config.open()
}

/// Whether it is sled's lock that is in the way; sled has no kind of its own for that.
fn is_held(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().starts_with("could not acquire lock"))
}

/// Asks sled, and takes a panic for an answer.
fn guarded<T>(doing: &'static str, ask: impl Fn() -> sled::Result<T>) -> Result<T, Failure> {
    // sled keeps nothing of ours, and a store that panicked is not used again.
    let answer = catch_unwind(AssertUnwindSafe(ask)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text =
            text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
        Failure::store(doing, Trouble::Panic(text.to_owned()))
    })?;
    answer.map_err(|error| match error {
        // A store cut short is damaged; anything else is the system's doing, and may pass.
        sled::Error::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Failure::io(doing, "store", error)
        }
        sled::Error::Io(_)
        | sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Corruption { .. } => Failure::store(doing, Trouble::from(error)),
    })
}

/// One row's share of the sum: rows may be added and taken away in any order.
fn digest(key: &[u8], value: &[u8]) -> u128 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(&u64::try_from(key.len()).unwrap_or(u64::MAX).to_le_bytes());
    hasher.update(key);
    hasher.update(value);
    hasher.digest128()
}

fn sum_of(tree: &sled::Tree) -> Result<u128, Failure> {
    guarded("check", || {
        let rows = tree.iter().filter(|row| !matches!(row, Ok((key, _)) if key.as_ref() == SUM));
        rows.map(|row| row.map(|(key, value)| digest(&key, &value)))
            .try_fold(0_u128, |sum, digest| Ok(sum.wrapping_add(digest?)))
    })
}

fn snapshots(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let named = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("snap."))
    };
    paths.filter(named).collect()
}

fn set_snapshots_aside(dir: &Path) -> Result<(), Failure> {
    for from in snapshots(dir) {
        let name = from.file_name().unwrap_or_default().to_string_lossy();
        let to = dir.join(format!("aside.{name}"));
        fs::rename(&from, &to)
            .map_err(|error| Failure::io("rename", &from.to_string_lossy(), error))?;
    }
    Ok(())
}
