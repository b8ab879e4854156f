//! The life of the reservation: who is counted, released, taken back. Pure.
//!
//! ```text
//!            Joined            Release                  Left
//! (nobody) ─────────► counted ─────────► released n ─────────────► (nobody)
//!                        ▲                │ ▲   │
//!                        └─Recalled n─────┘ └───┘ Release (n + 1), timer
//! ```
//! A release that is not the last one settles nothing: only its person knows which of them they have used.

use std::collections::BTreeSet;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{
    Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, List, ListKey, Listing, Timer, Timers,
};
use serde_json::{Value, json};

use super::{
    ASKED_AGAIN_AFTER, Begun, COUNTED_MAX, Command, Event, KEY, KIND, Operators, Post, RELEASE_FOR,
    RELEASED_MAX, Refusal, Release,
};
use crate::context::Context;
use crate::refusal::{self, Common};
use crate::role::Duty;
use crate::tells::ToPerson;

/// The timer at which it is asked what became of a release: this, and the login name.
pub(super) const RELEASE_TIMER: &str = "release/";

impl Entity for Operators {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Operators {
        let (counted, released) = (BTreeSet::new(), Vec::new());
        Operators { begun: Begun::NotYet, releases: 0, counted, released }
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        permit(command, asked)?;
        let event = match command {
            Command::Fill { logins } => self.fill(logins)?,
            Command::Release { login } => Event::Released(self.release(login, asked.at)?),
            Command::Joined { login } if self.has_room_for(login) => {
                Event::Joined { login: login.clone() }
            }
            Command::Left { login, release } if self.release_of(login) == Some(*release) => {
                Event::Left { login: login.clone(), release: *release }
            }
            Command::Recalled { login, release, post }
                if self.release_of(login) == Some(*release) =>
            {
                let (login, release) = (login.clone(), *release);
                match post {
                    Post::Operator => Event::Returned { login, release },
                    Post::Other => Event::Left { login, release },
                }
            }
            Command::Joined { login }
            | Command::Left { login, .. }
            | Command::Recalled { login, .. } => Event::Noted { login: login.clone() },
        };
        Ok(vec![event])
    }

    fn fired(&self, fired: &Fired, asked: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        let login = fired.name.strip_prefix(RELEASE_TIMER);
        let release = login.and_then(|login| self.released_as(login));
        let release = release.filter(|release| release.due == fired.due);
        let release = release.ok_or_else(|| Corrupt::unarmed(fired))?;
        // Its due may lie hours back: the next one lies ahead in any case.
        let due = asked.at.max(fired.due) + ASKED_AGAIN_AFTER;
        Ok(vec![Event::AskedBack(Release { due, ..release.clone() })])
    }

    fn evolve(mut self, event: &Event) -> Result<Operators, Corrupt> {
        match event {
            Event::Filled { logins } => {
                self.begun = Begun::Filled;
                self.counted.extend(logins.iter().cloned());
            }
            Event::Released(release) if release.number > self.releases => {
                self.releases = release.number;
                self.counted.remove(&release.login);
                self.settle(&release.login);
                self.released.push(release.clone());
            }
            Event::AskedBack(again) if self.release_of(&again.login) == Some(again.number) => {
                self.settle(&again.login);
                self.released.push(again.clone());
            }
            Event::Released(release) | Event::AskedBack(release) => {
                return Err(Corrupt(format!("{release:?} after {}", self.releases)));
            }
            Event::Joined { login } => {
                self.counted.insert(login.clone());
            }
            Event::Left { login, .. } => self.settle(login),
            Event::Returned { login, .. } => {
                self.settle(login);
                // Whoever finds no room is missing here and harmed nowhere.
                if self.counted.len() < COUNTED_MAX {
                    self.counted.insert(login.clone());
                }
            }
            Event::Noted { .. } => {}
        }
        Ok(self)
    }

    fn timers(&self) -> Timers {
        let timer = |release: &Release| Timer {
            name: format!("{RELEASE_TIMER}{}", release.login).into(),
            due: release.due,
            reason: "系统管理员离任后没有回音".into(),
        };
        Timers(self.released.iter().map(timer).collect())
    }

    fn listing(&self) -> Listing {
        Listing(vec![ListKey { list: List::fixed("operators"), order: KEY.into() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
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

    fn view(&self) -> Value {
        json!({
            "begun": self.begun, "releases": self.releases,
            "counted": self.counted, "released": self.released,
        })
    }
}

impl Operators {
    fn fill(&self, logins: &[CompactString]) -> Result<Event, Refusal> {
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
