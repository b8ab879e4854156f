//! What all entry points of a running server share: its state, what is known of its health, rules that are put in force,
//! photos that wait, other nodes of a cluster.

pub mod check;
pub mod copies;
pub mod health;
pub mod looks;
pub mod offline;
pub mod peers;
pub mod references;
pub mod reload;
pub mod server;
pub mod uploads;
