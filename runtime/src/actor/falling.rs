//! A partition that falls: it is dropped with all its entities and read again, as the whole process would be.
//!
//! What it had submitted may still become durable, so it rises only when that is known. Callers whose answer went down
//! with it ask again with the same id; messages in couriers' hands are due again; tells are read from the journal.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use actix::{AsyncContext, Context};
use compact_str::format_compact;

use super::entity::Home;
use super::partition::{Owning, PartitionActor, PartitionState};
use super::residents::Residents;
use crate::journal::{Failure, Journal};
use crate::partition::{Origin, Partition, Tenure};
use crate::supervision::{Exit, Supervised, Verdict, verdict};

impl PartitionActor {
    /// It panicked.
    pub(super) fn fall(&mut self, words: &str, ctx: &mut Context<Self>) {
        let no = self.no;
        self.wiring.counters.partition_fell();
        self.end_life();
        let n = self.falls.note(self.wiring.clock.now());
        match verdict(Supervised::Partition, Exit::Panicked(n)) {
            Verdict::Restart(pause) => {
                tracing::error!(partition = no, panic = words, times = n, "a partition fell");
                self.rise_after(pause, ctx);
            }
            Verdict::SetAside | Verdict::EndProcess => {
                self.standing = PartitionState::Ended;
                let why =
                    format_compact!("partition {no} fell {n} times within ten minutes: {words}");
                (self.wiring.on_end)(&why);
            }
        }
    }

    /// Another owner has it: nobody here speaks for it any more, and the process goes on with what it has.
    pub(super) fn let_go(&mut self) {
        tracing::warn!(partition = self.no, "a partition has another owner and is let go");
        self.end_life();
        self.standing = PartitionState::Elsewhere;
        if let Owning::Leases { lost, .. } = &self.wiring.owning
            && lost.send(self.no).is_err()
        {
            tracing::debug!("whoever keeps leases has ended");
        }
    }

    /// It is this node's by this ownership: it begins as the journal has it.
    pub(super) fn own(&mut self, epoch: u64, ctx: &mut Context<Self>) {
        self.end_life();
        self.epoch = epoch;
        self.standing = PartitionState::Due;
        self.rise_when_due(ctx);
    }

    /// It goes to another node; `left` is told when it has nothing in hand any more.
    pub(super) fn leave(&mut self, left: Sender<u8>) {
        self.leaving = Some(left);
        match self.standing {
            PartitionState::Up => self.standing = PartitionState::Leaving,
            PartitionState::Pausing | PartitionState::Due => {
                self.standing = PartitionState::Elsewhere;
            }
            PartitionState::Leaving | PartitionState::Elsewhere | PartitionState::Ended => {}
        }
        self.leave_when_settled();
    }

    /// Leaves if it is to, and has nothing in hand any more.
    pub(super) fn leave_when_settled(&mut self) {
        let has_work = self.standing == PartitionState::Leaving && !self.core.is_settled();
        if has_work || self.submitted > 0 {
            return;
        }
        let Some(left) = self.leaving.take() else { return };
        self.end_life();
        if self.standing != PartitionState::Ended {
            self.standing = PartitionState::Elsewhere;
        }
        if left.send(self.no).is_err() {
            tracing::debug!(partition = self.no, "nobody waits any more until it has left");
        }
    }

    /// Nothing of this life goes on: not the core, not its entities, and nobody waits for them.
    fn end_life(&mut self) {
        self.home.callers.let_all_go();
        let next = Home { life: self.home.life + 1, ..Home::clone(&self.home) };
        self.home = Rc::new(next);
        // It takes nothing in until it has risen.
        self.core = Partition::new(self.no, self.tenure(), Origin::default());
        self.residents = Residents::at_most(self.wiring.resident_max);
    }

    /// Whoever has tells of this partition on their way hears of it; they are in the journal.
    pub(super) fn speak_of(&self, pending: &BTreeMap<(u8, u8), u64>) {
        for (to, route) in (0..).zip(&self.routes) {
            if pending.contains_key(&(self.no, to)) {
                self.wiring.in_flight.begin(1);
                if route.missed(self.no).is_err() {
                    self.wiring.in_flight.finish(1);
                    tracing::warn!(partition = to, "a partition hears of tells at the next start");
                }
            }
        }
    }

    fn tenure(&self) -> Tenure {
        Tenure { epoch: self.epoch, life: self.home.life }
    }

    fn rise_after(&mut self, pause: Duration, ctx: &mut Context<Self>) {
        self.standing = PartitionState::Pausing;
        let life = self.home.life;
        ctx.run_later(pause, move |actor, ctx| {
            // It may have gone to another node meanwhile, and come back.
            if actor.standing == PartitionState::Pausing && actor.home.life == life {
                actor.standing = PartitionState::Due;
                actor.rise_when_due(ctx);
            }
        });
    }

    /// Rises if it is time, and nothing it submitted before is under way.
    pub(super) fn rise_when_due(&mut self, ctx: &mut Context<Self>) {
        if self.standing != PartitionState::Due || self.submitted > 0 {
            return;
        }
        let (no, journal) = (self.no, &self.wiring.journal);
        match owned(journal, no, self.tenure()) {
            Ok(core) => self.core = core,
            Err(failure) => return self.fall(&format_compact!("{failure}"), ctx),
        }
        let pending = journal.tells_pending();
        self.speak_of(&pending);
        let sources = pending.into_keys().filter(|(_, to)| *to == no).map(|(from, _)| from);
        let sources: Vec<u8> = sources.collect();
        self.standing = PartitionState::Up;
        self.work(ctx, |core, wiring, out| {
            for from in sources {
                core.tells_missed(from);
            }
            core.tick(wiring.fires_until(), wiring.people(), out);
        });
    }
}

/// Partition `no` as the journal left it, decided in this tenure.
pub(crate) fn owned(journal: &Journal, no: u8, tenure: Tenure) -> Result<Partition, Failure> {
    let meta = journal.partition(no)?;
    let origin = Origin {
        next_lsn: meta.next_lsn,
        frame: meta.frame,
        tell_next: meta.tell_next,
        marks: meta.marks,
    };
    Ok(Partition::new(no, tenure, origin))
}
