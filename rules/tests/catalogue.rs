//! Every code that can be shown has a page in both languages, and every page belongs to a code that can be shown.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use std::collections::BTreeSet;
use std::path::Path;

use duban_rules::diagnostic::codes;
use duban_rules::{Lang, explain};

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages: BTreeSet<String> = codes().into_iter().map(str::to_owned).collect();
    assert_eq!(pages, constructed());
}

#[test]
fn no_two_pages_share_a_code_and_none_is_blank() {
    let mut seen = BTreeSet::new();
    for code in codes() {
        assert!(seen.insert(code), "{code} has two pages");
        for lang in [Lang::Zh, Lang::En] {
            let page = explain(code, lang).unwrap();
            let (title, text) = page.split_once("\n\n").unwrap();
            assert!(title.starts_with(code) && title.len() > code.len() + 3, "{page}");
            assert!(text.trim().chars().count() > 10, "{page}");
        }
    }
    assert!(codes().is_sorted());
}

#[test]
fn a_code_is_found_however_it_is_typed_and_an_unknown_one_is_not() {
    assert_eq!(explain(" r0001 ", Lang::Zh), explain("R0001", Lang::Zh));
    assert_eq!(explain("R9999", Lang::En), None);
}

/// The codes that constructors use, read from their source.
fn constructed() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic"), &mut codes);
    codes
}

fn collect(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, codes);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("\"R0") {
            let before = text[..at].trim_end();
            if before.ends_with("error(") || before.ends_with("warning(") {
                codes.insert(text[at + 1..at + 6].to_owned());
            }
        }
    }
}
