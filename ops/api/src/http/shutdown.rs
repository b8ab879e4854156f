//! Shutdown of the HTTP server: whatever answers without an end hears it and ends.

use tokio::sync::watch;

/// Whether the server takes requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    Closing,
}

#[derive(Debug)]
pub(super) struct Trigger(watch::Sender<Phase>);

/// Hears it.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown(watch::Receiver<Phase>);

/// Both ends.
pub(super) fn pair() -> (Trigger, Shutdown) {
    let (closer, shutdown) = watch::channel(Phase::Open);
    (Trigger(closer), Shutdown(shutdown))
}

impl Trigger {
    /// The server closes from now on.
    pub(super) fn close(&self) {
        self.0.send_replace(Phase::Closing);
    }
}

impl Shutdown {
    /// Waits until the server closes.
    pub(super) async fn closed(&mut self) {
        // Nobody is left to say it: it is closed.
        drop(self.0.wait_for(|phase| *phase == Phase::Closing).await);
    }
}
