//! A CSV file as rows of fields that know where they stand.
//!
//! Written for what spreadsheet programs save: quoted fields with line breaks and doubled quotation marks, commas,
//! semicolons or tabs between fields, blank rows at the end. The `csv` crate tells where a record starts but not
//! where a field does, and an underline needs the field. A quotation mark that is never closed ends with its row, so
//! that the rows below are read for what they are.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::{Spot, spelling};
use crate::diagnostic::Findings;

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

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) fields: Vec<Field<'a>>,
    pub(crate) span: Range<usize>,
    /// Which row it is in a spreadsheet, the headings being the first; a cell of several lines is in one row.
    pub(crate) number: usize,
}

impl<'a> Row<'a> {
    /// The row as it is seen: what nobody sees in a field is reported and left out.
    pub(crate) fn seen(mut self, file: &Arc<str>, findings: &mut Findings) -> Row<'a> {
        for field in &mut self.fields {
            let spot = Spot::new(file, field.span.clone());
            field.text = spelling::seen(std::mem::take(&mut field.text), &spot, findings);
        }
        self
    }

    /// The field whose quotation mark is never closed.
    pub(crate) fn open(&self) -> Option<&Field<'_>> {
        self.fields.iter().find(|field| field.closed == Closed::Never)
    }

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
    /// Separators of the header line: a line with as many is a row, wherever it stands.
    width: usize,
    number: usize,
}

/// With fewer separators a line of a text looks like a row too easily.
const TELLING_WIDTH: usize = 3;

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
        let separator = separator.unwrap_or(',');
        Rows { text, at: 0, separator, width: count(separator), number: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn field(&mut self) -> (Field<'a>, Next) {
        let start = self.at;
        let rest = self.rest();
        let (text, length, closed) = if rest.starts_with('"') {
            self.quoted_field(rest)
        } else {
            let plain = self.plain(rest);
            (Cow::Borrowed(plain), plain.len(), Closed::Well)
        };
        self.at = start + length;
        let field = Field { text, span: start..self.at, closed };
        (field, self.separator())
    }

    /// A field that opens with a quotation mark: its text, its bytes, and whether it ends where it should.
    ///
    /// A mark that is missing is noticed late, at the next one in the file, which opens another field. So a field of
    /// several lines must end at a separator and hold no line that is a row, or it ends with its own row.
    fn quoted_field(&self, rest: &'a str) -> (Cow<'a, str>, usize, Closed) {
        let (text, length, closed) = quoted(rest.get(1..).unwrap_or_default());
        let (cell, after) = rest.split_at_checked(1 + length).unwrap_or((rest, ""));
        // Whatever stands between the closing mark and the separator is taken for part of the field.
        let tail = self.plain(after);
        let runs_on = cell.contains(['\n', '\r']);
        let swallows = closed == Closed::Never || !tail.trim().is_empty() || self.holds_a_row(cell);
        if runs_on && swallows {
            let own = rest.get(..self.end_of_row(rest)).unwrap_or(rest);
            return (Cow::Borrowed(own.get(1..).unwrap_or_default()), own.len(), Closed::Never);
        }
        let text = if tail.trim().is_empty() { text } else { text + tail };
        (text, 1 + length + tail.len(), closed)
    }

    fn is_a_row(&self, line: &str) -> bool {
        line.matches(self.separator).count() >= self.width
    }

    /// Whether a line of a cell, but for the one it opens on, is as wide as the sheet.
    fn holds_a_row(&self, cell: &str) -> bool {
        self.width >= TELLING_WIDTH
            && cell.split(['\n', '\r']).skip(1).any(|line| self.is_a_row(line))
    }

    /// Where the row ends that stands at the front: before the next line that is a row itself.
    fn end_of_row(&self, rest: &str) -> usize {
        let follows = |(at, _): &(usize, &str)| {
            let below = rest.get(*at..).unwrap_or_default().trim_start_matches(['\n', '\r']);
            self.is_a_row(below.split(['\n', '\r']).next().unwrap_or_default())
        };
        rest.match_indices(['\n', '\r']).find(follows).map_or(rest.len(), |(at, _)| at)
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
        self.number += 1;
        let mut fields = Vec::new();
        loop {
            let (field, next) = self.field();
            let end = field.span.end;
            fields.push(field);
            match next {
                Next::Field => {}
                Next::Row | Next::End => {
                    return Some(Row { fields, span: start..end, number: self.number });
                }
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
    use super::Rows;

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
    fn a_mark_that_is_never_closed_ends_with_its_row_wherever_the_next_one_stands() {
        let rest_of_file = [
            "\"x,1,2,3\ny,4,5,6",
            "\"x,1,2,3\ny,\"4\",5,6",
            "\"x,1,2,3\ny,4,5,\",6\"",
            "\"x,1,2,3\ny,4,5,6\"",
        ];
        for rest in rest_of_file {
            let csv = format!("a,b,c,d\n{rest}");
            let rows: Vec<_> = Rows::of(&csv).collect();
            assert_eq!(rows.len(), 3, "{csv}");
            assert_eq!(rows[1].open().map(|field| &csv[field.span.clone()]), Some("\"x,1,2,3"));
            assert_eq!((rows[2].open(), rows[2].fields.len(), rows[2].number), (None, 4, 3));
        }
    }

    #[test]
    fn the_lines_of_a_broken_cell_belong_to_its_row() {
        let csv = "a,b,c,d\r\n1,\"x\r\ny,3,4\r\n5,6,7,8\r\n";
        let rows: Vec<_> = Rows::of(csv).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1].open().map(|field| &csv[field.span.clone()]), Some("\"x\r\ny,3,4"));
        assert_eq!(rows[2].fields.len(), 4);
    }

    #[test]
    fn a_cell_of_several_lines_is_one_row_with_one_number() {
        let rows: Vec<_> = Rows::of("a,b\n\"x\n\ny\" ,1\n\n2,3").collect();
        let numbers: Vec<_> = rows.iter().map(|row| (row.number, row.fields.len())).collect();
        assert_eq!(numbers, [(1, 2), (2, 2), (3, 1), (4, 2)]);
    }
}
