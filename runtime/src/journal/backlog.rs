//! The backlog between the ledger and the store: what is committed and not applied, and who waits for whom.
//!
//! The committer waits when the backlog is full; the applier waits until there is something to do; a reader may wait
//! until its own commit is in the store. Bounded: one active generation of [`Limits::n_bytes_max`] (plus one group),
//! and one frozen. Timers fire only into the first three quarters of a generation: however many are overdue, people find
//! room in the last.

use std::sync::{
    Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    TryLockError,
};
use std::time::Duration;

use super::failure::Failure;
use super::memtable::Memtable;
use super::memtable::awaited::Awaited;
use super::memtable::revisions::Revisions;
use super::memtable::tables::Tables;
use super::store::Store;

/// How many times as long as it worked the applier rests, unless it is called.
const REST_PER_WORK: u32 = 7;
/// The longest it rests.
const BUSY_LAG_MAX: Duration = Duration::from_secs(10);

/// How far the store may lie behind the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one generation.
    pub n_bytes_max: usize,
    /// How long a commit stays out of the store when there is little to do.
    pub lag_max: Duration,
    /// Changes that are made at once at most, where they must be: readers wait for so long.
    pub n_at_once_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { n_bytes_max: 64 << 20, lag_max: Duration::from_secs(1), n_at_once_max: 512 }
    }
}

/// What is committed and not applied, over the store.
pub struct Backlog {
    tables: RwLock<Tables>,
    revisions: Arc<Revisions>,
    awaited: Arc<Awaited>,
    store: Arc<dyn Store>,
    limits: Limits,
    standing: Mutex<Condition>,
    moved: Condvar,
    /// Held while the store changes.
    applying: Mutex<()>,
}

/// What the waiting threads look at.
#[derive(Debug, Default)]
struct Condition {
    /// Somebody waits for the store to catch up.
    urgent: bool,
    ending: Ending,
    /// Why the store takes nothing at the moment.
    trouble: Option<Failure>,
    /// The last frame that is safe on the disk, where frames are seen before; none where every frame is.
    safe: Option<u64>,
}

/// How the journal comes to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    #[default]
    Open,
    /// Apply everything, then stop.
    Drain,
    /// Stop at once: the next start reads the rest from the ledger.
    Abandon,
}

impl Backlog {
    /// The backlog over `store`, as `tables` hold it.
    pub fn new(tables: Tables, store: Arc<dyn Store>, limits: Limits) -> Backlog {
        let (revisions, awaited) = (Arc::clone(tables.revisions()), Arc::clone(tables.awaited()));
        let (tables, moved, applying) = (RwLock::new(tables), Condvar::new(), Mutex::new(()));
        let standing = Mutex::default();
        Backlog { tables, revisions, awaited, store, limits, standing, moved, applying }
    }

    /// What is committed and not applied.
    pub fn tables(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, unless somebody changes it right now.
    pub fn tables_at_once(&self) -> Option<RwLockReadGuard<'_, Tables>> {
        match self.tables.try_read() {
            Ok(tables) => Some(tables),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// The same, to change it.
    pub fn tables_mut(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often entities of this kind changed.
    pub fn revision(&self, kind: u8) -> u64 {
        self.revisions.of(kind)
    }

    /// Who waits for an entity's next change.
    pub fn awaited(&self) -> &Arc<Awaited> {
        &self.awaited
    }

    /// What lies below.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// The store does not change while this is held.
    pub fn still(&self) -> MutexGuard<'_, ()> {
        self.applying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the active generation has reached its bound.
    pub fn is_full(&self) -> bool {
        self.tables().n_bytes() >= self.limits.n_bytes_max
    }

    /// Changes that may be made at once.
    pub fn n_at_once(&self) -> usize {
        self.limits.n_at_once_max
    }

    /// Whether timers may go on firing. If not, the applier is called: there is room as soon as it takes what is there.
    pub fn has_room_for_alarms(&self) -> bool {
        let has_room =
            self.tables().n_bytes() < self.limits.n_bytes_max - self.limits.n_bytes_max / 4;
        if !has_room {
            self.hurry();
        }
        has_room
    }

    /// Waits until a further group may be committed.
    ///
    /// # Errors
    /// The store's failure, when there is no room and the store takes nothing.
    pub fn wait_for_room(&self) -> Result<(), Failure> {
        let mut standing = self.standing();
        while self.is_full() {
            if let Some(trouble) = &standing.trouble {
                return Err(trouble.clone());
            }
            standing.urgent = true;
            self.moved.notify_all();
            standing = self.moved.wait(standing).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// Wakes the applier early if the active generation is full.
    pub fn committed(&self) {
        if self.is_full() {
            self.hurry();
        }
    }

    /// Waits at most `patience` until the store has seen `frame`; tells whether it has.
    pub fn wait_applied(&self, frame: u64, patience: Duration) -> bool {
        self.hurry();
        let behind = |_: &mut Condition| self.tables().applied() < frame;
        let waited = self.moved.wait_timeout_while(self.standing(), patience, behind);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Waits until the applier has something to do: for as long as a commit may stay out of the store, or a while after
    /// it `worked` for long. The longer a generation grows, the fewer of its changes reach the store.
    pub fn wait_for_work(&self, worked: Duration) -> Ending {
        let lag = self.limits.lag_max.max((worked * REST_PER_WORK).min(BUSY_LAG_MAX));
        let idle = |standing: &mut Condition| !standing.urgent && standing.ending == Ending::Open;
        let waited = self.moved.wait_timeout_while(self.standing(), lag, idle);
        let mut standing = waited.unwrap_or_else(PoisonError::into_inner).0;
        standing.urgent = false;
        standing.ending
    }

    /// Waits for as long as a commit may stay out of the store, unless the end comes: after a failure of the store.
    pub fn pause(&self) -> Ending {
        let open = |standing: &mut Condition| standing.ending == Ending::Open;
        let waited = self.moved.wait_timeout_while(self.standing(), self.limits.lag_max, open);
        waited.unwrap_or_else(PoisonError::into_inner).0.ending
    }

    /// Begins the end.
    pub fn end(&self, ending: Ending) {
        self.standing().ending = ending;
        self.moved.notify_all();
    }

    /// Frames are seen before they are safe on the disk, from now on; up to `frame` they are.
    pub fn secured(&self, frame: u64) {
        self.standing().safe = Some(frame);
        self.moved.notify_all();
    }

    /// Waits until `frame` is safe on the disk: the store must never know more than the ledger.
    ///
    /// # Errors
    /// [`Failure::Stopped`], when the end comes before.
    pub fn wait_secured(&self, frame: u64) -> Result<(), Failure> {
        let unsafe_yet = |standing: &mut Condition| {
            standing.safe.is_some_and(|safe| safe < frame) && standing.ending != Ending::Abandon
        };
        let waited = self.moved.wait_while(self.standing(), unsafe_yet);
        let standing = waited.unwrap_or_else(PoisonError::into_inner);
        match standing.safe {
            Some(safe) if safe < frame => Err(Failure::Stopped),
            Some(_) | None => Ok(()),
        }
    }

    /// The generation to apply: the one that could not be applied before, or what has come since.
    pub fn freeze(&self) -> Option<Arc<Memtable>> {
        let frozen = self.tables().frozen();
        frozen.or_else(|| {
            let fresh = self.tables_mut().freeze();
            // The active generation is empty again: there is room.
            let _room = self.standing();
            self.moved.notify_all();
            fresh
        })
    }

    /// The store has seen everything up to `frame`.
    pub fn thaw(&self, frame: u64) {
        self.tables_mut().thaw(frame);
        self.standing().trouble = None;
        self.moved.notify_all();
    }

    /// The store takes nothing at the moment.
    pub fn trouble(&self, failure: Failure) {
        self.standing().trouble = Some(failure);
        self.moved.notify_all();
    }

    /// Why the store takes nothing, if it does not.
    pub fn why_stuck(&self) -> Option<Failure> {
        self.standing().trouble.clone()
    }

    fn hurry(&self) {
        let mut standing = self.standing();
        if !standing.urgent {
            standing.urgent = true;
            self.moved.notify_all();
        }
    }

    fn standing(&self) -> MutexGuard<'_, Condition> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Backlog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backlog").field("limits", &self.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::applier::{Applier, Onto};
    use crate::journal::layout;
    use crate::journal::store::MemoryStore;
    use crate::journal::store::brittle::Brittle;
    use crate::outbox::{Message, MessageId, Row};
    use crate::record::{BatchOnDisk, Body, RowChange};

    #[test]
    fn a_full_backlog_over_a_store_that_takes_nothing_refuses_and_goes_on_when_it_takes_again() {
        let store = Arc::new(Brittle::default());
        let limits = Limits { n_bytes_max: 1, ..Limits::default() };
        let backlog = Arc::new(Backlog::new(Tables::default(), store.clone(), limits));
        let mut applier = Applier::new(Arc::clone(&backlog), Onto::Living);
        store.takes(0);

        commit(&backlog, 1);
        let failure = applier.apply_once().unwrap_err();
        backlog.trouble(failure);
        assert!(backlog.why_stuck().is_some_and(|failure| failure.is_full()));
        assert!(backlog.wait_for_room().is_ok(), "a frozen generation makes room for one more");
        commit(&backlog, 2);
        assert!(backlog.wait_for_room().is_err_and(|failure| failure.is_full()));

        store.takes(usize::MAX);
        assert_eq!(applier.apply_once().unwrap(), Some(1));
        assert_eq!(applier.apply_once().unwrap(), Some(2));
        assert!(backlog.wait_for_room().is_ok() && backlog.why_stuck().is_none());
        let value = store.get(layout::APPLIED).unwrap().unwrap();
        assert_eq!(layout::parse_value::<u64>(&value), Ok(2));
    }

    #[test]
    fn timers_leave_a_quarter_of_a_generation_to_people_and_go_on_when_the_store_takes_it() {
        let one = Backlog::new(Tables::default(), Arc::new(MemoryStore::new()), Limits::default());
        commit(&one, 1);
        let n_bytes_max = 4 * one.tables().n_bytes();
        let limits = Limits { n_bytes_max, ..Limits::default() };
        let store = Arc::new(MemoryStore::new());
        let backlog = Arc::new(Backlog::new(Tables::default(), store, limits));
        for frame in 1..=3 {
            assert!(backlog.has_room_for_alarms());
            commit(&backlog, frame);
        }
        assert!(!backlog.has_room_for_alarms() && !backlog.is_full());
        // The applier was called: it does not rest.
        assert_eq!(backlog.wait_for_work(Duration::from_hours(1)), Ending::Open);
        Applier::new(Arc::clone(&backlog), Onto::Living).apply_once().unwrap();
        assert!(backlog.has_room_for_alarms());
    }

    #[test]
    fn whoever_waits_for_a_frame_that_does_not_come_is_told_so() {
        let limits = Limits::default();
        let backlog = Backlog::new(Tables::default(), Arc::new(MemoryStore::new()), limits);
        assert!(backlog.wait_applied(0, Duration::ZERO));
        assert!(!backlog.wait_applied(1, Duration::from_millis(1)));
    }

    /// One more row of the outbox.
    fn commit(backlog: &Backlog, frame: u64) {
        let entity = crate::entity::EntityId { kind: 1, key: "7".into() };
        let message = MessageId { entity, sequence: frame, index: 0 };
        let at = crate::clock::Timestamp::from_millis(5);
        let event = crate::outbox::RowEvent::Delivered(at);
        let words = Message { template: "level-1".into(), data: String::new(), not_before: at };
        let rows = vec![RowChange {
            message: message.clone(),
            before: None,
            after: Some(Row::ready(words)),
        }];
        let batch = BatchOnDisk {
            partition: 0,
            epoch: 1,
            first_lsn: frame,
            frame_before: frame - 1,
            entries: vec![Body::Outbox { message, event }],
        };
        let aftermath = crate::journal::memtable::tables::Aftermath { rows, ..Default::default() };
        backlog.tables_mut().commit(frame, [(&batch, vec![aftermath])]);
    }
}
