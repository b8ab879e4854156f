//! What is readable and makes no sense: limits, ladders, stages, names, numbers and messages, as tired people leave them.
//!
//! The pages are compared with `golden/senseless.txt`; `UPDATE_TABLES=1` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at once"
)]

use crate::given::golden;

mod cases;

use std::collections::BTreeSet;
use std::fmt::Write;

use duban_rules::diagnostic::codes;
use duban_rules::vocabulary::{ConditionCode, LimitUnit, TimeLimit};
use duban_rules::{Diagnostic, Lang, Sources, parse};

use cases::{cases, conditions, edited, row};
use golden::compare;

#[test]
fn what_an_admin_reads_of_senseless_rules_is_that_of_the_golden_file() {
    let mut page = String::new();
    for (name, sources) in cases() {
        writeln!(page, "==== {name}\n").unwrap();
        let news = news(&sources);
        assert!(!news.is_empty(), "{name}: nothing was found");
        for found in news {
            for lang in [Lang::Zh, Lang::En] {
                writeln!(page, "{}", found.render(&sources, lang)).unwrap();
            }
        }
    }
    compare("senseless.txt", &page);
}

#[test]
fn one_cause_is_told_once() {
    for (name, sources) in cases() {
        let news = news(&sources);
        let codes: BTreeSet<&str> = news.iter().map(|found| found.code).collect();
        assert_eq!(codes.len(), news.len(), "{name}: {news:?}");
        assert!(news.len() == 1, "{name}: {news:?}");
    }
}

#[test]
fn every_code_about_sense_is_seen() {
    let shown: BTreeSet<&str> =
        cases().iter().flat_map(|(_, sources)| news(sources)).map(|found| found.code).collect();
    let ours = ["R0118", "R0119", "R012", "R032", "R051", "R052", "R072"];
    let about_sense = |code: &&str| ours.iter().any(|start| code.starts_with(start));
    let unseen: Vec<&str> = codes()
        .into_iter()
        .filter(about_sense)
        .filter(|code| {
            !["R0320", "R0321", "R0322", "R0523"].contains(code) && !shown.contains(code)
        })
        .collect();
    assert_eq!(unseen, Vec::<&str>::new());
}

#[test]
fn the_shipped_rules_make_sense() {
    let about_sense = parse(&Sources::shipped()).1;
    assert!(about_sense.iter().all(|found| found.code == "R0414"), "{about_sense:?}");
}

#[test]
fn an_edition_says_what_its_plain_hours_and_days_count() {
    let limits = |toml: &str| {
        let sources = row("24小时");
        let number = "number = \"2026-1\"";
        let text =
            sources.text("handbook.toml").unwrap().replace(number, &format!("{toml}{number}"));
        let (book, found) = parse(&sources.with("handbook.toml", text));
        let limit = book.handbook.condition(&ConditionCode::new("part-05-99-1")).unwrap().limit;
        (limit, found.iter().filter(|found| found.code == "R0118").count())
    };
    let hours = |unit| TimeLimit::new(24_000, unit);
    assert_eq!(limits(""), (hours(LimitUnit::WorkHour), 1));
    assert_eq!(limits("hours = \"work\"\n"), (hours(LimitUnit::WorkHour), 0));
    assert_eq!(limits("hours = \"urgent\"\n"), (hours(LimitUnit::UrgentHour), 0));
    assert_eq!(limits("days = \"urgent\"\n"), (hours(LimitUnit::WorkHour), 1));
}

#[test]
fn a_county_whose_limits_are_longer_says_so_once() {
    let asked = |toml: &str| {
        let sources = row("20工作日");
        let number = "number = \"2026-1\"";
        let text =
            sources.text("handbook.toml").unwrap().replace(number, &format!("{toml}{number}"));
        news(&sources.with("handbook.toml", text)).len()
    };
    assert_eq!(asked(""), 1);
    assert_eq!(asked("longest = \"30工作日\"\n"), 0);
}

#[test]
fn a_thousand_plain_hours_are_one_question() {
    let sources = conditions(300, "4小时");
    let news = news(&sources);
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].message.of(Lang::Zh).contains("300 处"), "{news:?}");
}

#[test]
fn a_ladder_may_list_its_steps_in_any_order_that_is_reached_in_the_right_one() {
    let sources = Sources::shipped();
    let text = sources.text("ladder.toml").unwrap().to_owned();
    let mut lines: Vec<&str> = text.lines().collect();
    let at = |lines: &[&str], code: &str| {
        lines.iter().position(|line| line.contains(&format!("code = \"{code}\""))).unwrap()
    };
    let (two, three) = (at(&lines, "level-2"), at(&lines, "level-3"));
    lines.swap(two, three);
    let found = news(&sources.with("ladder.toml", lines.join("\n")));
    let codes: Vec<&str> = found.iter().map(|found| found.code).collect();
    assert_eq!(codes, ["R0606"]);
}

#[test]
fn the_lock_of_an_open_workbook_is_no_part_of_an_edition() {
    let shipped = Sources::shipped();
    let open = shipped.clone().with_beside(["~$handbook.csv"]);
    assert_eq!(open.hash(), shipped.hash());
    assert!(open.iter().eq(shipped.iter()));
}

#[test]
fn a_step_whose_code_is_written_in_full_width_is_held_to_its_order_and_template_all_the_same() {
    let codes = |from: &str, to: &str| {
        let sources = edited("ladder.toml", from, to);
        let step = "{ code = \"level-3\"";
        let wide = "{ code = \"level\u{ff0d}3\"";
        let text = sources.text("ladder.toml").unwrap().replacen(step, wide, 1);
        let found = news(&sources.with("ladder.toml", text));
        found.iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert_eq!(
        codes("overdue_percent = 100, at_least = \"3 work_day\"", "percent = 80"),
        ["R0021", "R0514"]
    );
    assert_eq!(codes("template = \"level-3\"", "template = \"closed\""), ["R0021", "R0518"]);
}

#[test]
fn rework_is_not_told_with_the_words_of_an_overdue_case() {
    let codes = |template: &str| {
        let words = format!("template = \"{template}\"\ntell = [\"deputy-head\"]");
        let as_shipped = "template = \"rework-order\"\ntell = [\"deputy-head\"]";
        let found = news(&edited("ladder.toml", as_shipped, &words));
        found.iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("level-1"), ["R0522"]);
    assert_eq!(codes("supervision-order"), Vec::<&str>::new());
    assert_eq!(codes("closed"), ["R0518"]);
}

#[test]
fn an_example_over_new_year_is_told_in_the_order_of_time() {
    let sources = edited("handbook.toml", "effective = 2026-01-01", "effective = 2025-12-31");
    let text = sources.text("ladder.toml").unwrap();
    let text = text.replacen(
        "overdue_percent = 100, at_least = \"3 work_day\"",
        "overdue_percent = 100",
        1,
    );
    let text = text.replacen("\"4 work_hour\"", "\"3 work_day\"", 1);
    let sources = sources.with("ladder.toml", text);
    let found = news(&sources);
    let turned = found.iter().find(|found| found.code == "R0516").unwrap();
    let said = turned.render(&sources, Lang::Zh);
    assert!(said.contains("到期 12-31 10:30,level-3 12-31 14:30,level-2 01-06 10:30"), "{said}");
}

#[test]
fn an_inactive_unit_may_keep_the_name_that_another_took_over() {
    let sources = edited("units.toml", "name = \"城管局环卫站\"", "name = \"城管局执法站\"");
    let text = sources.text("units.toml").unwrap().replacen(
        "id = \"CG-HW\"",
        "id = \"CG-HW\"\nactive = false",
        1,
    );
    let found = parse(&sources.with("units.toml", text)).1;
    assert!(found.iter().all(|found| found.code != "R0323"), "{found:?}");
}

/// What is found beyond what the shipped rules say anyway, but for what follows from unit names beside their codes.
fn news(sources: &Sources) -> Vec<Diagnostic> {
    let usual = parse(&Sources::shipped()).1;
    let is_news = |found: &Diagnostic| {
        found.code != "R0906" && usual.iter().all(|usual| usual.code != found.code)
    };
    parse(sources).1.into_iter().filter(is_news).collect()
}
