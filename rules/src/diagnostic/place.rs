//! Places: names where a value stands, by the line of the text and by the row and column that a workbook shows.
//!
//! A cell may hold a line break, so that below it the row of the workbook is no longer the line of the text; an admin
//! looks at the one, an editor at the other, and both are told.

use std::iter::{Enumerate, Peekable};
use std::ops::Range;

use super::{Diagnostic, Lang};
use crate::source::Sources;
use crate::source::sheet::{Row, Rows};

/// Rows, or stretches of rows, that are named one by one.
const STRETCHES_NAMED: usize = 6;
/// Columns whose rows are named.
const COLUMNS_NAMED: usize = 3;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The line of the text, from one.
    pub(super) line: usize,
    /// The character of that line, from one.
    pub(super) column: usize,
    /// What the workbook shows; nothing in a file that is no sheet.
    pub(super) cell: Option<Cell>,
}

/// A row of a workbook, and the first and last column that are meant; no column when the row as a whole is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) row: usize,
    columns: Option<Columns>,
}

/// The first and the last column, from one.
type Columns = (usize, usize);

impl Cell {
    fn of(row: &Row<'_>, number: usize, span: &Range<usize>) -> Cell {
        let at = |byte: usize| row.fields.iter().rposition(|field| field.span.start <= byte);
        let first = at(span.start).unwrap_or(0);
        let until = if span.end < row.span.end { span.end.saturating_sub(1) } else { span.end };
        let last = at(until).unwrap_or(first).max(first);
        let is_whole = row.fields.len() > 1 && first == 0 && last + 1 == row.fields.len();
        // Behind the last cell of a row that is too short there is no cell to name.
        let beyond = span.is_empty()
            && row
                .fields
                .last()
                .is_some_and(|field| !field.span.is_empty() && field.span.end <= span.start);
        let columns = (!is_whole && !beyond).then_some((first + 1, last + 1));
        Cell { row: number, columns }
    }

    /// In words: `第3行 G 列`.
    pub(super) fn words(&self, lang: Lang) -> String {
        let row = self.row;
        match (self.columns, lang) {
            (None, Lang::Zh) => format!("第{row}行"),
            (None, Lang::En) => format!("row {row}"),
            (Some(columns), Lang::Zh) => format!("第{row}行 {}", in_columns(columns, lang)),
            (Some(columns), Lang::En) => format!("row {row}, {}", in_columns(columns, lang)),
        }
    }

    /// As a workbook writes it: `G3`, `J3:K3`, `3:3`.
    pub(super) fn address(&self) -> String {
        let row = self.row;
        match self.columns {
            None => format!("{row}:{row}"),
            Some((first, last)) if first == last => format!("{}{row}", letters(first)),
            Some((first, last)) => format!("{}{row}:{}{row}", letters(first), letters(last)),
        }
    }
}

fn in_columns((first, last): Columns, lang: Lang) -> String {
    let one = first == last;
    let (first, last) = (letters(first), letters(last));
    match (lang, one) {
        (Lang::Zh, true) => format!("{first} 列"),
        (Lang::Zh, false) => format!("{first} 至 {last} 列"),
        (Lang::En, true) => format!("column {first}"),
        (Lang::En, false) => format!("columns {first} to {last}"),
    }
}

/// The letters over a column: `A` to `Z`, then `AA`.
fn letters(column: usize) -> String {
    const ALPHABET: usize = 26;
    let mut left = column;
    let mut letters = Vec::new();
    while left > 0 {
        let letter = u8::try_from((left - 1) % ALPHABET).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        left = (left - 1) / ALPHABET;
    }
    letters.into_iter().rev().collect()
}

/// A walk through one file that tells the places it comes by; a step back begins it again.
pub(super) struct Walk<'a> {
    bytes: &'a [u8],
    sheet: Option<&'a str>,
    rows: Peekable<Enumerate<Rows<'a>>>,
    at: usize,
    line: usize,
    line_start: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn of(sources: &'a Sources, file: &str) -> Walk<'a> {
        let is_sheet =
            file.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("csv"));
        let sheet = sources.text(file).filter(|_| is_sheet);
        // A file in a wrong encoding has lines all the same.
        let bytes = sources.bytes(file).unwrap_or_default();
        Walk::from_start(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes), sheet)
    }

    fn from_start(bytes: &'a [u8], sheet: Option<&'a str>) -> Walk<'a> {
        let rows = Rows::of(sheet.unwrap_or_default()).enumerate().peekable();
        Walk { bytes, sheet, rows, at: 0, line: 1, line_start: 0 }
    }

    /// Where this stretch stands.
    pub(super) fn to(&mut self, span: &Range<usize>) -> Place {
        if span.start < self.at {
            *self = Walk::from_start(self.bytes, self.sheet);
        }
        let between = self.bytes.get(self.at..span.start).unwrap_or_default();
        if let Some(last) = between.iter().rposition(|byte| *byte == b'\n') {
            self.line += between.split(|byte| *byte == b'\n').count() - 1;
            self.line_start = self.at + last + 1;
        }
        self.at = span.start;
        let before = self.bytes.get(self.line_start..self.at).unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        let is_of_the_file = span.is_empty() && span.start == 0;
        let cell = if is_of_the_file { None } else { self.cell(span) };
        Place { line: self.line, column, cell }
    }

    fn cell(&mut self, span: &Range<usize>) -> Option<Cell> {
        self.sheet?;
        while self.rows.next_if(|(_, row)| row.span.end < span.start).is_some() {}
        let (number, row) = self.rows.peek()?;
        (row.span.start <= span.start).then(|| Cell::of(row, number + 1, span))
    }
}

impl Diagnostic {
    /// Whether the file as a whole is meant, no value in it.
    pub(super) fn is_of_the_file(&self) -> bool {
        self.span.is_empty() && self.span.start == 0
    }

    pub(super) fn place(&self, sources: &Sources) -> Place {
        Walk::of(sources, &self.file).to(&self.span)
    }
}

/// Places of one file in a few words: `第2–40、44行 K 列`, `第1行 A–C 列`.
pub(super) fn named(places: &[Place], lang: Lang) -> String {
    let mut columns: Vec<(Option<Columns>, Vec<usize>)> = Vec::new();
    for place in places {
        let (row, wanted) = match &place.cell {
            Some(cell) => (cell.row, cell.columns),
            None => (place.line, None),
        };
        match columns.iter_mut().find(|(column, _)| *column == wanted) {
            Some((_, rows)) => rows.push(row),
            None => columns.push((wanted, vec![row])),
        }
    }
    if let Some(row) = in_one_row(&columns, lang) {
        return row;
    }
    let kind = if places.iter().any(|place| place.cell.is_some()) { "row" } else { "line" };
    let named = columns.iter().take(COLUMNS_NAMED).map(|(column, rows)| {
        let rows = stretches(rows, usize::to_string, lang);
        match (column, lang) {
            (None, Lang::Zh) => format!("第{rows}行"),
            (None, Lang::En) => counted(kind, &rows),
            (Some(column), Lang::Zh) => format!("第{rows}行 {}", in_columns(*column, lang)),
            (Some(column), Lang::En) => {
                format!("{} of {}", counted(kind, &rows), in_columns(*column, lang))
            }
        }
    });
    let named: Vec<String> = named.collect();
    match (lang, columns.len() > COLUMNS_NAMED) {
        (Lang::Zh, false) => named.join("、"),
        (Lang::Zh, true) => named.join("、") + " 等",
        (Lang::En, false) => named.join("; "),
        (Lang::En, true) => named.join("; ") + " and others",
    }
}

/// Several cells of one row, most often of the headings.
fn in_one_row(places: &[(Option<Columns>, Vec<usize>)], lang: Lang) -> Option<String> {
    let (_, rows) = places.first()?;
    let row = rows.first()?;
    let is_one = places.iter().flat_map(|(_, rows)| rows).all(|other| other == row);
    let columns: Option<Vec<usize>> =
        places.iter().map(|(columns, _)| columns.map(|(first, _)| first)).collect();
    let columns = columns.filter(|columns| is_one && columns.len() > 1)?;
    let columns = stretches(&columns, |column| letters(*column), lang);
    Some(match lang {
        Lang::Zh => format!("第{row}行 {columns} 列"),
        Lang::En => format!("row {row}, columns {columns}"),
    })
}

fn counted(kind: &str, rows: &str) -> String {
    let plural = if rows.bytes().all(|digit| digit.is_ascii_digit()) { "" } else { "s" };
    format!("{kind}{plural} {rows}")
}

/// Numbers in order, those that follow one another as a stretch: `2–40、44`.
fn stretches(numbers: &[usize], name: impl Fn(&usize) -> String, lang: Lang) -> String {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            Some(_) | None => stretches.push((number, number)),
        }
    }
    let one = |(first, last): &(usize, usize)| match last - first {
        0 => name(first),
        _ => format!("{}–{}", name(first), name(last)),
    };
    let named: Vec<String> = stretches.iter().take(STRETCHES_NAMED).map(one).collect();
    let others = stretches.len() > STRETCHES_NAMED;
    match (lang, others) {
        (Lang::Zh, false) => named.join("、"),
        (Lang::Zh, true) => format!("{} 等", named.join("、")),
        (Lang::En, false) => named.join(", "),
        (Lang::En, true) => named.join(", ") + " and more",
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, Place, Walk, letters, named};
    use crate::source::Sources;

    fn places(csv: &str, values: &[&str]) -> Vec<Place> {
        let sources = Sources::from_files([("a.csv", csv.as_bytes().to_vec())]);
        let mut walk = Walk::of(&sources, "a.csv");
        let at = |value: &&str| csv.find(value).map(|at| at..at + value.len()).unwrap();
        values.iter().map(|value| walk.to(&at(value))).collect()
    }

    #[test]
    fn a_row_is_the_one_the_workbook_shows_though_a_cell_above_it_holds_a_line_break() {
        let csv = "a,b,c\n\"x\ny\",1,2\n\n3,4,5\n";
        let words = |value| {
            let place = places(csv, &[value]).remove(0);
            let cell = place.cell.unwrap();
            (place.line, cell.words(Lang::Zh), cell.words(Lang::En), cell.address())
        };
        let told = |line, zh: &str, en: &str, address: &str| {
            (line, zh.to_owned(), en.to_owned(), address.to_owned())
        };
        assert_eq!(words("c"), told(1, "第1行 C 列", "row 1, column C", "C1"));
        assert_eq!(words("\"x\ny\""), told(2, "第2行 A 列", "row 2, column A", "A2"));
        assert_eq!(words("4"), told(5, "第4行 B 列", "row 4, column B", "B4"));
        assert_eq!(words("4,5"), told(5, "第4行 B 至 C 列", "row 4, columns B to C", "B4:C4"));
        assert_eq!(words("3,4,5"), told(5, "第4行", "row 4", "4:4"));
    }

    #[test]
    fn a_step_back_is_told_as_well() {
        let csv = "a,b\n1,2\n3,4\n";
        let lines: Vec<usize> = places(csv, &["4", "1"]).iter().map(|place| place.line).collect();
        assert_eq!(lines, [3, 2]);
    }

    #[test]
    fn many_places_are_named_in_a_few_words() {
        let csv = "a,b\n1,x\n2,y\n3,z\n4,\n5,w\n";
        let many = places(csv, &["x", "y", "z", "w"]);
        assert_eq!(named(&many, Lang::Zh), "第2–4、6行 B 列");
        assert_eq!(named(&many, Lang::En), "rows 2–4, 6 of column B");
        let headings = places("a,b,c,d\n", &["a", "b", "d"]);
        assert_eq!(named(&headings, Lang::Zh), "第1行 A–B、D 列");
        assert_eq!(named(&headings, Lang::En), "row 1, columns A–B, D");
    }

    #[test]
    fn columns_are_lettered_as_in_a_workbook() {
        assert_eq!([1, 26, 27, 703].map(letters), ["A", "Z", "AA", "AAA"]);
    }
}
