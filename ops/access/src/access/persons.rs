//! Persons, as the command line and HTTP look after them: who there is, and what an admin or they themselves ask.
//!
//! Every command is asked by login name, never by a display name. What a refusal is called is for whoever asked.

use std::time::Duration;

use compact_str::CompactString;
use duban_actors::person::{ACTIVE, Command, DISMISSED, KIND, NewToken, Person, Profile, Refusal};
use duban_actors::role::Role;
use duban_runtime::answer::Novelty;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, Refusal as _};
use duban_runtime::journal::Journal;
use duban_runtime::node::Node;

use super::secret::{self, Secret, TokenText};
use super::{Failure, operators};
use duban_base::asking::{self, Asker, Done, No, Terms};
use duban_base::state;

/// Releases asked for one person to lose the role; each may be used up by somebody else who wants the same.
const RELEASES_MAX: u32 = 3;

/// Which persons.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    Active,
    /// Those who may not any more.
    Dismissed,
}

/// A person in the journal, and the sequence of what was read; none whom nobody ever enrolled.
pub fn find(journal: &Journal, login: &str) -> Result<Option<(Person, u64)>, Failure> {
    Ok(state::read(journal, login)?)
}

/// At most `limit` persons by their login names, those after `after`.
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
    for (login, _) in journal.list(&list, after, limit)? {
        persons.extend(find(journal, &login)?.map(|(person, _)| person));
    }
    Ok(persons)
}

/// What became of something that a person was asked.
pub type Outcome = Result<Done<Person>, No>;

/// Makes somebody this.
///
/// # Errors
/// When those who are operators cannot be read, or the system gives no random bytes.
pub async fn change(
    node: &Node,
    asker: &Asker,
    terms: Terms,
    login: &str,
    profile: Profile,
) -> Result<Outcome, Failure> {
    let change = |release| Command::Change { profile: profile.clone(), release };
    ask_released(node, asker, terms, login, change).await
}

/// Lets somebody in no more.
///
/// # Errors
/// When those who are operators cannot be read, or the system gives no random bytes.
pub async fn dismiss(
    node: &Node,
    asker: &Asker,
    terms: Terms,
    login: &str,
    reason: String,
) -> Result<Outcome, Failure> {
    let dismiss = |release| Command::Dismiss { reason: reason.clone(), release };
    ask_released(node, asker, terms, login, dismiss).await
}

/// Asks what may take the role of operator from somebody. The person says first whether it does, and whether anything
/// else stands in the way: nobody is released in vain.
async fn ask_released(
    node: &Node,
    asker: &Asker,
    terms: Terms,
    login: &str,
    command: impl Fn(Option<u64>) -> Command,
) -> Result<Outcome, Failure> {
    let mut outcome = asking::ask(node, asker, terms.clone(), login, command(None)).await;
    for _ in 0..RELEASES_MAX {
        if outcome.as_ref().err().and_then(No::code) != Some(Refusal::NotReleased.code()) {
            break;
        }
        match operators::release(node, asker, login).await? {
            Ok(release) => {
                let command = command(Some(release));
                outcome = asking::ask(node, asker, terms.clone(), login, command).await;
            }
            Err(no) => return Ok(Err(no)),
        }
    }
    Ok(outcome)
}

/// What a token shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenWish {
    pub label: String,
    /// The role it speaks in.
    pub role: Role,
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
        expires: Timestamp,
    },
    /// It is not, or was issued when this very command was asked before and cannot be shown again.
    Not(Outcome),
}

/// Issues a token for a person, in one of their roles.
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
