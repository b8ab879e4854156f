//! Time limits as handbooks write them (article 11): an amount and what it counts.
//!
//! A limit is a span, not an instant; which instant it leads to is the business of `deadline`.
//! A plain hour or day (小时, 天) is working time: only 紧急 makes the nights and holidays count.
//! How people write one is read in [`spelling`].

mod spelling;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use spelling::{UnreadableLimit, Wording};

/// Hours of a day of the clock on the wall, and about those of a working day or a shift at a desk.
const DAY_HOURS: i64 = 24;
const WORK_DAY_HOURS: i64 = 8;

/// What a limit is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// An hour of the clock on the wall (紧急工作时).
    UrgentHour,
    /// Twenty-four hours of the clock on the wall (紧急工作日).
    UrgentDay,
    /// An hour of office hours (工作时).
    WorkHour,
    /// The office hours of one working day (工作日).
    WorkDay,
    /// An hour in which the centre's desks are manned, holidays too (值守工作时): for the centre's own stages alone.
    DeskHour,
}

impl LimitUnit {
    /// The spelling in rules files.
    pub fn as_str(self) -> &'static str {
        match self {
            LimitUnit::UrgentHour => "urgent_hour",
            LimitUnit::UrgentDay => "urgent_day",
            LimitUnit::WorkHour => "work_hour",
            LimitUnit::WorkDay => "work_day",
            LimitUnit::DeskHour => "desk_hour",
        }
    }

    /// The word of the handbook.
    pub fn chinese(self) -> &'static str {
        match self {
            LimitUnit::UrgentHour => "紧急工作时",
            LimitUnit::UrgentDay => "紧急工作日",
            LimitUnit::WorkHour => "工作时",
            LimitUnit::WorkDay => "工作日",
            LimitUnit::DeskHour => "值守工作时",
        }
    }

    /// Whether nights and holidays count.
    pub fn is_urgent(self) -> bool {
        matches!(self, LimitUnit::UrgentHour | LimitUnit::UrgentDay)
    }

    /// Whether weekends and holidays do not count.
    pub fn skips_days_off(self) -> bool {
        matches!(self, LimitUnit::WorkHour | LimitUnit::WorkDay)
    }

    /// The unit of the same length on the clock on the wall.
    #[must_use]
    pub fn urgent(self) -> LimitUnit {
        match self {
            LimitUnit::UrgentHour | LimitUnit::WorkHour | LimitUnit::DeskHour => {
                LimitUnit::UrgentHour
            }
            LimitUnit::UrgentDay | LimitUnit::WorkDay => LimitUnit::UrgentDay,
        }
    }
}

/// A span such as `1.5工作时`, exact to a thousandth of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeLimit {
    thousandths: i64,
    unit: LimitUnit,
}

impl TimeLimit {
    /// A limit of `thousandths` thousandths of `unit`.
    pub const fn new(thousandths: i64, unit: LimitUnit) -> Self {
        Self { thousandths, unit }
    }

    /// The amount in thousandths of the unit.
    pub const fn thousandths(&self) -> i64 {
        self.thousandths
    }

    /// What the amount counts.
    pub const fn unit(&self) -> LimitUnit {
        self.unit
    }

    /// Whether nights and holidays count (紧急).
    pub fn is_urgent(&self) -> bool {
        self.unit.is_urgent()
    }

    /// Whether weekends and holidays do not count.
    pub fn skips_days_off(&self) -> bool {
        self.unit.skips_days_off()
    }

    /// The limit as people write it, and whether the words say if nights and holidays count.
    pub fn spelt(text: &str) -> Result<(TimeLimit, Wording), UnreadableLimit> {
        spelling::read(text)
    }

    /// About how many thousandths of a day it lasts, to tell which of two limits in different units is far longer.
    pub fn days_about(&self) -> i64 {
        match self.unit {
            LimitUnit::UrgentHour => self.thousandths / DAY_HOURS,
            LimitUnit::WorkHour | LimitUnit::DeskHour => self.thousandths / WORK_DAY_HOURS,
            LimitUnit::UrgentDay | LimitUnit::WorkDay => self.thousandths,
        }
    }

    /// This share of the limit, rounded to the nearest thousandth of the unit; saturates.
    #[must_use]
    pub fn percent(&self, percent: u32) -> TimeLimit {
        let exact = i128::from(self.thousandths) * i128::from(percent);
        let rounded = (exact + 50).div_euclid(100);
        TimeLimit { thousandths: i64::try_from(rounded).unwrap_or(i64::MAX), unit: self.unit }
    }

    /// The sum of two limits in one unit; nothing when the units differ or the sum is too large.
    pub fn checked_add(&self, other: TimeLimit) -> Option<TimeLimit> {
        if self.unit != other.unit {
            return None;
        }
        let thousandths = self.thousandths.checked_add(other.thousandths)?;
        Some(TimeLimit { thousandths, unit: self.unit })
    }

    /// The spelling in rules files, e.g. `1.5 work_hour`.
    pub fn key(&self) -> String {
        format!("{} {}", Amount(self.thousandths), self.unit.as_str())
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Amount(self.thousandths), self.unit.chinese())
    }
}

impl FromStr for TimeLimit {
    type Err = UnreadableLimit;

    fn from_str(text: &str) -> Result<Self, UnreadableLimit> {
        TimeLimit::spelt(text).map(|(limit, _)| limit)
    }
}

impl Serialize for TimeLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.key())
    }
}

impl<'de> Deserialize<'de> for TimeLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = TimeLimit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time limit such as `1.5 work_hour`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TimeLimit, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// An amount in thousandths, printed without idle zeros.
struct Amount(i64);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 1_000, self.0.unsigned_abs() % 1_000);
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let decimals = format!("{rest:03}");
        write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::{LimitUnit, TimeLimit};

    #[test]
    fn a_limit_survives_being_written_and_read() {
        for text in ["1.5工作时", "2紧急工作时", "0.125 urgent_day", "15工作日", "0.5值守工作时"]
        {
            let limit: TimeLimit = text.parse().unwrap();
            assert_eq!(limit.to_string().parse(), Ok(limit));
            let json = serde_json::to_string(&limit).unwrap();
            assert_eq!(serde_json::from_str::<TimeLimit>(&json).unwrap(), limit);
        }
        assert_eq!("1.5工作时".parse::<TimeLimit>().unwrap().key(), "1.5 work_hour");
    }

    #[test]
    fn a_percentage_rounds_to_the_nearest_thousandth() {
        let limit = TimeLimit::new(2_000, LimitUnit::UrgentHour);
        assert_eq!(limit.percent(75).thousandths(), 1_500);
        assert_eq!(TimeLimit::new(250, LimitUnit::WorkHour).percent(75).thousandths(), 188);
    }

    #[test]
    fn limits_in_different_units_are_compared_by_about_how_many_days_they_last() {
        let days = |text: &str| text.parse::<TimeLimit>().unwrap().days_about();
        assert_eq!(days("15工作日"), 15_000);
        assert_eq!(days("16工作时"), 2_000);
        assert_eq!(days("48紧急工作时"), 2_000);
        assert_eq!(days("3紧急工作日"), 3_000);
    }
}
