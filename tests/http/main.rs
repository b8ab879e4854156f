//! API and pages as their users find them: a real server on a port of its own, asked over HTTP by persons with tokens
//! and passwords, well and badly, and killed while it answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

#[path = "../servers/foreign_servers.rs"]
#[expect(dead_code, reason = "of other people's programs, only the Python is needed")]
mod python;

mod attachments;
mod banner;
mod calendars;
mod closing;
mod desks;
mod document;
mod ends;
mod erasure;
mod forms;
mod guesses;
mod help;
mod hostile;
mod interrupted;
mod keys;
mod kills;
mod life;
mod meetings;
mod mistakes;
mod offered;
mod operators;
mod pages;
mod passwords;
mod people;
mod permissions;
mod photos;
mod server;
mod stream;
mod town;
mod units;
mod views;
mod waits;
