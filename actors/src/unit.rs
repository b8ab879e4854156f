//! A terminal unit (系统终端, articles 6–9): its daily brief, who stands in for whom, on which days its main leader looked,
//! and its quota of extensions.
//!
//! What the unit has to handle, and how well it does, is read from the lists of cases and never kept here: a tell per
//! case would push a city's traffic through a few entities. Its name, class and people stand in the rules.

mod effects;
pub(crate) mod leave;
mod lifecycle;
pub mod quota;
pub mod views;

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Kind, List};
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::brief::{Briefing, Next, Settled};
use crate::refusal::{self, Common};
use crate::tells::{self, Became, Booking, CaseId, ToUnit};
use quota::{Quota, Reckoned};

pub use leave::Leave;
use views::{Seen, Views, Watch};

/// Units on disk.
pub const KIND: Kind = tells::UNIT;
/// The template of the daily brief.
pub const BRIEF: &str = "daily-brief";

/// The list of those that take cases.
pub const ACTIVE: List = List::fixed("units/active");
/// The list of those that take none any more.
pub const DEACTIVATED: List = List::fixed("units/deactivated");

/// A unit and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id in the rules, e.g. `CG-HW`.
    pub id: CompactString,
    pub standing: State,
    /// Its extensions of the last months; kept whether it takes cases or not.
    pub quota: Quota,
    /// On which days its main leader looked at its cases.
    pub views: Views,
}

/// Where a unit stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Nobody has established it.
    Unknown,
    /// It takes cases.
    Active(Active),
    /// It takes no cases any more (article 6: a unit with a history is never deleted).
    Deactivated,
}

/// What an active unit keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Active {
    /// Its briefs; a frontage steward gets none.
    pub briefing: Briefing,
    /// Who is away and who will be: of a person no two at once, and not too many.
    pub leaves: Vec<Leave>,
}

/// What can be asked of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Take cases from now on, as the rules describe the unit; asked again, it follows a new schedule of briefs.
    Establish,
    /// Follow the rules that have come into force: have briefs when they say, or none any more. A unit of theirs that
    /// nobody has established is; one that somebody has deactivated stays so.
    FollowRules,
    /// Take no more cases.
    Deactivate {
        reason: String,
        /// How many cases it has open, counted by whoever asks. No bound: a case that is dispatched in the same instant
        /// still comes, and stands among those of closed units ([`crate::context::Context::closed_units`]).
        open_cases: u32,
        as_of: Timestamp,
    },
    /// Somebody of the unit is away, or will be: in place of what was said of those days and later ones that they run into.
    TakeLeave {
        /// Who, by the name in the rules.
        name: CompactString,
        /// From when on; none for now.
        #[serde(default)]
        from: Option<Timestamp>,
        until: Timestamp,
        /// Who stands in, if not the deputy whom the rules name.
        deputy: Option<CompactString>,
    },
    /// Somebody is back before the leave ends, or does not take the next one.
    EndLeave { name: CompactString },
    /// The head, or whoever stands in, has looked at the unit's cases.
    View { seen: Seen },
    /// A case applies for more time (article 27).
    Reserve(Booking),
    /// It was decided.
    Settle { case: CaseId, no: u16, became: Became },
    /// It was taken back.
    Release { case: CaseId, no: u16 },
}

impl From<ToUnit> for Command {
    fn from(told: ToUnit) -> Command {
        match told {
            ToUnit::Reserve(booking) => Command::Reserve(booking),
            ToUnit::Settle { case, no, became } => Command::Settle { case, no, became },
            ToUnit::Release { case, no } => Command::Release { case, no },
        }
    }
}

/// What happened to a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It takes cases.
    Established {
        /// When its first brief is due.
        next: Next,
    },
    /// The schedule of briefs has changed.
    Rescheduled {
        /// When the next brief is due.
        next: Next,
    },
    BriefDue(Settled),
    /// Somebody is away or will be, and somebody stands in.
    LeaveTaken(Leave),
    /// Somebody is back; of several leaves the next has ended.
    LeaveEnded {
        name: CompactString,
    },
    /// It takes no more cases.
    Deactivated {
        reason: String,
    },
    /// An application has a place in the quota (article 27).
    Reserved(Reckoned),
    /// The quota had none for it.
    QuotaUsedUp(Reckoned),
    /// An application was decided.
    Settled {
        case: CaseId,
        no: u16,
        became: Became,
    },
    /// An application was taken back, and its place is free.
    Released {
        case: CaseId,
        no: u16,
    },
    /// Whoever asked has looked at its cases, as the first of their local day (article 7).
    Viewed {
        day: NaiveDate,
        seen: Seen,
        /// What is waited for from now on.
        next: Watch,
    },
    /// Nobody has looked until the instant `at` of `day`, which is a working day and `ends` later: the head is reminded.
    HeadReminded {
        day: NaiveDate,
        at: Timestamp,
        ends: Timestamp,
    },
    /// The day has ended without a look.
    DayMissed {
        day: NaiveDate,
        next: Watch,
    },
    /// Another day is waited for, or none, by other rules or accounts.
    ViewsScheduled {
        next: Watch,
    },
}

/// Why a unit says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "unit-")]
pub enum Refusal {
    /// The rules know no such unit.
    NotInRules,
    /// The rules say that it is not active.
    InactiveInRules,
    /// Nobody has established it.
    NotEstablished,
    /// It is established as the rules say, and nothing changes.
    AlreadyEstablished,
    AlreadyDeactivated,
    /// It has open cases, which must be dispatched to others first (article 6).
    #[strum(serialize = "has-open-cases")]
    OpenCases {
        open_cases: u32,
        as_of: Timestamp,
    },
    /// The unit has nobody of this name.
    UnknownPerson {
        name: CompactString,
    },
    /// Neither the command nor the rules name somebody who stands in.
    NoDeputy {
        name: CompactString,
    },
    /// Nobody stands in for themselves.
    OwnDeputy {
        name: CompactString,
    },
    /// The leave has ended.
    LeaveInThePast {
        until: Timestamp,
    },
    /// The leave ends before it begins.
    LeaveBackwards {
        from: Timestamp,
        until: Timestamp,
    },
    /// So many leaves of theirs are planned already.
    TooManyLeaves {
        name: CompactString,
        most: usize,
    },
    /// They are not away, and will not be.
    NotOnLeave {
        name: CompactString,
    },
    /// Somebody has looked on this day.
    AlreadyLooked,
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);
