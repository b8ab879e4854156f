//! Lists that are cut: a template goes through their first lines, and by its count a list is as long as it was.
//!
//! How many lines of `overdue` are not there is `overdue_more`. `{{ overdue|length }}` counts them all the same, so a
//! county's own template tells the true number, whether it knows that lists are cut or not.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use serde_json::{Map, Value as Json};

/// Lines of a list that are handed to a template; templates are tried with as many.
pub const LINES_MAX: usize = 200;

/// The variable that says how many lines of a list are not there, in numbers.
pub fn more_of(list: &str) -> String {
    format!("{list}_more")
}

/// The lines of the list of this name, as long as `known` says that it is.
pub(super) fn list(name: &str, lines: Vec<Value>, known: &Map<String, Json>) -> Value {
    let more = known.get(&more_of(name)).and_then(Json::as_u64).unwrap_or(0);
    let more = usize::try_from(more).unwrap_or(usize::MAX);
    let length = lines.len().saturating_add(more);
    Value::from_object(Cut { lines, length })
}

#[derive(Debug)]
struct Cut {
    lines: Vec<Value>,
    length: usize,
}

impl Object for Cut {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.lines.get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.lines.len())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.length)
    }
}
