//! Messages of a partition actor, each handed to the core.

use actix::{Context, Handler, MessageResult};

use super::message::{
    Ask, Claiming, Committed, Concluding, Leasing, Peers, Releasing, StepOf, TellFrom, Tick, Warm,
};
use super::partition::{PartitionActor, sleep_of};
use crate::activation::Step;
use crate::partition::Output;

impl Handler<Ask> for PartitionActor {
    type Result = ();

    fn handle(&mut self, ask: Ask, ctx: &mut Context<Self>) {
        let Ask { to, command, asked, caller } = ask;
        self.work(ctx, |core, out| core.command(to, command, asked, caller, out));
        self.wiring.gauge.finish(1);
    }
}

impl Handler<StepOf> for PartitionActor {
    type Result = ();

    fn handle(&mut self, StepOf { entity, step }: StepOf, ctx: &mut Context<Self>) {
        match &step {
            Step::Staged(staged) => {
                self.residents.stepped(&entity, Some(sleep_of(staged.after.stored.alarm)));
            }
            Step::Reload | Step::Quarantine(_) => {}
            Step::Passed | Step::TellDone(..) | Step::Claimed(..) => {
                self.residents.stepped(&entity, None);
            }
        }
        let now = self.wiring.clock.now();
        self.work(ctx, |core, out| core.step(entity, step, now, out));
    }
}

impl Handler<Committed> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Committed(result): Committed, ctx: &mut Context<Self>) {
        let now = self.wiring.clock.now();
        self.work(ctx, |core, out| {
            core.committed(result, now, out);
            // More may be due than one batch takes.
            core.tick(now, out);
        });
        self.wiring.gauge.undurable(-1);
    }
}

impl Handler<Tick> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Tick: Tick, ctx: &mut Context<Self>) {
        let now = self.wiring.clock.now();
        self.work(ctx, |core, out| core.tick(now, out));
        self.wiring.gauge.finish(1);
    }
}

impl Handler<TellFrom> for PartitionActor {
    type Result = ();

    fn handle(&mut self, TellFrom(from, tell): TellFrom, ctx: &mut Context<Self>) {
        self.work(ctx, |core, out| core.tell(from, tell, out));
        self.wiring.gauge.finish(1);
    }
}

impl Handler<Peers> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Peers(peers, under_way): Peers, ctx: &mut Context<Self>) {
        self.peers = peers;
        self.work(ctx, |_, out| out.extend(under_way.into_iter().map(Output::Send)));
        self.wiring.gauge.finish(1);
    }
}

impl Handler<Warm> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Warm(entities): Warm, ctx: &mut Context<Self>) {
        for (entity, stored) in entities {
            // One that woke meanwhile knows more than what was read.
            if !self.residents.contains(&entity) {
                self.admit(&entity, Some(stored), ctx);
            }
        }
        self.wiring.gauge.finish(1);
    }
}

impl Handler<Leasing> for PartitionActor {
    type Result = MessageResult<Leasing>;

    fn handle(&mut self, Leasing(now, n): Leasing, ctx: &mut Context<Self>) -> Self::Result {
        let mut leased = Vec::new();
        self.work(ctx, |core, out| {
            core.tick(now, out);
            leased = core.lease(now, n);
        });
        MessageResult(leased)
    }
}

impl Handler<Releasing> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Releasing(id): Releasing, ctx: &mut Context<Self>) {
        self.work(ctx, |core, _| core.release(&id));
    }
}

impl Handler<Claiming> for PartitionActor {
    type Result = ();

    fn handle(&mut self, claiming: Claiming, ctx: &mut Context<Self>) {
        let Claiming { id, row, at, caller } = claiming;
        self.work(ctx, |core, out| core.claim(id, row, at, caller, out));
    }
}

impl Handler<Concluding> for PartitionActor {
    type Result = ();

    fn handle(&mut self, concluding: Concluding, ctx: &mut Context<Self>) {
        let Concluding { id, row, event, caller } = concluding;
        self.work(ctx, |core, out| core.outcome(id, row, event, caller, out));
    }
}
