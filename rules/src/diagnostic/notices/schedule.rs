//! What can be wrong with the schedules of briefs.

use crate::book::notices::Days;
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

/// How often something comes, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) in_an_hour: u32,
    pub(crate) in_a_day: u32,
}

impl Diagnostic {
    /// A schedule that is no cron expression.
    pub(crate) fn schedule(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("发送时间 `{found}` 无法识别"),
            format!("cannot read the schedule `{found}`"),
        );
        Diagnostic::error("R0707", spot, message).label(ORDER.text()).help(EXAMPLES.text())
    }

    /// A field of a schedule that says nothing: what it is called, and what may stand there.
    pub(crate) fn schedule_field(
        spot: &Spot,
        found: &str,
        (zh, en, range): (&str, &str, &str),
    ) -> Diagnostic {
        let message = Text::new(
            format!("发送时间中的“{zh}” `{found}` 无法识别"),
            format!("cannot read the {en} `{found}` of the schedule"),
        );
        Diagnostic::error("R0707", spot, message)
            .label(Text::new(format!("{zh}:{range}"), format!("{en}: {range}")))
            .help(EXAMPLES.text())
    }

    /// Weekdays written as numbers: the days they are here, and elsewhere.
    pub(crate) fn weekday_by_number(
        spot: &Spot,
        found: &str,
        here: Option<&Days>,
        elsewhere: Option<&Days>,
    ) -> Diagnostic {
        let message = Text::new(
            format!("星期不能写数字 `{found}`:有的程序以 1 为周一,本程序旧版以 1 为周日"),
            format!(
                "weekdays are no numbers (`{found}`): 1 is Monday to some programs, and was Sunday to this one"
            ),
        );
        let meant = elsewhere.map(|days| Told { zh: "指的是", en: "for", days });
        let before = here.filter(|here| Some(*here) != elsewhere);
        let before = before.map(|days| Told { zh: "要照旧版的", en: "as before, for", days });
        let ways: Vec<Told<'_>> = meant.into_iter().chain(before).collect();
        let help = if ways.is_empty() {
            Text::new("写星期的名称,如 周一至周五 或 Mon-Fri", "write names, such as Mon-Fri")
        } else {
            let zh: Vec<String> = ways.iter().map(Told::chinese).collect();
            let en: Vec<String> = ways.iter().map(Told::english).collect();
            Text::new(zh.join(";"), en.join("; "))
        };
        Diagnostic::error("R0711", spot, message)
            .label(Text::new("改写星期的名称", "write the names of days"))
            .help(help)
    }

    /// A schedule of too few or too many fields, and what to write instead where that is plain.
    pub(crate) fn schedule_fields(spot: &Spot, n: usize, instead: Option<&str>) -> Diagnostic {
        let message = Text::new(
            format!("发送时间有 {n} 段,应为 6 段"),
            format!("the schedule has {n} fields and needs 6"),
        );
        let help = match (instead, n) {
            (Some(instead), _) => Text::new(
                format!("最前面缺“秒”,改为 \"{instead}\""),
                format!("seconds come first: write \"{instead}\""),
            ),
            (None, 7) => Text::new(
                "删去第 7 段(年):写了年份,到期后简报就不再发送",
                "leave out the seventh, the year: briefs would end with it",
            ),
            (None, _) => EXAMPLES.text(),
        };
        Diagnostic::error("R0712", spot, message).label(ORDER.text()).help(help)
    }

    /// A schedule whose day never comes.
    pub(crate) fn schedule_never(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("发送时间 `{found}` 永远不会到来"),
            format!("the schedule `{found}` never comes"),
        );
        Diagnostic::error("R0713", spot, message)
            .label(Text::new("没有这样的日子", "there is no such day"))
            .help(Text::new(
                "检查“日”和“月”:如 2 月没有 31 日;每天写 * * *,每月 1 日写 1 * *",
                "look at day and month, February has no 31st; each day is `* * *`, the first of each month `1 * *`",
            ))
    }

    /// A schedule that comes more often than once a minute.
    pub(crate) fn schedule_hasty(spot: &Spot, pace: Pace) -> Diagnostic {
        let Pace { in_an_hour, in_a_day } = pace;
        let message = Text::new(
            format!("简报一分钟内发送不止一次:一小时 {in_an_hour} 次,一天 {in_a_day} 次"),
            format!(
                "briefs go out more than once a minute: {in_an_hour} an hour, {in_a_day} a day"
            ),
        );
        Diagnostic::error("R0714", spot, message)
            .label(Text::new("第一段是秒", "the first field is the second"))
            .help(Text::new(
                "“秒”写 0;每天八点一次写 \"0 0 8 * * *\"",
                "write 0 for the second; once a day at eight is \"0 0 8 * * *\"",
            ))
    }

    /// A schedule that comes more often than once an hour.
    pub(crate) fn schedule_frequent(spot: &Spot, pace: Pace) -> Diagnostic {
        let Pace { in_an_hour, in_a_day } = pace;
        let message = Text::new(
            format!("简报一小时发送 {in_an_hour} 次,一天 {in_a_day} 次"),
            format!("briefs go out {in_an_hour} times an hour, {in_a_day} times a day"),
        );
        Diagnostic::warning("R0715", spot, message)
            .label(Text::new("第二段是分", "the second field is the minute"))
            .help(Text::new(
                "确需如此则不必改;每天八点一次,“分”写 0:\"0 0 8 * * *\"",
                "leave it if it is meant; once a day at eight has 0 for the minute: \"0 0 8 * * *\"",
            ))
    }
}

/// Days that may have been meant, and who reads a number so.
struct Told<'a> {
    zh: &'static str,
    en: &'static str,
    days: &'a Days,
}

impl Told<'_> {
    fn chinese(&self) -> String {
        let (zh, en) = (self.days.chinese(), self.days.english());
        format!("{}{zh},写 {zh} 或 {en}", self.zh)
    }

    fn english(&self) -> String {
        let (zh, en) = (self.days.chinese(), self.days.english());
        format!("{} {en} write {en} or {zh}", self.en)
    }
}

/// The same words in both languages.
struct Both(&'static str, &'static str);

impl Both {
    fn text(&self) -> Text {
        Text::new(self.0, self.1)
    }
}

const ORDER: Both = Both("秒 分 时 日 月 星期", "second minute hour day month weekday");
const EXAMPLES: Both = Both(
    "每天八点写 \"0 0 8 * * *\",周一至周五八点写 \"0 0 8 * * 周一至周五\"(或 Mon-Fri)",
    "daily at eight is \"0 0 8 * * *\", on weekdays \"0 0 8 * * Mon-Fri\"",
);
