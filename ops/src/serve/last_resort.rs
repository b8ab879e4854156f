//! What ends the process when stopping in good order does not: a second signal, or time that is up.
//!
//! On a thread and a runtime of its own, so that nothing that hangs holds it up. Ending this way loses nothing that was
//! acknowledged: everything else is what the next start reads from the ledger.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::signals::Signals;

/// How long stopping in good order may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// The exit code of a process that did not stop in good order.
const CODE: i32 = 1;

/// How far stopping has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Stage(Arc<Mutex<&'static str>>);

impl Stage {
    /// Stopping waits for this from now on.
    pub(super) fn waits_for(&self, what: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = what;
        tracing::info!(what, "stopping");
    }

    fn now(&self) -> &'static str {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins to wait for a reason to end the process; says how far stopping had come. A signal that comes after this has
/// returned is heard.
///
/// # Errors
/// When there can be no further thread.
pub(super) fn stand_by() -> std::io::Result<Stage> {
    let stage = Stage::default();
    let seen = stage.clone();
    let (deaf, listens) = channel::<()>();
    let name = "last-resort".to_owned();
    std::thread::Builder::new().name(name).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let why = match runtime {
            Ok(runtime) => runtime.block_on(reason(deaf)),
            // Whoever stops the service then waits for the manager's patience to end.
            Err(error) => return tracing::error!(%error, "no second signal will be heeded"),
        };
        end(why, seen.now());
    })?;
    // Nothing is ever sent: its other end is let go of when the thread listens, or has given up.
    for () in listens {}
    Ok(stage)
}

async fn reason(deaf: Sender<()>) -> &'static str {
    let signals = Signals::listen();
    drop(deaf);
    let Ok(mut signals) = signals else {
        tokio::time::sleep(PATIENCE).await;
        return "its time is up";
    };
    tokio::select! {
        () = tokio::time::sleep(PATIENCE) => "its time is up",
        () = signals.stop() => "it was told to stop again",
    }
}

#[expect(clippy::exit, reason = "the one place that ends a process that does not end by itself")]
fn end(why: &str, waited_for: &str) {
    tracing::error!(waited_for, "the process ends at once: {why}; the next start reads the ledger");
    std::process::exit(CODE);
}
