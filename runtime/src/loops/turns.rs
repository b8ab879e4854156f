//! Turns: a loop that does one thing every so often, until it is told to stop.
//!
//! ```text
//! let mut turns = life.every(PERIOD);
//! while turns.next().await {
//!     turns.at(work()).await;
//! }
//! ```

use std::future::Future;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior};

use super::Life;

/// The turns of a loop: the first at once, none while another one lasts.
#[derive(Debug)]
pub struct Turns {
    life: Life,
    ticks: Interval,
}

impl Life {
    /// Turns this far apart; at least a millisecond.
    pub fn every(self, period: Duration) -> Turns {
        let mut ticks = tokio::time::interval(period.max(Duration::from_millis(1)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Turns { life: self, ticks }
    }
}

impl Turns {
    /// Waits for the next turn and gives a sign of life; false when the loop was told to stop.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            biased;
            () = self.life.over() => false,
            _ = self.ticks.tick() => {
                self.life.beat();
                true
            }
        }
    }

    /// What `work` comes to; none, and dropped half done, when the loop was told to stop meanwhile.
    pub async fn at<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.life.over() => None,
            done = work => Some(done),
        }
    }
}
