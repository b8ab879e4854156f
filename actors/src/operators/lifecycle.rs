//! The life of the reservation: who is counted, released, taken back. Pure.
//!
//! ```text
//!            Joined            Release                  Left
//! (nobody) ─────────► counted ─────────► released n ─────────────► (nobody)
//!                        ▲                │ ▲   │
//!                        └─Recalled n─────┘ └───┘ Release (n + 1), Fired
//! ```
//! A release that is not the last one settles nothing: only its person knows which of them they have used.

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Corrupt, Effect, Fired};

use super::{
    ASKED_AGAIN_AFTER, Begun, COUNTED_MAX, Command, Event, Operators, Post, RELEASE_FOR,
    RELEASED_MAX, Refusal, Release,
};
use crate::refusal::{self, Common};
use crate::role::Duty;
use crate::tells::ToPerson;

/// The timer at which it is asked what became of a release: this, and the login name.
pub(super) const RELEASE_TIMER: &str = "release/";

/// What happens when `command` reaches the reservation.
pub(super) fn decide(
    operators: &Operators,
    command: &Command,
    asked: &Asked,
) -> Result<Event, Refusal> {
    permit(command, asked)?;
    match command {
        Command::Fill { logins } => operators.fill(logins),
        Command::Release { login } => operators.release(login, asked.at).map(Event::Released),
        Command::Joined { login } => Ok(if operators.has_room_for(login) {
            Event::Joined { login: login.clone() }
        } else {
            Event::Noted { login: login.clone() }
        }),
        Command::Left { login, release } => Ok(if operators.release_of(login) == Some(*release) {
            Event::Left { login: login.clone(), release: *release }
        } else {
            Event::Noted { login: login.clone() }
        }),
        Command::Recalled { login, release, post } => {
            let (login, release) = (login.clone(), *release);
            if operators.release_of(&login) != Some(release) {
                return Ok(Event::Noted { login });
            }
            Ok(match post {
                Post::Operator => Event::Returned { login, release },
                Post::Other => Event::Left { login, release },
            })
        }
    }
}

/// What happens when a release was not used in time.
pub(super) fn fired(operators: &Operators, fired: &Fired, at: Timestamp) -> Result<Event, Corrupt> {
    let login = fired.name.strip_prefix(RELEASE_TIMER);
    let release = login.and_then(|login| operators.released_as(login));
    let release = release.filter(|release| release.due == fired.due);
    let release = release.ok_or_else(|| Corrupt::unarmed(fired))?;
    // Its due may lie hours back: the next one lies ahead in any case.
    let due = at.max(fired.due) + ASKED_AGAIN_AFTER;
    Ok(Event::AskedBack(Release { due, ..release.clone() }))
}

/// The reservation after `event`.
pub(super) fn evolve(mut operators: Operators, event: &Event) -> Result<Operators, Corrupt> {
    match event {
        Event::Filled { logins } => {
            operators.begun = Begun::Filled;
            operators.counted.extend(logins.iter().cloned());
        }
        Event::Released(release) if release.number > operators.releases => {
            operators.releases = release.number;
            operators.counted.remove(&release.login);
            operators.settle(&release.login);
            operators.released.push(release.clone());
        }
        Event::AskedBack(again) if operators.release_of(&again.login) == Some(again.number) => {
            operators.settle(&again.login);
            operators.released.push(again.clone());
        }
        Event::Released(release) | Event::AskedBack(release) => {
            return Err(Corrupt(format!("{release:?} after {}", operators.releases)));
        }
        Event::Joined { login } => {
            operators.counted.insert(login.clone());
        }
        Event::Left { login, .. } => operators.settle(login),
        Event::Returned { login, .. } => {
            operators.settle(login);
            // Whoever finds no room is missing here and harmed nowhere.
            if operators.counted.len() < COUNTED_MAX {
                operators.counted.insert(login.clone());
            }
        }
        Event::Noted { .. } => {}
    }
    Ok(operators)
}

/// The person is asked what became of a release.
pub(super) fn effects(event: &Event) -> Vec<Effect> {
    match event {
        Event::AskedBack(release) => {
            vec![ToPerson::Recall { release: release.number }.tell(&release.login)]
        }
        Event::Filled { .. }
        | Event::Released(_)
        | Event::Joined { .. }
        | Event::Left { .. }
        | Event::Returned { .. }
        | Event::Noted { .. } => Vec::new(),
    }
}

impl Operators {
    fn fill(&self, logins: &[compact_str::CompactString]) -> Result<Event, Refusal> {
        match self.begun {
            Begun::Filled => Err(Refusal::AlreadyFilled),
            Begun::NotYet => {
                let room = COUNTED_MAX.saturating_sub(self.counted.len());
                let new = logins.iter().filter(|login| !self.counted.contains(*login));
                Ok(Event::Filled { logins: new.take(room).cloned().collect() })
            }
        }
    }

    /// Whoever is not counted may go as well, if somebody else is: they may be about to join.
    fn release(&self, login: &str, at: Timestamp) -> Result<Release, Refusal> {
        match self.begun {
            Begun::NotYet => return Err(Refusal::NotFilled),
            Begun::Filled => {}
        }
        if !self.counted.iter().any(|other| other != login) {
            return Err(Refusal::LastOperator);
        }
        if self.released_as(login).is_none() && self.released.len() >= RELEASED_MAX {
            return Err(Refusal::TooManyReleases);
        }
        let (number, due) = (self.releases + 1, at + RELEASE_FOR);
        Ok(Release { login: login.into(), number, due })
    }

    /// Whoever is released has not settled it yet, and is counted once they have.
    fn has_room_for(&self, login: &str) -> bool {
        self.released_as(login).is_none()
            && !self.counted.contains(login)
            && self.counted.len() < COUNTED_MAX
    }

    fn settle(&mut self, login: &str) {
        self.released.retain(|release| release.login != login);
    }
}

fn permit(command: &Command, asked: &Asked) -> Result<(), Common> {
    let duty = match command {
        Command::Fill { .. } | Command::Release { .. } => Duty::Administer,
        Command::Joined { .. } | Command::Left { .. } | Command::Recalled { .. } => Duty::Answer,
    };
    refusal::permit(asked, duty)
}
