//! Checks across files: what only two of them together can contradict (articles 6–11).
//!
//! Each check reads the finished rule book and the spots its parts remember; none of them changes anything. What one
//! file says by itself is checked where that file is read.

mod beside;
mod duties;
mod handbook;
mod heads;
mod ladder;
mod recipients;
mod reminder;
mod retired;
mod twice;

use std::ops::Range;

use crate::book::RuleBook;
use crate::diagnostic::Findings;
use crate::source::{Sources, Spot};

pub use beside::is_beside;

const COMMITTEE: &str = "committee.toml";
const UNITS: &str = "units.toml";
const GRID: &str = "grid.toml";
const HANDBOOK: &str = "handbook.csv";

/// Looks for contradictions across files.
pub(crate) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    beside::check(sources, findings);
    // A file that could not be read at all contradicts nothing.
    if ![UNITS, GRID, HANDBOOK].iter().any(|file| findings.is_unread(file)) {
        handbook::check(book, sources, findings);
        retired::check(book, sources, findings);
    }
    duties::check(book, findings);
    heads::check(book, findings);
    twice::check(book, sources, findings);
    ladder::check(book, sources, findings);
    recipients::check(book, sources, findings);
    reminder::check(book, findings);
}

/// The unit whose id differs by no more than one letter, case or hyphens, for the help.
fn closest(book: &RuleBook, id: &str) -> Option<String> {
    let plain = |id: &str| id.replace(['-', '_', ' '], "").to_ascii_uppercase();
    let wanted = plain(id);
    let ids = || book.units.iter().map(|unit| unit.id.as_str());
    let same = ids().find(|id| plain(id) == wanted);
    // Of short ids every other one is near; a guess must be better than that.
    let near = || ids().find(|id| wanted.len() > 3 && one_letter_apart(&plain(id), &wanted));
    same.or_else(near).map(str::to_owned)
}

/// Whether one of two ids has a letter more, less or other than the other one.
fn one_letter_apart(a: &str, b: &str) -> bool {
    let same = |(a, b): &(char, char)| a == b;
    let front = a.chars().zip(b.chars()).take_while(same).count();
    let back = a.chars().rev().zip(b.chars().rev()).take_while(same).count();
    let (shorter, longer) =
        (a.chars().count().min(b.chars().count()), a.chars().count().max(b.chars().count()));
    longer - shorter <= 1 && front + back + 1 >= longer
}

/// The first place of a word in a stretch of a file; the stretch itself when it stands nowhere.
pub(crate) fn word_in(file: &str, stretch: Range<usize>, word: &str) -> Range<usize> {
    let text = file.get(stretch.clone()).unwrap_or_default();
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let alone = |at: &usize| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(part_of_a_word) && !after.is_some_and(part_of_a_word)
    };
    match text.match_indices(word).map(|(at, _)| at).find(alone) {
        Some(at) => stretch.start + at..stretch.start + at + word.len(),
        None => stretch,
    }
}

fn narrowed(sources: &Sources, spot: Spot, word: &str) -> Spot {
    let text = sources.text(&spot.file).unwrap_or_default();
    Spot { span: word_in(text, spot.span.clone(), word), file: spot.file }
}

/// Where a file first mentions a value in quotation marks, behind this key if it stands there at all; the file as a
/// whole when it does not mention it.
fn mention(sources: &Sources, file: &str, key: &str, value: &str) -> Spot {
    let text = sources.text(file).unwrap_or_default();
    let quoted = format!("\"{value}\"");
    let behind_key = |at: &usize| {
        let before = text.get(..*at).unwrap_or_default().trim_end();
        before.strip_suffix('=').is_some_and(|before| before.trim_end().ends_with(key))
    };
    let mentions = || text.match_indices(&quoted).map(|(at, _)| at);
    let at = mentions().find(behind_key).or_else(|| mentions().next());
    Spot { span: at.map_or(0..0, |at| at..at + quoted.len()), ..Spot::of_file(file) }
}
