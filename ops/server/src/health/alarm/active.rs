//! Active alarms, for every entry point to read: metrics, pages, `duban status`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use duban_runtime::clock::Timestamp;

use super::Alarm;

/// The alarms that are up, as of the last look.
#[derive(Debug, Default)]
pub struct Board(Mutex<Shown>);

#[derive(Debug, Default)]
struct Shown {
    up: Vec<Alarm>,
    looked: Option<Timestamp>,
}

impl Board {
    /// Shows what is up as of the look at `at`.
    pub fn show(&self, up: Vec<Alarm>, at: Timestamp) {
        *self.lock() = Shown { up, looked: Some(at) };
    }

    /// Those that are up, the oldest first; at most one of each kind.
    pub fn up(&self) -> Vec<Alarm> {
        self.lock().up.clone()
    }

    /// When somebody last looked; none before the first look.
    pub fn looked(&self) -> Option<Timestamp> {
        self.lock().looked
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
