//! Heard: what a course knows of its callers while they work.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use duban_runtime::clock::{Clock as _, SystemClock};

use super::callers::PERSISTS;
use super::deed::Deed;

/// What the course hears of the callers.
pub(crate) struct Heard {
    pub(super) deeds: Receiver<Deed>,
    pub(super) all: Vec<Deed>,
    pub(super) clock: Arc<SystemClock>,
}

impl Heard {
    /// How long the callers have been there.
    pub(crate) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Waits until so many more deeds that were sent from now on are done.
    pub(crate) fn until_done(&mut self, n: usize) {
        let (now, mut left) = (self.now(), n);
        while left > 0 {
            let deed = self.deeds.recv_timeout(PERSISTS).expect("callers are answered");
            left -= usize::from(deed.sent >= now && deed.is_done());
            self.all.push(deed);
        }
    }

    /// Goes on for so long.
    pub(crate) fn for_a_while(&mut self, long: Duration) {
        let until = self.now() + long;
        while let Ok(deed) = self.deeds.recv_timeout(until.saturating_sub(self.now())) {
            self.all.push(deed);
        }
    }

    /// How many deeds were done within this time.
    pub(crate) fn done_within(&self, from: Duration, until: Duration) -> usize {
        let is_done = |deed: &&Deed| deed.is_done() && (from..until).contains(&deed.ended);
        self.all.iter().filter(is_done).count()
    }

    /// The longest that anybody who was answered since then had waited.
    pub(crate) fn longest_since(&self, from: Duration) -> Duration {
        let since = self.all.iter().filter(|deed| deed.ended >= from);
        since.map(Deed::waited).max().unwrap_or_default()
    }
}
