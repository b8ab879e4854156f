//! Stranded units: those that rules do not name any more, or name as out of service, while cases are still with them.
//!
//! No check of files can know: whoever puts rules in force looks, whichever way they come in.

use std::collections::BTreeMap;

use duban_actors::case::listing;
use duban_actors::unit;
use duban_rules::vocabulary::UnitId;
use duban_rules::{Diagnostic, RuleBook};
use duban_runtime::journal::{Failure, Journal};

/// Units, and places of a list, that are read at a time.
const PAGE: usize = 1_024;

/// What is to be said of each such unit, in the order of their ids: a warning with the number of its open cases.
pub fn behind(
    journal: &Journal,
    before: &RuleBook,
    book: &RuleBook,
) -> Result<Vec<Diagnostic>, Failure> {
    let mut told = Vec::new();
    for (id, name) in known(journal, before)? {
        if book.units.get(&id).is_some_and(|unit| unit.active) {
            continue;
        }
        let open = open(journal, &id)?;
        told.extend(Diagnostic::open_cases(book, (&id, &name), open));
    }
    Ok(told)
}

/// Every unit that may hold cases: of the rules before with its name, of earlier ones without.
fn known(journal: &Journal, before: &RuleBook) -> Result<BTreeMap<UnitId, String>, Failure> {
    let named = before.units.iter().map(|unit| (unit.id.clone(), unit.name.clone()));
    let mut known: BTreeMap<UnitId, String> = named.collect();
    let mut after = None;
    loop {
        let page = journal.entities(Some(unit::KIND.number), after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(known) };
        after = Some(last.clone());
        for (id, _) in page {
            known.entry(UnitId::new(&id.key)).or_default();
        }
    }
}

/// How many open cases a unit has.
fn open(journal: &Journal, id: &UnitId) -> Result<u64, Failure> {
    let (list, mut n, mut after) = (listing::open_of(id), 0, None);
    loop {
        let page = journal.list(&list, after, PAGE)?;
        n += u64::try_from(page.len()).unwrap_or(u64::MAX);
        match page.last() {
            Some(last) => after = Some(last.clone()),
            None => return Ok(n),
        }
    }
}
