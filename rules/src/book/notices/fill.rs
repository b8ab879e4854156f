//! Filling in: one template, what is known, and a text of bounded size. Used alike to try a template and to send it.

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value, escape_formatter};

use super::cut;
use crate::line;

/// A template that takes more steps is stopped: no notice needs a tenth of them.
const TEMPLATE_STEPS_MAX: u64 = 1_000_000;
/// A template whose macros go deeper is stopped.
const TEMPLATE_DEPTH_MAX: usize = 64;
/// A text of more bytes is none: no mail server takes it.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// What is longer is cut: a header.
pub(super) const SUBJECT_CHARS_MAX: usize = 400;
/// What is longer is cut: an SMS of fifteen parts.
pub(super) const SMS_CHARS_MAX: usize = 1_000;
/// The one variable that may have several lines.
const OF_SEVERAL_LINES: &str = "text";

/// Plain text: nothing is escaped, nothing can be included, and a value that is not there is a blank.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_formatter(|out, state, value| {
        if value.is_none() { Ok(()) } else { escape_formatter(out, state, value) }
    });
    // What is not there is one thing, whether it was left out or said to be nothing.
    environment.add_test("none", |value: &Value| value.is_none() || value.is_undefined());
    environment.set_fuel(Some(TEMPLATE_STEPS_MAX));
    environment.set_recursion_limit(TEMPLATE_DEPTH_MAX);
    let mut syntax = SyntaxConfig::builder();
    // A line with a tag alone leaves no blank line; the default syntax cannot be refused.
    if let Ok(syntax) = syntax.trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment
}

/// What is known, as a template gets it: what is meant for one line on one line, whenever it was stored; and what is
/// nothing left out, so that no filter, no list and no joining of texts makes a word of it.
pub(super) fn known(vars: &serde_json::Value) -> Value {
    let serde_json::Value::Object(fields) = vars else { return clean(vars, "") };
    Value::from_pairs(fields.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| {
        let value = match value.as_array() {
            Some(lines) => {
                cut::list(name, lines.iter().map(|one| clean(one, name)).collect(), fields)
            }
            None => clean(value, name),
        };
        (name.as_str(), value)
    }))
}

fn clean(value: &serde_json::Value, name: &str) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) if name == OF_SEVERAL_LINES => Value::from(line::several(text)),
        Json::String(text) => Value::from(line::one(text)),
        Json::Array(list) => list.iter().map(|one| clean(one, name)).collect(),
        Json::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            Value::from_pairs(fields.map(|(name, value)| (name.as_str(), clean(value, name))))
        }
        Json::Null => Value::from(""),
        other @ (Json::Bool(_) | Json::Number(_)) => Value::from(Serde(other)),
    }
}

/// A template filled in.
///
/// # Errors
/// Why it cannot be, also when the text would be longer than any.
pub(super) fn fill(
    environment: &Environment<'_>,
    template: &str,
    known: &Value,
) -> Result<String, minijinja::Error> {
    let mut text = Bounded(Vec::new());
    environment.template_from_str(template)?.render_captured_to(known.clone(), &mut text)?;
    String::from_utf8(text.0)
        .map_err(|err| minijinja::Error::new(ErrorKind::WriteFailure, err.to_string()))
}

/// On one line, as long as it may be.
pub(super) fn cut(text: &str, most: usize) -> String {
    let text = line::one(text);
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).chain(std::iter::once('…')).collect()
}

struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(piece.len()) > TEXT_BYTES_MAX {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("a text of more than {TEXT_BYTES_MAX} bytes"),
            ));
        }
        self.0.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
