//! Labels: the words in which people read cases, accounts, histories and messages, the same on the command line and on pages.
//!
//! Here is what things are called; how they are laid out is for whoever shows them.

pub mod account;
pub mod asked;
pub mod case;
pub mod clock;
pub mod collector;
pub mod events;
pub mod history;
pub mod instant;
pub mod meeting;
pub mod muted;
pub mod node;
pub mod outbox;
pub mod row;
pub mod schedule;
pub mod share;
pub mod shift;
pub mod typed;
pub mod unit;
