//! `extension.toml`.

use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use duban_rules::{Sources, parse};

use super::{a_change_is_found, changed, found_in, parsed_with, shipped};

const FILE: &str = "extension.toml";

#[test]
fn extensions_together_are_as_long_as_the_limit_unless_the_file_says_less() {
    let days = |thousandths| TimeLimit::new(thousandths, LimitUnit::WorkDay);
    let left =
        |text: &str, granted| parsed_with(FILE, text).0.extensions.left(days(2_000), granted);
    assert_eq!(left(&shipped(FILE), None), days(2_000));
    assert_eq!(left(&shipped(FILE), Some(days(1_500))), days(500));
    let half = changed(FILE, "most_percent = 100", "most_percent = 50");
    assert_eq!(left(&half, None), days(1_000));
    assert_eq!(left(&half, Some(days(1_500))), days(0), "granted under other rules");
}

#[test]
fn rules_without_the_file_are_whole() {
    let (book, found) = parse(&Sources::shipped().without(FILE));
    assert!(found.iter().all(|one| one.file != FILE), "{found:?}");
    assert_eq!(book.extensions.most_percent, 100);
}

#[test]
fn more_than_the_limit_once_more_is_an_error() {
    a_change_is_found(FILE, ["most_percent = 100", "most_percent = 101"], "R1001", "101");
    a_change_is_found(FILE, ["most_percent = 100", "most_percent = 0"], "R1001", "0");
    assert_eq!(found_in(FILE, &changed(FILE, "most_percent = 100", "most_percent = 1")), []);
}

#[test]
fn one_in_ten_may_be_extended_and_one_at_least() {
    let allowed = |text: &str, n| parsed_with(FILE, text).0.extensions.allowed(n);
    let counts = |text: &str| [0, 5, 19, 20, 34].map(|n| allowed(text, n));
    assert_eq!(counts(&shipped(FILE)), [1, 1, 1, 2, 3]);
    assert_eq!(counts(&changed(FILE, "at_least = 1", "at_least = 0")), [0, 0, 1, 2, 3]);
    assert_eq!(counts(&changed(FILE, "percent = 10\n", "percent = 5\n")), [1, 1, 1, 1, 1]);
    a_change_is_found(FILE, ["percent = 10\n", "percent = 11\n"], "R1002", "11");
    a_change_is_found(FILE, ["percent = 10\n", "percent = 0\n"], "R1001", "0");
    a_change_is_found(FILE, ["at_least = 1", "at_least = 101"], "R1003", "101");
}
