//! Photos that no record names: the ledger is looked through for names every minute, and once an hour those that have
//! waited for a day go.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::loops::{Kept, Life, Loop};

use duban_messages::courier::outcome::chain;
use duban_server::server::Server;
use duban_server::uploads::Swept;

/// How often the ledger is looked through for names: so far back somebody who asks for a photo has it read.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Looks from one sweep to the next.
const LOOKS_PER_SWEEP: u32 = 60;
/// Dead when one look takes so long.
const UPLOADS: Loop = Loop { name: "uploads", silent_max: Duration::from_mins(30) };

/// Sweeps from now on, once an hour.
pub(super) fn open(server: &Arc<Server>) -> Kept {
    server.keep(UPLOADS, keep)
}

async fn keep(server: Arc<Server>, life: Life) {
    let mut looks = 0;
    let mut turns = life.every(LOOK_EVERY);
    while turns.next().await {
        let sweeps = looks % LOOKS_PER_SWEEP == 0;
        looks += 1;
        let (at_work, now) = (Arc::clone(&server), server.now());
        let look = tokio::task::spawn_blocking(move || {
            let (uploads, journal) = (&at_work.uploads, at_work.node.journal());
            if sweeps {
                uploads.sweep(journal, now)
            } else {
                uploads.catch_up(journal).map(|()| Swept::default())
            }
        });
        match look.await {
            Ok(Ok(Swept { photos: 0, .. })) => {}
            Ok(Ok(Swept { photos, bytes })) => {
                tracing::warn!(photos, bytes, "photos that no record named for a day are gone");
            }
            Ok(Err(failure)) => {
                tracing::error!(failure = %chain(&failure), "uploads cannot be looked through");
            }
            Err(fell) => tracing::error!(%fell, "uploads were not looked through"),
        }
    }
}
