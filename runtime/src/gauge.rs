//! How much is under way in a node: what a caller in virtual time waits for, and what bounds the work taken in.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Notify;

/// Counts of work under way. Every unit begun is finished by whoever took it.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    undecided: AtomicI64,
    undurable: AtomicI64,
    outside: AtomicI64,
    windows_read: AtomicI64,
    committed: AtomicI64,
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
            self.committed.fetch_add(-n, Ordering::AcqRel);
            self.changed.notify_waiters();
        }
    }

    /// One more partition has read the first alarms of its window.
    pub(crate) fn window_read(&self) {
        self.windows_read.fetch_add(1, Ordering::AcqRel);
        self.changed.notify_waiters();
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
        self.until(|| self.is_decided() && self.undurable.load(Ordering::Acquire) <= behind).await;
    }

    /// Waits until `partitions` windows are read and either nothing was due or a first batch is durable: what is still
    /// overdue then goes on by itself.
    pub(crate) async fn ready(&self, partitions: i64) {
        self.until(|| {
            let read = self.windows_read.load(Ordering::Acquire) >= partitions;
            read && (self.is_decided() || self.committed.load(Ordering::Acquire) > 0)
        })
        .await;
    }

    fn is_decided(&self) -> bool {
        self.undecided.load(Ordering::Acquire) <= 0
    }

    async fn until(&self, is_so: impl Fn() -> bool) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if is_so() {
                return;
            }
            changed.await;
        }
    }
}
