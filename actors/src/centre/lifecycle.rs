//! The life of the centre: article 3. Pure.
//!
//! ```text
//! Unknown ─Establish─► Working ─┐
//!                        ▲      │ Fired: a brief is due
//!                        └──────┘ Establish: another schedule
//! ```
//! The whole standing × command grid is kept in `tests/tables/centre.txt`.

use duban_runtime::entity::{Asked, Corrupt};

use super::{Centre, Command, Event, Refusal};
use crate::brief::{Mornings, Next, Settled};
use crate::context::Context;
use crate::role::{Duty, role_of};

/// What happens when `command` reaches the centre.
pub(super) fn decide(
    centre: &Centre,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let duty = match command {
        Command::Establish => Duty::Administer,
        Command::Fired(_) => Duty::Fire,
    };
    if !role_of(asked).is_some_and(|role| role.may(duty)) {
        return Err(Refusal::NotPermitted { duty });
    }
    let mornings = Mornings::new(&cx.rules.notices.brief_centre, &cx.rules.calendar);
    match (centre, command) {
        (Centre::Unknown, Command::Establish) => {
            Ok(vec![Event::Established { next: mornings.after(asked.at) }])
        }

        // A slot that has passed is settled by its timer, not by a new schedule.
        (Centre::Working { next: Next::At(due), .. }, Command::Establish) if *due <= asked.at => {
            Err(Refusal::AlreadyEstablished)
        }
        (Centre::Working { next, .. }, Command::Establish) => match mornings.after(asked.at) {
            unchanged if unchanged == *next => Err(Refusal::AlreadyEstablished),
            next => Ok(vec![Event::Rescheduled { next }]),
        },
        (Centre::Working { next, .. }, Command::Fired(fired)) if next.is_due_by(fired) => {
            let Settled { slot, missed, next } = mornings.settle(fired.due, asked.at);
            Ok(vec![Event::BriefDue { slot, missed, next }])
        }

        (Centre::Unknown | Centre::Working { .. }, Command::Fired(_)) => Err(Refusal::NoSuchTimer),
    }
}

/// The centre after `event`.
pub(super) fn evolve(centre: Centre, event: &Event) -> Result<Centre, Corrupt> {
    match (centre, event) {
        (Centre::Unknown, Event::Established { next }) => {
            Ok(Centre::Working { next: *next, last: None })
        }
        (Centre::Working { last, .. }, Event::Rescheduled { next }) => {
            Ok(Centre::Working { next: *next, last })
        }
        (Centre::Working { .. }, Event::BriefDue { slot, next, .. }) => {
            Ok(Centre::Working { next: *next, last: Some(*slot) })
        }

        (centre, event) => Err(Corrupt(format!("{event:?} while {centre:?}"))),
    }
}
