//! What a unit of each class must have (article 7), and a frontage steward (article 9).

use super::closest;
use crate::book::RuleBook;
use crate::book::units::{Method, Unit};
use crate::diagnostic::{Diagnostic, Findings, Text};
use crate::vocabulary::{Recipient, UnitClass, UnitKind};

/// Looks at every active unit; one out of service has no duties.
pub(super) fn check(book: &RuleBook, findings: &mut Findings) {
    let known = |unit: &&Unit| unit.active && !book.units.doubtful.contains(&unit.id);
    for unit in book.units.iter().filter(known) {
        let spot = book.units.spot(&unit.id);
        let UnitKind::Department(class) = unit.kind else {
            steward(book, unit, findings);
            continue;
        };
        for missing in missing_duties(unit, class) {
            findings.push(Diagnostic::class_duty(&spot, unit, class, &missing));
        }
        if unit.dispatch_by == Method::Phone && !can_be_called(unit) {
            findings.push(Diagnostic::nobody_to_call(&spot, &unit.id));
        }
        deputies(book, unit, findings);
    }
}

/// The duties of article 7 that a unit does not fulfil, in words.
fn missing_duties(unit: &Unit, class: UnitClass) -> Vec<Text> {
    let lacks = |role: Recipient| {
        let word = || Text::word("duty", "contact", &[("role", &role)]);
        unit.contacts(role).is_empty().then(word)
    };
    let duty = |key| Text::word("duty", key, &[]);
    let station = unit.station.is_none().then(|| duty("station"));
    let landline = unit.landline.is_none().then(|| duty("landline"));
    let person = unit.contacts.is_empty().then(|| duty("person"));
    let phone = (!can_be_called(unit)).then(|| duty("phone"));
    let duties = match class {
        UnitClass::First => vec![
            station,
            lacks(Recipient::DeputyHead),
            lacks(Recipient::UnitHead),
            lacks(Recipient::HandlingOffice),
            lacks(Recipient::Informant),
        ],
        UnitClass::Second => {
            vec![lacks(Recipient::DeputyHead), lacks(Recipient::HandlingOffice), landline]
        }
        UnitClass::Third => vec![person, phone],
    };
    duties.into_iter().flatten().collect()
}

fn steward(book: &RuleBook, unit: &Unit, findings: &mut Findings) {
    let spot = book.units.spot(&unit.id);
    if !can_be_called(unit) {
        findings.push(Diagnostic::nobody_to_call(&spot, &unit.id));
    }
    supervised(book, unit, findings);
    if unit.place.is_none() {
        findings.push(Diagnostic::steward_without_place(&spot, &unit.id));
    }
}

/// A steward is supervised by a department that is there and in service; what stands in the way is told where it stands.
fn supervised(book: &RuleBook, steward: &Unit, findings: &mut Findings) {
    let Some(id) = &steward.supervising else {
        let spot = book.units.spot(&steward.id);
        findings.push(Diagnostic::steward_unsupervised(&spot, &steward.id));
        return;
    };
    let spot = book.units.supervising.get(&steward.id).cloned();
    let spot = spot.unwrap_or_else(|| book.units.spot(&steward.id));
    match book.units.get(id) {
        // Of a unit that could not be read only its id is known, which is enough to be named.
        None if book.units.half_read.contains(id) => {}
        None => {
            let like = closest(book, id.as_str());
            findings.push(Diagnostic::unknown_supervisor(&spot, id, like.as_deref()));
        }
        Some(unit) if unit.class().is_none() => {
            findings.push(Diagnostic::steward_supervises(&spot, id));
        }
        Some(unit) if !unit.active => {
            findings.push(Diagnostic::inactive_supervisor(&spot, id));
        }
        Some(_) => {}
    }
}

/// A deputy is one of the unit's own people, or nobody knows how to reach them.
fn deputies(book: &RuleBook, unit: &Unit, findings: &mut Findings) {
    for contact in &unit.contacts {
        let Some(deputy) = &contact.deputy else { continue };
        if unit.contacts.iter().all(|other| other.name != *deputy) {
            let spot = book.units.spot(&unit.id);
            findings.push(Diagnostic::unknown_deputy(&spot, &contact.name, deputy));
        }
    }
}

fn can_be_called(unit: &Unit) -> bool {
    unit.landline.is_some() || unit.contacts.iter().any(|contact| contact.phone.is_some())
}
