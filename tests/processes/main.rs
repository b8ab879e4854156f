//! Real processes: a replay equals what is known of the city, and `kill -9` at any moment loses and doubles nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_in_result,
    clippy::wildcard_enum_match_arm,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy, and a test tells its figures"
)]

mod audit;
mod backup;
mod cities;
mod cluster;
mod copies;
mod days;
mod dice;
mod explained;
mod falls;
mod full_disk;
mod gone;
mod histories;
mod kills;
mod lives;
mod load;
mod lost;
mod muted;
mod older;
mod operators;
mod privacy;
mod replay;
mod rules;
mod schedules;
mod server;
mod small_disk;
mod systemd;
mod traces;
mod verbs;
