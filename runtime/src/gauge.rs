//! How much is under way in a node: what a caller in virtual time waits for, and what bounds the work taken in.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Notify;

/// Counts of work under way. Every unit begun is finished by whoever took it.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    undecided: AtomicI64,
    undurable: AtomicI64,
    outside: AtomicI64,
    changed: Notify,
}

impl Gauge {
    /// `n` units are begun, or taken off if negative: messages sent, deliveries, tells on their way, reads.
    pub(crate) fn begin(&self, n: i64) {
        let now = self.undecided.fetch_add(n, Ordering::AcqRel) + n;
        if n < 0 && now <= 0 {
            self.changed.notify_waiters();
        }
    }

    /// `n` units are finished.
    pub(crate) fn finish(&self, n: i64) {
        self.begin(-n);
    }

    /// `n` batches more are submitted and not durable, or fewer if negative.
    pub(crate) fn undurable(&self, n: i64) {
        self.undurable.fetch_add(n, Ordering::AcqRel);
        if n < 0 {
            self.changed.notify_waiters();
        }
    }

    /// Takes one place among `max` for a command from outside; false when all are taken.
    pub(crate) fn enter(&self, max: i64) -> bool {
        if self.outside.fetch_add(1, Ordering::AcqRel) < max {
            return true;
        }
        self.leave();
        false
    }

    /// Gives the place back.
    pub(crate) fn leave(&self) {
        self.outside.fetch_sub(1, Ordering::AcqRel);
    }

    /// Waits until everything is decided and at most `behind` batches are not durable.
    pub(crate) async fn settled(&self, behind: i64) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let decided = self.undecided.load(Ordering::Acquire) <= 0;
            if decided && self.undurable.load(Ordering::Acquire) <= behind {
                return;
            }
            changed.await;
        }
    }
}
