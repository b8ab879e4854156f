//! Alarms that the operator is told of duban itself: that something is wrong, and that it is over.
//!
//! When there is an alarm is not known here: whoever watches the house decides that, at most once an hour for each kind.
//! Here it becomes a message of the outbox, so that it survives what it is about, and goes to the operator by e-mail
//! and by SMS alike: where one way is closed, the other is open.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_core::outbox::{Claim, Message};
use duban_rules::vocabulary::{Recipient, TemplateName};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ALARM;
use crate::brief::addresses;
use crate::context::Context;

/// An alarm, in words for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Stable, e.g. `channel-away/email`.
    pub kind: CompactString,
    /// What is wrong, or was; one line.
    pub text: String,
    pub since: Timestamp,
    pub at: Timestamp,
}

/// Whether it begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Raised,
    Cleared,
}

/// The message of an alarm, due at once.
pub(super) fn message(alarm: &Alarm, turn: Turn, cx: &Context) -> Effect {
    let local =
        |at: Timestamp| cx.rules.calendar.local(at.into()).format("%Y-%m-%d %H:%M:%S").to_string();
    let result = match turn {
        Turn::Raised => "告警",
        Turn::Cleared => "恢复",
    };
    let data = json!({
        "result": result, "text": alarm.text, "reason": alarm.kind, "date": local(alarm.since),
    });
    let template = CompactString::const_new(ALARM);
    Effect::Send(Message { template, data: data.to_string(), not_before: alarm.at })
}

/// To the operators, always: that it was is worth knowing when it is over, too.
pub(super) fn claim(message: &Message, cx: &Context) -> Claim {
    let operators = cx.rules.officials.contacts(Recipient::Operator);
    match cx.rules.notices.get(&TemplateName::new(&message.template)) {
        Some(notice) => Claim::Deliver(addresses(notice, operators), message.data.clone()),
        None => Claim::Withdraw(format!("没有通知模板 {}", message.template)),
    }
}
