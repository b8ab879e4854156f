//! How many messages came to what on a channel, since the program was started.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Fate;

/// Counted as they go.
#[derive(Debug, Default)]
pub struct Counts {
    taken: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
    put_off: AtomicU64,
}

impl Counts {
    /// A message to one address came to this.
    pub(super) fn count(&self, fate: &Fate) {
        let counter = match fate {
            Fate::Taken => &self.taken,
            Fate::Failed(_) => &self.failed,
            Fate::Refused(_) => &self.refused,
            Fate::PutOff(..) => &self.put_off,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Every outcome by its stable word, and how many came to it.
    pub fn read(&self) -> [(&'static str, u64); 4] {
        [
            ("taken", &self.taken),
            ("failed", &self.failed),
            ("refused", &self.refused),
            ("put-off", &self.put_off),
        ]
        .map(|(word, counter)| (word, counter.load(Ordering::Relaxed)))
    }
}
