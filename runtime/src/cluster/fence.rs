//! The fence: until when a node may go on deciding without having heard that its leases are renewed.
//!
//! A process that was stopped for a while, or whose machine slept, does not know that its leases ran out. So each renewal
//! moves the fence, by the clock that goes on while the machine sleeps, and from the instant it was *sent*; behind it
//! nothing is decided, fired or handed over. What is committed is safe without it: the log knows the epochs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a renewal is good for, from when it was sent; less than a lease lasts.
pub const GOOD_FOR: Duration = Duration::from_secs(4);

/// The fence of one node.
#[derive(Debug)]
pub struct Fence {
    /// In milliseconds of the clock that counts since the machine was started; everything before it may be decided.
    until_millis: AtomicU64,
}

impl Fence {
    /// Of a machine that is alone: there is nobody who could take anything over.
    pub fn none() -> Fence {
        Fence { until_millis: AtomicU64::new(u64::MAX) }
    }

    /// Nothing is decided before something is renewed.
    pub fn closed() -> Fence {
        Fence { until_millis: AtomicU64::new(0) }
    }

    /// Leases were renewed by a call that was sent at this time.
    pub fn renewed(&self, sent: Duration) {
        let until = millis(sent + GOOD_FOR);
        self.until_millis.store(until, Ordering::Release);
    }

    /// Whether something may be decided; `now` is asked only where there is a fence.
    pub fn is_open(&self, now: impl FnOnce() -> Duration) -> bool {
        let until = self.until_millis.load(Ordering::Acquire);
        until == u64::MAX || millis(now()) < until
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_slept_through_a_lease_decides_nothing_more() {
        let fence = Fence::closed();
        let at = |secs: u64| move || Duration::from_secs(secs);
        assert!(!fence.is_open(at(0)));
        fence.renewed(Duration::from_secs(10));
        assert!(fence.is_open(at(13)) && !fence.is_open(at(14)) && !fence.is_open(at(25)));
        fence.renewed(Duration::from_secs(24));
        assert!(fence.is_open(at(25)));
        assert!(Fence::none().is_open(|| unreachable!("nobody asks for the time")));
    }
}
