//! Calendar, stages, ladder and grid: what the shipped files say, and what an admin sees when one is
//! wrong.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod calendar;
mod extension;
mod garbage;
mod grid;
mod ladder;
mod stages;

use duban_rules::{RuleBook, Sources, parse};

/// A shipped file as text.
#[track_caller]
fn shipped(name: &str) -> String {
    Sources::shipped().text(name).unwrap().to_owned()
}

/// The shipped rules with one file replaced.
fn parsed_with(name: &str, text: &str) -> (RuleBook, Vec<(&'static str, String)>) {
    let sources = Sources::shipped().with(name, text);
    let (book, found) = parse(&sources);
    let about = found.into_iter().filter(|found| found.file == name);
    let spot = |span: std::ops::Range<usize>| text.get(span).unwrap_or_default().to_owned();
    (book, about.map(|found| (found.code, spot(found.span))).collect())
}

/// The codes found in one file, with the underlined text.
fn found_in(name: &str, text: &str) -> Vec<(&'static str, String)> {
    parsed_with(name, text).1
}

/// The shipped file with one piece of text replaced; the piece must be there.
#[track_caller]
fn changed(name: &str, from: &str, to: &str) -> String {
    let text = shipped(name);
    assert!(text.contains(from), "{name} has no {from:?}");
    text.replacen(from, to, 1)
}

/// Asserts that a change of a shipped file is found by this code at this text.
#[track_caller]
fn a_change_is_found(name: &str, change: [&str; 2], code: &str, underlined: &str) {
    let [from, to] = change;
    let found = found_in(name, &changed(name, from, to));
    let wanted = |(found, spot): &(&str, String)| *found == code && spot == underlined;
    assert!(found.iter().any(wanted), "{change:?} gave {found:?}");
}
