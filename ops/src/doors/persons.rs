//! Persons, as the command line and HTTP look after them: who there is, and what an admin or they themselves ask.
//!
//! Every command is asked by login name, never by a display name. What a refusal is called is for whoever asked.

use std::time::Duration;

use compact_str::CompactString;
use duban_actors::person::{ACTIVE, Command, DISMISSED, KIND, NewToken, Person, Profile};
use duban_actors::role::Role;
use duban_runtime::answer::Novelty;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity, EntityId};
use duban_runtime::journal::Journal;
use duban_runtime::node::Node;

use serde::{Deserialize, Serialize};

use super::Failure;
use super::secret::{self, Secret, TokenText};
use crate::asking::{self, Asker, Done, No, Terms};

/// Persons that are looked through for operators; a county has some hundreds.
const PERSONS_MAX: usize = 4_096;
/// Persons read at a time.
const PAGE: usize = 256;
/// Who asks on the machine itself, where whoever may run the program may do everything.
pub const ON_THE_MACHINE: &str = "本机";

/// Which persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// Those who may come in.
    Active,
    /// Those who may not any more.
    Dismissed,
}

/// A person in the journal, and the sequence of what was read; none whom nobody ever enrolled.
///
/// # Errors
/// When it cannot be read.
pub fn find(journal: &Journal, login: &str) -> Result<Option<(Person, u64)>, Failure> {
    let id = EntityId::new(KIND, login);
    let read = |stored: duban_runtime::record::Stored| {
        Ok::<_, Failure>((Person::from_stored(&id, &stored.state)?, stored.sequence))
    };
    journal.entity(&id)?.map(read).transpose()
}

/// At most `limit` persons by their login names, those after `after`.
///
/// # Errors
/// When they cannot be read.
pub fn list(
    journal: &Journal,
    which: Which,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Person>, Failure> {
    let list = match which {
        Which::Active => ACTIVE,
        Which::Dismissed => DISMISSED,
    };
    let after = after.map(|login| (CompactString::new(login), EntityId::new(KIND, login)));
    let mut persons = Vec::new();
    for (login, _) in journal.list(list, after, limit)? {
        persons.extend(find(journal, &login)?.map(|(person, _)| person));
    }
    Ok(persons)
}

/// How many but `login` could come in as operator; looks at `PERSONS_MAX` persons at most.
///
/// # Errors
/// When they cannot be read.
pub fn other_operators(journal: &Journal, login: &str) -> Result<u32, Failure> {
    let (mut operators, mut seen) = (0, 0);
    let mut after: Option<CompactString> = None;
    while seen < PERSONS_MAX {
        let page = list(journal, Which::Active, after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.login.clone());
        seen += page.len();
        let others = page.iter().filter(|person| person.login != login && person.is_operator());
        operators += u32::try_from(others.count()).unwrap_or(u32::MAX);
    }
    Ok(operators)
}

/// What became of something that a person was asked.
pub type Outcome = Result<Done<Person>, No>;

/// Makes somebody this.
///
/// # Errors
/// When the other operators cannot be counted.
pub async fn change(
    node: &Node,
    asker: &Asker,
    terms: Terms,
    login: &str,
    profile: Profile,
) -> Result<Outcome, Failure> {
    let other_operators = other_operators(node.journal(), login)?;
    let command = Command::Change { profile, other_operators };
    Ok(asking::ask(node, asker, terms, login, command).await)
}

/// Lets somebody in no more.
///
/// # Errors
/// When the other operators cannot be counted.
pub async fn dismiss(
    node: &Node,
    asker: &Asker,
    terms: Terms,
    login: &str,
    reason: String,
) -> Result<Outcome, Failure> {
    let other_operators = other_operators(node.journal(), login)?;
    let command = Command::Dismiss { reason, other_operators };
    Ok(asking::ask(node, asker, terms, login, command).await)
}

/// What a token shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenWish {
    /// What it is for.
    pub label: String,
    /// The role it speaks in.
    pub role: Role,
    /// For how long.
    pub lifetime: Duration,
}

/// What became of a wish for a token.
#[derive(Debug)]
pub enum Issued {
    /// It is valid; its text is known here and nowhere else, and is to be shown once.
    Token {
        /// The whole bearer token. Never for a log.
        text: String,
        /// Its id, which is no secret.
        id: String,
        /// When it ends.
        expires: Timestamp,
    },
    /// It is not, or was issued when this very command was asked before and cannot be shown again.
    Not(Outcome),
}

/// Issues a token for a person, in one of their roles.
///
/// # Errors
/// When the system gives no random bytes.
pub async fn issue_token(
    node: &Node,
    asker: &Asker,
    terms: Terms,
    login: &str,
    wish: TokenWish,
) -> Result<Issued, Failure> {
    let (secret, id) = (Secret::random()?, secret::token_id()?);
    let TokenWish { label, role, lifetime } = wish;
    let expires = node.clock().now() + lifetime;
    let digest = secret.digest();
    let token = NewToken { id: id.as_str().into(), label, digest, role, expires };
    let command = Command::IssueToken { token, issuer: asker.issuer };
    let outcome = asking::ask::<Person>(node, asker, terms, login, command).await;
    if !outcome.as_ref().is_ok_and(|done| done.novelty == Novelty::First) {
        return Ok(Issued::Not(outcome));
    }
    let text = TokenText { login, id: &id, secret }.expose();
    Ok(Issued::Token { text, id, expires })
}
