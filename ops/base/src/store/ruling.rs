//! Ruling: by which rules a store is worked on that has been opened.
//!
//! ```text
//! waits, and its day has come ─► in order? ─► its files: nothing is decided by the old rules any more
//! edition on record ─► its files in the store ─► lost? the directory's, if they are the very same
//! none on record    ─► the directory's: a new store takes what is configured
//! ```
//! What lies in the directory does not come into force because a process starts: for that somebody applies it. Whoever
//! only looks is not kept from it by rules that cannot be had: the ones that come next serve to name units and to write
//! instants.

use std::path::Path;

use anyhow::{Result, anyhow};
use duban_actors::centre::RulesEdition;
use duban_rules::{RuleBook, Severity, Sources};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::Journal;

use crate::config;
use crate::rules_in_force::edition::{self, Lost};

/// The book to work by at `now`. Rules whose day has come are put on record by whoever goes to work.
///
/// # Errors
/// In words, with the way out: what is on record is lost, or nothing is and the directory `dir` cannot be used.
pub(super) fn to_work_by(journal: &Journal, dir: &Path, now: Timestamp) -> Result<RuleBook> {
    match edition::day::due(journal, now) {
        Ok(Some((_, book))) => return Ok(book),
        Ok(None) => {}
        Err(held) => tracing::error!(%held, "rules whose day has come are held"),
    }
    match on_record(journal, dir)? {
        Some(book) => Ok(book),
        None => config::rules::book(dir),
    }
}

/// The book to look by: whatever comes closest to what is in force.
pub(super) fn to_look_by(journal: &Journal, dir: &Path) -> RuleBook {
    match on_record(journal, dir) {
        Ok(Some(book)) => return book,
        Ok(None) => {}
        Err(error) => tracing::warn!(error = format!("{error:#}"), "looking by other rules"),
    }
    config::rules::book(dir).unwrap_or_else(|error| {
        tracing::warn!(error = format!("{error:#}"), "looking by the rules that come with duban");
        duban_rules::parse(&Sources::shipped()).0
    })
}

fn on_record(journal: &Journal, dir: &Path) -> Result<Option<RuleBook>> {
    let Some(edition) = edition::last(journal)? else { return Ok(None) };
    let sources = match edition::sources(journal, &edition) {
        Ok(sources) => sources,
        Err(lost) => same_in(dir, &edition).ok_or_else(|| in_words(lost, &edition))?,
    };
    let (book, found) = duban_rules::parse(&sources);
    // They were without errors when they came into force: this program is stricter, and goes on by what can be used.
    for one in found.iter().filter(|one| one.severity == Severity::Error) {
        tracing::error!(code = one.code, "the rules in force have an error by this program");
    }
    Ok(Some(book))
}

fn same_in(dir: &Path, edition: &RulesEdition) -> Option<Sources> {
    let sources = config::rules::sources(dir).ok()?;
    edition::is_of(edition, &sources).then_some(sources)
}

fn in_words(lost: Lost, edition: &RulesEdition) -> anyhow::Error {
    let RulesEdition { hash, blob, number } = edition;
    anyhow!(lost).context(format!(
        "生效的规则(手册 {number},散列 {hash})在存储中的文件丢失或损坏:附件 {blob}。\
         从备份的 blobs 目录复制回来;或把同一版规则放回规则目录;\
         或用 `duban rules apply` 使规则目录中的规则生效"
    ))
}
