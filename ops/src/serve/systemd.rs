//! The service manager (systemd), as far as one started the server: it is told what goes on, and that all is well.
//!
//! ```text
//! READY=1 ─► WATCHDOG=1, as long as every partition answers and every loop lives ─► STOPPING=1
//!              SIGHUP: RELOADING=1 ─► READY=1
//! ```
//! Where nobody listens (`NOTIFY_SOCKET` is not set) nothing is said, and nothing fails.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::loops::{Kept, Life, Loop};
use sd_notify::NotifyState;
use tokio::time::MissedTickBehavior;

use crate::house::House;

/// What is added to the silence after which the watchdog itself is dead, for a manager with a short period.
const WATCHDOG_GRACE: Duration = Duration::from_secs(30);

/// The doors are open.
pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// The server stops.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("正在停止:不再接受新请求")]);
}

/// The rules are read again; [`ready`] ends it.
pub(super) fn reloading() {
    let mut said = vec![NotifyState::Reloading, NotifyState::Status("正在重新读取规则")];
    // Newer managers want to know when.
    said.extend(NotifyState::monotonic_usec_now().ok());
    tell(&said);
}

/// What the server does at the moment, in one line.
pub(super) fn status(words: &str) {
    tell(&[NotifyState::Status(words)]);
}

fn tell(said: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(said) {
        tracing::warn!(%error, "the service manager was not told");
    }
}

/// Says that all is well as often as the manager wants, as long as it is; none if the manager does not watch.
pub(super) fn watchdog(house: &Arc<House>) -> Option<Kept> {
    let period = sd_notify::watchdog_enabled()?;
    // Twice in a period, so that one that comes late is no reason to end the process.
    let every = (period / 2).max(Duration::from_millis(1));
    let which = Loop { name: "watchdog", silent_max: period * 4 + WATCHDOG_GRACE };
    Some(house.keep(which, move |house, life| say_all_is_well(house, life, every)))
}

async fn say_all_is_well(house: Arc<House>, mut life: Life, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => life.beat(),
            () = life.over() => return,
        }
        let pulse = tokio::select! {
            pulse = house.node.pulse(every) => pulse,
            () = life.over() => return,
        };
        let dead = house.node.loops().dead();
        match pulse {
            Ok(_) if dead.is_empty() => tell(&[NotifyState::Watchdog]),
            // Nothing is said: the manager starts another process when this goes on.
            Ok(_) => tracing::error!(?dead, "the watchdog is not told that all is well"),
            Err(stuck) => tracing::error!(%stuck, "the watchdog is not told that all is well"),
        }
    }
}
