//! Spellings of time limits: what the ordinary Chinese of a handbook says, and which part of it says nothing certain.
//!
//! `2工作日`, `2个工作日`, `两个工作日以内` and `2 work_day` are one limit. Where the words leave a choice (a week, a
//! calendar day, 3至5天) none is made: a guess would change until when a unit has time.

mod amount;

use std::str::FromStr;

use super::{LimitUnit, TimeLimit};
use amount::{HALF, amount, is_of_an_amount};

const HOUR_MINUTES: i64 = 60;
/// Words in front of a limit are looked for in so many characters.
const WORDS_CHARS_MAX: usize = 64;

/// Whether the words of a limit say if nights and holidays count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wording {
    /// 工作 or 紧急 stands there.
    Said,
    /// A plain hour (小时, 分钟).
    PlainHour,
    /// A plain day (天, 日).
    PlainDay,
}

/// Why a text is not a time limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// What follows the amount is none of the units.
    #[error("the unit is unknown")]
    UnknownUnit,
    /// A limit, but words stand in front of it.
    #[error("`{words}` stands in front of `{limit}`")]
    WordsBefore {
        /// What stands in front.
        words: String,
        /// The limit by itself.
        limit: String,
    },
    /// A limit, but words follow it.
    #[error("`{words}` follows `{limit}`")]
    WordsAfter {
        /// What follows.
        words: String,
        /// The limit by itself.
        limit: String,
    },
    #[error("a range is no limit")]
    Range,
    /// Two amounts with two units.
    #[error("a limit has one unit")]
    TwoUnits,
    /// A week: five working days, or seven days and nights.
    #[error("a week may be five working days or seven days")]
    Week,
    /// A month or a year, of which each has another length.
    #[error("months and years differ in length")]
    Month,
    /// A calendar day: until its end, or twenty-four hours.
    #[error("a calendar day may end at midnight or after twenty-four hours")]
    CalendarDay,
    /// 两个半天: half days, or two and a half.
    #[error("two times half a day, or two days and a half")]
    HalfDays,
    /// Minutes that are no thousandth of an hour.
    #[error("the minutes are no whole thousandth of an hour")]
    Minutes,
}

/// What a word behind the amount means.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Whole(LimitUnit, Wording),
    /// A sixtieth of an hour.
    Minute(LimitUnit, Wording),
}

/// Every word for a unit; of two that begin alike the longer stands first.
const UNITS: [(&str, Unit); 32] = {
    use LimitUnit::{DeskHour, UrgentDay, UrgentHour, WorkDay, WorkHour};
    use Unit::{Minute, Whole};
    use Wording::{PlainDay, PlainHour, Said};
    [
        ("紧急工作小时", Whole(UrgentHour, Said)),
        ("紧急工作时", Whole(UrgentHour, Said)),
        ("紧急小时", Whole(UrgentHour, Said)),
        ("紧急分钟", Minute(UrgentHour, Said)),
        ("紧急工作日", Whole(UrgentDay, Said)),
        ("紧急工作天", Whole(UrgentDay, Said)),
        ("紧急天", Whole(UrgentDay, Said)),
        ("紧急日", Whole(UrgentDay, Said)),
        ("urgent_hour", Whole(UrgentHour, Said)),
        ("urgent_day", Whole(UrgentDay, Said)),
        ("值守工作时", Whole(DeskHour, Said)),
        ("值守小时", Whole(DeskHour, Said)),
        ("值守分钟", Minute(DeskHour, Said)),
        ("desk_hour", Whole(DeskHour, Said)),
        ("工作小时", Whole(WorkHour, Said)),
        ("工作时", Whole(WorkHour, Said)),
        ("工作分钟", Minute(WorkHour, Said)),
        ("工作日", Whole(WorkDay, Said)),
        ("工作天", Whole(WorkDay, Said)),
        ("work_hour", Whole(WorkHour, Said)),
        ("work_day", Whole(WorkDay, Said)),
        ("小时", Whole(WorkHour, PlainHour)),
        ("钟头", Whole(WorkHour, PlainHour)),
        ("分钟", Minute(WorkHour, PlainHour)),
        ("hours", Whole(WorkHour, PlainHour)),
        ("hour", Whole(WorkHour, PlainHour)),
        ("h", Whole(WorkHour, PlainHour)),
        ("H", Whole(WorkHour, PlainHour)),
        ("days", Whole(WorkDay, PlainDay)),
        ("day", Whole(WorkDay, PlainDay)),
        ("天", Whole(WorkDay, PlainDay)),
        ("日", Whole(WorkDay, PlainDay)),
    ]
};

impl FromStr for LimitUnit {
    type Err = UnreadableLimit;

    fn from_str(text: &str) -> Result<Self, UnreadableLimit> {
        let text = text.trim();
        let known = UNITS.iter().find(|(word, _)| *word == text);
        match known {
            Some((_, Unit::Whole(unit, _))) => Ok(*unit),
            Some((_, Unit::Minute(..))) | None if text.is_empty() => Err(UnreadableLimit::NoUnit),
            Some((_, Unit::Minute(..))) | None => Err(UnreadableLimit::UnknownUnit),
        }
    }
}

/// Words behind an amount that leave a choice.
const VAGUE: [(&str, UnreadableLimit); 11] = [
    ("周", UnreadableLimit::Week),
    ("星期", UnreadableLimit::Week),
    ("礼拜", UnreadableLimit::Week),
    ("月", UnreadableLimit::Month),
    ("季度", UnreadableLimit::Month),
    ("年", UnreadableLimit::Month),
    ("自然日", UnreadableLimit::CalendarDay),
    ("自然天", UnreadableLimit::CalendarDay),
    ("日历日", UnreadableLimit::CalendarDay),
    ("日历天", UnreadableLimit::CalendarDay),
    ("昼夜", UnreadableLimit::CalendarDay),
];

/// What may stand in front of a limit and adds nothing: every limit is the longest time.
const AT_MOST: [&str; 5] = ["不超过", "最长", "最多", "限时", "限"];
/// What may follow a limit and adds nothing.
const WITHIN: [&str; 3] = ["内", "以内", "之内"];
/// What stands between the two ends of a range.
const BETWEEN: [char; 9] =
    ['至', '到', '或', '-', '~', '\u{FF0D}', '\u{FF5E}', '\u{2013}', '\u{2014}'];

pub(super) fn read(text: &str) -> Result<(TimeLimit, Wording), UnreadableLimit> {
    let text = text.trim();
    let text = AT_MOST.iter().find_map(|words| text.strip_prefix(words)).unwrap_or(text).trim();
    match front(text) {
        Ok((limit, wording, rest)) if rest.is_empty() || WITHIN.contains(&rest) => {
            Ok((limit, wording))
        }
        Ok((_, _, rest)) => Err(after(text, rest)),
        Err(UnreadableLimit::NoAmount) if !text.starts_with(is_of_an_amount) => Err(before(text)),
        Err(why) => Err(why),
    }
}

/// The limit that a text begins with, and what follows it.
fn front(text: &str) -> Result<(TimeLimit, Wording, &str), UnreadableLimit> {
    let (amount, rest) = amount(text)?;
    let (amount, rest, is_half_more) = match rest.strip_prefix('个').map(str::trim_start) {
        Some(rest) => match rest.strip_prefix('半') {
            Some(rest) => (amount + HALF, rest.trim_start(), true),
            None => (amount, rest, false),
        },
        None => (amount, rest, false),
    };
    if rest.is_empty() {
        return Err(UnreadableLimit::NoUnit);
    }
    if let Some((_, why)) = VAGUE.iter().find(|(word, _)| rest.starts_with(word)) {
        return Err(why.clone());
    }
    let unit = UNITS.iter().find_map(|(word, unit)| Some((*unit, rest.strip_prefix(word)?)));
    let Some((unit, rest)) = unit else {
        return Err(if rest.starts_with(BETWEEN) {
            UnreadableLimit::Range
        } else {
            UnreadableLimit::UnknownUnit
        });
    };
    let rest = rest.trim_start();
    let (amount, rest) = match rest.strip_prefix('半') {
        Some(rest) => (amount + HALF, rest.trim_start()),
        None => (amount, rest),
    };
    match unit {
        Unit::Whole(_, Wording::PlainDay) if is_half_more => Err(UnreadableLimit::HalfDays),
        Unit::Whole(unit, wording) => Ok((TimeLimit::new(amount, unit), wording, rest)),
        Unit::Minute(..) if amount % HOUR_MINUTES != 0 => Err(UnreadableLimit::Minutes),
        Unit::Minute(unit, wording) => {
            Ok((TimeLimit::new(amount / HOUR_MINUTES, unit), wording, rest))
        }
    }
}

/// What is wrong with a text that begins with a limit and goes on.
fn after(text: &str, rest: &str) -> UnreadableLimit {
    if rest.starts_with(BETWEEN) {
        return UnreadableLimit::Range;
    }
    if front(rest.trim_start_matches(['零', '又', '加'])).is_ok() {
        return UnreadableLimit::TwoUnits;
    }
    let limit = text.strip_suffix(rest).unwrap_or(text).trim();
    UnreadableLimit::WordsAfter { words: rest.to_owned(), limit: limit.to_owned() }
}

/// What is wrong with a text that does not begin with an amount.
fn before(text: &str) -> UnreadableLimit {
    let starts = text.char_indices().take(WORDS_CHARS_MAX).skip(1).map(|(at, _)| at);
    for (words, limit) in starts.filter_map(|at| text.split_at_checked(at)) {
        match front(limit) {
            Ok((_, _, rest)) if rest.is_empty() || WITHIN.contains(&rest) => {
                let (words, limit) = (words.trim().to_owned(), limit.to_owned());
                return UnreadableLimit::WordsBefore { words, limit };
            }
            Ok((_, _, rest)) => return after(limit, rest),
            Err(_) => {}
        }
    }
    UnreadableLimit::NoAmount
}

#[cfg(test)]
mod tests {
    use super::{LimitUnit, TimeLimit, UnreadableLimit, Wording};

    #[test]
    fn spellings_of_one_limit_are_one_limit() {
        use LimitUnit::{DeskHour, UrgentDay, UrgentHour, WorkDay, WorkHour};
        let table: [(&[&str], i64, LimitUnit); 12] = [
            (
                &[
                    "2工作日",
                    "2 工作日",
                    "2个工作日",
                    "两个工作日",
                    "二工作日",
                    "2工作日内",
                    "两天",
                    "2 天",
                    "2日以内",
                    "2 work_day",
                    "\u{FF12}工作日",
                    "2.0工作天",
                    "不超过两天",
                    "限 2 个工作日内",
                ],
                2_000,
                WorkDay,
            ),
            (
                &["1.5工作时", "1.5小时", "一个半小时", "1个半工作小时", "90分钟", "一小时半"],
                1_500,
                WorkHour,
            ),
            (&["2紧急工作时", "2个紧急工作时", "两紧急小时", "120紧急分钟"], 2_000, UrgentHour),
            (&["半天", "半个工作日", "0.5工作日", "半日"], 500, WorkDay),
            (&["半小时", "半个小时", "半个钟头", "30分钟", "0.5 work_hour"], 500, WorkHour),
            (&["三日", "3天", "三个工作日"], 3_000, WorkDay),
            (&["48小时", "四十八小时", "48个小时", "48h"], 48_000, WorkHour),
            (&["十五个工作日", "15工作日"], 15_000, WorkDay),
            (&["一百零五天", "105日"], 105_000, WorkDay),
            (&["两天半", "2.5工作日", "两个半工作日"], 2_500, WorkDay),
            (&["1.5 desk_hour", "1.5值守工作时", "一个半值守小时", "90值守分钟"], 1_500, DeskHour),
            (&["0.25 urgent_day", "0.25紧急日", "0.25紧急天"], 250, UrgentDay),
        ];
        for (spellings, thousandths, unit) in table {
            for text in spellings {
                assert_eq!(text.parse(), Ok(TimeLimit::new(thousandths, unit)), "{text}");
            }
        }
        assert_eq!("-1 work_day".parse(), Ok(TimeLimit::new(-1_000, WorkDay)));
    }

    #[test]
    fn a_spelling_says_whether_nights_count_or_leaves_it_open() {
        let wording = |text: &str| TimeLimit::spelt(text).unwrap().1;
        for text in ["2工作日", "2紧急工作时", "1 work_hour", "30工作分钟"] {
            assert_eq!(wording(text), Wording::Said, "{text}");
        }
        for text in ["24小时", "一个半小时", "30分钟", "24h"] {
            assert_eq!(wording(text), Wording::PlainHour, "{text}");
        }
        for text in ["两天", "半日"] {
            assert_eq!(wording(text), Wording::PlainDay, "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_limit_say_why() {
        use UnreadableLimit as Why;
        let before = |words: &str, limit: &str| Why::WordsBefore {
            words: words.to_owned(),
            limit: limit.to_owned(),
        };
        let after = |words: &str, limit: &str| Why::WordsAfter {
            words: words.to_owned(),
            limit: limit.to_owned(),
        };
        let table = [
            ("工作时", Why::NoAmount),
            ("立即", Why::NoAmount),
            ("", Why::NoAmount),
            ("1.工作日", Why::NoAmount),
            ("2", Why::NoUnit),
            ("两个", Why::NoUnit),
            ("1.2345工作时", Why::Amount),
            ("99999999999999999999工作日", Why::Amount),
            ("2刻", Why::UnknownUnit),
            ("1-2工作日", Why::Range),
            ("3至5天", Why::Range),
            ("3天-5天", Why::Range),
            ("1天4小时", Why::TwoUnits),
            ("1小时30分钟", Why::TwoUnits),
            ("1周", Why::Week),
            ("一个星期", Why::Week),
            ("1个月", Why::Month),
            ("3自然日", Why::CalendarDay),
            ("3个自然日", Why::CalendarDay),
            ("两个半天", Why::HalfDays),
            ("20分钟", Why::Minutes),
            ("种植季节15工作日", before("种植季节", "15工作日")),
            ("夜间 24小时内", before("夜间", "24小时内")),
            ("1紧急工作时制止", after("制止", "1紧急工作时")),
            ("1小时制止", after("制止", "1小时")),
            ("立即1小时制止", after("制止", "1小时")),
        ];
        for (text, why) in table {
            assert_eq!(text.parse::<TimeLimit>(), Err(why), "{text}");
        }
    }
}
