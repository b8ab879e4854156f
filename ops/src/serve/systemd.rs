//! The service manager (systemd), as far as one started the server: it is told what goes on, and that all is well.
//!
//! ```text
//! READY=1 ─► WATCHDOG=1, as long as every partition answers ─► STOPPING=1
//!              SIGHUP: RELOADING=1 ─► READY=1
//! ```
//! Where nobody listens (`NOTIFY_SOCKET` is not set) nothing is said, and nothing fails.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::node::Node;
use sd_notify::NotifyState;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

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

/// Says that all is well as often as the manager wants, as long as it is.
#[derive(Debug)]
pub(super) struct Watchdog(Option<JoinHandle<()>>);

impl Watchdog {
    /// Begins, if the manager watches.
    pub(super) fn open(node: &Arc<Node>) -> Watchdog {
        let Some(period) = sd_notify::watchdog_enabled() else { return Watchdog(None) };
        let node = Arc::clone(node);
        // Twice in a period, so that one that comes late is no reason to end the process.
        let every = (period / 2).max(Duration::from_millis(1));
        Watchdog(Some(actix::spawn(async move {
            let mut ticks = tokio::time::interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                match node.pulse(every).await {
                    Ok(_) => tell(&[NotifyState::Watchdog]),
                    // Nothing is said: the manager starts another process when this goes on.
                    Err(stuck) => {
                        tracing::error!(%stuck, "the watchdog is not told that all is well");
                    }
                }
            }
        })))
    }

    /// Lets go of the node.
    pub(super) async fn close(self) {
        if let Some(task) = self.0 {
            task.abort();
            // It was told to end and does.
            drop(task.await);
        }
    }
}
