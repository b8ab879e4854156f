//! What happened to a case. Every result stands here: due instants, schedules, who was told as what.
//!
//! An auditor reads these as JSON in ten years: fields are only added, with a default; anything else is a new variant.
//! Samples of each form ever shipped are in `tests/tables/events/case.jsonl`.

mod escalation;
mod photos;

use compact_str::CompactString;
use duban_rules::book::ladder::Ladder;
use duban_rules::vocabulary::{
    CellId, CollectorId, ConditionCode, GridId, Place, Recipient, TimeLimit, UnitId,
};
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

pub use escalation::{Lateness, OrderIssued, RaiseCause, StepDecided};

use super::assignment::Resumed;
use super::clock::{Span, StageClock, StepAt};
use super::command::{Delivery, Finding};
use super::recalculation::Recalculated;
use super::{Channel, Reporter, Timeliness};

/// What happened, along a case's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A report came in (article 14).
    Registered(Box<Registered>),
    /// It was sent out for validation (article 14).
    ValidationOrdered(TaskGiven),
    /// Somebody looked whether it is so.
    Validated(Box<Validated>),
    /// It was not filed (article 14).
    Declined {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// It was filed (article 14).
    Filed(Box<Filed>),
    /// It got its yearly number.
    Numbered {
        /// The number.
        number: CompactString,
    },
    /// It was dispatched (article 15).
    Dispatched(Box<Dispatched>),
    /// The unit signed for it (article 16).
    Received {
        /// When.
        at: Timestamp,
    },
    /// The unit was there (article 25).
    Arrived {
        /// When.
        at: Timestamp,
        /// Where it stood.
        #[serde(default)]
        place: Option<Place>,
    },
    /// The unit was at work (article 25).
    Started {
        /// When.
        at: Timestamp,
    },
    /// The unit said that it is done (article 16).
    FeedbackGiven(Box<FeedbackGiven>),
    /// A task on site went to somebody else (article 10).
    TaskReassigned {
        /// Which task.
        task: u16,
        /// Who had it.
        from: Option<CollectorId>,
        /// Who has it; none when the grid has nobody else.
        to: Option<CollectorId>,
        /// Why.
        reason: String,
        /// How it left whoever had it.
        #[serde(default)]
        handover: Handover,
    },
    /// A collector gave back a task that was theirs no longer; nothing follows.
    GivenBackLate {
        /// Which task.
        task: u16,
        /// Who gave it back.
        from: CollectorId,
    },
    /// Somebody looked whether it is done (article 17).
    Verified(Box<Verified>),
    /// It went back to the unit (article 18).
    Reworked {
        /// When.
        at: Timestamp,
        /// What is wrong.
        reason: String,
        /// Which rework of this case.
        rework: u16,
        /// How the unit's clock goes on.
        resumed: Resumed,
    },
    /// The unit asked to give it back.
    ReturnAsked {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// The clock of whoever decides.
        clock: StageClock,
    },
    /// It was not this unit's: the stretch does not count (article 26), another unit is chosen.
    ReturnAccepted {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// The dispatcher's clock.
        clock: StageClock,
    },
    /// It is this unit's.
    ReturnRefused {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// How the unit's clock goes on.
        resumed: Resumed,
    },
    /// A supervision order was issued (article 3).
    OrderIssued(Box<OrderIssued>),
    /// A supervision order rose.
    OrderRaised {
        /// When.
        at: Timestamp,
        /// Which.
        order: u16,
        /// How high it stands.
        level: u8,
        /// Why.
        cause: RaiseCause,
        /// Who is told.
        tell: Vec<Recipient>,
        /// The new reply clock.
        clock: StageClock,
    },
    /// The unit replied to a supervision order.
    OrderReplied {
        /// When.
        at: Timestamp,
        /// Which.
        order: u16,
        /// The reply.
        text: String,
    },
    /// A step of a clock was reached and its people were told (article 3).
    StepDecided(Box<StepDecided>),
    /// Its instants were calculated anew by another calendar (article 11).
    Recalculated(Box<Recalculated>),
    /// It was closed (article 18).
    Closed(Box<ClosedEvent>),
    /// What the reporter said of themselves was erased (article 13): the ledger keeps it sealed, and nobody has the key.
    ReporterErased {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// A case that lived elsewhere was taken in.
    Adopted(Box<Adopted>),
    /// Its end was taken in.
    Concluded {
        /// When it was finished and closed.
        finish: Timestamp,
        /// In time or not.
        timeliness: Timeliness,
    },
}

/// A report came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// When.
    pub at: Timestamp,
    /// By which way.
    pub channel: Channel,
    /// The system or desk it came from.
    pub source: CompactString,
    /// What it is called there.
    pub external_id: CompactString,
    /// What is the matter.
    pub text: String,
    /// Where it is, in words.
    #[serde(default)]
    pub address: String,
    /// Where it is.
    pub location: Option<Location>,
    /// Who reported it, sealed.
    #[serde(default)]
    pub reporter: Option<Reporter>,
    /// Photos, by the names of their blobs.
    #[serde(default)]
    pub photos: Vec<CompactString>,
    /// The collector, when one reported it.
    #[serde(default)]
    pub collector: Option<CollectorId>,
    /// The desk's clock.
    pub clock: StageClock,
    /// A mark: by how many seconds the wall clock was ahead of [`Registered::at`], while that was not believed. Whoever
    /// reads the instant knows that the clock was in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_s: Option<u64>,
}

/// How a task on site left whoever had it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handover {
    /// It was taken from them, and they are told.
    #[default]
    Taken,
    /// They gave it back themselves, and carry it no more.
    GivenBack,
}

/// A place and what lies around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// In degrees.
    pub place: Place,
    /// The cell; none outside the area.
    pub cell: Option<CellId>,
    /// The supervision grid; none outside the area.
    pub grid: Option<GridId>,
}

/// A task on site was given out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskGiven {
    /// Counts the tasks of a case from 1.
    pub task: u16,
    /// When.
    pub at: Timestamp,
    /// To whom; none while the grid has nobody.
    pub collector: Option<CollectorId>,
    /// The task's clock.
    pub clock: StageClock,
}

/// What was seen on site, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// Who looked.
    pub by: CompactString,
    /// The collector who had the task; none when nobody had it.
    #[serde(default)]
    pub carrier: Option<CollectorId>,
    /// The photo, by the name of its blob.
    #[serde(default)]
    pub photo: Option<CompactString>,
    /// How far from the case's place it was taken.
    #[serde(default)]
    pub metres: Option<u32>,
    /// How far off it might have been taken, by the rules of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<u32>,
    /// In words.
    #[serde(default)]
    pub note: String,
    /// Why the duty chief said it without a photo or from afar.
    #[serde(default)]
    pub waiver: Option<String>,
}

/// Somebody looked whether it is so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validated {
    /// When.
    pub at: Timestamp,
    /// Which task.
    pub task: u16,
    /// Whether it is so.
    pub finding: Finding,
    /// What was seen.
    pub sight: Sight,
    /// The desk's clock, with the span of the look left out.
    pub clock: StageClock,
}

/// It was filed: what binds the case from that day on (article 11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filed {
    /// When.
    pub at: Timestamp,
    /// The local year, whose numbers it takes one of.
    pub year: i32,
    /// The condition.
    pub condition: ConditionCode,
    /// A hash of the condition's texts, so that a later edition cannot pass for this one.
    pub texts: CompactString,
    /// The handbook's edition.
    pub edition: CompactString,
    /// The limit.
    pub limit: TimeLimit,
    /// The escalation ladder, all steps.
    pub ladder: Ladder,
    /// Where it is, when that was put right.
    #[serde(default)]
    pub location: Option<Location>,
    /// Why without validation, where that was so.
    #[serde(default)]
    pub reason: Option<String>,
    /// The number of a case that takes none of the year's: a canary's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<CompactString>,
    /// The dispatcher's clock.
    pub clock: StageClock,
}

/// It was dispatched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dispatched {
    /// When: the handling clock starts here.
    pub at: Timestamp,
    /// Which stretch of the case.
    pub assignment: u16,
    /// To whom.
    pub unit: UnitId,
    /// By whom.
    pub by: CompactString,
    /// How.
    pub method: Delivery,
    /// When it ought to be finished.
    pub due: Timestamp,
    /// The whole ladder, one instant per step.
    pub steps: Vec<StepAt>,
    /// The receipt clock.
    pub clock: StageClock,
    /// Why this unit, when the handbook names others.
    #[serde(default)]
    pub reason: Option<String>,
    /// The stretch that goes on, when this unit had the case and gave it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<Resumes>,
}

/// A unit has a case again that it gave back: its clock goes on with the rest of the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumes {
    /// Which stretch.
    pub assignment: u16,
    /// When its clock stood still.
    pub pause: Span,
}

/// The unit said that it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedbackGiven {
    /// What was done.
    pub result: String,
    /// Photos afterwards.
    #[serde(default)]
    pub photos: Vec<CompactString>,
    /// When by the device's clock; shown, never counted.
    #[serde(default)]
    pub device: Option<Timestamp>,
    /// The look that follows; it begins with the finish that counts.
    pub task: TaskGiven,
}

/// Somebody looked whether it is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// When.
    pub at: Timestamp,
    /// Which task.
    pub task: u16,
    /// What was seen.
    pub sight: Sight,
    /// What it came to.
    pub verdict: Verdict,
}

/// What a look before closing came to, and what follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is done; the duty chief's clock.
    Passed(StageClock),
    /// It is not; a rework follows in the same record.
    Failed,
    /// It could not be seen; the next look.
    Unable(TaskGiven),
}

/// It was closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClosedEvent {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: CompactString,
    /// When the accepted handling was finished.
    pub finish: Timestamp,
    /// When it ought to have been.
    pub due: Option<Timestamp>,
    /// In time or not, frozen.
    pub timeliness: Timeliness,
    /// Why the one who dispatched it closed it, if so.
    #[serde(default)]
    pub waiver: Option<String>,
}

/// A case that lived elsewhere was taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adopted {
    /// Where it lived.
    pub source: CompactString,
    /// What it was called there.
    pub external_id: CompactString,
    /// The unit it was with.
    pub unit: UnitId,
    /// Who took it in.
    pub by: CompactString,
    /// When it was opened.
    pub opened: Timestamp,
    /// Its target, if it had one.
    pub due: Option<Timestamp>,
    /// Its ladder.
    pub ladder: Ladder,
    /// The instants of its ladder.
    pub steps: Vec<StepAt>,
    /// Where it was.
    #[serde(default)]
    pub place: Option<Place>,
    /// What it was about.
    #[serde(default)]
    pub summary: String,
}
