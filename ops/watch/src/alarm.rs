//! Health checks and who is told of them: what is wrong with duban is looked for every few seconds, and told.
//!
//! What an alarm is, and when it is told again, is for [`health::alarm`](duban_server::health::alarm). What there is to see is for
//! [`checks`], telling for [`notify`]; [`watcher`] does both.

pub mod checks;
mod cluster;
pub mod notify;
pub mod watcher;
