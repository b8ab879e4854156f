//! What every refusal is called for people, and which status it has.
//!
//! 403: whoever asks may not; 404: it is not there; 409: not as things stand; 422: not with what was said. A word in
//! braces is the refusal's own, e.g. `{metres}`.

mod words;

use actix_web::http::StatusCode;
use duban_rules::vocabulary::{LimitUnit, TimeLimit};
use serde::Deserialize as _;
use serde_json::Value;

use crate::http::problem::Problem;
use crate::operations;
use duban_base::labels::case::stage_word;
use duban_base::labels::meeting::standing_word;

/// Whoever asks may not.
pub(crate) const NO: StatusCode = StatusCode::FORBIDDEN;
/// Not as things stand.
pub(crate) const NOT_NOW: StatusCode = StatusCode::CONFLICT;
pub(crate) const NOT_SO: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
pub(crate) const NOWHERE: StatusCode = StatusCode::NOT_FOUND;

/// How a refusal is told.
#[derive(Debug)]
pub(crate) struct Told {
    code: &'static str,
    status: StatusCode,
    title: &'static str,
    detail: &'static str,
    /// The fields of forms that it is about: a form has at most one of them that was meant, the first.
    beside: &'static [&'static str],
}

/// The refusal of this code is told so.
pub(crate) const fn told(
    code: &'static str,
    status: StatusCode,
    title: &'static str,
    detail: &'static str,
) -> Told {
    Told { code, status, title, detail, beside: &[] }
}

impl Told {
    /// The same, beside the first of these fields that a form has.
    pub(crate) const fn beside(self, fields: &'static [&'static str]) -> Told {
        Told { beside: fields, ..self }
    }
}

/// The fields of forms that the refusal of this code is about; none for what is about no field.
pub(crate) fn beside(code: &str) -> &'static [&'static str] {
    every().find(|told| told.code == code).map_or(&[], |told| told.beside)
}

/// Every refusal that has words: of the kinds in the list of operations, and of the others.
fn every() -> impl Iterator<Item = &'static Told> {
    let listed = operations::ALL.iter().map(|resource| resource.words);
    listed.chain(words::ALL).flatten()
}

/// The refusal of this code with its data, as the entity said it.
pub fn problem(code: &'static str, detail: &str) -> Problem {
    let data = data(detail);
    let problem = match every().find(|told| told.code == code) {
        Some(told) => {
            let words = filled(told.detail, data.as_ref());
            Problem::new(told.status, code, told.title).detail(words)
        }
        None => Problem::new(StatusCode::CONFLICT, code, "不能这样办理"),
    };
    Problem { refusal: data.map(Box::new), ..problem }
}

/// The fields of a refusal: `{"TooFar":{"metres":300,"most":100}}` has two, `"NotValidated"` none.
fn data(detail: &str) -> Option<Value> {
    let Ok(Value::Object(variant)) = serde_json::from_str(detail) else { return None };
    variant.into_iter().next().map(|(_, fields)| fields)
}

fn filled(words: &str, data: Option<&Value>) -> String {
    let mut words = words.to_owned();
    for (name, value) in data.and_then(Value::as_object).into_iter().flatten() {
        let value = match value {
            Value::String(text) => worded(name, value, text),
            Value::Array(items) => {
                let items = items.iter().map(|item| item.as_str().unwrap_or_default());
                items.collect::<Vec<_>>().join("、")
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
        };
        words = words.replace(&format!("{{{name}}}"), &value);
    }
    words
}

/// A word of the machine's, as people say it: a span, what one is counted in, where a case stands.
fn worded(name: &str, value: &Value, text: &str) -> String {
    let span = text.parse::<TimeLimit>().ok().filter(|span| span.key() == text);
    if let Some(span) = span {
        return span.to_string();
    }
    match name {
        "unit" => LimitUnit::deserialize(value)
            .map_or_else(|_| text.to_owned(), |counted| counted.chinese().to_owned()),
        "stands" => standing_word(stage_word(text)).to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use duban_rules::{Sources, parse};
    use duban_runtime::answer::KEY_USED_BEFORE;

    use super::*;
    use crate::forms::field::for_people;
    use crate::operations::cases::CASES;
    use crate::operations::meetings::MEETINGS;
    use crate::operations::shifts::SHIFTS;
    use duban_base::registry;

    #[test]
    fn a_refusal_is_told_with_its_own_data() {
        let told = problem("too-far", r#"{"TooFar":{"metres":320,"most":100}}"#);
        assert!(told.detail.contains("320") && told.detail.contains("100"), "{}", told.detail);
        assert_eq!(told.refusal.as_deref(), Some(&serde_json::json!({"metres": 320, "most": 100})));
        let told = problem("not-a-candidate", r#"{"NotACandidate":{"candidates":["A","B"]}}"#);
        assert!(told.detail.contains("A、B"), "{}", told.detail);
    }

    #[test]
    fn a_refusal_speaks_the_language_of_whoever_reads_it() {
        for (code, detail, words) in [
            (
                "extension-too-long",
                r#"{"ExtensionTooLong":{"most":"0.5 work_day"}}"#,
                "最多还可延长 0.5工作日",
            ),
            (
                "other-unit-of-time",
                r#"{"OtherUnitOfTime":{"unit":"desk_hour"}}"#,
                "单位 值守工作时 计",
            ),
            (
                "out-of-order",
                r#"{"OutOfOrder":{"stands":"awaiting-dispatch"}}"#,
                "案件现处于 待派遣",
            ),
            ("other-unit", r#"{"OtherUnit":{"unit":"SW"}}"#, "案件现在 SW"),
        ] {
            let told = problem(code, detail);
            assert!(told.detail.contains(words), "{}", told.detail);
        }
    }

    #[test]
    fn a_refusal_without_data_has_none() {
        let told = problem("not-validated", "\"NotValidated\"");
        assert_eq!((told.status, told.refusal), (StatusCode::CONFLICT, None));
    }

    #[test]
    fn what_a_page_tells_of_a_refusal_holds_no_words_of_programs() {
        let kinds = [&CASES, &MEETINGS, &SHIFTS];
        let of_pages = kinds.iter().map(|of| of.words).chain(words::ALL);
        for told in of_pages.flatten() {
            let mut parts = told.detail.split('{');
            let mut detail = parts.next().unwrap().to_owned();
            detail.extend(parts.map(|part| part.split_once('}').unwrap().1));
            assert!(!told.detail.contains(")("), "brackets beside brackets: {}", told.detail);
            let said = for_people(&detail);
            assert!(!said.contains(|c: char| c.is_ascii_lowercase()), "{}: {said}", told.code);
        }
    }

    #[test]
    fn every_code_of_every_refusal_has_words_and_all_words_are_of_such_a_code() {
        let rules = registry::in_force(parse(&Sources::shipped()).0);
        let registry = registry::registry(&rules);
        let refused: BTreeSet<&str> = registry.codes().chain([KEY_USED_BEFORE]).collect();
        let told: BTreeSet<&str> = every().map(|told| told.code).collect();
        assert_eq!(told, refused);
        for told in every() {
            assert!(!told.detail.is_empty(), "{}", told.code);
        }
        assert_eq!(every().count(), told.len(), "no code has words twice");
    }
}
