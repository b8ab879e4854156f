//! The core of the runtime: what partitions and entities decide, as data in and data out.
//!
//! ```text
//! outbox ◄─┐                        ┌─ registry (kinds, their types forgotten)
//! message ─┴─ entity ◄─ record ◄─ activation (one entity at work) ◄─ partition (all entities of one home)
//! ```
//! It is handed instants, stored values and the results of commits, and says what is to be committed, read, sent and
//! answered. Not here: a clock, a disk, a socket, a thread, a log, or anybody who waits. Whoever has those is the shell
//! (`duban-runtime`), or the simulator.

pub mod activation;
pub mod answer;
pub mod clock;
mod command;
mod context;
pub mod entity;
mod message;
pub mod outbox;
pub mod partition;
pub mod record;
pub mod registry;
pub mod supervision;
pub mod window;
