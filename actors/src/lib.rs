//! The entities of the ordinance: pure life cycles over [`duban_core::entity::Entity`] and the rule book.
//!
//! | entity | what it is, and the article | whom it hears |
//! |---|---|---|
//! | [`case`] | a problem from its report to its end (12–18) | people, timers, imports; [`case_numbers`], [`collector`], [`meeting`] |
//! | [`mod@unit`] | a terminal unit, its daily brief and its leader's daily view (7); away and closed, read into the context of all | people, timers |
//! | [`collector`] | who looks on site (13 and 17) | people, timers; [`case`] |
//! | [`case_numbers`] | the gap-free case numbers of a year (14) | [`case`] |
//! | [`centre`] | the centre: its daily brief, its alarms, rules that wait | people, timers |
//! | [`person`] | who may come in, and as what (7 and 12) | people; [`operators`] |
//! | [`operators`] | the reservation of the last operator (12) | people; [`person`] |
//! | [`shift`] | who keeps a desk of the centre now (3); read into the context of all | people; [`person`] |
//! | [`meeting`] | a meeting of the committee (4, 5 and 19) | people, timers; [`case`] |
//! | [`bundle`] | many messages to one address, told in one | who hands messages over |
//!
//! No entity awaits another, nor knows its commands: what one needs of another is told, and arrives as an event of
//! its own; who tells whom is drawn in [`tells`]. No clock, no I/O, no async anywhere in this crate.

pub mod accounts;
pub mod brief;
pub mod bundle;
pub mod case;
pub mod case_numbers;
pub mod centre;
pub mod collector;
pub mod context;
pub mod desks;
pub mod findings;
pub mod handbooks;
pub mod lacks;
pub mod meeting;
pub mod operators;
pub mod person;
mod reach;
pub mod refusal;
pub mod role;
pub mod roster;
pub mod shift;
pub mod tells;
pub mod unit;
