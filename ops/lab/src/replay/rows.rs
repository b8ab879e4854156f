//! Rows: a CSV read strictly, so that a quotation mark that is never closed costs one row and not the rest of the file.
//!
//! ```text
//! line ─► cells ─► whole: a row
//!           └─ inside quotation marks: the next line belongs to it ─► never closed: only the first line is lost
//! ```
//! What is behind a row that makes no sense is read as if that row were not there, and each such row is told.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

/// No row has more lines than this: with more of them a quotation mark is open.
const LINES_MAX: usize = 200;
/// No line is longer than this: what lies beyond is passed over.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Why the cells of a row cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A quotation mark is not closed.
    Open,
    /// Something follows a closing quotation mark: most likely an earlier one was not closed.
    Behind,
    /// It is no UTF-8.
    NotText,
    /// It is longer than any row.
    TooLong,
}

/// The line at which a row begins, and its cells.
pub(super) type Row = (u64, Result<Vec<String>, Flaw>);

/// The rows of a file, with the line at which each begins, counted from 1; blank lines are none.
pub(super) struct Rows<R> {
    reader: BufReader<R>,
    /// Lines that were read and belong to the rows to come.
    ahead: VecDeque<Vec<u8>>,
    /// Lines handed out.
    line: u64,
}

impl<R: Read> Rows<R> {
    pub(super) fn of(file: R) -> Rows<R> {
        Rows { reader: BufReader::new(file), ahead: VecDeque::new(), line: 0 }
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub(super) fn row(&mut self) -> io::Result<Option<Row>> {
        while let Some(first) = self.take()? {
            let begins = self.line;
            let found = self.cells(&first)?;
            if found
                .as_ref()
                .is_ok_and(|cells| cells.iter().all(String::is_empty) && cells.len() == 1)
            {
                continue;
            }
            return Ok(Some((begins, found)));
        }
        Ok(None)
    }

    /// The line reached.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    fn cells(&mut self, first: &[u8]) -> io::Result<Result<Vec<String>, Flaw>> {
        if first.len() > LINE_BYTES_MAX {
            return Ok(Err(Flaw::TooLong));
        }
        let mut scan = Scan::default();
        let mut more: Vec<Vec<u8>> = Vec::new();
        let mut fed = scan.feed(first);
        loop {
            match fed {
                Ok(Fed::Whole) => return Ok(scan.texts()),
                Ok(Fed::Open) => {}
                Err(flaw) => return Ok(self.only_first(more, flaw)),
            }
            if more.len() >= LINES_MAX {
                return Ok(self.only_first(more, Flaw::Open));
            }
            let Some(next) = self.take()? else { return Ok(self.only_first(more, Flaw::Open)) };
            fed = scan.feed(&next);
            more.push(next);
        }
    }

    /// Gives the lines behind the first back.
    fn only_first(&mut self, more: Vec<Vec<u8>>, flaw: Flaw) -> Result<Vec<String>, Flaw> {
        for line in more.into_iter().rev() {
            self.line -= 1;
            self.ahead.push_front(line);
        }
        Err(flaw)
    }

    /// The next line with its end; none at the end of the file.
    fn take(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.ahead.is_empty() {
            self.read()?;
        }
        let line = self.ahead.pop_front();
        self.line += u64::from(line.is_some());
        Ok(line)
    }

    /// Reads up to a line feed; carriage returns alone end lines, too.
    fn read(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        let most = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        self.reader.by_ref().take(most).read_until(b'\n', &mut bytes)?;
        if bytes.len() > LINE_BYTES_MAX && !bytes.ends_with(b"\n") {
            pass_over(&mut self.reader)?;
        }
        let mut rest = bytes.as_slice();
        while let Some(at) = rest.iter().position(|byte| *byte == b'\r' || *byte == b'\n') {
            let both = rest.get(at..).is_some_and(|end| end.starts_with(b"\r\n"));
            let (line, behind) = rest.split_at(at + 1 + usize::from(both));
            self.ahead.push_back(line.to_vec());
            rest = behind;
        }
        if !rest.is_empty() {
            self.ahead.push_back(rest.to_vec());
        }
        Ok(())
    }
}

/// Reads up to the next line feed and keeps nothing of it.
fn pass_over(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let held = reader.fill_buf()?;
        let (end, n) = match held.iter().position(|byte| *byte == b'\n') {
            Some(at) => (true, at + 1),
            None => (held.is_empty(), held.len()),
        };
        reader.consume(n);
        if end {
            return Ok(());
        }
    }
}

/// Where in a row a scan stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Before the first character of a cell.
    #[default]
    Start,
    /// In a cell without quotation marks.
    Plain,
    /// Between quotation marks.
    Quoted,
    /// Behind a quotation mark that closes the cell, unless another follows.
    Closed,
}

/// Whether a row is whole.
enum Fed {
    Whole,
    Open,
}

/// The cells of a row, as far as its lines were seen.
#[derive(Default)]
struct Scan {
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
    at: At,
}

impl Scan {
    fn feed(&mut self, line: &[u8]) -> Result<Fed, Flaw> {
        for byte in line {
            self.at = match (self.at, *byte) {
                (At::Start, b'"') => At::Quoted,
                (At::Start | At::Plain | At::Closed, b',') => {
                    self.cells.push(std::mem::take(&mut self.cell));
                    At::Start
                }
                (at @ (At::Start | At::Plain | At::Closed), b'\r' | b'\n') => at,
                (At::Quoted, b'"') => At::Closed,
                (At::Closed, b'"') => {
                    self.cell.push(b'"');
                    At::Quoted
                }
                (At::Closed, b' ' | b'\t') => At::Closed,
                (At::Closed, _) => return Err(Flaw::Behind),
                (At::Quoted, byte) => {
                    self.cell.push(byte);
                    At::Quoted
                }
                (At::Start | At::Plain, byte) => {
                    self.cell.push(byte);
                    At::Plain
                }
            };
        }
        if self.at == At::Quoted {
            return Ok(Fed::Open);
        }
        self.cells.push(std::mem::take(&mut self.cell));
        Ok(Fed::Whole)
    }

    fn texts(self) -> Result<Vec<String>, Flaw> {
        let texts = self.cells.into_iter().map(String::from_utf8);
        texts.collect::<Result<_, _>>().map_err(|_| Flaw::NotText)
    }
}

#[cfg(test)]
mod tests {
    use super::{Flaw, LINES_MAX, Row, Rows};

    fn read(text: &str) -> Vec<Row> {
        let mut rows = Rows::of(text.as_bytes());
        std::iter::from_fn(|| rows.row().unwrap()).collect()
    }

    fn row(line: u64, cells: &[&str]) -> Row {
        (line, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn what_stands_in_quotation_marks_is_one_cell_over_any_ends_of_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a,\"b{end}\"\"b\"\"\",5\" pipe{end}{end}c,,{end}");
            let quoted = format!("b{end}\"b\"");
            assert_eq!(read(&text), [row(1, &["a", &quoted, "5\" pipe"]), row(4, &["c", "", ""])]);
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_costs_its_own_row_alone() {
        let rest = (0..500).map(|n| format!("{n},x")).collect::<Vec<_>>().join("\n");
        let rows = read(&format!("a,\"b\n{rest}"));
        assert_eq!(rows.len(), 501);
        assert_eq!(rows[0], (1, Err(Flaw::Open)));
        assert_eq!(rows[500], row(501, &["499", "x"]));
        assert!(rows.len() > LINES_MAX);
    }

    #[test]
    fn a_quotation_mark_that_another_row_would_close_costs_its_own_row_alone() {
        let rows = read("1,\"a,b\n2,\"c\",d\n3,e,f\n");
        assert_eq!(
            rows,
            [(1, Err(Flaw::Behind)), row(2, &["2", "c", "d"]), row(3, &["3", "e", "f"])]
        );
    }
}
