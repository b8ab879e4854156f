//! A CSV file as rows of fields that know where they stand.
//!
//! Written for what spreadsheet programs save: quoted fields with line breaks and doubled quotation marks, commas,
//! semicolons or tabs between fields, blank rows at the end. The `csv` crate tells where a record starts but not
//! where a field does, and an underline needs the field. A quotation mark that is never closed ends with the file.

use std::borrow::Cow;
use std::ops::Range;

/// A field: its text without quotation marks, and its bytes with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) span: Range<usize>,
    pub(crate) closed: Closed,
}

/// Whether a quoted field ends where it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// Not quoted, or quoted as it should be.
    Well,
    /// The closing quotation mark is missing.
    Never,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) fields: Vec<Field<'a>>,
    pub(crate) span: Range<usize>,
}

impl Row<'_> {
    /// Whether nothing at all stands in the row.
    pub(crate) fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.text.trim().is_empty())
    }
}

/// Rows of a CSV text, one at a time.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    text: &'a str,
    at: usize,
    separator: char,
}

/// What follows a field.
enum Next {
    Field,
    Row,
    End,
}

impl<'a> Rows<'a> {
    /// The rows of a text; the header line tells the separator.
    pub(crate) fn of(text: &'a str) -> Rows<'a> {
        let header = text.lines().next().unwrap_or_default();
        let count = |separator| header.chars().filter(|c| *c == separator).count();
        let separator = [',', ';', '\t'].into_iter().rev().max_by_key(|c| count(*c));
        Rows { text, at: 0, separator: separator.unwrap_or(',') }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn field(&mut self) -> (Field<'a>, Next) {
        let start = self.at;
        let rest = self.rest();
        let (text, length, closed) = if let Some(inner) = rest.strip_prefix('"') {
            let (text, length, closed) = quoted(inner);
            // Whatever stands between the closing mark and the separator is taken for part of the field.
            let tail = self.plain(rest.get(1 + length..).unwrap_or_default());
            let text = if tail.trim().is_empty() { text } else { text + tail };
            (text, 1 + length + tail.len(), closed)
        } else {
            let plain = self.plain(rest);
            (Cow::Borrowed(plain), plain.len(), Closed::Well)
        };
        self.at = start + length;
        let field = Field { text, span: start..self.at, closed };
        (field, self.separator())
    }

    /// The text up to the next separator or line break.
    fn plain(&self, rest: &'a str) -> &'a str {
        let stop = |c: char| c == self.separator || c == '\n' || c == '\r';
        rest.split(stop).next().unwrap_or_default()
    }

    fn separator(&mut self) -> Next {
        let rest = self.rest();
        let (length, next) = match rest.chars().next() {
            None => (0, Next::End),
            Some(c) if c == self.separator => (c.len_utf8(), Next::Field),
            Some('\r') if rest.starts_with("\r\n") => (2, Next::Row),
            Some(c) => (c.len_utf8(), Next::Row),
        };
        self.at += length;
        next
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let mut fields = Vec::new();
        loop {
            let (field, next) = self.field();
            let end = field.span.end;
            fields.push(field);
            match next {
                Next::Field => {}
                Next::Row | Next::End => return Some(Row { fields, span: start..end }),
            }
        }
    }
}

/// The inside of a quoted field, and how many bytes it takes with its closing mark.
fn quoted(inner: &str) -> (Cow<'_, str>, usize, Closed) {
    let mut text = Cow::Borrowed("");
    let mut from = 0;
    loop {
        let rest = inner.get(from..).unwrap_or_default();
        let Some(mark) = rest.find('"') else { return (text + rest, inner.len(), Closed::Never) };
        let (piece, after) = rest.split_at_checked(mark).unwrap_or((rest, ""));
        text += piece;
        if !after.starts_with("\"\"") {
            return (text, from + mark + 1, Closed::Well);
        }
        text += "\"";
        from += mark + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::{Closed, Rows};

    fn texts(csv: &str) -> Vec<Vec<String>> {
        let texts = |row: super::Row<'_>| row.fields.into_iter().map(|f| f.text.into()).collect();
        Rows::of(csv).map(texts).collect()
    }

    #[test]
    fn quotes_line_breaks_and_separators_are_read_as_a_spreadsheet_wrote_them() {
        assert_eq!(
            texts("a,b\r\n\"x,\"\"y\"\"\r\nz\",1\r\n,\n"),
            [vec!["a", "b"], vec!["x,\"y\"\r\nz", "1"], vec!["", ""]]
        );
        assert_eq!(texts("a;b\n1;2,3"), [["a", "b"], ["1", "2,3"]]);
        assert_eq!(texts("a\tb\n1\t"), [["a", "b"], ["1", ""]]);
    }

    #[test]
    fn a_span_covers_the_field_with_its_quotation_marks() {
        let csv = "a,b\n\"甲\",乙";
        let rows: Vec<_> = Rows::of(csv).collect();
        let spans = rows[1].fields.iter().map(|field| &csv[field.span.clone()]);
        assert_eq!(spans.collect::<Vec<_>>(), ["\"甲\"", "乙"]);
    }

    #[test]
    fn a_mark_that_is_never_closed_ends_with_the_file() {
        let rows: Vec<_> = Rows::of("a,b\n\"x,1\ny,2").collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].fields[0].closed, Closed::Never);
    }
}
