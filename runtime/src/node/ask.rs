//! Asking: commands into a node, messages out of it.

use std::time::Duration;

use tokio::sync::oneshot;

use super::Node;
use crate::activation::RETRY_AFTER;
use crate::actor::message::{self, Held, Leasing, LeasingDead, Releasing};
use crate::answer::Answer;
use crate::callers::Channel;
use crate::clock::Timestamp;
use crate::entity::{Asked, Entity, EntityId};
use crate::journal::Failure;
use crate::metrics::Bound;
use crate::outbox::{MessageId, Row, RowEvent};
use crate::partition::{Asking, Claiming, Concluding, Leased, PARTITIONS};
use crate::registry::AnyCommand;

/// Commands from outside that are under way at most; one more is answered busy, before any work.
const OUTSIDE_MAX: i64 = 4_096;

/// How long a caller is told to wait of a node that is closing: until another process has taken over.
pub const CLOSING_RETRY_AFTER: Duration = Duration::from_secs(5);

/// A command on its way to an entity.
#[derive(Debug)]
pub struct Ask {
    pub to: EntityId,
    /// Of the entity's own command type.
    pub command: AnyCommand,
    pub asked: Asked,
    /// See [`Ask::looked`].
    looked: Option<u64>,
}

impl Ask {
    /// Asks the entity of type `E` with this key.
    pub fn of<E: Entity>(key: impl AsRef<str>, command: E::Command, asked: Asked) -> Ask {
        let (to, command) = (EntityId::new(E::KIND, key), AnyCommand::new(command));
        Ask { to, command, asked, looked: None }
    }

    /// It may have been asked before, but not up to the record of this sequence: the asker has looked. Where the entity
    /// has forgotten a later one, it is [`Answer::Stale`].
    #[must_use]
    pub fn looked(self, upto: Option<u64>) -> Ask {
        Ask { looked: upto, ..self }
    }
}

impl Node {
    /// Asks and waits for the answer, which comes when it is durable. A caller who stops waiting gives their place among
    /// those under way back; the command goes its way.
    pub async fn ask(&self, ask: Ask) -> Answer {
        let inside = self.wiring.in_flight.enter(OUTSIDE_MAX);
        let answer = if inside.is_some() {
            self.post(ask).await.unwrap_or_else(|_| nobody_answered())
        } else {
            self.wiring.counters.turned_away(Bound::Edge);
            Answer::Busy { retry_after: RETRY_AFTER }
        };
        self.wiring.counters.answered(&answer);
        answer
    }

    /// Asks without waiting: for callers that bound what is under way themselves. Not among [`Node::metrics`]' commands.
    pub fn post(&self, ask: Ask) -> oneshot::Receiver<Answer> {
        let (channel, answer) = oneshot::channel();
        let Ask { to, command, asked, looked } = ask;
        let partition = to.partition(PARTITIONS);
        self.wiring.in_flight.begin(1);
        if self.is_draining() {
            self.wiring.in_flight.finish(1);
            drop(channel.send(Answer::Busy { retry_after: CLOSING_RETRY_AFTER }));
        } else if let Some(home) = self.partitions.get(usize::from(partition))
            && let Err(full) =
                home.try_send(message::Ask(to, Asking { command, asked, looked }, channel))
        {
            self.wiring.in_flight.finish(1);
            self.wiring.counters.turned_away(Bound::Partition);
            let message::Ask(.., channel) = full.into_inner();
            drop(channel.send(Answer::Busy { retry_after: RETRY_AFTER }));
        }
        answer
    }

    /// Up to `n` messages that are due, over all partitions. They are the caller's until an outcome is recorded. None
    /// while the node is draining.
    pub async fn lease(&self, n: usize) -> Vec<Leased> {
        let n = if self.is_draining() { 0 } else { n };
        let now = self.wiring.clock.now();
        let mut leased = Vec::new();
        for partition in &self.partitions {
            let room = n.saturating_sub(leased.len());
            if room == 0 {
                break;
            }
            if let Ok(more) = partition.send(Leasing(now, room)).await {
                leased.extend(more);
            }
        }
        leased
    }

    /// The row of a leased message; none if the journal does not have it.
    pub fn row(&self, leased: &Leased) -> Result<Option<Row>, Failure> {
        let partition = leased.id.entity.partition(PARTITIONS);
        self.wiring.journal.outbox_row(partition, leased.next, &leased.id)
    }

    /// A message in a courier's hands who has lost sight of its row; none if they lost the message, too, or something
    /// about it is not durable yet.
    pub async fn held(&self, leased: Leased) -> Option<Leased> {
        self.home(&leased.id.entity)?.send(Held(leased)).await.ok().flatten()
    }

    /// Gives a leased message back untouched, unless whoever leased it lost it meanwhile.
    pub fn release(&self, leased: Leased) {
        if let Some(partition) = self.home(&leased.id.entity)
            && partition.try_send(Releasing(leased)).is_err()
        {
            tracing::warn!("a lease could not be given back; it ends with the process");
        }
    }

    /// Asks the source entity at `at` whether the message is still needed, and to whom. The answer is durable.
    pub async fn claim(&self, leased: Leased, row: Row, at: Timestamp) -> Answer {
        let home = self.home(&leased.id.entity);
        let claim = |channel| message::Claim(Claiming { leased, row, at }, channel);
        self.answered(|channel| home.map(|p| p.try_send(claim(channel)).is_ok())).await
    }

    /// Records what became of a leased message whose row in the journal is `row`.
    pub async fn conclude(&self, leased: Leased, row: Row, event: RowEvent) -> Answer {
        let home = self.home(&leased.id.entity);
        let conclude = |channel| message::Conclude(Concluding { leased, row, event }, channel);
        self.answered(|channel| home.map(|p| p.try_send(conclude(channel)).is_ok())).await
    }

    /// Gives a dead message another try at `at`, as if it had never failed: to the addresses it was given up for.
    pub async fn revive(&self, id: MessageId, at: Timestamp) -> Result<Answer, Failure> {
        let Some(home) = self.home(&id.entity) else { return Ok(no_such_message()) };
        // Leased before it is read: what is read is what is recorded of.
        let Ok(Some(dead)) = home.send(LeasingDead(id)).await else {
            return Ok(Answer::Busy { retry_after: RETRY_AFTER });
        };
        match self.row(&dead) {
            Ok(Some(row)) => {
                let answer = self.conclude(dead.clone(), row, RowEvent::Revived(at)).await;
                if answer != Answer::Recorded {
                    self.release(dead);
                }
                Ok(answer)
            }
            Ok(None) => {
                self.release(dead);
                Ok(no_such_message())
            }
            Err(failure) => {
                self.release(dead);
                Err(failure)
            }
        }
    }

    /// What is sent is under way until its partition has taken it up.
    async fn answered(&self, send: impl FnOnce(Channel) -> Option<bool>) -> Answer {
        let (channel, answer) = oneshot::channel();
        self.wiring.in_flight.begin(1);
        if send(channel) != Some(true) {
            self.wiring.in_flight.finish(1);
            return Answer::Busy { retry_after: RETRY_AFTER };
        }
        answer.await.unwrap_or_else(|_| nobody_answered())
    }

    fn home(
        &self,
        entity: &EntityId,
    ) -> Option<&actix::Addr<crate::actor::partition::PartitionActor>> {
        self.partitions.get(usize::from(entity.partition(PARTITIONS)))
    }
}

fn nobody_answered() -> Answer {
    let reason = "its partition starts over, or the node is stopping; ask again with the same id";
    Answer::Failed { reason: reason.into() }
}

fn no_such_message() -> Answer {
    Answer::Failed { reason: "no message with this id was given up".into() }
}
