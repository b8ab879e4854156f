//! What the world hears of a unit: its daily brief, to its head or whoever stands in (article 7).

use duban_rules::vocabulary::{Recipient, TemplateName, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Effect;
use duban_runtime::outbox::{Claim, Message};
use serde::{Deserialize, Serialize};

use super::leave::standing_in;
use super::{BRIEF, Event, Standing, Unit};
use crate::brief::{addresses, date_of};
use crate::context::Context;

/// What a brief's message knows of itself; its lists are added when it is claimed.
#[derive(Debug, Serialize, Deserialize)]
struct Brief {
    unit: String,
    unit_name: String,
    slot: Timestamp,
    date: String,
}

/// What the world must hear of `event`.
pub(super) fn effects(unit: &Unit, event: &Event, cx: &Context) -> Vec<Effect> {
    match event {
        Event::BriefDue { slot, .. } => {
            let terminal = cx.rules.units.get(&UnitId::new(&unit.id));
            let brief = Brief {
                unit: unit.id.to_string(),
                unit_name: terminal.map_or_else(|| unit.id.to_string(), |t| t.name.clone()),
                slot: *slot,
                date: date_of(*slot, &cx.rules.calendar),
            };
            let data = serde_json::to_string(&brief).unwrap_or_default();
            vec![Effect::Send(Message { template: BRIEF.into(), data, not_before: *slot })]
        }
        Event::Established { .. }
        | Event::Rescheduled { .. }
        | Event::LeaveTaken(_)
        | Event::LeaveEnded { .. }
        | Event::Deactivated { .. } => Vec::new(),
    }
}

/// Whether a brief is still of use, and to whom it goes.
pub(super) fn claim(unit: &Unit, message: &Message, at: Timestamp, cx: &Context) -> Claim {
    let Standing::Active(active) = &unit.standing else {
        return Claim::Withdraw("the unit takes no cases any more".into());
    };
    let Ok(brief) = serde_json::from_str::<Brief>(&message.data) else {
        return Claim::Withdraw("the message names no slot".into());
    };
    if active.last.is_some_and(|last| last > brief.slot) {
        return Claim::Withdraw("a later brief has taken its place".into());
    }
    let template = TemplateName::new(&message.template);
    let Some(notice) = cx.rules.notices.get(&template) else {
        return Claim::Withdraw(format!("the rules have no template `{template}`"));
    };
    let id = UnitId::new(&unit.id);
    let heads = cx.rules.units.contacts(&id, Recipient::UnitHead);
    let everybody = cx.rules.units.get(&id).map_or(&[][..], |terminal| &terminal.contacts);
    let present = heads.into_iter().map(|head| standing_in(&active.leaves, head, everybody, at));
    let addresses = addresses(notice, present);
    if addresses.is_empty() {
        return Claim::Withdraw("the unit's head has no address".into());
    }
    Claim::Deliver(addresses, message.data.clone())
}
