//! The auditor: follows the ledger frame by frame and proves of whatever was touched that it is as it must be.
//!
//! ```text
//! mark ─► a page of the ledger ─► the entities in it ─► each held against its history and the index ─► findings
//!   ▲                         └─► messages begun and ended ─► as many as stand in the outbox
//!   └── a sweep over everything that is there, a page at a time, once a day
//! ```
//! Proved are: each step of a clock was decided once and none that came due was passed over; the index holds the alarm
//! that the state wants; no alarm is long due and has not fired; every message has an outcome or a row that is looked
//! at in time. Nothing is kept of an entity but what is wrong with it, and that only until it is found right again.
//! Nothing is changed here, but for one thing that a crash may have left undone: the key of a reporter who was erased.

mod entity;
mod replay;
mod round;
mod rows;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use duban_runtime::clock::Timestamp;
use duban_runtime::journal::witness::Head;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::loops::{Kept, Life, Loop};
use duban_runtime::registry::Registry;

use duban_access::seals::Seals;
use duban_base::store::mark::{self, FILE};
use duban_server::health::audit::Audit;
use duban_server::server::Server;

use duban_runtime::seldom::Seldom;
use round::Round;

/// "the auditor cannot read".
static UNREAD: Seldom = Seldom::new();

/// How often a round is made.
pub const TICK: Duration = Duration::from_secs(1);
/// How often the mark is written down; what was read since is read again after a kill.
const KEEP_EVERY: Duration = Duration::from_secs(30);

/// Dead when one round takes so long.
const AUDITOR: Loop = Loop { name: "auditor", silent_max: Duration::from_mins(10) };

/// What is audited.
#[derive(Clone)]
pub struct Books {
    /// Everything that was accepted, and what follows from it.
    pub journal: Journal,
    /// The kinds that live there.
    pub registry: Arc<Registry>,
    /// The keys of what reporters said of themselves.
    pub seals: Seals,
}

/// Whether what is late is held against anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lateness {
    Judged,
    /// Timers are held for a clock that jumped, or have just begun to catch up.
    Excused,
    /// That of timers is; messages wait because the server is muted.
    OfTimersAlone,
}

/// The auditor, between two rounds.
#[derive(Debug)]
pub struct Auditor {
    round: Round,
    path: PathBuf,
    kept: Option<Timestamp>,
    /// The end of the ledger, as it was at the last round.
    seen: Option<Head>,
}

impl Auditor {
    /// The auditor of the store in `dir`, where it left off; from the beginning if nobody knows.
    pub fn open(dir: &std::path::Path) -> Auditor {
        let path = dir.join(FILE);
        Auditor { round: Round::from(mark::load(&path)), path, kept: None, seen: None }
    }

    /// Makes one round at `now`: a page of the ledger, a page of the sweep. Reads the disk.
    ///
    /// # Errors
    /// When the journal cannot be read; the next round begins where this one did.
    pub fn go_round(
        &mut self,
        books: &Books,
        audit: &Audit,
        now: Timestamp,
        lateness: Lateness,
    ) -> Result<(), Failure> {
        self.round.make(books, audit, now, lateness)?;
        let (hash, frame) = books.journal.head();
        self.seen = Some(Head { frame, hash });
        audit.beat(now, self.round.mark().place.frame);
        // A clock that was set back is no reason to keep nothing until it has caught up.
        if self.kept.is_none_or(|kept| now < kept || now.since(kept) >= KEEP_EVERY) {
            self.keep(now);
        }
        Ok(())
    }

    /// Writes the mark down.
    pub fn keep(&mut self, now: Timestamp) {
        self.kept = Some(now);
        if let Err(error) = mark::keep(&self.path, self.round.mark(), self.seen) {
            tracing::warn!(%error, "the auditor's mark is not written down");
        }
    }
}

/// Begins to audit `server`, beside its work; ends after the round under way.
pub fn open(server: &Arc<Server>) -> Kept {
    server.keep(AUDITOR, audit)
}

async fn audit(server: Arc<Server>, life: Life) {
    let began = server.now();
    server.health.audit.beat(began, 0);
    let mut auditor = Auditor::open(&server.config.store_dir);
    let mut turns = life.every(TICK);
    while turns.next().await {
        auditor = go_round(&server, auditor, began).await;
    }
    auditor.keep(server.now());
}

/// One round on a thread that may wait for the disk; what panics there falls here.
async fn go_round(server: &Arc<Server>, mut auditor: Auditor, began: Timestamp) -> Auditor {
    let server = Arc::clone(server);
    let round = tokio::task::spawn_blocking(move || {
        let now = server.now();
        let catching_up = now.since(began) <= entity::LATE;
        let held = server.node.clock_jump().is_some();
        let lateness = if held || catching_up {
            Lateness::Excused
        } else if server.channels.muted().is_on() {
            Lateness::OfTimersAlone
        } else {
            Lateness::Judged
        };
        let (journal, registry) =
            (server.node.journal().clone(), Arc::clone(server.node.registry()));
        let books = Books { journal, registry, seals: server.seals.clone() };
        if let Err(failure) = auditor.go_round(&books, &server.health.audit, now, lateness)
            && let Some(n_left_out) = UNREAD.turn()
        {
            tracing::warn!(%failure, n_left_out, "the auditor cannot read");
        }
        auditor
    });
    match round.await {
        Ok(auditor) => auditor,
        Err(fell) => std::panic::resume_unwind(fell.into_panic()),
    }
}
