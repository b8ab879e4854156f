//! The life of a person who may log in: articles 7 and 12. Pure.
//!
//! ```text
//! Unknown ─Enrol─► Active ─Dismiss─► Dismissed
//!                   ▲ │ ▲               │
//!    everything else└─┘ └────Enrol──────┘
//! ```
//! The whole standing × command grid is kept in `tests/tables/person.txt`.

use duban_core::entity::{Asked, Corrupt, Effect, Entity, EntityId, Kind, ListKey, Listing};
use serde_json::{Value, json};

use super::{
    ACTIVE, Account, Browser, Cause, Command, DISMISSED, Event, Forgotten, Issuer, KIND, OPEN_FOR,
    Password, Person, Refusal, Session, State, Token, account, effects, is_login,
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
        Person { login: id.key.clone(), standing: State::Unknown, void_until: 0 }
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
            (State::Unknown | State::Dismissed(_), Command::Enrol(profile)) => {
                if !is_login(&self.login) {
                    return Err(Refusal::NotALogin { login: self.login.clone() });
                }
                profile.check(&self.login, cx)?;
                Event::Enrolled(profile.clone())
            }
            (State::Active(_), Command::Enrol(_)) => return Err(Refusal::AlreadyEnrolled),
            (State::Unknown, _) => return Err(Refusal::NotEnrolled),
            (State::Dismissed(_), _) => return Err(Refusal::Dismissed),

            (State::Active(account), Command::Change { profile, release }) => {
                profile.check(&self.login, cx)?;
                return account.change(profile, self.usable(*release));
            }
            (State::Active(account), Command::SetPassword { phc, cause }) => {
                return Ok(account.set_password(phc, *cause, asked.at));
            }
            (State::Active(_), Command::SignIn { session, shown }) => {
                self.may_enter()?;
                return account::sign_in(session, shown, asked.at);
            }
            (State::Active(account), Command::SignOut { digest }) => account.sign_out(digest)?,
            (State::Active(account), Command::SignOutEverywhere) => {
                if account.sessions.is_empty() && account.browsers.is_empty() {
                    return Err(Refusal::NoSession);
                }
                Event::SignedOutEverywhere
            }
            (State::Active(account), Command::IssueToken { token, issuer }) => {
                Event::TokenIssued(account.issue(token, *issuer, asked.at)?)
            }
            (State::Active(account), Command::RevokeAllTokens) => {
                if account.tokens.is_empty() {
                    return Err(Refusal::NoToken);
                }
                Event::TokensRevoked
            }
            (State::Active(account), Command::RevokeToken { id }) => {
                if !account.tokens.iter().any(|token| token.id == *id) {
                    return Err(Refusal::NoSuchToken { id: id.clone() });
                }
                Event::TokenRevoked { id: id.clone() }
            }
            (State::Active(account), Command::Dismiss { reason, release }) => {
                let reason = refusal::reason(reason)?;
                let ceased = account.ceased(&[], self.usable(*release))?;
                let gone = Event::Dismissed { reason };
                let left = account.posts_left(&[]);
                return Ok(std::iter::once(gone).chain(ceased).chain(left).collect());
            }
            (State::Active(_), Command::Unlock) => {
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
        // What they are stands in the event before it.
        if let Event::PostsLeft { .. } = event {
            return Ok(self);
        }
        let standing = match (self.standing, event) {
            (State::Unknown | State::Dismissed(_), Event::Enrolled(profile)) => {
                State::Active(Box::new(Account {
                    profile: profile.clone(),
                    password: Password::Unset,
                    forgotten: Forgotten::NONE,
                    sessions: Vec::new(),
                    tokens: Vec::new(),
                    browsers: Vec::new(),
                }))
            }
            (State::Active(account), Event::Dismissed { .. }) => State::Dismissed(account.profile),
            (State::Active(mut account), event) => {
                account.take(event)?;
                State::Active(account)
            }

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(Person { standing, ..self })
    }

    fn listing(&self) -> Listing {
        let list = match &self.standing {
            State::Unknown => return Listing::default(),
            State::Active(_) => ACTIVE,
            State::Dismissed(_) => DISMISSED,
        };
        Listing(vec![ListKey { list, order: self.login.clone() }])
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
        if let State::Active(account) = &self.standing {
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
