//! Durable actors: what duban promises about commands, timers and messages.
//!
//! - **The journal is the truth.** Actors, timer windows, outbox windows and lists are caches.
//! - A command is answered *accepted* only after one power-safe append; an accepted command is never lost.
//! - Commands of one entity are decided one after the other; the same command id is decided once.
//! - A due timer fires at least once and changes its state exactly once.
//! - A message is decided exactly once; it may be handed over again only after a crash between handing over and
//!   recording the outcome, with the same id.
//! - Tells between entities arrive at least once, in order per pair of partitions, and count once.
//!
//! Not promised: order between entities, exactly-once e-mail or SMS, anything about wall clocks.

mod actor;
mod callers;
pub mod clock;
pub mod cluster;
pub mod feed;
mod histogram;
mod in_flight;
pub mod journal;
pub mod loops;
pub mod metrics;
pub mod node;
pub mod seldom;
#[cfg(feature = "simulator")]
pub mod simulator;

pub use duban_core::{
    activation, answer, entity, outbox, partition, record, registry, supervision, window,
};
