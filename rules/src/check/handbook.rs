//! The handbook against the units and the grid: whoever is to handle a condition must be there (article 11).

use std::collections::BTreeSet;

use super::narrowed;
use crate::book::RuleBook;
use crate::book::handbook::{Condition, FILE};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::vocabulary::GridId;

/// Looks at every condition, then for what no condition names.
pub(super) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    let grids: BTreeSet<&GridId> = book.grid.grids().map(|grid| &grid.id).collect();
    for condition in book.handbook.conditions.values() {
        units(book, condition, sources, findings);
        let spot = book.handbook.spots(&condition.code).candidates;
        for grid in condition.candidates.iter().flat_map(|candidate| &candidate.grids) {
            // Without any grid the grid's own file is to blame, and says so.
            if !grids.is_empty() && !grids.contains(grid) {
                let spot = narrowed(sources, spot.clone(), grid.as_str());
                findings.push(Diagnostic::unknown_grid(&spot, grid));
            }
        }
    }
    for (name, spot) in &book.handbook.empty_classes {
        findings.push(Diagnostic::class_without_condition(spot, name));
    }
    if findings.has_error(FILE) {
        // A row that could not be read may be the one that names the unit.
        return;
    }
    let conditions = book.handbook.conditions.values();
    let named: BTreeSet<_> =
        conditions.flat_map(|condition| &condition.candidates).map(|named| &named.unit).collect();
    for unit in book.units.iter().filter(|unit| unit.active && !named.contains(&unit.id)) {
        findings.push(Diagnostic::unit_without_condition(&book.units.spot(&unit.id), &unit.id));
    }
}

fn units(book: &RuleBook, condition: &Condition, sources: &Sources, findings: &mut Findings) {
    let spots = book.handbook.spots(&condition.code);
    let mut known = Vec::new();
    for candidate in &condition.candidates {
        if let Some(unit) = book.units.get(&candidate.unit) {
            known.push(unit);
            continue;
        }
        let spot = narrowed(sources, spots.candidates.clone(), candidate.unit.as_str());
        let like = closest(book, candidate.unit.as_str());
        findings.push(Diagnostic::unknown_unit(&spot, &candidate.unit, like.as_deref()));
    }
    if known.is_empty() {
        return;
    }
    if known.iter().all(|unit| !unit.active) {
        findings.push(Diagnostic::no_active_unit(&spots.candidates, &condition.code));
    }
    let is_named = |name: &str| {
        let called = |known: &str| known == name || known.starts_with(&format!("{name}("));
        let full_width = |known: &str| known.starts_with(&format!("{name}\u{FF08}"));
        known
            .iter()
            .any(|unit| called(&unit.name) || full_width(&unit.name) || called(&unit.organisation))
    };
    if let Some(name) = spots.unit_name.as_ref().filter(|name| !is_named(&name.value)) {
        let names = known.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>().join("、");
        findings.push(Diagnostic::unit_named_otherwise(&name.spot, &name.value, &names));
    }
}

/// The unit whose id differs only in case or in hyphens, for the help.
fn closest(book: &RuleBook, id: &str) -> Option<String> {
    let plain = |id: &str| id.replace(['-', '_', ' '], "").to_ascii_uppercase();
    let wanted = plain(id);
    let same = book.units.iter().find(|unit| plain(unit.id.as_str()) == wanted)?;
    Some(same.id.to_string())
}
