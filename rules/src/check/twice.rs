//! Things written twice: a condition under two numbers, a unit or a grid under two ids, a person in one capacity
//! (articles 6, 7, 10 and 11).

use std::collections::{BTreeMap, BTreeSet};

use super::{GRID, mention};
use crate::book::RuleBook;
use crate::book::handbook::Condition;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::vocabulary::{GridId, UnitId};

/// Looks at everything that has a name beside its number.
pub(super) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    conditions(book, findings);
    units(book, findings);
    grids(book, sources, findings);
}

/// The conditions of each class.
fn conditions(book: &RuleBook, findings: &mut Findings) {
    let mut conditions: BTreeMap<_, &Condition> = BTreeMap::new();
    for condition in book.handbook.conditions.values() {
        let name = (condition.matter, &condition.small_class, words(&condition.filing));
        if let Some(first) = conditions.get(&name) {
            let spot = book.handbook.spots(&condition.code).filing;
            findings.push(Diagnostic::condition_worded_twice(&spot, [first, condition]));
        } else {
            conditions.insert(name, condition);
        }
    }
}

/// The units in service, and the people of each.
fn units(book: &RuleBook, findings: &mut Findings) {
    let mut units: BTreeMap<String, &UnitId> = BTreeMap::new();
    for unit in book.units.iter().filter(|unit| unit.active) {
        let spot = book.units.spot(&unit.id);
        let name = words(&unit.name);
        if let Some(first) = units.get(&name).copied() {
            findings.push(Diagnostic::unit_named_twice(&spot, &unit.name, [first, &unit.id]));
        } else {
            units.insert(name, &unit.id);
        }
        let mut people = BTreeSet::new();
        for contact in &unit.contacts {
            let is_new =
                people.insert((contact.role, &contact.name, &contact.phone, &contact.email));
            if !is_new {
                findings.push(Diagnostic::contact_twice(&spot, &unit.name, contact));
            }
        }
    }
}

fn grids(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    let mut grids: BTreeMap<String, &GridId> = BTreeMap::new();
    for grid in book.grid.grids() {
        let name = words(&grid.name);
        if let Some(first) = grids.get(&name).copied() {
            let spot = mention(sources, GRID, "id", grid.id.as_str());
            findings.push(Diagnostic::grid_named_twice(&spot, &grid.name, [first, &grid.id]));
        } else {
            grids.insert(name, &grid.id);
        }
    }
}

/// A text without the blanks and marks that make no difference.
fn words(text: &str) -> String {
    let is_mark = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';' | ':' | '\u{FF0C}' | '\u{3002}' | '\u{3001}' | '\u{FF1B}' | '\u{FF1A}'
            )
    };
    text.chars().filter(|c| !is_mark(*c)).collect()
}
