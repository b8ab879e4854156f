//! The life of a desk's shifts: article 3. Pure.
//!
//! ```text
//!            TakeOver                  HandOver to
//! Unkept ─────────────► Manned ◄───────────────────► HandingOver
//!                        ▲ │  TakeOver of the next one    │
//!               TakeOver │ │ HandOver to nobody, Leave    │ HandOver to nobody, Leave
//!                       Vacant ◄──────────────────────────┘
//! ```
//! Whoever hands over is on shift until the next one takes over. Notes and leave to close change no standing.
//! The whole standing × command grid is kept in `tests/tables/shift.txt`.

use std::time::Duration;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt, Entity, EntityId, Fired, Kind};
use serde_json::{Value, json};

use super::{
    ALLOWANCES_MAX, ALLOWED_DAYS_MAX, Command, Event, Handover, KIND, NOTES_MAX, Named, Note,
    OPEN_MAX, Open, Post, Refusal, Shift, State, Stint, Taking,
};
use crate::context::Context;
use crate::desks::{Allowance, Desk};
use crate::refusal::{self, Common};
use crate::role::{Duty, role_of};

impl Entity for Shift {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Shift {
        let (notes, allowed) = (Vec::new(), Vec::new());
        Shift { desk: id.key.clone(), standing: State::Unkept, notes, allowed }
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        let desk = self.desk().ok_or(Refusal::NoSuchDesk)?;
        permit(desk, command, asked)?;
        let event = match (&self.standing, command) {
            (State::Unkept | State::Vacant, Command::TakeOver { .. }) => {
                taken_over(asked, Taking::Vacant)
            }
            (State::Manned(stint) | State::HandingOver(stint, _), Command::TakeOver { .. })
                if stint.login == asked.by =>
            {
                return Err(Refusal::AlreadyOn);
            }
            (State::HandingOver(stint, handover), Command::TakeOver { .. })
                if handover.to.as_ref() == Some(&asked.by) =>
            {
                let (from, open) = (stint.login.clone(), handover.open.len());
                taken_over(asked, Taking::Signed { from, handed: handover.at, open })
            }
            (State::Manned(stint) | State::HandingOver(stint, _), Command::TakeOver { reason }) => {
                taken_over(asked, unasked(stint, reason.as_deref())?)
            }

            (
                State::Manned(stint) | State::HandingOver(stint, _),
                Command::HandOver { to, note, open },
            ) if stint.login == asked.by => {
                Event::HandedOver(handover((to.as_ref(), note), open, asked)?)
            }
            (State::Manned(stint) | State::HandingOver(stint, _), Command::Note { text })
                if stint.login == asked.by =>
            {
                let text = refusal::reason(text)?;
                Event::Noted(Note { at: asked.at, by: asked.by.clone(), text })
            }
            (_, Command::HandOver { .. } | Command::Note { .. }) => return Err(Refusal::NotOn),

            (_, Command::AllowClosing { chief, until, reason }) => {
                self.allow(desk, (chief, *until), reason, asked)?
            }
            // Whoever was not on shift is none afterwards either: the person need not know.
            (_, Command::Leave { login }) => Event::Left { login: login.clone() },
        };
        Ok(vec![event])
    }

    fn fired(&self, fired: &Fired, _: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        Err(Corrupt::unarmed(fired))
    }

    fn evolve(mut self, event: &Event) -> Result<Shift, Corrupt> {
        self.standing = match (self.standing, event) {
            (_, Event::TakenOver { who, .. }) => State::Manned(who.clone()),
            (State::Manned(stint) | State::HandingOver(stint, _), Event::HandedOver(handover)) => {
                match handover.to {
                    Some(_) => State::HandingOver(stint, Box::new(handover.clone())),
                    None => State::Vacant,
                }
            }
            (standing, Event::Left { login }) => left(standing, login),
            (standing, Event::Noted(note)) => {
                self.notes.insert(0, note.clone());
                self.notes.truncate(NOTES_MAX);
                standing
            }
            (standing, Event::ClosingAllowed { allowance, .. }) => {
                self.allowed.retain(|one| one.login != allowance.login);
                let too_many = (self.allowed.len() + 1).saturating_sub(ALLOWANCES_MAX);
                self.allowed.drain(..too_many);
                self.allowed.push(allowance.clone());
                self.allowed.sort_by_key(|one| one.until);
                standing
            }

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(self)
    }

    fn view(&self) -> Value {
        let on_shift = self.standing.stint();
        let handover = match &self.standing {
            State::Unkept | State::Vacant | State::Manned(_) => None,
            State::HandingOver(_, handover) => Some(handover),
        };
        json!({
            "desk": self.desk, "standing": self.standing.name(), "on_shift": on_shift,
            "handover": handover, "notes": self.notes, "allowed": self.allowed,
        })
    }
}

impl Shift {
    fn allow(
        &self,
        desk: Desk,
        (chief, until): (&Named, Timestamp),
        reason: &str,
        asked: &Asked,
    ) -> Result<Event, Refusal> {
        if desk != Desk::DutyChief {
            return Err(Refusal::NothingToClose);
        }
        let longest = Duration::from_hours(24 * ALLOWED_DAYS_MAX);
        if until <= asked.at || until > asked.at + longest {
            return Err(Refusal::AllowanceSpan { until });
        }
        let login = chief.of_the_post()?;
        let others = |one: &&Allowance| one.until > asked.at && one.login != login;
        if self.allowed.iter().filter(others).count() >= ALLOWANCES_MAX {
            return Err(Refusal::TooManyAllowed);
        }
        let reason = refusal::reason(reason)?;
        let allowance = Allowance { login, until };
        Ok(Event::ClosingAllowed { allowance, by: asked.by.clone(), reason })
    }
}

fn taken_over(asked: &Asked, how: Taking) -> Event {
    let name = asked.name.as_ref().unwrap_or(&asked.by).clone();
    Event::TakenOver { who: Stint { login: asked.by.clone(), name, since: asked.at }, how }
}

/// From somebody who is ill, or has gone without a word: with a reason that stays on record.
fn unasked(stint: &Stint, reason: Option<&str>) -> Result<Taking, Refusal> {
    match reason.map(refusal::reason) {
        Some(Ok(reason)) => Ok(Taking::Unasked { from: stint.login.clone(), reason }),
        Some(Err(_)) | None => Err(Refusal::NotHandedToYou { on_shift: stint.name.clone() }),
    }
}

fn handover(
    (to, note): (Option<&Named>, &str),
    open: &Open,
    asked: &Asked,
) -> Result<Handover, Refusal> {
    if to.is_some_and(|next| next.login == asked.by) {
        return Err(Refusal::HandedToOneself);
    }
    let to = to.map(Named::of_the_post).transpose()?;
    let beyond = u32::try_from(open.cases.len().saturating_sub(OPEN_MAX)).unwrap_or(u32::MAX);
    let cases = open.cases.iter().take(OPEN_MAX).cloned().collect();
    let open = Open { cases, more: open.more.saturating_add(beyond) };
    Ok(Handover { to, at: asked.at, note: note.to_owned(), open })
}

impl Named {
    fn of_the_post(&self) -> Result<CompactString, Refusal> {
        match self.post {
            Post::Held => Ok(self.login.clone()),
            Post::NotHeld => Err(Refusal::NotOfThisPost { login: self.login.clone() }),
        }
    }
}

/// Who is on shift goes, and the desk is vacant; whoever was to be the next comes no more.
fn left(standing: State, login: &str) -> State {
    match standing {
        State::Manned(stint) | State::HandingOver(stint, _) if stint.login == login => {
            State::Vacant
        }
        State::HandingOver(stint, handover) if handover.to.as_deref() == Some(login) => {
            State::Manned(stint)
        }
        standing @ (State::Unkept | State::Vacant | State::Manned(_) | State::HandingOver(..)) => {
            standing
        }
    }
}

/// Whoever has the desk's post keeps it; the head lets others close (articles 3 and 12).
fn permit(desk: Desk, command: &Command, asked: &Asked) -> Result<(), Common> {
    match command {
        Command::TakeOver { .. } | Command::HandOver { .. } | Command::Note { .. } => {
            if role_of(asked) != Some(desk.role()) {
                return Err(Common::NotPermitted { duty: Duty::KeepDesk });
            }
            refusal::permit(asked, Duty::KeepDesk)
        }
        Command::AllowClosing { .. } => refusal::permit(asked, Duty::AllowClosing),
        Command::Leave { .. } => refusal::permit(asked, Duty::Answer),
    }
}
