//! The handbook against the units and the grid: whoever is to handle a condition must be there (article 11).

use std::collections::{BTreeMap, BTreeSet};

use super::narrowed;
use crate::book::RuleBook;
use crate::book::handbook::{Candidate, Condition, FILE};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::{Sources, Spot};
use crate::vocabulary::{GridId, UnitId};

/// Looks at every condition, then for what no condition names.
pub(super) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    let grids: BTreeSet<&GridId> = book.grid.grids().map(|grid| &grid.id).collect();
    unknown_units(book, sources, findings);
    for condition in book.handbook.conditions.values() {
        units(book, condition, findings);
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

/// Each unit that does not exist, once, at the first condition that names it.
fn unknown_units(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    if book.units.iter().next().is_none() {
        return;
    }
    let mut unknown: BTreeMap<&UnitId, (Spot, usize)> = BTreeMap::new();
    for condition in book.handbook.conditions.values() {
        for Candidate { unit, .. } in &condition.candidates {
            // A unit of which only the id could be read is known, and its own file says what is wrong with it.
            if book.units.get(unit).is_some() || book.units.half_read.contains(unit) {
                continue;
            }
            let spot = book.handbook.spots(&condition.code).candidates;
            let (first, times) = unknown.entry(unit).or_insert_with(|| (spot.clone(), 0));
            *times += 1;
            if spot.span.start < first.span.start {
                *first = spot;
            }
        }
    }
    for (unit, (spot, times)) in unknown {
        let spot = narrowed(sources, spot, unit.as_str());
        let like = closest(book, unit.as_str());
        findings.push(Diagnostic::unknown_unit(&spot, unit, times, like.as_deref()));
    }
}

fn units(book: &RuleBook, condition: &Condition, findings: &mut Findings) {
    let spots = book.handbook.spots(&condition.code);
    let candidates = condition.candidates.iter();
    let known: Vec<_> =
        candidates.filter_map(|candidate| book.units.get(&candidate.unit)).collect();
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
