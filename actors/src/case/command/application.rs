//! Application commands' data: what becomes of an application (articles 21 and 27).

use serde::{Deserialize, Serialize};

/// What became of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    Grant,
    Refuse,
}
