//! Accounts: what an active person has, and how each command and event changes it (articles 7 and 12). Pure.

use std::time::Duration;

use duban_core::clock::Timestamp;
use duban_core::entity::Corrupt;
use duban_rules::line;

use super::{
    Account, BROWSERS_ALIKE_MAX, BROWSERS_MAX, Browser, Cause, Event, Forgotten, Hidden, Issuer,
    LABEL_CHARS_MAX, NewToken, Password, Profile, Refusal, SESSIONS_MAX, Session, Shown,
    TOKEN_DAYS_MAX, TOKEN_ID_MAX, TOKENS_MAX, Token,
};
use crate::desks::Desk;
use crate::role::Role;

impl Account {
    pub(super) fn change(
        &self,
        profile: &Profile,
        release: Option<u64>,
    ) -> Result<Vec<Event>, Refusal> {
        if *profile == self.profile {
            return Err(Refusal::Unchanged);
        }
        let ceased = self.ceased(&profile.roles, release)?;
        let became = self.became(profile, self.password.phc());
        // What a program was let in for was this role, there.
        let goes_on =
            |role| profile.holds(role) && profile.speaks_for(role) == self.profile.speaks_for(role);
        let gone = self.tokens.iter().filter(|token| !goes_on(token.role));
        let ended = gone.map(|token| Event::TokenRevoked { id: token.id.clone() });
        let changed = std::iter::once(Event::Changed(profile.clone()));
        let left = self.posts_left(&profile.roles);
        Ok(changed.chain(ended).chain(ceased).chain(became).chain(left).collect())
    }

    /// An operator can never be locked out of everything: somebody must be left who may let the others in. Whether
    /// somebody is, nobody can say who sees one person only; whoever may go has been released.
    pub(super) fn ceased(
        &self,
        roles: &[Role],
        release: Option<u64>,
    ) -> Result<Option<Event>, Refusal> {
        if !self.profile.holds(Role::Operator) || roles.contains(&Role::Operator) {
            return Ok(None);
        }
        let release = release.ok_or(Refusal::NotReleased)?;
        Ok(Some(Event::CeasedAsOperator { release }))
    }

    /// Posts with a desk that they have and that are not among `roles`: who is on shift there leaves it.
    pub(super) fn posts_left(&self, roles: &[Role]) -> Option<Event> {
        let own = self.profile.roles.iter().copied();
        let left = own.filter(|role| Desk::of_role(*role).is_some() && !roles.contains(role));
        let roles: Vec<Role> = left.collect();
        (!roles.is_empty()).then_some(Event::PostsLeft { roles })
    }

    /// Whether they become operator by being this, and coming in by this password.
    pub(super) fn became(&self, profile: &Profile, phc: Option<&Hidden>) -> Option<Event> {
        let is = profile.holds(Role::Operator) && phc.is_some();
        let was = self.profile.holds(Role::Operator) && self.password.phc().is_some();
        (is && !was).then_some(Event::BecameOperator)
    }

    pub(super) fn set_password(&self, phc: &Hidden, cause: Cause, at: Timestamp) -> Vec<Event> {
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

    pub(super) fn sign_out(&self, digest: &Hidden) -> Result<Event, Refusal> {
        let session = self.sessions.iter().find(|session| session.digest == *digest);
        let begun = session.ok_or(Refusal::NoSuchSession)?.begun;
        Ok(Event::SignedOut { begun, digest: digest.clone() })
    }

    pub(super) fn issue(
        &self,
        new: &NewToken,
        issuer: Issuer,
        at: Timestamp,
    ) -> Result<Token, Refusal> {
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
    pub(super) fn take(&mut self, event: &Event) -> Result<(), Corrupt> {
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
            | Event::PostsLeft { .. }
            | Event::ReleaseRecalled { .. } => {
                return Err(Corrupt(format!("{event:?} while active")));
            }
        }
        Ok(())
    }

    /// Makes room among those of the same name first, so that a program drives out no browser but its own like.
    pub(super) fn know(&mut self, browser: &Browser) {
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

pub(super) fn sign_in(
    session: &Session,
    shown: &Shown,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
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
