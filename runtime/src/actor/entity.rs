//! One entity as an actor: an activation in a mailbox.

use std::panic::{AssertUnwindSafe, catch_unwind};

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
use compact_str::{CompactString, format_compact};

use super::ENTITY_MAILBOX;
use super::message::StepOf;
use super::partition::PartitionActor;
use crate::activation::{AnyActivation, Delivery, Step};
use crate::entity::EntityId;
use crate::journal::Journal;
use crate::record::Stored;

/// What reaches an entity actor.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) enum ToEntity {
    Deliver(Delivery),
    Resolved(usize, Result<u64, CompactString>),
}

/// One entity at work, in a mailbox of its own.
pub(crate) struct EntityActor {
    id: EntityId,
    activation: Box<dyn AnyActivation>,
    partition: Addr<PartitionActor>,
    journal: Journal,
    known: Option<Stored>,
}

impl EntityActor {
    /// Starts it on the caller's arbiter. `known` is its stored value, if the caller has just read it.
    pub(crate) fn launch(
        id: EntityId,
        activation: Box<dyn AnyActivation>,
        partition: Addr<PartitionActor>,
        journal: Journal,
        known: Option<Stored>,
    ) -> Addr<EntityActor> {
        EntityActor::create(|ctx| {
            ctx.set_mailbox_capacity(ENTITY_MAILBOX);
            EntityActor { id, activation, partition, journal, known }
        })
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
            self.activation.quarantine(reason.clone());
            steps.clear();
            steps.extend([Step::Quarantine(reason), Step::Passed]);
        }
        for step in steps {
            if matches!(step, Step::Reload) {
                self.load(ctx);
            }
            let entity = self.id.clone();
            if let Err(error) = self.partition.try_send(StepOf { entity, step }) {
                tracing::error!(entity = %self.id, %error, "a step found no room");
            }
        }
    }

    fn load(&mut self, ctx: &mut Context<Self>) {
        let (journal, id) = (self.journal.clone(), self.id.clone());
        // Reading may wait for a disk; an arbiter never does.
        let reading = tokio::task::spawn_blocking(move || read(&journal, &id));
        let told = reading.into_actor(self).map(|read, actor, ctx| {
            let stored = read.unwrap_or_else(|error| Err(format_compact!("reading: {error}")));
            actor.work(ctx, |activation, steps| activation.loaded(stored, steps));
        });
        ctx.spawn(told);
    }
}

fn read(journal: &Journal, id: &EntityId) -> Result<Option<Stored>, CompactString> {
    if let Some(reason) = journal.quarantine(id).map_err(|e| format_compact!("{e}"))? {
        return Err(reason);
    }
    journal.entity(id).map_err(|e| format_compact!("{e}"))
}

impl Actor for EntityActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        match self.known.take() {
            Some(stored) => {
                self.work(ctx, |activation, steps| activation.loaded(Ok(Some(stored)), steps));
            }
            None => self.load(ctx),
        }
    }
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
        }
    }
}
