//! A person who may log in: their posts, their password, their sessions and tokens (articles 3, 7, 12).
//!
//! One person may hold several posts (article 3) and asks in one of them at a time. The door looks at a password and
//! says whether it was right; whether that lets anybody in is decided here. No password stands here, no secret of a
//! session, token or browser: only what a secret can be held against, and that is never shown ([`Hidden`]). Wrong
//! passwords are the door's to count, by where they come from: were they counted here, anybody could shut anybody out.

mod account;
mod command;
mod effects;
mod entry;
mod event;
mod hidden;
mod lifecycle;
mod profile;
mod refusal;

use std::time::Duration;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Kind, List};
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::accounts::{Holder, Post};
use crate::role::Role;
use crate::tells;

pub use command::{Cause, Command, Issuer, NewToken, Shown};
pub use event::Event;
pub use hidden::Hidden;
pub use profile::{NAME_CHARS_MAX, Profile, ROLES_MAX, is_login};
pub use refusal::Refusal;

/// Persons on disk.
pub const KIND: Kind = tells::PERSON;
/// The list of those who may come in, by login name.
pub const ACTIVE: List = List::fixed("person/active");
/// The list of those who may not come in any more, by login name.
pub const DISMISSED: List = List::fixed("person/dismissed");

/// Sessions of one person at a time; one more ends the oldest.
pub const SESSIONS_MAX: usize = 8;
/// Browsers in which one person was in; one more is known instead of the oldest.
pub const BROWSERS_MAX: usize = 16;
/// Those of them that call themselves the same, so that a program which keeps no cookie drives no browser out.
pub const BROWSERS_ALIKE_MAX: usize = 4;
/// Tokens of one person that are valid at a time; one more is refused.
pub const TOKENS_MAX: usize = 16;
/// How long a token is valid at most: a year, leap years included.
pub const TOKEN_DAYS_MAX: u64 = 366;
/// How long strangers may try more once an admin has forgotten the wrong passwords of an account.
pub const OPEN_FOR: Duration = Duration::from_mins(10);
/// Characters of the label of a device or token.
pub const LABEL_CHARS_MAX: usize = 64;
/// Characters of a token's id.
pub const TOKEN_ID_MAX: usize = 16;

/// A person and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The login name: the entity's key.
    pub login: CompactString,
    pub standing: State,
    /// The release up to which none counts any more ([`crate::operators`]).
    pub void_until: u64,
}

impl Person {
    /// Who they are in their unit; none of whoever belongs to none, or may not come in.
    pub fn holder(&self) -> Option<(UnitId, Holder)> {
        let State::Active(account) = &self.standing else { return None };
        let Profile { name, unit, .. } = &account.profile;
        let is_head = account.profile.holds(Role::UnitHead);
        let post = if is_head { Post::Head } else { Post::Staff };
        Some((unit.clone()?, Holder { name: name.clone(), post }))
    }
}

/// Where a person stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum State {
    /// Nobody has enrolled them.
    Unknown,
    Active(Box<Account>),
    /// They may not come in any more; who they were stays readable.
    Dismissed(Profile),
}

/// What an active person keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub profile: Profile,
    pub password: Password,
    /// Which wrong passwords count no more.
    pub forgotten: Forgotten,
    /// The oldest first, at most [`SESSIONS_MAX`].
    pub sessions: Vec<Session>,
    /// The oldest first, at most [`TOKENS_MAX`], no id twice.
    pub tokens: Vec<Token>,
    /// The oldest first, at most [`BROWSERS_MAX`].
    pub browsers: Vec<Browser>,
}

/// Which wrong passwords count no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Those until then.
    pub until: Timestamp,
    /// Before then strangers may try many more than they otherwise may: time to come in for whoever was kept waiting.
    pub open_until: Timestamp,
}

impl Forgotten {
    /// None of them.
    pub const NONE: Forgotten =
        Forgotten { until: Timestamp::from_millis(0), open_until: Timestamp::from_millis(0) };
}

/// What somebody comes in by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Password {
    /// Nobody has set one: nobody comes in by it.
    Unset,
    /// Set by an admin, to be changed at the first sign-in; as a PHC string.
    Temporary(Hidden),
    /// Set by the person; as a PHC string.
    Own(Hidden),
}

/// A stay, begun with a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The BLAKE3 of its secret, in hex.
    pub digest: Hidden,
    pub begun: Timestamp,
    /// When it ends; at this instant it has ended.
    pub until: Timestamp,
    /// The device as it calls itself, at most [`LABEL_CHARS_MAX`] characters.
    pub device: String,
}

/// A browser in which the person was in: it may try passwords beside whoever guesses. It lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser {
    /// The BLAKE3 of its secret, in hex.
    pub digest: Hidden,
    /// Since when it is known.
    pub since: Timestamp,
    /// When it is known no more.
    pub until: Timestamp,
    /// The device as it calls itself, at most [`LABEL_CHARS_MAX`] characters.
    pub device: String,
}

/// A bearer token: one role, without a password, for a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Short, unique within the person, not secret.
    pub id: CompactString,
    /// What it is for, in the words of whoever issued it.
    pub label: String,
    /// The BLAKE3 of its secret, in hex.
    pub digest: Hidden,
    /// The role it speaks in: one of the person's.
    pub role: Role,
    pub issued: Timestamp,
    /// When it ends; at this instant it has ended.
    pub expires: Timestamp,
}

impl State {
    /// Where they stand, in a word for lists and views.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Who they are, or were.
    pub fn profile(&self) -> Option<&Profile> {
        match self {
            State::Unknown => None,
            State::Active(account) => Some(&account.profile),
            State::Dismissed(profile) => Some(profile),
        }
    }
}

impl Password {
    /// How it stands, in a word for lists and views.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// What a password is held against.
    pub fn phc(&self) -> Option<&Hidden> {
        match self {
            Password::Unset => None,
            Password::Temporary(phc) | Password::Own(phc) => Some(phc),
        }
    }
}
