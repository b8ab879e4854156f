//! What partition actors are sent.

use actix::{Addr, Message};
use compact_str::CompactString;

use super::partition::PartitionActor;
use crate::activation::Step;
use crate::answer::Caller;
use crate::clock::Timestamp;
use crate::entity::{Asked, EntityId};
use crate::outbox::{MessageId, Row, RowEvent};
use crate::record::{SentTell, Stored};
use crate::registry::AnyCommand;

/// A command from outside.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Ask {
    pub(crate) to: EntityId,
    pub(crate) command: AnyCommand,
    pub(crate) asked: Asked,
    pub(crate) caller: Caller,
}

/// Look at the clock.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Tick;

/// Messages that are due, at most so many: see [`Partition::lease`].
#[derive(Message)]
#[rtype(result = "Vec<(Timestamp, MessageId)>")]
pub(crate) struct Leasing(pub(crate) Timestamp, pub(crate) usize);

/// See [`Partition::release`].
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Releasing(pub(crate) MessageId);

/// See [`Partition::claim`].
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Claiming {
    pub(crate) id: MessageId,
    pub(crate) row: Row,
    pub(crate) at: Timestamp,
    pub(crate) caller: Caller,
}

/// See [`Partition::outcome`].
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Concluding {
    pub(crate) id: MessageId,
    pub(crate) row: Row,
    pub(crate) event: RowEvent,
    pub(crate) caller: Caller,
}

/// Make these entities resident: they have timers and were just read.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Warm(pub(crate) Vec<(EntityId, Stored)>);

/// A step of one of the partition's entities.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct StepOf {
    pub(crate) entity: EntityId,
    pub(crate) step: Step,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Committed(pub(super) Result<u64, CompactString>);

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct TellFrom(pub(super) u8, pub(super) SentTell);

/// The other partitions of the node, once all exist, and the tells of this one that were under way.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Peers(pub(crate) Vec<Addr<PartitionActor>>, pub(crate) Vec<SentTell>);
