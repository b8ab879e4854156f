//! The file: every row read, and every row that cannot be, told by its line.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use csv::StringRecord;
use flate2::read::MultiGzDecoder;

use duban_rules::line;
use duban_runtime::clock::Timestamp;

use super::Profile;

/// One case of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// The file's own id.
    pub id: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was to be done.
    pub target: Option<Timestamp>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// Whose it was.
    pub unit: String,
    /// What it was about.
    pub summary: String,
    /// What the source published about it.
    pub published: Published,
    /// Where it is.
    pub place: Place,
}

/// Where a case is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Degrees east and north.
    At(f64, f64),
    /// The coordinate that stands for no location.
    Nowhere,
    /// The file has none.
    Unknown,
}

/// The published verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Published {
    /// In time.
    OnTime,
    /// Too late.
    Overdue,
    /// The field is empty.
    Empty,
    /// The field says something else.
    Unknown,
}

/// A row that could not be read, or that is odd; the replay goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// What is wrong, in words.
    pub what: String,
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
        if request.place == Place::Nowhere {
            self.default_coordinates.push(request.line);
        }
        self.requests.push(request);
    }
}

/// Reads `path`, a CSV or a CSV.gz (told by its first bytes, not by its name).
///
/// # Errors
/// When the file cannot be opened or lacks a column of the profile. A row that cannot be read is no error.
pub fn read(path: &Path, profile: &Profile) -> Result<History> {
    let open = || File::open(path).with_context(|| format!("打开 {}", path.display()));
    let mut magic = [0; 2];
    let compressed = open()?.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
    if compressed { parse(MultiGzDecoder::new(open()?), profile) } else { parse(open()?, profile) }
        .with_context(|| format!("读取 {}", path.display()))
}

fn parse(file: impl Read, profile: &Profile) -> Result<History> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let header = reader.headers().context("没有表头")?.clone();
    let places = Places::find(&header, profile)?;
    let mut history = History::default();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                match places.request(&record, line, profile) {
                    Ok(request) => history.take(request),
                    Err(error) => {
                        history.unreadable.push(Problem { line, what: format!("{error:#}") });
                    }
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                history.unreadable.push(Problem { line, what: error.to_string() });
                // A broken stream would give the same error for ever.
                if error.is_io_error() {
                    break;
                }
            }
        }
    }
    Ok(history)
}

/// Where each field stands in a row.
struct Places {
    id: usize,
    opened: usize,
    target: usize,
    closed: usize,
    unit: usize,
    summary: usize,
    published: Option<usize>,
    latitude: Option<usize>,
    longitude: Option<usize>,
}

impl Places {
    fn find(header: &StringRecord, profile: &Profile) -> Result<Places> {
        let place = |name: &str| {
            let found = header
                .iter()
                .position(|column| column.trim_start_matches('\u{feff}').trim() == name);
            found.ok_or_else(|| {
                let columns: Vec<&str> = header.iter().collect();
                anyhow!("没有列 `{name}`;文件中有:{}", columns.join("、"))
            })
        };
        let columns = &profile.columns;
        let optional = |name: &Option<String>| name.as_deref().map(place).transpose();
        Ok(Places {
            id: place(&columns.id)?,
            opened: place(&columns.opened)?,
            target: place(&columns.target)?,
            closed: place(&columns.closed)?,
            unit: place(&columns.unit)?,
            summary: place(&columns.summary)?,
            published: optional(&columns.published)?,
            latitude: optional(&columns.latitude)?,
            longitude: optional(&columns.longitude)?,
        })
    }

    fn request(&self, record: &StringRecord, no: u64, profile: &Profile) -> Result<Request> {
        let field = |place: usize| record.get(place).unwrap_or("").trim();
        let id = line::id(field(self.id));
        let unit = line::one(field(self.unit));
        anyhow::ensure!(!id.is_empty(), "没有编号");
        anyhow::ensure!(!unit.is_empty(), "没有责任单位");
        let opened = profile.instant(field(self.opened))?.ok_or_else(|| anyhow!("没有开始时间"))?;
        let published = match self.published.map(field) {
            None | Some("") => Published::Empty,
            Some(word) if word == profile.published.on_time => Published::OnTime,
            Some(word) if word == profile.published.overdue => Published::Overdue,
            Some(_) => Published::Unknown,
        };
        let place = match (self.latitude.map(field), self.longitude.map(field)) {
            (Some(latitude), Some(longitude)) if profile.is_nowhere(latitude, longitude) => {
                Place::Nowhere
            }
            (Some(latitude), Some(longitude)) => match (longitude.parse(), latitude.parse()) {
                (Ok(east), Ok(north)) => Place::At(east, north),
                _ => Place::Unknown,
            },
            _ => Place::Unknown,
        };
        Ok(Request {
            line: no,
            id,
            opened,
            target: profile.instant(field(self.target))?,
            closed: profile.instant(field(self.closed))?,
            unit,
            summary: line::one(field(self.summary)),
            published,
            place,
        })
    }
}
