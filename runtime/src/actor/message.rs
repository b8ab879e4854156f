//! Messages that partition actors are sent.

use std::sync::mpsc::Sender;

use actix::Message;

use super::route::Route;
use crate::activation::Step;
use crate::callers::Channel;
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::outbox::MessageId;
use crate::partition::{Asking, Claiming, Concluding, Leased, OfficeEpoch};
use crate::record::{self, SentTell, Stored};

/// A command from outside, and where its answer is waited for.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Ask(pub(crate) EntityId, pub(crate) Asking, pub(crate) Channel);

/// Look at the clock.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Tick;

/// Messages that are due, at most so many: see [`crate::partition::Partition::lease`].
#[derive(Message)]
#[rtype(result = "Vec<Leased>")]
pub(crate) struct Leasing(pub(crate) Timestamp, pub(crate) usize, pub(crate) OfficeEpoch);

/// See [`crate::partition::Partition::lease_dead`].
#[derive(Message)]
#[rtype(result = "Option<Leased>")]
pub(crate) struct LeasingDead(pub(crate) MessageId, pub(crate) Timestamp, pub(crate) OfficeEpoch);

/// See [`crate::partition::Partition::held`].
#[derive(Message)]
#[rtype(result = "Option<Leased>")]
pub(crate) struct Held(pub(crate) Leased);

/// See [`crate::partition::Partition::release`].
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Releasing(pub(crate) Leased);

/// See [`crate::partition::Partition::claim`].
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Claim(pub(crate) Claiming, pub(crate) Channel);

/// See [`crate::partition::Partition::outcome`].
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Conclude(pub(crate) Concluding, pub(crate) Channel);

/// Make these entities resident: they have timers and were just read.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Warm(pub(crate) Vec<(EntityId, Stored)>);

/// A step of one of the partition's entities.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct StepOf {
    /// Which life of the partition the entity belongs to.
    pub(crate) life: u64,
    pub(crate) entity: EntityId,
    pub(crate) step: Step,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Committed(pub(super) record::Committed);

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct TellFrom(pub(super) u8, pub(super) SentTell);

/// The ways to all partitions of the node, once they exist, and those of them whose tells were under way to this one.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Routes(pub(crate) Vec<Route>, pub(crate) Vec<u8>);

/// Tells from this partition may have been lost on their way: look into the journal.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Missed(pub(crate) u8);

/// Give a sign of life.
#[derive(Message)]
#[rtype(result = "Beat")]
pub(crate) struct Pulsing;

/// How a partition is that gives one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    Up,
    /// It fell, and rises again.
    Pausing,
    /// It is not this node's.
    Elsewhere,
    /// It fell too often.
    Ended,
}

/// Let every entity go, and end.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Stop;

/// The partition is this node's, by this epoch.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Own(pub(crate) u64);

/// The partition goes to another node: it says so here when it has nothing in hand any more.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Leave(pub(crate) Sender<u8>);
