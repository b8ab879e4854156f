//! Persons, as the command line and HTTP look after them: who there is, and what an admin or they themselves ask.
//!
//! Every command is asked by login name, never by a display name, and comes back as the node's [`Answer`]: what a
//! refusal is called there is for whoever asked.

use std::time::Duration;

use compact_str::CompactString;
use duban_actors::person::{
    ACTIVE, Cause, Command, DISMISSED, Hidden, Issuer, KIND, NewToken, Person, Profile,
};
use duban_actors::role::Role;
use duban_runtime::answer::{Answer, Novelty};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId, Entity, EntityId};
use duban_runtime::journal::Journal;
use duban_runtime::node::{Ask, Node};

use serde::{Deserialize, Serialize};

use super::Failure;
use super::secret::{self, Secret, TokenText};

/// Persons that are looked through for operators; a county has some hundreds.
const PERSONS_MAX: usize = 4_096;
/// Persons read at a time.
const PAGE: usize = 256;
/// Who asks on the machine itself, where whoever may run the program may do everything.
pub const ON_THE_MACHINE: &str = "本机";

/// Who asks something of a person.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The login name, or [`ON_THE_MACHINE`].
    pub by: CompactString,
    /// The role in which they ask.
    pub role: Role,
    /// Identifies the command: asked twice, it is done once.
    pub id: CommandId,
    /// As whom they issue tokens.
    pub issuer: Issuer,
}

impl Asker {
    /// Whoever may run the program on the machine, as operator.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn on_the_machine() -> Result<Asker, Failure> {
        let by = CompactString::const_new(ON_THE_MACHINE);
        let (role, issuer) = (Role::Operator, Issuer::Person);
        Ok(Asker { by, role, id: secret::command_id()?, issuer })
    }

    /// The door itself.
    pub(super) fn door() -> Result<Asker, Failure> {
        let by = CompactString::const_new(Role::Door.as_str());
        let (role, issuer) = (Role::Door, Issuer::Person);
        Ok(Asker { by, role, id: secret::command_id()?, issuer })
    }

    fn at(&self, at: Timestamp) -> Asked {
        let role = CompactString::const_new(self.role.as_str());
        Asked { id: self.id, by: self.by.clone(), role, on_behalf_of: None, expected: None, at }
    }
}

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

/// Asks `command` of a person.
pub async fn ask(node: &Node, asker: &Asker, login: &str, command: Command) -> Answer {
    let asked = asker.at(node.clock().now());
    node.ask(Ask::of::<Person>(login, command, asked)).await
}

/// Lets somebody in from now on, once a password is set.
pub async fn enrol(node: &Node, asker: &Asker, login: &str, profile: Profile) -> Answer {
    ask(node, asker, login, Command::Enrol(profile)).await
}

/// Makes somebody this.
///
/// # Errors
/// When the other operators cannot be counted.
pub async fn change(
    node: &Node,
    asker: &Asker,
    login: &str,
    profile: Profile,
) -> Result<Answer, Failure> {
    let other_operators = other_operators(node.journal(), login)?;
    Ok(ask(node, asker, login, Command::Change { profile, other_operators }).await)
}

/// Sets a password that must be changed at the first sign-in.
pub async fn set_password(node: &Node, asker: &Asker, login: &str, phc: Hidden) -> Answer {
    ask(node, asker, login, Command::SetPassword { phc, cause: Cause::ByAdmin }).await
}

/// Lets somebody in no more.
///
/// # Errors
/// When the other operators cannot be counted.
pub async fn dismiss(
    node: &Node,
    asker: &Asker,
    login: &str,
    reason: String,
) -> Result<Answer, Failure> {
    let other_operators = other_operators(node.journal(), login)?;
    Ok(ask(node, asker, login, Command::Dismiss { reason, other_operators }).await)
}

/// Forgets wrong passwords.
pub async fn unlock(node: &Node, asker: &Asker, login: &str) -> Answer {
    ask(node, asker, login, Command::Unlock).await
}

/// Ends all tokens.
pub async fn revoke_all_tokens(node: &Node, asker: &Asker, login: &str) -> Answer {
    ask(node, asker, login, Command::RevokeAllTokens).await
}

/// Ends all sessions, and knows no browser any more.
pub async fn sign_out_everywhere(node: &Node, asker: &Asker, login: &str) -> Answer {
    ask(node, asker, login, Command::SignOutEverywhere).await
}

/// Ends a token.
pub async fn revoke_token(node: &Node, asker: &Asker, login: &str, id: &str) -> Answer {
    ask(node, asker, login, Command::RevokeToken { id: id.into() }).await
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
    Not(Answer),
}

/// Issues a token for a person, in one of their roles.
///
/// # Errors
/// When the system gives no random bytes.
pub async fn issue_token(
    node: &Node,
    asker: &Asker,
    login: &str,
    wish: TokenWish,
) -> Result<Issued, Failure> {
    let (secret, id) = (Secret::random()?, secret::token_id()?);
    let TokenWish { label, role, lifetime } = wish;
    let expires = node.clock().now() + lifetime;
    let digest = secret.digest();
    let token = NewToken { id: id.as_str().into(), label, digest, role, expires };
    let command = Command::IssueToken { token, issuer: asker.issuer };
    let answer = ask(node, asker, login, command).await;
    if !matches!(answer, Answer::Accepted { novelty: Novelty::First, .. }) {
        return Ok(Issued::Not(answer));
    }
    let text = TokenText { login, id: &id, secret }.expose();
    Ok(Issued::Token { text, id, expires })
}
