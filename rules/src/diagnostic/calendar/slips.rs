//! Spans longer or shorter than any real one, and days with hours of their own: what is asked about.

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

/// So many minutes in words.
fn length(minutes: u32) -> [String; 2] {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, _) => [format!("{rest} 分钟"), format!("{rest} minutes")],
        (_, 0) => [format!("{hours} 小时"), format!("{hours} hours")],
        _ => [format!("{hours} 小时 {rest} 分"), format!("{hours} hours {rest} minutes")],
    }
}

/// So many minutes as a number of hours that a file can hold.
fn number(minutes: u32) -> String {
    let number = format!("{:.2}", f64::from(minutes) / 60.0);
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn closure((from, until): (NaiveDate, NaiveDate), days: usize) -> Text {
    Text::new(
        format!("停办 {from} 至 {until},共有 {days} 个工作日不计时"),
        format!("the closure from {from} to {until} takes away {days} working days"),
    )
}

impl Diagnostic {
    /// Local time of another country.
    pub(crate) fn offset_elsewhere(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("当地时间是 `{found}`,不是北京时间:所有时刻都按它换算"),
            format!("local time is `{found}`, not Beijing time: every instant is shown by it"),
        );
        Diagnostic::warning("R0436", spot, message)
            .label(Text::new("不是北京时间?", "not Beijing time?"))
            .help(Text::new(
                "全国各地都写 \"+08:00\",也可以不写;确在境外可以不改",
                "all of China writes \"+08:00\", or nothing; elsewhere, leave it",
            ))
    }

    /// A working day of a strange length.
    pub(crate) fn length_of_day(spot: &Spot, minutes: u32) -> Diagnostic {
        let ([zh, en], number) = (length(minutes), number(minutes));
        let message = Text::new(
            format!("办公时段一天共 {zh},与一般的工作日相差太多"),
            format!("the slots make a day of {en}, unlike any office"),
        );
        Diagnostic::warning("R0428", spot, message)
            .label(Text::new(format!("共 {zh}"), format!("{en} in all")))
            .help(Text::new(
                format!("检查时刻(24 小时制);确实如此,在 slots 下面写明 hours = {number}"),
                format!("look at the times (24-hour clock); if it is meant, write hours = {number} below the slots"),
            ))
    }

    /// Hours that do not add up to what is said beside them.
    pub(crate) fn hours_do_not_add_up(spot: &Spot, minutes: u32) -> Diagnostic {
        let ([zh, en], number) = (length(minutes), number(minutes));
        let message = Text::new(
            format!("hours 与时段不符:时段一天共 {zh}"),
            format!("`hours` does not fit the slots, which make a day of {en}"),
        );
        Diagnostic::warning("R0428", spot, message)
            .label(Text::new("与时段不符", "does not fit the slots"))
            .help(Text::new(
                format!("检查时刻;时段无误则写 hours = {number}"),
                format!("look at the times; if they are right, write hours = {number}"),
            ))
    }

    /// A closure of very many working days.
    pub(crate) fn length_of_closure(
        spot: &Spot,
        span: (NaiveDate, NaiveDate),
        days: usize,
    ) -> Diagnostic {
        Diagnostic::warning("R0429", spot, closure(span, days))
            .label(Text::new("停办这么久?", "closed so long?"))
            .help(Text::new(
                format!("检查年份和日期;确实如此,在这一项里写明 workdays = {days}"),
                format!("look at the years and days; if it is meant, write workdays = {days} in this entry"),
            ))
    }

    /// A closure that takes away other days than is said beside it.
    pub(crate) fn workdays_do_not_add_up(
        spot: &Spot,
        span: (NaiveDate, NaiveDate),
        days: usize,
    ) -> Diagnostic {
        Diagnostic::warning("R0429", spot, closure(span, days))
            .label(Text::new("与日期不符", "does not fit the days"))
            .help(Text::new(
                format!("检查日期;日期无误则写 workdays = {days}"),
                format!("look at the days; if they are right, write workdays = {days}"),
            ))
    }

    /// A season of most of the year.
    pub(crate) fn length_of_season(spot: &Spot, name: &str, days: i64) -> Diagnostic {
        let message = Text::new(
            format!("季节 `{name}` 长达 {days} 天,平时的作息几乎用不上"),
            format!("season `{name}` lasts {days} days and leaves little to the ordinary hours"),
        );
        Diagnostic::warning("R0430", spot, message)
            .label(Text::new(format!("{days} 天"), format!("{days} days")))
            .help(Text::new(
                "检查起止日期是否颠倒、年份是否写错;确实如此,把这一作息写成平时的 slots,另一段写成季节",
                "look whether the ends are swapped or a year is wrong; if it is meant, make these the ordinary slots and the rest of the year the season",
            ))
    }

    /// Hours for a day off.
    pub(crate) fn hours_of_a_day_off(spot: &Spot, date: NaiveDate) -> Diagnostic {
        let message = Text::new(
            format!("{date} 不上班,为它写的时段不起作用"),
            format!("{date} is a day off: its hours have no effect"),
        );
        Diagnostic::warning("R0431", spot, message)
            .label(Text::new("不上班", "a day off"))
            .help(Text::new(
                format!("检查日期;要上班,在 holidays.csv 为它写一行,如 {date},work"),
                format!("look at the date; if it is worked, give it a row in holidays.csv, such as {date},work"),
            ))
    }

    /// A day with hours that appears twice.
    pub(crate) fn hours_twice(spot: &Spot, date: NaiveDate) -> Diagnostic {
        let message =
            Text::new(format!("{date} 的时段写了两次"), format!("{date} is given hours twice"));
        Diagnostic::error("R0432", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("两处合为一处,或改正日期", "make them one, or mend the date"))
    }
}
