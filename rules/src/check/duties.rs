//! What a unit of each class must have (article 7), and a frontage steward (article 9).

use super::closest;
use crate::book::RuleBook;
use crate::book::units::{Lack, Method, Unit};
use crate::diagnostic::{Diagnostic, Findings, Text};
use crate::vocabulary::{Recipient, UnitKind};

/// Looks at every active unit; one out of service has no duties.
pub(super) fn check(book: &RuleBook, findings: &mut Findings) {
    let known = |unit: &&Unit| unit.active && !book.units.doubtful.contains(&unit.id);
    for unit in book.units.iter().filter(known) {
        let spot = book.units.spot(&unit.id);
        let UnitKind::Department(class) = unit.kind else {
            steward(book, unit, findings);
            continue;
        };
        for missing in missing_duties(unit) {
            findings.push(Diagnostic::class_duty(&spot, unit, class, &missing));
        }
        if unit.dispatch_by == Method::Phone && !unit.can_be_called() {
            findings.push(Diagnostic::nobody_to_call(&spot, &unit.id));
        }
        deputies(book, unit, findings);
    }
}

/// The duties of article 7 that a unit does not fulfil and that the file must say, in words.
fn missing_duties(unit: &Unit) -> Vec<Text> {
    let contact = |role: Recipient| Some(Text::word("duty", "contact", &[("role", &role)]));
    let duty = |key| Some(Text::word("duty", key, &[]));
    let word = |lack: Lack| match lack {
        Lack::Station => duty("station"),
        Lack::DeputyHead => contact(Recipient::DeputyHead),
        Lack::UnitHead => contact(Recipient::UnitHead),
        Lack::HandlingOffice => contact(Recipient::HandlingOffice),
        Lack::Informant => contact(Recipient::Informant),
        Lack::Landline => duty("landline"),
        Lack::Person => duty("person"),
        Lack::Phone => duty("phone"),
        // Files of before do not say it: the centre is told each day.
        Lack::Crew | Lack::HeadAccount | Lack::Account => None,
    };
    unit.lacks().into_iter().filter_map(word).collect()
}

fn steward(book: &RuleBook, unit: &Unit, findings: &mut Findings) {
    let spot = book.units.spot(&unit.id);
    if !unit.can_be_called() {
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
