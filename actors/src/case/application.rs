//! Applications (申请, articles 21 and 27): what a unit asks for beside its work, signed by its head, one at a time.
//!
//! An application stands beside whoever has the case in hand: no clock stops for it, or asking would be a way to win
//! time. It belongs to the assignment and ends with it. Of what a unit says is not so a collector takes another look,
//! which is a task within the application.

use chrono::NaiveDate;
use duban_core::clock::Timestamp;
use duban_rules::book::stages::Urgency;
use duban_rules::vocabulary::TimeLimit;
use serde::{Deserialize, Serialize};

use super::SiteTask;
use super::clock::{Ahead, ClockName, StageClock};
use super::command::{Finding, Opinion};
use crate::tells::QuotaAnswer;

/// What a unit applies for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// More time (延期, article 27), in the unit of the case's limit.
    Extension(TimeLimit),
    /// To have the case wait until it is looked at again on that day (缓办, article 27).
    Deferral(NaiveDate),
    /// To have the case withdrawn, because it is not as reported (案情不符, article 21).
    Mismatch,
}

impl Wish {
    /// What people call it, e.g. 延期 1工作日.
    pub fn chinese(self) -> String {
        match self {
            Wish::Extension(by) => format!("延期 {by}"),
            Wish::Deferral(review_on) => format!("缓办,{review_on} 复核"),
            Wish::Mismatch => "撤案(案情不符)".to_owned(),
        }
    }

    /// The same where it was not granted: the day of a review that does not come is no day for anybody.
    pub fn not_granted(self) -> String {
        match self {
            Wish::Deferral(_) => "缓办".to_owned(),
            Wish::Extension(_) | Wish::Mismatch => self.chinese(),
        }
    }
}

/// What a unit has applied for and not been told of yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Application {
    #[default]
    None,
    /// It waits for its decision.
    Pending(Box<Pending>),
    /// The unit's quota of the month was used up. It waits for nobody, and the centre's head may still grant it.
    OverQuota(Box<Pending>, QuotaAnswer),
}

/// An application that waits for its decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// Among what the units asked of the case with a form, counted from 1.
    pub no: u16,
    /// When it was asked: what is granted works back to here.
    pub since: Timestamp,
    pub wish: Wish,
    /// Why the unit asks.
    pub reason: Box<str>,
    /// The clock of the decision, or of the consent. It is reckoned from the asking, and nobody is reminded before there is a
    /// place in the quota.
    pub clock: StageClock,
    /// Who has it in hand.
    pub before: Before,
    /// What the dispatch desk thinks of it, once it has said so.
    pub opinion: Option<Opinion>,
    /// Whether the unit's quota has answered.
    pub quota: Reservation,
    /// Whether it is so, where that is what it is about.
    pub recheck: Recheck,
}

/// Who has an application in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// The dispatch desk, then duty chief or head.
    #[default]
    Centre,
    /// The county leader, whose consent is wanted.
    CountyLeader,
}

impl Before {
    /// Whether it is the centre.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub(super) fn is_centre(&self) -> bool {
        *self == Before::Centre
    }
}

/// Another look at what was reported, by a collector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recheck {
    /// Nobody says that it is not so.
    NotWanted,
    /// Somebody is sent.
    OnSite(Box<SiteTask>),
    Seen(Finding),
}

/// Whether an application has its place in the quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reservation {
    /// The unit was asked.
    Asked,
    Reserved,
    /// It needs none: quotas are for more time.
    NotNeeded,
}

/// How many assignments a unit began in the month of asking, as the door counted them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub n: u32,
    pub as_of: Timestamp,
}

/// Nobody has counted: a unit may be granted the least there is.
impl Default for Begun {
    fn default() -> Begun {
        Begun { n: 0, as_of: Timestamp::from_millis(0) }
    }
}

impl Application {
    /// The one that waits for its decision.
    pub fn pending(&self) -> Option<&Pending> {
        match self {
            Application::None | Application::OverQuota(..) => None,
            Application::Pending(pending) => Some(pending),
        }
    }

    /// The one that the quota refused and that the centre's head may still grant.
    pub fn over_quota(&self) -> Option<(&Pending, &QuotaAnswer)> {
        match self {
            Application::OverQuota(asked, answer) => Some((asked, answer)),
            Application::None | Application::Pending(_) => None,
        }
    }

    /// The one that may be granted: it waits, or the quota refused it.
    pub fn open(&self) -> Option<&Pending> {
        match self {
            Application::None => None,
            Application::Pending(asked) | Application::OverQuota(asked, _) => Some(asked),
        }
    }

    /// The one that waits, to be changed.
    pub(super) fn pending_mut(&mut self) -> Option<&mut Pending> {
        match self {
            Application::None | Application::OverQuota(..) => None,
            Application::Pending(pending) => Some(pending),
        }
    }
}

impl Pending {
    /// Whether the dispatch desk has its say first: of an urgent case nobody waits for it.
    pub fn wants_opinion(&self, urgency: Urgency) -> bool {
        self.opinion.is_none() && urgency == Urgency::Ordinary
    }

    /// Whether nothing that was seen speaks against it.
    pub fn may_be_granted(&self) -> bool {
        match self.recheck {
            Recheck::NotWanted | Recheck::Seen(Finding::Refuted) => true,
            Recheck::OnSite(_) | Recheck::Seen(Finding::Confirmed) => false,
        }
    }

    /// The task of whoever is sent to look again.
    pub fn task(&self) -> Option<&SiteTask> {
        if let Recheck::OnSite(task) = &self.recheck { Some(task) } else { None }
    }

    /// The same, to be changed.
    pub(super) fn task_mut(&mut self) -> Option<&mut SiteTask> {
        if let Recheck::OnSite(task) = &mut self.recheck { Some(task) } else { None }
    }

    /// The steps ahead on the clock of its decision, and on that of the look; none while it may turn out that there is no
    /// place for it.
    pub(super) fn ahead(&self, assignment: u16) -> impl Iterator<Item = Ahead<'_>> {
        let look = self.task().map(|task| (ClockName::Recheck, task.no, &task.clock));
        let clock = match self.before {
            Before::Centre => ClockName::Application,
            Before::CountyLeader => ClockName::Consent,
        };
        let is_placed = self.quota != Reservation::Asked;
        let clocks = [(clock, self.no, &self.clock)].into_iter().chain(look);
        clocks
            .filter(move |_| is_placed)
            .flat_map(move |(clock, revision, running)| running.ahead(clock, assignment, revision))
    }
}
