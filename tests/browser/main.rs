//! The pages in a real browser: what people see moves by itself, is for whoever may see it, and fits their screen.
//!
//! Chromium is driven by `chromedriver`, over HTTP; the server is the program itself, a child on a port that the system
//! chose. Nothing outside this machine is asked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

mod acts;
mod browser;
mod hostile;
mod lively;
mod looks;
mod sign_in;
mod town;
