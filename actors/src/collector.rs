//! An information collector (信息采集员, articles 10, 13 and 17): on duty or away, with tasks on site.
//!
//! A task belongs to its case, which knows its clock and who may answer it; here stands only who carries it. Whoever is
//! away, or carries too many, passes a task back at once, and the case finds the next one. Who is posted to which grid
//! (监督网格) stands in the rules, and nowhere here.

mod effects;
mod lifecycle;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Kind, List};
use duban_rules::vocabulary::GridId;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::refusal::{self, Common};
use crate::tells::{self, CaseId, ToCollector};

pub use crate::tells::Task;

/// Collectors on disk.
pub const KIND: Kind = tells::COLLECTOR;
/// Tasks that one collector carries, a long day's; a further one goes to somebody else. The list is written with every
/// task that comes or goes, so its length is what that costs.
pub const TASKS_MAX: usize = 32;

/// A collector and where they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collector {
    /// The id in the rules.
    pub id: CompactString,
    pub standing: State,
}

/// Where a collector stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum State {
    /// Nobody has appointed them.
    Unknown,
    /// Appointed, and not signed on; tasks wait for the next shift.
    OffDuty(Round),
    /// Signed on.
    OnDuty(Round),
    /// Away; tasks go to others.
    OnLeave(Round, Timestamp),
    /// Not a collector any more.
    Dismissed,
}

impl State {
    /// The words for wherever one can stand.
    pub const NAMES: &[&str] = State::VARIANTS;

    /// Where they stand, in a word for lists and views.
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// The lists of collectors who were ever appointed, by where they stand.
pub const LISTS: [List; 4] = [ON_DUTY, OFF_DUTY, ON_LEAVE, DISMISSED];
/// Those who are signed on.
pub const ON_DUTY: List = List::fixed("collectors/on-duty");
/// Those who are not.
pub const OFF_DUTY: List = List::fixed("collectors/off-duty");
/// Those who are away.
pub const ON_LEAVE: List = List::fixed("collectors/on-leave");
/// Those who are collectors no more.
pub const DISMISSED: List = List::fixed("collectors/dismissed");

/// What a collector has to go and see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Tasks on site, at most [`TASKS_MAX`] and one per case.
    pub tasks: Vec<Carried>,
}

/// A task that somebody carries; where to go and by when, its case knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub case: CaseId,
    /// Counts the tasks of that case.
    pub task: u16,
}

/// What can be asked of a collector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Be a collector, as the rules say.
    Appoint,
    /// Be a collector no more.
    Dismiss { reason: String },
    /// Begin a shift.
    SignOn,
    /// End a shift.
    SignOff,
    /// Be away.
    TakeLeave { until: Timestamp },
    /// Be back before the leave ends.
    EndLeave,
    /// Carry this task; a case asks it.
    Entrust(Task),
    /// Carry the task of this case no more; the case asks it.
    Release { case: CaseId },
}

impl From<ToCollector> for Command {
    fn from(told: ToCollector) -> Command {
        match told {
            ToCollector::Entrust(task) => Command::Entrust(task),
            ToCollector::Release { case } => Command::Release { case },
        }
    }
}

/// What happened to a collector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// They are a collector.
    Appointed {
        /// Which grids they were to look after, while whoever appointed them said so; it changed nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        grids: Vec<GridId>,
    },
    /// They are a collector no more.
    Dismissed {
        reason: String,
    },
    /// A shift began.
    SignedOn,
    /// A shift ended.
    SignedOff,
    LeaveTaken {
        until: Timestamp,
    },
    /// They are back.
    LeaveEnded,
    /// They carry a task.
    Entrusted(Task),
    /// A task goes back to its case, to find somebody else.
    PassedOn {
        case: CaseId,
        task: u16,
        reason: Hindrance,
    },
    /// They carry no task of this case.
    Released {
        case: CaseId,
    },
}

/// Why a collector cannot carry a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hindrance {
    OnLeave,
    /// They are not, or no more, a collector.
    NotAppointed,
    /// They carry [`TASKS_MAX`] already.
    TooMany,
}

impl Hindrance {
    /// The word that the case keeps as its reason.
    pub fn chinese(self) -> &'static str {
        match self {
            Hindrance::OnLeave => "采集员请假",
            Hindrance::NotAppointed => "采集员未在岗",
            Hindrance::TooMany => "采集员任务已满",
        }
    }
}

/// Why a collector says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "collector-")]
pub enum Refusal {
    /// Nobody has appointed them.
    NotAppointed,
    /// They are a collector already.
    AlreadyAppointed,
    /// The rules name no such collector (article 10).
    NotInRules,
    AlreadyOnDuty,
    NotOnDuty,
    OnLeave {
        until: Timestamp,
    },
    /// They are not away.
    NotOnLeave,
    /// The leave ends before it begins.
    LeaveInThePast {
        until: Timestamp,
    },
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);
