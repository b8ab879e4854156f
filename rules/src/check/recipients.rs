//! Recipients: whether somebody fills every capacity that is told something, and every template told of exists.

use std::collections::{BTreeMap, BTreeSet};

use super::{COMMITTEE, mention};
use crate::book::RuleBook;
use crate::book::units::Unit;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::vocabulary::{Recipient, TemplateName};

const LADDER: &str = "ladder.toml";
const STAGES: &str = "stages.toml";
const NOTICES: &str = "notices.toml";

/// Capacities without which a case cannot go its way (articles 12, 15 and 18), told of or not.
const ALWAYS: [Recipient; 5] = [
    Recipient::IntakeDesk,
    Recipient::DispatchDesk,
    Recipient::DutyChief,
    Recipient::CentreHead,
    Recipient::Operator,
];

/// Looks at everyone who is told something.
pub(super) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    let told = told(book);
    // A person or a notice that could not be read is not one that is missing.
    if !findings.has_error(COMMITTEE) {
        county(book, &told, sources, findings);
    }
    units(book, &told, findings);
    if !findings.has_error(NOTICES) {
        for template in templates(book) {
            if book.notices.get(&template).is_none() {
                let spot = mention(sources, LADDER, "template", template.as_str());
                findings.push(Diagnostic::unknown_template(&spot, &template));
            }
        }
    }
}

type Told = BTreeMap<Recipient, &'static str>;

/// People of the centre and the county: those told of something, and those without whom nothing goes on.
fn county(book: &RuleBook, told: &Told, sources: &Sources, findings: &mut Findings) {
    for (role, file) in told {
        if role.is_of_a_unit() || *role == Recipient::Collector {
            continue;
        }
        if book.officials.contacts(*role).is_empty() {
            let spot = mention(sources, file, "tell", role.as_str());
            findings.push(Diagnostic::recipient_missing(&spot, *role));
        }
    }
    for role in ALWAYS {
        if !told.contains_key(&role) && book.officials.contacts(role).is_empty() {
            findings.push(Diagnostic::capacity_empty(role));
        }
    }
}

/// People of each unit in service.
fn units(book: &RuleBook, told: &Told, findings: &mut Findings) {
    // A unit whose people could not be read lacks nobody for certain, nor does a steward whose supervising unit is
    // not there, from which its leaders come.
    let leaders_unknown = |unit: &Unit| {
        unit.supervising.as_ref().is_some_and(|supervising| book.units.get(supervising).is_none())
    };
    let known = |unit: &&Unit| {
        unit.active && !book.units.doubtful.contains(&unit.id) && !leaders_unknown(unit)
    };
    for unit in book.units.iter().filter(known) {
        let lacking = told
            .keys()
            .filter(|role| role.is_of_a_unit() && book.units.contacts(&unit.id, **role).is_empty());
        let lacking: Vec<Recipient> = lacking.copied().collect();
        if !lacking.is_empty() {
            let spot = book.units.spot(&unit.id);
            findings.push(Diagnostic::unit_recipients(&spot, &unit.id, &lacking));
        }
    }
}

/// Every capacity that a ladder or a stage tells something, and the file that says so.
fn told(book: &RuleBook) -> Told {
    let stages = book.stages.iter().flat_map(|(_, stage)| &stage.steps);
    let stages = stages.flat_map(|step| &step.tell).map(|role| (*role, STAGES));
    let ladders = [&book.ladder.ordinary, &book.ladder.urgent];
    let steps = ladders.into_iter().flat_map(|ladder| &ladder.steps);
    let steps = steps.flat_map(|step| &step.tell).map(|role| (*role, LADDER));
    let rework = book.ladder.rework.tell.iter().map(|role| (*role, LADDER));
    stages.chain(steps).chain(rework).collect()
}

fn templates(book: &RuleBook) -> BTreeSet<TemplateName> {
    let ladders = [&book.ladder.ordinary, &book.ladder.urgent];
    let steps = ladders.into_iter().flat_map(|ladder| &ladder.steps);
    let templates = steps.map(|step| &step.template);
    templates.chain([&book.ladder.rework.template]).cloned().collect()
}
