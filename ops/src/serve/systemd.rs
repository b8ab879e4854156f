//! The service manager (systemd), as far as one started the server: it is told what goes on, and that all is well.
//!
//! ```text
//! READY=1 ─► WATCHDOG=1, as long as every partition answers and every loop lives ─► STOPPING=1
//!              SIGHUP: RELOADING=1 ─► READY=1
//! ```
//! Where nobody listens (`NOTIFY_SOCKET` is not set) nothing is said, and nothing fails.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use duban_runtime::loops::{Kept, Life, Loop};
use sd_notify::NotifyState;

use duban_server::server::Server;

/// What is added to the silence after which the watchdog itself is dead, for a manager with a short period.
const WATCHDOG_GRACE: Duration = Duration::from_secs(30);

/// What waits to be said to a manager that is slow to listen; more is not said.
const WAITING_MAX: usize = 16;

/// Something to be said.
type Say = Box<dyn FnOnce() -> std::io::Result<()> + Send>;

/// The server answers.
pub(super) fn ready(status: &str) {
    let status = status.to_owned();
    tell(move || sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(&status)]));
}

/// The server stops.
pub(super) fn stopping() {
    let status = NotifyState::Status("正在停止:不再接受新请求");
    tell(move || sd_notify::notify(&[NotifyState::Stopping, status]));
}

/// The rules are read again; [`ready`] ends it.
pub(super) fn reloading() {
    let mut said = vec![NotifyState::Reloading, NotifyState::Status("正在重新读取规则")];
    // Newer managers want to know when.
    said.extend(NotifyState::monotonic_usec_now().ok());
    tell(move || sd_notify::notify(&said));
}

/// What the server does at the moment, in one line.
pub(super) fn status(words: &'static str) {
    tell(move || sd_notify::notify(&[NotifyState::Status(words)]));
}

/// Says it on a thread of its own, in order: a manager that does not listen would hold up everything else.
fn tell(say: impl FnOnce() -> std::io::Result<()> + Send + 'static) {
    static TELLER: OnceLock<Option<SyncSender<Say>>> = OnceLock::new();
    let Some(teller) = TELLER.get_or_init(teller) else { return };
    if teller.try_send(Box::new(say)).is_err() {
        tracing::warn!("the service manager does not listen and was not told");
    }
}

fn teller() -> Option<SyncSender<Say>> {
    std::env::var_os("NOTIFY_SOCKET")?;
    let (sender, waiting) = sync_channel::<Say>(WAITING_MAX);
    let spawned = std::thread::Builder::new().name("duban-notify".to_owned()).spawn(move || {
        for say in waiting {
            if let Err(error) = say() {
                tracing::warn!(%error, "the service manager was not told");
            }
        }
    });
    let cannot = |error: &std::io::Error| {
        tracing::error!(%error, "the service manager cannot be told anything");
    };
    spawned.inspect_err(cannot).ok().map(|_| sender)
}

/// Says that all is well as often as the manager wants, as long as it is; none if the manager does not watch.
pub(super) fn watchdog(server: &Arc<Server>) -> Option<Kept> {
    let period = sd_notify::watchdog_enabled()?;
    // Twice in a period, so that one that comes late is no reason to end the process.
    let every = (period / 2).max(Duration::from_millis(1));
    let which = Loop { name: "watchdog", silent_max: period * 4 + WATCHDOG_GRACE };
    Some(server.keep(which, move |server, life| say_all_is_well(server, life, every)))
}

async fn say_all_is_well(server: Arc<Server>, life: Life, every: Duration) {
    let mut turns = life.every(every);
    while turns.next().await {
        let Some(pulse) = turns.at(server.node.pulse(every)).await else { return };
        let dead = server.node.loops().dead();
        match pulse {
            Ok(_) if dead.is_empty() => tell(|| sd_notify::notify(&[NotifyState::Watchdog])),
            // Nothing is said: the manager starts another process when this goes on.
            Ok(_) => tracing::error!(?dead, "the watchdog is not told that all is well"),
            Err(stuck) => tracing::error!(%stuck, "the watchdog is not told that all is well"),
        }
    }
}
