//! Refusals of a case: data with a stable code, shown to the person who asked.

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::book::units::Lack;
use duban_rules::vocabulary::{ConditionCode, LimitUnit, TimeLimit, UnitId};
use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

use crate::refusal::{self, Common};

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Refusal {
    /// This cannot be done to a case that stands here (the state table of article 12).
    OutOfOrder { stands: &'static str },
    /// The case is with another unit (article 16).
    OtherUnit { unit: UnitId },
    /// The same report from the same source is a case already (article 14).
    AlreadyRegistered,
    /// There is nothing to be read in the report (article 14).
    ReportEmpty,
    /// A collector's report shows a photo and a place (article 13).
    ReportIncomplete,
    /// A collector reports by their handset (article 13).
    OnlyByHandset,
    /// A handset's report is a collector's alone (article 13).
    HandsetNotYours,
    /// Nobody has looked whether it is so (article 14).
    NotValidated,
    /// Somebody looked, and it is not so (article 14).
    Refuted,
    /// The handbook in force has no such condition (article 11).
    UnknownCondition { condition: ConditionCode },
    /// The filing condition was not checked point by point (article 14).
    ChecklistUnconfirmed,
    /// The place is unknown or in no cell (articles 10 and 14).
    NoCell,
    /// There is no such unit (article 6).
    UnknownUnit { unit: UnitId },
    /// The unit takes no cases (article 15).
    UnitInactive { unit: UnitId },
    /// Nobody at the unit can be reached (articles 7 and 9).
    UnitUnreachable { unit: UnitId },
    /// The unit lacks something of article 7, and the rules let such a one have no new cases.
    UnitIncomplete {
        unit: UnitId,
        lacks: Vec<Lack>,
        /// The same in words.
        missing: String,
    },
    /// The handbook names other units for this condition, and no reason was given (article 11).
    NotACandidate { candidates: Vec<UnitId> },
    /// No unit on the telephone was chosen, or it was dispatched meanwhile (article 7).
    NoCallToMake,
    /// An answered call says who answered (article 7).
    AnswererMissing,
    /// The number that was called is on record, too (article 7).
    NumberMissing,
    /// A feedback tells a result (article 16).
    ResultMissing,
    /// A feedback shows a photo, unless the centre enters it (article 16).
    PhotoMissing,
    /// The unit has reported this already (article 25).
    AlreadyReported,
    /// A case is given back soon after its receipt, later by the duty chief's leave (article 19).
    TooLateToReturn { until: Timestamp },
    /// The unit has asked to give it back on this ground before.
    ReturnedOnThisGround,
    /// A return carries a form signed by the unit's leader (article 21).
    FormMissing,
    /// No return lacks its form.
    NoFormAwaited,
    /// The dispatch desk has not said what it thinks of the return.
    OpinionMissing,
    /// The dispatch desk has said it already.
    OpinionGiven,
    /// Only the first unit that got a case disputes it (article 19).
    NotTheFirstReceiver,
    /// Whoever has fed back disputes no more and asks for no more time (articles 19 and 27).
    AfterFeedback,
    /// A case is disputed soon after its receipt, later by the duty chief's leave (article 19).
    TooLateToDispute { until: Timestamp },
    /// On this ground it was found whose the case is (article 19).
    GroundDetermined,
    /// It was found whose the case is: nobody gives it back or disputes it any more (article 19).
    Bound,
    /// The committee decides it, and nobody else (article 19).
    BeforeCommittee { meeting: CompactString },
    /// The committee was asked once, and its meeting was called off (article 19).
    CommitteeCalledOff,
    /// At least one unit helps, each once and not the lead, and not too many (article 19).
    Helpers { most: usize },
    /// Helpers have not helped, and nobody has said why the lead goes on without them (article 19).
    HelpAwaited { units: Vec<UnitId> },
    /// The unit is not asked to help, or has helped; or nobody is waited for.
    NoHelpAsked,
    /// The unit that disputes a case says whose it is, not that it is its own; nor does the case move to it (article 19).
    AlreadyWithUnit { unit: UnitId },
    /// A meeting on site lies ahead, so that those who are called can come, and soon (article 19).
    MeetingAt { from: Timestamp, until: Timestamp },
    /// At least one unit beside the applicant is called to a meeting, and not too many.
    MeetingUnits { most: usize },
    /// The meeting is called so already.
    SiteMeetingUnchanged,
    /// No meeting on site is called that was not held.
    NoMeetingCalled,
    /// The meeting has not yet been.
    MeetingAhead { at: Timestamp },
    /// The unit was not called to the meeting.
    NotCalled { unit: UnitId },
    /// A unit asks for one thing at a time, a case is not closed while it waits for the answer, and not given away while
    /// the unit says that it is not so or wants it to wait (article 21).
    ApplicationPending,
    /// Nobody has applied for anything.
    NothingApplied,
    /// More time is asked for before it is over (article 27).
    AfterDue { due: Timestamp },
    /// All extensions of a case together are no longer than its limit (article 27).
    ExtensionTooLong { most: TimeLimit },
    /// An extension is counted as the limit is (article 27).
    OtherUnitOfTime { unit: LimitUnit },
    /// The unit's quota has not answered yet.
    QuotaUnanswered,
    /// The unit has asked as often as it may in this month; beyond that the centre's head decides (article 27).
    QuotaUsedUp { n: u32, allowed: u32, used: u32 },
    /// An application is signed by the unit's head, or by whoever stands in (article 21).
    NotTheHead,
    /// Nobody has looked again whether it is so (article 21).
    NotLookedAgain,
    /// Somebody looked again, and it is as reported (article 21).
    ItIsSo,
    /// A deferred case is looked at again after today, and soon (article 27).
    ReviewDate { latest: NaiveDate },
    /// The case was deferred as often as it can be.
    DeferredTooOften { most: u16 },
    /// The county leader's consent is wanted, and nobody decides for them (article 27).
    ConsentAwaited,
    /// No consent of the county leader is wanted.
    NoConsentWanted,
    /// Who enters a consent shows what was signed: by whom, when, and the paper (article 27).
    ConsentUnsigned,
    /// Whoever signed is no county leader by the rules (article 27).
    NotTheCountyLeader,
    /// A consent is signed after it was asked for, and not in days to come.
    ConsentDate { from: NaiveDate },
    /// The limit that a case is to go on with is more than nothing and counted as its own (article 27).
    LimitUnfit { limit: TimeLimit },
    /// More time for an urgent case, and a deferral, are the centre's head's to grant (article 27).
    OnlyTheHead,
    /// A dispatcher's slip is given back, not disputed.
    SlipIsReturned,
    /// A dispatch is taken back soon, later the unit returns it.
    TooLateToRecall { until: Timestamp },
    /// A dispatch is taken back by whoever dispatched.
    NotYourDispatch,
    /// Another collector looks after this grid (article 17).
    NotOfThisGrid,
    /// The look was not taken where the case is (article 17).
    TooFar { metres: u32, most: u32 },
    /// A waiver is the duty chief's alone (article 17).
    WaiverNotPermitted,
    /// There is no such task on site.
    NoSuchTask,
    /// Whoever dispatched a case does not close it without saying why (article 12).
    SamePerson,
    /// Nor does whoever said in a collector's place that it is done (articles 12 and 17).
    WaivedTheLook,
    /// Another duty chief is on shift, or nobody is (articles 3 and 18).
    NotOnShift { on_shift: Option<CompactString> },
    /// Overdue and rework orders are issued by the clock, not by hand (article 3).
    OrderNotByHand,
    /// The case has as many supervision orders as it can have.
    TooManyOrders,
    /// There is no such supervision order, or it awaits no reply.
    NoSuchOrder,
    /// The reporter said nothing of themselves, or it was erased (article 13).
    NoReporter,
    /// By the calendar in force every instant is where it was.
    NothingMoves,
    /// The ladder of an adopted case has too many steps, or one twice.
    LadderUnusable,
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);
