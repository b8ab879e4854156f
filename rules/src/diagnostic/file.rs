//! Diagnostics of any file: absent, too large, no text, no TOML, a key too many or too few. Codes R0001–R0019.

use super::texts::parser_said;
use super::{Diagnostic, Text};
use crate::source::{Encoding, FILE_BYTES_MAX, Spot};
use crate::vocabulary::Recipient;

/// What a value should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Text,
    /// A number without a fraction.
    WholeNumber,
    /// Any number.
    Number,
    /// One of the two.
    TrueOrFalse,
    /// A day of the calendar.
    Date,
    /// Several values.
    List,
    /// Keys with their values.
    Table,
}

impl Wanted {
    fn key(self) -> &'static str {
        match self {
            Wanted::Text => "text",
            Wanted::WholeNumber => "whole-number",
            Wanted::Number => "number",
            Wanted::TrueOrFalse => "true-or-false",
            Wanted::Date => "date",
            Wanted::List => "list",
            Wanted::Table => "table",
        }
    }
}

impl Diagnostic {
    /// A file of the rules is not there.
    pub(crate) fn file_missing(name: &str) -> Diagnostic {
        Diagnostic::error("R0001", &Spot::of_file(name), &[("name", &name)])
    }

    /// A file is larger than any rules can be.
    pub(crate) fn file_too_large(name: &str, bytes: usize) -> Diagnostic {
        let spot = Spot::of_file(name);
        Diagnostic::error("R0002", &spot, &[("bytes", &bytes), ("most", &FILE_BYTES_MAX)])
    }

    /// A file is not UTF-8.
    pub(crate) fn wrong_encoding(spot: &Spot, encoding: Encoding) -> Diagnostic {
        let key = match encoding {
            Encoding::Gbk => "gbk",
            Encoding::Utf16 => "utf-16",
            Encoding::Binary => "binary",
        };
        Diagnostic::error("R0003", spot, &[("encoding", &Text::word("encoding", key, &[]))])
    }

    /// A file is not TOML at this spot; the parser's own words are kept.
    pub(crate) fn toml(spot: &Spot, said: &str) -> Diagnostic {
        let said = said.trim();
        if said.contains("duplicate key") {
            return Diagnostic::error("R0005", spot, &[]);
        }
        Diagnostic::error("R0004", spot, &[("said", &parser_said(said))])
    }

    /// A key that nothing reads, most often a slip of the pen.
    pub(crate) fn unknown_key(spot: &Spot, key: &str, known: &[&str]) -> Diagnostic {
        let known = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
        Diagnostic::error("R0006", spot, &[("key", &key), ("known", &known)])
    }

    /// A key that must be there is not.
    pub(crate) fn missing_key(spot: &Spot, key: &str) -> Diagnostic {
        Diagnostic::error("R0007", spot, &[("key", &key)])
    }

    /// A value of another type than the one expected.
    pub(crate) fn wrong_type(spot: &Spot, wanted: Wanted, found: &str) -> Diagnostic {
        let (wanted, found) =
            (Text::word("wanted", wanted.key(), &[]), Text::word("toml-type", found, &[]));
        Diagnostic::error("R0008", spot, &[("wanted", &wanted), ("found", &found)])
    }

    /// A file had more problems than are shown.
    pub(crate) fn and_more(name: &str, left_out: usize) -> Diagnostic {
        let spot = Spot::of_file(name);
        match left_out {
            0 => Diagnostic::error(("R0009", "unread"), &spot, &[("name", &name)]),
            _ => Diagnostic::error("R0009", &spot, &[("name", &name), ("left_out", &left_out)]),
        }
    }

    /// A text that must say something is blank.
    pub(crate) fn blank(spot: &Spot, key: &str) -> Diagnostic {
        Diagnostic::error("R0010", spot, &[("key", &key)])
    }

    /// A file of the directory that no rule is read from; `like` is the one that it seems to be a copy of.
    pub(crate) fn stray_file(name: &str, like: Option<&str>) -> Diagnostic {
        let spot = Spot::of_file(name);
        match like {
            Some(like) => {
                Diagnostic::warning(("R0011", "copy"), &spot, &[("name", &name), ("like", &like)])
            }
            None => Diagnostic::warning("R0011", &spot, &[("name", &name)]),
        }
    }

    /// A word where a recipient's capacity is expected.
    pub(crate) fn unknown_recipient(spot: &Spot, found: &str) -> Diagnostic {
        let known = |role: &Recipient| {
            Text::word("recipient", "known", &[("key", &role.as_str()), ("role", role)])
        };
        let known: Vec<Text> = Recipient::ALL.iter().map(known).collect();
        Diagnostic::error(
            "R0013",
            spot,
            &[("found", &found), ("known", &Text::joined(&known, [" ", " "]))],
        )
    }

    /// A name of several lines, or with characters that nobody sees.
    pub(crate) fn not_one_line(spot: &Spot) -> Diagnostic {
        Diagnostic::error("R0014", spot, &[])
    }
}
