//! The centre's own limits: how long each stage of a case may take (articles 13–18 and 3).
//!
//! Each stage has a clock with steps at percentages of its limit, told to the people of that stage.
//! The clock of the unit's handling is not here: its limit is the handbook's and its steps are the
//! [`ladder`](super::ladder)'s.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use crate::deadline::{Pause, due_at_percent};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{At, Document, Table};
use crate::source::{Sources, Spot};
use crate::vocabulary::{LimitUnit, Recipient, StepCode, TimeLimit};

/// The file's name.
const FILE: &str = "stages.toml";
/// More steps than this in one stage or ladder are a slip of the pen; the rest is not read.
pub(super) const STEPS_MAX: usize = 16;
/// A step may lie this far behind the limit, in percent of it.
pub(super) const PERCENT_MAX: i64 = 10_000;

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
}

impl Stages {
    /// Every stage with the key of its table in the file, in the order of a case's life.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &StageRule)> {
        [
            ("intake", &self.intake),
            ("validation", &self.validation),
            ("dispatch", &self.dispatch),
            ("receipt", &self.receipt),
            ("verification", &self.verification),
            ("closing", &self.closing),
            ("return_review", &self.return_review),
            ("reply", &self.reply),
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
    /// Who is told.
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

    fn usual(thousandths: i64, unit: LimitUnit) -> StageRule {
        let step = |percent: u32| StageStep {
            percent,
            code: StepCode::new(percent.to_string()),
            tell: vec![Recipient::DutyChief],
        };
        let limit = TimeLimit::new(thousandths, unit);
        StageRule { limit, urgent: None, steps: vec![step(75), step(100), step(200)] }
    }
}

/// What holds where the file says nothing that can be read.
impl Default for Stages {
    fn default() -> Stages {
        let hours = |thousandths| StageRule::usual(thousandths, LimitUnit::WorkHour);
        let urgent = |thousandths, rule| StageRule {
            urgent: Some(TimeLimit::new(thousandths, LimitUnit::UrgentHour)),
            ..rule
        };
        Stages {
            intake: hours(500),
            validation: hours(1_500),
            dispatch: hours(250),
            receipt: urgent(250, hours(1_000)),
            verification: urgent(1_000, hours(1_500)),
            closing: hours(500),
            return_review: hours(250),
            reply: hours(1_000),
        }
    }
}

/// Reads the stages; what cannot be read has the usual value.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Stages {
    let mut stages = Stages::default();
    let Some(document) = Document::read(sources, FILE, findings) else { return stages };
    let mut root = document.root();
    for (key, rule) in [
        ("intake", &mut stages.intake),
        ("validation", &mut stages.validation),
        ("dispatch", &mut stages.dispatch),
        ("receipt", &mut stages.receipt),
        ("verification", &mut stages.verification),
        ("closing", &mut stages.closing),
        ("return_review", &mut stages.return_review),
        ("reply", &mut stages.reply),
    ] {
        match root.table_if(key, findings) {
            Some(table) => stage(rule, table, findings),
            None => findings.push(Diagnostic::missing_key(&root.spot(), key)),
        }
    }
    root.close(findings);
    stages
}

fn stage(rule: &mut StageRule, mut table: Table<'_>, findings: &mut Findings) {
    let spot = table.spot();
    if let Some(found) = limit(&mut table, "limit", findings) {
        rule.limit = found.value;
    }
    rule.urgent = limit_if(&mut table, "urgent", findings).map(|found| found.value);
    let mut steps: Vec<StageStep> = Vec::new();
    for mut table in table.tables("step", findings).into_iter().take(STEPS_MAX) {
        let percent = percent(&mut table, "percent", findings);
        let code = table.text_if("code", findings);
        let tell = recipients(&mut table, findings);
        table.close(findings);
        let Some(percent) = percent else { continue };
        let code = code.map_or_else(
            || StepCode::new(percent.value.to_string()),
            |code| StepCode::new(code.value.trim()),
        );
        if steps.iter().any(|step| step.code == code) {
            findings.push(Diagnostic::stage_step_twice(&percent.spot, code.as_str()));
            continue;
        }
        steps.push(StageStep { percent: percent.value, code, tell });
    }
    table.close(findings);
    if steps.is_empty() {
        findings.push(Diagnostic::stage_without_steps(&spot));
    }
    if !steps.iter().any(|step| step.percent == 100) {
        findings.push(Diagnostic::stage_end_untold(&spot));
    }
    steps.sort_by_key(|step| step.percent);
    rule.steps = steps;
}

/// A limit that must be there and be more than nothing.
pub(super) fn limit(
    table: &mut Table<'_>,
    key: &'static str,
    findings: &mut Findings,
) -> Option<At<TimeLimit>> {
    table.text(key, findings)?;
    limit_if(table, key, findings)
}

/// A limit that may be absent but, where it stands, is more than nothing.
pub(super) fn limit_if(
    table: &mut Table<'_>,
    key: &'static str,
    findings: &mut Findings,
) -> Option<At<TimeLimit>> {
    let text = table.text_if(key, findings)?;
    let Ok(limit) = text.value.parse::<TimeLimit>() else {
        findings.push(Diagnostic::limit_text(&text.spot, text.value));
        return None;
    };
    if limit.thousandths() <= 0 {
        findings.push(Diagnostic::step_limit(&text.spot, text.value));
        return None;
    }
    Some(At { value: limit, spot: text.spot })
}

/// A percentage that must be there and lie between 1 and [`PERCENT_MAX`].
pub(super) fn percent(
    table: &mut Table<'_>,
    key: &'static str,
    findings: &mut Findings,
) -> Option<At<u32>> {
    let found = table.integer(key, findings)?;
    let percent = u32::try_from(found.value).ok();
    let percent = percent.filter(|_| (1..=PERCENT_MAX).contains(&found.value));
    if percent.is_none() {
        findings.push(Diagnostic::percent_range(&found.spot, found.value));
    }
    Some(At { value: percent?, spot: found.spot })
}

/// The capacities under `tell`, each once; an empty list is an error.
pub(super) fn recipients(table: &mut Table<'_>, findings: &mut Findings) -> Vec<Recipient> {
    let spot: Spot = table.spot();
    let words = table.texts("tell", findings);
    if words.is_empty() {
        findings.push(Diagnostic::nobody_told(&spot));
    }
    let mut tell = Vec::new();
    for word in words {
        match word.value.parse::<Recipient>() {
            Ok(recipient) if tell.contains(&recipient) => {
                findings.push(Diagnostic::told_twice(&word.spot, word.value));
            }
            Ok(recipient) => tell.push(recipient),
            Err(_) => findings.push(Diagnostic::unknown_recipient(&word.spot, word.value)),
        }
    }
    tell
}
