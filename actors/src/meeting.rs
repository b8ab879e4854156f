//! Meetings of the committee (城管委会议, articles 2–5 and 19): what is on the agenda, who is invited, what was decided.
//!
//! A special one (临时会议) is proposed by a case whose dispute is put to the committee. The head of the centre, or the
//! chair, calls it; what it decides of the case is told to the case, which does it. Until then it is not forgotten: the
//! head of the centre is reminded each working day of what is to be done, and the chair of a meeting that is not held.

mod effects;
mod invited;
mod lifecycle;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Kind, List};
use duban_rules::vocabulary::UnitId;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::findings::Determination;
use crate::refusal::{self, Common};
use crate::tells::{self, CaseId, Motion, ToMeeting};

pub use invited::{Answer, Invitee, Post};

/// Meetings on disk.
pub const KIND: Kind = tells::MEETING;
/// Those who can be invited: a committee of a county has some twenty members.
pub const INVITED_MAX: usize = 128;
/// Those that are ahead, or not minuted.
pub const OPEN: List = List::fixed("meetings/open");
/// Those that are minuted or cancelled.
pub const DONE: List = List::fixed("meetings/done");
/// The lists in which meetings stand.
pub const LISTS: [List; 2] = [OPEN, DONE];

/// A meeting, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its number: the entity's key.
    pub no: CompactString,
    /// What it is about; a special meeting has one item.
    pub agenda: Vec<Item>,
    pub standing: State,
}

/// Where a meeting stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum State {
    /// Nobody has proposed it.
    Unproposed,
    /// The centre has yet to call it.
    Proposed(Waiting),
    /// It is called.
    Called(Box<Call>, Waiting),
    /// It was held, and is not minuted.
    Held(Box<Call>, Box<Sitting>, Waiting),
    /// Its minutes are there; the end.
    Minuted(Box<Call>, Box<Sitting>, Box<Minutes>),
    /// It is called off; the end.
    Cancelled {
        at: Timestamp,
        /// By which it had been called, if it was.
        call: Option<Box<Call>>,
    },
}

/// By when something is to be done, and who is reminded of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// When the head of the centre is reminded next.
    pub head: Timestamp,
    /// When the chair hears that it is not held; none once that is told, or it is.
    pub chair: Option<Timestamp>,
}

/// A case on the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub motion: Motion,
    pub standing: Standing,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Open,
    /// The case needs no decision any more.
    Withdrawn,
    Decided(Determination),
    /// What was decided is done.
    Done(Determination),
}

/// A call of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Counts the calls of a meeting from 1: a higher one moves it.
    pub no: u16,
    pub when: Timestamp,
    pub place: String,
    /// At most [`INVITED_MAX`].
    pub invited: Vec<Invitee>,
}

/// A meeting that was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitting {
    pub at: Timestamp,
    /// Who chaired it, by name.
    pub chair: CompactString,
    /// Who of those invited was there or sent somebody, by name.
    pub present: Vec<CompactString>,
    /// Who was not.
    pub absent: Vec<CompactString>,
}

/// The minutes of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    pub at: Timestamp,
    /// Who wrote them, by login name.
    pub by: CompactString,
    pub record: String,
}

impl Call {
    /// Whether it is of this hour and place, with these people, whatever they have answered.
    fn is_so(&self, when: Timestamp, place: &str, invited: &[Invitee]) -> bool {
        let silent = |one: &Invitee| Invitee { answer: None, ..one.clone() };
        (self.when, self.place.as_str()) == (when, place)
            && self.invited.iter().map(silent).eq(invited.iter().cloned())
    }
}

impl State {
    /// The words for wherever a meeting can stand.
    pub const NAMES: &[&str] = State::VARIANTS;

    /// Where it stands, in a word for lists and views.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The call, who sat, and the minutes, as far as there are any: that of a meeting that was called off, too.
    pub fn papers(&self) -> (Option<&Call>, Option<&Sitting>, Option<&Minutes>) {
        match self {
            State::Unproposed | State::Proposed(_) => (None, None, None),
            State::Cancelled { call, .. } => (call.as_deref(), None, None),
            State::Called(call, _) => (Some(call), None, None),
            State::Held(call, sitting, _) => (Some(call), Some(sitting), None),
            State::Minuted(call, sitting, minutes) => (Some(call), Some(sitting), Some(minutes)),
        }
    }

    /// When it ended; none before.
    pub fn ended(&self) -> Option<Timestamp> {
        match self {
            State::Minuted(.., minutes) => Some(minutes.at),
            State::Cancelled { at, .. } => Some(*at),
            State::Unproposed | State::Proposed(_) | State::Called(..) | State::Held(..) => None,
        }
    }

    /// What is waited for, and since whom it concerns; none before it is proposed and once it has ended.
    pub fn waiting(&self) -> Option<&Waiting> {
        match self {
            State::Proposed(waiting) | State::Called(_, waiting) | State::Held(.., waiting) => {
                Some(waiting)
            }
            State::Unproposed | State::Minuted(..) | State::Cancelled { .. } => None,
        }
    }
}

/// What can be asked of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Be proposed; the case asks it.
    Propose(Motion),
    /// A case needs no decision any more; it says so itself.
    Withdraw { case: CaseId },
    /// What was decided is done; the case says so.
    CarriedOut { case: CaseId },
    /// Call it, or move it (召集).
    Call { at: Timestamp, place: String },
    /// Say who comes.
    Answer {
        /// Who was invited, by name; whoever speaks for a unit answers for its head.
        name: Option<CompactString>,
        answer: Answer,
    },
    /// Call it off.
    Cancel { reason: String },
    /// Say that it was held, who chaired it, and who was there.
    Hold { chair: CompactString, present: Vec<CompactString> },
    /// Enter what was decided of a case.
    Decide { case: CaseId, finding: Determination, reason: String },
    /// Put down the minutes.
    Minute { record: String },
}

impl From<ToMeeting> for Command {
    fn from(told: ToMeeting) -> Command {
        match told {
            ToMeeting::Propose(motion) => Command::Propose(motion),
            ToMeeting::Withdraw { case } => Command::Withdraw { case },
            ToMeeting::CarriedOut { case } => Command::CarriedOut { case },
        }
    }
}

/// What happened to a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A case is put to the committee.
    Proposed { at: Timestamp, motion: Motion, waiting: Waiting },
    /// It is called, or moved.
    Called {
        at: Timestamp,
        /// By login name.
        by: CompactString,
        call: Call,
        /// When it was to be by the call before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Timestamp>,
        waiting: Waiting,
    },
    /// Somebody who is invited has answered.
    Answered {
        at: Timestamp,
        /// Who entered it, by login name.
        by: CompactString,
        /// Who was invited.
        name: CompactString,
        answer: Answer,
    },
    /// It was held.
    Held { sitting: Sitting, by: CompactString, waiting: Waiting },
    /// Something was decided of a case.
    DecisionTaken {
        at: Timestamp,
        by: CompactString,
        case: CaseId,
        finding: Determination,
        reason: String,
    },
    /// The case has done it.
    DecisionDone { at: Timestamp, case: CaseId },
    /// The minutes are there.
    Minuted(Minutes),
    /// A case needs no decision any more; a meeting ahead that has nothing else on its agenda is called off by that.
    Withdrawn { at: Timestamp, case: CaseId },
    /// It is called off; the cases on its agenda are the centre's to decide.
    Cancelled { at: Timestamp, by: CompactString, reason: String },
    /// The head of the centre is reminded of what is to be done.
    Reminded {
        at: Timestamp,
        due: Timestamp,
        /// When the head is reminded again.
        next: Timestamp,
    },
    /// The chair hears that it is not held.
    NotHeld { at: Timestamp, due: Timestamp },
}

/// Why a meeting says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "meeting-")]
pub enum Refusal {
    /// This cannot be done to a meeting that stands here.
    OutOfOrder { stands: &'static str },
    /// A meeting is called for an instant ahead.
    InThePast { at: Timestamp },
    /// It has a place.
    PlaceMissing,
    /// It is called so already.
    Unchanged,
    /// More would be invited than can be.
    TooManyInvited { most: usize },
    /// Nobody of this name, or of this unit, is invited.
    NotInvited { name: CompactString },
    /// It has not yet been.
    NotYetHeld { at: Timestamp },
    /// Somebody chaired it, and somebody was there (article 4).
    NobodyThere,
    /// Whoever presides is the chair, a member, a head who is invited, or comes in the place of one (article 4).
    MayNotPreside { name: CompactString },
    /// This case is not on its agenda, or needs no decision any more.
    NotOnTheAgenda,
    /// It has decided this.
    Decided,
    /// There is no such unit, or it takes no cases.
    NoSuchUnit { unit: UnitId },
    /// At least one unit helps, each once and not the lead, and not too many.
    Helpers { most: usize },
    /// The case is that unit's: it stays there.
    IsTheApplicants { unit: UnitId },
    /// Something on its agenda is not decided.
    Undecided,
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);

impl Item {
    /// Whose the case is: the applicant's, and whose it is by what was decided.
    fn holders(&self) -> impl Iterator<Item = &UnitId> {
        let applicant = &self.motion.applicant;
        let owners = self.standing.finding().into_iter();
        [applicant].into_iter().chain(owners.flat_map(|finding| finding.gives_to(applicant)))
    }
}

impl Standing {
    /// What was decided, whether it is done or not.
    pub fn finding(&self) -> Option<&Determination> {
        match self {
            Standing::Decided(finding) | Standing::Done(finding) => Some(finding),
            Standing::Open | Standing::Withdrawn => None,
        }
    }
}

impl Meeting {
    /// The item of a case.
    pub fn item(&self, case: &CaseId) -> Option<&Item> {
        self.agenda.iter().find(|item| item.motion.case == *case)
    }

    /// The items that wait for a decision.
    pub fn undecided(&self) -> impl Iterator<Item = &Item> {
        self.agenda.iter().filter(|item| item.standing == Standing::Open)
    }

    /// The units that it concerns: those whose heads or people are invited, and whose the cases are, before it and by
    /// what was decided.
    pub fn units(&self) -> impl Iterator<Item = &UnitId> {
        let (call, ..) = self.standing.papers();
        let invited = call.into_iter().flat_map(|call| &call.invited);
        let invited = invited.filter_map(|invited| invited.unit.as_ref());
        invited.chain(self.agenda.iter().flat_map(Item::holders))
    }

    /// Who is invited to a meeting ahead.
    pub fn call(&self) -> Option<&Call> {
        match &self.standing {
            State::Called(call, _) => Some(call),
            State::Unproposed
            | State::Proposed(_)
            | State::Held(..)
            | State::Minuted(..)
            | State::Cancelled { .. } => None,
        }
    }
}
