//! Secrets: read from a file of their own, never from `duban.toml`, and never shown.

use std::fs;
use std::path::Path;

use super::Failure;

/// The secret in the file that `field` of the configuration names: its first line.
pub(super) fn read(field: &'static str, path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path).map_err(Failure::file("read", path))?;
    let secret = text.lines().next().unwrap_or_default().trim_end();
    if secret.is_empty() {
        return Err(Failure::Setting { field, reason: "the file's first line is empty".into() });
    }
    Ok(secret.to_owned())
}
