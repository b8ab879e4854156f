//! What can be wrong with the yearly notices of holidays.

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

/// What a year's notice lacks; festivals in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lacks {
    /// These festivals.
    Festivals(Vec<[String; 2]>),
    /// Where it is from.
    Source,
    /// Both.
    Both(Vec<[String; 2]>),
}

impl Lacks {
    fn words(&self) -> [String; 2] {
        const SOURCE: [&str; 2] = ["notice_url", "notice_url"];
        match self {
            Lacks::Source => SOURCE.map(str::to_owned),
            Lacks::Festivals(festivals) => joined(festivals),
            Lacks::Both(festivals) => {
                let [zh, en] = joined(festivals);
                let [source, source_en] = SOURCE;
                [format!("{zh}、{source}"), format!("{en}, {source_en}")]
            }
        }
    }
}

fn joined(festivals: &[[String; 2]]) -> [String; 2] {
    let words = |at: usize| festivals.iter().filter_map(move |both| both.get(at).cloned());
    [words(0).collect::<Vec<_>>().join("、"), words(1).collect::<Vec<_>>().join(", ")]
}

impl Diagnostic {
    /// Years without published holidays.
    pub(crate) fn year_unpublished(spot: &Spot, years: &[String; 2]) -> Diagnostic {
        let [zh, en] = years;
        let message = Text::new(
            format!("{zh} 年的放假安排尚未公布,只按周末计时"),
            format!("the holidays of {en} are not published: weekends only are counted"),
        );
        Diagnostic::warning("R0414", spot, message)
            .label(Text::new("未公布", "not published"))
            .help(Text::new("国务院通知发布后(通常在前一年 11 月)补入 holidays.csv,再重算未结案件", "add them to holidays.csv when the State Council has announced them (usually in November), then recalculate open cases"))
    }

    /// Years whose notice is there in part.
    pub(crate) fn year_in_part(spot: &Spot, years: &[String; 2], lacks: &Lacks) -> Diagnostic {
        let ([zh, en], [lacks_zh, lacks_en]) = (years, lacks.words());
        let message = Text::new(
            format!("{zh} 年的放假安排不全,还缺 {lacks_zh};时限仍按暂定计"),
            format!(
                "the holidays of {en} are there in part, without {lacks_en}: due instants stay provisional"
            ),
        );
        let help = match lacks {
            Lacks::Festivals(_) => Text::new(
                "按国务院通知补全放假和调休的日子;几个节日连着放的,名称写在一起,如 中秋节、国庆节",
                "complete days off and make-up days from the State Council's notice; festivals taken together share a name, such as 中秋节、国庆节",
            ),
            Lacks::Source => Text::new(
                "在 notice_url 一列写上通知的网址或文号,一年写一行即可",
                "write the notice's address or number under notice_url, in one row of the year at least",
            ),
            Lacks::Both(_) => Text::new(
                "按国务院通知补全放假和调休的日子,并在 notice_url 一列写上通知的网址或文号",
                "complete days off and make-up days from the State Council's notice, and write its address or number under notice_url",
            ),
        };
        Diagnostic::warning("R0414", spot, message)
            .label(Text::new("这一年不全", "not the whole year"))
            .help(help)
    }

    /// A notice that is not for the year of its date.
    pub(crate) fn notice_of_another_year(
        spot: &Spot,
        year: i32,
        date: NaiveDate,
        count: usize,
    ) -> Diagnostic {
        let (all_zh, all_en) = match count {
            1 => (String::new(), String::new()),
            _ => (format!(",共 {count} 处"), format!(", {count} times")),
        };
        let message = Text::new(
            format!("通知年份 {year} 与日期 {date} 对不上{all_zh}"),
            format!("the notice's year {year} does not fit the date {date}{all_en}"),
        );
        Diagnostic::warning("R0423", spot, message)
            .label(Text::new("与日期不符", "does not fit the date"))
            .help(Text::new(
                "检查年份;通知管当年的日子和元旦前后的几天",
                "look at both years: a notice is for days of its year and a few around New Year",
            ))
    }

    /// A holiday without a name.
    pub(crate) fn holiday_without_name(spot: &Spot, date: NaiveDate) -> Diagnostic {
        let message = Text::new(
            format!("{date} 没有写节日名称"),
            format!("{date} has no name of its holiday"),
        );
        Diagnostic::warning("R0434", spot, message).label(Text::new("空着", "blank")).help(
            Text::new(
                "写上节日名称,如 国庆节;时限明细要写明不计这一天的缘由",
                "write the holiday's name, such as 国庆节: accounts give it as the reason for the day",
            ),
        )
    }

    /// A break longer than any there was.
    pub(crate) fn length_of_break(spot: &Spot, first: NaiveDate, days: usize) -> Diagnostic {
        let message = Text::new(
            format!("从 {first} 起连放 {days} 天假,比历年最长的假还长"),
            format!("{days} days off on end from {first}: longer than any break there was"),
        );
        Diagnostic::warning("R0435", spot, message)
            .label(Text::new(format!("连放 {days} 天"), format!("{days} days on end")))
            .help(Text::new(
                "检查是否多拖了几行,或漏写了调休上班(work)的日子;本县自行停办写进 calendar.toml 的 [[closure]]",
                "look for rows filled in by dragging, or a make-up day (work) left out; a closure of the county's own belongs in [[closure]] of calendar.toml",
            ))
    }
}
