//! The trusted clock, and how far the wall clock is believed: what the ticker finds out, and a person may overrule.
//!
//! It is itself the clock of the node, so that nobody is asked at an instant that is not believed: while a jump is held
//! it goes on as the clock would without the jump.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::hold::{Hold, Kernel, Reading, Trust, Word};
use crate::clock::{Clock, Timestamp};

/// A clock as far as it is believed.
pub(crate) struct TrustedClock {
    raw: Arc<dyn Clock>,
    trust: Trust,
    /// The ticker's, and not lost when that falls.
    hold: Mutex<Hold>,
    trusted_ms: AtomicI64,
    /// The latest instant that was seen, up to which a clock that was set back has to catch up.
    latest_ms: AtomicI64,
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSeen {
    pub wall: Timestamp,
    /// What is gone by.
    pub believed: Timestamp,
    /// By how much the wall clock jumped ahead; none as long as it is believed.
    pub ahead: Option<Duration>,
    /// How far it stands before what was seen, if that is more than a little.
    pub behind: Option<Duration>,
}

impl TrustedClock {
    /// Believes the clock as it stands, unless it stands too far from what was seen `last`.
    pub(crate) fn beginning(raw: Arc<dyn Clock>, last: Option<Timestamp>) -> TrustedClock {
        let (reading, trust) = (raw.reading(), Trust::default());
        let hold = match last {
            Some(last) => Hold::after(last, reading, trust),
            None => Hold::from(reading, trust),
        };
        let trusted_ms = AtomicI64::new(hold.trusted_ms());
        let latest_ms = AtomicI64::new(last.unwrap_or_default().as_millis());
        TrustedClock { raw, trust, hold: Mutex::new(hold), trusted_ms, latest_ms }
    }

    /// The clock that is believed or not.
    pub(crate) fn raw(&self) -> &Arc<dyn Clock> {
        &self.raw
    }

    /// Whether the next look depends on what the kernel says.
    pub(crate) fn asks_kernel(&self, reading: Reading) -> bool {
        self.hold().asks_kernel(reading)
    }

    /// Looks at the clock, and says what an operator must hear.
    pub(crate) fn look(&self, reading: Reading, kernel: Kernel) {
        let mut hold = self.hold();
        let word = hold.look(reading, kernel);
        self.trusted_ms.store(hold.trusted_ms(), Ordering::Release);
        drop(hold);
        self.latest_ms.fetch_max(self.at(reading).as_millis(), Ordering::AcqRel);
        if let Some(word) = word {
            tell(word);
        }
    }

    pub(crate) fn seen(&self) -> ClockSeen {
        let reading = self.raw.reading();
        let believed = self.at(reading);
        let latest = Timestamp::from_millis(self.latest_ms.load(Ordering::Acquire));
        let behind = Some(latest.since(believed)).filter(|behind| *behind > self.trust.back_max);
        ClockSeen { wall: reading.wall, believed, ahead: self.ahead(), behind }
    }

    /// By how much the clock jumped, while it is not believed.
    pub(crate) fn ahead(&self) -> Option<Duration> {
        self.raw.reading().ahead(self.trusted_ms.load(Ordering::Acquire), self.trust)
    }

    /// A person says that the wall clock is right.
    pub(crate) fn release(&self) {
        let reading = self.raw.reading();
        let mut hold = self.hold();
        let word = hold.release(reading);
        self.trusted_ms.store(hold.trusted_ms(), Ordering::Release);
        self.latest_ms.store(reading.wall.as_millis(), Ordering::Release);
        drop(hold);
        tracing::warn!(wall = %reading.wall, "a person says that the clock is right");
        if let Some(word) = word {
            tell(word);
        }
    }

    fn at(&self, reading: Reading) -> Timestamp {
        reading.fires_until(self.trusted_ms.load(Ordering::Acquire), self.trust)
    }

    fn hold(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for TrustedClock {
    /// Alarms due up to here may fire.
    fn now(&self) -> Timestamp {
        self.at(self.raw.reading())
    }

    fn monotonic(&self) -> Duration {
        self.raw.monotonic()
    }

    fn kernel(&self) -> Kernel {
        self.raw.kernel()
    }
}

fn tell(word: Word) {
    match word {
        Word::Jumped(by) => {
            tracing::error!(?by, "the clock jumped ahead: timers go on by the old time meanwhile");
        }
        Word::StillHeld(by) => tracing::error!(
            ?by,
            "the clock is far ahead and not synchronised: a person must put it right, or say by \
             `duban clock trust` that it is"
        ),
        Word::GoesOn(by) => tracing::warn!(?by, "timers go on by the new time"),
        Word::PutRight => tracing::warn!("the clock is where it was: timers go on"),
        Word::SetBack(by) => tracing::warn!(?by, "the clock was set back: what is due waits"),
    }
}
