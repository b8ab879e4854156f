//! The handbook against the units and the grid: whoever is to handle a condition must be there (article 11).

use std::collections::{BTreeMap, BTreeSet};

use super::{closest, narrowed};
use crate::book::RuleBook;
use crate::book::handbook::{Candidate, Condition, FILE, outside_brackets};
use crate::book::units::Unit;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::vocabulary::{GridId, UnitId};

/// Looks at every condition, then for what no condition names.
pub(super) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    let grids: BTreeSet<&GridId> = book.grid.grids().map(|grid| &grid.id).collect();
    unknown_units(book, sources, findings);
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

/// Each condition that names a unit which does not exist.
fn unknown_units(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    if book.units.iter().next().is_none() {
        return;
    }
    let mut likes: BTreeMap<&UnitId, Option<String>> = BTreeMap::new();
    for condition in book.handbook.conditions.values() {
        for Candidate { unit, .. } in &condition.candidates {
            // A unit of which only the id could be read is known, and its own file says what is wrong with it.
            if book.units.get(unit).is_some() || book.units.half_read.contains(unit) {
                continue;
            }
            let spot = book.handbook.spots(&condition.code).candidates;
            let spot = narrowed(sources, spot, unit.as_str());
            let like = likes.entry(unit).or_insert_with(|| closest(book, unit.as_str()));
            findings.push(Diagnostic::unknown_unit(&spot, unit, like.as_deref()));
        }
    }
}

fn units(book: &RuleBook, condition: &Condition, sources: &Sources, findings: &mut Findings) {
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
    // Of a unit that is not known the name cannot be judged.
    if known.len() < condition.candidates.len() {
        return;
    }
    let Some(cell) = &spots.unit_name else { return };
    let Some(other) = names(&cell.value, &known) else { return };
    let spot = narrowed(sources, cell.spot.clone(), &other);
    let ids = known.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>().join("、");
    findings.push(Diagnostic::unit_named_otherwise(&spot, &other, &ids));
}

/// The first name beside the ids that none of the units has, whole or shortened by what it has in brackets.
///
/// The cell holds one name, or one for each unit with a mark between, in any order; a unit's grids may follow its name
/// in brackets as they follow its id.
fn names(cell: &str, known: &[&Unit]) -> Option<String> {
    let is_named = |name: &str| {
        let called = |known: &str| {
            known == name || known.strip_prefix(name).is_some_and(|rest| rest.starts_with(BRACKETS))
        };
        known.iter().any(|unit| called(&unit.name) || called(&unit.organisation))
    };
    let bare = |name: &str| name.split(BRACKETS).next().unwrap_or_default().trim().to_owned();
    if is_named(cell) || is_named(&bare(cell)) {
        return None;
    }
    let names = outside_brackets(cell).filter(|name| !is_named(name) && !is_named(&bare(name)));
    names.map(str::to_owned).next()
}

/// Brackets of both widths.
const BRACKETS: [char; 2] = ['(', '\u{FF08}'];
