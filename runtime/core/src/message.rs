//! Messages to people as entities know them: what one is about, and whether it is still needed, and by whom.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// A message as an entity wants it: what it is about, in data. Rendered when it is claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which template renders it, e.g. `level-1`.
    pub template: CompactString,
    /// What the entity put into it, as JSON; the entity reads it again at the claim.
    pub data: String,
    /// When it may first be claimed.
    pub not_before: Timestamp,
}

/// One recipient, resolved at the claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// `email` or `sms`.
    pub channel: CompactString,
    pub name: CompactString,
    pub address: CompactString,
    /// The role in which they are told.
    pub role: CompactString,
}

/// An entity's answer to a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claim {
    /// Still needed: to these addresses, with these words' data (JSON for the template).
    Deliver(Vec<Address>, String),
    /// No longer needed, and why.
    Withdraw(String),
}
