//! What can be wrong with the weekend and with hours that differ by weekday.

use chrono::Weekday;

use crate::diagnostic::{Diagnostic, Lang, Text};
use crate::source::Spot;
use crate::vocabulary::weekday;

/// Days of the week, in Chinese and English.
fn weekdays(days: &[Weekday]) -> [String; 2] {
    let words = |lang| days.iter().map(|day| weekday(*day, lang)).collect::<Vec<_>>();
    [words(Lang::Zh).join("、"), words(Lang::En).join(", ")]
}

impl Diagnostic {
    /// No word about the weekend.
    pub(crate) fn no_weekend(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "没有写 weekend,一周七天都会算作工作日",
            "`weekend` is missing: all seven days would be worked",
        );
        Diagnostic::error("R0424", spot, message)
            .label(Text::new("缺 weekend", "no `weekend`"))
            .help(Text::new(
                "在文件开头写 weekend = [\"周六\", \"周日\"];确实天天上班,写 weekend = []",
                "write weekend = [\"Sat\", \"Sun\"] at the top; if every day is worked, weekend = []",
            ))
    }

    /// A weekend with days that are worked elsewhere.
    pub(crate) fn odd_weekend(spot: &Spot, weekend: &[Weekday]) -> Diagnostic {
        let [zh, en] = weekdays(weekend);
        let worked = 7_usize.saturating_sub(weekend.len());
        let message = Text::new(
            format!("weekend 是 {zh}:这些天全年不上班,每周只上 {worked} 天"),
            format!("`weekend` is {en}: never worked, which leaves {worked} days a week"),
        );
        Diagnostic::warning("R0425", spot, message)
            .label(Text::new("这天不上班?", "not worked?"))
            .help(Text::new(
                "weekend 写每周不上班的日子,一般是 [\"周六\", \"周日\"];确实如此可以不改",
                "`weekend` lists the days that are not worked, most often [\"Sat\", \"Sun\"]; if it is meant, leave it",
            ))
    }

    /// A weekday that appears twice.
    pub(crate) fn weekday_twice(spot: &Spot, day: Weekday) -> Diagnostic {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| weekday(day, lang));
        let message = Text::new(format!("{zh}写了两次"), format!("{en} appears twice"));
        Diagnostic::error("R0426", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("改成要写的那一天,或删去", "mend the day, or remove it"))
    }

    /// Hours for a weekday that is weekend.
    pub(crate) fn weekday_is_weekend(spot: &Spot, day: Weekday) -> Diagnostic {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| weekday(day, lang));
        let message = Text::new(
            format!("{zh}在 weekend 里,这些时段只在调休上班的{zh}起作用"),
            format!("{en} is in `weekend`: these hours hold on make-up days alone"),
        );
        Diagnostic::warning("R0427", spot, message)
            .label(Text::new("平时不上班", "not worked otherwise"))
            .help(Text::new(
                format!("每个{zh}都上班,从 weekend 中删去{zh};只为某一个调休日定时段,改用 [[day]]"),
                format!("if every {en} is worked, take it out of `weekend`; for one make-up day use [[day]]"),
            ))
    }

    /// A season that sets aside the hours of weekdays.
    pub(crate) fn season_without_weekdays(
        spot: &Spot,
        season: &str,
        aside: &[Weekday],
    ) -> Diagnostic {
        let [zh, en] = weekdays(aside);
        let message = Text::new(
            format!(
                "季节 `{season}` 没有为{zh}另写时段:季节期间{zh}与其他日子一样,平时为{zh}写的时段不起作用"
            ),
            format!(
                "season `{season}` has no hours of its own for {en}: within it these days are like the others"
            ),
        );
        Diagnostic::warning("R0433", spot, message)
            .label(Text::new("缺这几天的时段", "without these days"))
            .help(Text::new(
                "在这个季节下面加 [[season.weekday]],写上 day 和当季的 slots;与当季其他日子相同也照写一遍",
                "add [[season.weekday]] with `day` and `slots` below this season, also if they are those of its other days",
            ))
    }
}
