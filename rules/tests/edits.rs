//! The table of edits: an admin's twenty ordinary ones and the faults people make, with what `check` and `diff` say.
//!
//! In Chinese, as a user sees it. The page is compared with `golden/edits.txt`; `UPDATE_TABLES=1` writes it anew, and
//! what changed in it is to be read aloud.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use crate::given::edited;
use crate::given::golden;

mod faults;
mod ordinary;

use std::collections::BTreeSet;
use std::fmt::Write;

use duban_rules::diff::{Edition, diff};
use duban_rules::{Diagnostic, Lang, RuleBook, Sources, parse};

pub(crate) use edited::edited;
use golden::compare;

/// What somebody did to the shipped rules, and the rules after that.
pub(crate) type Edit = (&'static str, Sources);

/// Of an ordinary edit no more is said than this, or nobody reads it.
const LINES_MAX: usize = 6;
/// Of one fault no more diagnostics are told than this.
const DIAGNOSTICS_MAX: usize = 3;

#[test]
fn what_check_and_diff_say_of_each_edit_is_that_of_the_golden_file() {
    let usual = Usual::new();
    let mut page = String::new();
    for (title, edits) in tables() {
        writeln!(page, "######## {title}\n").unwrap();
        for (name, sources) in edits {
            writeln!(page, "==== {name}").unwrap();
            page.push_str(&told(&usual, &sources));
        }
    }
    compare("edits.txt", &page);
}

#[test]
fn an_ordinary_edit_is_usable_and_told_in_a_few_lines() {
    let usual = Usual::new();
    for (name, sources) in ordinary::edits() {
        let (book, found) = parse(&sources);
        let errors: Vec<_> = found.iter().filter(|found| found.is_error()).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let lines = usual.changes(&sources, &book);
        assert!(!lines.is_empty() && lines.len() <= LINES_MAX, "{name}: {lines:#?}");
    }
}

#[test]
fn of_what_is_no_fault_nothing_is_said() {
    let usual = Usual::new();
    for (name, sources) in faults::sound() {
        let found = parse(&sources).1;
        assert_eq!(usual.news(&found), Vec::<&Diagnostic>::new(), "{name}");
    }
}

#[test]
fn no_fault_is_silent_and_none_drowns() {
    let usual = Usual::new();
    for (name, sources) in faults::edits() {
        let news = usual.news(&parse(&sources).1).len();
        assert!((1..=DIAGNOSTICS_MAX).contains(&news), "{name}: {news} diagnostics");
    }
}

fn tables() -> [(&'static str, Vec<Edit>); 3] {
    let faults = faults::edits();
    [("日常改动", ordinary::edits()), ("并非差错", faults::sound()), ("差错", faults)]
}

/// What the shipped rules say by themselves.
struct Usual {
    sources: Sources,
    book: RuleBook,
    found: BTreeSet<String>,
}

impl Usual {
    fn new() -> Usual {
        let sources = Sources::shipped();
        let (book, found) = parse(&sources);
        let found = found.iter().map(|found| format!("{found:?}")).collect();
        Usual { sources, book, found }
    }

    fn news<'f>(&self, found: &'f [Diagnostic]) -> Vec<&'f Diagnostic> {
        found.iter().filter(|found| !self.found.contains(&format!("{found:?}"))).collect()
    }

    fn changes(&self, sources: &Sources, book: &RuleBook) -> Vec<String> {
        let old = Edition { sources: &self.sources, book: &self.book };
        diff(old, Edition { sources, book }, Lang::Zh).lines(Lang::Zh)
    }
}

/// The page of one edit: what is wrong with it, and, when it can be used, what it changes.
fn told(usual: &Usual, sources: &Sources) -> String {
    let (book, found) = parse(sources);
    let news = usual.news(&found);
    let mut page = String::new();
    writeln!(page, "-- check").unwrap();
    if news.is_empty() {
        writeln!(page, "没有问题").unwrap();
    }
    for found in &news {
        writeln!(page, "{}", found.render(sources, Lang::Zh).trim_end()).unwrap();
    }
    writeln!(page, "-- diff").unwrap();
    if news.iter().any(|found| found.is_error()) {
        writeln!(page, "(有错误,先改正)").unwrap();
    } else {
        for line in usual.changes(sources, &book) {
            writeln!(page, "{line}").unwrap();
        }
    }
    writeln!(page).unwrap();
    page
}

/// The shipped rules with `old` replaced by `new` in one file.
#[track_caller]
pub(crate) fn shipped(file: &str, old: &str, new: &str) -> Sources {
    edited(Sources::shipped(), file, old, new)
}

/// The shipped rules with lines below the last of one file.
pub(crate) fn below(file: &str, lines: &str) -> Sources {
    let text = Sources::shipped().text(file).unwrap().to_owned();
    Sources::shipped().with(file, text + lines)
}
