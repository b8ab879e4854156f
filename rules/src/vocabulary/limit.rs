//! Time limits as handbooks write them (article 11): an amount and one of four units.
//!
//! A limit is a span, not an instant; which instant it leads to is the business of `deadline`.
//! A plain hour or day (小时, 天) is working time: only 紧急 makes the nights and holidays count.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One whole unit, as [`TimeLimit`] counts it.
const WHOLE: i64 = 1_000;
/// No limit of a handbook lasts longer than this many units; more is a slip of the pen.
const LONGEST: i64 = 10_000 * WHOLE;

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
}

impl LimitUnit {
    /// The spelling in rules files.
    pub fn as_str(self) -> &'static str {
        match self {
            LimitUnit::UrgentHour => "urgent_hour",
            LimitUnit::UrgentDay => "urgent_day",
            LimitUnit::WorkHour => "work_hour",
            LimitUnit::WorkDay => "work_day",
        }
    }

    /// The word of the handbook.
    pub fn chinese(self) -> &'static str {
        match self {
            LimitUnit::UrgentHour => "紧急工作时",
            LimitUnit::UrgentDay => "紧急工作日",
            LimitUnit::WorkHour => "工作时",
            LimitUnit::WorkDay => "工作日",
        }
    }

    /// Whether nights and holidays count.
    pub fn is_urgent(self) -> bool {
        matches!(self, LimitUnit::UrgentHour | LimitUnit::UrgentDay)
    }
}

impl FromStr for LimitUnit {
    type Err = UnreadableLimit;

    fn from_str(text: &str) -> Result<Self, UnreadableLimit> {
        match text.trim() {
            "紧急工作时" | "紧急小时" | "urgent_hour" => Ok(LimitUnit::UrgentHour),
            "紧急工作日" | "紧急天" | "urgent_day" => Ok(LimitUnit::UrgentDay),
            "工作时" | "工作小时" | "小时" | "work_hour" => Ok(LimitUnit::WorkHour),
            "工作日" | "工作天" | "天" | "日" | "work_day" => Ok(LimitUnit::WorkDay),
            "" => Err(UnreadableLimit::NoUnit),
            _ => Err(UnreadableLimit::UnknownUnit),
        }
    }
}

/// Why a text is not a time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableLimit {
    /// Nothing that could be an amount stands at the front.
    #[error("the amount is missing or not a number")]
    NoAmount,
    /// More than three digits after the point, or far too large.
    #[error("the amount has more than three decimals or is too large")]
    Amount,
    /// The amount stands alone.
    #[error("the unit is missing")]
    NoUnit,
    /// What follows the amount is none of the four units.
    #[error("the unit is unknown")]
    UnknownUnit,
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
        let text = text.trim();
        let end = text
            .char_indices()
            .find(|&(_, c)| digit(c).is_none() && !matches!(c, '.' | '\u{FF0E}' | '-' | '\u{FF0D}'))
            .map_or(text.len(), |(at, _)| at);
        let (amount, unit) = text.split_at_checked(end).ok_or(UnreadableLimit::NoAmount)?;
        let thousandths = thousandths(amount)?;
        Ok(TimeLimit { thousandths, unit: unit.parse()? })
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

/// The amount in thousandths; half-width and full-width digits.
fn thousandths(text: &str) -> Result<i64, UnreadableLimit> {
    let (sign, text) = match text.strip_prefix(['-', '\u{FF0D}']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, decimals) = text.split_once(['.', '\u{FF0E}']).unwrap_or((text, ""));
    if whole.is_empty() || text.ends_with(['.', '\u{FF0E}']) {
        return Err(UnreadableLimit::NoAmount);
    }
    if decimals.chars().count() > 3 {
        return Err(UnreadableLimit::Amount);
    }
    let mut scaled = number(whole)?.checked_mul(WHOLE).ok_or(UnreadableLimit::Amount)?;
    for (value, weight) in decimals.chars().zip([100, 10, 1]) {
        scaled += digit(value).ok_or(UnreadableLimit::NoAmount)? * weight;
    }
    if scaled > LONGEST { Err(UnreadableLimit::Amount) } else { Ok(sign * scaled) }
}

fn number(digits: &str) -> Result<i64, UnreadableLimit> {
    digits.chars().try_fold(0_i64, |sum, c| {
        let value = digit(c).ok_or(UnreadableLimit::NoAmount)?;
        sum.checked_mul(10).and_then(|sum| sum.checked_add(value)).ok_or(UnreadableLimit::Amount)
    })
}

fn digit(c: char) -> Option<i64> {
    let half_width = match c {
        '\u{FF10}'..='\u{FF19}' => char::from_u32(u32::from(c).checked_sub(0xFF10 - 0x30)?)?,
        _ => c,
    };
    half_width.to_digit(10).map(i64::from)
}

#[cfg(test)]
mod tests {
    use super::{LimitUnit, TimeLimit, UnreadableLimit};

    #[track_caller]
    fn reads(text: &str, thousandths: i64, unit: LimitUnit) {
        assert_eq!(text.parse(), Ok(TimeLimit::new(thousandths, unit)), "{text}");
    }

    #[test]
    fn handbook_spellings_and_their_synonyms_are_read() {
        reads("1.5工作时", 1_500, LimitUnit::WorkHour);
        reads("2紧急工作时", 2_000, LimitUnit::UrgentHour);
        reads("2 工作日", 2_000, LimitUnit::WorkDay);
        reads("4小时", 4_000, LimitUnit::WorkHour);
        reads("1天", 1_000, LimitUnit::WorkDay);
        reads("0.25 urgent_hour", 250, LimitUnit::UrgentHour);
        reads("\u{FF11}\u{FF0E}\u{FF15}工作日", 1_500, LimitUnit::WorkDay);
        reads("15工作日", 15_000, LimitUnit::WorkDay);
        reads("-1 work_day", -1_000, LimitUnit::WorkDay);
    }

    #[test]
    fn texts_that_are_no_limit_say_why() {
        let why = |text: &str| text.parse::<TimeLimit>().unwrap_err();
        assert_eq!(why("1紧急工作时制止"), UnreadableLimit::UnknownUnit);
        assert_eq!(why("工作时"), UnreadableLimit::NoAmount);
        assert_eq!(why("2"), UnreadableLimit::NoUnit);
        assert_eq!(why("1.2345工作时"), UnreadableLimit::Amount);
        assert_eq!(why("99999999999999999999工作日"), UnreadableLimit::Amount);
        assert_eq!(why("1.工作日"), UnreadableLimit::NoAmount);
        assert_eq!(why("1-2工作日"), UnreadableLimit::NoAmount);
    }

    #[test]
    fn a_limit_survives_being_written_and_read() {
        for text in ["1.5工作时", "2紧急工作时", "0.125 urgent_day", "15工作日"] {
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
}
