//! Reads `ladder.toml`.

use std::collections::BTreeMap;

use super::{Applies, Ladder, Ladders, Light, ReworkRule, Step, Trigger};
use crate::book::stages::file::{
    LEVEL_MAX, asked_if_far, asked_if_longer, limit_if, of_the_unit, recipients, step_tables,
};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{At, Document, Table};
use crate::source::{Sources, Spot};
use crate::vocabulary::{LimitUnit, Recipient, StepCode, TemplateName, TimeLimit};

/// The file's name.
pub(crate) const FILE: &str = "ladder.toml";
/// A longer span than this is asked about: as long as the longest limit of a handbook.
const SPAN_LONGEST: TimeLimit = TimeLimit::new(15_000, LimitUnit::WorkDay);
/// A rework that calls for supervision later than this is asked about: hardly a case has as many.
const REWORKS_USUAL: u32 = 5;
/// The keys of which a step has exactly one.
const TRIGGERS: &[&str] = &["percent", "overdue_percent", "after_start", "after_due"];

/// Reads both ladders; a step that cannot be read is left out.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Ladders {
    let mut ladders = Ladders {
        ordinary: Ladder { steps: Vec::new() },
        urgent: Ladder { steps: Vec::new() },
        rework: ReworkRule {
            times: 2,
            level: 1,
            tell: vec![Recipient::DeputyHead],
            template: TemplateName::new("level-1"),
        },
    };
    let Some(document) = Document::read(sources, FILE, findings) else { return ladders };
    let mut root = document.root();
    for (key, ladder) in [("ordinary", &mut ladders.ordinary), ("urgent", &mut ladders.urgent)] {
        match root.table_if(key, findings) {
            Some(table) => ladder.steps = steps(table, findings),
            None => findings.push(Diagnostic::missing_key(&root.spot(), key)),
        }
    }
    if let Some(table) = root.table_if("rework", findings) {
        rework(&mut ladders.rework, table, findings);
    }
    root.close(findings);
    ladders
}

fn steps(mut table: Table<'_>, findings: &mut Findings) -> Vec<Step> {
    let spot = table.spot();
    let errors_before = findings.n_errors(FILE);
    let mut steps: Vec<Step> = Vec::new();
    for mut table in step_tables(&mut table, findings) {
        let code = table.word("code", findings);
        let step = step(&mut table, findings);
        table.close(findings);
        let (Some(code), Some(step)) = (code, step) else { continue };
        let named = StepCode::new(code.value.trim());
        if steps.iter().any(|step| step.code == named) {
            findings.push(Diagnostic::ladder_step_twice(&code.spot, code.value));
            continue;
        }
        steps.push(Step { code: named, ..step });
    }
    table.close(findings);
    let ends = |step: &Step| matches!(step.trigger, Trigger::Percent(100)) && step.level > 0;
    // The step that ends the limit may be one that could not be read.
    if findings.n_errors(FILE) == errors_before && !steps.iter().any(ends) {
        findings.push(Diagnostic::ladder_end_untold(&spot));
    }
    steps
}

/// Where the parts of a step stand.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) code: Spot,
    pub(crate) trigger: Spot,
    pub(crate) template: Spot,
}

/// Where everything stands that is judged beside the handbook.
#[derive(Debug, Default)]
pub(crate) struct Spots {
    steps: BTreeMap<(&'static str, StepCode), Places>,
    /// Where the template of the rework rule stands.
    pub(crate) rework_template: Option<Spot>,
}

impl Spots {
    /// Where a step of a ladder stands; the whole file where that is not known, so that nothing goes unsaid.
    pub(crate) fn step(&self, ladder: &'static str, code: &StepCode) -> Places {
        let whole = || Spot::of_file(FILE);
        let known = self.steps.get(&(ladder, code.clone()));
        known.cloned().unwrap_or_else(|| Places {
            code: whole(),
            trigger: whole(),
            template: whole(),
        })
    }
}

/// Where the steps of both ladders stand, of a file that reads well.
pub(crate) fn spots(sources: &Sources) -> Spots {
    let (mut unheard, mut spots) = (Findings::default(), Spots::default());
    let findings = &mut unheard;
    let Some(document) = Document::read(sources, FILE, findings) else { return spots };
    let mut root = document.root();
    for ladder in ["ordinary", "urgent"] {
        let Some(mut table) = root.table_if(ladder, findings) else { continue };
        for table in step_tables(&mut table, findings) {
            let Some((code, places)) = places(table, findings) else { continue };
            spots.steps.entry((ladder, code)).or_insert(places);
        }
    }
    let rework = root.table_if("rework", findings);
    let template = rework.and_then(|mut table| table.word_if("template", findings));
    spots.rework_template = template.map(|at| at.spot);
    spots
}

fn places(mut table: Table<'_>, findings: &mut Findings) -> Option<(StepCode, Places)> {
    let spot = table.spot();
    let code = table.word_if("code", findings)?;
    let shares = ["percent", "overdue_percent"];
    let share = shares.into_iter().find_map(|key| table.integer_if(key, findings));
    let spans = ["after_start", "after_due"];
    let span = spans.into_iter().find_map(|key| table.text_if(key, findings));
    let trigger = share.map(|at| at.spot).or(span.map(|at| at.spot));
    let template = table.text_if("template", findings).map(|at| at.spot);
    let places = Places {
        code: code.spot,
        trigger: trigger.unwrap_or_else(|| spot.clone()),
        template: template.unwrap_or(spot),
    };
    Some((StepCode::new(code.value.trim()), places))
}

/// A step without its name.
fn step(table: &mut Table<'_>, findings: &mut Findings) -> Option<Step> {
    let trigger = trigger(table, findings);
    let light = light(table, findings);
    let level = level(table, findings);
    let unread = table.flag_if("while_unread", findings).is_some_and(|flag| flag.value);
    let tell = recipients(table, findings);
    let template = table.word("template", findings);
    Some(Step {
        code: StepCode::new(""),
        trigger: trigger?,
        light: light?,
        level: level?,
        applies: if unread { Applies::WhileUnread } else { Applies::Always },
        tell,
        template: TemplateName::new(template?.value.trim()),
    })
}

fn trigger(table: &mut Table<'_>, findings: &mut Findings) -> Option<Trigger> {
    let spot = table.spot();
    let share = |key, table: &mut Table<'_>, findings: &mut Findings| {
        table.has(key).then(|| table.percent(key, findings)).flatten()
    };
    let at = share("percent", table, findings);
    let overdue = share("overdue_percent", table, findings);
    if let Some(overdue) = &overdue {
        asked_if_far(overdue, findings);
    }
    let at_least = span(table, "at_least", findings);
    let after_start = span(table, "after_start", findings);
    let after_due = span(table, "after_due", findings);
    if let (false, Some(at_least)) = (table.has("overdue_percent"), &at_least) {
        findings.push(Diagnostic::at_least_alone(&at_least.spot));
    }
    let at_least = at_least.map(|limit| limit.value);
    let given = [
        at.map(|percent| Trigger::Percent(percent.value)),
        overdue.map(|found| Trigger::OverduePercent { percent: found.value, at_least }),
        after_start.map(|limit| Trigger::AfterStart(limit.value)),
        after_due.map(|limit| Trigger::AfterDue(limit.value)),
    ];
    // What is written counts, read or not: a slip in the one trigger does not make it none.
    if TRIGGERS.iter().filter(|key| table.has(key)).count() != 1 {
        findings.push(Diagnostic::one_trigger(&spot, TRIGGERS));
        return None;
    }
    given.into_iter().flatten().next()
}

fn span(
    table: &mut Table<'_>,
    key: &'static str,
    findings: &mut Findings,
) -> Option<At<TimeLimit>> {
    let span = of_the_unit(limit_if(table, key, findings)?, findings)?;
    asked_if_longer(&span, SPAN_LONGEST, findings);
    Some(span)
}

fn light(table: &mut Table<'_>, findings: &mut Findings) -> Option<Light> {
    let text = table.word("light", findings)?;
    match text.value.trim() {
        "green" | "绿" => Some(Light::Green),
        "yellow" | "黄" => Some(Light::Yellow),
        "red" | "红" => Some(Light::Red),
        _ => {
            findings.push(Diagnostic::unknown_light(&text.spot, text.value));
            None
        }
    }
}

/// The supervision level; none written is 0.
fn level(table: &mut Table<'_>, findings: &mut Findings) -> Option<u8> {
    let Some(found) = table.integer_if("level", findings) else { return Some(0) };
    let level = u8::try_from(found.value).ok().filter(|_| (0..=LEVEL_MAX).contains(&found.value));
    if level.is_none() {
        findings.push(Diagnostic::level_range(&found.spot, found.value));
    }
    level
}

fn rework(rule: &mut ReworkRule, mut table: Table<'_>, findings: &mut Findings) {
    let times = table.integer("times", findings);
    let level = level(&mut table, findings);
    let tell = recipients(&mut table, findings);
    let template = table.word("template", findings);
    table.close(findings);
    if let Some(times) = times {
        match u32::try_from(times.value).ok().filter(|times| (1..=100).contains(times)) {
            Some(found) => {
                if found > REWORKS_USUAL {
                    findings.push(Diagnostic::rework_seldom(&times.spot, found));
                }
                rule.times = found;
            }
            None => findings.push(Diagnostic::rework_times(&times.spot, times.value)),
        }
    }
    rule.level = level.unwrap_or(rule.level);
    rule.tell = tell;
    if let Some(template) = template {
        rule.template = TemplateName::new(template.value.trim());
    }
}
