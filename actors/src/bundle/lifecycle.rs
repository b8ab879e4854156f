//! The life of a bundle. Pure.
//!
//! ```text
//! Blank ─Add─► Gathering ─┐
//!   ▲            │    ▲   │ Add
//!   │            │    └───┘
//!   └── timer ───┘ two minutes after the first line
//! ```
//! The whole standing × command grid is kept in `tests/tables/bundle.txt`.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{
    Asked, CommandId, Corrupt, Effect, Entity, EntityId, Fired, Kind, Timer, Timers,
};
use duban_core::outbox::{Address, Claim, Message};
use serde_json::{Value, json};

use super::{
    Bundle, Command, Event, GATHERED_FOR, Gathered, KIND, Kept, LINES_MAX, Letter, Line, OPEN_MAX,
    Refusal, TIMER, effects,
};
use crate::context::Context;
use crate::refusal::permit;
use crate::role::Duty;

impl Entity for Bundle {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Bundle {
        Bundle { open: Vec::new(), letter: Letter::Blank }
    }

    fn decide(&self, command: &Command, asked: &Asked, _: &Context) -> Result<Vec<Event>, Refusal> {
        permit(asked, Duty::Answer)?;
        let Command::Add { message, line, to, settled } = command;
        if self.remembers(asked.id) {
            return Err(Refusal::AlreadyThere);
        }
        Ok(vec![add(self, asked, (message, line, to), settled)])
    }

    fn fired(&self, fired: &Fired, _: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        match &self.letter {
            Letter::Gathering(gathered) if fired.name == TIMER && fired.due == gathered.due => {
                Ok(vec![Event::Sent(gathered.clone())])
            }
            Letter::Blank | Letter::Gathering(_) => Err(Corrupt::unarmed(fired)),
        }
    }

    fn evolve(mut self, event: &Event) -> Result<Bundle, Corrupt> {
        match event {
            Event::Added { id, to, due, kept, forgotten, .. } => {
                let mut gathered = match self.letter {
                    Letter::Blank => {
                        Gathered { to: to.clone(), lines: Vec::new(), more: 0, due: *due }
                    }
                    Letter::Gathering(gathered) => gathered,
                };
                match kept {
                    Kept::Line(line) => gathered.lines.push(line.clone()),
                    Kept::Counted => gathered.more += 1,
                }
                self.open.retain(|known| !forgotten.contains(known));
                self.open.push(*id);
                Ok(Bundle { letter: Letter::Gathering(gathered), ..self })
            }
            Event::Sent(sent) => match &self.letter {
                Letter::Gathering(gathered) if gathered == sent => {
                    Ok(Bundle { letter: Letter::Blank, ..self })
                }
                letter @ (Letter::Blank | Letter::Gathering(_)) => {
                    Err(Corrupt(format!("{sent:?} was sent of {letter:?}")))
                }
            },
        }
    }

    fn timers(&self) -> Timers {
        match &self.letter {
            Letter::Blank => Timers::default(),
            Letter::Gathering(gathered) => {
                let (name, reason) = (TIMER.into(), "发送合并通知".into());
                Timers(vec![Timer { name, due: gathered.due, reason }])
            }
        }
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(event)
    }

    fn claim(&self, message: &Message, _: Timestamp, cx: &Context) -> Claim {
        effects::claim(message, cx)
    }

    fn view(&self) -> Value {
        match &self.letter {
            Letter::Blank => json!({ "standing": "blank" }),
            Letter::Gathering(gathered) => json!({
                "standing": "gathering", "due": gathered.due,
                "lines": gathered.lines.len(), "more": gathered.more,
            }),
        }
    }
}

fn add(
    bundle: &Bundle,
    asked: &Asked,
    (message, line, to): (&CompactString, &Line, &Address),
    settled: &[CommandId],
) -> Event {
    let (due, n_lines) = match &bundle.letter {
        Letter::Blank => (asked.at + GATHERED_FOR, 0),
        Letter::Gathering(gathered) => (gathered.due, gathered.lines.len()),
    };
    let (mut forgotten, open): (Vec<CommandId>, Vec<CommandId>) =
        bundle.open.iter().partition(|id| settled.contains(id));
    forgotten.extend(open.iter().take((open.len() + 1).saturating_sub(OPEN_MAX)));
    Event::Added {
        id: asked.id,
        message: message.clone(),
        to: to.clone(),
        due,
        kept: if n_lines < LINES_MAX { Kept::Line(line.clone()) } else { Kept::Counted },
        forgotten,
    }
}
