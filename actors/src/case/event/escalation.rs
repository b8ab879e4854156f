//! Escalation events: steps that were reached and supervision orders that follow (article 3).

use duban_core::clock::Timestamp;
use duban_rules::book::ladder::Light;
use duban_rules::vocabulary::{Recipient, StepCode, TemplateName};
use serde::{Deserialize, Serialize};

use crate::case::clock::{ClockName, StageClock};
use crate::case::supervision::OrderKind;

/// A supervision order was issued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderIssued {
    pub at: Timestamp,
    /// Counts the orders of a case from 1.
    pub order: u16,
    pub kind: OrderKind,
    pub level: u8,
    /// What is asked, when somebody wrote it.
    #[serde(default)]
    pub text: String,
    /// Who is told by a notice of its own; nobody when a step's notice says it already.
    #[serde(default)]
    pub tell: Vec<Recipient>,
    pub template: TemplateName,
    /// The reply clock.
    pub clock: StageClock,
}

/// Why a supervision order rose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RaiseCause {
    /// A step of the ladder above it was reached.
    Ladder,
    /// Nobody replied in time.
    Unanswered,
}

/// A step of a clock was reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDecided {
    /// In which assignment; 0 before the first.
    pub assignment: u16,
    pub clock: ClockName,
    /// The due revision; for replies ten times the order's number plus its level.
    pub revision: u16,
    pub step: StepCode,
    pub due: Timestamp,
    pub at: Timestamp,
    /// Its supervision level.
    pub level: u8,
    /// The light it turns on; none on the centre's clocks.
    #[serde(default)]
    pub light: Option<Light>,
    /// In time, or found late.
    pub lateness: Lateness,
    /// Who is told; nobody when a higher step of the same moment says it with a line.
    pub tell: Vec<Recipient>,
    pub template: TemplateName,
    /// Lower steps decided in the same moment, told by this one's notice.
    #[serde(default)]
    pub also: Vec<StepCode>,
}

/// Whether a step was decided in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lateness {
    /// Within ten minutes.
    InTime,
    /// Later: caught up after duban was away.
    CaughtUp,
}
