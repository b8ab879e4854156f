//! The reservation of the last operator (article 12): who may come in as operator, and who of them is about to go.
//!
//! One entity, so that two who send each other away are decided one after the other. Whoever is to lose the role is
//! *released* here first, which is refused when nobody else would be left, and only then asked; a person refuses to
//! lose it without a release that still counts. A release that was not used in time is taken back: the person declares
//! it void, says what they are, and is counted again. Whoever gains or loses the role says so here by a tell.
//!
//! What is kept is never more than what is: everybody counted here is an operator, and stays one unless released.

mod lifecycle;
mod refusal;

use std::collections::BTreeSet;
use std::time::Duration;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Kind;
use serde::{Deserialize, Serialize};

use crate::tells::{self, ToOperators};

pub use crate::tells::Post;
pub use refusal::Refusal;

/// The reservation on disk.
pub const KIND: Kind = tells::OPERATORS;
/// Its key: there is one.
pub const KEY: &str = tells::ALL_OPERATORS;
/// Operators that are counted. Of more, nobody is harmed: the count is then too small, never too great.
pub const COUNTED_MAX: usize = 64;
/// Releases that are under way at a time; one more is refused until one of them is settled.
pub const RELEASED_MAX: usize = 32;
/// How long a release may be used before it is asked what became of it.
pub const RELEASE_FOR: Duration = Duration::from_secs(30);
/// When it is asked again whether somebody has gone who gave no answer, as one who is quarantined.
pub const ASKED_AGAIN_AFTER: Duration = Duration::from_hours(1);

/// Who may come in as operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operators {
    /// Whether those who were operators before there was a reservation are known.
    pub begun: Begun,
    /// How many releases were given: the number of the last one.
    pub releases: u64,
    /// Who is counted, by login name; at most [`COUNTED_MAX`].
    pub counted: BTreeSet<CompactString>,
    /// Who is released, and not counted; at most [`RELEASED_MAX`], none twice.
    pub released: Vec<Release>,
}

/// Whether those of before are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Begun {
    /// Nobody is released until they are.
    NotYet,
    /// Everybody who was operator has been counted.
    Filled,
}

/// Leave to lose the role, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub login: CompactString,
    /// Greater than that of every release before.
    pub number: u64,
    /// When it is asked what became of it.
    pub due: Timestamp,
}

impl Operators {
    /// The number of the release that `login` may use; none who is not released.
    pub fn release_of(&self, login: &str) -> Option<u64> {
        self.released_as(login).map(|release| release.number)
    }

    fn released_as(&self, login: &str) -> Option<&Release> {
        self.released.iter().find(|release| release.login == login)
    }
}

/// What can be asked of the reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Count those who were operators before there was a reservation. Nobody of them can have gone meanwhile: nobody
    /// is released before.
    Fill {
        /// Their login names.
        logins: Vec<CompactString>,
    },
    /// Let somebody lose the role.
    Release { login: CompactString },
    /// A person has become operator.
    Joined { login: CompactString },
    /// A person has used their release.
    Left { login: CompactString, release: u64 },
    /// A person has declared all releases up to this one void.
    Recalled { login: CompactString, release: u64, post: Post },
}

impl From<ToOperators> for Command {
    fn from(told: ToOperators) -> Command {
        match told {
            ToOperators::Joined { login } => Command::Joined { login },
            ToOperators::Left { login, release } => Command::Left { login, release },
            ToOperators::Recalled { login, release, post } => {
                Command::Recalled { login, release, post }
            }
        }
    }
}

/// What happened to the reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Those of before are counted.
    Filled {
        /// Their login names, as many as fit.
        logins: Vec<CompactString>,
    },
    /// Somebody may lose the role, and is counted no more. An earlier release of theirs is replaced.
    Released(Release),
    /// Somebody is counted.
    Joined { login: CompactString },
    /// Somebody has gone.
    Left {
        login: CompactString,
        /// The release they used.
        release: u64,
    },
    /// Somebody is asked what became of their release.
    AskedBack(Release),
    /// A release is void: its person is counted again.
    Returned { login: CompactString, release: u64 },
    /// What was said is known already, out of date, or finds no room: nothing changes.
    Noted { login: CompactString },
}
