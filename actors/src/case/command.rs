//! Commands: what can be asked of a case.

mod adoption;
mod application;
mod files;
mod handling;
mod intake;
mod site;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{CollectorId, ConditionCode, Place, UnitId};
use serde::{Deserialize, Serialize};

pub use crate::findings::Determination;
pub use adoption::Adoption;
pub use application::{Resumption, Ruling, Signed};
pub use handling::{Decision, Delivery, Ground, Opinion};
pub use intake::{Checklist, NewReport};
pub use site::{Finding, Outcome, Seen};

use super::application::{Begun, Wish};
use super::calls;
use super::supervision::OrderKind;
use crate::role::Duty;
use crate::tells::{QuotaAnswer, Resolution, ToCase};

/// What can be asked of a case, along its life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Register a report (登记, article 14).
    Register(Box<NewReport>),
    /// Send it out for validation (核实, article 14).
    Validate,
    /// Say whether it is as reported, from on site.
    GiveValidation {
        /// Confirmed or refuted.
        finding: Finding,
        #[serde(flatten)]
        seen: Seen,
    },
    /// File it under a condition of the handbook (立案, article 14).
    File {
        condition: ConditionCode,
        /// Whether the filing condition was checked point by point.
        checklist: Checklist,
        /// Where it is, when the report did not say or said it wrong.
        #[serde(default)]
        place: Option<Place>,
        /// Why without validation, where that may be.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Do not file it (不予立案, article 14).
    Decline {
        /// Why; told to the reporter.
        reason: String,
    },
    /// The year's number, from the allocator.
    Numbered { number: CompactString },
    /// Dispatch it to a unit (派遣, article 15).
    Dispatch {
        unit: UnitId,
        /// How it is delivered; none for the unit's usual way.
        #[serde(default)]
        method: Option<Delivery>,
        /// Why this unit, when the handbook names others.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Say what became of a call to the unit that is to have it (电话派遣, article 7).
    Call {
        /// The number that was called.
        number: CompactString,
        /// Who answered.
        #[serde(default)]
        person: Option<CompactString>,
        outcome: calls::Outcome,
    },
    /// Sign for it (签收, article 16).
    Receive,
    /// Be there (到场, article 25).
    Arrive {
        #[serde(default)]
        place: Option<Place>,
    },
    /// Be at work (开始处置, article 25).
    Start,
    /// Say that it is done (处理反馈, article 16).
    GiveFeedback {
        result: String,
        /// Photos afterwards, by the names of their blobs.
        #[serde(default)]
        photos: Vec<CompactString>,
        /// When it was done by the device's clock; shown, never counted.
        #[serde(default)]
        finished: Option<Timestamp>,
    },
    /// Say whether it is done, from on site (核查, article 17).
    Verify {
        outcome: Outcome,
        #[serde(flatten)]
        seen: Seen,
    },
    /// Pass a task on site on to somebody else (article 10).
    Reassign {
        task: u16,
        /// To whom; none for the next collector of the grid.
        #[serde(default)]
        to: Option<CollectorId>,
        reason: String,
        /// The collector whose actor gives it back; none when somebody takes it from whoever has it.
        #[serde(default)]
        from: Option<CollectorId>,
    },
    /// Close it (结案, article 18).
    Close {
        /// Why the one who dispatched it, or waived the look, closes it, if so (article 12).
        #[serde(default)]
        waiver: Option<String>,
    },
    /// Send it back to the unit (返工, article 18).
    Rework { reason: String },
    /// Ask to give it back (退单).
    Return {
        /// Why it is not this unit's.
        reason: String,
        /// On which ground; once each.
        #[serde(default)]
        ground: Ground,
        /// The form signed by the unit's leader, by the name of its blob.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<CompactString>,
    },
    /// Add the signed form of a return that was asked without (补签章).
    AddForm {
        /// By the name of its blob.
        form: CompactString,
    },
    /// Take back one's own dispatch, soon and before it is signed for (撤回派遣).
    Recall {
        /// Why; told to the unit.
        reason: String,
    },
    /// Say what the desk thinks of a return or an application (初审).
    GiveOpinion {
        opinion: Opinion,
        /// Why.
        reason: String,
    },
    /// Decide about a return.
    DecideReturn { decision: Decision, reason: String },
    /// Ask to have it found whose it is (责任认定, article 19).
    Dispute {
        ground: Ground,
        /// Why it is not this unit's.
        reason: String,
        /// Whose it is, if the unit knows.
        #[serde(default)]
        proposes: Option<UnitId>,
        /// The form signed by the unit's leader, by the name of its blob.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<CompactString>,
    },
    /// Call everybody concerned to the place (现场确认, article 19); once more moves the meeting.
    CallSiteMeeting {
        /// When; in UTC.
        at: Timestamp,
        /// Where to meet; none for the case's own place.
        #[serde(default)]
        place: Option<String>,
        /// Whom, beside the applicant.
        units: Vec<UnitId>,
    },
    /// Say what came of the meeting.
    RecordSiteMeeting {
        /// Which of those called were there; the others stayed away.
        present: Vec<UnitId>,
        /// What was seen and said.
        record: String,
        /// By the names of their blobs; the signed record among them.
        #[serde(default)]
        photos: Vec<CompactString>,
    },
    /// Find whose it is (认定).
    Determine { finding: Determination, reason: String },
    /// Put a dispute to the committee (提请城管委, article 19).
    Refer {
        /// The units concerned beside the applicant, whom it proposes, and whom the meeting on site called.
        #[serde(default)]
        units: Vec<UnitId>,
        reason: String,
    },
    /// The committee has decided a dispute, from its meeting.
    Resolved(Resolution),
    /// The committee's meeting on a dispute is called off, from the meeting.
    CalledOff { meeting: CompactString, reason: String },
    /// Put a paper or a recording on the case (附件).
    Attach {
        /// By the name of its blob.
        file: CompactString,
        /// What it is.
        note: String,
    },
    /// Say that one's part of a case of several units is done (协办反馈, article 19).
    GiveHelp {
        result: String,
        /// By the names of their blobs.
        #[serde(default)]
        photos: Vec<CompactString>,
    },
    /// Go on without the helpers that have not helped.
    WaiveHelp {
        /// Why; told to them.
        reason: String,
    },
    /// Give up a dispute or an application.
    TakeBack { reason: String },
    /// Apply for something beside the work, e.g. for more time (articles 21 and 27).
    Apply {
        wish: Wish,
        /// Why it is needed.
        reason: String,
        /// The form signed by the unit's head, by the name of its blob.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<CompactString>,
        /// Who signed, by the name in the rules: the unit's head or whoever stands in.
        signer: CompactString,
        /// Counted by whoever brings it in.
        #[serde(default)]
        begun: Begun,
    },
    /// Its application has a place in the unit's quota, from the unit.
    QuotaReserved(QuotaAnswer),
    /// The unit's quota is used up, from the unit.
    QuotaUsedUp(QuotaAnswer),
    /// Decide about an application.
    DecideApplication { ruling: Ruling, reason: String },
    /// Say as the county leader what becomes of a deferral, in person or by a signed paper (article 27).
    Consent {
        ruling: Ruling,
        /// What the leader wrote to it; why, where it is refused.
        #[serde(default)]
        reason: String,
        /// What was signed, where somebody else enters it.
        #[serde(default)]
        signed: Option<Signed>,
    },
    /// Let a deferred case go on (article 27).
    Resume {
        how: Resumption,
        /// Why; told to the unit.
        reason: String,
    },
    /// Issue a supervision order by hand (督办, article 3).
    OrderSupervision {
        /// Leader's or important.
        kind: OrderKind,
        text: String,
    },
    /// Reply to a supervision order.
    ReplySupervision { order: u16, text: String },
    /// Calculate its instants anew by the calendar in force (article 11).
    Recalculate {
        /// Why: which calendar was published.
        reason: String,
    },
    /// Erase what the reporter said of themselves (article 13).
    EraseReporter {
        /// Why: at whose wish, or by which rule.
        reason: String,
    },
    /// Take in a case that lived elsewhere: registered, filed and dispatched at once.
    Adopt(Box<Adoption>),
    /// Take in its end; the finish may lie before the opening, as histories have it.
    Conclude {
        /// When it was finished and closed.
        finished: Timestamp,
    },
}

impl Command {
    /// What article 12 calls the thing that is asked.
    pub fn duty(&self) -> Duty {
        match self {
            Command::Register(_) => Duty::Register,
            Command::Validate | Command::File { .. } | Command::Decline { .. } => Duty::Examine,
            Command::GiveValidation { .. } | Command::Verify { .. } => Duty::Check,
            Command::Numbered { .. }
            | Command::QuotaReserved(_)
            | Command::QuotaUsedUp(_)
            | Command::Resolved(_)
            | Command::CalledOff { .. } => Duty::Answer,
            Command::Dispatch { .. } | Command::Call { .. } | Command::Recall { .. } => {
                Duty::Dispatch
            }
            Command::Attach { .. } => Duty::Attach,
            Command::GiveOpinion { .. } => Duty::FirstOpinion,
            Command::CallSiteMeeting { .. } | Command::RecordSiteMeeting { .. } => Duty::Coordinate,
            Command::Determine { .. } | Command::Refer { .. } => Duty::Determine,
            Command::Receive
            | Command::Arrive { .. }
            | Command::Start
            | Command::GiveFeedback { .. }
            | Command::Return { .. }
            | Command::AddForm { .. }
            | Command::Dispute { .. }
            | Command::GiveHelp { .. }
            | Command::WaiveHelp { .. }
            | Command::TakeBack { .. }
            | Command::ReplySupervision { .. } => Duty::Handle,
            Command::DecideReturn { .. } => Duty::ReviewReturn,
            Command::Apply { .. } => Duty::Apply,
            Command::DecideApplication { .. } | Command::Resume { .. } => Duty::ReviewApplication,
            Command::Consent { .. } => Duty::Consent,
            Command::OrderSupervision { .. } => Duty::Supervise,
            Command::Reassign { .. } => Duty::Entrust,
            Command::Close { .. } | Command::Rework { .. } => Duty::Close,
            Command::Adopt(_) | Command::Conclude { .. } => Duty::Import,
            Command::Recalculate { .. } => Duty::Recalculate,
            Command::EraseReporter { .. } => Duty::Erase,
        }
    }
}

impl From<ToCase> for Command {
    fn from(told: ToCase) -> Command {
        match told {
            ToCase::Numbered { number } => Command::Numbered { number },
            ToCase::Reassign { task, to, reason, from } => {
                Command::Reassign { task, to, reason, from }
            }
            ToCase::QuotaReserved(answer) => Command::QuotaReserved(answer),
            ToCase::QuotaUsedUp(answer) => Command::QuotaUsedUp(answer),
            ToCase::Resolved(resolution) => Command::Resolved(resolution),
            ToCase::CalledOff { meeting, reason } => Command::CalledOff { meeting, reason },
        }
    }
}
