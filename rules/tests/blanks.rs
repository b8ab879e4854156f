//! A value that is not there is a blank, in every template and on every channel.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at once")]

use duban_rules::book::notices::{Channel, Notices, VARIABLES};
use duban_rules::vocabulary::TemplateName;
use duban_rules::{Sources, parse};
use serde_json::{Map, Value, json};

/// Ways to write what may not be there, and what comes of it.
const WAYS: [(&str, &str); 14] = [
    ("{{ place }}", ""),
    ("{{ place ~ due }}", ""),
    ("{{ '于' ~ place ~ '处' }}", "于处"),
    ("{{ place|upper }}", ""),
    ("{{ place|trim|replace('a', 'b') }}", ""),
    ("{{ [place, due]|join('、') }}", "、"),
    ("{{ place|default('不详') }}", "不详"),
    ("{{ place or '不详' }}", "不详"),
    ("{{ place if place }}", ""),
    ("{% set x = place %}{{ x }}", ""),
    ("{% for item in [place] %}<{{ item }}>{% endfor %}", "<>"),
    ("{% if place is none %}无{% endif %}", "无"),
    ("{% if place is defined %}有{% endif %}", ""),
    ("{{ place.street }}", ""),
];

#[test]
fn a_value_that_is_not_there_is_a_blank_however_it_is_written() {
    for (way, expected) in WAYS {
        let shipped = Sources::shipped();
        let text = shipped.text("notices.toml").unwrap();
        let text = text.replacen("地    点:{{ place }}", &format!("地    点:[{way}]"), 1);
        let (book, found) = parse(&shipped.with("notices.toml", text));
        assert!(found.iter().all(|one| !one.is_error()), "{way}: {found:?}");
        for known in [json!({}), json!({"place": null, "due": null})] {
            let filled = book.notices.fill(&TemplateName::new("dispatched"), &known).unwrap();
            let text = filled.text.unwrap();
            let line = text.lines().find(|line| line.starts_with("地    点")).unwrap();
            assert_eq!(line, format!("地    点:[{expected}]"), "{way}");
        }
    }
}

#[test]
fn no_shipped_notice_prints_what_a_machine_calls_nothing_whatever_is_missing() {
    let notices = parse(&Sources::shipped()).0.notices;
    for known in [all(&Value::Null), all(&json!([{"case": null, "due": null}])), json!({})] {
        for (name, says) in said(&notices, &known) {
            for nothing in ["None", "none", "undefined", "null"] {
                assert!(!says.contains(nothing), "{name}: {says}");
            }
        }
    }
}

/// Every variable, with this value.
fn all(value: &Value) -> Value {
    let known = VARIABLES.iter().map(|name| ((*name).to_owned(), value.clone()));
    Value::Object(known.collect::<Map<_, _>>())
}

/// What can be filled in of every notice, channel by channel.
fn said(notices: &Notices, known: &Value) -> Vec<(String, String)> {
    let mut said = Vec::new();
    for (name, notice) in notices.iter() {
        let filled = notices.fill(name, known).unwrap();
        if notice.channels.contains(&Channel::Email) {
            said.extend([filled.subject, filled.text].map(|part| (name.to_string(), part)));
        }
        if notice.channels.contains(&Channel::Sms) {
            said.push((name.to_string(), filled.sms));
        }
    }
    said.into_iter().filter_map(|(name, part)| part.ok().map(|part| (name, part))).collect()
}
