//! One entity as an actor: an activation in a mailbox.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
use compact_str::{CompactString, format_compact};
use tokio::sync::oneshot;

use super::ENTITY_MAILBOX;
use super::lookups::{Found, Lookup, Lookups};
use super::message::StepOf;
use super::partition::PartitionActor;
use crate::activation::{AnyActivation, Delivery, Fall, Step};
use crate::answer::CallerId;
use crate::callers::Callers;
use crate::journal::Journal;
use crate::record::Stored;
use crate::seldom::Seldom;

/// "reading failed; it will be tried again".
static UNREAD: Seldom = Seldom::new();

/// When an entity is read again whose reading failed.
const READ_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// What reaches an entity actor.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) enum ToEntity {
    Deliver(Delivery),
    Resolved(usize, Result<u64, CompactString>),
    Restart(u64),
    SetAside(CompactString),
}

/// What all entities of one life of a partition share.
#[derive(Clone)]
pub(crate) struct Home {
    pub(crate) partition: Addr<PartitionActor>,
    /// Which of its lives.
    pub(crate) life: u64,
    pub(crate) journal: Arc<Journal>,
    pub(crate) lookups: Addr<Lookups>,
    pub(crate) callers: Rc<Callers>,
}

/// One entity at work, in a mailbox of its own. There may be a million of them, so it holds nothing it can share.
pub(crate) struct EntityActor {
    activation: Box<dyn AnyActivation>,
    home: Rc<Home>,
}

impl EntityActor {
    /// Starts it on the caller's arbiter. `known` is its stored value, if the caller has just read it; what changed
    /// lately is at hand.
    pub(crate) fn launch(
        activation: Box<dyn AnyActivation>,
        home: Rc<Home>,
        known: Option<Stored>,
    ) -> Addr<EntityActor> {
        EntityActor::create(|ctx| {
            ctx.set_mailbox_capacity(ENTITY_MAILBOX);
            let mut entity = EntityActor { activation, home };
            entity.begin(known, ctx);
            entity
        })
    }

    fn begin(&mut self, known: Option<Stored>, ctx: &mut Context<Self>) {
        let known = known.or_else(|| self.home.journal.at_hand(self.activation.id()));
        match known.map(|stored| (stored, self.home.journal.quarantine(self.activation.id()))) {
            Some((stored, Ok(None))) => {
                self.work(ctx, |activation, steps| activation.loaded(Ok(Some(stored)), steps));
            }
            Some((_, Ok(Some(_)) | Err(_))) | None => self.load(ctx),
        }
    }

    /// Lets the activation work; a panic that escapes it sets this one entity aside.
    fn work(
        &mut self,
        ctx: &mut Context<Self>,
        f: impl FnOnce(&mut dyn AnyActivation, &mut Vec<Step>),
    ) {
        let mut steps = Vec::with_capacity(1);
        let worked = catch_unwind(AssertUnwindSafe(|| f(self.activation.as_mut(), &mut steps)));
        if worked.is_err() {
            let reason = CompactString::const_new("it panicked outside of deciding");
            steps = self.only_answers(steps);
            self.activation.quarantine(reason.clone(), &mut steps);
            steps.extend([Step::Quarantine(reason), Step::Passed]);
        }
        for step in steps {
            self.perform(step, ctx);
        }
    }

    fn perform(&mut self, step: Step, ctx: &mut Context<Self>) {
        match step {
            Step::Answer(caller, answer) => return self.home.callers.answer(caller, answer),
            Step::Reload => self.load(ctx),
            Step::Staged(_)
            | Step::Passed
            | Step::NotDue(_)
            | Step::NoRoom(_)
            | Step::TellDone(..)
            | Step::Claimed(..)
            | Step::Overdue(_)
            | Step::Quarantine(_) => {}
            Step::Fell(Fall { ref panic, dead, .. }) => {
                let entity = self.activation.id();
                tracing::error!(%entity, %panic, "deciding panicked");
                if let Some(command) = dead {
                    tracing::error!(%entity, ?command, "dead letter");
                }
            }
        }
        let (life, entity) = (self.home.life, self.activation.id().clone());
        let caller = step.caller();
        if let Err(error) = self.home.partition.try_send(StepOf { life, entity, step }) {
            tracing::error!(entity = %self.activation.id(), %error, "a step found no room");
            self.let_go(caller);
        }
    }

    /// What was said before a panic and is not lost with it: answers. Nobody goes on waiting for the rest.
    fn only_answers(&self, said: Vec<Step>) -> Vec<Step> {
        let (answers, lost) = said.into_iter().partition(|step| matches!(step, Step::Answer(..)));
        let lost: Vec<Step> = lost;
        for step in lost {
            self.let_go(step.caller());
        }
        answers
    }

    fn let_go(&self, caller: Option<CallerId>) {
        if let Some(caller) = caller {
            self.home.callers.let_go(caller);
        }
    }

    fn load(&mut self, ctx: &mut Context<Self>) {
        let (channel, found) = oneshot::channel();
        // One that finds no room closes the channel.
        drop(self.home.lookups.try_send(Lookup(self.activation.id().clone(), channel)));
        let told = found.into_actor(self).map(|read, actor, ctx| match read {
            Ok(Ok(Found::Stored(stored))) => {
                actor.work(ctx, |activation, steps| activation.loaded(Ok(stored), steps));
            }
            Ok(Ok(Found::SetAside(reason))) => {
                actor.work(ctx, |activation, steps| activation.quarantine(reason, steps));
            }
            Ok(Err(failure)) if !failure.is_transient() => {
                let reason = format_compact!("{failure}");
                actor.work(ctx, |activation, steps| activation.loaded(Err(reason), steps));
            }
            Ok(Err(failure)) => {
                if let Some(n_left_out) = UNREAD.turn() {
                    tracing::warn!(entity = %actor.activation.id(), %failure, n_left_out, "reading failed; it will be tried again");
                }
                actor.read_again(ctx);
            }
            Err(error) => {
                tracing::error!(entity = %actor.activation.id(), %error, "reading was cut short");
                actor.read_again(ctx);
            }
        });
        ctx.spawn(told);
    }

    /// Nobody knows when it can be read: whoever asks need not wait for that.
    fn read_again(&mut self, ctx: &mut Context<Self>) {
        self.work(ctx, |activation, steps| activation.unread(steps));
        ctx.run_later(READ_AGAIN_AFTER, EntityActor::load);
    }
}

impl Actor for EntityActor {
    type Context = Context<Self>;
}

impl Handler<ToEntity> for EntityActor {
    type Result = ();

    fn handle(&mut self, message: ToEntity, ctx: &mut Context<Self>) {
        match message {
            ToEntity::Deliver(delivery) => {
                self.work(ctx, |activation, steps| activation.offer(delivery, steps));
            }
            ToEntity::Resolved(n, result) => {
                self.work(ctx, |activation, steps| activation.resolved(n, result, steps));
            }
            ToEntity::Restart(fall) => {
                self.work(ctx, |activation, steps| activation.restart(fall, steps));
            }
            ToEntity::SetAside(reason) => {
                self.work(ctx, |activation, steps| activation.quarantine(reason, steps));
            }
        }
    }
}
