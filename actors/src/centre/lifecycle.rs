//! The life of the centre: article 3. Pure.
//!
//! ```text
//! Unknown ─Establish─► Working ─┐
//!                        ▲      │ Fired: a brief is due
//!                        └──────┘ Establish: another schedule
//! ```
//! Alarms are told in any standing and change none.
//! The whole standing × command grid is kept in `tests/tables/centre.txt`.

use duban_runtime::entity::{Asked, Corrupt};

use super::{Centre, Command, Event, Refusal};
use crate::brief::{Briefing, Mornings};
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
        Command::Establish | Command::RaiseAlarm(_) | Command::ClearAlarm(_) => Duty::Administer,
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

        (Centre::Working(briefing), Command::Establish) => {
            let next = briefing.rescheduled(mornings.after(asked.at), asked.at);
            let next = next.ok_or(Refusal::AlreadyEstablished)?;
            Ok(vec![Event::Rescheduled { next }])
        }
        (Centre::Working(briefing), Command::Fired(fired)) => {
            let settled = briefing.fired(fired, &mornings, asked.at);
            Ok(vec![Event::BriefDue(settled.ok_or(Refusal::NoSuchTimer)?)])
        }

        // Whoever keeps duban running is told, whether or not anybody has established the centre.
        (_, Command::RaiseAlarm(alarm)) => Ok(vec![Event::AlarmRaised(alarm.clone())]),
        (_, Command::ClearAlarm(alarm)) => Ok(vec![Event::AlarmCleared(alarm.clone())]),

        (Centre::Unknown, Command::Fired(_)) => Err(Refusal::NoSuchTimer),
    }
}

/// The centre after `event`.
pub(super) fn evolve(centre: Centre, event: &Event) -> Result<Centre, Corrupt> {
    match (centre, event) {
        (Centre::Unknown, Event::Established { next }) => {
            Ok(Centre::Working(Briefing::from(*next)))
        }
        (Centre::Working(briefing), Event::Rescheduled { next }) => {
            Ok(Centre::Working(Briefing { next: *next, ..briefing }))
        }
        (Centre::Working(_), Event::BriefDue(settled)) => {
            Ok(Centre::Working(Briefing::after(settled)))
        }

        (centre, Event::AlarmRaised(_) | Event::AlarmCleared(_)) => Ok(centre),

        (centre, event) => Err(Corrupt(format!("{event:?} while {centre:?}"))),
    }
}
