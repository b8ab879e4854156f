//! Known editions: what was in force in a store, by its numbers.
//!
//! Read anew from the files in the store whenever somebody asks, so that what counts as the same content is what this
//! program reads. That is done when rules are put in force and when they are listed, a few milliseconds for each set.

use std::collections::BTreeSet;

use compact_str::CompactString;
use duban_rules::edition::{Identity, Known, clashes};
use duban_rules::{Diagnostic, RuleBook, Sources};
use duban_runtime::journal::{Failure, Journal};

use super::course::{Edition, history};
use super::{hex, sources};
use crate::labels::instant;

/// Sets that are read; a county that changes its rules each week has so many after ten years. Older ones are not.
const READ_MAX: usize = 512;
/// Digits of a hash that are shown to people.
pub const DIGITS: usize = 16;

/// The first digits of a hash.
pub fn digits(hash: &str) -> String {
    hash.chars().take(DIGITS).collect()
}

/// Why `sources`, read as `book`, may not come into force beside what was.
pub fn against(
    journal: &Journal,
    sources: &Sources,
    book: &RuleBook,
) -> Result<(Vec<Known>, Vec<Diagnostic>), Failure> {
    let known = of(journal, &history(journal)?);
    let known: Vec<Known> = known.into_iter().map(|(_, known)| known).collect();
    let found = clashes(sources, book, (&digits(&hex(&book.hash)), &known));
    Ok((known, found))
}

/// Those of `editions` whose files can be had, each set once, with the hash it is kept under.
pub(super) fn of(journal: &Journal, editions: &[Edition]) -> Vec<(CompactString, Known)> {
    let each = each(journal, editions);
    each.map(|(one, sources)| (one.edition.hash.clone(), known_as(one, &sources))).collect()
}

/// Those of `editions` whose files can be had, each set once, with these.
pub(in crate::rules_in_force) fn each<'a>(
    journal: &'a Journal,
    editions: &'a [Edition],
) -> impl Iterator<Item = (&'a Edition, Sources)> {
    let left_out = editions.len().saturating_sub(READ_MAX);
    let mut met = BTreeSet::new();
    let sets = editions.iter().skip(left_out).filter(move |one| met.insert(&one.edition.hash));
    sets.filter_map(|one| match sources(journal, &one.edition) {
        Ok(sources) => Some((one, sources)),
        Err(lost) => {
            tracing::warn!(hash = %one.edition.hash, %lost, "an edition cannot be read");
            None
        }
    })
}

fn known_as(one: &Edition, sources: &Sources) -> Known {
    let (identity, calendar) = Identity::read(sources);
    let since = instant::minute(one.since, &calendar);
    Known { identity, hash: digits(&one.edition.hash), since }
}
