//! Samples of diagnostics of any file: absent, no text, no TOML, a key too many; and of slips of the pen.

use super::{day, spot};
use crate::diagnostic::{Diagnostic, Wanted};
use crate::source::{Encoding, Sources, Spot};

pub(super) fn all() -> Vec<Diagnostic> {
    let mut all = files();
    all.extend(keys());
    all.extend(slips());
    all
}

fn files() -> Vec<Diagnostic> {
    let spot = &spot();
    let encodings = [Encoding::Gbk, Encoding::Utf16, Encoding::Binary];
    let mut all = vec![
        Diagnostic::file_missing("units.toml"),
        Diagnostic::file_too_large("units.toml", 5_000_000),
        Diagnostic::toml(spot, "duplicate key"),
        Diagnostic::toml(spot, " string values must be quoted, expected `{said}` "),
        Diagnostic::toml(spot, "something else"),
        Diagnostic::and_more("units.toml", 0),
        Diagnostic::and_more("units.toml", 12),
        Diagnostic::stray_file("unit.toml", None),
        Diagnostic::stray_file("units(1).toml", Some("units.toml")),
    ];
    all.extend(encodings.map(|encoding| Diagnostic::wrong_encoding(spot, encoding)));
    all
}

fn keys() -> Vec<Diagnostic> {
    let spot = &spot();
    let types = ["string", "integer", "float", "boolean", "datetime", "array", "table"];
    let wanted = [
        Wanted::Text,
        Wanted::WholeNumber,
        Wanted::Number,
        Wanted::TrueOrFalse,
        Wanted::Date,
        Wanted::List,
        Wanted::Table,
    ];
    let mut all = vec![
        Diagnostic::unknown_key(spot, "nmae", &["name", "id"]),
        Diagnostic::missing_key(spot, "name"),
        Diagnostic::blank(spot, "name"),
        Diagnostic::unknown_recipient(spot, "局长"),
        Diagnostic::not_one_line(spot),
    ];
    for (found, wanted) in types.iter().zip(wanted) {
        all.push(Diagnostic::wrong_type(spot, wanted, found));
    }
    all.push(Diagnostic::wrong_type(spot, Wanted::WholeNumber, "integer-too-large"));
    all
}

fn slips() -> Vec<Diagnostic> {
    let spot = &spot();
    let sources = Sources::from_files([("a.toml", b"1\n2\n3\n4\n".to_vec())]);
    let unseen = [
        '\t', ' ', '\u{a0}', '\u{ad}', '\u{200b}', '\u{200d}', '\u{200e}', '\u{3000}', '\u{feff}',
        '\u{fe0f}', '\u{1}', '\u{2003}', '\u{180e}',
    ];
    let mut all = vec![
        Diagnostic::percent_spelling(spot, "80%", 80.0),
        Diagnostic::percent_spelling_range(spot, "0%", 10_000),
        Diagnostic::impossible_date(spot, 2026, 2, 31),
        Diagnostic::impossible_date(spot, 2026, 13, 1),
        Diagnostic::full_width_in_toml(spot, "“{meant}”", "\""),
        Diagnostic::unquoted(spot, "string values must be quoted", "{meant}", None),
        Diagnostic::unquoted(spot, "string values must be quoted", "4小时", Some("4")),
        Diagnostic::unquoted(spot, "string values must be quoted", "4小时", Some("4"))
            .and_rest_unread(),
        Diagnostic::blank(spot, "name").after(&sources, &Spot::new(&spot.file, 4..5)),
        Diagnostic::date_spelling(spot, "2026/3/1", day(3, 1)),
        Diagnostic::full_width(spot, "ＣＧ", "CG"),
        Diagnostic::quoted_number(spot, "12"),
    ];
    all.extend(unseen.map(|found| Diagnostic::unseen_character(spot, found)));
    all.extend(unseen.map(|found| Diagnostic::unseen_in_toml(spot, found)));
    all
}
