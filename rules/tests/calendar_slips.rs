//! Slips of the pen in `calendar.toml` and `holidays.csv`: what each does, and what an admin is told.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod hours;
mod notices;

use duban_rules::diagnostic::Lang;
use duban_rules::{RuleBook, Sources, parse};

const CALENDAR: &str = "calendar.toml";
const HOLIDAYS: &str = "holidays.csv";

/// A shipped file as text.
#[track_caller]
fn shipped(name: &str) -> String {
    Sources::shipped().text(name).unwrap().to_owned()
}

/// The shipped file with one piece of text replaced; the piece must be there.
#[track_caller]
fn changed(name: &str, from: &str, to: &str) -> String {
    let text = shipped(name);
    assert!(text.contains(from), "{name} has no {from:?}");
    text.replacen(from, to, 1)
}

/// The shipped rules with one file replaced: the book, and what is said beyond what is said anyway.
fn told(name: &str, text: &str) -> (RuleBook, Vec<String>) {
    const ANYWAY: &str = "`2027` 2027 年的放假安排尚未公布";
    let sources = Sources::shipped().with(name, text);
    let mut said = lines(&sources);
    said.retain(|line| !line.contains(ANYWAY));
    (parse(&sources).0, said)
}

/// Every diagnostic in Chinese: code, place, message and way out.
fn lines(sources: &Sources) -> Vec<String> {
    let found = parse(sources).1;
    let line = |found: &duban_rules::Diagnostic| {
        let (line, _) = found.position(sources);
        let text = sources.text(&found.file).unwrap_or_default();
        let value = text.get(found.span.clone()).unwrap_or_default();
        let (message, help) = (found.message.of(Lang::Zh), found.help.of(Lang::Zh));
        format!("{} {}:{line} `{value}` {message} | {help}", found.code, found.file)
    };
    found.iter().map(line).collect()
}
