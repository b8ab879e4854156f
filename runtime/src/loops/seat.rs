//! A loop's seat: its signs of life, and how often it fell.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Harm, Loop, LoopState, Seen, instant, stumble};
use crate::clock::{Clock, Timestamp};
use crate::supervision::{Exit, Falls, Supervised, Verdict, verdict};

/// Instead of the instant of a sign of life: it waits for something that need not come.
const RESTS: i64 = i64::MAX;
/// Instead of one: it was told to stop, and has.
const LEFT: i64 = i64::MAX - 1;
/// Instead of one: it fell too often.
const ENDED: i64 = i64::MIN;
/// An instant before every bound.
const LONG_AGO: i64 = i64::MIN + 1;

/// Where one loop gives its signs of life.
pub struct Seat {
    which: Loop,
    clock: Arc<dyn Clock>,
    /// In milliseconds; the larger of the bounds it was ever begun with.
    silent_max_ms: AtomicU64,
    /// The last sign of life, in milliseconds of the machine's time, or one of the constants above.
    beat_ms: AtomicI64,
    falls: Mutex<Falls>,
    n_falls: AtomicU64,
}

impl Seat {
    pub(super) fn of(which: Loop, clock: Arc<dyn Clock>) -> Seat {
        let beat_ms = AtomicI64::new(instant(clock.as_ref()).as_millis());
        let (silent_max_ms, n_falls) = (AtomicU64::new(0), AtomicU64::new(0));
        Seat { which, clock, silent_max_ms, beat_ms, falls: Mutex::default(), n_falls }
    }

    /// It begins, once more perhaps.
    pub(super) fn begins(&self, silent_max: Duration) {
        let millis = u64::try_from(silent_max.as_millis()).unwrap_or(u64::MAX);
        self.silent_max_ms.fetch_max(millis, Ordering::AcqRel);
        self.set(instant(self.clock.as_ref()).as_millis());
    }

    /// A sign of life.
    pub fn beat(&self) {
        self.sign(instant(self.clock.as_ref()).as_millis());
    }

    /// A sign of life, and the last for as long as what it waits for does not come.
    pub fn rest(&self) {
        self.sign(RESTS);
    }

    fn sign(&self, beat_ms: i64) {
        match stumble(self.which.name) {
            Harm::Hush => self.set(LONG_AGO),
            Harm::Nothing | Harm::Fall => self.set(beat_ms),
        }
    }

    /// It fell, with these words of its panic: what happens to it.
    pub fn fell(&self, why: &str) -> Verdict {
        let n_lately = self.falls().note(instant(self.clock.as_ref()));
        self.n_falls.fetch_add(1, Ordering::AcqRel);
        let name = self.which.name;
        tracing::error!(name, panic = why, times = n_lately, "a loop fell");
        verdict(Supervised::Loop, Exit::Panicked(n_lately))
    }

    /// It ended, because it was told to.
    pub fn left(&self) {
        self.set(LEFT);
    }

    /// It fell too often, and is not begun anew.
    pub fn ended(&self) {
        self.set(ENDED);
    }

    /// Why the process ends with it.
    pub fn too_often(&self, why: &str) -> String {
        let n = self.falls().lately(instant(self.clock.as_ref()));
        format!("the loop `{}` fell {n} times within ten minutes: {why}", self.which.name)
    }

    /// How it is; none once it was told to stop.
    pub(super) fn seen(&self) -> Option<Seen> {
        let now = instant(self.clock.as_ref());
        let standing = match self.beat_ms.load(Ordering::Acquire) {
            LEFT => return None,
            RESTS => LoopState::Lives,
            ENDED => LoopState::Ended,
            beat => {
                let silent = now.since(Timestamp::from_millis(beat));
                let silent_max = Duration::from_millis(self.silent_max_ms.load(Ordering::Acquire));
                if silent > silent_max { LoopState::Silent(silent) } else { LoopState::Lives }
            }
        };
        let (n_falls, n_lately) = (self.n_falls.load(Ordering::Acquire), self.falls().lately(now));
        Some(Seen { name: self.which.name, n_falls, n_lately, standing })
    }

    fn set(&self, beat_ms: i64) {
        self.beat_ms.store(beat_ms, Ordering::Release);
    }

    fn falls(&self) -> std::sync::MutexGuard<'_, Falls> {
        self.falls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Seat").field(&self.which).finish()
    }
}
