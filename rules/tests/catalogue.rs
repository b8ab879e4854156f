//! Every code has a page in both languages. That no other code can be shown, and each of them, is held beside the texts.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use std::collections::BTreeSet;

use duban_rules::diagnostic::codes;
use duban_rules::{Lang, explain};

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
