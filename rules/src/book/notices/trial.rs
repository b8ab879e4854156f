//! The trial of a template before it is in force: the words it calls by, and how it fares with much, little and nothing.
//!
//! A name that does not exist fails at sending, and only where its branch is taken; so names are looked up wherever they
//! stand ([`super::calls`]). Everything else shows when the template is filled in, by the code that fills it in later.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use minijinja::{Environment, ErrorKind, Value};
use serde_json::{Map, Value as Json, json};

use super::calls::{Called, calls, nones};
use super::{LINES_MAX, VARIABLES, fill};
use crate::check::word_in;
use crate::diagnostic::{Diagnostic, Findings, Given};
use crate::source::Spot;
use crate::source::document::At;

/// Variables that are lists; those that are numbers; those that may be there and say nothing. All others are texts.
const LISTS: [&str; 11] = [
    "by_unit",
    "closed_yesterday",
    "desks",
    "due_today",
    "helping",
    "lacking",
    "lines",
    "new",
    "overdue",
    "stages_late",
    "views_missed",
];
const NUMBERS: [&str; 10] = [
    "closed_yesterday_more",
    "count",
    "dead_letters",
    "due_today_more",
    "helping_more",
    "more",
    "new_more",
    "overdue_more",
    "reworks",
    "stages_late_more",
];
const NULLS: [&str; 6] = ["level", "limit", "number", "overdue_by", "raised_to", "rises_to"];
/// Characters of a long text: what a body over HTTP may hold.
const LONG_TEXT: usize = 2_000;
/// Characters of a long text within a list: an address.
const LONG_PLACE: usize = 200;

/// Tries a template that compiles, in every way.
pub(super) fn tried(text: &At<&str>, file: &str, findings: &mut Findings) {
    let environment = fill::environment();
    let at = |word: &str| {
        let span = word_in(file, text.spot.span.clone(), word);
        Spot { span, ..text.spot.clone() }
    };
    for word in nones(text.value) {
        findings.push(Diagnostic::template_names_nothing(&at(word), word));
    }
    let called = calls(text.value);
    let unknown: BTreeSet<&Called<'_>> =
        called.iter().filter(|called| !exists(&environment, called)).collect();
    for called in &unknown {
        findings.push(match **called {
            Called::Filter(name) => Diagnostic::template_calls(&at(name), "filter", name),
            Called::Test(name) => Diagnostic::template_calls(&at(name), "test", name),
            Called::Function(name) => Diagnostic::template_calls(&at(name), "function", name),
            Called::Other(tag) => Diagnostic::template_reads_another(&at(tag), tag),
        });
    }
    if !unknown.is_empty() {
        return;
    }
    for (given, known) in samples() {
        match fill::fill(&environment, text.value, known) {
            Err(err) => {
                let line = err.line().unwrap_or(1);
                findings.push(Diagnostic::template_fails(&text.spot, line, *given, &why(&err)));
                return;
            }
            Ok(filled) => {
                if let Some(word) = nothing_in(&filled, text.value) {
                    findings.push(Diagnostic::template_prints(&text.spot, word));
                    return;
                }
            }
        }
    }
}

/// What a machine calls nothing, where the text filled in says so and its template does not.
fn nothing_in(filled: &str, template: &str) -> Option<&'static str> {
    const NOTHING: [&str; 4] = ["None", "none", "undefined", "null"];
    NOTHING.into_iter().find(|word| filled.contains(word) && !template.contains(word))
}

fn exists(environment: &Environment<'_>, called: &Called<'_>) -> bool {
    let probe = match called {
        Called::Filter(name) => format!("{{{{ ''|{name} }}}}"),
        Called::Test(name) => format!("{{{{ '' is {name} }}}}"),
        Called::Function(name) => return environment.globals().any(|(known, _)| known == *name),
        Called::Other(_) => return false,
    };
    let known = environment.render_str(&probe, ());
    !known.is_err_and(|err| matches!(err.kind(), ErrorKind::UnknownFilter | ErrorKind::UnknownTest))
}

/// The innermost reason, in the words of whoever fills in.
pub(super) fn why(err: &minijinja::Error) -> String {
    let mut source: Option<&dyn std::error::Error> = std::error::Error::source(err);
    let mut why = err.detail().map_or_else(|| err.kind().to_string(), str::to_owned);
    while let Some(inner) = source {
        why = inner.to_string();
        source = inner.source();
    }
    why
}

/// What a usual message has.
pub(super) fn usual_values() -> Option<&'static Value> {
    samples().iter().find(|(given, _)| *given == Given::Usual).map(|(_, known)| known)
}

fn samples() -> &'static [(Given, Value)] {
    static SAMPLES: OnceLock<Vec<(Given, Value)>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        [Given::Usual, Given::Blank, Given::Nothing, Given::Long]
            .into_iter()
            .map(|given| (given, fill::known(&sample(given))))
            .collect()
    })
}

fn sample(given: Given) -> Json {
    let mut known = Map::new();
    for name in VARIABLES {
        let value = if LISTS.contains(name) {
            list(given)
        } else if NUMBERS.contains(name) {
            json!(match given {
                Given::Usual => 2,
                Given::Blank | Given::Nothing => 0,
                Given::Long => u32::MAX,
            })
        } else {
            match given {
                Given::Usual => json!(usual(name)),
                Given::Blank if NULLS.contains(name) => Json::Null,
                Given::Blank => json!(""),
                Given::Nothing => continue,
                Given::Long => json!("长".repeat(LONG_TEXT)),
            }
        };
        known.insert((*name).to_owned(), value);
    }
    Json::Object(known)
}

fn list(given: Given) -> Json {
    // A case without a filing has hardly more.
    let bare = json!({
        "case": "c7k2m", "number": null, "small_class": null, "place": null, "due": null,
        "overdue_by": null, "unit_name": null, "stage": "派遣", "open": 3, "overdue": 1,
        "at": "2026-03-02 11:30", "about": "催收", "day": "2026-03-02",
        "lacks": "处置队伍",
    });
    let item = |place: String| {
        json!({
            "case": "c7k2m", "number": usual("number"), "small_class": "上水井盖", "place": place,
            "due": "03-02 11:30", "overdue_by": "2小时", "unit_name": "水务局", "stage": "派遣",
            "open": 3, "overdue": 1, "at": "2026-03-02 11:30", "about": "催收", "day": "2026-03-02",
            "lacks": "处置队伍",
        })
    };
    match given {
        Given::Usual => Json::from(vec![item("东大街".to_owned()); 2]),
        Given::Blank => json!([bare]),
        Given::Nothing => json!([]),
        Given::Long => Json::from(vec![item("长".repeat(LONG_PLACE)); LINES_MAX]),
    }
}

fn usual(name: &str) -> &'static str {
    match name {
        "number" => "肃城管〔2026〕000001",
        "due" | "due_before" | "reply_due" | "dispatched_at" | "closed_at" | "finished_at" => {
            "2026-03-02 11:30"
        }
        "date" => "2026-03-02",
        "level" => "一级",
        "raised_to" | "rises_to" => "二级",
        "limit" => "2工作日",
        "overdue_by" => "2小时5分钟",
        "timeliness" => "按期",
        _ => "示例",
    }
}
