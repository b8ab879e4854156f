//! The escalation ladders (督办, article 3): what happens as a unit's limit runs out.
//!
//! Every step has one instant, computed once when a case is dispatched and stored with it. Triggers
//! are shares of the limit, so that one ladder serves limits of an hour and of three weeks. Which
//! step has been decided is not known here, nor who the recipients are by name.

pub(crate) mod file;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::stages::Urgency;
use crate::deadline::{Pause, Term, due, due_at_percent};
use crate::vocabulary::{Recipient, StepCode, TemplateName, TimeLimit};

pub(crate) use file::read;

/// The ladders for cases of both urgencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladders {
    /// For limits in working time.
    pub ordinary: Ladder,
    /// For limits in urgent units.
    pub urgent: Ladder,
    /// What repeated rework leads to.
    pub rework: ReworkRule,
}

impl Ladders {
    /// The ladder of a limit.
    pub fn for_limit(&self, limit: &TimeLimit) -> &Ladder {
        match Urgency::of(limit) {
            Urgency::Ordinary => &self.ordinary,
            Urgency::Urgent => &self.urgent,
        }
    }
}

/// When rework by itself calls for supervision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReworkRule {
    /// At which rework of one case.
    pub times: u32,
    /// The supervision level it leads to.
    pub level: u8,
    pub tell: Vec<Recipient>,
    pub template: TemplateName,
}

/// Steps by which a case climbs; a case keeps the ladder of the day it was filed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ladder {
    /// The steps in the order of the file.
    pub steps: Vec<Step>,
}

/// One step of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// Its name; with the case, the assignment and the due revision it is decided once.
    pub code: StepCode,
    pub trigger: Trigger,
    /// The light it turns on.
    pub light: Light,
    /// 0 for a notice alone, 1–3 for a supervision level (一级、二级、三级督办).
    pub level: u8,
    /// Whether it matters that the unit has looked at the case.
    pub applies: Applies,
    pub tell: Vec<Recipient>,
    pub template: TemplateName,
}

/// When a step is reached, on the clock of the unit's handling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// When this share of the limit is used up.
    Percent(u32),
    /// When it is overdue by this share of the limit, and by no less than `at_least`.
    OverduePercent {
        /// The share in percent.
        percent: u32,
        /// The shortest time overdue, in its own unit.
        at_least: Option<TimeLimit>,
    },
    /// So long after counting began.
    AfterStart(TimeLimit),
    /// So long after the due instant.
    AfterDue(TimeLimit),
}

/// The light of a case (绿、黄、红).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// Time enough.
    Green,
    /// Nearly used up.
    Yellow,
    Red,
}

impl Light {
    /// The spelling in rules files.
    pub fn as_str(self) -> &'static str {
        match self {
            Light::Green => "green",
            Light::Yellow => "yellow",
            Light::Red => "red",
        }
    }

    /// The word people use.
    pub fn chinese(self) -> &'static str {
        match self {
            Light::Green => "绿灯",
            Light::Yellow => "黄灯",
            Light::Red => "红灯",
        }
    }
}

/// For which cases a step counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applies {
    Always,
    /// Only while the unit has not signed for the case (未签收).
    WhileUnread,
}

impl Ladder {
    /// The step with that name.
    pub fn step(&self, code: &StepCode) -> Option<&Step> {
        self.steps.iter().find(|step| step.code == *code)
    }

    /// The instant of every step for a limit that began to count at `start`, earliest first; steps
    /// of one instant keep the ladder's order. Of a limit that was extended, shares of the limit are of
    /// the whole, and what follows the due instant is of the limit alone.
    pub fn schedule(
        &self,
        term: impl Into<Term>,
        start: DateTime<Utc>,
        pauses: &[Pause],
        calendar: &Calendar,
    ) -> Vec<(StepCode, DateTime<Utc>)> {
        let term = term.into();
        let (limit, whole) = (term.limit, term.whole());
        let due_at = due(whole, start, calendar, pauses);
        let after = |from, limit: TimeLimit| due(limit, from, calendar, pauses);
        self.sorted(|trigger| match trigger {
            Trigger::Percent(100) => due_at,
            Trigger::Percent(percent) => due_at_percent(whole, percent, start, calendar, pauses),
            Trigger::OverduePercent { percent, at_least } => {
                let share = due_at_percent(limit, percent, due_at, calendar, pauses);
                at_least.map_or(share, |at_least| share.max(after(due_at, at_least)))
            }
            Trigger::AfterStart(span) => after(start, span),
            Trigger::AfterDue(span) => after(due_at, span),
        })
    }

    /// The same for a target that was given as an instant, as in a replay: shares are of the span on
    /// the wall clock, exact to a millisecond; `at_least` and spans count on `calendar`.
    ///
    /// A target that is not after `start` has all its shares at `start`.
    pub fn schedule_between(
        &self,
        start: DateTime<Utc>,
        due_at: DateTime<Utc>,
        calendar: &Calendar,
    ) -> Vec<(StepCode, DateTime<Utc>)> {
        let span_ms = due_at.timestamp_millis().saturating_sub(start.timestamp_millis()).max(0);
        let share = |from: DateTime<Utc>, percent: u32| {
            let share = i128::from(span_ms) * i128::from(percent) / 100;
            let share = i64::try_from(share).unwrap_or(i64::MAX);
            super::calendar::instant_of(from.timestamp_millis().saturating_add(share))
        };
        let after = |from, limit: TimeLimit| due(limit, from, calendar, &[]);
        let due_at = due_at.max(start);
        self.sorted(|trigger| match trigger {
            Trigger::Percent(percent) => share(start, percent),
            Trigger::OverduePercent { percent, at_least } => {
                let share = share(due_at, percent);
                at_least.map_or(share, |at_least| share.max(after(due_at, at_least)))
            }
            Trigger::AfterStart(span) => after(start, span),
            Trigger::AfterDue(span) => after(due_at, span),
        })
    }

    fn sorted(&self, at: impl Fn(Trigger) -> DateTime<Utc>) -> Vec<(StepCode, DateTime<Utc>)> {
        let instants = self.steps.iter().map(|step| (step.code.clone(), at(step.trigger)));
        let mut instants: Vec<_> = instants.collect();
        instants.sort_by_key(|(_, at)| *at);
        instants
    }
}
