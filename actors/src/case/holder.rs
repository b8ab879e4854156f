//! Phases and holders of a filed case: who has it in hand, and whether the unit's clock runs meanwhile (articles 15–18).
//!
//! ```text
//! Filed ── AwaitingDispatch                 nobody has it yet; the dispatcher's clock runs
//!       └─ Held(assignment, holder)
//!                           ├─ Unit         the unit's clock runs
//!                           ├─ Reviewer     stands still since the unit asked to give the case back; runs on if urgent
//!                           ├─ Disputed     the same since the unit disputed that the case is its own
//!                           ├─ Deferred     stands still, urgent or not, by the county leader's consent
//!                           ├─ Collector    stands still since the unit fed back
//!                           └─ DutyChief    stands still since the unit fed back
//! ```
//! A new holder is one more variant of [`Holder`]; whether the unit's clock stands still while it has the case is said
//! in [`Holder::stands_still`] alone. Matches over holders name each of them, so that the compiler asks for a new one.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::book::stages::Urgency;
use serde::{Deserialize, Serialize};

use super::SiteTask;
use super::assignment::Assignment;
use super::clock::StageClock;
use super::command::Opinion;
use super::deferral::Deferral;
use super::disputes::Dispute;

/// How far a filed case has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Phase {
    /// The dispatcher chooses a unit (待派遣, article 15).
    AwaitingDispatch(Box<StageClock>),
    /// Dispatched to a unit; the holder has it in hand (articles 16–18).
    Held(Box<Assignment>, Holder),
}

/// Who has a dispatched case in hand, with the clock that runs there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Holder {
    /// The unit: it has yet to sign for the case (待签收), or is at it (处置中, article 16).
    Unit {
        /// The clock of the receipt, until the unit has signed.
        receipt: Option<Box<StageClock>>,
    },
    /// Whoever decides whether the unit may give the case back (退单审核).
    Reviewer {
        since: Timestamp,
        /// The clock of the decision.
        clock: Box<StageClock>,
        /// What the dispatch desk thinks of it, once it has said so.
        opinion: Option<Opinion>,
    },
    /// The unit, while it is found whose the case is (争议确认中, article 19).
    Disputed { since: Timestamp, dispute: Box<Dispute> },
    /// Nobody: it waits until it is looked at again (缓办, article 27).
    Deferred { since: Timestamp, deferral: Box<Deferral> },
    /// A collector, who looks whether it is done (核查中, article 17).
    Collector {
        /// When the unit finished: on time is judged by this.
        since: Timestamp,
        /// The look, with its own clock.
        task: Box<SiteTask>,
    },
    /// The duty chief, who compares and closes (待结案, article 18).
    DutyChief {
        /// When the unit finished: on time is judged by this.
        since: Timestamp,
        closing: Box<Closing>,
    },
}

/// What the duty chief has to close.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// The clock of the closing.
    pub clock: StageClock,
    /// Who said that it is done in place of a collector; none where one was there.
    pub waived_by: Option<CompactString>,
}

/// A stop of the unit's clock that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandsStill {
    pub since: Timestamp,
    pub why: StopCause,
}

/// Why a unit's clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopCause {
    /// The unit asked to give the case back.
    ReturnAsked,
    /// The unit disputed that the case is its own.
    Disputed,
    /// The county leader consented that it waits.
    Deferred,
    /// The unit fed back, and it is seen to whether it is done.
    FedBack,
}

impl Phase {
    /// Where the case stands, as [`super::State::name`] says it.
    pub fn name(&self) -> &'static str {
        match self {
            Phase::AwaitingDispatch(_) => "awaiting-dispatch",
            Phase::Held(_, holder) => holder.name(),
        }
    }
}

impl Holder {
    /// Where the case stands, as [`super::State::name`] says it.
    pub fn name(&self) -> &'static str {
        match self {
            Holder::Unit { receipt: Some(_) } => "dispatched",
            Holder::Unit { receipt: None } => "handling",
            Holder::Reviewer { .. } => "returning",
            Holder::Disputed { .. } => "disputing",
            Holder::Deferred { .. } => "deferred",
            Holder::Collector { .. } => "verifying",
            Holder::DutyChief { .. } => "awaiting-closing",
        }
    }

    /// Since when, and why, the unit's clock stands still while this holder has a case of this urgency; none while it
    /// runs. An urgent case may be given back or disputed, and its clock runs on (article 20): nothing but a feedback and the
    /// county leader's consent stops it.
    pub fn stands_still(&self, urgency: Urgency) -> Option<StandsStill> {
        match (self, urgency) {
            (Holder::Unit { .. }, _)
            | (Holder::Reviewer { .. } | Holder::Disputed { .. }, Urgency::Urgent) => None,
            (&Holder::Disputed { since, .. }, Urgency::Ordinary) => {
                Some(StandsStill { since, why: StopCause::Disputed })
            }
            (&Holder::Reviewer { since, .. }, Urgency::Ordinary) => {
                Some(StandsStill { since, why: StopCause::ReturnAsked })
            }
            (&Holder::Deferred { since, .. }, _) => {
                Some(StandsStill { since, why: StopCause::Deferred })
            }
            (&Holder::Collector { since, .. } | &Holder::DutyChief { since, .. }, _) => {
                Some(StandsStill { since, why: StopCause::FedBack })
            }
        }
    }
}
