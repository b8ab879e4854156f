//! A brief's words are made once: when its claim is durable and before anybody gets it.
//!
//! They are kept as a blob, and its row of the outbox names the blob from then on. Whoever hands the brief over again,
//! after a crash or a failed attempt, takes the same words from there. Until the row names them nobody has got any.

use compact_str::CompactString;
use duban_actors::context::Context;
use duban_runtime::journal::Journal;
use duban_runtime::journal::blob::{BlobId, BlobStore};
use duban_runtime::outbox::MessageId;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use duban_base::aside::{self, Undone};

use super::{complete, is_brief};
use crate::courier::render::{self, Claimed};
use crate::courier::{Failure, Rendered};

/// Briefs that are made at a time. Each reads thousands of cases, and those who work at the centre go on meanwhile.
const TOGETHER: usize = 2;

static TURNS: Semaphore = Semaphore::const_new(TOGETHER);

/// What a row's data is once its words are fixed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    /// The blob of the words, in hexadecimal.
    words: String,
}

/// The words in that blob.
#[derive(Debug, Serialize, Deserialize)]
struct Words {
    subject: String,
    text: String,
    sms: String,
    /// [`Rendered::unfilled`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unfilled: Option<CompactString>,
}

/// Whether the words of a claimed message have yet to be fixed.
pub fn is_loose(template: &str, data: &str) -> bool {
    is_brief(template) && named(template, data).is_none()
}

/// What `making` comes to, which makes the words of a brief: done aside, `TOGETHER` at a time.
///
/// # Errors
/// [`Undone`] when the server ends.
pub async fn in_turn<T: Send + 'static>(
    making: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Undone> {
    aside::in_turn(&TURNS, making).await
}

/// Makes the words of a claimed brief from the lists as they stand now, and keeps them; gives the data that names them.
///
/// # Errors
/// [`Failure::Journal`] when the lists cannot be read or the words not be kept, and what [`render::render`] fails with.
pub fn fix(
    journal: &Journal,
    cx: &Context,
    id: &MessageId,
    claimed: &Claimed<'_>,
) -> Result<String, Failure> {
    let failed = |source| Failure::Journal { id: id.to_string(), source };
    let known = render::known(id, claimed)?;
    let data = complete(journal, cx, claimed.template, known).map_err(failed)?;
    let rendered = render::filled_in(&cx.rules.notices, id, claimed, &data)?;
    let Rendered { subject, text, sms, unfilled, .. } = rendered;
    // Writing plain texts cannot fail.
    let words = serde_json::to_vec(&Words { subject, text, sms, unfilled }).unwrap_or_default();
    let blob = journal.blobs().put(&words).map_err(failed)?;
    Ok(serde_json::to_string(&Fixed { words: blob.to_string() }).unwrap_or_default())
}

/// The claimed message in the words that were fixed for it; none when its template is to be filled in.
///
/// # Errors
/// [`Failure::Journal`] when the blob is gone or damaged, [`Failure::Data`] when it holds no words.
pub fn recalled(
    blobs: &BlobStore,
    id: &MessageId,
    claimed: &Claimed<'_>,
) -> Result<Option<Rendered>, Failure> {
    let Some(blob) = named(claimed.template, claimed.data) else { return Ok(None) };
    let kept =
        blobs.get(&blob).map_err(|source| Failure::Journal { id: id.to_string(), source })?;
    let words: Words = serde_json::from_slice(&kept)
        .map_err(|source| Failure::Data { id: id.to_string(), source })?;
    Ok(Some(Rendered {
        id: id.clone(),
        template: claimed.template.to_owned(),
        step: String::new(),
        at: claimed.at,
        addresses: claimed.addresses.to_vec(),
        subject: words.subject,
        text: words.text,
        sms: words.sms,
        appointment: None,
        unfilled: words.unfilled,
    }))
}

/// The blob in which a message's words are kept; none when they are not fixed.
pub fn named(template: &str, data: &str) -> Option<BlobId> {
    if is_brief(template) { words(data) } else { None }
}

/// The blob of words that a row's data names, whatever its template.
pub fn words(data: &str) -> Option<BlobId> {
    serde_json::from_str::<Fixed>(data).ok()?.words.parse().ok()
}
