//! Verbs of the command line for everything in the list of operations, and what all of its commands have: how they
//! print, and what they ask whoever typed them.

pub(crate) mod asking;
pub(crate) mod case;
pub(crate) mod committee;
pub(crate) mod deferral;
pub mod listed;
pub mod mistaken;
pub(crate) mod person;
pub(crate) mod precedent;
pub mod print;
pub mod prompt;
pub(crate) mod reading;
pub(crate) mod shift;
pub(crate) mod token;
pub(crate) mod unit;
