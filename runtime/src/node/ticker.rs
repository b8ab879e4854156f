//! One ticker for the node: sleeps until the next alarm is due, and looks at the clocks again every half second.
//!
//! A loop like others: one that falls is begun anew, and what is believed of the clock is not its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::Node;
use crate::actor::message::Tick;
use crate::actor::partition::{PartitionActor, Wiring};
use crate::clock::hold::{Kernel, Reading};
use crate::clock::trusted::TrustedClock;
use crate::clock::{Clock, Timestamp};
use crate::loops::{Kept, Life, Loop};
use actix::Addr;

/// Who wakes partitions whose timers are due.
const TICKER: Loop = Loop { name: "ticker", silent_max: Duration::from_secs(30) };

/// The longest sleep: a clock that jumps forward is noticed within this.
const LONGEST: Duration = Duration::from_millis(500);
/// The shortest: partitions with more due alarms than one batch takes go on by themselves.
const SHORTEST: Duration = Duration::from_millis(1);
/// How long the kernel may take to say whether its clock is synchronised.
const KERNEL_MAX: Duration = Duration::from_secs(2);

/// Starts it on the caller's runtime.
pub(super) fn start(node: &Node, trusted: &Arc<TrustedClock>) -> Kept {
    let woken = (node.homes.partitions.clone(), node.next_due.clone());
    let (wiring, trusted) = (node.homes.wiring.clone(), Arc::clone(trusted));
    let (kept, ticking) = node
        .keeper()
        .keep(TICKER, move |life| tick(life, woken.clone(), wiring.clone(), Arc::clone(&trusted)));
    actix::spawn(ticking);
    kept
}

async fn tick(
    mut life: Life,
    (partitions, due): (Vec<Addr<PartitionActor>>, Vec<Arc<AtomicI64>>),
    wiring: Wiring,
    trusted: Arc<TrustedClock>,
) {
    let mut last_round = wiring.clock.monotonic();
    loop {
        life.beat();
        let reading = look(&trusted).await;
        let closing = wiring.in_flight.is_closing();
        let now = if closing { Timestamp::from_millis(i64::MIN) } else { trusted.now() };
        // Windows that run low and tells that found no room are looked after in a round over all.
        let everyone = reading.monotonic.saturating_sub(last_round) >= LONGEST;
        if everyone {
            last_round = reading.monotonic;
            wiring.in_flight.lull();
        }
        let mut soonest = i64::MAX;
        for (partition, due) in partitions.iter().zip(&due) {
            let due = due.load(Ordering::Acquire);
            if everyone || due <= now.as_millis() {
                wiring.in_flight.begin(1);
                if partition.try_send(Tick).is_err() {
                    wiring.in_flight.finish(1);
                }
            }
            soonest = soonest.min(due);
        }
        let sleep = Timestamp::from_millis(soonest).since(now).clamp(SHORTEST, LONGEST);
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = wiring.sooner.notified() => {}
            () = life.over() => return,
        }
    }
}

/// Looks at the clock; how it stood.
pub(super) async fn look(trusted: &TrustedClock) -> Reading {
    let reading = trusted.raw().reading();
    let asks = trusted.asks_kernel(reading);
    let kernel = if asks { ask(trusted.raw()).await } else { Kernel::Unsynchronised };
    trusted.look(reading, kernel);
    reading
}

/// Whoever does not answer in time has not said that the clock is synchronised.
async fn ask(clock: &Arc<dyn Clock>) -> Kernel {
    let clock = Arc::clone(clock);
    let asked = tokio::task::spawn_blocking(move || clock.kernel());
    match tokio::time::timeout(KERNEL_MAX, asked).await {
        Ok(Ok(kernel)) => kernel,
        Ok(Err(_)) | Err(_) => Kernel::Unsynchronised,
    }
}
