//! The doors of a node: commands in, messages out.

use tokio::sync::oneshot;

use super::Node;
use crate::activation::RETRY_AFTER;
use crate::actor::message::{self, Leasing, LeasingDead, Releasing};
use crate::answer::{Answer, Caller};
use crate::clock::Timestamp;
use crate::entity::{Asked, Entity, EntityId};
use crate::journal::Failure;
use crate::outbox::{MessageId, Row, RowEvent};
use crate::partition::{Asking, Claiming, Concluding, PARTITIONS};
use crate::registry::AnyCommand;

/// Commands from outside that are under way at most; one more is answered busy, before any work.
const OUTSIDE_MAX: i64 = 4_096;

/// A command on its way to an entity.
#[derive(Debug)]
pub struct Ask {
    /// To whom.
    pub to: EntityId,
    /// Of the entity's own command type.
    pub command: AnyCommand,
    /// Who asks.
    pub asked: Asked,
}

impl Ask {
    /// Asks the entity of type `E` with this key.
    pub fn of<E: Entity>(key: impl AsRef<str>, command: E::Command, asked: Asked) -> Ask {
        Ask { to: EntityId::new(E::KIND, key), command: AnyCommand::new(command), asked }
    }
}

/// A message in a courier's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Which.
    pub id: MessageId,
    /// Where its row stands in the outbox.
    pub next: Timestamp,
}

impl Node {
    /// Asks and waits for the answer, which comes when it is durable.
    pub async fn ask(&self, ask: Ask) -> Answer {
        if !self.wiring.gauge.enter(OUTSIDE_MAX) {
            return Answer::Busy { retry_after: RETRY_AFTER };
        }
        let answer = self.post(ask).await;
        self.wiring.gauge.leave();
        answer.unwrap_or_else(|_| nobody_answered())
    }

    /// Asks without waiting: for callers that bound what is under way themselves.
    pub fn post(&self, ask: Ask) -> oneshot::Receiver<Answer> {
        let (sender, answer) = oneshot::channel();
        let Ask { to, command, asked } = ask;
        let partition = to.partition(PARTITIONS);
        let ask = message::Ask(to, Asking { command, asked, caller: Caller::Outside(sender) });
        self.wiring.gauge.begin(1);
        if let Some(home) = self.partitions.get(usize::from(partition))
            && let Err(full) = home.try_send(ask)
        {
            self.wiring.gauge.finish(1);
            full.into_inner().1.caller.answer(Answer::Busy { retry_after: RETRY_AFTER });
        }
        answer
    }

    /// Up to `n` messages that are due, over all partitions. They are the caller's until an outcome is recorded.
    pub async fn lease(&self, n: usize) -> Vec<Leased> {
        let now = self.wiring.clock.now();
        let mut leased = Vec::new();
        for partition in &self.partitions {
            let room = n.saturating_sub(leased.len());
            if room == 0 {
                break;
            }
            if let Ok(more) = partition.send(Leasing(now, room)).await {
                leased.extend(more.into_iter().map(|(next, id)| Leased { id, next }));
            }
        }
        leased
    }

    /// The row of a leased message; none if the journal does not have it.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn row(&self, leased: &Leased) -> Result<Option<Row>, Failure> {
        let partition = leased.id.entity.partition(PARTITIONS);
        self.wiring.journal.outbox_row(partition, leased.next, &leased.id)
    }

    /// Gives a leased message back untouched.
    pub fn release(&self, id: MessageId) {
        if let Some(partition) = self.home(&id.entity)
            && partition.try_send(Releasing(id)).is_err()
        {
            tracing::warn!("a lease could not be given back; it ends with the process");
        }
    }

    /// Asks the source entity at `at` whether the message is still needed, and to whom. The answer is durable.
    pub async fn claim(&self, id: MessageId, row: Row, at: Timestamp) -> Answer {
        let home = self.home(&id.entity);
        let claim = |caller| message::Claim(Claiming { id, row, at, caller });
        answered(|caller| home.map(|p| p.try_send(claim(caller)).is_ok())).await
    }

    /// Records what became of a message whose row in the journal is `row`.
    pub async fn conclude(&self, id: MessageId, row: Row, event: RowEvent) -> Answer {
        let home = self.home(&id.entity);
        let conclude = |caller| message::Conclude(Concluding { id, row, event, caller });
        answered(|caller| home.map(|p| p.try_send(conclude(caller)).is_ok())).await
    }

    /// Gives a dead message another try at `at`, as if it had never failed: to the addresses it was given up for.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn revive(&self, id: MessageId, at: Timestamp) -> Result<Answer, Failure> {
        let Some(home) = self.home(&id.entity) else { return Ok(no_such_message()) };
        // Leased before it is read: what is read is what is recorded of.
        if !matches!(home.send(LeasingDead(id.clone())).await, Ok(true)) {
            return Ok(Answer::Busy { retry_after: RETRY_AFTER });
        }
        let dead = Leased { id: id.clone(), next: Timestamp::NEVER };
        match self.row(&dead) {
            Ok(Some(row)) => {
                let answer = self.conclude(id.clone(), row, RowEvent::Revived(at)).await;
                if answer != Answer::Recorded {
                    self.release(id);
                }
                Ok(answer)
            }
            Ok(None) => {
                self.release(id);
                Ok(no_such_message())
            }
            Err(failure) => {
                self.release(id);
                Err(failure)
            }
        }
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

async fn answered(send: impl FnOnce(Caller) -> Option<bool>) -> Answer {
    let (sender, answer) = oneshot::channel();
    if send(Caller::Outside(sender)) != Some(true) {
        return Answer::Busy { retry_after: RETRY_AFTER };
    }
    answer.await.unwrap_or_else(|_| nobody_answered())
}
