//! Messages of a simulated process: what reaches its partitions and entities, and what it asks of the world.

use compact_str::CompactString;

use super::Question;
use crate::activation::{Delivery, Step};
use crate::callers::Channel;
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::outbox::MessageId;
use crate::partition::{Asking, Claiming, Concluding, Leased};
use crate::record::{Committed, SentTell};
use crate::window::Ticket;

/// What reaches a partition.
pub(crate) enum ToPartition {
    Ask(EntityId, Asking, Channel),
    Step(EntityId, Step),
    Committed(Committed),
    Tick,
    Tell(u8, SentTell),
    Missed(u8),
    Alarms(Ticket, Option<Vec<(Timestamp, EntityId)>>),
    Outbox(Ticket, Option<Vec<(Timestamp, MessageId)>>),
    Tells(u8, Option<Vec<SentTell>>, usize),
    Lease(usize),
    Release(Leased),
    Revive(MessageId, Timestamp, Channel),
    Claim(Claiming, Channel),
    Conclude(Concluding, Channel),
}

impl ToPartition {
    /// Whether something new is decided by it: a machine that is fenced off leaves it undone.
    pub(super) fn decides(&self) -> bool {
        match self {
            ToPartition::Ask(..)
            | ToPartition::Tick
            | ToPartition::Lease(_)
            | ToPartition::Revive(..)
            | ToPartition::Claim(..) => true,
            ToPartition::Step(..)
            | ToPartition::Committed(_)
            | ToPartition::Tell(..)
            | ToPartition::Missed(_)
            | ToPartition::Alarms(..)
            | ToPartition::Outbox(..)
            | ToPartition::Tells(..)
            | ToPartition::Release(_)
            | ToPartition::Conclude(..) => false,
        }
    }
}

/// What reaches an entity.
pub(super) enum ToEntity {
    Deliver(Delivery),
    Resolved(usize, Result<u64, CompactString>),
    Restart(u64),
    SetAside(CompactString),
}

/// What a process asks of the world: things that take time.
pub(crate) enum Wish {
    Commit,
    /// Read this, for a partition in this life.
    Read((u8, u64), Question),
    /// A partition that fell may rise after so many milliseconds.
    Rise(u8, u64),
    /// Read this entity, for the activation born as the number says.
    Load(u8, EntityId, u64),
    /// This courier got this.
    Leased(usize, Vec<Leased>),
    /// Whoever gives dead messages another try got this one.
    LeasedDead(Leased),
}
