//! The shipped rules of Suning: complete, without errors, and equal to what they were made from.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may stop at once"
)]

use duban_rules::{Lang, Sources, parse};

#[test]
fn the_shipped_rules_have_no_error() {
    let sources = Sources::shipped();
    let (_, found) = parse(&sources);
    let errors = found.iter().filter(|found| found.is_error());
    let pages: Vec<String> = errors.map(|found| found.render(&sources, Lang::En)).collect();
    assert!(pages.is_empty(), "{}", pages.join("\n"));
    for f in &found {
        eprintln!("{}", f.render(&sources, Lang::Zh));
    }
}
