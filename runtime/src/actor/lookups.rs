//! Lookups of an arbiter: entities that wake, read from the journal beside it, several at a time.
//!
//! ```text
//! entity ─┐
//! entity ─┼─► Lookups ─► one errand to the readers ─► each entity what was found of it
//! entity ─┘
//! ```
//! Each errand changes threads twice, which costs more than most readings: what is asked for at the same moment shares
//! one. A moment ends when the arbiter has nothing else to do first, so a lone entity waits for nobody.

use std::sync::Arc;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture};
use compact_str::CompactString;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::entity::EntityId;
use crate::journal::{Failure, Journal};
use crate::loops::caught_at_once;
use crate::record::Stored;

/// Entities of one errand at most: further ones go to further threads, so that a slow disk is asked by all of them.
const TOGETHER: usize = 8;
/// What waits at most: each entity asks once at a time, and no more of them are woken than partitions may have undecided.
const LOOKUPS_MAX: usize = 65_536;

/// What the journal has of an entity.
pub(crate) enum Found {
    Stored(Option<Stored>),
    SetAside(CompactString),
}

/// Look this one up. The channel is closed when that was cut short.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Lookup(pub(crate) EntityId, pub(crate) oneshot::Sender<Result<Found, Failure>>);

/// The moment is over.
#[derive(Message)]
#[rtype(result = "()")]
struct Now;

/// See the module's words.
pub(crate) struct Lookups {
    journal: Arc<Journal>,
    readers: Handle,
    asked: Vec<Lookup>,
}

impl Lookups {
    pub(crate) fn of(journal: Arc<Journal>, readers: Handle) -> Lookups {
        Lookups { journal, readers, asked: Vec::new() }
    }
}

impl Actor for Lookups {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        ctx.set_mailbox_capacity(LOOKUPS_MAX);
    }
}

impl Handler<Lookup> for Lookups {
    type Result = ();

    fn handle(&mut self, lookup: Lookup, ctx: &mut Context<Self>) {
        self.asked.push(lookup);
        if self.asked.len() == 1 {
            ctx.notify(Now);
        }
    }
}

impl Handler<Now> for Lookups {
    type Result = ();

    fn handle(&mut self, Now: Now, ctx: &mut Context<Self>) {
        let mut asked = std::mem::take(&mut self.asked).into_iter().peekable();
        while asked.peek().is_some() {
            let errand = asked.by_ref().take(TOGETHER).map(|Lookup(id, channel)| (id, channel));
            let (ids, channels): (Vec<_>, Vec<_>) = errand.unzip();
            let journal = Arc::clone(&self.journal);
            // Where one cannot be read, the others can.
            let read = move |id: &EntityId| caught_at_once(|| read(&journal, id));
            let reading =
                self.readers.spawn_blocking(move || ids.iter().map(read).collect::<Vec<_>>());
            let told = reading.into_actor(self).map(|found, _, _| {
                for (channel, found) in channels.into_iter().zip(found.into_iter().flatten()) {
                    match found {
                        // One that has ended meanwhile does not mind.
                        Ok(found) => drop(channel.send(found)),
                        Err(panic) => tracing::error!(panic, "reading an entity fell"),
                    }
                }
            });
            ctx.spawn(told);
        }
    }
}

fn read(journal: &Journal, id: &EntityId) -> Result<Found, Failure> {
    if let Some(reason) = journal.quarantine(id)? {
        return Ok(Found::SetAside(reason));
    }
    Ok(Found::Stored(journal.entity(id)?))
}
