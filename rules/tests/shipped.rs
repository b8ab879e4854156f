//! The shipped rules of Suning: complete, without errors, and equal to what they were made from.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may stop at once"
)]

use std::path::Path;

use duban_rules::book::handbook::Handbook;
use duban_rules::book::notices::REQUIRED;
use duban_rules::vocabulary::{
    ConditionCode, GridId, Recipient, TemplateName, UnitClass, UnitId, UnitKind,
};
use duban_rules::{Lang, RuleBook, Severity, Sources, parse};

#[test]
fn the_shipped_rules_have_no_error() {
    let sources = Sources::shipped();
    let (_, found) = parse(&sources);
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    let pages: Vec<String> = errors.map(|found| found.render(&sources, Lang::En)).collect();
    assert!(pages.is_empty(), "{}", pages.join("\n"));
}

#[test]
fn all_124_conditions_of_the_county_are_in_the_handbook() {
    let book = shipped();
    assert_eq!(book.handbook.conditions.len(), 124);
    let Some(rows) = county_handbook() else { return };
    for row in &rows {
        let [kind, big, big_class, small, small_class, sequence] = &row[..6] else { panic!() };
        let [unit, _, filing, closing, value, limit_unit] = &row[6..] else { panic!() };
        let code = ConditionCode::new(format!("{kind}-{big}-{small}-{sequence}"));
        let condition = book.handbook.condition(&code).unwrap();
        assert_eq!(condition.candidates[0].unit.as_str(), unit, "{code}");
        assert_eq!([&condition.big_class, &condition.small_class], [big_class, small_class]);
        assert_eq!([&condition.filing, &condition.closing], [filing, closing]);
        assert_eq!(condition.limit.key(), format!("{value} {limit_unit}"), "{code}");
    }
    assert_eq!(rows.len(), book.handbook.conditions.len());
}

#[test]
fn every_unit_of_article_6_is_there_with_its_class() {
    let book = shipped();
    let first = ["CG-ZF", "CG-HW", "CG-GG", "CG-WB", "ZJ", "CT", "YL", "DL", "ZF", "GA"];
    let second = ["SNZ", "HB", "MZ", "JT", "SW", "ZTB", "DST", "WT", "YD", "DX", "RQ"];
    for (class, ids) in [(UnitClass::First, &first[..]), (UnitClass::Second, &second[..])] {
        for id in ids {
            let unit = book.units.get(&UnitId::new(id)).unwrap();
            assert_eq!(unit.kind, UnitKind::Department(class), "{id}");
            assert!(unit.active);
        }
    }
    let of_the_bureau = book.units.iter().filter(|unit| unit.organisation == "县城管局");
    assert_eq!(of_the_bureau.count(), 4, "several terminals of the bureau (article 8)");
    let stewards = book.units.iter().filter(|unit| unit.kind == UnitKind::FrontageSteward);
    assert_eq!(stewards.count(), 2);
}

#[test]
fn whoever_the_ladder_tells_can_be_reached_in_every_unit() {
    let book = shipped();
    for unit in book.units.iter() {
        for role in Recipient::ALL.iter().filter(|role| role.is_of_a_unit()) {
            let people = book.units.contacts(&unit.id, *role);
            assert!(!people.is_empty(), "{} has no {role}", unit.id);
            assert!(people.iter().all(|person| person.phone.is_some() && person.email.is_some()));
        }
    }
}

#[test]
fn a_steward_s_leaders_are_those_of_the_unit_that_supervises_the_steward() {
    let book = shipped();
    let [steward, supervising] = ["WB", "CG-WB"].map(UnitId::new);
    let role = Recipient::DeputyHead;
    assert_eq!(book.units.contacts(&steward, role), book.units.contacts(&supervising, role));
    assert_ne!(
        book.units.contacts(&steward, Recipient::Informant),
        book.units.contacts(&supervising, Recipient::Informant)
    );
}

#[test]
fn every_notice_can_be_filled_in_with_what_is_known_and_with_nothing() {
    let book = shipped();
    let item = serde_json::json!({
        "number": "肃城管〔2026〕000001", "small_class": "上水井盖", "place": "东大街 12 号",
        "due": "2026-03-02 11:30", "overdue_by": "2小时", "unit_name": "水务局", "stage": "派遣",
        "open": 3, "overdue": 1,
    });
    let list = serde_json::json!([item, item]);
    let line = serde_json::json!({ "at": "03-02 11:30", "about": "督".repeat(40) });
    let mut known = item.clone();
    for (name, value) in [
        ("overdue", list.clone()),
        ("due_today", list.clone()),
        ("new", list.clone()),
        ("closed_yesterday", list.clone()),
        ("by_unit", list.clone()),
        ("stages_late", list),
        ("lines", serde_json::Value::from(vec![line; 50])),
        ("count", 60.into()),
        ("more", 10.into()),
        ("chain_head", "b3a1".into()),
        ("reply_due", "2026-03-02 12:30".into()),
        ("order", "督〔2026〕0001".into()),
        ("reason", "井盖未盖严".into()),
    ] {
        known[name] = value;
    }
    for name in REQUIRED {
        let name = TemplateName::new(name);
        filled(&book, &name, serde_json::json!({}));
        let rendered = filled(&book, &name, known.clone());
        let notice = book.notices.get(&name).unwrap();
        for (channel, text) in [("subject", &rendered.subject), ("sms", &rendered.sms)] {
            assert!(!text.contains(['\n', '{', '}']), "{name} {channel}: {text}");
        }
        assert_eq!(rendered.sms.is_empty(), notice.sms.is_empty(), "{name}");
        assert!(rendered.sms.chars().count() <= 140, "{name}: {}", rendered.sms);
        assert!(!rendered.text.contains("{{") && !rendered.text.contains("\n\n\n"), "{name}");
    }
}

#[test]
fn what_stands_in_a_variable_is_never_taken_for_a_template_or_a_header() {
    let book = shipped();
    let evil = serde_json::json!({ "number": "1\r\nBcc: x@y", "small_class": "{{ 7 * 7 }}<b>" });
    let rendered = filled(&book, &TemplateName::new("dispatched"), evil);
    assert!(rendered.subject.contains("1 Bcc: x@y {{ 7 * 7 }}<b>"), "{}", rendered.subject);
}

#[test]
fn candidates_of_a_grid_come_before_those_of_everywhere() {
    let sources = Sources::shipped();
    let text = sources.text("handbook.csv").unwrap();
    let grid = shipped().grid.grids().next().unwrap().id.clone();
    let edited = text.replacen(",SW,水务局", &format!(",SW、ZJ({grid}),"), 1);
    let (book, _) = parse(&sources.with("handbook.csv", edited));
    let code = ConditionCode::new("part-01-01-1");
    let elsewhere = GridId::new("elsewhere");
    let ids = |book: &Handbook, grid: Option<&GridId>| {
        let ids = book.candidates(&code, grid);
        ids.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ids(&book.handbook, Some(&grid)), ["ZJ", "SW"]);
    assert_eq!(ids(&book.handbook, Some(&elsewhere)), ["SW"]);
    assert_eq!(ids(&book.handbook, None), ["SW", "ZJ"]);
}

#[test]
fn the_same_files_have_the_same_hash_and_others_another() {
    let sources = Sources::shipped();
    assert_eq!(shipped().hash, parse(&sources).0.hash);
    let renamed = sources.clone().with("x", b"y".to_vec());
    assert_ne!(renamed.hash(), sources.hash());
    assert_ne!(renamed.hash(), sources.with("xy", Vec::new()).hash());
}

fn shipped() -> RuleBook {
    parse(&Sources::shipped()).0
}

/// The rows of the county's handbook without their heading; nothing where the file is absent.
fn county_handbook() -> Option<Vec<Vec<String>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/handbook_core.csv");
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    };
    let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    Some(reader.records().map(|record| row(record.unwrap())).collect())
}

struct Rendered {
    subject: String,
    text: String,
    sms: String,
}

#[track_caller]
fn filled(book: &RuleBook, name: &TemplateName, vars: serde_json::Value) -> Rendered {
    let filled = book.notices.fill(name, &vars).unwrap();
    let (subject, text) = (filled.subject.unwrap(), filled.text.unwrap());
    Rendered { subject, text, sms: filled.sms.unwrap() }
}
