//! Effects of a unit's events: its daily brief and what is said of the daily view, to its head or whoever stands in
//! (article 7).

use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_core::outbox::{Claim, Message};
use duban_rules::vocabulary::{Recipient, UnitId};
use serde::Serialize;

use super::lifecycle::briefed;
use super::{BRIEF, Event, State, Unit, quota, views};
use crate::brief::{self, Morning};
use crate::context::Context;

/// What a brief's message knows of itself.
#[derive(Debug, Serialize)]
struct Brief<'a> {
    unit: &'a str,
    unit_name: &'a str,
    #[serde(flatten)]
    morning: Morning,
}

/// What the world must hear of `event`.
pub(super) fn effects(unit: &Unit, event: &Event, cx: &Context) -> Vec<Effect> {
    match event {
        Event::BriefDue(due) => {
            let terminal = cx.rules.units.get(&UnitId::new(&unit.id));
            let unit_name = terminal.map_or(unit.id.as_str(), |terminal| &terminal.name);
            let morning = Morning::of(due, cx);
            vec![brief::message(BRIEF, due.slot, &Brief { unit: &unit.id, unit_name, morning })]
        }
        Event::Reserved(_) | Event::QuotaUsedUp(_) => quota::told(event).into_iter().collect(),
        Event::HeadReminded { day, at, ends } => {
            views::reminder(unit, (*day, *ends), *at, cx).into_iter().collect()
        }
        Event::DayMissed { day, .. } => views::missed(unit, *day, cx).into_iter().collect(),
        Event::Settled { .. }
        | Event::Released { .. }
        | Event::Established { .. }
        | Event::Rescheduled { .. }
        | Event::LeaveTaken(_)
        | Event::LeaveEnded { .. }
        | Event::Deactivated { .. }
        | Event::Viewed { .. }
        | Event::ViewsScheduled { .. } => Vec::new(),
    }
}

/// Whether a message is still of use, and to whom it goes.
pub(super) fn claim(unit: &Unit, message: &Message, at: Timestamp, cx: &Context) -> Claim {
    let State::Active(active) = &unit.standing else {
        return Claim::Withdraw("单位已停用".into());
    };
    if matches!(message.template.as_str(), views::REMINDER | views::MISSED) {
        return views::claim((unit, active), message, at, cx);
    }
    let Some(terminal) = briefed(unit, cx) else {
        return Claim::Withdraw("单位不在现行规则中,或已不设简报".into());
    };
    let id = UnitId::new(&unit.id);
    let heads = cx.rules.units.contacts(&id, Recipient::UnitHead);
    let told = |head| cx.roster.present_by(&cx.rules.units, (terminal, &active.leaves), head, at);
    let present = heads.into_iter().map(told);
    brief::claim(message, Some(&active.briefing), present, cx)
}
