//! From a claimed message to words: those that were fixed for it, or its template of the rules in force filled in.

use duban_rules::book::notices::Notices;
use duban_rules::vocabulary::TemplateName;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::blob::BlobStore;
use duban_runtime::outbox::{Address, MessageId};
use serde_json::Value;

use super::{Failure, Rendered};
use crate::brief::fixed;

/// What was claimed: the message's template, its data as JSON, whom it goes to, and the instant it is dated by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed<'a> {
    /// Which template.
    pub template: &'a str,
    /// What to fill it in with.
    pub data: &'a str,
    /// Whom it goes to.
    pub addresses: &'a [Address],
    /// When it is dated; the same at every hand-over of this message.
    pub at: Timestamp,
}

/// A claimed message in words, the same at every hand-over: what a courier is given.
///
/// # Errors
/// As [`render`], and [`Failure::Journal`] when the words that were fixed for it cannot be read.
pub fn rendered(
    blobs: &BlobStore,
    notices: &Notices,
    id: &MessageId,
    claimed: Claimed<'_>,
) -> Result<Rendered, Failure> {
    match fixed::recalled(blobs, id, &claimed)? {
        Some(rendered) => Ok(rendered),
        None => render(notices, id, claimed),
    }
}

/// Fills in the template of a claimed message.
///
/// # Errors
/// [`Failure::Data`] and [`Failure::Words`]; neither goes away by trying again.
pub fn render(
    notices: &Notices,
    id: &MessageId,
    claimed: Claimed<'_>,
) -> Result<Rendered, Failure> {
    let data: Value = serde_json::from_str(claimed.data)
        .map_err(|source| Failure::Data { id: id.to_string(), source })?;
    let step = data.get("step").and_then(Value::as_str).unwrap_or_default().to_owned();
    let words = notices
        .render(&TemplateName::new(claimed.template), data)
        .map_err(|source| Failure::Words { id: id.to_string(), source })?;
    Ok(Rendered {
        id: id.clone(),
        template: claimed.template.to_owned(),
        step,
        at: claimed.at,
        addresses: claimed.addresses.to_vec(),
        subject: words.subject,
        text: words.text,
        sms: words.sms,
    })
}
