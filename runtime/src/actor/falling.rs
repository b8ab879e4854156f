//! A partition that falls: it is dropped with all its entities and read again, as the whole process would be.
//!
//! What it had submitted may still become durable, so it rises only when that is known. Callers whose answer went down
//! with it ask again with the same id; messages in couriers' hands are due again; tells are read from the journal.

use std::rc::Rc;
use std::time::Duration;

use actix::{AsyncContext, Context};
use compact_str::format_compact;

use super::entity::Home;
use super::partition::{PartitionActor, PartitionState};
use super::residents::Residents;
use crate::journal::{EPOCH, Failure, Journal};
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
        tracing::error!(partition = self.no, "a partition has another owner and is let go");
        self.end_life();
        self.standing = PartitionState::Ended;
    }

    /// Nothing of this life goes on: not the core, not its entities, and nobody waits for them.
    fn end_life(&mut self) {
        self.home.callers.let_all_go();
        let next = Home { life: self.home.life + 1, ..Home::clone(&self.home) };
        self.home = Rc::new(next);
        // It takes nothing in until it has risen.
        self.core = Partition::new(self.no, tenure(self.home.life), Origin::default());
        self.residents = Residents::at_most(self.wiring.resident_max);
    }

    fn rise_after(&mut self, pause: Duration, ctx: &mut Context<Self>) {
        self.standing = PartitionState::Pausing;
        ctx.run_later(pause, |actor, ctx| {
            actor.standing = PartitionState::Due;
            actor.rise_when_due(ctx);
        });
    }

    /// Rises if it is time, and nothing it submitted before is under way.
    pub(super) fn rise_when_due(&mut self, ctx: &mut Context<Self>) {
        if self.standing != PartitionState::Due || self.submitted > 0 {
            return;
        }
        let (no, journal) = (self.no, &self.wiring.journal);
        match owned(journal, no, self.home.life) {
            Ok(core) => self.core = core,
            Err(failure) => return self.fall(&format_compact!("{failure}"), ctx),
        }
        let pending = journal.tells_pending();
        for (to, route) in (0..).zip(&self.routes) {
            if pending.contains_key(&(no, to)) {
                self.wiring.in_flight.begin(1);
                if route.missed(no).is_err() {
                    self.wiring.in_flight.finish(1);
                    tracing::warn!(partition = to, "a partition hears of tells at the next start");
                }
            }
        }
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

/// Partition `no` as the journal left it, in this one of its lives, decided for whoever owns the journal.
pub(crate) fn owned(journal: &Journal, no: u8, life: u64) -> Result<Partition, Failure> {
    let meta = journal.partition(no)?;
    let origin = Origin {
        next_lsn: meta.next_lsn,
        frame: meta.frame,
        tell_next: meta.tell_next,
        marks: meta.marks,
    };
    Ok(Partition::new(no, tenure(life), origin))
}

fn tenure(life: u64) -> Tenure {
    Tenure { epoch: EPOCH, life }
}
