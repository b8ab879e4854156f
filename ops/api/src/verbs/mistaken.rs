//! Mistakes in what was typed or filled in: why a value is of no use, in words.

use std::error::Error as _;
use std::num::{IntErrorKind, ParseIntError};

use clap::error::{ContextKind, ContextValue};

/// Why the value of an option is of no use; none where nobody says.
pub fn why(error: &clap::Error) -> Option<String> {
    let value = told(error, ContextKind::InvalidValue).unwrap_or_default();
    error.source().map(|why| reason(why, &value))
}

/// Why a value is of no use; what a number is not, the libraries say in English.
fn reason(why: &(dyn std::error::Error + 'static), value: &str) -> String {
    if let Some(why) = why.downcast_ref::<ParseIntError>() {
        let overflows = [IntErrorKind::PosOverflow, IntErrorKind::NegOverflow].contains(why.kind());
        return if overflows { "数字过大" } else { "应为整数" }.to_owned();
    }
    let said = why.to_string();
    match said.strip_prefix(value).and_then(|said| said.strip_prefix(" is not in ")) {
        Some(bounds) => format!("应在 {bounds} 之内"),
        None => said,
    }
}

/// Rare kinds keep clap's words, without its own heading.
pub fn plain(error: &clap::Error) -> String {
    let said = error.to_string();
    said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// What a mistake says of itself.
pub fn told(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::None | ContextValue::Bool(_) | ContextValue::Number(_) => None,
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::Strings(many) => Some(many.join(" ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => {
            Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        }
        other => Some(other.to_string()),
    }
}
