//! The word that the doors close: whatever answers without an end hears it and ends.

use tokio::sync::watch;

/// Whether the doors are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doors {
    Open,
    Closing,
}

/// Says it.
#[derive(Debug)]
pub(super) struct Closer(watch::Sender<Doors>);

/// Hears it.
#[derive(Clone, Debug)]
pub(crate) struct Closing(watch::Receiver<Doors>);

/// Both ends.
pub(super) fn pair() -> (Closer, Closing) {
    let (closer, closing) = watch::channel(Doors::Open);
    (Closer(closer), Closing(closing))
}

impl Closer {
    /// The doors close from now on.
    pub(super) fn close(&self) {
        self.0.send_replace(Doors::Closing);
    }
}

impl Closing {
    /// Waits until the doors close.
    pub(super) async fn closed(&mut self) {
        // Nobody is left to say it: they are closed.
        drop(self.0.wait_for(|doors| *doors == Doors::Closing).await);
    }
}
