//! What can be wrong with time limits, in the handbook and in other files. Codes R0012, R0108–R0110, R0118, R0119, R0121,
//! R0510–R0513.

use super::{Diagnostic, Text};
use crate::source::Spot;
use crate::vocabulary::{TimeLimit, UnreadableLimit};

/// How many limits of a table leave open what they count.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Unsaid {
    /// Those of plain hours.
    pub(crate) hours: usize,
    /// Those of plain days.
    pub(crate) days: usize,
}

impl Diagnostic {
    /// The limit is blank.
    pub(crate) fn no_limit(spot: &Spot) -> Diagnostic {
        let message = Text::new("处置时限为空", "the time limit is blank");
        Diagnostic::error("R0108", spot, message)
            .label(Text::new("应有时限", "a limit is needed"))
            .help(Text::new(
                "逐行填写时限;合并单元格不能沿用上一行的时限",
                "write the limit in each row; it is never taken from the row above",
            ))
    }

    /// The limit is zero or less.
    pub(crate) fn limit_not_positive(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("处置时限 `{found}` 必须大于零"),
            format!("the time limit `{found}` must be more than zero"),
        );
        Diagnostic::error("R0109", spot, message)
            .label(Text::new("大于零", "more than zero"))
            .help(Text::new(
                "立即处置的写最短可行的时限,例如“1紧急工作时”",
                "for work at once write the shortest limit that can be kept, such as `1 urgent_hour`",
            ))
    }

    /// A limit of the handbook that cannot be read.
    pub(crate) fn handbook_limit(spot: &Spot, found: &str, why: &UnreadableLimit) -> Diagnostic {
        let reason = reason(why);
        let message = Text::new(
            format!("处置时限 `{found}` 无法识别:{}", reason.zh),
            format!("cannot read the time limit `{found}`: {}", reason.en),
        );
        Diagnostic::error("R0110", spot, message).label(reason).help(way_out(why))
    }

    /// A time limit in a TOML file that cannot be read.
    pub(crate) fn limit_text(spot: &Spot, found: &str, why: &UnreadableLimit) -> Diagnostic {
        let reason = reason(why);
        let message = Text::new(
            format!("时限 `{found}` 无法识别:{}", reason.zh),
            format!("cannot read the time limit `{found}`: {}", reason.en),
        );
        let help = match why {
            UnreadableLimit::NoAmount
            | UnreadableLimit::Amount
            | UnreadableLimit::NoUnit
            | UnreadableLimit::UnknownUnit => Text::new(
                "写成如 \"0.5 work_hour\"、\"2紧急工作时\"、\"1.5工作时\"、\"3工作日\"",
                "write for example \"0.5 work_hour\", \"2 urgent_hour\" or \"3 work_day\"",
            ),
            UnreadableLimit::WordsBefore { .. }
            | UnreadableLimit::WordsAfter { .. }
            | UnreadableLimit::Range
            | UnreadableLimit::TwoUnits
            | UnreadableLimit::Week
            | UnreadableLimit::Month
            | UnreadableLimit::CalendarDay
            | UnreadableLimit::HalfDays
            | UnreadableLimit::Minutes => way_out(why),
        };
        Diagnostic::error("R0012", spot, message).label(reason).help(help)
    }

    /// Limits of the handbook that leave open whether nights and holidays count; told once, at the first.
    pub(crate) fn limits_unsaid(
        spot: &Spot,
        found: &str,
        read: TimeLimit,
        unsaid: Unsaid,
    ) -> Diagnostic {
        let (what_zh, what_en, lines) = match (unsaid.hours, unsaid.days) {
            (hours, 0) => {
                (format!("{hours} 处时限只写“小时”或“分钟”"), "hours", "hours = \"work\"")
            }
            (0, days) => (format!("{days} 处时限只写“天”或“日”"), "days", "days = \"work\""),
            (hours, days) => (
                format!("{hours} 处时限只写“小时”或“分钟”,{days} 处只写“天”或“日”"),
                "hours and days",
                "hours = \"work\" 和 days = \"work\"",
            ),
        };
        let count = unsaid.hours + unsaid.days;
        let urgent = TimeLimit::new(read.thousandths(), read.unit().urgent());
        let message = Text::new(
            format!(
                "有 {what_zh},没有写明夜间和节假日是否计时;现在都按工作时间计,`{found}` 即 {read}"
            ),
            format!(
                "{count} limits of plain {what_en} do not say whether nights and holidays count; all are taken as office hours, `{found}` as {}",
                read.key()
            ),
        );
        Diagnostic::warning("R0118", spot, message)
            .label(Text::new("第一处", "the first of them"))
            .help(Text::new(
                format!(
                    "只计工作时间的,在 handbook.toml 写 {lines};不分昼夜连续计时的,把 work 写成 urgent(`{found}` 即 {urgent});各格不同的,逐格写明“{read}”或“{urgent}”"
                ),
                format!(
                    "in handbook.toml write {} for office hours, or \"urgent\" instead of \"work\" for every hour of day and night; or write `{}` or `{}` in each cell",
                    lines.replace("和", "and"),
                    read.key(),
                    urgent.key()
                ),
            ))
    }

    /// A limit longer than any that is known.
    pub(crate) fn limit_longest(spot: &Spot, limit: TimeLimit, longest: TimeLimit) -> Diagnostic {
        let message = Text::new(
            format!("处置时限 {limit} 过长,通常最长为 {longest}"),
            format!(
                "a limit of {} is unusually long; the longest is {}",
                limit.key(),
                longest.key()
            ),
        );
        Diagnostic::warning("R0119", spot, message)
            .label(Text::new("是否多写了数字?", "a digit too many?"))
            .help(Text::new(
                format!("改正时限;确实这么长的,在 handbook.toml 写 longest = \"{limit}\""),
                format!(
                    "mend the limit; if it is meant, write longest = \"{}\" in handbook.toml",
                    limit.key()
                ),
            ))
    }

    /// A word for what plain hours or days count that is none.
    pub(crate) fn unknown_counting(spot: &Spot, key: &str, found: &str) -> Diagnostic {
        let message =
            Text::new(format!("`{key}` 不能写 `{found}`"), format!("`{key}` cannot be `{found}`"));
        Diagnostic::error("R0121", spot, message)
            .label(Text::new("work 或 urgent", "work or urgent"))
            .help(Text::new(
                "只计工作时间写 \"work\",不分昼夜连续计时写 \"urgent\"",
                "write \"work\" for office hours, \"urgent\" for every hour of day and night",
            ))
    }

    /// A limit of a stage or a ladder that leaves open whether nights and holidays count.
    pub(crate) fn span_unsaid(spot: &Spot, found: &str, read: TimeLimit) -> Diagnostic {
        let urgent = TimeLimit::new(read.thousandths(), read.unit().urgent());
        let message = Text::new(
            format!("`{found}` 没有写明夜间和节假日是否计时,现在按 {read} 计"),
            format!(
                "`{found}` does not say whether nights and holidays count; it is taken as {}",
                read.key()
            ),
        );
        Diagnostic::warning("R0510", spot, message)
            .label(Text::new("工作时间,还是连续计时?", "office hours, or every hour?"))
            .help(Text::new(
                format!("写明 \"{read}\" 或 \"{urgent}\""),
                format!("write \"{}\" or \"{}\"", read.key(), urgent.key()),
            ))
    }

    /// A span of a stage or a ladder longer than any that is known.
    pub(crate) fn span_longest(spot: &Spot, limit: TimeLimit, longest: TimeLimit) -> Diagnostic {
        let message = Text::new(
            format!("{limit} 过长,这里通常不超过 {longest}"),
            format!("{} is unusually long; here it is at most {}", limit.key(), longest.key()),
        );
        Diagnostic::warning("R0511", spot, message)
            .label(Text::new("是否多写了数字?", "a digit too many?"))
            .help(Text::new(
                "检查数字和单位;确实这么长的,可以不改",
                "look at amount and unit; if it is meant, leave it",
            ))
    }

    /// A share far beyond the limit.
    pub(crate) fn percent_far(spot: &Spot, found: u32, most: u32) -> Diagnostic {
        let message = Text::new(
            format!("百分比 {found} 过大,通常不超过 {most}"),
            format!("a percentage of {found} is unusually large; it is at most {most}"),
        );
        Diagnostic::warning("R0512", spot, message)
            .label(Text::new("是否多写了数字?", "a digit too many?"))
            .help(Text::new(
                "100 即时限的全长,四分之三写 75,两倍写 200",
                "100 is the whole length of the limit, 75 three quarters of it, 200 twice its length",
            ))
    }

    /// An urgent case has more time than any other.
    pub(crate) fn urgent_longer(spot: &Spot, urgent: TimeLimit, limit: TimeLimit) -> Diagnostic {
        let message = Text::new(
            format!("紧急案件的时限 {urgent} 比一般案件的 {limit} 还长"),
            format!("urgent cases have {}, others only {}", urgent.key(), limit.key()),
        );
        Diagnostic::warning("R0513", spot, message).label(Text::new("更长", "longer")).help(
            Text::new(
                "检查 limit 和 urgent 是否写反,单位是否写错",
                "look whether `limit` and `urgent` were exchanged, or a unit is wrong",
            ),
        )
    }
}

/// Why a text is no limit, in a few words.
fn reason(why: &UnreadableLimit) -> Text {
    match why {
        UnreadableLimit::NoAmount => Text::new("缺少数量", "no amount in front"),
        UnreadableLimit::Amount => Text::new(
            "数量过大或小数超过三位",
            "the amount is too large or has more than three decimals",
        ),
        UnreadableLimit::NoUnit => Text::new("缺少单位", "no unit"),
        UnreadableLimit::UnknownUnit => Text::new("未知的单位", "unknown unit"),
        UnreadableLimit::WordsBefore { words, .. } => Text::new(
            format!("数量前多了“{words}”"),
            format!("`{words}` stands in front of the amount"),
        ),
        UnreadableLimit::WordsAfter { words, .. } => {
            Text::new(format!("单位后多了“{words}”"), format!("`{words}` follows the unit"))
        }
        UnreadableLimit::Range => Text::new("时限不能是一个范围", "a range is no limit"),
        UnreadableLimit::TwoUnits => Text::new("时限只能有一个单位", "a limit has one unit"),
        UnreadableLimit::Week => Text::new(
            "一周可指 5 个工作日,也可指连续 7 天",
            "a week may be five working days or seven days and nights",
        ),
        UnreadableLimit::Month => {
            Text::new("月、季度和年长短不一", "months and years differ in length")
        }
        UnreadableLimit::CalendarDay => Text::new(
            "自然日可指到当天 24 时,也可指满 24 小时",
            "a calendar day may end at midnight or after twenty-four hours",
        ),
        UnreadableLimit::HalfDays => Text::new(
            "可指几个半天,也可指几天再加半天",
            "this may be so many half days, or so many days and a half",
        ),
        UnreadableLimit::Minutes => Text::new(
            "这个分钟数不能准确化为小时(须为 3 的倍数)",
            "minutes count in threes: a limit is exact to a thousandth of an hour",
        ),
    }
}

/// What to write instead.
fn way_out(why: &UnreadableLimit) -> Text {
    match why {
        UnreadableLimit::NoAmount
        | UnreadableLimit::Amount
        | UnreadableLimit::NoUnit
        | UnreadableLimit::UnknownUnit => Text::new(
            "写成数量加单位:紧急工作时、紧急工作日、工作时、工作日,例如“1.5工作时”;立即处置的写“1紧急工作时”",
            "write an amount and urgent_hour, urgent_day, work_hour or work_day, e.g. `1.5 work_hour`; at once is `1 urgent_hour`",
        ),
        UnreadableLimit::WordsBefore { words, limit } => Text::new(
            format!(
                "这一格只写“{limit}”;“{words}”写入立案条件,时限因情形而异的,每种情形另立一个条件"
            ),
            format!(
                "write `{limit}` here and `{words}` into the filing condition; where limits differ, write a condition for each"
            ),
        ),
        UnreadableLimit::WordsAfter { words, limit } => Text::new(
            format!("这一格只写“{limit}”;“{words}”是处置要求,写入结案条件"),
            format!("write `{limit}` here; `{words}` belongs into the closing condition"),
        ),
        UnreadableLimit::Range => Text::new(
            "写最迟的一端,例如“3至5天”写“5工作日”;也可按情形分成几个条件",
            "write the far end, or a condition for each",
        ),
        UnreadableLimit::TwoUnits => Text::new(
            "合成一个单位,例如“1小时30分钟”写“1.5工作时”",
            "make it one unit, for example `1.5 work_hour`",
        ),
        UnreadableLimit::Week => Text::new(
            "一周写“5工作日”或“7紧急工作日”(不分昼夜连续计时)",
            "write `5 work_day` for a week, or `7 urgent_day` for seven days and nights",
        ),
        UnreadableLimit::Month => {
            Text::new("写成工作日,例如“15工作日”", "write working days, for example `15 work_day`")
        }
        UnreadableLimit::CalendarDay => Text::new(
            "按满 24 小时计的写“紧急工作日”,例如“3紧急工作日”;只计工作时间的写“工作日”",
            "write `urgent_day` for twenty-four hours each, `work_day` for office hours",
        ),
        UnreadableLimit::HalfDays => Text::new(
            "写成数字,例如“1工作日”或“2.5工作日”",
            "write it in digits, for example `1 work_day` or `2.5 work_day`",
        ),
        UnreadableLimit::Minutes => Text::new(
            "写 15、18、21、30、45 等,或写成小时",
            "write 15, 18, 21, 30 or 45 minutes, or hours",
        ),
    }
}
