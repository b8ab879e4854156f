//! Commands: what can be asked of a person.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Browser, Hidden, Profile, Session};
use crate::role::Role;
use crate::tells::ToPerson;

/// What can be asked of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Be somebody who may come in, once a password is set.
    Enrol(Profile),
    /// Be this from now on. Sessions go on in the new roles; tokens of roles that are gone, or that were held in
    /// another unit or as another collector, end.
    Change {
        /// All of it, not only what is new.
        profile: Profile,
        /// The release by which an operator loses the role ([`crate::operators`]); none for everybody else.
        release: Option<u64>,
    },
    /// Come in by this password from now on. All sessions and tokens end.
    SetPassword {
        /// As the door hashed it.
        phc: Hidden,
        /// Who has chosen it.
        cause: Cause,
    },
    /// The door has seen the right password: this session begins, if nothing bars it.
    SignIn {
        session: Session,
        /// What it was begun in.
        shown: Shown,
    },
    /// End this session.
    SignOut {
        /// The digest of its secret.
        digest: Hidden,
    },
    /// End all sessions, and know no browser any more; tokens stay.
    SignOutEverywhere,
    /// Let a program speak in one of the person's roles.
    IssueToken {
        /// What it shall be.
        token: NewToken,
        /// How whoever issues it has come in.
        issuer: Issuer,
    },
    /// End this token.
    RevokeToken { id: CompactString },
    /// End all tokens; sessions stay.
    RevokeAllTokens,
    /// Come in no more: sessions, tokens and password end.
    Dismiss {
        reason: String,
        /// The release by which an operator loses the role ([`crate::operators`]); none for everybody else.
        release: Option<u64>,
    },
    /// Forget the wrong passwords that were tried until now.
    Unlock,
    /// Declare this release and all before it void, and say what you are.
    Recall { release: u64 },
}

impl From<ToPerson> for Command {
    fn from(told: ToPerson) -> Command {
        let ToPerson::Recall { release } = told;
        Command::Recall { release }
    }
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

/// What a session is begun in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// A browser that is known.
    Known,
    /// One that is to be known from now on.
    New(Browser),
}

/// How whoever issues a token has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Issuer {
    /// With a password, or on the machine itself.
    Person,
    /// With a token, which ends then.
    Token(Timestamp),
}

/// A token that is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// Lower-case letters and digits, at most [`super::TOKEN_ID_MAX`], unique within the person.
    pub id: CompactString,
    pub label: String,
    /// The digest of its secret.
    pub digest: Hidden,
    /// The role it speaks in.
    pub role: Role,
    /// When it ends, at most [`super::TOKEN_DAYS_MAX`] days ahead.
    pub expires: Timestamp,
}
