//! A process among several: partitions come and go with their leases, groups go into the log, and the log comes back.

use super::committing::Writer;
use super::{Committing, Died, Machine, PartitionState, ToPartition, Wish};
use crate::simulator::several::{Member, Sent};

impl Machine {
    /// The partition is this process's by this epoch, once it knows what became of all that it sent before.
    pub(crate) fn own(&mut self, no: u8, epoch: u64) {
        self.leave(no);
        if let Some(home) = self.homes.get_mut(usize::from(no)) {
            home.epoch = epoch;
            home.standing = PartitionState::Due;
            self.rise_when_due(no);
        }
    }

    /// Another one decides, or nobody.
    pub(crate) fn leave(&mut self, no: u8) {
        self.go_down(no);
        if let Some(home) = self.homes.get_mut(usize::from(no)) {
            home.standing = PartitionState::Elsewhere;
            home.inbox.retain(|message| matches!(message, ToPartition::Committed(_)));
        }
    }

    /// The log says that another one decides.
    pub(super) fn let_go(&mut self, no: u8) {
        self.leave(no);
        if let Some(member) = self.member() {
            member.lost(no);
        }
    }

    /// Sends what is queued, or what was sent and not heard of.
    pub(super) fn send_to_log(&mut self) {
        let queue = &mut self.queue;
        let Writer::Several(member) = &mut self.writer else { return };
        let sent = member.send(queue);
        match sent {
            Sent::All if self.queue.is_empty() => {}
            Sent::All | Sent::Again => {
                self.is_committing = Committing::Yes;
                self.wishes.push(Wish::Commit);
            }
        }
        self.hand_out_results();
    }

    /// Takes what the log has next.
    pub(crate) fn mirror(&mut self) -> Result<(), Died> {
        if self.backlog.is_full() {
            self.apply()?;
        }
        let Writer::Several(member) = &mut self.writer else { return Ok(()) };
        member.mirror().map_err(|_| Died)?;
        let tells = member.tells();
        for (from, to) in tells {
            self.send(to, ToPartition::Missed(from));
        }
        self.hand_out_results();
        Ok(())
    }

    /// What it shares with the log.
    pub(crate) fn member(&mut self) -> Option<&mut Member> {
        match &mut self.writer {
            Writer::Alone(_) => None,
            Writer::Several(member) => Some(member),
        }
    }
}
