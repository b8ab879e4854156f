//! Secrets, which must be durable and never seen: they are written to the journal, and hide in every log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a secret is held against: a PHC string, or a digest. Only serde and [`Hidden::expose`] reach it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl Hidden {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Hidden {
        Hidden(text.into())
    }

    /// The text, to hold a secret against.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}
