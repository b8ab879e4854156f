//! The centre's own limits: how long each stage of a case may take (articles 13–18 and 3).
//!
//! Each stage has a clock with steps at percentages of its limit, told to the people of that stage.
//! The clock of the unit's handling is not here: its limit is the handbook's and its steps are the
//! [`ladder`](super::ladder)'s.

mod disputes;
pub(crate) mod file;
mod returns;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use crate::deadline::{Pause, due_at_percent};
use crate::vocabulary::{LimitUnit, Recipient, StepCode, TimeLimit};

pub use disputes::DisputeRule;
pub(crate) use file::{limit_if, of_the_unit, read};
pub use returns::{FormRule, ReturnRule, Window};

/// Whether nights and holidays count for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Office hours count.
    Ordinary,
    /// Every hour counts (紧急).
    Urgent,
}

impl Urgency {
    /// That of a handbook limit.
    pub fn of(limit: &TimeLimit) -> Urgency {
        if limit.is_urgent() { Urgency::Urgent } else { Urgency::Ordinary }
    }
}

/// The limits of every stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// From registration to the decision to file (登记 → 立案, article 14).
    pub intake: StageRule,
    /// A collector's look before filing (核实, article 14).
    pub validation: StageRule,
    /// From filing to dispatch (派遣, article 15).
    pub dispatch: StageRule,
    /// From the choice of a unit on the telephone to the answered call (电话派遣, article 7).
    pub call: StageRule,
    /// From dispatch to the unit's receipt (签收, article 16).
    pub receipt: StageRule,
    /// A collector's look before closing (核查, article 17).
    pub verification: StageRule,
    /// From verification to closing (结案, article 18).
    pub closing: StageRule,
    /// The decision about a returned case (退单审核).
    pub return_review: StageRule,
    /// A unit's reply to a supervision order (督办单答复, article 3).
    pub reply: StageRule,
    /// The finding of whose a case is (责任认定, article 19).
    pub dispute: StageRule,
    /// The decision about what a unit applies for (延期审核, articles 21 and 27).
    pub application: StageRule,
    /// A helper's part of a case of several units (协办, article 19).
    pub help: StageRule,
    /// A collector's look at what a unit says is not so (复核, article 21).
    pub recheck: StageRule,
    /// The county leader's consent to a deferral (缓办, article 27).
    pub consent: StageRule,
    /// When a case may be disputed, and how it goes on from there.
    pub disputes: DisputeRule,
    /// When a case may be given back or recalled.
    pub returns: ReturnRule,
    /// The level to which silence raises a supervision order at most; higher is for the ladder and for people.
    pub reply_rises_to: u8,
    /// How far from a case's place a collector's look may be taken, in metres (article 17).
    pub within_metres: u32,
}

/// How high silence raises an order where the file does not say: two hours of it are no matter for the county.
const RISES_TO: u8 = 2;
/// How far off a look may be taken where the file does not say.
const WITHIN_METRES: u32 = 100;

impl Stages {
    /// Every stage with the key of its table in the file, in the order of a case's life.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &StageRule)> {
        [
            ("intake", &self.intake),
            ("validation", &self.validation),
            ("dispatch", &self.dispatch),
            ("call", &self.call),
            ("receipt", &self.receipt),
            ("verification", &self.verification),
            ("closing", &self.closing),
            ("return_review", &self.return_review),
            ("reply", &self.reply),
            ("dispute", &self.dispute),
            ("application", &self.application),
            ("help", &self.help),
            ("recheck", &self.recheck),
            ("consent", &self.consent),
        ]
        .into_iter()
    }
}

/// The limit of one stage and who is told as it runs out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRule {
    /// How long the stage may take.
    pub limit: TimeLimit,
    /// How long it may take for an urgent case, where that differs.
    pub urgent: Option<TimeLimit>,
    /// The steps, lowest percentage first.
    pub steps: Vec<StageStep>,
}

/// One step of a stage's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageStep {
    /// When, in percent of the stage's limit.
    pub percent: u32,
    /// Its name; with the case, the clock and the due instant it is decided once.
    pub code: StepCode,
    pub tell: Vec<Recipient>,
}

impl StageRule {
    /// The limit that holds for a case.
    pub fn limit_for(&self, urgency: Urgency) -> TimeLimit {
        match urgency {
            Urgency::Ordinary => self.limit,
            Urgency::Urgent => self.urgent.unwrap_or(self.limit),
        }
    }

    /// The instant of every step of a stage that begins at `start`, earliest first.
    pub fn schedule(
        &self,
        urgency: Urgency,
        start: DateTime<Utc>,
        pauses: &[Pause],
        calendar: &Calendar,
    ) -> Vec<(StepCode, DateTime<Utc>)> {
        let limit = self.limit_for(urgency);
        let instant =
            |step: &StageStep| due_at_percent(limit, step.percent, start, calendar, pauses);
        self.steps.iter().map(|step| (step.code.clone(), instant(step))).collect()
    }

    /// A stage of so many thousandths of `unit`, and of an hour by the clock on the wall for urgent cases.
    fn usual(unit: LimitUnit, ordinary: i64, urgent: i64) -> StageRule {
        let step = |percent| StageStep::at(percent, &[Recipient::DutyChief]);
        StageRule {
            limit: TimeLimit::new(ordinary, unit),
            urgent: Some(TimeLimit::new(urgent, LimitUnit::UrgentHour)),
            steps: vec![step(75), step(100), step(200)],
        }
    }

    /// A stage that takes as long for urgent cases, and whose end is told to `tell`; earlier rules know none.
    fn usual_for_all(limit: TimeLimit, tell: Recipient) -> StageRule {
        StageRule { limit, urgent: None, steps: vec![StageStep::at(100, &[tell])] }
    }
}

/// The clock of a dispute or an application where the file says nothing: earlier rules know none. The last step is at
/// `last` percent.
fn asked_of_the_centre(limit: TimeLimit, last: u32) -> StageRule {
    use Recipient::{CentreHead, DispatchDesk, DutyChief};
    asked(
        limit,
        [
            (75, &[DispatchDesk]),
            (100, &[DispatchDesk, DutyChief]),
            (last, &[DutyChief, CentreHead]),
        ],
    )
}

/// The clock of a helper where the file says nothing.
fn asked_of_helpers() -> StageRule {
    use Recipient::{DeputyHead, DispatchDesk, DutyChief, HandlingOffice, Informant};
    asked(
        TimeLimit::new(1_000, LimitUnit::WorkDay),
        [
            (75, &[Informant]),
            (100, &[Informant, HandlingOffice, DispatchDesk]),
            (200, &[DeputyHead, DispatchDesk, DutyChief]),
        ],
    )
}

/// The clock of what is asked of somebody, with who is told at which percent; of urgent cases it is two hours.
fn asked(limit: TimeLimit, steps: [(u32, &[Recipient]); 3]) -> StageRule {
    let urgent = Some(TimeLimit::new(2_000, LimitUnit::UrgentHour));
    let steps = steps.map(|(percent, tell)| StageStep::at(percent, tell));
    StageRule { limit, urgent, steps: steps.to_vec() }
}

impl StageStep {
    /// The step at so many percent, which is called so.
    fn at(percent: u32, tell: &[Recipient]) -> StageStep {
        StageStep { percent, code: StepCode::new(percent.to_string()), tell: tell.to_vec() }
    }
}

/// What holds where the file says nothing that can be read.
impl Default for Stages {
    fn default() -> Stages {
        let (desk, unit) = (LimitUnit::DeskHour, LimitUnit::WorkHour);
        Stages {
            intake: StageRule::usual(desk, 500, 250),
            validation: StageRule::usual(desk, 1_500, 1_000),
            dispatch: StageRule::usual(desk, 250, 250),
            call: StageRule::usual(desk, 250, 250),
            receipt: StageRule::usual(unit, 1_000, 250),
            verification: StageRule::usual(desk, 1_500, 1_000),
            closing: StageRule::usual(desk, 500, 1_000),
            return_review: StageRule::usual(desk, 250, 250),
            reply: StageRule::usual(unit, 1_000, 1_000),
            dispute: asked_of_the_centre(TimeLimit::new(1_000, LimitUnit::WorkDay), 300),
            application: asked_of_the_centre(TimeLimit::new(4_000, unit), 200),
            help: asked_of_helpers(),
            recheck: StageRule::usual_for_all(TimeLimit::new(2_000, unit), Recipient::DutyChief),
            consent: StageRule::usual_for_all(
                TimeLimit::new(3_000, LimitUnit::WorkDay),
                Recipient::CentreHead,
            ),
            disputes: DisputeRule::default(),
            returns: ReturnRule::default(),
            reply_rises_to: RISES_TO,
            within_metres: WITHIN_METRES,
        }
    }
}
