//! Slips of the pen in any file: characters nobody sees, full width, percentages and dates. Codes R0015–R0039.

use chrono::NaiveDate;

use super::texts::Values;
use super::{Diagnostic, Text};
use crate::source::spelling::days_of_month;
use crate::source::{Sources, Spot};

impl Diagnostic {
    /// A percentage with a sign, or as a fraction of one.
    pub(crate) fn percent_spelling(spot: &Spot, found: &str, meant: f64) -> Diagnostic {
        Diagnostic::error("R0015", spot, &[("found", &found), ("meant", &meant.to_string())])
    }

    /// The same of one that is less than any percentage, or more.
    pub(crate) fn percent_spelling_range(spot: &Spot, found: &str, most: u32) -> Diagnostic {
        Diagnostic::error(("R0015", "range"), spot, &[("found", &found), ("most", &most)])
    }

    /// A day that the calendar does not have.
    pub(crate) fn impossible_date(spot: &Spot, year: i32, month: u32, day: u32) -> Diagnostic {
        match days_of_month(year, month) {
            Some(days) => Diagnostic::error(
                "R0016",
                spot,
                &[("year", &year), ("month", &month), ("day", &day), ("days", &days)],
            ),
            None => Diagnostic::error(("R0016", "month"), spot, &[("month", &month)]),
        }
    }

    /// Full-width characters where TOML knows half-width ones alone.
    pub(crate) fn full_width_in_toml(
        spot: &Spot,
        found: impl std::fmt::Display,
        meant: &str,
    ) -> Diagnostic {
        Diagnostic::error("R0017", spot, &[("found", &found.to_string()), ("meant", &meant)])
    }

    /// A text without quotation marks; one that starts with a number may be a number with its unit behind it.
    pub(crate) fn unquoted(
        spot: &Spot,
        said: &str,
        found: &str,
        number: Option<&str>,
    ) -> Diagnostic {
        let help = match number {
            Some(number) => {
                Text::word("unquoted", "number", &[("number", &number), ("found", &found)])
            }
            None => Text::word("unquoted", "text", &[("found", &found)]),
        };
        Diagnostic { help, ..Diagnostic::toml(spot, said) }
    }

    /// The same, with the line in which the first one of a kind stands.
    #[must_use]
    pub(crate) fn after(self, sources: &Sources, first: &Spot) -> Diagnostic {
        let (line, _) = sources.position(&first.file, first.span.start);
        let values: Values<'_> = &[("said", &self.message), ("line", &line)];
        Diagnostic { message: Text::word("more", "first-in-line", values), ..self }
    }

    /// The same, with a word about the rest of its file.
    #[must_use]
    pub(crate) fn and_rest_unread(self) -> Diagnostic {
        Diagnostic { help: Text::word("more", "rest-unread", &[("said", &self.help)]), ..self }
    }

    /// A date in a spelling that TOML does not know.
    pub(crate) fn date_spelling(spot: &Spot, found: &str, day: NaiveDate) -> Diagnostic {
        Diagnostic::error("R0018", spot, &[("found", &found), ("day", &day)])
    }

    /// A character that cannot be seen, in a value that was read without it.
    pub(crate) fn unseen_character(spot: &Spot, found: char) -> Diagnostic {
        let (code, name) = (point(found), named(found));
        Diagnostic::warning("R0020", spot, &[("code", &code), ("name", &name)])
    }

    /// Full-width letters or digits in a value that was read as half-width.
    pub(crate) fn full_width(spot: &Spot, found: &str, meant: &str) -> Diagnostic {
        Diagnostic::warning("R0021", spot, &[("found", &found), ("meant", &meant)])
    }

    /// A character that cannot be seen, where TOML stumbles over it.
    pub(crate) fn unseen_in_toml(spot: &Spot, found: char) -> Diagnostic {
        let (code, name) = (point(found), named(found));
        Diagnostic::error("R0022", spot, &[("code", &code), ("name", &name)])
    }

    /// A number in quotation marks.
    pub(crate) fn quoted_number(spot: &Spot, meant: &str) -> Diagnostic {
        Diagnostic::error("R0023", spot, &[("meant", &meant)])
    }
}

/// The code point of a character, as people look it up.
pub(super) fn point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// What a character that nobody sees is called.
pub(super) fn named(c: char) -> Text {
    let key = match c {
        '\t' => "tab",
        ' ' => "blank",
        '\u{a0}' | '\u{202f}' => "no-break-space",
        '\u{ad}' => "soft-hyphen",
        '\u{200b}' => "zero-width-space",
        '\u{200c}' | '\u{200d}' | '\u{2060}' => "zero-width-joiner",
        '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "mark-of-direction"
        }
        '\u{3000}' => "full-width-space",
        '\u{feff}' => "byte-order-mark",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "variation-selector",
        c if c.is_control() => "control-character",
        c if c.is_whitespace() => "unusual-space",
        _ => "zero-width-character",
    };
    Text::word("character", key, &[])
}
