//! Handbooks of earlier rules, read into what all entities decide by: what they said binds cases whose own record, of an
//! older form, does not say it (article 11).
//!
//! Read once, when a store is put under its rules. Rules that come into force later are needed by none of those cases:
//! whatever is filed under them says itself what they said.

use std::collections::BTreeMap;
use std::sync::Arc;

use duban_actors::handbooks::Handbooks;
use duban_rules::book::handbook::Handbook;
use duban_rules::parse;
use duban_runtime::journal::{Failure, Journal};

use crate::registry::Rules;
use crate::rules_in_force::edition::{self, known};

/// The files of which a handbook consists.
const FILES: [&str; 2] = ["handbook.csv", "handbook.toml"];

/// Has `rules` remember the handbooks of the rules that were in force in `journal`, as far as they can be had.
///
/// # Errors
/// When the course of the rules cannot be read; what was known stays known.
pub fn recall(journal: &Journal, rules: &Rules) -> Result<(), Failure> {
    let editions = edition::history(journal)?;
    let mut by_files: BTreeMap<[u8; 32], Arc<Handbook>> = BTreeMap::new();
    let handbooks: Handbooks = known::each(journal, &editions)
        .filter_map(|(one, sources)| {
            let files = sources.only(&FILES);
            // Most rules change other files than these.
            let read = || Arc::new(parse(&files).0.handbook);
            let handbook = by_files.entry(files.hash()).or_insert_with(read);
            Some((edition::short(&one.edition)?, Arc::clone(handbook)))
        })
        .collect();
    rules.change(|context, hash| Ok(Some((context.remembering(handbooks), hash))))
}
