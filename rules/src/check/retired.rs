//! Units out of service that the handbook still names beside others: their cases go to those alone (article 11).

use std::collections::BTreeMap;

use super::narrowed;
use crate::book::RuleBook;
use crate::book::handbook::Candidate;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::{Sources, Spot};
use crate::vocabulary::UnitId;

/// Looks at every candidate; each unit is told once, at the first condition that names it. A condition without any unit
/// in service is another matter.
pub(super) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    let is_active = |id: &UnitId| book.units.get(id).map(|unit| unit.active);
    let mut idle: BTreeMap<&UnitId, (Spot, usize)> = BTreeMap::new();
    for condition in book.handbook.conditions.values() {
        let units = || condition.candidates.iter().map(|Candidate { unit, .. }| unit);
        if !units().any(|unit| is_active(unit) == Some(true)) {
            continue;
        }
        for unit in units().filter(|unit| is_active(unit) == Some(false)) {
            let spot = book.handbook.spots(&condition.code).candidates;
            let (first, times) = idle.entry(unit).or_insert_with(|| (spot.clone(), 0));
            *times += 1;
            if spot.span.start < first.span.start {
                *first = spot;
            }
        }
    }
    for (unit, (spot, times)) in idle {
        let name = book.units.get(unit).map_or("", |unit| unit.name.as_str());
        let spot = narrowed(sources, spot, unit.as_str());
        findings.push(Diagnostic::idle_candidate(&spot, unit, name, times));
    }
}
