//! Messages of a partition actor, each handed to the core.

use actix::{ActorContext, Context, Handler, MessageResult};

use super::message::{
    Ask, Beat, Claim, Committed, Conclude, Held, Leasing, LeasingDead, Leave, Missed, Own, Pulsing,
    Releasing, Routes, StepOf, Stop, TellFrom, Tick, Warm,
};
use super::partition::{PartitionActor, PartitionState, sleep_of};
use super::residents::Residents;
use crate::activation::{RETRY_AFTER, Step};
use crate::answer::{Answer, CallerId};
use crate::callers::Channel;
use crate::metrics::Bound;
use crate::partition::Leased;
use crate::record;

impl PartitionActor {
    /// The number under which the core knows whoever waits on `channel`; none if there is no room for one more.
    fn enter(&self, channel: Channel) -> Option<CallerId> {
        self.home.callers.enter(channel).map_err(|channel| self.turn_away(channel)).ok()
    }

    fn turn_away(&self, channel: Channel) {
        self.wiring.counters.turned_away(Bound::Partition);
        drop(channel.send(Answer::Busy { retry_after: RETRY_AFTER }));
    }
}

impl Handler<Ask> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Ask(to, asking, channel): Ask, ctx: &mut Context<Self>) {
        if self.is_elsewhere() {
            // Whoever asked hears that nobody answers, and looks for the owner again.
            drop(channel);
        } else if !self.is_up() {
            self.turn_away(channel);
        } else if let Some(caller) = self.enter(channel) {
            self.work(ctx, |core, wiring, out| {
                if !core.has_room() {
                    wiring.counters.turned_away(Bound::Partition);
                }
                core.command(to, asking, caller, out);
            });
        }
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<StepOf> for PartitionActor {
    type Result = ();

    fn handle(&mut self, StepOf { life, entity, step }: StepOf, ctx: &mut Context<Self>) {
        if life != self.home.life {
            return;
        }
        match &step {
            Step::Staged(staged) => {
                self.residents.stepped(&entity, Some(sleep_of(staged.after.stored.alarm)));
            }
            Step::Answer(..) | Step::Reload => {}
            Step::Fell(_) => self.wiring.counters.entity_fell(),
            Step::Quarantine(_) => self.wiring.counters.set_aside(),
            Step::NoRoom(delivery) => {
                self.note_no_room(delivery);
                self.residents.stepped(&entity, None);
            }
            Step::Overdue(_)
            | Step::Passed
            | Step::NotDue(_)
            | Step::TellDone(..)
            | Step::Claimed(..) => {
                self.residents.stepped(&entity, None);
            }
        }
        self.work(ctx, |core, wiring, out| {
            let now = wiring.clock.now();
            if let Step::Staged(staged) = &step
                && let Some(due) = staged.fired
            {
                wiring.counters.fired(now.since(due));
            }
            core.step(entity, step, now, out);
        });
    }
}

impl Handler<Committed> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Committed(outcome): Committed, ctx: &mut Context<Self>) {
        self.submitted = self.submitted.saturating_sub(1);
        if !self.works() && matches!(outcome, record::Committed::In(_)) {
            // Of an earlier life: nobody here knows of the tells in it.
            self.speak_of(&self.wiring.journal.tells_pending());
        }
        self.work(ctx, |core, wiring, out| {
            core.committed(outcome, wiring.clock.now(), out);
            // More may be due than one batch takes.
            core.tick(wiring.fires_until(), wiring.people(), out);
        });
        self.wiring.in_flight.undurable(-1);
        self.leave_when_settled();
        self.rise_when_due(ctx);
    }
}

impl Handler<Tick> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Tick: Tick, ctx: &mut Context<Self>) {
        self.work(ctx, |core, wiring, out| core.tick(wiring.fires_until(), wiring.people(), out));
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<TellFrom> for PartitionActor {
    type Result = ();

    fn handle(&mut self, TellFrom(from, tell): TellFrom, ctx: &mut Context<Self>) {
        self.work(ctx, |core, _, out| core.tell(from, tell, out));
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<Routes> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Routes(routes, sources): Routes, ctx: &mut Context<Self>) {
        self.routes = routes;
        self.work(ctx, |core, _, _| {
            for from in sources {
                core.tells_missed(from);
            }
        });
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<Missed> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Missed(from): Missed, ctx: &mut Context<Self>) {
        self.work(ctx, |core, wiring, out| {
            core.tells_missed(from);
            core.tick(wiring.fires_until(), wiring.people(), out);
        });
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<Warm> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Warm(entities): Warm, _: &mut Context<Self>) {
        for (entity, stored) in entities {
            // One that woke meanwhile knows more than what was read, and so may any that fell with its partition.
            if self.home.life == 0 && !self.residents.contains(&entity) {
                self.admit(&entity, Some(stored));
            }
        }
        self.publish();
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<Leasing> for PartitionActor {
    type Result = MessageResult<Leasing>;

    fn handle(
        &mut self,
        Leasing(now, n, office): Leasing,
        ctx: &mut Context<Self>,
    ) -> Self::Result {
        let mut leased = Vec::new();
        self.work(ctx, |core, wiring, out| {
            core.tick(wiring.fires_until(), wiring.people(), out);
            if wiring.may_decide() {
                leased = core.lease((now, office), n);
            }
        });
        MessageResult(leased)
    }
}

impl Handler<LeasingDead> for PartitionActor {
    type Result = Option<Leased>;

    fn handle(&mut self, asked: LeasingDead, ctx: &mut Context<Self>) -> Option<Leased> {
        let LeasingDead(id, now, office) = asked;
        let mut leased = None;
        self.work(ctx, |core, _, _| leased = core.lease_dead(id, (now, office)));
        leased
    }
}

impl Handler<Held> for PartitionActor {
    type Result = Option<Leased>;

    fn handle(&mut self, Held(leased): Held, ctx: &mut Context<Self>) -> Option<Leased> {
        let mut held = None;
        self.work(ctx, |core, _, _| held = core.held(leased));
        held
    }
}

impl Handler<Releasing> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Releasing(leased): Releasing, ctx: &mut Context<Self>) {
        self.work(ctx, |core, _, _| core.release(&leased));
    }
}

impl Handler<Claim> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Claim(claiming, channel): Claim, ctx: &mut Context<Self>) {
        // A channel that goes down with its message is closed: the courier hears that nobody answers.
        if self.is_up()
            && let Some(caller) = self.enter(channel)
        {
            self.work(ctx, |core, _, out| core.claim(claiming, caller, out));
        }
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<Conclude> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Conclude(concluding, channel): Conclude, ctx: &mut Context<Self>) {
        if self.is_up()
            && let Some(caller) = self.enter(channel)
        {
            self.work(ctx, |core, _, out| core.outcome(concluding, caller, out));
        }
        self.wiring.in_flight.finish(1);
    }
}

impl Handler<Pulsing> for PartitionActor {
    type Result = MessageResult<Pulsing>;

    fn handle(&mut self, Pulsing: Pulsing, _: &mut Context<Self>) -> Self::Result {
        MessageResult(match self.standing {
            PartitionState::Up | PartitionState::Leaving => Beat::Up,
            PartitionState::Elsewhere => Beat::Elsewhere,
            PartitionState::Pausing | PartitionState::Due => Beat::Pausing,
            PartitionState::Ended => Beat::Ended,
        })
    }
}

impl Handler<Own> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Own(epoch): Own, ctx: &mut Context<Self>) {
        self.own(epoch, ctx);
        self.publish();
    }
}

impl Handler<Leave> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Leave(left): Leave, _: &mut Context<Self>) {
        self.leave(left);
        self.publish();
    }
}

impl Handler<Stop> for PartitionActor {
    type Result = ();

    fn handle(&mut self, Stop: Stop, ctx: &mut Context<Self>) {
        // Addresses go round in circles; whoever ends must let them go.
        self.routes.clear();
        self.residents = Residents::at_most(0);
        ctx.stop();
    }
}
