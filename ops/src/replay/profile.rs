//! A profile: how another city's file is read, without a line of code.

use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, ensure};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use duban_runtime::clock::Timestamp;

/// How a history is read and timed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The source of every case in it; part of their ids.
    pub name: String,
    /// The zone of its naive times, e.g. `America/New_York`.
    zone: String,
    /// How it writes times, in the notation of `strftime`.
    time_format: String,
    /// Which calendar counts.
    pub calendar: CalendarName,
    /// Escalation steps in percent of target − open, ascending.
    pub ladder: Vec<u32>,
    /// The address that is told; `{unit}` stands for the unit's name.
    pub recipient: String,
    /// Which column holds what.
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
    /// When the case was opened.
    pub opened: String,
    /// When it was to be done; empty if nothing was promised.
    pub target: String,
    /// When it was closed; empty if it is open.
    pub closed: String,
    /// Whose it was.
    pub unit: String,
    /// What it was about.
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
    /// In time.
    pub on_time: String,
    /// Too late.
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

impl Profile {
    /// The profile in the file at `path`.
    ///
    /// # Errors
    /// When the file cannot be read, or a field is missing, unknown or without sense; the error names it.
    pub fn load(path: &Path) -> Result<Profile> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("读取配置 {}", path.display()))?;
        Profile::parse(&text).with_context(|| format!("回放配置 {}", path.display()))
    }

    /// The profile in `text`.
    ///
    /// # Errors
    /// When a field is missing, unknown or without sense.
    pub fn parse(text: &str) -> Result<Profile> {
        let profile: Profile = toml::from_str(text)?;
        profile.tz()?;
        let rising = profile.ladder.is_sorted_by(|a, b| a < b);
        ensure!(rising && !profile.ladder.is_empty(), "`ladder` 应为由小到大的百分比");
        ensure!(!profile.name.is_empty(), "`name` 不能为空");
        Ok(profile)
    }

    fn tz(&self) -> Result<Tz> {
        Tz::from_str(&self.zone).map_err(|error| anyhow!("`zone` 不是时区名:{error}"))
    }

    /// The instant that `text` means; none when it is empty.
    ///
    /// # Errors
    /// When it is not a time in the profile's format, or falls into the hour that the zone skips.
    pub fn instant(&self, text: &str) -> Result<Option<Timestamp>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let naive = NaiveDateTime::parse_from_str(text.trim(), &self.time_format)
            .with_context(|| format!("`{text}` 不合时间格式 `{}`", self.time_format))?;
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
