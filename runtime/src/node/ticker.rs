//! One ticker for the node: sleeps until the next alarm is due, and looks at the clock again every half second.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix::Addr;
use tokio::task::JoinHandle;

use super::Node;
use crate::actor::message::Tick;
use crate::actor::partition::{PartitionActor, Wiring};
use crate::clock::Timestamp;

/// The longest sleep: a clock that jumps forward is noticed within this.
const LONGEST: Duration = Duration::from_millis(500);
/// The shortest: partitions with more due alarms than one batch takes go on by themselves.
const SHORTEST: Duration = Duration::from_millis(1);

/// Starts it on the caller's runtime.
pub(super) fn start(node: &Node) -> JoinHandle<()> {
    let (partitions, due, wiring) =
        (node.partitions.clone(), node.next_due.clone(), node.wiring.clone());
    actix::spawn(tick(partitions, due, wiring))
}

async fn tick(partitions: Vec<Addr<PartitionActor>>, due: Vec<Arc<AtomicI64>>, wiring: Wiring) {
    let mut last_round = wiring.clock.monotonic();
    loop {
        let now = wiring.clock.now();
        // Windows that run low and tells that found no room are looked after in a round over all.
        let everyone = wiring.clock.monotonic().saturating_sub(last_round) >= LONGEST;
        if everyone {
            last_round = wiring.clock.monotonic();
        }
        let mut soonest = i64::MAX;
        for (partition, due) in partitions.iter().zip(&due) {
            let due = due.load(Ordering::Acquire);
            if everyone || due <= now.as_millis() {
                wiring.gauge.begin(1);
                if partition.try_send(Tick).is_err() {
                    wiring.gauge.finish(1);
                }
            }
            soonest = soonest.min(due);
        }
        let sleep = Timestamp::from_millis(soonest).since(now).clamp(SHORTEST, LONGEST);
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = wiring.sooner.notified() => {}
        }
    }
}
