//! Documents of the libraries: a public type or function says what it is; a field may leave that to its name.

use std::fs;

use super::{root, sources};

/// Packages whose public items others build on.
const LIBRARIES: [&str; 4] = ["actors/src", "rules/src", "runtime/core/src", "runtime/src"];

/// How a public item begins.
const ITEMS: [&str; 9] = [
    "pub fn ",
    "pub async fn ",
    "pub const ",
    "pub static ",
    "pub struct ",
    "pub enum ",
    "pub trait ",
    "pub type ",
    "pub union ",
];

#[test]
fn every_public_item_of_a_library_says_what_it_is() {
    for file in sources() {
        if LIBRARIES.iter().any(|library| file.starts_with(root().join(library))) {
            let text = fs::read_to_string(&file).unwrap();
            let bare = bare(&text);
            assert!(bare.is_empty(), "{} does not say what these are: {bare:?}", file.display());
        }
    }
}

#[test]
fn an_item_without_words_is_found_behind_its_attributes() {
    assert_eq!(bare("/// One.\n#[derive(Debug)]\npub struct One;"), [""; 0]);
    assert_eq!(bare("/// One.\n#[expect(\n    a,\n    b\n)]\n    pub fn one() {}"), [""; 0]);
    assert_eq!(bare("pub(crate) fn one() {}\npub mod two;"), [""; 0]);
    assert_eq!(bare("/// One.\nfn one() {}\n\npub fn two() {}"), ["pub fn two() {}"]);
    assert_eq!(bare("#[must_use]\npub fn two() {}"), ["pub fn two() {}"]);
}

/// The public items of `text` that no comment stands above.
fn bare(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_bare = |at: &usize| {
        let above = lines[..*at].iter().rev();
        // Over attributes, of one line or of several, and what a macro hands on.
        let mut is_inside = false;
        let above = above.skip_while(move |line| {
            let (begins, ends) = (line.starts_with("#["), line.ends_with(")]"));
            let skipped = begins || ends || is_inside;
            is_inside = !begins && (ends || is_inside);
            skipped
        });
        !above.clone().next().is_some_and(|l| l.starts_with("///") || l.starts_with("$(#["))
    };
    let items = (0..lines.len()).filter(|at| ITEMS.iter().any(|item| lines[*at].starts_with(item)));
    items.filter(is_bare).map(|at| lines[at]).collect()
}
