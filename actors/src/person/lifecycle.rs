//! The life of a person at the doors: articles 7 and 12. Pure.
//!
//! ```text
//! Unknown ─Enrol─► Active ─Dismiss─► Dismissed
//!                   ▲ │ ▲               │
//!    everything else└─┘ └────Enrol──────┘
//! ```
//! The whole standing × command grid is kept in `tests/tables/person.txt`.

use std::time::Duration;

use duban_rules::line;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Corrupt, Effect, Entity, EntityId, Kind, ListKey, Listing};
use serde_json::{Value, json};

use super::{
    ACTIVE, Account, BROWSERS_ALIKE_MAX, BROWSERS_MAX, Browser, Cause, Command, DISMISSED, Event,
    Forgotten, Hidden, Issuer, KIND, LABEL_CHARS_MAX, NewToken, OPEN_FOR, Password, Person,
    Profile, Refusal, SESSIONS_MAX, Session, Shown, Standing, TOKEN_DAYS_MAX, TOKEN_ID_MAX,
    TOKENS_MAX, Token, effects, is_login,
};
use crate::context::Context;
use crate::refusal::{self, Common};
use crate::role::{Duty, Role, role_of};

impl Entity for Person {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 3;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Person {
        Person { login: id.key.clone(), standing: Standing::Unknown, void_until: 0 }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        permit(self, command, asked)?;
        let event = match (&self.standing, command) {
            (_, Command::Recall { release }) => Event::ReleaseRecalled { release: *release },
            (Standing::Unknown | Standing::Dismissed(_), Command::Enrol(profile)) => {
                if !is_login(&self.login) {
                    return Err(Refusal::NotALogin { login: self.login.clone() });
                }
                profile.check(&self.login, cx)?;
                Event::Enrolled(profile.clone())
            }
            (Standing::Active(_), Command::Enrol(_)) => return Err(Refusal::AlreadyEnrolled),
            (Standing::Unknown, _) => return Err(Refusal::NotEnrolled),
            (Standing::Dismissed(_), _) => return Err(Refusal::Dismissed),

            (Standing::Active(account), Command::Change { profile, release }) => {
                profile.check(&self.login, cx)?;
                return account.change(profile, self.usable(*release));
            }
            (Standing::Active(account), Command::SetPassword { phc, cause }) => {
                return Ok(account.set_password(phc, *cause, asked.at));
            }
            (Standing::Active(_), Command::SignIn { session, shown }) => {
                self.may_enter()?;
                return sign_in(session, shown, asked.at);
            }
            (Standing::Active(account), Command::SignOut { digest }) => account.sign_out(digest)?,
            (Standing::Active(account), Command::SignOutEverywhere) => {
                if account.sessions.is_empty() && account.browsers.is_empty() {
                    return Err(Refusal::NoSession);
                }
                Event::SignedOutEverywhere
            }
            (Standing::Active(account), Command::IssueToken { token, issuer }) => {
                Event::TokenIssued(account.issue(token, *issuer, asked.at)?)
            }
            (Standing::Active(account), Command::RevokeAllTokens) => {
                if account.tokens.is_empty() {
                    return Err(Refusal::NoToken);
                }
                Event::TokensRevoked
            }
            (Standing::Active(account), Command::RevokeToken { id }) => {
                if !account.tokens.iter().any(|token| token.id == *id) {
                    return Err(Refusal::NoSuchToken { id: id.clone() });
                }
                Event::TokenRevoked { id: id.clone() }
            }
            (Standing::Active(account), Command::Dismiss { reason, release }) => {
                let reason = refusal::reason(reason)?;
                let ceased = account.ceased(&[], self.usable(*release))?;
                let gone = Event::Dismissed { reason };
                return Ok(std::iter::once(gone).chain(ceased).collect());
            }
            (Standing::Active(_), Command::Unlock) => {
                let (until, open_until) = (asked.at, asked.at + OPEN_FOR);
                Event::WrongPasswordsForgotten(Forgotten { until, open_until })
            }
        };
        Ok(vec![event])
    }

    fn evolve(self, event: &Event) -> Result<Person, Corrupt> {
        if let Event::CeasedAsOperator { release } | Event::ReleaseRecalled { release } = event {
            return Ok(Person { void_until: self.void_until.max(*release), ..self });
        }
        let standing = match (self.standing, event) {
            (Standing::Unknown | Standing::Dismissed(_), Event::Enrolled(profile)) => {
                Standing::Active(Box::new(Account {
                    profile: profile.clone(),
                    password: Password::Unset,
                    forgotten: Forgotten::NONE,
                    sessions: Vec::new(),
                    tokens: Vec::new(),
                    browsers: Vec::new(),
                }))
            }
            (Standing::Active(account), Event::Dismissed { .. }) => {
                Standing::Dismissed(account.profile)
            }
            (Standing::Active(mut account), event) => {
                account.take(event)?;
                Standing::Active(account)
            }

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(Person { standing, ..self })
    }

    fn listing(&self) -> Listing {
        let list = match &self.standing {
            Standing::Unknown => return Listing::default(),
            Standing::Active(_) => ACTIVE,
            Standing::Dismissed(_) => DISMISSED,
        };
        Listing(vec![ListKey { list: list.into(), order: self.login.clone() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(self, event)
    }

    /// Neither a PHC string nor a digest is ever among it.
    fn view(&self) -> Value {
        let mut view = json!({ "login": self.login, "standing": self.standing.name() });
        let Some(fields) = view.as_object_mut() else { return view };
        if let Some(profile) = self.standing.profile() {
            fields.insert("name".into(), json!(profile.name));
            fields.insert("roles".into(), json!(profile.roles));
            fields.insert("unit".into(), json!(profile.unit));
            fields.insert("collector".into(), json!(profile.collector));
        }
        if let Standing::Active(account) = &self.standing {
            fields.extend(seen(account));
        }
        view
    }
}

impl Person {
    /// The release, if it counts.
    fn usable(&self, release: Option<u64>) -> Option<u64> {
        release.filter(|release| *release > self.void_until)
    }
}

impl Account {
    fn change(&self, profile: &Profile, release: Option<u64>) -> Result<Vec<Event>, Refusal> {
        if *profile == self.profile {
            return Err(Refusal::Unchanged);
        }
        let ceased = self.ceased(&profile.roles, release)?;
        let became = self.became(profile, self.password.phc());
        // What a program was let in for was this role, there.
        let goes_on =
            |role| profile.holds(role) && profile.place_of(role) == self.profile.place_of(role);
        let gone = self.tokens.iter().filter(|token| !goes_on(token.role));
        let ended = gone.map(|token| Event::TokenRevoked { id: token.id.clone() });
        let changed = std::iter::once(Event::Changed(profile.clone()));
        Ok(changed.chain(ended).chain(ceased).chain(became).collect())
    }

    /// An operator can never be locked out of everything: somebody must be left who may let the others in. Whether
    /// somebody is, nobody can say who sees one person only; whoever may go has been released.
    fn ceased(&self, roles: &[Role], release: Option<u64>) -> Result<Option<Event>, Refusal> {
        if !self.profile.holds(Role::Operator) || roles.contains(&Role::Operator) {
            return Ok(None);
        }
        let release = release.ok_or(Refusal::NotReleased)?;
        Ok(Some(Event::CeasedAsOperator { release }))
    }

    /// Whether they become operator by being this, and coming in by this password.
    fn became(&self, profile: &Profile, phc: Option<&Hidden>) -> Option<Event> {
        let is = profile.holds(Role::Operator) && phc.is_some();
        let was = self.profile.holds(Role::Operator) && self.password.phc().is_some();
        (is && !was).then_some(Event::BecameOperator)
    }

    fn set_password(&self, phc: &Hidden, cause: Cause, at: Timestamp) -> Vec<Event> {
        let became = self.became(&self.profile, Some(phc));
        let phc = phc.clone();
        let mut events = match cause {
            // Whoever asks an admin for a new password has tried the old one, as a rule.
            Cause::ByAdmin => vec![
                Event::PasswordSet(Password::Temporary(phc)),
                Event::WrongPasswordsForgotten(Forgotten { until: at, open_until: at }),
            ],
            Cause::ByThemselves => vec![Event::PasswordSet(Password::Own(phc))],
        };
        if !self.tokens.is_empty() {
            events.push(Event::TokensRevoked);
        }
        events.extend(became);
        events
    }

    fn sign_out(&self, digest: &Hidden) -> Result<Event, Refusal> {
        let session = self.sessions.iter().find(|session| session.digest == *digest);
        let begun = session.ok_or(Refusal::NoSuchSession)?.begun;
        Ok(Event::SignedOut { begun, digest: digest.clone() })
    }

    fn issue(&self, new: &NewToken, issuer: Issuer, at: Timestamp) -> Result<Token, Refusal> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !(1..=TOKEN_ID_MAX).contains(&new.id.len()) || !new.id.chars().all(fits) {
            return Err(Refusal::UnfitTokenId);
        }
        let label = line::one(&new.label);
        if !(1..=LABEL_CHARS_MAX).contains(&label.chars().count()) {
            return Err(Refusal::UnfitLabel);
        }
        if !self.profile.holds(new.role) {
            return Err(Refusal::RoleNotHeld { role: new.role });
        }
        let longest = Duration::from_hours(24 * TOKEN_DAYS_MAX);
        if new.expires <= at || new.expires > at + longest {
            return Err(Refusal::TokenLifetime { expires: new.expires });
        }
        match issuer {
            Issuer::Token(until) if new.expires > until => {
                return Err(Refusal::TokenOutlivesIssuer { until });
            }
            Issuer::Token(_) | Issuer::Person => {}
        }
        let mut alive = self.tokens.iter().filter(|token| token.expires > at);
        if alive.clone().any(|token| token.id == new.id) {
            return Err(Refusal::TokenExists { id: new.id.clone() });
        }
        if alive.by_ref().count() >= TOKENS_MAX {
            return Err(Refusal::TooManyTokens);
        }
        let NewToken { id, digest, role, expires, .. } = new.clone();
        Ok(Token { id, label, digest, role, issued: at, expires })
    }

    /// Takes in an event of somebody who is and stays active.
    fn take(&mut self, event: &Event) -> Result<(), Corrupt> {
        match event {
            Event::Changed(profile) => self.profile = profile.clone(),
            Event::PasswordSet(password) => {
                self.password = password.clone();
                self.sessions.clear();
            }
            Event::SignedIn(session) => {
                self.sessions.retain(|before| before.until > session.begun);
                let too_many = (self.sessions.len() + 1).saturating_sub(SESSIONS_MAX);
                self.sessions.drain(..too_many);
                self.sessions.push(session.clone());
            }
            // What older versions wrote shuts nobody out.
            Event::SignInFailed { .. } | Event::LockedOut { .. } | Event::Unlocked => {}
            Event::SignedOut { digest, .. } => self.sessions.retain(|s| s.digest != *digest),
            Event::SignedOutEverywhere => {
                self.sessions.clear();
                self.browsers.clear();
            }
            Event::TokenIssued(token) => {
                self.tokens.retain(|before| before.expires > token.issued);
                self.tokens.push(token.clone());
            }
            Event::TokenRevoked { id } => self.tokens.retain(|token| token.id != *id),
            Event::TokensRevoked => self.tokens.clear(),
            Event::BrowserKnown(browser) => self.know(browser),
            Event::WrongPasswordsForgotten(forgotten) => self.forgotten = *forgotten,
            // What they are stands in the events beside it.
            Event::BecameOperator => {}
            Event::Enrolled(_)
            | Event::Dismissed { .. }
            | Event::CeasedAsOperator { .. }
            | Event::ReleaseRecalled { .. } => {
                return Err(Corrupt(format!("{event:?} while active")));
            }
        }
        Ok(())
    }

    /// Makes room among those of the same name first, so that a program drives out no browser but its own like.
    fn know(&mut self, browser: &Browser) {
        self.browsers.retain(|before| before.until > browser.since);
        let alike = |before: &Browser| before.device == browser.device;
        if self.browsers.iter().filter(|before| alike(before)).count() >= BROWSERS_ALIKE_MAX {
            let oldest = self.browsers.iter().position(alike);
            oldest.map(|oldest| self.browsers.remove(oldest));
        }
        let too_many = (self.browsers.len() + 1).saturating_sub(BROWSERS_MAX);
        self.browsers.drain(..too_many);
        self.browsers.push(browser.clone());
    }
}

fn sign_in(session: &Session, shown: &Shown, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    if session.device.chars().count() > LABEL_CHARS_MAX {
        return Err(Refusal::UnfitLabel);
    }
    if session.until <= at {
        return Err(Refusal::SessionInThePast);
    }
    let began = Event::SignedIn(Session { begun: at, ..session.clone() });
    Ok(match shown {
        Shown::Known => vec![began],
        Shown::New(browser) => {
            let device = session.device.clone();
            vec![began, Event::BrowserKnown(Browser { since: at, device, ..browser.clone() })]
        }
    })
}

/// Article 12: an admin keeps the accounts, everybody their own password, sessions and tokens, the door the key.
fn permit(person: &Person, command: &Command, asked: &Asked) -> Result<(), Refusal> {
    let role = role_of(asked);
    let holds = |role| person.standing.profile().is_some_and(|profile| profile.holds(role));
    let own = asked.by == person.login && role.is_some_and(holds);
    let duty = match command {
        Command::SignIn { .. } => Duty::Admit,
        Command::Recall { .. } => Duty::Answer,
        Command::Enrol(_)
        | Command::Change { .. }
        | Command::SetPassword { .. }
        | Command::SignOut { .. }
        | Command::SignOutEverywhere
        | Command::IssueToken { .. }
        | Command::RevokeToken { .. }
        | Command::RevokeAllTokens
        | Command::Dismiss { .. }
        | Command::Unlock => Duty::Administer,
    };
    let by_duty = role.is_some_and(|role| role.may(duty));
    let permitted = match command {
        Command::SetPassword { cause: Cause::ByThemselves, .. } => own,
        // A token that issued others would never end.
        Command::IssueToken { issuer: Issuer::Token(_), .. } if role != Some(Role::Operator) => {
            return Err(Refusal::TokenFromToken);
        }
        Command::IssueToken { token, .. } => by_duty || (own && role == Some(token.role)),
        Command::RevokeToken { .. } | Command::RevokeAllTokens | Command::SignOutEverywhere => {
            by_duty || own
        }
        // Whoever can show the secret of a session may end it, and that is for the door to see.
        Command::SignOut { .. } => by_duty || own || role.is_some_and(|r| r.may(Duty::Admit)),
        Command::Enrol(_)
        | Command::Change { .. }
        | Command::SetPassword { cause: Cause::ByAdmin, .. }
        | Command::SignIn { .. }
        | Command::Dismiss { .. }
        | Command::Unlock
        | Command::Recall { .. } => by_duty,
    };
    if permitted { Ok(()) } else { Err(Common::NotPermitted { duty }.into()) }
}

fn seen(account: &Account) -> [(String, Value); 4] {
    let session = |s: &Session| json!({"begun": s.begun, "until": s.until, "device": s.device});
    let token = |t: &Token| {
        json!({
            "id": t.id, "label": t.label, "role": t.role, "issued": t.issued, "expires": t.expires,
        })
    };
    let browser = |b: &Browser| json!({"since": b.since, "until": b.until, "device": b.device});
    [
        ("password".into(), json!(account.password.name())),
        ("sessions".into(), account.sessions.iter().map(session).collect()),
        ("tokens".into(), account.tokens.iter().map(token).collect()),
        ("browsers".into(), account.browsers.iter().map(browser).collect()),
    ]
}
