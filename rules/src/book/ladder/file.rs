//! Reads `ladder.toml`.

use super::{Applies, Ladder, Ladders, Light, ReworkRule, Step, Trigger};
use crate::book::stages::file::{limit_if, percent, recipients, step_tables};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::source::document::{Document, Table};
use crate::vocabulary::{Recipient, StepCode, TemplateName};

/// The file's name.
const FILE: &str = "ladder.toml";
/// The highest supervision level (三级督办).
const LEVEL_MAX: i64 = 3;
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
    let mut steps: Vec<Step> = Vec::new();
    for mut table in step_tables(&mut table, findings) {
        let code = table.text("code", findings);
        let step = step(&mut table, findings);
        table.close(findings);
        let (Some(code), Some(step)) = (code, step) else { continue };
        let named = StepCode::new(code.value.trim());
        if steps.iter().any(|step| step.code == named) {
            findings.push(Diagnostic::ladder_step_twice(&code.spot, code.value));
            continue;
        }
        let highest = steps.iter().map(|step| step.level).max().unwrap_or(0);
        if step.level > 0 && step.level < highest {
            findings.push(Diagnostic::ladder_descends(&code.spot, step.level, highest));
        }
        steps.push(Step { code: named, ..step });
    }
    table.close(findings);
    let ends = |step: &Step| matches!(step.trigger, Trigger::Percent(100)) && step.level > 0;
    if !steps.iter().any(ends) {
        findings.push(Diagnostic::ladder_end_untold(&spot));
    }
    steps
}

/// A step without its name.
fn step(table: &mut Table<'_>, findings: &mut Findings) -> Option<Step> {
    let trigger = trigger(table, findings);
    let light = light(table, findings);
    let level = level(table, findings);
    let unread = table.flag_if("while_unread", findings).is_some_and(|flag| flag.value);
    let tell = recipients(table, findings);
    let template = table.text("template", findings);
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
        table.integer_if(key, findings).and_then(|_| percent(table, key, findings))
    };
    let at = share("percent", table, findings);
    let overdue = share("overdue_percent", table, findings);
    let at_least = limit_if(table, "at_least", findings);
    let after_start = limit_if(table, "after_start", findings);
    let after_due = limit_if(table, "after_due", findings);
    if let (None, Some(at_least)) = (&overdue, &at_least) {
        findings.push(Diagnostic::at_least_alone(&at_least.spot));
    }
    let at_least = at_least.map(|limit| limit.value);
    let given = [
        at.map(|percent| Trigger::Percent(percent.value)),
        overdue.map(|found| Trigger::OverduePercent { percent: found.value, at_least }),
        after_start.map(|limit| Trigger::AfterStart(limit.value)),
        after_due.map(|limit| Trigger::AfterDue(limit.value)),
    ];
    let mut given = given.into_iter().flatten();
    let trigger = given.next();
    if trigger.is_none() || given.next().is_some() {
        findings.push(Diagnostic::one_trigger(&spot, TRIGGERS));
        return None;
    }
    trigger
}

fn light(table: &mut Table<'_>, findings: &mut Findings) -> Option<Light> {
    let text = table.text("light", findings)?;
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
    let template = table.text("template", findings);
    table.close(findings);
    if let Some(times) = times {
        match u32::try_from(times.value).ok().filter(|times| (1..=100).contains(times)) {
            Some(times) => rule.times = times,
            None => findings.push(Diagnostic::rework_times(&times.spot, times.value)),
        }
    }
    rule.level = level.unwrap_or(rule.level);
    rule.tell = tell;
    if let Some(template) = template {
        rule.template = TemplateName::new(template.value.trim());
    }
}
