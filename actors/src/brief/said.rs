//! The message of a brief: what it knows of itself, and whether it is still of use. Its lists are added after its
//! claim.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_core::outbox::{Claim, Message};
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::TemplateName;
use serde::{Deserialize, Serialize};

use super::{Briefing, Settled, addresses};
use crate::context::Context;

/// Which brief it is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Morning {
    pub(crate) slot: Timestamp,
    /// The slot of the brief before it, if there was one. Messages of before do not say.
    #[serde(default)]
    since: Option<Timestamp>,
    /// The slot's local date, as its heading writes it.
    date: String,
}

impl Morning {
    pub(crate) fn of(settled: &Settled, cx: &Context) -> Morning {
        let Settled { slot, since, .. } = *settled;
        let date = cx.rules.calendar.local(slot.into()).format("%Y-%m-%d").to_string();
        Morning { slot, since, date }
    }
}

/// The message of a brief that says `data`.
pub(crate) fn message(template: &'static str, slot: Timestamp, data: &impl Serialize) -> Effect {
    // Writing plain data cannot fail.
    let data = serde_json::to_string(data).unwrap_or_default();
    let template = CompactString::const_new(template);
    Effect::Send(Message { template, data, not_before: slot })
}

/// The answer to a claim: to these people, unless a later brief has come. To nobody is a dead letter.
pub(crate) fn claim<'a>(
    message: &Message,
    briefing: Option<&Briefing>,
    people: impl IntoIterator<Item = &'a Contact>,
    cx: &Context,
) -> Claim {
    let Ok(Morning { slot, .. }) = serde_json::from_str(&message.data) else {
        return Claim::Withdraw("简报没有写明时刻".into());
    };
    if briefing.is_some_and(|briefing| briefing.has_passed(slot)) {
        return Claim::Withdraw("已有更新的简报".into());
    }
    let template = TemplateName::new(&message.template);
    match cx.rules.notices.get(&template) {
        Some(notice) => Claim::Deliver(addresses(notice, people), message.data.clone()),
        None => Claim::Withdraw(format!("没有通知模板 {template}")),
    }
}
