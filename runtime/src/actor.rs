//! The actix shell: partition actors and entity actors, thin around their sans-IO cores.
//!
//! Messages go by `try_send` only. Capacities are chosen so that what must not be lost always has room: a partition
//! hands an entity at most [`BUSY_MAX`] deliveries at a time, and takes at most [`UNDECIDED_MAX`] of them in all.
//!
//! [`UNDECIDED_MAX`]: crate::partition::UNDECIDED_MAX

mod entity;
pub(crate) mod falling;
mod handlers;
pub(crate) mod lookups;
pub(crate) mod message;
pub(crate) mod partition;
pub(crate) mod readers;
mod reading;
mod residents;
pub(crate) mod route;

/// Deliveries in an entity's hands at most; the rest of its mailbox is for results of batches.
pub(crate) const BUSY_MAX: u32 = 56;
/// Mailbox of an entity actor.
pub(crate) const ENTITY_MAILBOX: usize = 64;
/// Mailbox of a partition actor: every step of its undecided deliveries, every ask of the node, and the rest.
pub(crate) const PARTITION_MAILBOX: usize = 8_192;
