//! One field changed at a time: every value of every rules file, whatever is read from it.

use std::collections::BTreeMap;
use std::ops::Range;

use duban_rules::{Lang, Sources};

use super::difference;

/// One change of one field is not told in more lines than this, whatever follows from it.
const LINES_MAX: usize = 4;
/// As many values of one key are changed as a file has several kinds of.
const PER_KEY: usize = 2;

#[test]
fn a_change_of_any_one_value_is_said_in_a_line_or_two() {
    let shipped = Sources::shipped();
    let mut tried = 0;
    for file in Sources::NAMES {
        let text = shipped.text(file).unwrap();
        for (what, at) in fields(file, text) {
            let value = &text[at.clone()];
            let text = format!("{}{}{}", &text[..at.start], other(value), &text[at.end..]);
            let found = difference(&shipped.clone().with(file, text), Lang::Zh);
            let lines = found.changes;
            assert!(!lines.is_empty(), "{file} {what} `{value}`: nothing was said");
            assert!(lines.len() <= LINES_MAX, "{file} {what} `{value}`: {lines:#?}");
            tried += 1;
        }
    }
    assert!(tried > 120, "only {tried} fields were tried");
}

/// A value of the same kind that is another, and that no other thing has for its id.
fn other(value: &str) -> String {
    let is_date = value.starts_with("20") && value.matches('-').count() == 2;
    let instead = |digit: char| match digit {
        '1' if is_date => '2',
        _ if is_date => '1',
        '0' => '9',
        _ => '0',
    };
    match value {
        "true" => "false".to_owned(),
        "off" => "work".to_owned(),
        value => match value.char_indices().next_back() {
            Some((at, digit)) if digit.is_ascii_digit() => {
                format!("{}{}", &value[..at], instead(digit))
            }
            Some(_) | None => format!("{value}改"),
        },
    }
}

fn fields(file: &str, text: &str) -> Vec<(String, Range<usize>)> {
    if file == "handbook.csv" || file == "holidays.csv" { cells(text) } else { values(text) }
}

/// Every cell of the second and the last row.
fn cells(text: &str) -> Vec<(String, Range<usize>)> {
    let rows: Vec<&str> = text.split_inclusive('\n').collect();
    let header: Vec<&str> = rows[0].trim_end().split(',').collect();
    let mut cells = Vec::new();
    for number in [2, rows.len() - 1] {
        let mut at: usize = rows[..number].iter().map(|row| row.len()).sum();
        for (column, cell) in header.iter().zip(rows[number].trim_end().split(',')) {
            cells.push((format!("row {} {column}", number + 1), at..at + cell.len()));
            at += cell.len() + 1;
        }
    }
    cells
}

/// The first values of every key of a TOML file.
fn values(text: &str) -> Vec<(String, Range<usize>)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut found, mut table, mut key) = (Vec::new(), String::new(), String::new());
    let mut take = |key: &str, at: Range<usize>| {
        let times = seen.entry(key.to_owned()).or_default();
        *times += 1;
        if *times <= PER_KEY && !at.is_empty() {
            found.push((key.to_owned(), at));
        }
    };
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let until = |end: &str| rest[1..].find(end).map_or(text.len(), |found| at + 1 + found);
        match c {
            '#' => at = until("\n"),
            '[' if at == 0 || text[..at].ends_with('\n') => {
                let end = until("\n");
                text[at..end].split('#').next().unwrap_or_default().clone_into(&mut table);
                at = end;
            }
            '"' if rest.starts_with("\"\"\"") => {
                let end = at + 3 + rest[3..].find("\"\"\"").unwrap();
                // A word of the text, not its line end.
                take(&format!("{table}{key}"), at + 4..end - 1);
                at = end + 3;
            }
            '"' => {
                let end = until("\"");
                take(&format!("{table}{key}"), at + 1..end);
                at = end + 1;
            }
            c if c.is_ascii_alphanumeric() || c == '-' => {
                let word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                let end = at + rest.find(|c| !word(c)).unwrap_or(rest.len());
                if text[end..].trim_start_matches(' ').starts_with('=') {
                    text[at..end].clone_into(&mut key);
                } else {
                    take(&format!("{table}{key}"), at..end);
                }
                at = end;
            }
            other => at += other.len_utf8(),
        }
    }
    found
}
