//! The entities of the ordinance: pure life cycles over [`duban_runtime::entity::Entity`] and the rule book.
//!
//! ```text
//!              Assign ──────────────►┌─────────┐
//!   ┌──────┐◄────────────── Numbered │ numbers │  the year's gap-free case numbers (article 14)
//!   │ case │                         └─────────┘
//!   └──────┘ Entrust, Release ──────►┌───────────┐
//!     ▲  ◄────────────────── Reassign│ collector │  validation and verification on site (articles 13 and 17)
//!     │                              └───────────┘
//!   people, timers, imports          ┌──────┐ ┌────────┐
//!                                    │ unit │ │ centre │  daily briefs (article 7): told nothing, they read lists
//!                                    └──────┘ └────────┘
//!                                       └─► roster: who is away, read into the context of all
//!   the doors ───── SignIn ─────────►┌────────┐
//!                                    │ person │  who may come in, and as what (articles 7 and 12)
//!                                    ┌────────┐
//!   who hands messages over, Add ───►│ bundle │  many messages to one address, told in one
//!                                    └────────┘
//! ```
//! No entity awaits another, nor knows its commands: what one needs of another is told ([`tells`]), and arrives as an
//! event of its own. No clock, no I/O, no async anywhere in this crate.

pub mod brief;
pub mod bundle;
pub mod case;
pub mod centre;
pub mod collector;
pub mod context;
pub mod numbers;
pub mod operators;
pub mod person;
pub mod refusal;
pub mod role;
pub mod roster;
pub mod tells;
pub mod unit;
