//! The real store: sled 0.34.7, one tree, used as little as possible.
//!
//! What sled needs to be told around: its `flush` is not safe against a loss of power (the ledger is); a leftover
//! `snap.*.generating` makes its `open` fail; damage may show as a panic. So everything goes through [`guarded`], and a
//! store that has shown damage is marked, so that the next start makes a new one. No `watch_prefix`, `merge` or
//! `generate_id`: each is known to break or to grow without bound.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::store::{Op, Pair, Store};

/// The file whose presence says that a store has shown damage.
const SUSPECT: &str = "suspect";

/// A store in sled.
#[derive(Debug)]
pub struct SledStore {
    /// Both kept: the database ends when its last handle goes.
    tree: sled::Tree,
    database: sled::Db,
    /// The file that says that this store has shown damage.
    suspect: PathBuf,
}

/// What sled says, in one type that is shareable.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Sled(#[from] sled::Error),
    #[error("it panicked: {0}")]
    Panic(String),
    #[error("it has shown damage before")]
    Suspect,
}

impl SledStore {
    /// Opens the store in `dir`, which is created if it is missing.
    ///
    /// Leftovers of an interrupted snapshot of sled's are removed; on damage its snapshots are moved aside and it reads
    /// its whole log instead.
    ///
    /// # Errors
    /// [`Failure::Store`] when it stays unusable: the caller sets `dir` aside and makes a new one.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<SledStore, Failure> {
        let suspect = dir.join(SUSPECT);
        if suspect.exists() {
            return Err(Failure::store("open", Trouble::Suspect));
        }
        for name in snapshots(dir) {
            if name.to_string_lossy().ends_with(".generating") {
                fs::remove_file(&name)
                    .map_err(|error| Failure::io("remove", &name.to_string_lossy(), error))?;
            }
        }
        let opened = guarded("open", || open(dir, cache_bytes)).or_else(|failure| {
            tracing::warn!(%failure, "sled cannot open: trying without its snapshots");
            set_snapshots_aside(dir)?;
            guarded("open", || open(dir, cache_bytes))
        });
        let (database, tree) = opened?;
        Ok(SledStore { tree, database, suspect })
    }

    fn guarded<T>(
        &self,
        doing: &'static str,
        ask: impl Fn() -> sled::Result<T>,
    ) -> Result<T, Failure> {
        guarded(doing, ask).inspect_err(|failure| {
            if !matches!(failure, Failure::Store { .. }) {
                return;
            }
            tracing::error!(%failure, "the store failed; the next start makes a new one from the ledger");
            // A full or failing disk may refuse even this; then the next start opens it and may find the damage again.
            if let Err(error) = File::create(&self.suspect) {
                tracing::warn!(%error, "cannot mark the store");
            }
        })
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
        let mut batch = sled::Batch::default();
        for (key, value) in ops {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.guarded("apply", || self.tree.apply_batch(batch.clone()))
    }

    /// One by one: readers get in between, and sorted keys find their pages in the cache.
    fn write(&self, ops: Vec<Op>) -> Result<(), Failure> {
        self.guarded("write", || {
            for (key, value) in &ops {
                match value {
                    Some(value) => drop(self.tree.insert(key, value.as_slice())?),
                    None => drop(self.tree.remove(key)?),
                }
            }
            Ok(())
        })
    }

    fn flush(&self) -> Result<(), Failure> {
        self.guarded("flush", || self.database.flush()).map(|_| ())
    }
}

fn open(dir: &Path, cache_bytes: u64) -> sled::Result<(sled::Db, sled::Tree)> {
    let config = sled::Config::new().path(dir).cache_capacity(cache_bytes);
    let database = config.mode(sled::Mode::HighThroughput).open()?;
    let tree = database.open_tree(b"duban")?;
    Ok((database, tree))
}

/// Asks sled, and takes a panic for an answer.
fn guarded<T>(doing: &'static str, ask: impl Fn() -> sled::Result<T>) -> Result<T, Failure> {
    // sled keeps nothing of ours, and after a failure nothing of it is used but to read once more.
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
        other => Failure::store(doing, Trouble::from(other)),
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
