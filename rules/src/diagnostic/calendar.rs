//! What can be wrong with the calendar and its holidays. Codes R0401–R0449.

mod notices;
mod pages;
mod slips;
mod week;

use chrono::{Datelike, NaiveDate};

use super::{Diagnostic, Lang, Text};
use crate::source::Spot;
use crate::vocabulary::weekday;

pub(crate) use notices::Lacks;
pub(super) use pages::PAGES;

impl Diagnostic {
    /// A slot that cannot be read.
    pub(crate) fn slot_text(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("办公时段 `{found}` 无法识别"),
            format!("cannot read the slot `{found}`"),
        );
        Diagnostic::error("R0401", spot, message)
            .label(Text::new("应为起止时刻", "from and until"))
            .help(Text::new("写成如 \"08:30-12:00\";结束晚于开始,不跨过午夜", "write for example \"08:30-12:00\"; it ends after it starts and stays within the day"))
    }

    /// Slots that overlap.
    pub(crate) fn slots_out_of_order(spot: &Spot) -> Diagnostic {
        let message =
            Text::new("办公时段互相重叠或先后颠倒", "the slots overlap or stand out of order");
        Diagnostic::error("R0402", spot, message)
            .label(Text::new("重叠或颠倒", "overlapping or out of order"))
            .help(Text::new(
                "按先后排列,后一段不早于前一段结束",
                "put them in order, each starting when the one before has ended or later",
            ))
    }

    /// Unknown weekday.
    pub(crate) fn unknown_weekday(spot: &Spot, found: &str) -> Diagnostic {
        let message =
            Text::new(format!("未知的星期 `{found}`"), format!("unknown weekday `{found}`"));
        Diagnostic::error("R0403", spot, message)
            .label(Text::new("没有这一天", "no such day"))
            .help(Text::new(
                "写成 \"周六\"、\"星期日\" 或 \"Sat\"",
                "write \"Sat\", \"sunday\" or \"周六\"",
            ))
    }

    /// An offset that cannot be read.
    pub(crate) fn utc_offset(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("时差 `{found}` 无法识别"),
            format!("cannot read the offset `{found}`"),
        );
        Diagnostic::error("R0404", spot, message)
            .label(Text::new("应为如 +08:00", "such as +08:00"))
            .help(Text::new(
                "写成 \"+08:00\",范围 -14:00 到 +14:00",
                "write \"+08:00\", between -14:00 and +14:00",
            ))
    }

    /// A season's day that cannot be read.
    pub(crate) fn season_day(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("季节日期 `{found}` 无法识别"),
            format!("cannot read the day `{found}`"),
        );
        Diagnostic::error("R0405", spot, message)
            .label(Text::new("应为月-日或年-月-日", "month-day or year-month-day"))
            .help(Text::new(
                "每年有效写 \"06-01\",只当年有效写 \"2026-06-01\"",
                "write \"06-01\" for every year or \"2026-06-01\" for that one",
            ))
    }

    /// Ends of a season that do not fit.
    pub(crate) fn season_ends(spot: &Spot) -> Diagnostic {
        let message = Text::new("季节的起止日期不成对", "the season's two ends do not fit");
        Diagnostic::error("R0406", spot, message)
            .label(Text::new("与开始日期不符", "does not fit `from`"))
            .help(Text::new(
                "两端用同一种写法;写年份时结束不早于开始",
                "write both ends in one manner; with years, the end is not before the start",
            ))
    }

    /// Seasons that overlap.
    pub(crate) fn seasons_overlap(spot: &Spot, names: [&str; 2], date: NaiveDate) -> Diagnostic {
        let [one, other] = names;
        let message = Text::new(
            format!("季节 `{one}` 与 `{other}` 在 {date} 重叠"),
            format!("seasons `{one}` and `{other}` both hold on {date}"),
        );
        Diagnostic::error("R0407", spot, message)
            .label(Text::new("与另一季节重叠", "overlaps another season"))
            .help(Text::new(
                "改动起止日期,使每天只属于一个季节",
                "move an end so that a day has one season",
            ))
    }

    /// Working days of odd lengths.
    pub(crate) fn day_lengths(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "这里的每日工时与其他作息相差零碎,无法换算工作日",
            "this working day has no usable common measure with the others",
        );
        Diagnostic::error("R0408", spot, message)
            .label(Text::new("每日工时", "length of the day"))
            .help(Text::new(
                "把每日工时改为整刻钟或整半小时",
                "make its working day a whole number of quarter hours",
            ))
    }

    /// An empty calendar.
    pub(crate) fn empty_calendar(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "一周七天都是周末,没有工作日",
            "all seven days are weekend: nothing is ever worked",
        );
        Diagnostic::error("R0409", spot, message)
            .label(Text::new("没有工作日", "no working day"))
            .help(Text::new("至少留出一个工作日", "leave at least one day to work on"))
    }

    /// A date out of range.
    pub(crate) fn date_out_of_range(spot: &Spot, first: i32, last: i32) -> Diagnostic {
        let message = Text::new(
            format!("日期超出日历范围 {first}–{last} 年"),
            format!("the date is outside the years {first}–{last}"),
        );
        Diagnostic::error("R0410", spot, message)
            .label(Text::new("超出范围", "out of range"))
            .help(Text::new("检查年份是否写错", "look whether the year is misspelt"))
    }

    /// A closure that ends before it starts.
    pub(crate) fn closure_ends(spot: &Spot) -> Diagnostic {
        let message = Text::new("停办的结束日期早于开始日期", "the closure ends before it starts");
        Diagnostic::error("R0411", spot, message)
            .label(Text::new("早于开始", "before `from`"))
            .help(Text::new(
                "改正日期;只停一天可以不写 until",
                "mend the dates; one day needs no `until`",
            ))
    }

    /// A closure of days off.
    pub(crate) fn closed_anyway(spot: &Spot, (from, until): (NaiveDate, NaiveDate)) -> Diagnostic {
        let message = if from == until {
            Text::new(format!("{from} 本来就不上班"), format!("{from} is a day off anyway"))
        } else {
            Text::new(
                format!("{from} 至 {until} 本来就不上班"),
                format!("{from} to {until} are days off anyway"),
            )
        };
        Diagnostic::warning("R0412", spot, message)
            .label(Text::new("已是休息日", "a day off already"))
            .help(Text::new(
                "检查日期;无误则可删去",
                "look at the date; if it is right, the entry can go",
            ))
    }

    /// Years out of order.
    pub(crate) fn years_reversed(spot: &Spot) -> Diagnostic {
        let message = Text::new("last_year 早于 first_year", "`last_year` is before `first_year`");
        Diagnostic::error("R0413", spot, message)
            .label(Text::new("早于 first_year", "before `first_year`"))
            .help(Text::new("改正年份", "mend the years"))
    }

    /// A column of holidays is missing.
    pub(crate) fn holiday_columns(spot: &Spot, wanted: &[&str]) -> Diagnostic {
        let message = Text::new(
            format!("表头缺少列,应有 {}", wanted.join("、")),
            format!("the header lacks a column of {}", wanted.join(", ")),
        );
        Diagnostic::error("R0415", spot, message).label(Text::new("表头", "header")).help(
            Text::new(
                "第一行写 date,kind,name,notice_year",
                "let the first line be date,kind,name,notice_year",
            ),
        )
    }

    /// A holiday without all its fields.
    pub(crate) fn holiday_row(spot: &Spot) -> Diagnostic {
        let message = Text::new("这一行的列数不够", "the row has too few fields");
        Diagnostic::error("R0416", spot, message).label(Text::new("缺列", "too short")).help(
            Text::new(
                "补全 date,kind,name,notice_year",
                "fill in date, kind, name and notice_year",
            ),
        )
    }

    /// A holiday's date that cannot be read.
    pub(crate) fn holiday_date(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("日期 `{found}` 无法识别"),
            format!("cannot read the date `{found}`"),
        );
        Diagnostic::error("R0417", spot, message)
            .label(Text::new("应为年-月-日", "year-month-day"))
            .help(Text::new("写成 2026-02-15 或 2026/2/15", "write 2026-02-15 or 2026/2/15"))
    }

    /// Unknown kind of day.
    pub(crate) fn holiday_kind(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(format!("未知的种类 `{found}`"), format!("unknown kind `{found}`"));
        Diagnostic::error("R0418", spot, message)
            .label(Text::new("应为 off 或 work", "off or work"))
            .help(Text::new(
                "放假写 off,调休上班写 work",
                "write off for a day off, work for a make-up workday",
            ))
    }

    /// A notice's year that cannot be read.
    pub(crate) fn holiday_year(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("通知年份 `{found}` 无法识别"),
            format!("cannot read the notice's year `{found}`"),
        );
        Diagnostic::error("R0419", spot, message).label(Text::new("应为年份", "a year")).help(
            Text::new(
                "写放假通知所属的年份,如 2026",
                "write the year that the notice is for, such as 2026",
            ),
        )
    }

    /// A day that appears twice.
    pub(crate) fn holiday_twice(spot: &Spot, date: NaiveDate) -> Diagnostic {
        let message = Text::new(format!("{date} 出现两次"), format!("{date} appears twice"));
        Diagnostic::error("R0420", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("删去其中一行", "remove one of the rows"))
    }

    /// A make-up day that is worked anyway.
    pub(crate) fn made_up_weekday(spot: &Spot, date: NaiveDate) -> Diagnostic {
        let message = Text::new(
            format!("{date} 是平时的工作日,不需要调休"),
            format!("{date} is a working day anyway"),
        );
        Diagnostic::warning("R0421", spot, message)
            .label(Text::new("本来就上班", "worked anyway"))
            .help(Text::new("检查日期是否写错", "look whether the date is misspelt"))
    }

    /// Many make-up days on one weekday that is worked anyway.
    pub(crate) fn made_up_weekdays(spot: &Spot, first: NaiveDate, count: usize) -> Diagnostic {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| weekday(first.weekday(), lang));
        let message = Text::new(
            format!("{first} 等 {count} 个调休上班日是{zh},而{zh}平时就上班"),
            format!(
                "{first} and others, {count} make-up days in all, are a {en}, which is worked anyway"
            ),
        );
        Diagnostic::warning("R0421", spot, message)
            .label(Text::new("本来就上班", "worked anyway"))
            .help(Text::new(
                format!("看 calendar.toml 的 weekend 是否漏了 \"{zh}\""),
                format!("look whether `weekend` of calendar.toml lacks \"{en}\""),
            ))
    }

    /// Too many seasons or closures.
    pub(crate) fn calendar_too_many(spot: &Spot, most: usize) -> Diagnostic {
        let message = Text::new(format!("数量超过上限 {most}"), format!("more than {most}"));
        Diagnostic::error("R0422", spot, message)
            .label(Text::new("从这一项起未读取", "not read from here on"))
            .help(Text::new("合并或删去多余的项", "make some of them one, or remove them"))
    }
}
