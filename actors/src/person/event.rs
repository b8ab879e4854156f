//! Events: what happened to a person.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Browser, Forgotten, Password, Profile, Session, Token};
use crate::role::Role;

/// What happened to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// They may come in, once a password is set.
    Enrolled(Profile),
    /// They are somebody else, or something else.
    Changed(Profile),
    /// They come in by this password. All sessions ended.
    PasswordSet(Password),
    /// A session began; the oldest one ended if there was no room.
    SignedIn(Session),
    /// A password was wrong. Not written any more, and nobody is shut out by it: the door counts.
    SignInFailed {
        /// How many in a row.
        wrong: u32,
    },
    /// A password was wrong, one time too often. Not written any more either.
    LockedOut {
        /// How many in a row.
        wrong: u32,
        /// No password was to let them in before this instant.
        until: Timestamp,
    },
    /// A session ended.
    SignedOut {
        begun: Timestamp,
        /// The digest of its secret.
        digest: super::Hidden,
    },
    /// All sessions ended, and no browser is known any more.
    SignedOutEverywhere,
    /// A program may speak for them.
    TokenIssued(Token),
    /// A token ended.
    TokenRevoked { id: CompactString },
    /// They come in no more.
    Dismissed { reason: String },
    /// Wrong passwords are forgotten. Not written any more: it does not say until when.
    Unlocked,
    /// A browser is known; the oldest one of its kind, or of all, is not any more if there was no room.
    BrowserKnown(Browser),
    /// All tokens ended.
    TokensRevoked,
    /// Wrong passwords count no more.
    WrongPasswordsForgotten(Forgotten),
    /// They may come in as operator from now on.
    BecameOperator,
    /// They may not any more, by this release.
    CeasedAsOperator {
        /// Which. It and all before it are void.
        release: u64,
    },
    /// They have these posts of the centre no more.
    PostsLeft { roles: Vec<Role> },
    /// A release is void, and all before it.
    ReleaseRecalled { release: u64 },
}
