//! One edition on paper; two side by side are in `differences.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use crate::given::edited;

use duban_rules::print::handbook_html;
use duban_rules::{Sources, parse};

use edited::edited;

#[test]
fn the_printed_handbook_carries_its_edition_and_every_condition() {
    let book = parse(&Sources::shipped()).0;
    let page = handbook_html(&book);
    assert!(page.contains("第 2026-1 版") && page.contains("自 2026-01-01 起生效"));
    for condition in book.handbook.conditions.values() {
        assert!(page.contains(&condition.filing) && page.contains(&condition.limit.to_string()));
        let code = format!("<tr><td class=\"code\">{}</td>", condition.code);
        assert_eq!(page.matches(&code).count(), 1, "{code}");
    }
    assert_eq!(page.matches("<tr><td class=\"code\">").count(), 124);
    let heads = book.units.organisations().count();
    // The chair stands before the members.
    let committee = 1 + book.officials.members.len();
    let rows = book.units.iter().count() + heads + committee;
    assert_eq!(page.matches("<tr><td>").count(), rows);
    assert!(!page.contains("13900000001"), "mobile numbers are not printed");
}

#[test]
fn the_printed_handbook_numbers_the_conditions_of_a_class() {
    let page = handbook_html(&parse(&Sources::shipped()).0);
    let row = "<td class=\"code\">part-01-01-2</td><td>01 上水井盖</td><td>2</td><td>井盖局部损坏";
    assert!(page.contains(row));
}

#[test]
fn what_stands_in_the_handbook_is_never_taken_for_html() {
    let evil = edited(
        Sources::shipped(),
        "handbook.csv",
        "补装到位,2紧急工作时",
        "<script>a&b</script>,2紧急工作时",
    );
    let page = handbook_html(&parse(&evil).0);
    assert!(page.contains("&lt;script&gt;a&amp;b&lt;/script&gt;"));
    assert!(!page.contains("<script"));
}
