//! Virtual time: the caller moves the clock and fires what is due, and nothing is skipped.
//!
//! The next instant is the smaller of the caller's next input and [`Node::next_due`]. Deciding may run ahead of
//! durability, at most [`RUN_AHEAD_MAX`] batches; the order within an entity is kept.

use std::sync::atomic::Ordering;

use super::Node;
use crate::actor::message::Tick;
use crate::actor::partition::Firing;
use crate::clock::Timestamp;

/// Batches that may be decided and not durable yet.
pub const RUN_AHEAD_MAX: i64 = 4_096;

impl Node {
    /// Waits until everything asked so far is decided, tells between entities included, and durability is at most
    /// [`RUN_AHEAD_MAX`] batches behind.
    pub async fn settled(&self) {
        self.homes.wiring.in_flight.settled(RUN_AHEAD_MAX).await;
    }

    /// Waits until everything asked so far is decided and durable.
    pub async fn durable(&self) {
        self.homes.wiring.in_flight.settled(0).await;
    }

    /// When the next alarm is due. Exact once [`Node::settled`].
    pub fn next_due(&self) -> Option<Timestamp> {
        let due = self.next_due.iter().map(|due| due.load(Ordering::Acquire)).min()?;
        (due != i64::MAX).then(|| Timestamp::from_millis(due))
    }

    /// Fires everything due at the clock's instant and waits until it is decided. Partitions keep to their bound per
    /// batch, so this goes on until nothing due is left.
    pub async fn fire_due(&self) {
        let now = self.homes.wiring.clock.now();
        if let Firing::ByHand(until) = &self.homes.wiring.firing {
            until.fetch_max(now.as_millis(), Ordering::AcqRel);
        }
        while self.next_due().is_some_and(|due| due <= now) {
            for (partition, due) in self.homes.partitions.iter().zip(&self.next_due) {
                if due.load(Ordering::Acquire) <= now.as_millis() {
                    self.homes.wiring.in_flight.begin(1);
                    if partition.send(Tick).await.is_err() {
                        self.homes.wiring.in_flight.finish(1);
                    }
                }
            }
            self.settled().await;
        }
    }
}
