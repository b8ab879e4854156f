//! Couriers against servers that others wrote: whatever goes wrong there, nothing is lost, nothing comes twice but in
//! the declared window, and then with the same id and the same bytes.
//!
//! The servers are fetched once, into the target directory; they listen on this machine alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

mod briefs;
mod courier_loop;
mod folding;
mod foreign_servers;
mod gateway;
mod mail;
mod probe;
mod sink;
mod sms;
mod table;
mod traces;
mod watch;
mod week;
mod world;
