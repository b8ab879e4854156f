//! Abreast: whoever reads on this node sees what was answered on any other before they asked.
//!
//! ```text
//! a request ─► where does the log end? ─► this node waits until it can read as far ─► the request is looked at
//! ```
//! One question is under way at a time, and whoever comes meanwhile waits for the next, which is asked for all of them. A
//! log that does not answer keeps nobody from reading what there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Node;
use crate::cluster::log::{Log, Logs};
use crate::journal::{Failure, Journal};
use crate::loops::{Loop, Loops, Seat};
use crate::seldom::Seldom;

/// The thread that asks.
const ASKING: Loop = Loop { name: "abreast", silent_max: Duration::from_mins(1) };
/// Who wait for an answer at a time; one more reads what there is.
const WAITS_MAX: usize = 4_096;
/// How long anybody waits, for the answer and for the frames together.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest wait for somebody who asks: whoever ends the thread waits for it.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// "it is not known where the log ends".
static AWAY: Seldom = Seldom::new();

/// Somebody who wants to know the last frame of the log.
type Waits = oneshot::Sender<u64>;

/// The running thread.
pub(super) struct Abreast {
    waiting: SyncSender<Waits>,
    ends: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// Starts the thread.
pub(super) fn start(logs: &dyn Logs, loops: &Loops) -> Result<Abreast, Failure> {
    let (waiting, waits) = sync_channel(WAITS_MAX);
    let ends = Arc::new(AtomicBool::new(false));
    let (log, seat, is_over) = (logs.log(), loops.enter(ASKING), Arc::clone(&ends));
    let thread = thread::Builder::new().name("duban-abreast".to_owned());
    let thread = thread.spawn(move || ask_all(log, &waits, &is_over, &seat));
    let thread = thread.map_err(|error| Failure::io("start", "duban-abreast", error))?;
    Ok(Abreast { waiting, ends, thread })
}

fn ask_all(mut log: Box<dyn Log>, waits: &Receiver<Waits>, ends: &AtomicBool, seat: &Seat) {
    while !ends.load(Ordering::Acquire) {
        seat.beat();
        let first = match waits.recv_timeout(LOOK_EVERY) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let all: Vec<Waits> = std::iter::once(first).chain(waits.try_iter()).collect();
        match log.end() {
            // Whoever waited may have gone.
            Ok(frame) => all.into_iter().for_each(|one| one.send(frame).unwrap_or_default()),
            Err(failure) => {
                if let Some(n_left_out) = AWAY.turn() {
                    tracing::warn!(%failure, n_left_out, "it is not known where the log ends");
                }
            }
        }
    }
    seat.left();
}

impl Abreast {
    /// Ends the thread; whoever waits reads what there is.
    pub(super) fn end(self) {
        self.ends.store(true, Ordering::Release);
        drop(self.waiting);
        if self.thread.join().is_err() {
            tracing::error!("whoever asks where the log ends ended in a panic");
        }
    }

    async fn reached(&self, journal: &Journal) {
        let (wait, told) = oneshot::channel();
        if self.waiting.try_send(wait).is_err() {
            return;
        }
        if let Ok(frame) = told.await
            && frame > journal.head().1
        {
            journal.until_mirrored(frame, PATIENCE).await;
        }
    }
}

impl Node {
    /// Waits until everything can be read here that was answered on any node before this was called; not for long, nor
    /// where the log does not answer or is followed no more. On a machine alone everything can.
    pub async fn abreast(&self) {
        let Some(cluster) = &self.cluster else { return };
        let is_cut_off = self.journal().trouble().is_some_and(|it| it.failure.is_cut_off());
        if !is_cut_off
            && tokio::time::timeout(PATIENCE, cluster.abreast.reached(self.journal()))
                .await
                .is_err()
        {
            tracing::debug!("what is read may be older than what was answered elsewhere");
        }
    }
}
