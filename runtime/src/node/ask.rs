//! Asking: commands into a node, messages out of it.

use std::time::Duration;

use tokio::sync::oneshot;

use super::Node;
use super::elsewhere::Elsewhere;
use crate::activation::RETRY_AFTER;
use crate::answer::Answer;
use crate::clock::Timestamp;
use crate::entity::{Asked, Entity, EntityId};
use crate::journal::Failure;
use crate::metrics::Bound;
use crate::outbox::{MessageId, Row, RowEvent};
use crate::partition::{Leased, OfficeEpoch, PARTITIONS};
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
    pub(super) looked: Option<u64>,
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
    /// Asks and waits for the answer, which comes when it is durable, and can be read here. A caller who stops waiting
    /// gives their place among those under way back; the command goes its way.
    pub async fn ask(&self, ask: Ask) -> Answer {
        let inside = self.homes.wiring.in_flight.enter(OUTSIDE_MAX);
        let answer = if inside.is_none() {
            self.homes.wiring.counters.turned_away(Bound::Edge);
            Answer::Busy { retry_after: RETRY_AFTER }
        } else if self.cluster.is_some() && self.is_draining() {
            // Wherever it would be decided: whoever waits is waited for.
            Answer::Busy { retry_after: CLOSING_RETRY_AFTER }
        } else if let Some(cluster) = &self.cluster {
            cluster.ask(&self.homes, ask).await
        } else {
            self.post(ask).await.unwrap_or_else(|_| nobody_answered())
        };
        self.homes.wiring.counters.answered(&answer);
        answer
    }

    /// Asks without waiting, a partition of this process: for callers that bound what is under way themselves. Not among
    /// [`Node::metrics`]' commands.
    pub fn post(&self, ask: Ask) -> oneshot::Receiver<Answer> {
        self.homes.post(ask)
    }

    /// Up to `n` messages that are due, over all partitions. They are the caller's until an outcome is recorded. None
    /// while the node is draining, or when messages leave from another node.
    pub async fn lease(&self, n: usize) -> Vec<Leased> {
        let n = if self.is_draining() { 0 } else { n };
        let now = self.homes.wiring.clock.now();
        match &self.cluster {
            None => self.homes.lease(now, n, OfficeEpoch::ALONE).await,
            Some(cluster) => cluster.lease(&self.homes, now, n).await,
        }
    }

    /// The row of a leased message; none if the journal does not have it.
    pub fn row(&self, leased: &Leased) -> Result<Option<Row>, Failure> {
        let partition = leased.id.entity.partition(PARTITIONS);
        self.homes.wiring.journal.outbox_row(partition, leased.next, &leased.id)
    }

    /// A message in a courier's hands who has lost sight of its row; none if they lost the message, too, or something
    /// about it is not durable yet.
    pub async fn held(&self, leased: Leased) -> Option<Leased> {
        match self.cluster_of(&leased.id) {
            None => self.homes.held(leased).await,
            Some(cluster) => cluster.held(&self.homes, leased).await,
        }
    }

    /// Gives a leased message back untouched, unless whoever leased it lost it meanwhile.
    pub fn release(&self, leased: Leased) {
        match self.cluster_of(&leased.id) {
            None => self.homes.release(leased),
            Some(cluster) => cluster.release(&self.homes, leased),
        }
    }

    /// Asks the source entity at `at` whether the message is still needed, and to whom. The answer is durable.
    pub async fn claim(&self, leased: Leased, row: Row, at: Timestamp) -> Answer {
        let answer = match self.cluster_of(&leased.id) {
            None => self.homes.claim(leased, row, at).await,
            Some(cluster) => cluster.claim(&self.homes, leased, row, at).await,
        };
        answer.unwrap_or_else(nobody_answered)
    }

    /// Records what became of a leased message whose row in the journal is `row`.
    pub async fn conclude(&self, leased: Leased, row: Row, event: RowEvent) -> Answer {
        let answer = match self.cluster_of(&leased.id) {
            None => self.homes.conclude(leased, row, event).await,
            Some(cluster) => cluster.conclude(&self.homes, leased, row, event).await,
        };
        answer.unwrap_or_else(nobody_answered)
    }

    /// Gives a dead message another try at `at`, as if it had never failed: to the addresses it was given up for.
    pub async fn revive(&self, id: MessageId, at: Timestamp) -> Result<Answer, Failure> {
        // Leased before it is read: what is read is what is recorded of.
        let dead = match self.cluster_of(&id) {
            None => self.homes.lease_dead(id, OfficeEpoch::ALONE).await,
            Some(cluster) => cluster.lease_dead(&self.homes, id).await,
        };
        let Some(dead) = dead else {
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

    /// The cluster, when the partition of a message may be another node's.
    fn cluster_of(&self, id: &MessageId) -> Option<&Elsewhere> {
        let partition = id.entity.partition(PARTITIONS);
        self.cluster.as_ref().filter(|cluster| !cluster.is_here(partition))
    }
}

pub(super) fn nobody_answered() -> Answer {
    let reason = "its partition starts over, or the node is stopping; ask again with the same id";
    Answer::Failed { reason: reason.into() }
}

fn no_such_message() -> Answer {
    Answer::Failed { reason: "no message with this id was given up".into() }
}
