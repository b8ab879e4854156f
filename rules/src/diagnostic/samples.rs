//! Samples of every diagnostic: what each constructor says in both languages, kept in golden files to be read.
//!
//! A value that looks like a placeholder stands among them, for a text is filled in once and not again.

mod calendar;
mod cross;
mod extension;
mod grid;
mod handbook;
mod heads;
mod ladder;
mod limits;
mod notices;
mod retired;
mod slips;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Diagnostic, Lang, Severity, catalogue};
use crate::book::units::{Method, Unit};
use crate::source::Spot;
use crate::vocabulary::{LimitUnit, TimeLimit, UnitClass, UnitId, UnitKind};

/// Something in a file.
fn spot() -> Spot {
    Spot::new(&Arc::from("a.toml"), 3..8)
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn unit() -> Unit {
    Unit {
        id: UnitId::new("CG-HW"),
        name: "环卫".to_owned(),
        organisation: "城管局".to_owned(),
        kind: UnitKind::Department(UnitClass::First),
        active: true,
        station: None,
        crew: None,
        landline: None,
        contacts: Vec::new(),
        dispatch_by: Method::System,
        supervising: None,
        place: None,
    }
}

fn limit(thousandths: i64, unit: LimitUnit) -> TimeLimit {
    TimeLimit::new(thousandths, unit)
}

/// What is told of one diagnostic, but for its page.
fn told(one: &Diagnostic) -> String {
    let severity = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut told = format!("{} {severity} {} {:?}\n", one.code, one.file, one.span);
    for lang in [Lang::Zh, Lang::En] {
        for text in [&one.message, &one.label, &one.help] {
            writeln!(told, "  {}", text.of(lang)).unwrap();
        }
    }
    told
}

/// Holds the text to a file in `golden/texts/`; with `UPDATE_TABLES` set it writes the file anew.
#[track_caller]
fn compare(name: &str, text: &str) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/texts");
    let path = golden.join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, text, "{name} differs; UPDATE_TABLES=1 writes it anew");
}

/// How much of a code, `R01`, says which file its page is kept in.
const GROUP_DIGITS: usize = 3;

pub(super) type Samples = (&'static str, fn() -> Vec<Diagnostic>);

pub(super) const ALL: &[Samples] = &[
    ("slips", slips::all),
    ("handbook", handbook::all),
    ("limits", limits::all),
    ("units", units::all),
    ("grid", grid::all),
    ("calendar", calendar::all),
    ("ladder", ladder::all),
    ("notices", notices::all),
    ("cross", cross::all),
    ("extension", extension::all),
    ("heads", heads::all),
    ("retired", retired::all),
];

#[test]
fn every_diagnostic_says_what_it_has_always_said() {
    for (name, samples) in ALL {
        let told: Vec<String> = samples().iter().map(told).collect();
        compare(name, &told.concat());
    }
}

#[test]
fn every_page_says_what_it_has_always_said() {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for lang in [Lang::Zh, Lang::En] {
        for page in catalogue() {
            let (group, _) = page.code.split_at(GROUP_DIGITS);
            let pages = files.entry(group).or_default();
            writeln!(pages, "{}", page.told(lang)).unwrap();
        }
    }
    for (group, pages) in files {
        compare(&format!("pages-{group}"), &pages);
    }
}

#[test]
fn every_code_has_a_sample() {
    let sampled: BTreeSet<&str> =
        ALL.iter().flat_map(|(_, samples)| samples()).map(|one| one.code).collect();
    assert_eq!(sampled, catalogue().map(|page| page.code.as_str()).collect());
}
