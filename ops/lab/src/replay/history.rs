//! The file: every row read, and every row that cannot be, told by its line.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use flate2::read::MultiGzDecoder;

use duban_rules::line;
use duban_runtime::clock::Timestamp;

use super::Profile;
use super::rows::{Flaw, Rows};

/// One case of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// The file's own id.
    pub id: String,
    pub opened: Timestamp,
    pub target: Option<Timestamp>,
    pub closed: Option<Timestamp>,
    pub unit: String,
    pub summary: String,
    /// What the source published about it.
    pub published: Published,
    pub place: Place,
}

/// Where a case is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Degrees east and north.
    At(f64, f64),
    /// The coordinate that stands for no location.
    Nowhere,
    /// What stands there is no pair of numbers.
    Odd,
    /// The file has none.
    Unknown,
}

/// The published verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Published {
    OnTime,
    /// Too late.
    Overdue,
    /// The field is empty.
    Empty,
    /// The field says something else.
    Unknown,
}

/// A row that could not be read; the replay goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, counted from 1.
    pub line: u64,
    pub why: Why,
    /// What is wrong, in words.
    pub what: String,
}

/// Why a row could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Id,
    /// It has no unit, and the profile no default.
    Unit,
    /// It has no beginning, or a time is written otherwise than the profile says.
    Time,
    /// It has fewer or more cells than the header.
    Columns,
    /// A quotation mark is not closed.
    Quotes,
    /// It is no UTF-8.
    Encoding,
    /// It is longer than any row.
    Length,
    /// The file cannot be read on.
    File,
}

impl Why {
    /// The word of programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Id => "id",
            Why::Unit => "unit",
            Why::Time => "time",
            Why::Columns => "columns",
            Why::Quotes => "quotes",
            Why::Encoding => "encoding",
            Why::Length => "length",
            Why::File => "file",
        }
    }

    /// The word of people.
    pub fn chinese(self) -> &'static str {
        match self {
            Why::Id => "编号",
            Why::Unit => "单位",
            Why::Time => "时间",
            Why::Columns => "列数",
            Why::Quotes => "引号",
            Why::Encoding => "编码",
            Why::Length => "过长",
            Why::File => "文件",
        }
    }
}

/// A file read from its first to its last line.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The cases, in the file's order.
    pub requests: Vec<Request>,
    /// Rows that are no cases.
    pub unreadable: Vec<Problem>,
    /// Rows without a target: they are judged by nobody.
    pub no_target: Vec<u64>,
    /// Rows that were closed before they were opened: kept as they are.
    pub closed_before_open: Vec<u64>,
    /// Rows on the coordinate that means «nowhere»: their place is unknown.
    pub default_coordinates: Vec<u64>,
    /// Rows whose coordinate is no pair of numbers: their place is unknown.
    pub odd_coordinates: Vec<u64>,
    /// Rows without a unit: they are the default unit's.
    pub default_unit: Vec<u64>,
}

impl History {
    /// Takes a case in, and notes what is odd about it.
    fn take(&mut self, request: Request) {
        if request.target.is_none() {
            self.no_target.push(request.line);
        }
        if request.closed.is_some_and(|closed| closed < request.opened) {
            self.closed_before_open.push(request.line);
        }
        match request.place {
            Place::Nowhere => self.default_coordinates.push(request.line),
            Place::Odd => self.odd_coordinates.push(request.line),
            Place::At(..) | Place::Unknown => {}
        }
        self.requests.push(request);
    }

    fn leave(&mut self, line: u64, (why, what): Unread) {
        self.unreadable.push(Problem { line, why, what });
    }
}

/// Why a row is no case: in a word, and in a sentence.
type Unread = (Why, String);

/// Reads `path`, a CSV or a CSV.gz (told by its first bytes, not by its name).
///
/// # Errors
/// When the file cannot be opened, lacks a column of the profile, or has it twice. A row that cannot be read is no error.
pub fn read(path: &Path, profile: &Profile) -> Result<History> {
    let open = || File::open(path).with_context(|| format!("打开 {}", path.display()));
    let mut magic = [0; 2];
    let compressed = open()?.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
    if compressed { parse(MultiGzDecoder::new(open()?), profile) } else { parse(open()?, profile) }
        .with_context(|| format!("读取 {}", path.display()))
}

fn parse(file: impl Read, profile: &Profile) -> Result<History> {
    let mut rows = Rows::of(file);
    let (_, header) = rows.row()?.context("没有表头")?;
    let header = header.map_err(|flaw| anyhow!("表头无法读取:{}", unread(flaw).1))?;
    let places = Places::find(&header, profile)?;
    let mut history = History::default();
    loop {
        match rows.row() {
            Ok(None) => return Ok(history),
            Ok(Some((line, Err(flaw)))) => history.leave(line, unread(flaw)),
            Ok(Some((line, Ok(cells)))) => match places.request(&cells, line, profile) {
                Ok(request) => {
                    if places.unit_in(&cells).is_empty() {
                        history.default_unit.push(line);
                    }
                    history.take(request);
                }
                Err(why) => history.leave(line, why),
            },
            Err(error) => {
                let what = format!("文件到此为止,以后的行没有读到:{error}");
                history.leave(rows.line() + 1, (Why::File, what));
                return Ok(history);
            }
        }
    }
}

fn unread(flaw: Flaw) -> Unread {
    match flaw {
        Flaw::Open => (Why::Quotes, "引号没有闭合".to_owned()),
        Flaw::Behind => (Why::Quotes, "引号没有闭合,或闭合的引号后面还有文字".to_owned()),
        Flaw::NotText => (Why::Encoding, "不是 UTF-8 文字".to_owned()),
        Flaw::TooLong => (Why::Length, "一行过长,不是案件".to_owned()),
    }
}

/// Where each field stands in a row.
struct Places {
    /// How many cells a row has.
    width: usize,
    id: usize,
    opened: usize,
    target: usize,
    closed: usize,
    unit: Option<usize>,
    summary: usize,
    published: Option<usize>,
    latitude: Option<usize>,
    longitude: Option<usize>,
}

impl Places {
    fn find(header: &[String], profile: &Profile) -> Result<Places> {
        let names: Vec<&str> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}').trim()).collect();
        let place = |name: &str| {
            let mut found = (0..).zip(&names).filter(|(_, column)| **column == name.trim());
            let (first, _) = found
                .next()
                .ok_or_else(|| anyhow!("没有列 `{name}`;文件中有:{}", names.join("、")))?;
            ensure!(found.next().is_none(), "列 `{name}` 有两列,不知道以哪一列为准");
            Ok(first)
        };
        let columns = &profile.columns;
        let optional = |name: &Option<String>| name.as_deref().map(place).transpose();
        let named = names.iter().rposition(|name| !name.is_empty());
        Ok(Places {
            width: named.map_or(0, |last| last + 1),
            id: place(&columns.id)?,
            opened: place(&columns.opened)?,
            target: place(&columns.target)?,
            closed: place(&columns.closed)?,
            unit: optional(&columns.unit)?,
            summary: place(&columns.summary)?,
            published: optional(&columns.published)?,
            latitude: optional(&columns.latitude)?,
            longitude: optional(&columns.longitude)?,
        })
    }

    /// The unit that a row names; empty where it names none.
    fn unit_in(&self, cells: &[String]) -> String {
        let cell = self.unit.and_then(|place| cells.get(place));
        cell.map(|cell| line::one(cell)).unwrap_or_default()
    }

    fn request(&self, cells: &[String], no: u64, profile: &Profile) -> Result<Request, Unread> {
        self.is_whole(cells)?;
        let field = |place: usize| cells.get(place).map_or("", |cell| cell.trim());
        let instant = |place: usize| {
            // The words of the reader of times are no help: what was to be read stands beside what was found.
            profile.instant(field(place)).map_err(|error| (Why::Time, error.to_string()))
        };
        let id = line::id(field(self.id));
        if id.is_empty() {
            return Err((Why::Id, "没有编号".to_owned()));
        }
        let opened = instant(self.opened)?;
        let opened = opened.ok_or_else(|| (Why::Time, "没有开始时间".to_owned()))?;
        let published = match self.published.map(field) {
            None | Some("") => Published::Empty,
            Some(word) if word == profile.published.on_time => Published::OnTime,
            Some(word) if word == profile.published.overdue => Published::Overdue,
            Some(_) => Published::Unknown,
        };
        let place = match (self.latitude.map(field), self.longitude.map(field)) {
            (Some(latitude), Some(longitude)) => place(latitude, longitude, profile),
            (_, None) | (None, _) => Place::Unknown,
        };
        Ok(Request {
            line: no,
            id,
            opened,
            target: instant(self.target)?,
            closed: instant(self.closed)?,
            unit: self.unit_or_default(cells, profile)?,
            summary: line::one(field(self.summary)),
            published,
            place,
        })
    }

    /// A row that was cut short would pass for a case that nobody closed, and one with a comma too many for another's.
    fn is_whole(&self, cells: &[String]) -> Result<(), Unread> {
        let beyond = cells.iter().skip(self.width).filter(|cell| !cell.trim().is_empty()).count();
        let (n, width) = (cells.len(), self.width);
        if n < width {
            return Err((Why::Columns, format!("只有 {n} 列,表头有 {width} 列;这一行不完整")));
        }
        if beyond > 0 {
            let what = format!("有 {n} 列,表头只有 {width} 列;含逗号的内容要加引号");
            return Err((Why::Columns, what));
        }
        Ok(())
    }

    fn unit_or_default(&self, cells: &[String], profile: &Profile) -> Result<String, Unread> {
        let unit = self.unit_in(cells);
        match &profile.unit_default {
            _ if !unit.is_empty() => Ok(unit),
            Some(default) => Ok(line::one(default)),
            None => Err((Why::Unit, "没有责任单位,配置中也没有 unit_default".to_owned())),
        }
    }
}

fn place(latitude: &str, longitude: &str, profile: &Profile) -> Place {
    if profile.is_nowhere(latitude, longitude) {
        return Place::Nowhere;
    }
    match (longitude.parse(), latitude.parse()) {
        (Ok(east), Ok(north)) => Place::At(east, north),
        (_, _) if latitude.is_empty() && longitude.is_empty() => Place::Unknown,
        (_, _) => Place::Odd,
    }
}
