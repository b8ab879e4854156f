//! Denials: why somebody does not come in.

use std::time::Duration;

use duban_runtime::clock::Timestamp;

use super::Failure;
use super::password::{RETRY_AFTER, Unfit};
use super::persons::Outcome;
use duban_base::asking::No;

/// Why somebody does not come in.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The login name or the password is wrong, or there is no way in: never said which.
    #[error("login or password is wrong")]
    Wrong,
    /// Too many passwords were wrong from there. Said whether or not the password is right.
    #[error("too many wrong passwords from there")]
    Locked {
        /// No password is looked at from there before this instant.
        until: Timestamp,
    },
    /// Strangers try too many passwords, for this account or from this network. Said whether or not it is right.
    #[error("too many sign-ins of strangers")]
    Crowded {
        /// No stranger's password is looked at before this instant.
        until: Timestamp,
    },
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// No room: nothing was done.
    #[error("busy")]
    Busy { retry_after: Duration },
    /// The world let the door down.
    #[error("the door failed")]
    Failed(#[source] Failure),
}

impl From<Failure> for Denied {
    fn from(failure: Failure) -> Denied {
        match failure {
            Failure::Busy => Denied::Busy { retry_after: RETRY_AFTER },
            Failure::Chance(_)
            | Failure::Hash(_)
            | Failure::Journal(_)
            | Failure::Undone(_)
            | Failure::Corrupt(_)
            | Failure::Undecided(_) => Denied::Failed(failure),
        }
    }
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    Accepted,
    Refused,
}

/// What was decided by this outcome.
///
/// # Errors
/// When nothing was.
pub fn decided(outcome: Outcome) -> Result<Decided, Denied> {
    match outcome {
        Ok(_) => Ok(Decided::Accepted),
        Err(No::Refused { .. }) => Ok(Decided::Refused),
        Err(No::Busy(retry_after)) => Err(Denied::Busy { retry_after }),
        Err(undecided @ (No::Stale(_) | No::SetAside(..) | No::Unrecorded(_))) => {
            Err(Denied::Failed(Failure::Undecided(format!("{undecided:?}"))))
        }
    }
}
