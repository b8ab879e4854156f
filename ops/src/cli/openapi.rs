//! `duban openapi`: the document of the HTTP API; no server and no store is needed.

use anyhow::Result;

use super::{Call, Exit};
use duban_api::http::api;

/// Prints the document.
pub(super) fn print(call: &mut Call<'_>) -> Result<Exit> {
    call.json(&serde_json::to_value(api::openapi())?)?;
    Ok(Exit::Done)
}
