//! What happened to a person.

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Password, Profile, Session, Token};

/// What happened to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// They may come in, once a password is set.
    Enrolled(Profile),
    /// They are somebody else, or something else.
    Changed(Profile),
    /// They come in by this password. All sessions ended, wrong ones are forgotten.
    PasswordSet(Password),
    /// A session began; the oldest one ended if there was no room. Wrong passwords are forgotten.
    SignedIn(Session),
    /// A password was wrong.
    SignInFailed {
        /// How many in a row.
        wrong: u32,
    },
    /// A password was wrong, one time too often.
    LockedOut {
        /// How many in a row.
        wrong: u32,
        /// No password lets them in before this instant.
        until: Timestamp,
    },
    /// A session ended.
    SignedOut {
        /// When it had begun.
        begun: Timestamp,
        /// The digest of its secret.
        digest: super::Hidden,
    },
    /// All sessions ended.
    SignedOutEverywhere,
    /// A program may speak for them.
    TokenIssued(Token),
    /// A token ended.
    TokenRevoked {
        /// Which.
        id: CompactString,
    },
    /// They come in no more.
    Dismissed {
        /// Why.
        reason: String,
    },
    /// Wrong passwords are forgotten.
    Unlocked,
}
