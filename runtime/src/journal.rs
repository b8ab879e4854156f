//! The journal: what is accepted, for ever, and what follows from it, at hand.
//!
//! ```text
//! submit ─► queue ─► committer ─► ledger (fdatasync) ─► memtable ─► answer
//!                                                          │ applier, a second or 64 MiB behind
//! reads ◄── memtable over store ◄──────────────────────── store (sled)
//! ```
//! The ledger is the truth and the history; the store holds the state of every entity, its alarms, places in lists,
//! outbox rows and tells, and can be made again from the ledger. A read sees every commit that was answered.
//!
//! Not here: decisions, timers that fire, messages that go out.

pub mod applier;
pub mod backlog;
pub mod blob;
pub mod committer;
pub mod disk;
pub mod failure;
mod forms;
pub mod frame;
pub mod history;
pub mod layout;
pub mod ledger;
mod linked;
mod links;
mod looking;
pub mod loss;
pub mod marker;
mod member;
pub mod memtable;
mod merged;
pub(crate) mod mirror;
pub mod opening;
pub mod outbox_counts;
pub(crate) mod outgoing;
pub mod overdue;
mod parts;
pub mod putting_away;
pub mod reading;
pub mod recovery;
mod replacing;
pub(crate) mod sender;
pub mod sled;
pub mod snapshot;
pub mod staging;
pub mod stats;
pub mod store;
pub mod subscription;
mod threads;
pub mod upkeep;
pub mod witness;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::sled::{Check, StoreOptions};
use applier::Applier;
use backlog::{Backlog, Ending, Limits};
use blob::BlobStore;
use committer::{Commit, Done, Submission};
use disk::{Disk, MemoryDisk};
pub use failure::{Difference, Failure};
use ledger::LedgerReader;
pub use linked::link_of;
pub use member::Joining;
use member::Member;
pub use merged::Alarm;
use recovery::Progress;
use snapshot::{Snapshots, Span};
use stats::{Meter, Stats, Trouble};
use store::{MemoryStore, Store};
use subscription::Feed;
use threads::Threads;
use witness::Sighting;

use crate::clock::Clock;
use crate::histogram::Histogram;
use crate::journal::marker::Membership;
use crate::loops::Loops;
use crate::record::{Batch, Fold};

/// The exit code of a process whose store failed and works again after a start (`EX_TEMPFAIL`).
pub const EXIT_TO_START_AGAIN: i32 = 75;

/// The ownership under which partitions decide: whoever opens a directory to write locks it, and owns all of them until
/// the process ends, so there is none but the first.
pub const EPOCH: u64 = 1;

/// How long a reader waits for its own commit to reach the store.
pub const APPLY_PATIENCE: Duration = Duration::from_secs(1);

/// Where a journal lies and how much it may use.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its directory, created if it is missing.
    pub dir: PathBuf,
    pub store: StoreOptions,
    /// Size of a segment of the ledger.
    pub segment_bytes: u64,
    /// How far the store may lie behind the ledger.
    pub limits: Limits,
    /// A base snapshot is made each time the ledger has grown by this much.
    pub snapshot_every_bytes: u64,
    /// What others have seen of the ledger: one in which that is missing is refused.
    pub seen: Vec<Sighting>,
    /// Whether a ledger may be begun.
    pub founding: Founding,
    /// Who opens it: the directory of a node is that node's alone.
    pub membership: Membership,
}

impl Options {
    /// The usual sizes, in `dir`.
    pub fn at(dir: impl Into<PathBuf>) -> Options {
        Options {
            dir: dir.into(),
            store: StoreOptions { cache_bytes: 512 << 20, check: Check::InDoubt },
            segment_bytes: 64 << 20,
            limits: Limits::default(),
            snapshot_every_bytes: 4 << 30,
            seen: Vec::new(),
            founding: Founding::Allowed,
            membership: Membership::Alone,
        }
    }
}

/// What is done where no ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Founding {
    /// One is begun, unless something bears witness of an earlier one.
    Allowed,
    /// It is refused: somebody must have said that a new one is meant.
    Refused,
}

/// What happens when nobody knows what is on the disk any more, or who writes there fell.
pub type OnFatal = Arc<dyn Fn(&Failure) + Send + Sync>;

/// A handle on the journal; clones share it.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    backlog: Arc<Backlog>,
    meter: Arc<Meter>,
    feed: Arc<Feed>,
    reader: LedgerReader,
    blobs: BlobStore,
    snapshots: Arc<Snapshots>,
    fold: Arc<dyn Fold>,
    clock: Arc<dyn Clock>,
    loops: Arc<Loops>,
    writing: Writing,
}

/// Who commits.
enum Writing {
    /// Threads of its own; those of a node with what they share with the log of its cluster.
    Threads(Threads, Option<Member>),
    /// Nobody: it is looked at, and what is looked at is not changed.
    Nobody,
    /// The caller, at once: nothing to wait for in memory, and a run repeats exactly.
    Caller(Mutex<Own>),
}

/// What a caller that commits uses.
struct Own {
    committer: Box<dyn Commit>,
    applier: Applier,
}

impl Journal {
    /// Opens the journal in `options.dir`, reads back what the store has not seen, and starts its threads. A failed
    /// sync ends the process.
    ///
    /// # Errors
    /// What the operator must know before anything is touched: a damaged ledger, a full disk, another process, a
    /// directory of a node that somebody else opens.
    pub fn open(
        options: Options,
        fold: Arc<dyn Fold>,
        progress: &dyn Fn(Progress),
    ) -> Result<Journal, Failure> {
        Journal::open_with(options, fold, progress, Arc::new(end))
    }

    /// As [`Journal::open`], with something else to happen after a failed sync.
    pub fn open_with(
        options: Options,
        fold: Arc<dyn Fold>,
        progress: &dyn Fn(Progress),
        on_fatal: OnFatal,
    ) -> Result<Journal, Failure> {
        opening::open(&options, fold, progress, on_fatal)
            .map(|inner| Journal { inner: Arc::new(inner) })
    }

    /// Looks at the journal in `options.dir` and changes nothing there: the ledger is read as it lies, the store is
    /// opened in `shadow`, where a copy of it stands and may be changed. Takes no lock, commits nothing.
    pub fn look(
        options: &Options,
        shadow: &Path,
        fold: Arc<dyn Fold>,
        progress: &dyn Fn(Progress),
    ) -> Result<Journal, Failure> {
        looking::look(options, shadow, fold, progress)
            .map(|inner| Journal { inner: Arc::new(inner) })
    }

    /// A journal in memory, gone with its last handle: the same ledger, memtable and recovery over memory. Callers
    /// commit themselves, so [`Journal::submit`] returns after `done` was called.
    pub fn in_memory(fold: Arc<dyn Fold>) -> Result<Journal, Failure> {
        Journal::over(MemoryDisk::new(), Arc::new(MemoryStore::new()), fold, Limits::default())
    }

    /// A journal without threads over any disk and store: callers commit themselves, and a run repeats exactly. Reads
    /// back what `store` has not seen of the ledger on `disk`. After a failed sync nothing more is answered.
    ///
    /// # Errors
    /// The disk's and the store's; [`Failure::Corrupt`] when the store is not one of this ledger.
    pub fn over<D: Disk>(
        disk: D,
        store: Arc<dyn Store>,
        fold: Arc<dyn Fold>,
        limits: Limits,
    ) -> Result<Journal, Failure> {
        opening::over(disk, store, fold, limits).map(|inner| Journal { inner: Arc::new(inner) })
    }

    /// Commits `batch`; `done` is called once, with the frame that holds it or with why none does, on a thread of the
    /// journal's. At most one batch of a partition is on its way at any time, which bounds the queue.
    pub fn submit(&self, batch: Batch, done: Done) {
        let submission = Submission { batch, done };
        match &self.inner.writing {
            Writing::Threads(threads, _) => threads.submit(submission),
            Writing::Nobody => (submission.done)(Err(Failure::Stopped)),
            Writing::Caller(own) => {
                let mut own = lock(own);
                let answers = own.committer.group(vec![submission]);
                if self.inner.backlog.is_full()
                    && let Err(failure) = own.applier.apply_once()
                {
                    tracing::error!(%failure, "the store takes nothing; what is committed stays in memory");
                }
                // Whoever is answered may commit again at once.
                drop(own);
                match answers {
                    Ok(answers) => answers.give(),
                    Err(failure) => tracing::error!(%failure, "nobody knows what is on the disk"),
                }
            }
        }
    }

    /// The ledger's last hash and frame: what is printed for people, so that nothing before it can be altered unseen.
    pub fn head(&self) -> ([u8; 32], u64) {
        self.inner.meter.last()
    }

    /// The last frame that the store has seen whole.
    pub fn applied(&self) -> u64 {
        self.inner.backlog.tables().applied()
    }

    /// Waits until the store has seen `frame`, for at most [`APPLY_PATIENCE`]; tells whether it has. Reads through the
    /// journal need not wait: they see every commit that was answered.
    pub fn wait_applied(&self, frame: u64) -> bool {
        if let Writing::Caller(own) = &self.inner.writing {
            return lock(own).applier.apply_once().is_ok() && self.applied() >= frame;
        }
        self.inner.backlog.wait_applied(frame, APPLY_PATIENCE)
    }

    /// Every loop of the process that works on this journal, its own threads among them.
    pub fn loops(&self) -> &Arc<Loops> {
        &self.inner.loops
    }

    /// Blobs, by their hash.
    pub fn blobs(&self) -> &BlobStore {
        &self.inner.blobs
    }

    /// The ledger, to read.
    pub fn ledger(&self) -> &LedgerReader {
        &self.inner.reader
    }

    /// Takes a base snapshot now, beside those that are taken as the ledger grows.
    ///
    /// # Errors
    /// The disk's and the store's; there is then no new one.
    pub fn snapshot(&self) -> Result<Span, Failure> {
        match &self.inner.writing {
            Writing::Nobody => Err(Failure::Stopped),
            Writing::Threads(..) | Writing::Caller(_) => {
                self.inner.snapshots.take(self.inner.clock.now())
            }
        }
    }

    /// What it did since it was opened.
    pub fn stats(&self) -> Stats {
        let mut stats = self.inner.meter.stats();
        let tables = self.inner.backlog.tables();
        stats.applied = tables.applied();
        stats.n_bytes_behind = u64::try_from(tables.n_bytes()).unwrap_or(u64::MAX);
        stats
    }

    /// How long commits took, sync included, since it was opened.
    pub fn latency(&self) -> Histogram {
        self.inner.meter.latency()
    }

    /// Why nothing is committed, if the last group was refused: a full disk, or a store that is too far behind. Gone with
    /// the next commit, so it also stands while nobody asks for anything.
    pub fn trouble(&self) -> Option<Trouble> {
        self.inner.meter.trouble()
    }

    /// Why the store takes nothing, if it does not: commits go on in memory and in the ledger for as long as there is
    /// room.
    pub fn store_trouble(&self) -> Option<Failure> {
        self.inner.backlog.why_stuck()
    }

    /// Whether timers may go on firing: not while the store lies so far behind that people would have to wait for them.
    pub fn has_room_for_alarms(&self) -> bool {
        match &self.inner.writing {
            Writing::Threads(..) => self.inner.backlog.has_room_for_alarms(),
            // Whoever commits brings the store up to date, too.
            Writing::Caller(_) | Writing::Nobody => true,
        }
    }

    /// Takes nothing more, commits what is queued, applies everything and hands it to the system. Further handles can
    /// still read.
    ///
    /// # Errors
    /// The store's: nothing is lost, the next start reads the rest from the ledger.
    pub fn close(self) -> Result<(), Failure> {
        match &self.inner.writing {
            Writing::Threads(threads, _) => threads.close()?,
            Writing::Nobody => return Ok(()),
            Writing::Caller(own) => drop(lock(own).applier.apply_once()?),
        }
        self.inner.feed.end();
        self.inner.backlog.store().flush()
    }
}

/// Ends the process, for its manager to start it again.
#[expect(
    clippy::exit,
    reason = "only another process can go on, and a core would fill the disk again"
)]
fn end(failure: &Failure) {
    tracing::error!(%failure, "the process ends: the next start reads what is on the disk");
    if failure.passes_with_a_new_start() {
        std::process::exit(EXIT_TO_START_AGAIN);
    }
    std::process::abort();
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Inner {
    /// Without [`Journal::close`] the threads stop as soon as what is queued is committed.
    fn drop(&mut self) {
        if let Writing::Threads(threads, _) = &self.writing {
            threads.abandon();
        }
        self.backlog.end(Ending::Abandon);
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("head", &self.head().1).finish_non_exhaustive()
    }
}
