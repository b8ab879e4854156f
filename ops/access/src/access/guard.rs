//! The guard: turns what a visitor shows into who asks.
//!
//! A right password costs a hash and a commit, a wrong one a hash. A session or a token is known from memory, at once,
//! as long as no account has changed; otherwise the person is read, where that may wait. Nothing the guard remembers
//! outlives a change of the person, and nothing of it is needed: another guard over the same journal lets the same
//! people in. How many passwords may be tried from where is counted in memory, too ([`attempts`](super::attempts)).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::person::{
    Browser, Cause, Command, Forgotten, Hidden, Issuer, LABEL_CHARS_MAX, Password, Person, Profile,
    Session, Shown, is_login,
};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;
use duban_runtime::node::Node;

use super::Failure;
use super::attempts::{Attempts, Familiarity, Pace, Shut, Whoever};
use super::denied::{Decided, Denied, decided};
use super::guessed::Guessed;
use super::origin::{Network, Origin};
use super::password::{self, Hasher, Match};
use super::persons;
use super::queue::Whose;
use super::secret::{Secret, SessionText, TokenText};
use duban_base::aside;
use duban_base::asking::{self, Asker};

/// How long a session lasts: a long day's work.
pub const SESSION: Duration = Duration::from_hours(12);
/// How long a browser is known after a sign-in.
pub const BROWSER: Duration = Duration::from_hours(24 * 180);
/// Visitors that the guard remembers; one more, and it forgets them all and reads them again.
const SEEN_MAX: usize = 4_096;

/// Somebody who has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub login: CompactString,
    /// Who they are; a session speaks in each of its roles.
    pub profile: Profile,
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
        until: Timestamp,
    },
    /// With a bearer token.
    Token {
        id: CompactString,
        /// The one role it speaks in.
        role: Role,
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

    /// How they ask in `role`; none for a role they do not hold here.
    pub fn asker(&self, role: Role) -> Option<Asker> {
        self.holds(role).then(|| self.asker_in(role))
    }

    /// How they ask in `role`, which is one of theirs.
    pub fn asker_in(&self, role: Role) -> Asker {
        let issuer = self.issuer();
        Asker { issuer, ..Asker::of_account(&self.login, &self.profile, role) }
    }

    /// As whom they issue tokens.
    pub fn issuer(&self) -> Issuer {
        match &self.entry {
            Entry::Session { .. } => Issuer::Person,
            Entry::Token { until, .. } => Issuer::Token(*until),
        }
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
    pub visitor: Arc<Visitor>,
    /// What they come back with.
    pub browser: Met,
}

/// Whether a browser was seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Met {
    Before,
    /// It was not: what it shows from now on.
    Now(Secret),
}

impl Entered {
    /// The text of the cookie. Never for a log.
    pub fn cookie(&self) -> String {
        let secret = self.session.clone();
        SessionText { login: &self.visitor.login, secret }.expose()
    }
}

/// What the guard remembers of a visitor.
struct Seen {
    /// Of all accounts, before this one was read.
    revision: u64,
    visitor: Arc<Visitor>,
}

/// Looks at what visitors show.
pub struct Guard {
    node: Arc<Node>,
    hasher: Hasher,
    /// By the hash of the whole text that was shown.
    seen: Mutex<HashMap<[u8; 32], Seen>>,
    tries: Attempts,
    guessed: Guessed,
}

/// Somebody who says that they are `login`.
struct Claim<'a> {
    login: &'a str,
    password: &'a str,
    /// Whoever that is, if it is somebody.
    person: Option<&'a Person>,
    network: Network,
    standing: Familiarity<'a>,
}

impl Guard {
    /// A guard before the persons of `node`.
    pub fn before(node: Arc<Node>) -> Result<Guard, Failure> {
        let (hasher, tries, seen) = (Hasher::start()?, Attempts::none()?, Mutex::default());
        Ok(Guard { node, hasher, seen, tries, guessed: Guessed::default() })
    }

    /// What hashes passwords, for whoever sets one.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Accounts for which strangers try so many passwords that they are slowed down.
    pub fn guessed(&self) -> Vec<CompactString> {
        self.guessed.at(self.node.clock().now())
    }

    /// Begins a session. A login name that nobody has costs a hash, too, and is answered like a wrong password.
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
        from: &Origin<'_>,
    ) -> Result<Entered, Denied> {
        let person = if is_login(login) { self.find(login).await? } else { None };
        let (person, now) = (person.as_ref(), self.node.clock().now());
        let known = known(person, from, now);
        let standing = known.as_ref().map_or(Familiarity::Stranger, Familiarity::Known);
        let network = from.network;
        self.proven(&Claim { login, password, person, network, standing }).await?;
        let now = self.node.clock().now();
        let session = Secret::random()?;
        let device: String =
            from.device.chars().filter(|c| !c.is_control()).take(LABEL_CHARS_MAX).collect();
        let (shown, browser) = met(known, &device, now)?;
        let (digest, until) = (session.digest(), now + SESSION);
        let session_begun = Session { digest, begun: now, until, device };
        let command = Command::SignIn { session: session_begun, shown };
        self.accepted(login, &door(), command).await?;
        let text = SessionText { login, secret: session.clone() }.expose();
        let visitor = self.by_session(&text).await?.ok_or(Denied::Wrong)?;
        Ok(Entered { session, visitor, browser })
    }

    /// Lets a visitor choose another password; all their sessions and tokens end, this one, too. The old password counts
    /// as a sign-in from `network` would.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        (old, new): (&str, &str),
        network: Network,
    ) -> Result<(), Denied> {
        password::check(new, &visitor.login)?;
        let (login, person) = (visitor.login.as_str(), self.find(&visitor.login).await?);
        let (person, standing) = (person.as_ref(), Familiarity::Inside);
        self.proven(&Claim { login, password: old, person, network, standing }).await?;
        let phc = self.hasher.hash(new).await?;
        let role = visitor.roles().first().copied().ok_or(Denied::Wrong)?;
        let asker = visitor.asker(role).ok_or(Denied::Wrong)?;
        let command = Command::SetPassword { phc, cause: Cause::ByThemselves };
        self.accepted(&visitor.login, &asker, command).await
    }

    /// Who shows this session; none if it is not one, or has ended.
    pub async fn by_session(&self, text: &str) -> Result<Option<Arc<Visitor>>, Failure> {
        let Some(shown) = SessionText::parse(text) else { return Ok(None) };
        self.admitted(text, shown.login, |person, now| {
            let session = person.session(shown.secret.digest().expose(), now)?;
            let password = match person.account().ok()?.password {
                Password::Temporary(_) => Chosen::ByAdmin,
                Password::Own(_) | Password::Unset => Chosen::ByThemselves,
            };
            Some(Entry::Session { csrf: shown.secret.csrf(), password, until: session.until })
        })
        .await
    }

    /// Who shows this bearer token; none if it is not one, or has ended.
    pub async fn by_token(&self, text: &str) -> Result<Option<Arc<Visitor>>, Failure> {
        let Some(shown) = TokenText::parse(text) else { return Ok(None) };
        self.admitted(text, shown.login, |person, now| {
            let token = person.token(shown.id, now)?;
            let entry =
                Entry::Token { id: token.id.clone(), role: token.role, until: token.expires };
            shown.secret.is_of(&token.digest).then_some(entry)
        })
        .await
    }

    /// Ends a session. One that is not there has ended.
    ///
    /// # Errors
    /// When nothing was decided.
    pub async fn sign_out(&self, text: &str) -> Result<(), Denied> {
        let Some(shown) = SessionText::parse(text) else { return Ok(()) };
        let command = Command::SignOut { digest: shown.secret.digest() };
        decided(asking::ask_once(&self.node, &door(), shown.login, command).await).map(|_either| ())
    }

    /// Nothing, if this is the password of that person. A wrong one is counted where it comes from.
    async fn proven(&self, claim: &Claim<'_>) -> Result<(), Denied> {
        let Claim { login, password, person, network, standing } = *claim;
        let now = self.node.clock().now();
        let forgotten = person.map_or(Forgotten::NONE, Person::forgotten);
        let who = Whoever { login, network, standing, forgotten };
        // While the door is shut no password is looked at: neither right nor wrong is to be learnt.
        let tried = self.tries.begin(&who, now).map_err(|shut| self.denied(claim, shut, now))?;
        let phc = person.and_then(Person::phc);
        let of_any_length = password.chars().count() <= password::CHARS_MAX;
        let whose = match standing {
            Familiarity::Known(_) | Familiarity::Inside => Whose::Known,
            Familiarity::Stranger => Whose::Stranger(network),
        };
        match self.hasher.verify_for(password, phc.filter(|_| of_any_length), whose).await {
            Ok(Match::Right) => {
                self.tries.right(&tried);
                Ok(())
            }
            Ok(Match::Wrong) => {
                if tried.pace == Pace::Guessing {
                    self.note(claim, now);
                }
                Err(Denied::Wrong)
            }
            Err(failure) => {
                self.tries.undone(&tried);
                Err(failure.into())
            }
        }
    }

    fn denied(&self, claim: &Claim<'_>, shut: Shut, now: Timestamp) -> Denied {
        match shut {
            Shut::Here(until) => Denied::Locked { until },
            Shut::Network(until) => Denied::Crowded { until },
            Shut::Account(until) => {
                self.note(claim, now);
                Denied::Crowded { until }
            }
        }
    }

    /// What somebody types as a name may be a password: only names that somebody has are told.
    fn note(&self, claim: &Claim<'_>, now: Timestamp) {
        if claim.person.is_some() {
            self.guessed.note(claim.login, now);
        }
    }

    async fn accepted(&self, login: &str, asker: &Asker, command: Command) -> Result<(), Denied> {
        match decided(asking::ask_once(&self.node, asker, login, command).await)? {
            Decided::Accepted => Ok(()),
            Decided::Refused => Err(Denied::Wrong),
        }
    }

    async fn find(&self, login: &str) -> Result<Option<Person>, Failure> {
        let login = CompactString::new(login);
        let found = aside::read(&self.node, move |journal| persons::find(journal, &login)).await?;
        Ok(found.map(|(person, _)| person))
    }

    /// Whoever shows `text`, from memory and at once if nothing has happened to any account since.
    async fn admitted(
        &self,
        text: &str,
        login: &str,
        look: impl FnOnce(&Person, Timestamp) -> Option<Entry>,
    ) -> Result<Option<Arc<Visitor>>, Failure> {
        let now = self.node.clock().now();
        let shown = *blake3::hash(text.as_bytes()).as_bytes();
        let revision = self.node.journal().revision(duban_actors::person::KIND);
        if let Some(visitor) = self.remembered(&shown, revision) {
            return Ok((visitor.until() > now).then_some(visitor));
        }
        // In a box, as it is seldom: every request carries the room for it otherwise.
        let Some(person) = Box::pin(self.find(login)).await? else { return Ok(None) };
        let Some(entry) = look(&person, now) else { return Ok(None) };
        let Some(profile) = person.standing.profile().cloned() else { return Ok(None) };
        let visitor = Arc::new(Visitor { login: person.login, profile, entry });
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= SEEN_MAX && !seen.contains_key(&shown) {
            seen.clear();
        }
        seen.insert(shown, Seen { revision, visitor: Arc::clone(&visitor) });
        Ok(Some(visitor))
    }

    fn remembered(&self, shown: &[u8; 32], revision: u64) -> Option<Arc<Visitor>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.get(shown).filter(|known| known.revision == revision)?;
        Some(Arc::clone(&known.visitor))
    }
}

/// The door itself.
fn door() -> Asker {
    Asker::system(Role::Door.as_str(), Role::Door)
}

/// The digest of the browser that is shown, if the person was in it before.
fn known(person: Option<&Person>, from: &Origin<'_>, now: Timestamp) -> Option<Hidden> {
    let digest = Secret::parse(from.browser?)?.digest();
    person?.knows(digest.expose(), now).then_some(digest)
}

fn met(known: Option<Hidden>, device: &str, now: Timestamp) -> Result<(Shown, Met), Failure> {
    if known.is_some() {
        return Ok((Shown::Known, Met::Before));
    }
    let secret = Secret::random()?;
    let (digest, device) = (secret.digest(), device.to_owned());
    let browser = Browser { digest, since: now, until: now + BROWSER, device };
    Ok((Shown::New(browser), Met::Now(secret)))
}
