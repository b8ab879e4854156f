//! Clocks of a case: which there are, and the steps of the centre's own (articles 13–18).
//!
//! Instants are computed once, by the rules of that day, and carried in events; nothing here asks a rule twice. The
//! clock of the unit's handling is in [`super::assignment`]: its limit is the handbook's and its steps are a ladder's.

use compact_str::{CompactString, format_compact};
use duban_core::clock::Timestamp;
use duban_rules::book::calendar::Calendar;
use duban_rules::book::stages::{StageRule, Stages, Urgency};
use duban_rules::deadline::{Pause, due};
use duban_rules::vocabulary::StepCode;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// Which of a case's clocks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum ClockName {
    /// From registration to the decision to file (article 14).
    Intake,
    /// A collector's look before filing (核实, article 14).
    Validation,
    /// From filing to dispatch (article 15).
    Dispatch,
    /// From dispatch to the unit's receipt (article 16). Never pauses.
    Receipt,
    /// The unit's own (处置时限, article 16). Pauses while somebody else holds the case.
    Handling,
    /// The decision about a returned case (退单审核).
    ReturnReview,
    /// A collector's look before closing (核查, article 17).
    Verification,
    /// From verification to closing (article 18).
    Closing,
    /// A unit's reply to a supervision order (article 3).
    Reply,
    /// The finding of whose a case is (责任认定, article 19).
    Dispute,
    /// The signed form of a return that may follow (补签章).
    Form,
    /// The written answer of a unit that stayed away from the meeting on site (article 19).
    Binding,
    /// The decision about what a unit applied for (articles 21 and 27).
    Application,
    /// A helper's part of a case of several units (协办, article 19).
    Help,
    /// From the choice of a unit on the telephone to the answered call (article 7).
    Call,
    /// A collector's look at what a unit says is not so (复核, article 21).
    Recheck,
    /// The county leader's consent to a deferral (article 27).
    Consent,
    /// The review of a deferred case (article 27).
    Deferral,
}

impl ClockName {
    /// The spelling in timers and notices.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The word people use.
    pub fn chinese(self) -> &'static str {
        match self {
            ClockName::Intake => "立案",
            ClockName::Validation => "核实",
            ClockName::Dispatch => "派遣",
            ClockName::Receipt => "签收",
            ClockName::Handling => "处置",
            ClockName::ReturnReview => "退单审核",
            ClockName::Verification => "核查",
            ClockName::Closing => "结案",
            ClockName::Reply => "督办答复",
            ClockName::Dispute => "责任认定",
            ClockName::Form => "补签章",
            ClockName::Binding => "认定生效",
            ClockName::Application => "申请审核",
            ClockName::Help => "协办",
            ClockName::Call => "电话派遣",
            ClockName::Recheck => "复核",
            ClockName::Consent => "缓办签批",
            ClockName::Deferral => "缓办复核",
        }
    }

    /// The rule of this stage; none for the unit's handling, whose limit is the handbook's, and for what is due at one instant
    /// alone.
    pub fn rule(self, stages: &Stages) -> Option<&StageRule> {
        Some(match self {
            ClockName::Intake => &stages.intake,
            ClockName::Validation => &stages.validation,
            ClockName::Dispatch => &stages.dispatch,
            ClockName::Receipt => &stages.receipt,
            ClockName::Dispute => &stages.dispute,
            ClockName::Handling | ClockName::Form | ClockName::Binding | ClockName::Deferral => {
                return None;
            }
            ClockName::Application => &stages.application,
            ClockName::Help => &stages.help,
            ClockName::Call => &stages.call,
            ClockName::Recheck => &stages.recheck,
            ClockName::Consent => &stages.consent,
            ClockName::ReturnReview => &stages.return_review,
            ClockName::Verification => &stages.verification,
            ClockName::Closing => &stages.closing,
            ClockName::Reply => &stages.reply,
        })
    }
}

/// A step and the instant at which it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepAt {
    pub code: StepCode,
    pub due: Timestamp,
}

/// A span of time: from included, until excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first instant.
    pub from: Timestamp,
    /// The instant after its last.
    pub until: Timestamp,
}

impl From<Span> for Pause {
    fn from(span: Span) -> Pause {
        Pause { from: span.from.into(), until: span.until.into() }
    }
}

/// A span for which a unit's clock stood still, and whether it stays out of the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// Its first instant.
    pub from: Timestamp,
    /// The instant after its last.
    pub until: Timestamp,
    pub credit: Credit,
}

/// What became of the time for which a unit's clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credit {
    /// It is not the unit's: the due instant moves by it.
    Credited,
    /// It is the unit's after all, who won no time by what it asked (article 19).
    ChargedBack,
}

impl Stood {
    /// Time that is not the unit's.
    pub fn credited(Span { from, until }: Span) -> Stood {
        Stood { from, until, credit: Credit::Credited }
    }

    /// Time that is the unit's after all.
    pub fn charged_back(Span { from, until }: Span) -> Stood {
        Stood { from, until, credit: Credit::ChargedBack }
    }

    /// As the rules count it; none where it is charged back or has no length.
    pub fn pause(&self) -> Option<Span> {
        let is_out = self.credit == Credit::Credited && self.from < self.until;
        is_out.then_some(Span { from: self.from, until: self.until })
    }
}

/// The clock of a stage at the centre: when it ends and which of its steps lie ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageClock {
    pub start: Timestamp,
    /// When the stage ought to be over.
    pub due: Timestamp,
    /// The steps not yet decided, earliest first.
    pub steps: Box<[StepAt]>,
}

impl StageClock {
    /// The clock of a stage that begins at `start`.
    pub fn set(
        rule: &StageRule,
        urgency: Urgency,
        start: Timestamp,
        pauses: &[Pause],
        calendar: &Calendar,
    ) -> StageClock {
        let (limit, begin) = (rule.limit_for(urgency), start.into());
        let steps = rule.schedule(urgency, begin, pauses, calendar);
        StageClock {
            start,
            due: due(limit, begin, calendar, pauses).into(),
            steps: steps.into_iter().map(|(code, at)| StepAt { code, due: at.into() }).collect(),
        }
    }

    /// The clock without the steps that `self` has behind it: what a resumed stage goes on with.
    #[must_use]
    pub fn resumed_as(&self, mut anew: StageClock) -> StageClock {
        let ahead = |step: &StepAt| self.steps.iter().any(|old| old.code == step.code);
        anew.steps = anew.steps.into_vec().into_iter().filter(ahead).collect();
        anew
    }

    /// The steps ahead of the clock called `clock`, of this assignment and revision.
    pub(super) fn ahead(
        &self,
        clock: ClockName,
        assignment: u16,
        revision: u16,
    ) -> impl Iterator<Item = Ahead<'_>> {
        let steps = self.steps.iter().map(|step| (&step.code, step.due));
        steps.map(move |(code, due)| Ahead { clock, assignment, revision, code, due })
    }

    /// Takes a decided step out; says whether it was there.
    pub(crate) fn take(&mut self, code: &StepCode, due: Timestamp) -> Taken {
        let before = self.steps.len();
        let steps = std::mem::take(&mut self.steps).into_vec();
        self.steps = steps.into_iter().filter(|s| s.code != *code || s.due != due).collect();
        if self.steps.len() < before { Taken::Yes } else { Taken::No }
    }
}

/// Whether a step lay ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Yes,
    No,
}

/// A step that lies ahead, named so that it is decided once: (assignment, clock, revision, step).
#[derive(Clone, Copy, Debug)]
pub struct Ahead<'a> {
    pub clock: ClockName,
    /// In which assignment; 0 before the first.
    pub assignment: u16,
    /// The due revision; for replies ten times the order's number plus its level.
    pub revision: u16,
    pub code: &'a StepCode,
    pub due: Timestamp,
}

impl Ahead<'_> {
    /// The name of its timer.
    pub fn timer(&self) -> CompactString {
        let Ahead { clock, assignment, revision, code, due: _ } = self;
        format_compact!("{}.{assignment}.{revision}/{code}", clock.as_str())
    }
}
