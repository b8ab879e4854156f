//! Reads `stages.toml`, and what its steps have in common with those of `ladder.toml`.

use super::{StageRule, StageStep, Stages, disputes, returns};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{At, Document, Table};
use crate::source::{Sources, Spot};
use crate::vocabulary::{LimitUnit, Recipient, StepCode, TimeLimit, Wording};

/// The file's name.
const FILE: &str = "stages.toml";
/// The tables of stages that units have in hand.
const RECEIPT: &str = "receipt";
const REPLY: &str = "reply";
/// The tables of disputes, applications and help, which files of before have not.
const DISPUTE: &str = "dispute";
const APPLICATION: &str = "application";
const HELP: &str = "help";
const CALL: &str = "call";
const RECHECK: &str = "recheck";
const CONSENT: &str = "consent";
/// The highest supervision level.
pub(crate) const LEVEL_MAX: i64 = 3;
/// More steps than this in one stage or ladder are a slip of the pen; the rest is not read.
const STEPS_MAX: usize = 16;
/// A look from further off than this sees nothing of a case.
const METRES_MAX: i64 = 5_000;
/// A look from further off than this is asked about: it hardly sees what was reported.
const METRES_USUAL: u32 = 500;

/// A longer stage than this, and a step further behind its limit, are asked about: the centre's stages last minutes to
/// hours.
const STAGE_LONGEST: TimeLimit = TimeLimit::new(3_000, LimitUnit::WorkDay);
const PERCENT_USUAL: u32 = 500;

/// Reads the stages; what cannot be read has the usual value.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Stages {
    let mut stages = Stages::default();
    let Some(document) = Document::read(sources, FILE, findings) else { return stages };
    let mut root = document.root();
    for (key, rule) in [
        ("intake", &mut stages.intake),
        ("validation", &mut stages.validation),
        ("dispatch", &mut stages.dispatch),
        (RECEIPT, &mut stages.receipt),
        ("verification", &mut stages.verification),
        ("closing", &mut stages.closing),
        ("return_review", &mut stages.return_review),
        (REPLY, &mut stages.reply),
    ] {
        match root.table_if(key, findings) {
            Some(mut table) => {
                if key == REPLY {
                    rises(&mut stages.reply_rises_to, &mut table, findings);
                }
                let whose =
                    if [RECEIPT, REPLY].contains(&key) { Whose::Unit } else { Whose::Centre };
                stage(rule, whose, table, findings);
            }
            None => findings.push(Diagnostic::missing_key(&root.spot(), key)),
        }
    }
    if let Some(table) = root.table_if("on_site", findings) {
        on_site(&mut stages, table, findings);
    }
    if let Some(mut table) = root.table_if(DISPUTE, findings) {
        disputes::read(&mut stages.disputes, &mut table, findings);
        stage(&mut stages.dispute, Whose::Unit, table, findings);
    }
    if let Some(table) = root.table_if(CALL, findings) {
        stage(&mut stages.call, Whose::Centre, table, findings);
    }
    for (key, rule) in [
        (APPLICATION, &mut stages.application),
        (RECHECK, &mut stages.recheck),
        (CONSENT, &mut stages.consent),
        (HELP, &mut stages.help),
    ] {
        if let Some(table) = root.table_if(key, findings) {
            stage(rule, Whose::Unit, table, findings);
        }
    }
    if let Some(table) = root.table_if(returns::TABLE, findings) {
        returns::read(&mut stages.returns, table, findings);
    }
    root.close(findings);
    stages
}

/// The level to which silence raises an order; none written is the usual one.
fn rises(highest: &mut u8, table: &mut Table<'_>, findings: &mut Findings) {
    let Some(found) = table.integer_if("rises_to", findings) else { return };
    let level = u8::try_from(found.value).ok();
    match level.filter(|_| (1..=LEVEL_MAX).contains(&found.value)) {
        Some(level) => *highest = level,
        None => findings.push(Diagnostic::rises_range(&found.spot, found.value)),
    }
}

fn on_site(stages: &mut Stages, mut table: Table<'_>, findings: &mut Findings) {
    if let Some(found) = table.integer("within_metres", findings) {
        let metres = u32::try_from(found.value).ok();
        match metres.filter(|_| (1..=METRES_MAX).contains(&found.value)) {
            Some(metres) => {
                if metres > METRES_USUAL {
                    findings.push(Diagnostic::metres_far(&found.spot, metres));
                }
                stages.within_metres = metres;
            }
            None => findings.push(Diagnostic::metres_range(&found.spot, found.value)),
        }
    }
    table.close(findings);
}

/// Who has a stage in hand: the centre's desks are manned at other hours than a unit's office.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Centre,
    Unit,
}

impl Whose {
    fn own(self, found: Option<At<TimeLimit>>, findings: &mut Findings) -> Option<At<TimeLimit>> {
        match self {
            Whose::Centre => found,
            Whose::Unit => of_the_unit(found?, findings),
        }
    }
}

fn stage(rule: &mut StageRule, whose: Whose, mut table: Table<'_>, findings: &mut Findings) {
    let spot = table.spot();
    let ordinary = limit(&mut table, "limit", findings);
    if let Some(found) = whose.own(ordinary, findings) {
        asked_if_longer(&found, STAGE_LONGEST, findings);
        rule.limit = found.value;
    }
    let urgent = limit_if(&mut table, "urgent", findings);
    let urgent = whose.own(urgent, findings);
    if let Some(found) = &urgent {
        asked_if_longer(found, STAGE_LONGEST, findings);
        if found.value.days_about() > rule.limit.days_about() {
            findings.push(Diagnostic::urgent_longer(&found.spot, found.value, rule.limit));
        }
    }
    rule.urgent = urgent.map(|found| found.value);
    let errors_before = findings.n_errors(FILE);
    let mut steps: Vec<StageStep> = Vec::new();
    for mut table in step_tables(&mut table, findings) {
        let percent = table.percent("percent", findings);
        let code = table.word_if("code", findings);
        let tell = recipients(&mut table, findings);
        table.close(findings);
        let Some(percent) = percent else { continue };
        asked_if_far(&percent, findings);
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
    steps.sort_by_key(|step| step.percent);
    rule.steps = steps;
    if findings.n_errors(FILE) > errors_before {
        // The step that is missed may be one that could not be read.
        return;
    }
    if rule.steps.is_empty() {
        findings.push(Diagnostic::stage_without_steps(&spot));
    }
    if !rule.steps.iter().any(|step| step.percent == 100) {
        findings.push(Diagnostic::stage_end_untold(&spot));
    }
}

/// The tables under `step`; says so when there are too many.
pub(crate) fn step_tables<'a>(table: &mut Table<'a>, findings: &mut Findings) -> Vec<Table<'a>> {
    let mut tables = table.tables("step", findings);
    if let Some(table) = tables.get(STEPS_MAX) {
        findings.push(Diagnostic::too_many_steps(&table.spot(), STEPS_MAX));
    }
    tables.truncate(STEPS_MAX);
    tables
}

/// A limit that must be there and be more than nothing.
pub(crate) fn limit(
    table: &mut Table<'_>,
    key: &'static str,
    findings: &mut Findings,
) -> Option<At<TimeLimit>> {
    table.text(key, findings)?;
    limit_if(table, key, findings)
}

/// A limit that may be absent but, where it stands, is more than nothing.
pub(crate) fn limit_if(
    table: &mut Table<'_>,
    key: &'static str,
    findings: &mut Findings,
) -> Option<At<TimeLimit>> {
    let text = table.word_if(key, findings)?;
    let (limit, wording) = match TimeLimit::spelt(text.value) {
        Ok(spelt) => spelt,
        Err(why) => {
            findings.push(Diagnostic::limit_text(&text.spot, text.value, &why));
            return None;
        }
    };
    if limit.thousandths() <= 0 {
        findings.push(Diagnostic::step_limit(&text.spot, text.value));
        return None;
    }
    match wording {
        Wording::Said => {}
        Wording::PlainHour | Wording::PlainDay => {
            findings.push(Diagnostic::span_unsaid(&text.spot, text.value.trim(), limit));
        }
    }
    Some(At { value: limit, spot: text.spot })
}

/// The limit, unless it counts the hours of the centre's desks: a unit is not at work in them.
pub(crate) fn of_the_unit(found: At<TimeLimit>, findings: &mut Findings) -> Option<At<TimeLimit>> {
    if found.value.unit() != LimitUnit::DeskHour {
        return Some(found);
    }
    findings.push(Diagnostic::span_in_desk_hours(&found.spot, found.value));
    None
}

/// Asks about a span that is longer than any known.
pub(crate) fn asked_if_longer(found: &At<TimeLimit>, longest: TimeLimit, findings: &mut Findings) {
    if found.value.days_about() > longest.days_about() {
        findings.push(Diagnostic::span_longest(&found.spot, found.value, longest));
    }
}

/// Asks about a share that lies far behind the limit.
pub(crate) fn asked_if_far(found: &At<u32>, findings: &mut Findings) {
    if found.value > PERCENT_USUAL {
        findings.push(Diagnostic::percent_far(&found.spot, found.value, PERCENT_USUAL));
    }
}

/// The capacities under `tell`, each once; an empty list is an error.
pub(crate) fn recipients(table: &mut Table<'_>, findings: &mut Findings) -> Vec<Recipient> {
    let spot: Spot = table.spot();
    let words = table.words("tell", findings);
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
