//! The journal's threads: one that commits, one that applies, and one that tidies up.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::OnFatal;
use super::applier::{Applier, Onto};
use super::backlog::{Backlog, Ending};
use super::committer::{Committer, GROUP_BYTES_MAX, GROUP_RECORDS_MAX, Submission, weight};
use super::disk::Disk;
use super::failure::Failure;
use super::upkeep::Upkeep;
use crate::clock::{Clock as _, SystemClock};

/// Submissions that wait at most: one for each partition there can be.
const QUEUE_MAX: usize = 256;

/// What waits to be committed.
#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    submissions: VecDeque<Submission>,
    closed: bool,
}

/// The running threads, and the way to the first of them.
#[derive(Debug)]
pub(super) struct Threads {
    queue: Arc<Queue>,
    backlog: Arc<Backlog>,
    committer: Mutex<Option<JoinHandle<()>>>,
    applier: Mutex<Option<JoinHandle<Result<(), Failure>>>>,
    upkeep: Mutex<Option<JoinHandle<()>>>,
}

impl Threads {
    /// Starts them.
    pub(super) fn start<D: Disk>(
        committer: Committer<D>,
        backlog: &Arc<Backlog>,
        upkeep: Upkeep,
        on_fatal: OnFatal,
    ) -> Result<Threads, Failure> {
        let queue = Arc::new(Queue::default());
        let applier = spawn("duban-applier", {
            let (applier, backlog) =
                (Applier::new(Arc::clone(backlog), Onto::Living), Arc::clone(backlog));
            let on_fatal = Arc::clone(&on_fatal);
            move || apply(applier, &backlog, &on_fatal)
        })?;
        let upkeep = spawn("duban-upkeep", {
            let backlog = Arc::clone(backlog);
            move || keep_up(upkeep, &backlog)
        })?;
        let committer = spawn("duban-committer", {
            let (queue, backlog) = (Arc::clone(&queue), Arc::clone(backlog));
            move || commit(committer, &queue, &backlog, &on_fatal)
        })?;
        Ok(Threads {
            queue,
            backlog: Arc::clone(backlog),
            committer: Mutex::new(Some(committer)),
            applier: Mutex::new(Some(applier)),
            upkeep: Mutex::new(Some(upkeep)),
        })
    }

    /// Queues a batch. What comes after the end, or beyond the bound, is answered at once.
    pub(super) fn submit(&self, submission: Submission) {
        let mut waiting = self.queue.lock();
        if waiting.closed || waiting.submissions.len() >= QUEUE_MAX {
            drop(waiting);
            return (submission.done)(Err(Failure::Stopped));
        }
        waiting.submissions.push_back(submission);
        drop(waiting);
        self.queue.came.notify_one();
    }

    /// Commits what is queued, applies everything, and ends both.
    pub(super) fn close(&self) -> Result<(), Failure> {
        self.queue.close();
        if let Some(committer) = lock(&self.committer).take() {
            committer.join().map_err(|_| Failure::Stopped)?;
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
        self.queue.close();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        lock(&self.waiting)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.came.notify_all();
    }

    /// Waits for something to commit; none once the queue is closed and empty.
    fn take(&self) -> Option<Vec<Submission>> {
        let idle = |waiting: &mut Waiting| waiting.submissions.is_empty() && !waiting.closed;
        let waiting = self.came.wait_while(self.lock(), idle);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        let (mut n_records, mut n_bytes) = (0, 0);
        let mut group = Vec::with_capacity(waiting.submissions.len());
        while n_records < GROUP_RECORDS_MAX && n_bytes < GROUP_BYTES_MAX {
            let Some(submission) = waiting.submissions.pop_front() else { break };
            n_records += submission.batch.entries.len();
            n_bytes += weight(&submission.batch);
            group.push(submission);
        }
        (!group.is_empty()).then_some(group)
    }
}

fn commit<D: Disk>(
    mut committer: Committer<D>,
    queue: &Queue,
    backlog: &Backlog,
    on_fatal: &OnFatal,
) {
    while let Some(group) = queue.take() {
        if let Err(failure) = backlog.wait_for_room() {
            committer.refused(&failure);
            for submission in group {
                (submission.done)(Err(failure.clone()));
            }
            continue;
        }
        match committer.group(group) {
            Ok(answers) => answers.give(),
            Err(failure) => {
                queue.close();
                return on_fatal(&failure);
            }
        }
    }
}

fn apply(mut applier: Applier, backlog: &Backlog, on_fatal: &OnFatal) -> Result<(), Failure> {
    let clock = SystemClock::start();
    let mut worked = Duration::ZERO;
    loop {
        let ending = backlog.wait_for_work(worked);
        if ending == Ending::Abandon {
            return Ok(());
        }
        let before = clock.monotonic();
        let result = applier.apply_once();
        worked = clock.monotonic().saturating_sub(before);
        match result {
            Ok(None) if ending == Ending::Drain => return Ok(()),
            Ok(_) => {}
            Err(failure) if ending == Ending::Drain => return Err(failure),
            Err(failure @ Failure::Store { .. }) => {
                // It is damaged, and marked: only the next start can make a new one. Waiting would end in refusals.
                backlog.trouble(failure.clone());
                on_fatal(&failure);
                return Err(failure);
            }
            Err(failure) => {
                tracing::error!(%failure, "the store takes nothing; what is committed stays in memory and in the ledger");
                backlog.trouble(failure);
                backlog.pause();
            }
        }
    }
}

fn keep_up(mut upkeep: Upkeep, backlog: &Backlog) {
    while backlog.pause() == Ending::Open {
        if let Err(failure) = upkeep.once() {
            tracing::warn!(%failure, "a snapshot or a sealed segment must wait");
        }
    }
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
