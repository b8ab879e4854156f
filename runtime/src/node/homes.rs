//! Homes: the partitions that live in this process, asked where they are.

use actix::Addr;
use tokio::sync::oneshot;

use super::Ask;
use super::ask::CLOSING_RETRY_AFTER;
use crate::activation::RETRY_AFTER;
use crate::actor::message::{self, Held, Leasing, LeasingDead, Releasing};
use crate::actor::partition::{PartitionActor, Wiring};
use crate::answer::Answer;
use crate::callers::Channel;
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::metrics::Bound;
use crate::outbox::{MessageId, Row, RowEvent};
use crate::partition::{Asking, Claiming, Concluding, Leased, OfficeEpoch, PARTITIONS};

/// The addresses of all partitions, and what they share.
#[derive(Clone)]
pub(super) struct Homes {
    pub(super) partitions: Vec<Addr<PartitionActor>>,
    pub(super) wiring: Wiring,
}

impl Homes {
    /// See [`super::Node::post`].
    pub(super) fn post(&self, ask: Ask) -> oneshot::Receiver<Answer> {
        let (channel, answer) = oneshot::channel();
        let Ask { to, command, asked, looked } = ask;
        let partition = to.partition(PARTITIONS);
        let in_flight = &self.wiring.in_flight;
        in_flight.begin(1);
        if in_flight.is_closing() {
            in_flight.finish(1);
            drop(channel.send(Answer::Busy { retry_after: CLOSING_RETRY_AFTER }));
        } else if let Some(home) = self.partitions.get(usize::from(partition))
            && let Err(full) =
                home.try_send(message::Ask(to, Asking { command, asked, looked }, channel))
        {
            in_flight.finish(1);
            self.wiring.counters.turned_away(Bound::Partition);
            let message::Ask(.., channel) = full.into_inner();
            drop(channel.send(Answer::Busy { retry_after: RETRY_AFTER }));
        }
        answer
    }

    /// Up to `n` messages that are due by `now`, over all partitions, for couriers of this `office`.
    pub(super) async fn lease(&self, now: Timestamp, n: usize, office: OfficeEpoch) -> Vec<Leased> {
        let mut leased = Vec::new();
        for partition in &self.partitions {
            let room = n.saturating_sub(leased.len());
            if room == 0 {
                break;
            }
            if let Ok(more) = partition.send(Leasing(now, room, office)).await {
                leased.extend(more);
            }
        }
        leased
    }

    /// See [`crate::partition::Partition::lease_dead`].
    pub(super) async fn lease_dead(&self, id: MessageId, office: OfficeEpoch) -> Option<Leased> {
        let now = self.wiring.clock.now();
        self.home(&id.entity)?.send(LeasingDead(id, now, office)).await.ok().flatten()
    }

    /// See [`super::Node::held`].
    pub(super) async fn held(&self, leased: Leased) -> Option<Leased> {
        self.home(&leased.id.entity)?.send(Held(leased)).await.ok().flatten()
    }

    /// See [`super::Node::release`].
    pub(super) fn release(&self, leased: Leased) {
        if let Some(partition) = self.home(&leased.id.entity)
            && partition.try_send(Releasing(leased)).is_err()
        {
            tracing::warn!("a lease could not be given back; it ends with the process");
        }
    }

    /// See [`super::Node::claim`]; none when nobody answers.
    pub(super) async fn claim(&self, leased: Leased, row: Row, at: Timestamp) -> Option<Answer> {
        let home = self.home(&leased.id.entity);
        let claim = |channel| message::Claim(Claiming { leased, row, at }, channel);
        self.answered(|channel| home.map(|p| p.try_send(claim(channel)).is_ok())).await
    }

    /// See [`super::Node::conclude`]; none when nobody answers.
    pub(super) async fn conclude(
        &self,
        leased: Leased,
        row: Row,
        event: RowEvent,
    ) -> Option<Answer> {
        let home = self.home(&leased.id.entity);
        let conclude = |channel| message::Conclude(Concluding { leased, row, event }, channel);
        self.answered(|channel| home.map(|p| p.try_send(conclude(channel)).is_ok())).await
    }

    /// What is sent is under way until its partition has taken it up.
    async fn answered(&self, send: impl FnOnce(Channel) -> Option<bool>) -> Option<Answer> {
        let (channel, answer) = oneshot::channel();
        self.wiring.in_flight.begin(1);
        if send(channel) != Some(true) {
            self.wiring.in_flight.finish(1);
            return Some(Answer::Busy { retry_after: RETRY_AFTER });
        }
        answer.await.ok()
    }

    fn home(&self, entity: &EntityId) -> Option<&Addr<PartitionActor>> {
        self.partitions.get(usize::from(entity.partition(PARTITIONS)))
    }
}
