//! What can be asked of a person.

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Fired;
use serde::{Deserialize, Serialize};

use super::{Hidden, Profile, Session};
use crate::role::Role;

/// What can be asked of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Be somebody who may come in, once a password is set.
    Enrol(Profile),
    /// Be this from now on. Sessions go on in the new roles; tokens of roles that are gone end.
    Change {
        /// All of it, not only what is new.
        profile: Profile,
        /// How many others may come in as operator, counted by whoever asks.
        other_operators: u32,
    },
    /// Come in by this password from now on. All sessions end.
    SetPassword {
        /// As the door hashed it.
        phc: Hidden,
        /// Who has chosen it.
        cause: Cause,
    },
    /// The door has looked at a password.
    SignIn(Verdict),
    /// End this session.
    SignOut {
        /// The digest of its secret.
        digest: Hidden,
    },
    /// End all sessions; tokens stay.
    SignOutEverywhere,
    /// Let a program speak in one of the person's roles.
    IssueToken(NewToken),
    /// End this token.
    RevokeToken {
        /// Which.
        id: CompactString,
    },
    /// Come in no more: sessions, tokens and password end.
    Dismiss {
        /// Why.
        reason: String,
        /// How many others may come in as operator, counted by whoever asks.
        other_operators: u32,
    },
    /// Forget the wrong passwords.
    Unlock,
    /// A timer is due. A person waits for none.
    Fired(Fired),
}

/// Who has chosen a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// An admin: it must be changed at the first sign-in.
    ByAdmin,
    /// The person, whose old password the door has seen.
    ByThemselves,
}

/// What the door found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The password is right: this session begins, if nothing bars it.
    Right(Session),
    /// It is not.
    Wrong,
}

/// A token that is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// Lower-case letters and digits, at most [`super::TOKEN_ID_MAX`], unique within the person.
    pub id: CompactString,
    /// What it is for.
    pub label: String,
    /// The digest of its secret.
    pub digest: Hidden,
    /// The role it speaks in.
    pub role: Role,
    /// When it ends, at most [`super::TOKEN_DAYS_MAX`] days ahead.
    pub expires: Timestamp,
}

impl From<Fired> for Command {
    fn from(fired: Fired) -> Command {
        Command::Fired(fired)
    }
}
