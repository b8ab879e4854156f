//! The queue of batches that wait to be committed.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::lock;
use crate::journal::committer::{GROUP_BYTES_MAX, GROUP_RECORDS_MAX, Submission, weight};
use crate::journal::failure::Failure;

/// Submissions that wait at most: one for each partition there can be.
const QUEUE_MAX: usize = 256;

/// What waits to be committed.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    submissions: VecDeque<Submission>,
    closed: bool,
    /// Whether the committer sleeps until something comes. While it does not, to call it would only cost a system call.
    asleep: bool,
}

impl Queue {
    /// One more. What comes after the end, or beyond the bound, is answered at once.
    pub(super) fn put(&self, submission: Submission) {
        let mut waiting = self.lock();
        if waiting.closed || waiting.submissions.len() >= QUEUE_MAX {
            drop(waiting);
            return (submission.done)(Err(Failure::Stopped));
        }
        waiting.submissions.push_back(submission);
        let asleep = std::mem::take(&mut waiting.asleep);
        drop(waiting);
        if asleep {
            self.came.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        lock(&self.waiting)
    }

    /// Nothing more is taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.came.notify_all();
    }

    /// Waits for something to commit; none once the queue is closed and empty.
    pub(super) fn take(&self) -> Option<Vec<Submission>> {
        let idle = |waiting: &mut Waiting| {
            waiting.asleep = waiting.submissions.is_empty() && !waiting.closed;
            waiting.asleep
        };
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
