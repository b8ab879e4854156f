//! Mistakes in what was filled in, beside the field they are about.

use actix_web::http::StatusCode;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::filled::Wrong;
use crate::verbs::mistaken;

/// What the reader of command lines found wrong.
pub(super) fn told(error: &clap::Error) -> Wrong {
    let fields = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(one)) => vec![name(one)],
        Some(ContextValue::Strings(many)) => many.iter().map(|one| name(one)).collect(),
        Some(_) | None => Vec::new(),
    };
    let why = if error.kind() == ErrorKind::MissingRequiredArgument {
        "须填写".to_owned()
    } else {
        mistaken::why(error).unwrap_or_else(|| mistaken::plain(error))
    };
    if fields.is_empty() {
        return Wrong::at_head(StatusCode::UNPROCESSABLE_ENTITY, why);
    }
    Wrong::in_fields(fields, &why)
}

/// The name in `--unit <UNIT>`.
fn name(option: &str) -> String {
    let name = option.trim_start_matches('-');
    name.split([' ', '=', '<', '.']).next().unwrap_or_default().to_owned()
}
