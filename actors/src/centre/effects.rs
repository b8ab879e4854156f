//! Effects of the centre's events: the duty chief's brief, the operator's alarms, and on its eve the day of rules.

use duban_core::entity::Effect;
use duban_core::outbox::{Claim, Message};
use duban_rules::vocabulary::Recipient;

use super::alarm::{self, Turn};
use super::{ALARM, BRIEF, Centre, Event, waiting};
use crate::brief::{self, Morning};
use crate::context::Context;

/// What the world must hear of `event`.
pub(super) fn effects(event: &Event, cx: &Context) -> Vec<Effect> {
    match event {
        Event::BriefDue(due) => vec![brief::message(BRIEF, due.slot, &Morning::of(due, cx))],
        Event::AlarmRaised(alarm) => vec![alarm::message(alarm, Turn::Raised, cx)],
        Event::AlarmCleared(alarm) => vec![alarm::message(alarm, Turn::Cleared, cx)],
        Event::RulesForetold { at, hash, number, from } => {
            vec![waiting::message((hash, number), [*at, *from], cx)]
        }
        Event::Established { .. }
        | Event::Rescheduled { .. }
        | Event::RulesPutInForce { .. }
        | Event::RulesScheduled { .. }
        | Event::RulesDayCome { .. }
        | Event::RulesGivenUp { .. } => Vec::new(),
    }
}

/// Whether a message is still of use, and to whom it goes.
pub(super) fn claim(centre: &Centre, message: &Message, cx: &Context) -> Claim {
    if message.template == ALARM {
        return alarm::claim(message, cx);
    }
    let chiefs = cx.told(Recipient::DutyChief);
    brief::claim(message, centre.briefing(), chiefs, cx)
}
