//! A profile: how another city's file is read, without a line of code.
//!
//! One by which something could be lost in silence is refused, with every problem at once: see [`check`] and [`PAGES`].

mod check;
mod times;

use std::path::Path;
use std::str::FromStr;
use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use duban_rules::Sources;
use duban_rules::diagnostic::Page;
use duban_runtime::clock::Timestamp;

use self::times::Read;
use duban_base::config::Problem;

/// The page of every code of a profile, for `duban rules explain`.
pub static PAGES: LazyLock<Vec<Page>> =
    LazyLock::new(|| Page::all_of(include_str!("profile/pages.toml")));

/// How a history is read and timed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The source of every case in it; part of their ids.
    pub name: String,
    /// The zone of its naive times, e.g. `America/New_York`.
    zone: String,
    /// How it writes times, in the notation of `strftime`; an offset in it counts.
    time_format: String,
    pub calendar: CalendarName,
    /// Escalation steps in percent of target − open, ascending.
    pub ladder: Vec<u32>,
    /// The address that is told; `{unit}` stands for the unit's name.
    pub recipient: String,
    /// Whose the rows are that name no unit; without it they are no cases.
    pub unit_default: Option<String>,
    pub columns: Columns,
    /// What the source published about each case.
    pub published: Published,
    /// Coordinates that mean «nowhere».
    pub location: Option<Nowhere>,
}

/// Calendars a profile may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarName {
    /// Every hour of every day.
    Always,
}

/// Column names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Unique in the file.
    pub id: String,
    pub opened: String,
    /// When it was to be done; empty if nothing was promised.
    pub target: String,
    /// When it was closed; empty if it is open.
    pub closed: String,
    /// Whose it was; none where every row is the default unit's.
    pub unit: Option<String>,
    pub summary: String,
    /// The published verdict.
    pub published: Option<String>,
    /// Degrees north.
    pub latitude: Option<String>,
    /// Degrees east.
    pub longitude: Option<String>,
}

/// The words of the published verdict.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub on_time: String,
    pub overdue: String,
}

/// The coordinate that stands for no location.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nowhere {
    /// As the file writes it.
    pub default_latitude: String,
    /// As the file writes it.
    pub default_longitude: String,
}

/// A profile that is not read by, and why.
#[derive(Debug)]
pub struct Unfit {
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// The text the problems point into.
    pub sources: Sources,
}

impl Profile {
    /// The profile in the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be read; what is wrong in it is in [`Unfit`].
    pub fn load(path: &Path) -> Result<Result<Profile, Unfit>> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("读取配置 {}", path.display()))?;
        Ok(Profile::parse(&path.to_string_lossy(), &text))
    }

    /// The profile in `text`, the file's name in problems being `file`.
    ///
    /// # Errors
    /// [`Unfit`], with everything that is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Profile, Unfit> {
        let text = text.trim_start_matches('\u{feff}');
        let problems = match toml::from_str::<Profile>(text) {
            Ok(profile) => match check::problems(&profile, file, text) {
                problems if problems.is_empty() => return Ok(profile),
                problems => problems,
            },
            Err(error) => vec![check::unreadable(file, &error)],
        };
        Err(Unfit { problems, sources: Sources::from_files([(file, text.as_bytes().to_vec())]) })
    }

    fn tz(&self) -> Result<Tz> {
        Tz::from_str(&self.zone).map_err(|error| anyhow!("`zone` 不是时区名:{error}"))
    }

    /// The instant that `text` means; none when it is empty.
    ///
    /// # Errors
    /// When it is not a time in the profile's format, or has no offset and falls into the hour that the zone skips.
    pub fn instant(&self, text: &str) -> Result<Option<Timestamp>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let read = times::read(text.trim(), &self.time_format)
            .with_context(|| format!("`{text}` 不合时间格式 `{}`", self.time_format))?;
        let naive = match read {
            Read::Instant(at) => return Ok(Some(Timestamp::from(at))),
            Read::Local(naive) => naive,
        };
        let local = self.tz()?.from_local_datetime(&naive);
        // An hour that occurs twice: the first.
        let first = local.earliest().ok_or_else(|| anyhow!("`{text}` 在 {} 不存在", self.zone))?;
        Ok(Some(Timestamp::from(first.with_timezone(&Utc))))
    }

    /// An instant given on the command line: RFC 3339, or naive in the profile's zone.
    ///
    /// # Errors
    /// When it is neither.
    pub fn instant_of_argument(&self, text: &str) -> Result<Timestamp> {
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Ok(Timestamp::from(instant.with_timezone(&Utc)));
        }
        let naive = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .ok_or_else(|| {
                anyhow!("`{text}` 不是时刻;写成 2016-01-13T06:00 或 2016-01-13T06:00:00-05:00")
            })?;
        let local = self.tz()?.from_local_datetime(&naive);
        let first = local.earliest().ok_or_else(|| anyhow!("`{text}` 在 {} 不存在", self.zone))?;
        Ok(Timestamp::from(first.with_timezone(&Utc)))
    }

    /// Whether this coordinate, as the file writes it, stands for no location.
    pub fn is_nowhere(&self, latitude: &str, longitude: &str) -> bool {
        self.location.as_ref().is_some_and(|nowhere| {
            nowhere.default_latitude == latitude && nowhere.default_longitude == longitude
        })
    }

    /// The day of `at` in the profile's zone, as `2015-10-26`.
    pub fn day(&self, at: Timestamp) -> String {
        let utc = DateTime::<Utc>::from(at);
        match self.tz() {
            Ok(tz) => utc.with_timezone(&tz).format("%Y-%m-%d").to_string(),
            Err(_) => utc.format("%Y-%m-%d").to_string(),
        }
    }
}
