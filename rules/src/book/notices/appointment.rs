//! Appointments: an entry for the reader's calendar that an e-mail carries beside its words.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Under which key the data of a message has its appointment: no variable, so that no template writes it out.
pub const APPOINTMENT: &str = "appointment";

/// An entry for the reader's calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// What it is about, unique in the world: a later entry of the same key replaces an earlier one.
    pub key: String,
    /// Counts the entries of a key from 1.
    pub sequence: u16,
    pub from: DateTime<Utc>,
    pub place: String,
    #[serde(default)]
    pub standing: Standing,
}

/// Whether the reader is to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    #[default]
    Called,
    /// Not any more: the entry goes.
    Off,
}
