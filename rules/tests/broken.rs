//! What an admin sees for each thing that can be wrong: the shipped rules, broken on purpose, one way at a time.
//!
//! The pages are compared with `golden/`; `UPDATE_TABLES=1` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use crate::given::edited;
use crate::given::golden;

mod cross;
mod files;
mod handbook;
mod notices;
mod people;
mod places;

use std::collections::BTreeSet;
use std::fmt::Write;

use duban_rules::diagnostic::codes;
use duban_rules::{Lang, Sources, parse};

use golden::compare;

/// A way to break the rules: its name, and the rules broken that way.
pub(crate) type Broken = (&'static str, Sources);

#[test]
fn the_pages_an_admin_sees_are_those_of_the_golden_files() {
    for (file, cases) in all() {
        compare(file, &pages(&cases));
    }
}

#[test]
fn every_code_of_these_files_is_seen_at_least_once() {
    let shown: BTreeSet<&str> = all()
        .iter()
        .flat_map(|(_, cases)| cases)
        .flat_map(|(_, sources)| parse(sources).1)
        .map(|found| found.code)
        .collect();
    let ours = ["R00", "R01", "R02", "R07", "R08", "R09"];
    // What is readable and makes no sense is shown by `senseless.rs`, numbers that stood for other content by
    // `numbers.rs`, units that leave service by `retired.rs` and, with the cases that they leave, by the scenarios.
    let elsewhere = ["R0118", "R0119", "R012", "R014", "R0720", "R0924", "R0925", "R0926"];
    let is_ours = |code: &str| ours.iter().any(|file| code.starts_with(file));
    let is_elsewhere = |code: &str| elsewhere.iter().any(|start| code.starts_with(start));
    let unseen: Vec<&str> = codes()
        .into_iter()
        .filter(|code| is_ours(code) && !is_elsewhere(code) && !shown.contains(code))
        .collect();
    assert_eq!(unseen, Vec::<&str>::new());
}

#[test]
fn every_diagnostic_points_into_its_file() {
    for (_, cases) in all() {
        for (name, sources) in cases {
            for found in parse(&sources).1 {
                let length = sources.bytes(&found.file).map_or(0, <[u8]>::len);
                assert!(found.span.start <= found.span.end, "{name}: {found:?}");
                assert!(found.span.end <= length, "{name}: {found:?}");
                let json = found.to_json(&sources);
                assert_eq!(json["code"], found.code);
                assert!(json["line"].as_u64().unwrap() >= 1);
            }
        }
    }
}

fn all() -> Vec<(&'static str, Vec<Broken>)> {
    vec![
        ("files.txt", files::cases()),
        ("handbook.txt", handbook::cases()),
        ("people.txt", people::cases()),
        ("places.txt", places::cases()),
        ("cross.txt", cross::cases()),
        ("notices.txt", notices::cases()),
    ]
}

/// What an admin reads, in both languages; what the shipped rules say anyway is left out.
fn pages(cases: &[Broken]) -> String {
    let usual: BTreeSet<String> = {
        let sources = Sources::shipped();
        parse(&sources).1.iter().map(|found| format!("{found:?}")).collect()
    };
    let mut page = String::new();
    for (name, sources) in cases {
        writeln!(page, "==== {name}\n").unwrap();
        let found = parse(sources).1;
        let mut news =
            found.iter().filter(|found| !usual.contains(&format!("{found:?}"))).peekable();
        assert!(news.peek().is_some(), "{name}: nothing was found");
        let (shown, rest): (Vec<_>, Vec<_>) =
            news.enumerate().partition(|(at, found)| *at < 4 || found.code == "R0009");
        for (_, found) in shown {
            for lang in [Lang::Zh, Lang::En] {
                writeln!(page, "{}", found.render(sources, lang)).unwrap();
            }
        }
        if !rest.is_empty() {
            writeln!(page, "({} more)\n", rest.len()).unwrap();
        }
    }
    page
}

/// The shipped rules with `old` replaced by `new` in one file.
#[track_caller]
pub(crate) fn edited(file: &str, old: &str, new: &str) -> Sources {
    edited::edited(Sources::shipped(), file, old, new)
}

/// The shipped handbook with these rows below the last one.
pub(crate) fn handbook_with(rows: &str) -> Sources {
    let sources = Sources::shipped();
    let text = sources.text("handbook.csv").unwrap().to_owned();
    sources.with("handbook.csv", text + rows)
}

/// The shipped handbook cut down to its header and these rows.
pub(crate) fn handbook_of(rows: &str) -> Sources {
    let sources = Sources::shipped();
    let header = sources.text("handbook.csv").unwrap().lines().next().unwrap().to_owned();
    sources.with("handbook.csv", format!("\u{FEFF}{header}\r\n{rows}"))
}
