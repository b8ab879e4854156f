//! The life of the centre: article 3. Pure.
//!
//! ```text
//! Unknown ─Establish─► Working ─┐           PutRulesInForce: wherever it stands
//!                        ▲      │ Fired: a brief is due
//!                        └──────┘ Establish: another schedule
//! ```
//! Alarms are told in any standing and change none.
//! The whole standing × command grid is kept in `tests/tables/centre.txt`.

use duban_runtime::entity::{Asked, Corrupt};

use super::{Centre, Command, Event, Refusal, Standing};
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
        Command::Establish
        | Command::PutRulesInForce(_)
        | Command::RaiseAlarm(_)
        | Command::ClearAlarm(_) => Duty::Administer,
        Command::Fired(_) => Duty::Fire,
    };
    if !role_of(asked).is_some_and(|role| role.may(duty)) {
        return Err(Refusal::NotPermitted { duty });
    }
    let mornings = Mornings::new(&cx.rules.notices.brief_centre, &cx.rules.calendar);
    match (&centre.standing, command) {
        (Standing::Unknown, Command::Establish) => {
            Ok(vec![Event::Established { next: mornings.after(asked.at) }])
        }

        (Standing::Working(briefing), Command::Establish) => {
            let next = briefing.rescheduled(Some(&mornings), asked.at);
            let next = next.ok_or(Refusal::AlreadyEstablished)?;
            Ok(vec![Event::Rescheduled { next }])
        }
        (Standing::Working(briefing), Command::Fired(fired)) => {
            let settled = briefing.fired(fired, &mornings, asked.at);
            Ok(vec![Event::BriefDue(settled.ok_or(Refusal::NoSuchTimer)?)])
        }

        (_, Command::PutRulesInForce(edition)) => {
            if centre.rules.as_ref().is_some_and(|last| last.hash == edition.hash) {
                return Err(Refusal::RulesInForce);
            }
            Ok(vec![Event::RulesPutInForce { at: asked.at, edition: edition.clone() }])
        }

        // Whoever keeps duban running is told, whether or not anybody has established the centre.
        (_, Command::RaiseAlarm(alarm)) => Ok(vec![Event::AlarmRaised(alarm.clone())]),
        (_, Command::ClearAlarm(alarm)) => Ok(vec![Event::AlarmCleared(alarm.clone())]),

        (Standing::Unknown, Command::Fired(_)) => Err(Refusal::NoSuchTimer),
    }
}

/// The centre after `event`.
pub(super) fn evolve(centre: Centre, event: &Event) -> Result<Centre, Corrupt> {
    let standing = match (centre.standing, event) {
        (Standing::Unknown, Event::Established { next }) => {
            Standing::Working(Briefing::from(*next))
        }
        (Standing::Working(briefing), Event::Rescheduled { next }) => {
            Standing::Working(Briefing { next: *next, ..briefing })
        }
        (Standing::Working(_), Event::BriefDue(settled)) => {
            Standing::Working(Briefing::after(settled))
        }

        (standing, Event::AlarmRaised(_) | Event::AlarmCleared(_)) => standing,

        (standing, Event::RulesPutInForce { edition, .. }) => {
            return Ok(Centre { standing, rules: Some(edition.clone()) });
        }

        (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
    };
    Ok(Centre { standing, ..centre })
}
