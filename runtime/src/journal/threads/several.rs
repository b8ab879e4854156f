//! Threads of a node of a cluster: one sends what is queued, one mirrors the log.

use std::sync::Arc;
use std::time::Duration;

use super::queue::Queue;
use crate::cluster::log::{Log, LogEntry};
use crate::journal::OnFatal;
use crate::journal::backlog::Backlog;
use crate::journal::committer::Answers;
use crate::journal::disk::Disk;
use crate::journal::failure::Failure;
use crate::journal::mirror::Mirror;
use crate::journal::outgoing::Outgoing;
use crate::journal::sender::Sender;
use crate::loops::Seat;
use crate::seldom::Seldom;

/// "the log of the cluster does not answer".
static AWAY: Seldom = Seldom::new();
/// "a frame of the log has no room on this disk".
static NO_ROOM: Seldom = Seldom::new();

/// Frames read at once: half a mebibyte each at most.
const FRAMES_PER_READ: usize = 64;
/// The longest wait for a frame: whoever ends the thread waits for it.
const READ_MAX: Duration = Duration::from_millis(250);
/// How often the log is looked at once nothing more is sent.
const LAST_LOOKS: u32 = 8;
/// Before the log, or this disk, is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(200);

/// Sends what is queued, until the queue is closed and empty.
pub(super) fn send(mut sender: Sender, queue: &Queue, (backlog, seat): (&Backlog, &Seat)) {
    seat.rest();
    while let Some(group) = queue.take() {
        seat.beat();
        match backlog.wait_for_room() {
            Ok(()) => sender.group(group, seat),
            Err(failure) => {
                sender.refused(&failure);
                for submission in group {
                    (submission.done)(Err(failure.clone()));
                }
            }
        }
        seat.rest();
    }
    seat.left();
}

/// The thread that mirrors.
pub(super) struct Mirroring<D: Disk> {
    mirror: Mirror<D>,
    log: Box<dyn Log>,
    backlog: Arc<Backlog>,
    outgoing: Arc<Outgoing>,
}

/// Whether the log was read.
#[derive(PartialEq, Eq)]
enum Read {
    Done,
    Not,
}

impl<D: Disk> Mirroring<D> {
    pub(super) fn of(
        mirror: Mirror<D>,
        log: Box<dyn Log>,
        backlog: &Arc<Backlog>,
        outgoing: &Arc<Outgoing>,
    ) -> Mirroring<D> {
        let (backlog, outgoing) = (Arc::clone(backlog), Arc::clone(outgoing));
        Mirroring { mirror, log, backlog, outgoing }
    }

    /// Mirrors until nothing more is sent and everything that was is met, or cannot be.
    pub(super) fn run(mut self, seat: &Seat, on_fatal: &OnFatal) {
        let mut looks_left = LAST_LOOKS;
        loop {
            seat.beat();
            let ends = self.outgoing.has_ended();
            match self.once() {
                Ok(Read::Done) if !ends => {}
                // What was sent last is met, or is not there.
                Ok(Read::Done) if !self.outgoing.is_empty() && looks_left > 0 => looks_left -= 1,
                Ok(Read::Not) if !ends => {
                    // Nobody meets what is on its way any more, or nobody waits for it.
                    if self.mirror.has_stopped() || self.outgoing.is_closing() {
                        self.outgoing.let_go();
                    }
                    self.outgoing.rest_until_end(AGAIN_AFTER);
                }
                Ok(Read::Done | Read::Not) => break,
                Err(failure) => {
                    self.outgoing.close();
                    self.outgoing.let_go();
                    seat.ended();
                    return on_fatal(&failure);
                }
            }
        }
        self.outgoing.let_go();
        match self.mirror.sync() {
            Ok(()) => seat.left(),
            Err(failure) => {
                seat.ended();
                on_fatal(&failure);
            }
        }
    }

    /// One look at the log.
    ///
    /// # Errors
    /// What the process must end for.
    fn once(&mut self) -> Result<Read, Failure> {
        let wait = self.mirror.safe_within().unwrap_or(READ_MAX).min(READ_MAX);
        // Whoever makes room waits until what is there is safe.
        if wait.is_zero() || self.backlog.is_full() {
            self.mirror.sync()?;
        }
        if self.mirror.has_stopped() {
            return Ok(Read::Not);
        }
        if let Err(failure) = self.backlog.wait_for_room() {
            self.mirror.refused(&failure);
            return Ok(Read::Not);
        }
        let after = self.mirror.last_frame();
        let wait_millis = u64::try_from(wait.as_millis()).unwrap_or(0).max(1);
        match self.log.read(after, FRAMES_PER_READ, wait_millis) {
            Ok(entries) => self.take(&entries),
            Err(failure) => {
                if let Some(n_left_out) = AWAY.turn() {
                    tracing::warn!(%failure, n_left_out, "the log of the cluster does not answer");
                }
                self.mirror.refused(&Failure::Log(failure));
                Ok(Read::Not)
            }
        }
    }

    fn take(&mut self, entries: &[LogEntry]) -> Result<Read, Failure> {
        self.mirror.heard();
        for entry in entries {
            let before = self.mirror.last_frame();
            match self.mirror.take(entry) {
                Ok(answers) => answers.into_iter().for_each(Answers::give),
                Err(failure @ Failure::Differs(_)) => {
                    tracing::error!(%failure, "the mirror stops: this node follows no more");
                    self.mirror.stop(failure);
                    return Ok(Read::Not);
                }
                // It is not in the ledger, and the log has it still.
                Err(failure) if failure.is_transient() && self.mirror.last_frame() == before => {
                    if let Some(n_left_out) = NO_ROOM.turn() {
                        tracing::error!(%failure, n_left_out, "a frame of the log has no room here");
                    }
                    self.mirror.refused(&failure);
                    return Ok(Read::Not);
                }
                Err(failure) => return Err(failure),
            }
        }
        self.mirror.followed();
        Ok(Read::Done)
    }
}
