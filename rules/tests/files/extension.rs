//! `extension.toml`.

use duban_rules::book::extension::Deferrals;
use duban_rules::diff::{Edition, diff};
use duban_rules::print::handbook_html;
use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use duban_rules::{Lang, Sources, parse};

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

#[test]
fn a_case_waits_a_quarter_at_most_and_is_announced_a_month_and_a_week_before() {
    let quarter = Deferrals { months: 3, announced_days: [30, 7] };
    let of = |text: &str| parsed_with(FILE, text).0.extensions.deferral;
    assert_eq!(of(&shipped(FILE)), quarter);
    // Rules that are in force without these words go on by them.
    let earlier = shipped(FILE);
    let (earlier, _) = earlier.split_once("[deferral]").unwrap();
    assert_eq!((of(earlier), found_in(FILE, earlier)), (quarter, vec![]));
    let sooner = changed(FILE, "months = 3", "months = 2");
    assert_eq!(of(&sooner), Deferrals { months: 2, ..quarter });
    for (good, bad, code, found) in [
        ("months = 3", "months = 0", "R1004", "0"),
        ("months = 3", "months = 13", "R1004", "13"),
        ("announced_days = 30", "announced_days = 91", "R1004", "91"),
        ("announced_again_days = 7", "announced_again_days = 30", "R1005", "30"),
        ("announced_days = 30\nannounced_again_days = 7", "announced_days = 5", "R1005", "5"),
    ] {
        a_change_is_found(FILE, [good, bad], code, found);
        assert_eq!(of(&changed(FILE, good, bad)), quarter, "what is wrong holds not: {bad}");
    }
}

#[test]
fn what_changed_of_deferrals_is_said_and_the_handbook_prints_it() {
    let sources = Sources::shipped();
    let other =
        sources.clone().with(FILE, changed(FILE, "announced_days = 30", "announced_days = 45"));
    let [old, new] = [&sources, &other].map(|sources| (parse(sources).0, sources));
    let [was, is] = [&old, &new].map(|(book, sources)| Edition { book, sources });
    assert_eq!(diff(was, is, Lang::Zh).changes, ["缓办 复核前几天提醒:由“30”改为“45”"]);
    assert!(handbook_html(&new.0).contains("复核前 45 天、7 天各提醒一次"));
}
