//! How far the wall clock is believed: what the ticker finds out, partitions go by, and a person may overrule.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::clock::hold::{Hold, Kernel, Reading, Trust, Word};

/// Shared by the ticker, the partitions and the node's doors.
#[derive(Debug)]
pub(crate) struct Faith {
    /// The ticker's, and not lost when that falls.
    hold: Mutex<Hold>,
    trusted_ms: AtomicI64,
    /// By how much the clock jumped, while firing is held; 0 while it is not.
    held_for_ms: AtomicI64,
    released: AtomicBool,
}

impl Faith {
    /// Believes the clock as it stands.
    pub(crate) fn beginning(reading: Reading) -> Faith {
        let hold = Hold::from(reading, Trust::default());
        Faith {
            trusted_ms: AtomicI64::new(hold.trusted_ms()),
            hold: Mutex::new(hold),
            held_for_ms: AtomicI64::new(0),
            released: AtomicBool::new(false),
        }
    }

    /// Alarms due up to here may fire.
    pub(crate) fn fires_until(&self, reading: Reading) -> Timestamp {
        reading.fires_until(self.trusted_ms.load(Ordering::Acquire), Trust::default())
    }

    /// Whether the next look depends on what the kernel says.
    pub(crate) fn asks_kernel(&self, reading: Reading) -> bool {
        self.hold().asks_kernel(reading)
    }

    /// Looks at the clock, and says what an operator must hear.
    pub(crate) fn look(&self, reading: Reading, kernel: Kernel) {
        let mut hold = self.hold();
        let released = self.released.swap(false, Ordering::AcqRel);
        let word = if released { hold.release(reading) } else { hold.look(reading, kernel) };
        self.trusted_ms.store(hold.trusted_ms(), Ordering::Release);
        drop(hold);
        let Some(word) = word else { return };
        let held_for = match word {
            Word::Jumped(by) | Word::StillHeld(by) => by,
            Word::GoesOn(_) | Word::PutRight | Word::SetBack(_) => Duration::ZERO,
        };
        let held_for_ms = i64::try_from(held_for.as_millis()).unwrap_or(i64::MAX);
        self.held_for_ms.store(held_for_ms, Ordering::Release);
        tell(word);
    }

    /// By how much the clock jumped, while firing is held.
    pub(crate) fn held_for(&self) -> Option<Duration> {
        let millis = u64::try_from(self.held_for_ms.load(Ordering::Acquire)).unwrap_or(0);
        (millis > 0).then(|| Duration::from_millis(millis))
    }

    /// The next look believes the clock.
    pub(crate) fn release(&self) {
        self.released.store(true, Ordering::Release);
    }

    fn hold(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(word: Word) {
    match word {
        Word::Jumped(by) => {
            tracing::error!(?by, "the clock jumped ahead: timers go on by the old time meanwhile");
        }
        Word::StillHeld(by) => tracing::error!(
            ?by,
            "the clock is far ahead and not synchronised: a person must put it right or trust it"
        ),
        Word::GoesOn(by) => tracing::warn!(?by, "timers go on by the new time"),
        Word::PutRight => tracing::warn!("the clock is where it was: timers go on"),
        Word::SetBack(by) => tracing::warn!(?by, "the clock was set back: what is due waits"),
    }
}
