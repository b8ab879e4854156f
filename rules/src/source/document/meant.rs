//! Texts of a TOML file that were typed otherwise than they were meant: characters nobody sees, full width, quotation
//! marks around a number.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::At;
use crate::source::spelling;

/// How each such text is meant, by where it starts.
pub(super) type Meant = BTreeMap<usize, String>;

/// Every such text of a file.
pub(super) fn gathered(root: &DeTable<'_>) -> Meant {
    let mut meant = Meant::new();
    root.values().for_each(|value| gather(value, &mut meant));
    meant
}

fn gather(value: &Spanned<DeValue<'_>>, into: &mut Meant) {
    match value.get_ref() {
        DeValue::String(text) => {
            let meant = spelling::meant(text);
            if *meant != *text.trim() {
                into.insert(value.span().start, meant.into_owned());
            }
        }
        DeValue::Array(values) => values.iter().for_each(|value| gather(value, into)),
        DeValue::Table(values) => values.values().for_each(|value| gather(value, into)),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

/// The number that stands in quotation marks, if that is all there is.
pub(super) fn quoted_number(found: &At<&DeValue<'_>>) -> Option<String> {
    let meant = spelling::meant(found.value.as_str()?);
    meant.parse::<f64>().is_ok_and(f64::is_finite).then(|| meant.into_owned())
}
