//! The guard: turns what a visitor shows into who asks.
//!
//! A password costs a hash and a commit; a session or a token costs one reading of the person from the journal, whose
//! sequence says whether what the guard remembers of them still holds. Nothing the guard remembers outlives a change
//! of the person, and nothing of it is needed: another guard over the same journal answers the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::person::{
    Cause, Command, LABEL_CHARS_MAX, Password, Person, Profile, Refusal, Session, Verdict, is_login,
};
use duban_actors::role::Role;
use duban_runtime::answer::Answer;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId, EntityId};
use duban_runtime::node::Node;

use super::Failure;
use super::password::{self, Hasher, Match, RETRY_AFTER, Unfit};
use super::persons::{self, Asker};
use super::secret::{Secret, SessionText, TokenText};
use super::strangers::Strangers;

/// How long a session lasts: a long day's work.
pub const SESSION: Duration = Duration::from_hours(12);
/// Visitors that the guard remembers; one more, and it forgets them all and reads them again.
const SEEN_MAX: usize = 4_096;

/// Somebody who has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The login name.
    pub login: CompactString,
    /// Who they are; a session speaks in each of its roles.
    pub profile: Profile,
    /// How they have come in.
    pub entry: Entry,
}

/// How somebody has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// With a password, some time ago.
    Session {
        /// What a form must bring with it.
        csrf: String,
        /// Whose choice the password is.
        password: Chosen,
        /// When the session ends.
        until: Timestamp,
    },
    /// With a bearer token.
    Token {
        /// Which of theirs.
        id: CompactString,
        /// The one role it speaks in.
        role: Role,
        /// When it ends.
        until: Timestamp,
    },
}

/// Whose choice a password is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// An admin's: nothing is to be done with it but choosing another one.
    ByAdmin,
    /// The person's.
    ByThemselves,
}

impl Visitor {
    /// The roles in which they may ask here.
    pub fn roles(&self) -> &[Role] {
        match &self.entry {
            Entry::Session { .. } => &self.profile.roles,
            Entry::Token { role, .. } => std::slice::from_ref(role),
        }
    }

    /// Whether they may ask in this role here.
    pub fn holds(&self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// As whom they ask in `role`: what [`duban_actors::role`] says of `Asked::by`.
    pub fn by(&self, role: Role) -> CompactString {
        self.profile.asks_as(role)
    }

    /// How they ask a case, a unit, a collector in `role`; none for a role they do not hold here.
    pub fn asked(&self, role: Role, id: CommandId, at: Timestamp) -> Option<Asked> {
        let by = self.holds(role).then(|| self.by(role))?;
        let role = CompactString::const_new(role.as_str());
        Some(Asked { id, by, role, on_behalf_of: None, expected: None, at })
    }

    /// How they ask a person, themselves or another, in `role`; none for a role they do not hold here.
    pub fn asker(&self, role: Role, id: CommandId) -> Option<Asker> {
        self.holds(role).then(|| Asker { by: self.login.clone(), role, id })
    }

    fn until(&self) -> Timestamp {
        match &self.entry {
            Entry::Session { until, .. } | Entry::Token { until, .. } => *until,
        }
    }
}

/// A session that has begun.
#[derive(Debug)]
pub struct Entered {
    /// What the visitor shows from now on; hides in every log.
    pub session: Secret,
    /// Who they are.
    pub visitor: Arc<Visitor>,
}

impl Entered {
    /// The text of the cookie. Never for a log.
    pub fn cookie(&self) -> String {
        let secret = self.session.clone();
        SessionText { login: &self.visitor.login, secret }.expose()
    }
}

/// Why somebody does not come in.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The login name or the password is wrong, or there is no way in: never said which.
    #[error("login or password is wrong")]
    Wrong,
    /// Too many passwords were wrong. Said whether or not the password is right.
    #[error("locked out")]
    Locked {
        /// No password lets them in before this instant.
        until: Timestamp,
    },
    /// A new password cannot be one.
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// No room: nothing was done.
    #[error("busy")]
    Busy {
        /// When to ask again.
        retry_after: Duration,
    },
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
            | Failure::Corrupt(_)
            | Failure::Undecided(_) => Denied::Failed(failure),
        }
    }
}

/// What the guard remembers of a visitor.
struct Seen {
    sequence: u64,
    visitor: Arc<Visitor>,
}

/// Looks at what visitors show.
pub struct Guard {
    node: Arc<Node>,
    hasher: Hasher,
    /// By the hash of the whole text that was shown.
    seen: Mutex<HashMap<[u8; 32], Seen>>,
    strangers: Strangers,
}

impl Guard {
    /// A guard before the persons of `node`.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn before(node: Arc<Node>) -> Result<Guard, Failure> {
        let (hasher, strangers) = (Hasher::start()?, Strangers::default());
        Ok(Guard { node, hasher, seen: Mutex::default(), strangers })
    }

    /// What hashes passwords, for whoever sets one.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Begins a session. A login name that nobody has costs a hash, too, and is answered like a wrong password.
    ///
    /// # Errors
    /// Why not.
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
        device: &str,
    ) -> Result<Entered, Denied> {
        self.proven(login, password).await?;
        let now = self.node.clock().now();
        let session = Secret::random()?;
        let device = device.chars().filter(|c| !c.is_control()).take(LABEL_CHARS_MAX).collect();
        let (digest, until) = (session.digest(), now + SESSION);
        let verdict = Verdict::Right(Session { digest, begun: now, until, device });
        self.accepted(login, &Asker::door()?, Command::SignIn(verdict)).await?;
        let shown = SessionText { login, secret: session.clone() }.expose();
        let visitor = self.by_session(&shown)?.ok_or(Denied::Wrong)?;
        Ok(Entered { session, visitor })
    }

    /// Lets a visitor choose another password; all their sessions end, this one, too. The old password counts as a
    /// sign-in would: a wrong one leads to a lock-out.
    ///
    /// # Errors
    /// Why not.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        old: &str,
        new: &str,
    ) -> Result<(), Denied> {
        password::check(new, &visitor.login)?;
        self.proven(&visitor.login, old).await?;
        let phc = self.hasher.hash(new).await?;
        let role = visitor.roles().first().copied().ok_or(Denied::Wrong)?;
        let asker = Asker { by: visitor.login.clone(), role, id: super::secret::command_id()? };
        let command = Command::SetPassword { phc, cause: Cause::ByThemselves };
        self.accepted(&visitor.login, &asker, command).await
    }

    /// Who shows this session; none if it is not one, or has ended.
    ///
    /// # Errors
    /// When the person cannot be read.
    pub fn by_session(&self, text: &str) -> Result<Option<Arc<Visitor>>, Failure> {
        let Some(shown) = SessionText::parse(text) else { return Ok(None) };
        self.admitted(text, shown.login, |person, now| {
            let session = person.session(shown.secret.digest().expose(), now)?;
            let password = match person.account().ok()?.password {
                Password::Temporary(_) => Chosen::ByAdmin,
                Password::Own(_) | Password::Unset => Chosen::ByThemselves,
            };
            Some(Entry::Session { csrf: shown.secret.csrf(), password, until: session.until })
        })
    }

    /// Who shows this bearer token; none if it is not one, or has ended.
    ///
    /// # Errors
    /// When the person cannot be read.
    pub fn by_token(&self, text: &str) -> Result<Option<Arc<Visitor>>, Failure> {
        let Some(shown) = TokenText::parse(text) else { return Ok(None) };
        self.admitted(text, shown.login, |person, now| {
            let token = person.token(shown.id, now)?;
            let entry =
                Entry::Token { id: token.id.clone(), role: token.role, until: token.expires };
            shown.secret.is_of(&token.digest).then_some(entry)
        })
    }

    /// Ends a session. One that is not there has ended.
    ///
    /// # Errors
    /// When nothing was decided.
    pub async fn sign_out(&self, text: &str) -> Result<(), Denied> {
        let Some(shown) = SessionText::parse(text) else { return Ok(()) };
        let command = Command::SignOut { digest: shown.secret.digest() };
        let answer = persons::ask(&self.node, &Asker::door()?, shown.login, command).await;
        decided(answer).map(|_either| ())
    }

    /// Nothing, if this is the password of that person. A wrong one is recorded.
    async fn proven(&self, login: &str, password: &str) -> Result<(), Denied> {
        let known = if is_login(login) { self.find(login)? } else { None };
        let now = self.node.clock().now();
        // While the door is shut no password is looked at: neither right nor wrong is to be learnt.
        let entry = known.as_ref().map(|person| person.may_enter(now));
        if let Some(Err(Refusal::Locked { until })) = entry {
            return Err(Denied::Locked { until });
        }
        let phc = known.as_ref().and_then(Person::phc);
        let barred = if phc.is_none() { self.strangers.shut(login, now) } else { None };
        if let Some(until) = barred {
            return Err(Denied::Locked { until });
        }
        let of_any_length = password.chars().count() <= password::CHARS_MAX;
        let found = self.hasher.verify(password, phc.filter(|_| of_any_length)).await?;
        match (found, phc) {
            (Match::Right, _) => Ok(()),
            (Match::Wrong, Some(_)) => {
                self.accepted(login, &Asker::door()?, Command::SignIn(Verdict::Wrong)).await?;
                Err(Denied::Wrong)
            }
            (Match::Wrong, None) => match self.strangers.tried(login, now) {
                Some(until) => Err(Denied::Locked { until }),
                None => Err(Denied::Wrong),
            },
        }
    }

    async fn accepted(&self, login: &str, asker: &Asker, command: Command) -> Result<(), Denied> {
        let answer = persons::ask(&self.node, asker, login, command).await;
        if decided(answer)? == Decided::Accepted {
            return Ok(());
        }
        let entry = self.find(login)?.map(|person| person.may_enter(self.node.clock().now()));
        if let Some(Err(Refusal::Locked { until })) = entry {
            return Err(Denied::Locked { until });
        }
        Err(Denied::Wrong)
    }

    fn find(&self, login: &str) -> Result<Option<Person>, Failure> {
        Ok(persons::find(self.node.journal(), login)?.map(|(person, _)| person))
    }

    /// Whoever shows `text`, from memory if nothing has happened to them since.
    fn admitted(
        &self,
        text: &str,
        login: &str,
        look: impl FnOnce(&Person, Timestamp) -> Option<Entry>,
    ) -> Result<Option<Arc<Visitor>>, Failure> {
        let now = self.node.clock().now();
        let shown = *blake3::hash(text.as_bytes()).as_bytes();
        let id = EntityId::new(duban_actors::person::KIND, login);
        let Some(sequence) = self.node.journal().sequence(&id)? else { return Ok(None) };
        if let Some(visitor) = self.remembered(&shown, sequence) {
            return Ok((visitor.until() > now).then_some(visitor));
        }
        let Some((person, sequence)) = persons::find(self.node.journal(), login)? else {
            return Ok(None);
        };
        let Some(entry) = look(&person, now) else { return Ok(None) };
        let Some(profile) = person.standing.profile().cloned() else { return Ok(None) };
        let visitor = Arc::new(Visitor { login: person.login, profile, entry });
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= SEEN_MAX && !seen.contains_key(&shown) {
            seen.clear();
        }
        seen.insert(shown, Seen { sequence, visitor: Arc::clone(&visitor) });
        Ok(Some(visitor))
    }

    fn remembered(&self, shown: &[u8; 32], sequence: u64) -> Option<Arc<Visitor>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.get(shown).filter(|known| known.sequence == sequence)?;
        Some(Arc::clone(&known.visitor))
    }
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decided {
    Accepted,
    Refused,
}

fn decided(answer: Answer) -> Result<Decided, Denied> {
    match answer {
        Answer::Accepted { .. } => Ok(Decided::Accepted),
        Answer::Refused { .. } => Ok(Decided::Refused),
        Answer::Busy { retry_after } => Err(Denied::Busy { retry_after }),
        undecided @ (Answer::Stale { .. }
        | Answer::Quarantined { .. }
        | Answer::DeadLetter { .. }
        | Answer::Failed { .. }
        | Answer::Recorded
        | Answer::Claimed(_)) => Err(Denied::Failed(Failure::Undecided(format!("{undecided:?}")))),
    }
}
