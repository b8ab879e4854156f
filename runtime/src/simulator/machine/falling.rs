//! A partition falls and rises, as the shell under actors lets it.

use super::opening::core;
use super::{Died, Home, Machine, PartitionState, ToPartition, Wish};
use crate::clock::Timestamp;
use crate::partition::{Origin, Partition, Tenure};
use crate::simulator::tally::Kind;
use crate::supervision::{Exit, Supervised, Verdict, verdict};

impl Home {
    fn tenure(&self) -> Tenure {
        Tenure { epoch: self.epoch, life: self.life }
    }
}

impl Machine {
    /// Partition `no` panics: it goes down with its entities and everything in their mailboxes, but for the word of the
    /// journal.
    pub(crate) fn fall(&mut self, no: u8, at: Timestamp) -> Result<(), Died> {
        let is_up = |home: &Home| home.standing == PartitionState::Up;
        if !self.homes.get(usize::from(no)).is_some_and(is_up) {
            return Ok(());
        }
        self.tally.count(Kind::PartitionFell);
        self.go_down(no);
        let Some(home) = self.homes.get_mut(usize::from(no)) else { return Ok(()) };
        match verdict(Supervised::Partition, Exit::Panicked(home.falls.note(at))) {
            Verdict::Restart(pause) => {
                let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                self.wishes.push(Wish::Rise(no, pause));
                Ok(())
            }
            Verdict::SetAside | Verdict::EndProcess => {
                self.tally.count(Kind::ProcessEnded);
                Err(Died)
            }
        }
    }

    /// Nothing of its life goes on; it stays down until somebody wishes it to rise.
    pub(super) fn go_down(&mut self, no: u8) {
        let limits = self.bounds.limits;
        let Some(home) = self.homes.get_mut(usize::from(no)) else { return };
        home.life += 1;
        home.standing = PartitionState::Pausing;
        home.core = Partition::within(limits, (no, home.tenure()), Origin::default());
        home.callers.let_all_go();
        home.residents.clear();
        home.inbox.retain(|message| !matches!(message, ToPartition::Step(..)));
    }

    /// Its pause is over.
    pub(crate) fn rise(&mut self, no: u8) {
        if let Some(home) = self.homes.get_mut(usize::from(no)) {
            home.standing = PartitionState::Due;
            self.rise_when_due(no);
        }
    }

    pub(super) fn rise_when_due(&mut self, no: u8) {
        let (bounds, mutation) = (self.bounds, self.mutation);
        let Some(home) = self.homes.get_mut(usize::from(no)) else { return };
        if home.standing != PartitionState::Due || home.submitted > 0 {
            return;
        }
        home.core = core(&self.backlog, bounds, (no, home.tenure(), mutation));
        home.standing = PartitionState::Up;
        for to in 0..bounds.limits.partitions {
            self.send(to, ToPartition::Missed(no));
        }
    }

    /// Which life partition `no` is in.
    pub(crate) fn life(&self, no: u8) -> u64 {
        self.homes.get(usize::from(no)).map_or(0, |home| home.life)
    }
}
