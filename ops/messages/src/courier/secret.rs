//! Secrets of couriers, by the field of the configuration that names their file.

use std::path::Path;

use duban_base::secret::{self, NoSecret};

use super::Failure;

/// The secret in the file that `field` of the configuration names; see [`secret::read`].
pub fn read(field: &'static str, path: &Path) -> Result<String, Failure> {
    secret::read(path).map_err(|no| match no {
        NoSecret::Unread { path, source } => Failure::file("read", &path)(source),
        NoSecret::Empty => Failure::Setting { field, reason: no.to_string().into() },
    })
}
