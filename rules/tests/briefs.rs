//! Briefs of a county that has more overdue cases than a letter holds: words that can be read, and true numbers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at once")]

use duban_rules::book::notices::{LINES_MAX, more_of};
use duban_rules::vocabulary::TemplateName;
use duban_rules::{Sources, parse};
use serde_json::{Value, json};

/// What no letter is longer than, in bytes.
const LETTER_MAX: usize = 1 << 20;

#[test]
fn two_hundred_units_with_a_thousand_overdue_cases_each_make_a_letter_with_true_numbers() {
    let notices = parse(&Sources::shipped()).0.notices;
    for template in ["duty-brief", "daily-brief"] {
        let filled = notices.fill(&TemplateName::new(template), &county()).unwrap();
        let (subject, text) = (filled.subject.unwrap(), filled.text.unwrap());
        assert!(subject.contains("超期 200000"), "{template}: {subject}");
        assert!(text.contains("超期 200000 件"), "{template}");
        assert!(text.contains("另有 199800 件,见网页"), "{template}");
        assert!(text.len() < LETTER_MAX, "{template}: {} bytes", text.len());
    }
}

#[test]
fn a_countys_own_template_that_does_not_know_that_lists_are_cut_tells_true_numbers() {
    for (way, says) in [
        ("{{ overdue|length }}", "200000"),
        ("{{ overdue|count }}", "200000"),
        ("{{ overdue|default([])|length }}", "200000"),
        ("{{ '有' if overdue else '无' }}", "有"),
        (
            "{% for item in overdue %}{% if loop.last %}{{ loop.index }}{% endif %}{% endfor %}",
            "200",
        ),
        ("{{ overdue[0].case }}", "c0"),
        ("{{ (overdue|first).case }}", "c0"),
        ("{{ (overdue|last).case }}", "c199"),
        ("{{ overdue[199].case }}{{ overdue[200].case }}", "c199"),
        ("{% for item in overdue[:2] %}{{ item.case }}{% endfor %}", "c0c1"),
        ("{{ overdue|map(attribute='case')|list|length }}", "200"),
        ("{{ helping|length }}{{ '有' if helping }}", "0"),
    ] {
        let shipped = Sources::shipped();
        let text = shipped.text("notices.toml").unwrap();
        let (before, brief) = text.split_once("[duty-brief]").unwrap();
        let brief = brief.replacen("\"lacking\",", "\"lacking\", \"helping\",", 1);
        let brief = brief.replacen("值班长:", &format!("[{way}]"), 1);
        let text = format!("{before}[duty-brief]{brief}");
        let (book, found) = parse(&shipped.with("notices.toml", text));
        assert!(found.iter().all(|one| !one.is_error()), "{way}: {found:?}");
        let filled = book.notices.fill(&TemplateName::new("duty-brief"), &county()).unwrap();
        let text = filled.text.unwrap();
        assert_eq!(text.lines().next(), Some(format!("[{says}]").as_str()), "{way}");
    }
}

/// What the program tells of 200 units with 1,000 overdue cases each.
fn county() -> Value {
    let line = |n: usize| {
        json!({
            "case": format!("c{n}"), "number": "肃城管〔2026〕000001", "small_class": "上水井盖",
            "place": "长".repeat(200), "due": "03-02 11:30", "overdue_by": "2小时", "unit_name": "水务局",
            "stage": "派遣",
        })
    };
    let by_unit = json!({ "unit_name": "水务局", "open": 2_000, "overdue": 1_000 });
    let mut known = json!({
        "date": "2026-03-02", "unit_name": "水务局", "by_unit": vec![by_unit; 200], "helping": [],
    });
    for list in ["overdue", "due_today", "new", "closed_yesterday", "stages_late"] {
        known[list] = (0..LINES_MAX).map(line).collect();
        known[more_of(list)] = json!(200_000 - LINES_MAX);
    }
    known
}
