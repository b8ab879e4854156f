//! The handbook and every other number that an admin may tune: parse, check, explain (articles 6–11 and 15–21).
//!
//! ```text
//! Sources ──parse──► RuleBook ──► actors (limits, ladders, recipients, notices)
//!               └──► Vec<Diagnostic> ──► the admin
//! ```
//!
//! [`parse`] never fails: it hands out what could be read and says what is wrong with the rest. Whether a rule book
//! with errors may come into force is for its caller to refuse. Pure and synchronous: no clock, no file, no network.

pub mod book;
pub mod check;
pub mod deadline;
pub mod diagnostic;
pub mod diff;
pub mod edition;
pub mod line;
pub mod phone;
pub mod print;
pub mod source;
pub mod vocabulary;

pub use book::{RuleBook, parse};
pub use diagnostic::{Diagnostic, Lang, Severity, explain};
pub use source::Sources;
