//! Events: what happened to a case. Every result stands here: due instants, schedules, who was told as what.
//!
//! Whoever did something stands in `by` as in `Asked` ([`crate::role`] says how earlier records named them).
//! An auditor reads these as JSON in ten years: fields are only added, with a default; anything else is a new variant.
//! Samples of each form ever shipped are in `tests/tables/events/case.jsonl`.

mod adoption;
mod application;
mod calls;
mod closing;
mod deferral;
mod dispute;
mod escalation;
mod files;
mod handling;
mod help;
mod instant;
mod intake;
mod site;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{CollectorId, Place, Recipient, UnitId};
use serde::{Deserialize, Serialize};

pub use adoption::Adopted;
pub use application::{Answered, Applied, Charge, Extended, WithdrawnEvent};
pub use calls::{CallWanted, Called};
pub use closing::ClosedEvent;
pub use deferral::{ConsentWanted, DeferredEvent, ResumedEvent};
pub use dispute::{
    ByCommittee, DeterminedEvent, DisputeOutcome, Disputed, MeetingOff, Referred,
    SiteMeetingCalled, SiteMeetingHeld,
};
pub use escalation::{Lateness, OrderIssued, RaiseCause, StepDecided};
pub use handling::{Dispatched, FeedbackGiven, Resumes};
pub use help::{HelpAsked, HelpGiven};
pub use intake::{Filed, Location, Registered};
pub use site::{Handover, Sight, TaskGiven, Validated, Verdict, Verified};

use super::Timeliness;
use super::application::{Before, Wish};
use super::assignment::Resumed;
use super::clock::StageClock;
use super::command::{Ground, Opinion};
use super::recalculation::Recalculated;
use super::returns::Lane;

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
    Declined { at: Timestamp, reason: String },
    /// It was filed (article 14).
    Filed(Box<Filed>),
    /// It got its yearly number.
    Numbered { number: CompactString },
    /// A unit on the telephone was chosen: it is to be called (article 7).
    CallWanted(Box<CallWanted>),
    /// The unit was called.
    Called(Called),
    /// It was dispatched (article 15).
    Dispatched(Box<Dispatched>),
    /// The unit signed for it (article 16).
    Received {
        at: Timestamp,
        /// Until when it may ask to give the case back; none where that was without bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        return_until: Option<Timestamp>,
        /// Until when it may dispute the case; none where that was without bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispute_until: Option<Timestamp>,
    },
    /// The unit was there (article 25).
    Arrived {
        at: Timestamp,
        #[serde(default)]
        place: Option<Place>,
    },
    /// The unit was at work (article 25).
    Started { at: Timestamp },
    /// The unit said that it is done (article 16).
    FeedbackGiven(Box<FeedbackGiven>),
    /// A task on site went to somebody else (article 10).
    TaskReassigned {
        task: u16,
        from: Option<CollectorId>,
        /// Who has it; none when the grid has nobody else.
        to: Option<CollectorId>,
        reason: String,
        /// How it left whoever had it.
        #[serde(default)]
        handover: Handover,
    },
    /// A collector gave back a task that was theirs no longer; nothing follows.
    GivenBackLate {
        task: u16,
        /// Who gave it back.
        from: CollectorId,
    },
    /// Somebody looked whether it is done (article 17).
    Verified(Box<Verified>),
    /// It went back to the unit (article 18).
    Reworked {
        at: Timestamp,
        reason: String,
        /// Which rework of this case.
        rework: u16,
        /// How the unit's clock goes on.
        resumed: Resumed,
    },
    /// The unit asked to give it back.
    ReturnAsked {
        at: Timestamp,
        reason: String,
        /// On which ground; none in records of releases that did not ask.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ground: Option<Ground>,
        /// The signed form, by the name of its blob.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form: Option<CompactString>,
        /// Until when the form may follow, where it may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        form_due: Option<Timestamp>,
        /// The clock of whoever decides.
        clock: StageClock,
    },
    /// The signed form of a return came in.
    FormAdded {
        at: Timestamp,
        /// Which return of the case.
        no: u16,
        /// By the name of its blob.
        form: CompactString,
    },
    /// A paper or a recording was put on the case.
    Attached {
        at: Timestamp,
        /// By the name of its blob.
        file: CompactString,
        /// What it is.
        note: String,
    },
    /// The dispatch desk said what it thinks of a return or an application.
    OpinionGiven {
        at: Timestamp,
        opinion: Opinion,
        reason: String,
        /// Of which of them; of a return where the record does not say it.
        #[serde(default, skip_serializing_if = "is_of_a_return")]
        lane: Lane,
    },
    /// The dispatcher took back their own dispatch: the stretch counts for nobody, another unit is chosen.
    Recalled {
        at: Timestamp,
        /// From whom.
        unit: UnitId,
        reason: String,
        /// The dispatcher's clock.
        clock: StageClock,
    },
    /// It was not this unit's: the stretch does not count (article 26), another unit is chosen.
    ReturnAccepted {
        at: Timestamp,
        reason: String,
        /// The dispatcher's clock.
        clock: StageClock,
    },
    /// It is this unit's.
    ReturnRefused {
        at: Timestamp,
        reason: String,
        /// How the unit's clock goes on.
        resumed: Resumed,
    },
    /// The unit asked to have it found whose the case is (article 19).
    Disputed(Box<Disputed>),
    /// Everybody concerned was called to the place (article 19).
    SiteMeetingCalled(Box<SiteMeetingCalled>),
    /// They met.
    SiteMeetingHeld(Box<SiteMeetingHeld>),
    /// It was found whose the case is (article 19).
    Determined(Box<DeterminedEvent>),
    /// A dispute was put to the committee (article 19).
    Referred(Box<Referred>),
    /// The committee need not decide it any more; what came of the case follows.
    CommitteeSpared {
        at: Timestamp,
        /// The number of the meeting.
        meeting: CompactString,
    },
    /// The committee's meeting was called off: chief or head find whose the case is.
    CommitteeCalledOff {
        at: Timestamp,
        meeting: CompactString,
        reason: String,
        /// The clock of whoever finds it.
        clock: StageClock,
    },
    /// A meeting of the committee said something of a dispute that had ended; nothing follows.
    CommitteeLate { at: Timestamp, meeting: CompactString },
    /// A unit was asked to help (article 19).
    HelpAsked(Box<HelpAsked>),
    /// A helper said that its part is done.
    HelpGiven(Box<HelpGiven>),
    /// The lead goes on without the helpers that have not helped.
    HelpWaived { at: Timestamp, reason: String },
    /// The unit gave up what it had asked.
    TakenBack {
        at: Timestamp,
        reason: String,
        /// What became of the case; none of an application, for which no clock stood still.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<DisputeOutcome>,
        /// The meeting that is not held any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meeting_off: Option<Box<MeetingOff>>,
        /// What it had applied for; none of a dispute, and in records of releases that knew but more time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wish: Option<Wish>,
        /// Who was sent to look again and need not go any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<CollectorId>,
        /// Who had the application in hand; the centre in records of releases that did not say it.
        #[serde(default, skip_serializing_if = "Before::is_centre")]
        before: Before,
    },
    /// The unit applied for something beside its work (articles 21 and 27).
    Applied(Box<Applied>),
    /// The application has a place in the unit's quota (article 27).
    QuotaReserved(Answered),
    /// It has none: the quota is used up.
    QuotaRefused(Answered),
    /// It was granted more time (article 27).
    Extended(Box<Extended>),
    /// What it applied for was refused.
    ApplicationRefused {
        at: Timestamp,
        reason: String,
        /// What it had asked for.
        wish: Wish,
        /// The county leader who did not consent, by name; none where the centre decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leader: Option<CompactString>,
    },
    /// The centre's head is for a deferral, and the county leader's consent is wanted (article 27).
    ConsentWanted(Box<ConsentWanted>),
    /// The county leader consented: it waits (article 27).
    Deferred(Box<DeferredEvent>),
    /// It goes on (article 27).
    Resumed(Box<ResumedEvent>),
    /// It is not as reported: it was withdrawn and counts for nobody (article 21).
    Withdrawn(Box<WithdrawnEvent>),
    /// A supervision order was issued (article 3).
    OrderIssued(Box<OrderIssued>),
    /// A supervision order rose.
    OrderRaised {
        at: Timestamp,
        order: u16,
        level: u8,
        cause: RaiseCause,
        tell: Vec<Recipient>,
        /// The new reply clock.
        clock: StageClock,
    },
    /// The unit replied to a supervision order.
    OrderReplied { at: Timestamp, order: u16, text: String },
    /// A step of a clock was reached and its people were told (article 3).
    StepDecided(Box<StepDecided>),
    /// Its instants were calculated anew by another calendar (article 11).
    Recalculated(Box<Recalculated>),
    /// It was closed (article 18).
    Closed(Box<ClosedEvent>),
    /// What the reporter said of themselves was erased (article 13): the ledger keeps it sealed, and nobody has the key.
    ReporterErased { at: Timestamp, reason: String },
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_of_a_return(lane: &Lane) -> bool {
    *lane == Lane::Return
}
