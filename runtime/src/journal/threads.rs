//! The journal's threads: one that commits, one that applies, and one that tidies up; in a cluster one that mirrors.
//!
//! All but one hold what must not be half changed: one that panics ends the process. Whoever tidies up begins anew.

mod queue;
mod several;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use self::queue::Queue;
use self::several::Mirroring;
use super::OnFatal;
use super::applier::{Applier, Onto};
use super::backlog::{Backlog, Ending};
use super::committer::{Committer, Submission};
use super::disk::Disk;
use super::failure::Failure;
use super::mirror::Mirror;
use super::outgoing::Outgoing;
use super::sender::Sender;
use super::store::Spent;
use super::upkeep::Upkeep;
use crate::clock::{Clock as _, SystemClock};
use crate::cluster::log::Log;
use crate::loops::{Loop, Loops, Seat, caught_at_once};
use crate::seldom::Seldom;
use crate::supervision::Verdict;

/// "the store takes nothing; what is committed stays".
static NOT_APPLIED: Seldom = Seldom::new();
/// "a snapshot or a sealed segment must wait".
static NOT_TIDIED: Seldom = Seldom::new();

/// The thread that commits: dead when one group takes so long.
const COMMITTER: Loop = Loop { name: "committer", silent_max: Duration::from_mins(5) };
/// The thread that applies: dead when one generation takes so long.
const APPLIER: Loop = Loop { name: "applier", silent_max: Duration::from_mins(5) };
/// The thread that mirrors the log of a cluster: dead when one look takes so long.
const MIRROR: Loop = Loop { name: "mirror", silent_max: Duration::from_mins(5) };
/// The thread that tidies up: dead when one snapshot takes so long.
const UPKEEP: Loop = Loop { name: "upkeep", silent_max: Duration::from_hours(1) };

/// What the thread does that mirrors, for as long as it runs.
type Mirrors = Box<dyn FnOnce(&Seat, &OnFatal) + Send>;
/// What the thread does that commits what is queued, for as long as it runs.
type Commits = Box<dyn FnOnce(&Queue, &Seat, &OnFatal) + Send>;

/// Those who commit.
pub(super) struct Committing {
    committer: Commits,
    /// In a cluster, with what it shares with the committer.
    mirror: Option<(Mirrors, Arc<Outgoing>)>,
}

impl Committing {
    /// To the ledger of this machine, and nowhere else.
    pub(super) fn alone<D: Disk>(committer: Committer<D>, backlog: &Arc<Backlog>) -> Committing {
        let backlog = Arc::clone(backlog);
        let committer: Commits = Box::new(move |queue, seat, on_fatal| {
            commit(committer, queue, (&backlog, seat), on_fatal);
        });
        Committing { committer, mirror: None }
    }

    /// To the log of a cluster, by `sender`; what stands there is read from `log` by `mirror`.
    pub(super) fn in_cluster<D: Disk>(
        sender: Sender,
        (mirror, log): (Mirror<D>, Box<dyn Log>),
        (backlog, outgoing): (&Arc<Backlog>, Arc<Outgoing>),
    ) -> Committing {
        let mirroring = Mirroring::of(mirror, log, backlog, &outgoing);
        let committer: Commits = {
            let backlog = Arc::clone(backlog);
            Box::new(move |queue, seat, _| several::send(sender, queue, (&backlog, seat)))
        };
        let mirror: Mirrors = Box::new(move |seat, on_fatal| mirroring.run(seat, on_fatal));
        Committing { committer, mirror: Some((mirror, outgoing)) }
    }
}

/// The running threads, and the way to the first of them.
pub(super) struct Threads {
    queue: Arc<Queue>,
    backlog: Arc<Backlog>,
    /// Where there is a mirror.
    outgoing: Option<Arc<Outgoing>>,
    committer: Mutex<Option<JoinHandle<()>>>,
    mirror: Mutex<Option<JoinHandle<()>>>,
    applier: Mutex<Option<JoinHandle<Result<(), Failure>>>>,
    upkeep: Mutex<Option<JoinHandle<()>>>,
}

impl Threads {
    /// Starts those who `commit`, with the applier and whoever tidies up beside them.
    pub(super) fn start(
        commit: Committing,
        backlog: &Arc<Backlog>,
        upkeep: Upkeep,
        (loops, on_fatal): (&Loops, OnFatal),
    ) -> Result<Threads, Failure> {
        let queue = Arc::new(Queue::default());
        let watched = |which: Loop| Watched {
            thread: which.name,
            seat: loops.enter(which),
            on_fatal: Arc::clone(&on_fatal),
        };
        let applier = spawn("duban-applier", {
            let (applier, backlog) =
                (Applier::new(Arc::clone(backlog), Onto::Living), Arc::clone(backlog));
            let watched = watched(APPLIER);
            move || watched.run(|seat, on_fatal| apply(applier, &backlog, (seat, on_fatal)))?
        })?;
        let upkeep = spawn("duban-upkeep", {
            let (backlog, watched) = (Arc::clone(backlog), watched(UPKEEP));
            move || keep_up(upkeep, &backlog, &watched)
        })?;
        let Committing { committer, mirror } = commit;
        let committer = spawn("duban-committer", {
            let (queue, watched) = (Arc::clone(&queue), watched(COMMITTER));
            move || {
                if watched.run(|seat, on_fatal| committer(&queue, seat, on_fatal)).is_err() {
                    // Where the process goes on all the same, nobody waits for an answer that cannot come.
                    queue.close();
                }
            }
        })?;
        let (mirror, outgoing) = match mirror {
            None => (None, None),
            Some((mirror, outgoing)) => {
                let watched = watched(MIRROR);
                let running = spawn("duban-mirror", move || drop(watched.run(mirror)))?;
                (Some(running), Some(outgoing))
            }
        };
        Ok(Threads {
            queue,
            backlog: Arc::clone(backlog),
            outgoing,
            committer: Mutex::new(Some(committer)),
            mirror: Mutex::new(mirror),
            applier: Mutex::new(Some(applier)),
            upkeep: Mutex::new(Some(upkeep)),
        })
    }

    /// Queues a batch. What comes after the end, or beyond the bound, is answered at once.
    pub(super) fn submit(&self, submission: Submission) {
        self.queue.put(submission);
    }

    /// Commits what is queued, applies everything, and ends both.
    pub(super) fn close(&self) -> Result<(), Failure> {
        self.takes_no_more();
        if let Some(committer) = lock(&self.committer).take() {
            committer.join().map_err(|_| Failure::Stopped)?;
        }
        // Not before: what was sent last is to be met.
        self.outgoing.iter().for_each(|outgoing| outgoing.end());
        if let Some(mirror) = lock(&self.mirror).take() {
            mirror.join().map_err(|_| Failure::Stopped)?;
        }
        self.backlog.end(Ending::Drain);
        if let Some(upkeep) = lock(&self.upkeep).take() {
            upkeep.join().map_err(|_| Failure::Stopped)?;
        }
        match lock(&self.applier).take() {
            Some(applier) => applier.join().map_err(|_| Failure::Stopped)?,
            None => Ok(()),
        }
    }

    /// Ends both without waiting for them.
    pub(super) fn abandon(&self) {
        self.takes_no_more();
        self.outgoing.iter().for_each(|outgoing| outgoing.end());
    }

    fn takes_no_more(&self) {
        self.queue.close();
        self.outgoing.iter().for_each(|outgoing| outgoing.close());
    }
}

/// A thread, with whoever looks whether it lives.
struct Watched {
    thread: &'static str,
    seat: Arc<Seat>,
    on_fatal: OnFatal,
}

impl Watched {
    /// Runs the thread; the process ends when it panics.
    fn run<T>(&self, thread: impl FnOnce(&Seat, &OnFatal) -> T) -> Result<T, Failure> {
        let ran = caught_at_once(|| thread(&self.seat, &self.on_fatal));
        ran.map_err(|panic| {
            self.seat.fell(&panic);
            self.fatal(panic)
        })
    }

    fn fatal(&self, panic: String) -> Failure {
        let failure = Failure::Fell { thread: self.thread, panic };
        self.seat.ended();
        (self.on_fatal)(&failure);
        failure
    }
}

fn commit<D: Disk>(
    mut committer: Committer<D>,
    queue: &Queue,
    (backlog, seat): (&Backlog, &Seat),
    on_fatal: &OnFatal,
) {
    seat.rest();
    while let Some(group) = queue.take() {
        seat.beat();
        if let Err(failure) = backlog.wait_for_room() {
            committer.refused(&failure);
            for submission in group {
                (submission.done)(Err(failure.clone()));
            }
            seat.rest();
            continue;
        }
        match committer.group(group) {
            Ok(answers) => answers.give(),
            Err(failure) => {
                queue.close();
                seat.ended();
                return on_fatal(&failure);
            }
        }
        seat.rest();
    }
    seat.left();
}

fn apply(
    mut applier: Applier,
    backlog: &Backlog,
    (seat, on_fatal): (&Seat, &OnFatal),
) -> Result<(), Failure> {
    let clock = SystemClock::start();
    let mut worked = Duration::ZERO;
    loop {
        seat.rest();
        let ending = backlog.wait_for_work(worked);
        seat.beat();
        if ending == Ending::Abandon {
            seat.left();
            return Ok(());
        }
        let before = clock.monotonic();
        let result = match backlog.store().spent() {
            None => applier.apply_once(),
            Some(Spent::NoRoom(failure)) => Err(failure),
            Some(Spent::Curable(failure)) if ending == Ending::Drain => return Err(failure),
            Some(Spent::Curable(failure)) => {
                // A start with room finds everything in the ledger, and this process can do nothing more for anybody.
                backlog.trouble(failure.clone());
                seat.ended();
                on_fatal(&failure);
                return Err(failure);
            }
        };
        worked = clock.monotonic().saturating_sub(before);
        match result {
            Ok(None) if ending == Ending::Drain => {
                seat.left();
                return Ok(());
            }
            Ok(_) => {}
            Err(failure) if ending == Ending::Drain => return Err(failure),
            Err(failure @ Failure::Store { .. }) => {
                // It is damaged, and marked: only the next start can make a new one. Waiting would end in refusals.
                backlog.trouble(failure.clone());
                seat.ended();
                on_fatal(&failure);
                return Err(failure);
            }
            Err(failure) => {
                if let Some(n_left_out) = NOT_APPLIED.turn() {
                    tracing::error!(%failure, n_left_out, "the store takes nothing; what is committed stays in memory and in the ledger");
                }
                backlog.trouble(failure);
                seat.rest();
                backlog.pause();
            }
        }
    }
}

/// Nothing of it is needed to go on: one that falls looks at the disk again after the usual pause.
fn keep_up(mut upkeep: Upkeep, backlog: &Backlog, watched: &Watched) {
    let seat = &watched.seat;
    while backlog.pause() == Ending::Open {
        let once = caught_at_once(|| {
            seat.beat();
            upkeep.once()
        });
        match once {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                if let Some(n_left_out) = NOT_TIDIED.turn() {
                    tracing::warn!(%failure, n_left_out, "a snapshot or a sealed segment must wait");
                }
            }
            Err(panic) => match seat.fell(&panic) {
                Verdict::Restart(_) => {}
                Verdict::SetAside | Verdict::EndProcess => return drop(watched.fatal(panic)),
            },
        }
    }
    if let Err(failure) = upkeep.end() {
        tracing::warn!(%failure, "the mark of the ledger stays behind");
    }
    seat.left();
}

fn spawn<T: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Failure> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(body);
    spawned.map_err(|error| Failure::io("start", name, error))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;
    use crate::journal::backlog::Limits;
    use crate::journal::memtable::tables::Tables;
    use crate::journal::store::brittle::Brittle;

    #[test]
    fn a_store_that_must_be_opened_anew_ends_the_process_as_soon_as_there_is_room_and_not_before() {
        let full = Failure::io("write", "store", ErrorKind::StorageFull.into());
        let store = Arc::new(Brittle::default());
        store.spend(Spent::NoRoom(full.clone()));
        let limits = Limits { lag_max: Duration::from_millis(1), ..Limits::default() };
        let backlog = Arc::new(Backlog::new(Tables::default(), store.clone(), limits));
        let told = Arc::new(Mutex::new(Vec::new()));
        let on_fatal: OnFatal = {
            let told = Arc::clone(&told);
            Arc::new(move |failure| lock(&told).push(failure.to_string()))
        };
        let applying = {
            let (backlog, on_fatal) = (Arc::clone(&backlog), Arc::clone(&on_fatal));
            let applier = Applier::new(Arc::clone(&backlog), Onto::Living);
            let seat = Loops::default().enter(APPLIER);
            thread::spawn(move || apply(applier, &backlog, (&seat, &on_fatal)))
        };
        // It is known to be stuck, and goes on looking.
        while backlog.why_stuck().is_none() {
            thread::yield_now();
        }
        assert!(backlog.why_stuck().unwrap().is_full() && lock(&told).is_empty());
        store.spend(Spent::Curable(full.clone()));
        assert!(applying.join().unwrap().is_err_and(|failure| failure.is_full()));
        assert_eq!(*lock(&told), [full.to_string()]);
    }
}
