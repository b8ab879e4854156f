//! What happened in a run, counted: a fault that never fires proves nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Faults and edges that a run may meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Crashed,
    CrashedInOpening,
    CrashedInCommit,
    CrashedInApplying,
    WriteLost,
    WriteTorn,
    WriteReordered,
    NameLost,
    AppendFailed,
    SyncFailed,
    ReadFailed,
    DiskFull,
    SlowCommit,
    StoreLostWrites,
    StoreUnopenable,
    StoreRefused,
    ReloadDelayed,
    ReloadFailed,
    LoadDelayed,
    LoadFailed,
    ClockForward,
    ClockBack,
    ClockHeld,
    ClockStillHeld,
    ClockBelieved,
    Panicked,
    SetAsideAfterFalls,
    PartitionFell,
    ProcessEnded,
    RulesChanged,
    MessageRevived,
    CourierDied,
    CourierFailed,
    ClaimPanicked,
    MessageRepeated,
    Busy,
    Stale,
    Refused,
    DeadLetter,
    Quarantined,
    CommitFailed,
    Retried,
    AnsweredAgain,
    TellParked,
    Evicted,
    Sealed,
}

impl Kind {
    /// Every kind: over enough seeds each must have happened.
    pub const ALL: [Kind; 46] = [
        Kind::Crashed,
        Kind::CrashedInOpening,
        Kind::CrashedInCommit,
        Kind::CrashedInApplying,
        Kind::WriteLost,
        Kind::WriteTorn,
        Kind::WriteReordered,
        Kind::NameLost,
        Kind::AppendFailed,
        Kind::SyncFailed,
        Kind::ReadFailed,
        Kind::DiskFull,
        Kind::SlowCommit,
        Kind::StoreLostWrites,
        Kind::StoreUnopenable,
        Kind::StoreRefused,
        Kind::ReloadDelayed,
        Kind::ReloadFailed,
        Kind::LoadDelayed,
        Kind::LoadFailed,
        Kind::ClockForward,
        Kind::ClockBack,
        Kind::ClockHeld,
        Kind::ClockStillHeld,
        Kind::ClockBelieved,
        Kind::Panicked,
        Kind::SetAsideAfterFalls,
        Kind::PartitionFell,
        Kind::ProcessEnded,
        Kind::RulesChanged,
        Kind::MessageRevived,
        Kind::CourierDied,
        Kind::CourierFailed,
        Kind::ClaimPanicked,
        Kind::MessageRepeated,
        Kind::Busy,
        Kind::Stale,
        Kind::Refused,
        Kind::DeadLetter,
        Kind::Quarantined,
        Kind::CommitFailed,
        Kind::Retried,
        Kind::AnsweredAgain,
        Kind::TellParked,
        Kind::Evicted,
        Kind::Sealed,
    ];
}

/// How often each kind happened.
#[derive(Clone, Debug)]
pub struct Tally<K = Kind> {
    counts: Arc<Mutex<BTreeMap<K, u64>>>,
}

impl<K> Default for Tally<K> {
    fn default() -> Tally<K> {
        Tally { counts: Arc::default() }
    }
}

impl<K: Copy + Ord> Tally<K> {
    /// It happened.
    pub fn count(&self, kind: K) {
        self.count_times(kind, 1);
    }

    fn count_times(&self, kind: K, n: u64) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(kind).or_insert(0) += n;
    }

    /// How often it happened.
    pub fn of(&self, kind: K) -> u64 {
        self.counts().get(&kind).copied().unwrap_or(0)
    }

    /// Everything that happened.
    pub fn counts(&self) -> BTreeMap<K, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds what happened in another run.
    pub fn add(&self, other: &Tally<K>) {
        for (kind, n) in other.counts() {
            self.count_times(kind, n);
        }
    }
}
