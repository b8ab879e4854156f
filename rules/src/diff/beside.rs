//! Changes beside the rule book: what stands in a file and no part of the book shows, such as the notice that a holiday
//! was announced by.
//!
//! The net under all other comparisons: when they said nothing of a file, every value of it is compared as text. What is
//! equal here too differs by comments or layout alone.

use std::collections::BTreeMap;

use toml::Value;

use super::Changes;
use crate::diagnostic::Lang;
use crate::line;
use crate::source::Sources;
use crate::source::sheet::Rows;

/// Values that no part of the rule book shows, compared whatever else was said of the file.
const UNSHOWN: [&str; 7] =
    ["days", "first_year", "hours", "last_year", "longest", "notice_url", "notice_year"];
/// More values of one file are counted, not quoted.
const VALUES_MAX: usize = 5;

/// A value's place: the thing it belongs to, and its own name.
type Place = (String, String);

/// Compares the values of one file.
pub(super) fn compare(file: &str, sources: [&Sources; 2], changes: &mut Changes<'_>) {
    let is_silent = changes.lines.is_empty();
    let [old, new] = sources.map(|sources| values(file, sources.text(file).unwrap_or_default()));
    if is_silent && only_order(&old, &new) {
        return;
    }
    let places = old.keys().chain(new.keys().filter(|place| !old.contains_key(*place)));
    let differing = places.filter(|place| {
        let (was, is) = (old.get(*place), new.get(*place));
        // A row that came or went is told as such by whoever knows what it says.
        let is_value = !is_sheet(file) || (was.is_some() && is.is_some());
        let shown = is_silent || (is_value && UNSHOWN.contains(&place.1.as_str()));
        shown && was != is
    });
    let differing: Vec<&Place> = differing.collect();
    let said = changes.lines.len();
    for (at, place) in differing.iter().enumerate() {
        let (subject, name) = place;
        let subject = format!("{file} {subject}");
        let [was, is] = [&old, &new].map(|side| side.get(*place).map(|text| text.trim()));
        changes.maybe_turned(subject.trim_end(), [name, name], was, is);
        let left = differing.len() - at - 1;
        if changes.lines.len() - said >= VALUES_MAX && left > 0 {
            changes.say(match changes.names.lang {
                Lang::Zh => format!("{file}:另有 {left} 处改动"),
                Lang::En => format!("{file}: {left} more changes"),
            });
            return;
        }
    }
}

/// Whether both sides hold the same values, in whatever order.
fn only_order(old: &BTreeMap<Place, String>, new: &BTreeMap<Place, String>) -> bool {
    let [old, new] = [old, new].map(|side| {
        let numberless = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
        let values = side.iter().map(|((of, name), value)| (numberless(of), name, value));
        let mut values: Vec<_> = values.collect();
        values.sort();
        values
    });
    old == new
}

/// Every value of a file by its place, without what makes no difference.
fn values(file: &str, text: &str) -> BTreeMap<Place, String> {
    let mut values = BTreeMap::new();
    if is_sheet(file) {
        cells(file, text, &mut values);
    } else if let Ok(table) = text.parse::<toml::Table>() {
        for (key, value) in table {
            leaves("", &key, &value, &mut values);
        }
    }
    values
}

fn is_sheet(file: &str) -> bool {
    matches!(file, "handbook.csv" | "holidays.csv")
}

fn leaves(of: &str, name: &str, value: &Value, values: &mut BTreeMap<Place, String>) {
    let inner = || format!("{of} {name}").trim().to_owned();
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                leaves(&inner(), key, value, values);
            }
        }
        Value::Array(items) => {
            for (at, item) in (1..).zip(items) {
                match item {
                    Value::Table(_) | Value::Array(_) => {
                        leaves(of, &format!("{name} {at}"), item, values);
                    }
                    Value::String(_)
                    | Value::Integer(_)
                    | Value::Float(_)
                    | Value::Boolean(_)
                    | Value::Datetime(_) => {
                        leaves(&inner(), &at.to_string(), item, values);
                    }
                }
            }
        }
        Value::String(text) => drop(values.insert(place(of, name), line::one(text))),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            values.insert(place(of, name), value.to_string());
        }
    }
}

fn place(of: &str, name: &str) -> Place {
    (of.to_owned(), name.to_owned())
}

/// The cells of a sheet by row and column; of holidays by date, which keeps its row apart from the others'.
fn cells(file: &str, text: &str, values: &mut BTreeMap<Place, String>) {
    let mut rows = Rows::of(text).filter(|row| !row.is_blank());
    let header: Vec<String> = rows
        .next()
        .map(|row| row.fields.iter().map(|field| line::id(&field.text)).collect())
        .unwrap_or_default();
    let mut above: Vec<String> = Vec::new();
    for (number, row) in (2..).zip(rows) {
        let mut cells: Vec<String> = row.fields.iter().map(|field| cell(&field.text)).collect();
        let subject = match cells.first() {
            Some(date) if file == "holidays.csv" => date.clone(),
            Some(_) | None => format!("第{number}行"),
        };
        if file == "handbook.csv" {
            // Cells that were merged in the workbook are filled in the first row alone.
            for (cell, above) in cells.iter_mut().zip(&above) {
                if cell.is_empty() {
                    above.clone_into(cell);
                }
            }
        }
        for (column, text) in header.iter().zip(&cells) {
            values.insert(place(&subject, column), text.clone());
        }
        above = cells;
    }
}

/// A cell without what spreadsheet programs add to it or take from it: blanks, line ends, zeros in front, slashes in
/// dates.
fn cell(text: &str) -> String {
    let text = line::id(text).replace(' ', "");
    let is_date = text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '/');
    if !is_date {
        return text;
    }
    let parts = text.split(['-', '/']).map(|part| format!("{part:0>2}"));
    let parts = parts.map(|part| part.trim_start_matches("00").to_owned());
    parts.collect::<Vec<_>>().join("-")
}
