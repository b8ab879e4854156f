//! Samples of diagnostics of what several files contradict, and of people in the wrong file.

use super::{spot, unit};
use crate::diagnostic::{Diagnostic, Text};
use crate::vocabulary::{ConditionCode, GridId, Recipient, TemplateName, UnitClass, UnitId};

pub(super) fn all() -> Vec<Diagnostic> {
    let mut all = handbook();
    all.extend(units());
    all.extend(recipients());
    all
}

fn handbook() -> Vec<Diagnostic> {
    let (spot, unit) = (&spot(), &UnitId::new("CG-HW"));
    vec![
        Diagnostic::unknown_unit(spot, unit, None),
        Diagnostic::unknown_unit(spot, unit, Some("CG-HV")),
        Diagnostic::no_active_unit(spot, &ConditionCode::new("part-01-01-2")),
        Diagnostic::unknown_grid(spot, &GridId::new("JG-09")),
        Diagnostic::class_without_condition(spot, "井盖"),
        Diagnostic::unit_without_condition(spot, unit),
        Diagnostic::unit_named_otherwise(spot, "{name}", "{found}"),
    ]
}

fn units() -> Vec<Diagnostic> {
    let (spot, unit) = (&spot(), &unit());
    let id = &unit.id;
    let missing = [
        Text::word("duty", "station", &[]),
        Text::word("duty", "landline", &[]),
        Text::word("duty", "person", &[]),
        Text::word("duty", "phone", &[]),
        Text::word("duty", "contact", &[("role", &Recipient::UnitHead)]),
    ];
    let classes = [UnitClass::First, UnitClass::Second, UnitClass::Third];
    let mut all = Vec::new();
    for (missing, class) in missing.iter().zip(classes.into_iter().cycle()) {
        all.push(Diagnostic::class_duty(spot, unit, class, missing));
    }
    all.extend([
        Diagnostic::nobody_to_call(spot, id),
        Diagnostic::steward_unsupervised(spot, id),
        Diagnostic::unknown_supervisor(spot, id, None),
        Diagnostic::unknown_supervisor(spot, id, Some("CG-HV")),
        Diagnostic::inactive_supervisor(spot, id),
        Diagnostic::steward_supervises(spot, id),
        Diagnostic::steward_without_place(spot, id),
        Diagnostic::unknown_deputy(spot, "甲", "乙"),
    ]);
    all
}

fn recipients() -> Vec<Diagnostic> {
    let (spot, unit) = (&spot(), &UnitId::new("CG-HW"));
    let lacking = [Recipient::Informant, Recipient::UnitHead];
    vec![
        Diagnostic::recipient_missing(spot, Recipient::DutyChief),
        Diagnostic::capacity_empty(Recipient::CountyLeader),
        Diagnostic::unit_recipients(spot, unit, &lacking),
        Diagnostic::unknown_template(spot, &TemplateName::new("level-9")),
        Diagnostic::not_of_the_county(spot, Recipient::Informant),
        Diagnostic::not_of_the_county(spot, Recipient::Collector),
    ]
}
