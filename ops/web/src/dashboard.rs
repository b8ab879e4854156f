//! Dashboard: figures of all cases, kept as they change, for a page that many people watch.
//!
//! ```text
//! open cases of the journal's lists ─► counted once, a page at a time
//! feed of what becomes durable      ─► the cases it names are read again, at most once a beat
//!        └─► OpenCases (counts, crossings of due instants), Recent ─► Figures, at most one a second
//! ```
//! It is a cache: nothing decides by it, it is made anew at every start, and whoever misses something of the feed reads
//! on from the ledger. Counting a change costs one reading of one case; showing costs nothing, however many cases there
//! are and however many people look. A count may be behind by a beat.

mod counts;
mod entry;
mod figures;
mod follower;
mod health;
mod recent;

use std::sync::Arc;
use std::time::Duration;

use actix::Arbiter;
use duban_runtime::loops::{Kept, Life, Loop};
use tokio::sync::watch;

use duban_server::server::Server;

pub use counts::{Counts, SOON};
pub use figures::{Figures, StageFigure, UnitFigure};
pub use health::{Health, Way};
pub use recent::{Escalation, MessageOutcome};

use follower::Follower;

/// The shortest time between two sets of figures.
pub const BEAT: Duration = Duration::from_secs(1);

/// Dead when it counts nothing for so long.
const TOWN: Loop = Loop { name: "town", silent_max: Duration::from_mins(2) };

/// Whoever counts the dashboard, at work.
pub struct Dashboard {
    arbiter: Arbiter,
    counting: Kept,
    figures: watch::Receiver<Arc<Figures>>,
}

impl Dashboard {
    /// Begins to count, on an arbiter of its own: what is read does not keep anybody else waiting.
    pub fn open(server: &Arc<Server>) -> Dashboard {
        let arbiter = Arbiter::new();
        let (publish, figures) = watch::channel(Arc::new(Figures::default()));
        let (keeper, shared) = (server.node.keeper(), Arc::new((Arc::clone(server), publish)));
        let (kept, counting) = keeper.keep(TOWN, move |life| count(Arc::clone(&shared), life));
        if !arbiter.spawn(counting) {
            tracing::error!("the arbiter of the dashboard's figures did not start");
        }
        Dashboard { arbiter, counting: kept, figures }
    }

    /// The figures, whenever they change; over when the dashboard is closed.
    pub fn figures(&self) -> watch::Receiver<Arc<Figures>> {
        self.figures.clone()
    }

    /// Counts no more; whoever watches is told that it is over.
    pub async fn close(self) {
        self.counting.close().await;
        self.arbiter.stop();
        if self.arbiter.join().is_err() {
            tracing::error!("the arbiter of the dashboard's figures ended in a panic");
        }
    }
}

async fn count(shared: Arc<(Arc<Server>, watch::Sender<Arc<Figures>>)>, mut life: Life) {
    let (server, publish) = &*shared;
    let mut follower = Follower::of(Arc::clone(server));
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = life.over() => return,
            going = follower.next() => if going == follower::Going::Over {
                // The journal is closed, and so will this be.
                return life.over().await;
            },
            _ = beat.tick() => {
                life.beat();
                let figures = follower.figures();
                publish.send_if_modified(|shown| {
                    let changed = **shown != figures;
                    if changed {
                        *shown = Arc::new(figures);
                    }
                    changed
                });
            }
        }
    }
}
