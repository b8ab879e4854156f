//! What the world hears of the centre: the duty chief's brief.

use duban_rules::vocabulary::{Recipient, TemplateName};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Effect;
use duban_runtime::outbox::{Claim, Message};
use serde::{Deserialize, Serialize};

use super::{BRIEF, Centre, Event};
use crate::brief::{addresses, date_of};
use crate::context::Context;

/// What a brief's message knows of itself; its figures are added when it is claimed.
#[derive(Debug, Serialize, Deserialize)]
struct Brief {
    slot: Timestamp,
    date: String,
}

/// What the world must hear of `event`.
pub(super) fn effects(event: &Event, cx: &Context) -> Vec<Effect> {
    match event {
        Event::BriefDue { slot, .. } => {
            let brief = Brief { slot: *slot, date: date_of(*slot, &cx.rules.calendar) };
            let data = serde_json::to_string(&brief).unwrap_or_default();
            vec![Effect::Send(Message { template: BRIEF.into(), data, not_before: *slot })]
        }
        Event::Established { .. } | Event::Rescheduled { .. } => Vec::new(),
    }
}

/// Whether a brief is still of use, and to whom it goes.
pub(super) fn claim(centre: &Centre, message: &Message, cx: &Context) -> Claim {
    let Ok(brief) = serde_json::from_str::<Brief>(&message.data) else {
        return Claim::Withdraw("the message names no slot".into());
    };
    match centre {
        Centre::Working { last: Some(last), .. } if *last > brief.slot => {
            return Claim::Withdraw("a later brief has taken its place".into());
        }
        Centre::Working { .. } | Centre::Unknown => {}
    }
    let template = TemplateName::new(&message.template);
    let Some(notice) = cx.rules.notices.get(&template) else {
        return Claim::Withdraw(format!("the rules have no template `{template}`"));
    };
    let addresses = addresses(notice, cx.rules.committee.contacts(Recipient::DutyChief));
    if addresses.is_empty() {
        return Claim::Withdraw("no duty chief has an address".into());
    }
    Claim::Deliver(addresses, message.data.clone())
}
