//! Intake: what a case carries until it is filed, and when it never is (article 14).

use duban_core::clock::Timestamp;
use duban_rules::book::stages::Urgency;
use serde::{Deserialize, Serialize};

use super::Report;
use super::clock::{Span, StageClock};

/// What a case carries until it is filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intake {
    pub report: Report,
    /// Whether it was called urgent when it came in; the condition that it is filed under says so for good.
    pub urgency: Urgency,
    /// The desk's clock.
    pub clock: StageClock,
    /// When that clock stood still.
    pub pauses: Box<[Span]>,
    pub truth: Truth,
}

/// What is known of a report's truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// Nobody has looked.
    Unasked,
    /// It is as reported.
    Confirmed,
    Refuted,
}

/// A report that was not filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declined {
    pub report: Report,
    pub at: Timestamp,
}
