//! Access: who comes in, and as what (articles 7 and 12).
//!
//! Whether somebody may come in is decided by their [`Person`](duban_actors::person::Person); here passwords are
//! hashed, secrets are made and looked at, and what a visitor shows is turned into who asks. Neither HTTP nor a
//! terminal is known here: both call the same plain functions.

pub mod attempts;
pub mod denied;
pub mod guard;
mod guessed;
pub mod operators;
pub mod origin;
pub mod password;
pub mod persons;
mod queue;
pub mod secret;
mod tally;

use duban_runtime::entity::Corrupt;
use duban_runtime::journal;

use duban_base::asking::NoChance;

use duban_base::aside::Undone;

/// What the world did to the login. Nobody is let in on one of these.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The system gives no random bytes.
    #[error(transparent)]
    Chance(#[from] NoChance),
    /// A password could not be hashed, or what is kept of one cannot be read.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
    /// Too many passwords are being looked at; nothing was done.
    #[error("too many passwords are being looked at")]
    Busy,
    /// The journal cannot be read.
    #[error("persons cannot be read")]
    Journal(#[from] journal::Failure),
    /// What was set aside came to nothing: a reading, a hash.
    #[error(transparent)]
    Undone(#[from] Undone),
    /// A person's state cannot be read.
    #[error("a person cannot be read")]
    Corrupt(#[from] Corrupt),
    /// The node gave no decision.
    #[error("the node gave no decision: {0}")]
    Undecided(String),
}
