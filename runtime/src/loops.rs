//! Loops: the long-lived tasks of a process. One that falls is begun anew, and one that gives no sign of life is seen.
//!
//! ```text
//! keep ─► runs ── panics, or ends though nobody said so ─► a pause ─► begun anew
//!          │                                           └─ the fifth time within ten minutes ─► the process ends
//!          └── told to stop ─► ends
//! ```
//! The numbers are those of [`crate::supervision`]. There is one register per journal, so one per process; [`Loops::dead`]
//! is for whoever tells others that all is well. Time is that of the machine, whatever the house's clock says: a town in
//! virtual time has loops that live in real time. Not here: what a loop does.

mod caught;
mod harm;
mod keeping;
mod seat;
mod turns;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, SystemClock, Timestamp};

pub use caught::{caught, caught_at_once};
#[cfg(any(test, feature = "simulator"))]
pub use harm::harmed_by;
pub use harm::{Harm, stumble};
pub use keeping::{Keeper, Kept, Life};
pub use seat::Seat;
pub use turns::Turns;

/// A loop, before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
    /// The stable name. Names are constants of the program, so there are never more seats than those.
    pub name: &'static str,
    /// Without a sign of life for so long it is dead.
    pub silent_max: Duration,
}

/// How a loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopState {
    /// It gave a sign of life in time, or waits for something that need not come.
    Lives,
    /// It gave none for so long.
    Silent(Duration),
    /// It fell too often, and nothing ended the process.
    Ended,
}

/// A loop, as others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// [`Loop::name`].
    pub name: &'static str,
    /// How often it was begun anew since the process started.
    pub n_falls: u64,
    /// How often of that within the last ten minutes.
    pub n_lately: usize,
    pub standing: LoopState,
}

/// Every loop of a process.
pub struct Loops {
    seats: Mutex<BTreeMap<&'static str, Arc<Seat>>>,
    clock: Arc<dyn Clock>,
}

impl Default for Loops {
    /// By the machine's own time.
    fn default() -> Loops {
        Loops::by(Arc::new(SystemClock::start()))
    }
}

impl Loops {
    /// By the monotonic time of `clock`.
    pub fn by(clock: Arc<dyn Clock>) -> Loops {
        Loops { seats: Mutex::default(), clock }
    }

    /// Takes the seat of a loop that begins: its first sign of life. One that begins once more keeps its falls.
    pub fn enter(&self, which: Loop) -> Arc<Seat> {
        let mut seats = self.lock();
        let new = || Arc::new(Seat::of(which, Arc::clone(&self.clock)));
        let seat = Arc::clone(seats.entry(which.name).or_insert_with(new));
        seat.begins(which.silent_max);
        seat
    }

    /// All that were ever begun and not told to stop, by name.
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().values().filter_map(|seat| seat.seen()).collect()
    }

    /// Those that are dead, by name: nobody may say that all is well.
    pub fn dead(&self) -> Vec<Seen> {
        let mut seen = self.seen();
        seen.retain(|one| one.standing != LoopState::Lives);
        seen
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Arc<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Loops {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Loops").field(&self.seen()).finish()
    }
}

/// The machine's time as an instant, for [`crate::supervision::Falls`].
fn instant(clock: &dyn Clock) -> Timestamp {
    Timestamp::from_millis(i64::try_from(clock.monotonic().as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
