//! From a claimed message to words: its template of the rules in force, filled in.

use compact_str::CompactString;
use duban_rules::book::notices::{self, APPOINTMENT, Appointment, Notices};
use duban_rules::vocabulary::TemplateName;
use duban_runtime::clock::Timestamp;
use duban_runtime::outbox::{Address, MessageId};
use serde_json::Value;

use super::plain::Plain;
use super::{Failure, Rendered};

/// What was claimed: the message's template, its data as JSON, whom it goes to, and the instant it is dated by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed<'a> {
    pub template: &'a str,
    /// What to fill it in with.
    pub data: &'a str,
    pub addresses: &'a [Address],
    /// When it is dated; the same at every hand-over of this message.
    pub at: Timestamp,
}

/// Fills in the template of a claimed message. A part that cannot be filled in is told in plain words, and said so.
///
/// # Errors
/// [`Failure::Data`] and [`Failure::Words`]; neither goes away by trying again.
pub fn render(
    notices: &Notices,
    id: &MessageId,
    claimed: &Claimed<'_>,
) -> Result<Rendered, Failure> {
    filled_in(notices, id, claimed, &known(id, claimed)?)
}

/// What is known of a message.
///
/// # Errors
/// [`Failure::Data`] when it cannot be read.
pub fn known(id: &MessageId, claimed: &Claimed<'_>) -> Result<Value, Failure> {
    serde_json::from_str(claimed.data)
        .map_err(|source| Failure::Data { id: id.to_string(), source })
}

/// The same, filled in with what is known.
///
/// # Errors
/// [`Failure::Words`].
pub fn filled_in(
    notices: &Notices,
    id: &MessageId,
    claimed: &Claimed<'_>,
    data: &Value,
) -> Result<Rendered, Failure> {
    let step = data.get("step").and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = TemplateName::new(claimed.template);
    let filled = notices
        .fill(&name, data)
        .map_err(|source| Failure::Words { id: id.to_string(), source })?;
    let title = notices.get(&name).map_or(claimed.template, |notice| notice.title.as_str());
    let mut unfilled = None;
    let mut or_plain = |filled: Result<String, notices::Error>, plain: fn(Plain) -> String| {
        filled.unwrap_or_else(|failure| {
            tracing::error!(message = %id, %failure, "told in plain words");
            unfilled.get_or_insert_with(|| CompactString::from(failure.to_string()));
            plain(Plain::of(title, data))
        })
    };
    let subject = or_plain(filled.subject, |plain| plain.subject);
    let text = or_plain(filled.text, |plain| plain.text);
    let sms = or_plain(filled.sms, |plain| plain.sms);
    Ok(Rendered {
        id: id.clone(),
        template: claimed.template.to_owned(),
        step,
        at: claimed.at,
        addresses: claimed.addresses.to_vec(),
        subject,
        text,
        sms,
        appointment: appointment(data),
        unfilled,
    })
}

/// The entry for the reader's calendar; one that cannot be read is no reason to keep the letter back.
fn appointment(data: &Value) -> Option<Appointment> {
    serde_json::from_value(data.get(APPOINTMENT)?.clone()).ok()
}
