//! Effects of a bundle's events: one message in place of many.

use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_core::outbox::{Claim, Message};
use serde_json::json;

use super::{Event, FOLDED, Gathered, Line};
use crate::context::Context;

/// What the world must hear of `event`.
pub(super) fn effects(event: &Event) -> Vec<Effect> {
    match event {
        Event::Added { .. } => Vec::new(),
        Event::Sent(gathered) => {
            // Writing plain data cannot fail.
            let data = serde_json::to_string(gathered).unwrap_or_default();
            let template = FOLDED.into();
            vec![Effect::Send(Message { template, data, not_before: gathered.due })]
        }
    }
}

/// It is always still of use, and goes to the one it was gathered for.
pub(super) fn claim(message: &Message, cx: &Context) -> Claim {
    let Gathered { to, lines, more, .. } = match serde_json::from_str(&message.data) {
        Ok(gathered) => gathered,
        Err(error) => return Claim::Withdraw(format!("合并通知内容无法读取:{error}")),
    };
    let count = lines.len().saturating_add(usize::try_from(more).unwrap_or(usize::MAX));
    let lines: Vec<_> = lines
        .iter()
        .map(|Line { at, about }| json!({ "at": local(*at, cx), "about": about }))
        .collect();
    let data = json!({ "recipient": to.name, "count": count, "more": more, "lines": lines });
    Claim::Deliver(vec![to], data.to_string())
}

fn local(instant: Timestamp, cx: &Context) -> String {
    cx.rules.calendar.local(instant.into()).format("%m-%d %H:%M").to_string()
}
