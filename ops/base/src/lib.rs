//! What everything outside the entities stands on: settings, an open store, commands on their way, and what things are
//! called for people.
//!
//! Nothing here knows who comes in, what is sent, or that there is a server.

pub mod aside;
pub mod asking;
pub mod candidates;
pub mod classes;
pub mod cluster;
pub mod config;
pub mod dead_letters;
pub mod deferrals;
pub mod disputes;
pub mod duty;
pub mod exit;
pub mod figures;
pub mod known;
pub mod labels;
pub mod month;
pub mod muted;
pub mod names;
pub mod partial_copies;
pub mod period;
pub mod precedents;
pub mod private;
pub mod proposals;
pub mod registry;
pub mod rules_in_force;
pub mod secret;
pub mod state;
pub mod store;
pub mod stranded;
pub mod telemetry;
pub mod tls;
