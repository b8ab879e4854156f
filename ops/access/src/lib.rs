//! Access: who comes in, and as what; and what reporters say of themselves, sealed with keys of its own.
//!
//! Neither HTTP nor a terminal is known here. Passwords are hashed and reports are sealed in this crate and no other.

pub mod access;
pub mod seals;
