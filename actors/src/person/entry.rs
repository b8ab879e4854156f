//! Entry: what is asked before somebody may log in. Expiry is judged at use, by the instant that is handed in.

use duban_core::clock::Timestamp;

use super::{
    Account, Browser, Forgotten, Hidden, Password, Person, Refusal, Session, State, Token,
};
use crate::role::Role;

impl Person {
    /// Whether a right password lets them in.
    ///
    /// # Errors
    /// What bars them: not enrolled, dismissed, no password.
    pub fn may_enter(&self) -> Result<(), Refusal> {
        match self.account()?.password {
            Password::Unset => Err(Refusal::NoPassword),
            Password::Temporary(_) | Password::Own(_) => Ok(()),
        }
    }

    /// Whether a browser whose secret has this digest is known at `at`.
    pub fn knows(&self, digest: &str, at: Timestamp) -> bool {
        let known = |browser: &Browser| browser.digest.expose() == digest && browser.until > at;
        self.account().is_ok_and(|account| account.browsers.iter().any(known))
    }

    /// Which wrong passwords count no more; none of whoever is not active.
    pub fn forgotten(&self) -> Forgotten {
        self.account().map_or(Forgotten::NONE, |account| account.forgotten)
    }

    /// The session whose secret has this digest, if it has not ended at `at`.
    pub fn session(&self, digest: &str, at: Timestamp) -> Option<&Session> {
        let sessions = &self.account().ok()?.sessions;
        sessions.iter().find(|s| s.digest.expose() == digest && s.until > at)
    }

    /// The token with this id, if it has not ended at `at`. Whether the secret is right is for the door to say.
    pub fn token(&self, id: &str, at: Timestamp) -> Option<&Token> {
        let account = self.account().ok()?;
        let token = account.tokens.iter().find(|token| token.id == id && token.expires > at)?;
        account.profile.holds(token.role).then_some(token)
    }

    /// What a password is held against; none for whoever has none.
    pub fn phc(&self) -> Option<&Hidden> {
        self.account().ok()?.password.phc()
    }

    /// Whether they could come in as operator, sooner or later: what must never be true of nobody.
    pub fn is_operator(&self) -> bool {
        self.account().is_ok_and(|account| {
            account.profile.holds(Role::Operator) && account.password.phc().is_some()
        })
    }

    /// What an active person keeps.
    ///
    /// # Errors
    /// When they are not enrolled, or dismissed.
    pub fn account(&self) -> Result<&Account, Refusal> {
        match &self.standing {
            State::Unknown => Err(Refusal::NotEnrolled),
            State::Active(account) => Ok(account),
            State::Dismissed(_) => Err(Refusal::Dismissed),
        }
    }
}
