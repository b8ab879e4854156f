//! Rendering of diagnostics: in the manner of rustc for people, as JSON for machines.
//!
//! Underlines count terminal cells, of which a Han character takes two.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::place::{Cell, Place};
use super::{Diagnostic, Lang, Severity, Text};
use crate::line;
use crate::source::Sources;

/// A longer line is shown from shortly before the value.
const LINE_CELLS_MAX: usize = 120;
/// How much of a long line stands in front of the value.
const LEAD_CHARS: usize = 30;
/// No more of a line is even looked at: garbage has lines of megabytes.
const SHOWN_BYTES_MAX: usize = 4096;

impl Severity {
    pub(super) fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Severity::Error, Lang::Zh) => "错误",
            (Severity::Error, Lang::En) => "error",
            (Severity::Warning, Lang::Zh) => "警告",
            (Severity::Warning, Lang::En) => "warning",
        }
    }
}

impl Diagnostic {
    /// The diagnostic for people: code and sentence, where it is, the value underlined, the way out.
    pub fn render(&self, sources: &Sources, lang: Lang) -> String {
        self.drawn(&self.message, "", sources, lang)
    }

    /// The drawing under a sentence that may be about other places, too.
    pub(super) fn drawn(
        &self,
        message: &Text,
        places: &str,
        sources: &Sources,
        lang: Lang,
    ) -> String {
        let place = self.place(sources);
        let number = place.line.to_string();
        let gutter = " ".repeat(number.len());
        let arrow = format!("{gutter}--> {}", self.place_in_words(&place, lang));
        let mut lines = vec![self.headline(message, lang), arrow];
        if !self.is_of_the_file() {
            let Excerpt { text, indent, carets } = Excerpt::of(self, sources);
            let under = format!("{:indent$}{} {}", "", "^".repeat(carets), self.label.of(lang));
            lines.push(format!("{gutter} |"));
            lines.push(format!("{number} | {text}"));
            lines.push(format!("{gutter} | {}", under.trim_end()));
        }
        let [word, at] = match lang {
            Lang::Zh => ["帮助", "位置"],
            Lang::En => ["help", "at"],
        };
        if !places.is_empty() {
            lines.push(format!("{gutter} = {at}: {places}"));
        }
        if !self.help.is_empty() {
            lines.push(format!("{gutter} = {word}: {}", self.help.of(lang)));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// Severity, code and what is said.
    pub(super) fn headline(&self, message: &Text, lang: Lang) -> String {
        format!("{}[{}]: {}", self.severity.word(lang), self.code, message.of(lang))
    }

    /// File, line and column, and what the workbook shows there; the file alone when it is meant as a whole.
    pub(super) fn place_in_words(&self, place: &Place, lang: Lang) -> String {
        if self.is_of_the_file() {
            return self.file.clone();
        }
        let Place { line, column, cell } = place;
        let at = format!("{}:{line}:{column}", self.file);
        let Some(cell) = cell else { return at };
        let words = cell.words(lang);
        match lang {
            Lang::Zh if cell.row == *line => format!("{at}({words})"),
            Lang::Zh => format!("{at}(工作簿中{words})"),
            Lang::En if cell.row == *line => format!("{at} ({words})"),
            Lang::En => format!("{at} ({words} of the workbook)"),
        }
    }

    /// The diagnostic for machines; line and column need the texts it is about.
    pub fn to_json(&self, sources: &Sources) -> Value {
        self.json_at(&self.place(sources))
    }

    /// The diagnostic for machines, when its place is known.
    pub(super) fn json_at(&self, place: &Place) -> Value {
        let Place { line, column, cell } = place;
        json!({
            "code": self.code,
            "severity": self.severity.word(Lang::En),
            "file": self.file,
            "line": line,
            "column": column,
            "row": cell.as_ref().map(|cell| cell.row),
            "cell": cell.as_ref().map(Cell::address),
            "span": [self.span.start, self.span.end],
            "message": self.message.to_json(),
            "label": self.label.to_json(),
            "help": self.help.to_json(),
        })
    }
}

impl Text {
    /// Both languages, for machines.
    pub(super) fn to_json(&self) -> Value {
        json!({"zh": self.of(Lang::Zh), "en": self.of(Lang::En)})
    }
}

/// The line a value stands on, and where to underline it.
struct Excerpt {
    text: String,
    indent: usize,
    carets: usize,
}

impl Excerpt {
    fn of(diagnostic: &Diagnostic, sources: &Sources) -> Excerpt {
        // A file in a wrong encoding is still shown, with a mark for each byte that is no text.
        let bytes = sources.bytes(&diagnostic.file).unwrap_or_default();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let start = diagnostic.span.start.min(bytes.len());
        let end = diagnostic.span.end.clamp(start, bytes.len());
        let (before, rest) = bytes.split_at_checked(start).unwrap_or_default();
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let value = rest.get(..end - start).unwrap_or_default();
        let value_line = value.split(|b| *b == b'\n').next().unwrap_or_default();
        let after = rest.get(value_line.len()..).unwrap_or_default();
        let after = after.split(|b| *b == b'\n').next().unwrap_or_default();

        let lead = before.get(line_start..).unwrap_or_default();
        let lead =
            printable(lead.get(lead.len().saturating_sub(SHOWN_BYTES_MAX)..).unwrap_or(lead));
        let [value, tail] =
            [value_line, after].map(|part| printable(part.get(..SHOWN_BYTES_MAX).unwrap_or(part)));
        let (lead, cut) = shortened(lead);
        let room = LINE_CELLS_MAX.saturating_sub(lead.width() + cut.width());
        let value = fitting(&value, room.max(1));
        let tail = fitting(&tail, room.saturating_sub(value.width()));
        Excerpt {
            indent: cut.width() + lead.width(),
            carets: value.width().max(1),
            text: format!("{cut}{lead}{value}{tail}").trim_end().to_owned(),
        }
    }
}

/// The bytes as text that takes the cells it seems to take: tabs and control characters become spaces, characters that
/// cannot be seen a dot.
fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let seen = |c: char| match c {
        c if c.is_control() => ' ',
        c if line::is_unseen(c) => '·',
        c => c,
    };
    text.trim_end_matches('\r').chars().map(seen).collect()
}

/// The end of what stands before a value when the whole is too long, and the mark that says so.
fn shortened(lead: String) -> (String, &'static str) {
    if lead.width() <= LINE_CELLS_MAX / 2 {
        return (lead, "");
    }
    let skip = lead.chars().count().saturating_sub(LEAD_CHARS);
    (lead.chars().skip(skip).collect(), "…")
}

/// As many characters from the front as fit into `cells`.
fn fitting(text: &str, cells: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|c| {
            used += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            used <= cells
        })
        .collect()
}
