//! Revisions: how often entities of each kind changed since the journal was opened. Read without the tables' lock, so that
//! whoever remembers what they read finds out cheaply that it still holds.

use std::sync::atomic::{AtomicU64, Ordering};

/// One count for each kind there can be.
#[derive(Debug)]
pub struct Revisions([AtomicU64; 1 << u8::BITS]);

impl Default for Revisions {
    fn default() -> Revisions {
        Revisions([const { AtomicU64::new(0) }; 1 << u8::BITS])
    }
}

impl Revisions {
    /// An entity of this kind changes: told before anybody can read it.
    pub fn changed(&self, kind: u8) {
        if let Some(count) = self.0.get(usize::from(kind)) {
            count.fetch_add(1, Ordering::Release);
        }
    }

    /// How often entities of this kind changed.
    pub fn of(&self, kind: u8) -> u64 {
        self.0.get(usize::from(kind)).map_or(0, |count| count.load(Ordering::Acquire))
    }
}
