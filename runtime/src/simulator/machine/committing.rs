//! A process writes: into its own ledger when it is alone, into the log of its cluster when it is one of several.

use std::sync::PoisonError;

use super::{Committing, Died, Machine, ToPartition, Wish};
use crate::journal::committer::Committer;
use crate::simulator::disk::SimDisk;
use crate::simulator::several::Member;
use crate::simulator::tally::Kind;

/// Who writes.
pub(crate) enum Writer {
    Alone(Box<Committer<SimDisk>>),
    Several(Box<Member>),
}

impl Writer {
    /// Makes safe on this disk what the store is about to hear of.
    pub(super) fn secure(&mut self) -> Result<(), Died> {
        match self {
            Writer::Alone(_) => Ok(()),
            Writer::Several(member) => member.secure().map_err(|_| Died),
        }
    }

    /// Whether something new may be decided about partition `no` by this ownership.
    pub(super) fn may_decide(&mut self, no: u8, epoch: u64) -> bool {
        match self {
            Writer::Alone(_) => true,
            Writer::Several(member) => member.may_decide(no, epoch),
        }
    }
}

impl Machine {
    /// Commits what is queued, in one frame.
    pub(crate) fn commit(&mut self) -> Result<(), Died> {
        self.is_committing = Committing::No;
        if self.backlog.is_full() {
            self.writer.secure()?;
        }
        if self.backlog.is_full() && self.applier.apply_once().is_err() {
            // There is no room, and the store takes nothing: as the committer's thread would, it waits.
            self.is_committing = Committing::Yes;
            self.wishes.push(Wish::Commit);
            return if self.store.is_dead() { Err(Died) } else { Ok(()) };
        }
        let committer = match &mut self.writer {
            Writer::Alone(committer) => committer,
            Writer::Several(_) => {
                self.send_to_log();
                return Ok(());
            }
        };
        let group = std::mem::take(&mut self.queue);
        if group.is_empty() {
            return Ok(());
        }
        let answers = committer.group(group);
        if self.disk.is_off() {
            self.tally.count(Kind::CrashedInCommit);
            return Err(Died);
        }
        match answers {
            Err(_) => return Err(Died),
            Ok(answers) => {
                if answers.result().is_err() {
                    self.tally.count(Kind::CommitFailed);
                }
                answers.give();
            }
        }
        self.hand_out_results();
        Ok(())
    }

    /// What was answered goes into the mailboxes of those who asked.
    pub(super) fn hand_out_results(&mut self) {
        let results =
            std::mem::take(&mut *self.results.lock().unwrap_or_else(PoisonError::into_inner));
        for (no, outcome) in results {
            self.send(no, ToPartition::Committed(outcome));
        }
    }
}
