//! Reads of the store for a partition: beside the arbiter, never on it.

use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};

use super::partition::PartitionActor;
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::journal::{Failure, Journal};
use crate::outbox::{MessageId, Row};
use crate::partition::{Output, Partition};
use crate::seldom::Seldom;
use crate::window::Reload;

/// "a read failed; it will be tried again".
static UNREAD: Seldom = Seldom::new();

/// Tells read at a time.
const TELLS_PER_READ: usize = 256;

impl PartitionActor {
    pub(super) fn read_alarms(&mut self, reload: Reload<EntityId>, ctx: &mut Context<Self>) {
        let (no, ticket) = (self.no, reload.ticket);
        self.read(
            ctx,
            move |journal| journal.alarms(no, reload.after, ticket.limit),
            move |core, rows, _| match rows {
                Some(rows) => core.alarms_loaded(ticket, rows),
                None => core.alarms_failed(ticket),
            },
        );
    }

    pub(super) fn read_outbox(&mut self, reload: Reload<MessageId>, ctx: &mut Context<Self>) {
        let (no, ticket) = (self.no, reload.ticket);
        self.read(
            ctx,
            move |journal| journal.outbox(no, reload.after, ticket.limit),
            move |core, rows, _| match rows {
                Some(rows) => {
                    let rows = rows.into_iter().map(key_of).collect();
                    core.outbox_loaded(ticket, rows);
                }
                None => core.outbox_failed(ticket),
            },
        );
    }

    pub(super) fn read_tells(&mut self, from: u8, after: u64, ctx: &mut Context<Self>) {
        let to = self.no;
        self.read(
            ctx,
            move |journal| journal.tells(from, to, after, TELLS_PER_READ),
            move |core, tells, out| match tells {
                Some(tells) => core.tells_loaded(from, tells, TELLS_PER_READ, out),
                None => core.tells_failed(from),
            },
        );
    }

    /// Reads, and lets the core take what was read: none when that failed.
    fn read<T: Send + 'static>(
        &mut self,
        ctx: &mut Context<Self>,
        read: impl FnOnce(&Journal) -> Result<T, Failure> + Send + 'static,
        take: impl FnOnce(&mut Partition, Option<T>, &mut Vec<Output>) + 'static,
    ) {
        let (journal, life) = (Arc::clone(&self.wiring.journal), self.home.life);
        self.reading += 1;
        let reading = self.wiring.readers.spawn_blocking(move || read(&journal));
        let taken = reading.into_actor(self).map(move |result, actor, ctx| {
            actor.reading -= 1;
            if actor.home.life != life {
                return;
            }
            actor.work(ctx, |core, wiring, out| match result {
                Ok(Ok(rows)) => {
                    take(core, Some(rows), out);
                    core.tick(wiring.fires_until(), wiring.people(), out);
                }
                Ok(Err(failure)) => {
                    if let Some(n_left_out) = UNREAD.turn() {
                        tracing::warn!(%failure, n_left_out, "a read failed; it will be tried again");
                    }
                    take(core, None, out);
                }
                Err(error) => {
                    tracing::error!(%error, "a read was cut short");
                    take(core, None, out);
                }
            });
        });
        ctx.spawn(taken);
    }
}

fn key_of((id, row): (MessageId, Row)) -> (Timestamp, MessageId) {
    (row.next, id)
}
