//! Things written twice: a condition under two numbers, a unit under two ids (articles 6 and 11).

use std::collections::BTreeMap;

use crate::book::RuleBook;
use crate::book::handbook::Condition;
use crate::diagnostic::{Diagnostic, Findings};
use crate::vocabulary::UnitId;

/// Looks at the conditions of each class, and at the units in service.
pub(super) fn check(book: &RuleBook, findings: &mut Findings) {
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
    let mut units: BTreeMap<String, &UnitId> = BTreeMap::new();
    for unit in book.units.iter().filter(|unit| unit.active) {
        let name = words(&unit.name);
        if let Some(first) = units.get(&name).copied() {
            let spot = book.units.spot(&unit.id);
            findings.push(Diagnostic::unit_named_twice(&spot, &unit.name, [first, &unit.id]));
        } else {
            units.insert(name, &unit.id);
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
