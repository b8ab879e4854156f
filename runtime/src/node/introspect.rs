//! Introspection of a running node: its metrics, what is overdue, and whether it lives.

use std::sync::Arc;
use std::time::Duration;

use super::Node;
use crate::actor::message::{Beat, Pulsing};
use crate::journal::Failure;
use crate::journal::overdue::Overdue;
use crate::metrics::Metrics;

/// How long a healthy node may take to answer, on a busy machine too.
pub const PULSE_PATIENCE: Duration = Duration::from_secs(2);

/// Every partition answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// How long all of them took.
    pub took: Duration,
    /// Those that fell and rise again within seconds.
    pub n_pausing: usize,
}

/// A node that does not work as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("partitions {silent:?} do not answer within {within:?}, and {ended:?} are down for good")]
pub struct Stuck {
    /// Partitions that did not answer in time: something holds their arbiter up.
    pub silent: Vec<u8>,
    /// Partitions that fell too often: only another process brings them back.
    pub ended: Vec<u8>,
    /// How long was waited.
    pub within: Duration,
}

impl Node {
    /// What it did so far and has in hand. Reads no disk and waits for nobody.
    pub fn metrics(&self) -> Metrics {
        let (journal, metrics) = (&self.homes.wiring.journal, self.homes.wiring.counters.metrics());
        let mut commands = metrics.commands;
        commands.n_in_flight = self.homes.wiring.in_flight.outside();
        Metrics {
            commands,
            n_quarantined: u64::try_from(journal.n_quarantined()).unwrap_or(u64::MAX),
            outbox_counts: journal.outbox_counts(),
            clock_held_for: self.clock_jump(),
            ..metrics
        }
    }

    /// What is due by the clock and not done: see [`crate::journal::Journal::overdue`]. Read beside the actors.
    pub async fn overdue(&self) -> Result<Overdue, Failure> {
        let (journal, now) =
            (Arc::clone(&self.homes.wiring.journal), self.homes.wiring.clock.now());
        let read = self.homes.wiring.readers.spawn_blocking(move || journal.overdue(now));
        read.await.map_err(|error| Failure::store("reading what is overdue", error))?
    }

    /// Asks every partition for a sign of life; all of them at once, `within` for all of them together. The journal
    /// speaks for itself: [`crate::journal::Journal::trouble`].
    ///
    /// # Errors
    /// [`Stuck`] names the partitions that gave none.
    pub async fn pulse(&self, within: Duration) -> Result<Pulse, Stuck> {
        let clock = &self.homes.wiring.clock;
        let before = clock.monotonic();
        let asked: Vec<_> = self.homes.partitions.iter().map(|home| home.send(Pulsing)).collect();
        let patience = tokio::time::sleep(within);
        tokio::pin!(patience);
        let mut stuck = Stuck { silent: Vec::new(), ended: Vec::new(), within };
        let mut n_pausing = 0;
        for (no, answer) in (0..).zip(asked) {
            tokio::select! {
                // An answer that is there counts, even if the time is up.
                biased;
                beat = answer => match beat {
                    Ok(Beat::Up | Beat::Elsewhere) => {}
                    Ok(Beat::Pausing) => n_pausing += 1,
                    Ok(Beat::Ended) | Err(_) => stuck.ended.push(no),
                },
                () = &mut patience => stuck.silent.push(no),
            }
        }
        if stuck.silent.is_empty() && stuck.ended.is_empty() {
            Ok(Pulse { took: clock.monotonic().saturating_sub(before), n_pausing })
        } else {
            Err(stuck)
        }
    }
}
