//! Work in flight in a node: what a caller in virtual time waits for, and what bounds the work taken in.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use tokio::sync::Notify;

/// Counts of work under way. Every unit begun is finished by whoever took it.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    undecided: AtomicI64,
    undurable: AtomicI64,
    outside: AtomicI64,
    /// Whether anybody has asked since the last lull.
    asked: AtomicBool,
    windows_read: AtomicI64,
    committed: AtomicI64,
    changed: Notify,
    closing: AtomicBool,
}

/// A place among the commands from outside: given back when it is dropped, by a caller who went away too.
#[derive(Debug)]
pub(crate) struct Inside<'a>(&'a InFlight);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.outside.fetch_sub(1, Ordering::AcqRel);
        if self.0.is_closing() {
            self.0.changed.notify_waiters();
        }
    }
}

impl InFlight {
    /// `n` units are begun, or taken off if negative: messages sent, deliveries, tells on their way, reads.
    pub(crate) fn begin(&self, n: i64) {
        // In one order with `close`: whoever begins before it is waited for, and whoever begins after it sees it.
        let now = self.undecided.fetch_add(n, Ordering::SeqCst) + n;
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

    /// Takes one place among `max` for a command from outside; none when all are taken.
    pub(crate) fn enter(&self, max: i64) -> Option<Inside<'_>> {
        // Most ask while others do.
        if !self.asked.load(Ordering::Relaxed) {
            self.asked.store(true, Ordering::Relaxed);
        }
        let n_before = self.outside.fetch_add(1, Ordering::AcqRel);
        let inside = Inside(self);
        (n_before < max).then_some(inside)
    }

    /// Commands from outside that are not answered.
    pub(crate) fn outside(&self) -> u64 {
        u64::try_from(self.outside.load(Ordering::Acquire)).unwrap_or(0)
    }

    /// A while has gone by: whoever asked before it and has their answer does not wait any more.
    pub(crate) fn lull(&self) {
        self.asked.store(false, Ordering::Relaxed);
    }

    /// Whether nobody waits, and nobody has asked lately.
    pub(crate) fn is_left_alone(&self) -> bool {
        !self.asked.load(Ordering::Relaxed) && self.outside() == 0
    }

    /// Nothing more is taken in.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    /// Whether nothing more is taken in. Asked after [`InFlight::begin`], it cannot be missed.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Waits until everything is decided and at most `behind` batches are not durable.
    pub(crate) async fn settled(&self, behind: i64) {
        self.until(|| self.is_decided() && self.undurable.load(Ordering::Acquire) <= behind).await;
    }

    /// Waits until everything is decided and durable, and every command from outside is answered.
    pub(crate) async fn drained(&self) {
        self.until(|| {
            let undurable = self.undurable.load(Ordering::Acquire);
            self.is_decided() && undurable <= 0 && self.outside() == 0
        })
        .await;
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
        self.undecided.load(Ordering::SeqCst) <= 0
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
