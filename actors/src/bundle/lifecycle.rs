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
use duban_runtime::entity::{Asked, CommandId, Corrupt, Fired};
use duban_runtime::outbox::Address;

use super::{
    Bundle, Command, Event, GATHERED_FOR, Gathered, Kept, LINES_MAX, Letter, Line, OPEN_MAX,
    Refusal, TIMER,
};
use crate::refusal::permit;
use crate::role::Duty;

/// What happens when `command` reaches the bundle.
pub(super) fn decide(
    bundle: &Bundle,
    command: &Command,
    asked: &Asked,
) -> Result<Vec<Event>, Refusal> {
    permit(asked, Duty::Answer)?;
    let Command::Add { message, line, to, settled } = command;
    if bundle.remembers(asked.id) {
        return Err(Refusal::AlreadyThere);
    }
    Ok(vec![add(bundle, asked, (message, line, to), settled)])
}

/// What happens when its timer is due: the message is sent.
pub(super) fn fired(bundle: &Bundle, fired: &Fired) -> Result<Vec<Event>, Corrupt> {
    match &bundle.letter {
        Letter::Gathering(gathered) if fired.name == TIMER && fired.due == gathered.due => {
            Ok(vec![Event::Sent(gathered.clone())])
        }
        Letter::Blank | Letter::Gathering(_) => Err(Corrupt::unarmed(fired)),
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

/// The bundle after `event`.
pub(super) fn evolve(mut bundle: Bundle, event: &Event) -> Result<Bundle, Corrupt> {
    match event {
        Event::Added { id, to, due, kept, forgotten, .. } => {
            let mut gathered = match bundle.letter {
                Letter::Blank => Gathered { to: to.clone(), lines: Vec::new(), more: 0, due: *due },
                Letter::Gathering(gathered) => gathered,
            };
            match kept {
                Kept::Line(line) => gathered.lines.push(line.clone()),
                Kept::Counted => gathered.more += 1,
            }
            bundle.open.retain(|known| !forgotten.contains(known));
            bundle.open.push(*id);
            Ok(Bundle { letter: Letter::Gathering(gathered), ..bundle })
        }
        Event::Sent(sent) => match &bundle.letter {
            Letter::Gathering(gathered) if gathered == sent => {
                Ok(Bundle { letter: Letter::Blank, ..bundle })
            }
            letter @ (Letter::Blank | Letter::Gathering(_)) => {
                Err(Corrupt(format!("{sent:?} was sent of {letter:?}")))
            }
        },
    }
}
