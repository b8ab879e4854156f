//! Handling commands' data: how a unit gets a case, and what becomes of its wish to give it back (articles 7 and 15).

use serde::{Deserialize, Serialize};

/// How a case is delivered to a unit (articles 7 and 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Into its account.
    System,
    /// By a call of the desk.
    Phone,
}

/// What became of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It was not this unit's.
    Accept,
    Refuse,
}
