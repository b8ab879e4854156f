//! What can be wrong with the order of a ladder's steps and with the templates they use (article 3). Codes R0510–R0529;
//! those about spans stand in [`limits`](super::limits).

use chrono::NaiveDateTime;

use super::{Diagnostic, Page, Text};
use crate::book::ladder::Step;
use crate::source::Spot;
use crate::vocabulary::{TemplateName, TimeLimit};

/// When the steps of a ladder are reached on one limit, by the local clock.
#[derive(Debug)]
pub(crate) struct Instants {
    /// The limit of the example.
    pub(crate) limit: TimeLimit,
    /// On how many limits of the handbook the fault shows.
    pub(crate) limits: usize,
    /// When the example begins.
    pub(crate) start: NaiveDateTime,
    /// When its limit is used up.
    pub(crate) due: NaiveDateTime,
    /// When the step is reached.
    pub(crate) step: NaiveDateTime,
    /// When the other step is reached.
    pub(crate) other: Option<NaiveDateTime>,
}

impl Instants {
    /// The example, told from its start: what comes when.
    fn told(&self, step: &Step, other: Option<&Step>) -> Text {
        let Instants { limit, limits, .. } = self;
        let other = other.zip(self.other).map(|(step, at)| (step.code.as_str(), at));
        let steps = [Some((step.code.as_str(), self.step)), other];
        let steps = steps.into_iter().flatten().map(|(code, at)| (code, code, at));
        let mut told: Vec<_> = [("到期", "due", self.due)].into_iter().chain(steps).collect();
        told.sort_by_key(|(_, _, at)| *at);
        let written = |at: NaiveDateTime| at.format("%m-%d %H:%M").to_string();
        let start = written(self.start);
        let told: Vec<_> = told.into_iter().map(|(zh, en, at)| (zh, en, written(at))).collect();
        let zh: Vec<String> = told.iter().map(|(zh, _, at)| format!("{zh} {at}")).collect();
        let en: Vec<String> = told.iter().map(|(_, en, at)| format!("{en} {at}")).collect();
        let (more_zh, more_en) = match limits {
            1 => (String::new(), String::new()),
            _ => (format!(",手册中共 {limits} 种时限如此"), format!("; so for {limits} limits")),
        };
        Text::new(
            format!("时限 {limit} 的案件 {start} 派遣:{}{more_zh}", zh.join(",")),
            format!("a case of {} dispatched at {start}: {}{more_en}", limit.key(), en.join(", ")),
        )
    }
}

impl Diagnostic {
    /// Supervision before the limit is used up.
    pub(crate) fn step_early(
        spot: &Spot,
        step: &Step,
        meant: Option<String>,
        at: &Instants,
    ) -> Diagnostic {
        let told = at.told(step, None);
        let (tell_zh, tell_en) = told_whom(step);
        let (zh, en) = named(step);
        let message = Text::new(
            format!("还没到期就启动{zh},告知{tell_zh};{}", told.zh),
            format!("{en} begins before the limit is used up and tells {tell_en}; {}", told.en),
        );
        let help = match meant {
            Some(meant) => Text::new(
                format!("percent 和 after_start 从派遣起算;到期以后的,写 {meant}"),
                format!(
                    "`percent` and `after_start` count from dispatch; after the end write {meant}"
                ),
            ),
            None => Text::new("改为到期或到期以后", "move it to the end of the limit or behind it"),
        };
        Diagnostic::error("R0514", spot, message)
            .label(Text::new("早于到期", "before the end"))
            .help(help)
    }

    /// A reminder when the limit is used up.
    pub(crate) fn reminder_late(spot: &Spot, step: &Step, at: &Instants) -> Diagnostic {
        let told = at.told(step, None);
        let message = Text::new(
            format!("`{}` 是到期前的提醒,却不早于到期;{}", step.code, told.zh),
            format!("`{}` reminds of an end that it does not precede; {}", step.code, told.en),
        );
        Diagnostic::warning("R0515", spot, message)
            .label(Text::new("不早于到期", "not before the end"))
            .help(Text::new(
                "写小于 100 的 percent,或更短的 after_start;到期以后才告知的,灯色写 red",
                "write a `percent` below 100 or a shorter `after_start`; what is told afterwards has a red light",
            ))
    }

    /// A level at the instant of the next one or after it.
    pub(crate) fn levels_turned(
        spot: &Spot,
        [lower, higher]: [&Step; 2],
        at: &Instants,
    ) -> Diagnostic {
        let told = at.told(higher, Some(lower));
        let ((low_zh, low_en), (high_zh, high_en)) = (named(lower), named(higher));
        let message = Text::new(
            format!("{high_zh}不晚于{low_zh};{}", told.zh),
            format!("{high_en} does not come after {low_en}; {}", told.en),
        );
        Diagnostic::error("R0516", spot, message)
            .label(Text::new("级别高的应更晚", "the higher level comes later"))
            .help(Text::new(
                format!(
                    "把 `{}` 推后,或把 `{}` 提前;时限短的案件由 at_least 决定,也须逐级加长",
                    higher.code, lower.code
                ),
                format!(
                    "move `{}` back or `{}` forward; on short limits `at_least` decides and grows from level to level, too",
                    higher.code, lower.code
                ),
            ))
    }

    /// A reminder of what was not read at the warning or after it.
    pub(crate) fn reminders_turned(
        spot: &Spot,
        [unread, warning]: [&Step; 2],
        at: &Instants,
    ) -> Diagnostic {
        let told = at.told(unread, Some(warning));
        let message = Text::new(
            format!("未签收的催收 `{}` 不早于预警 `{}`;{}", unread.code, warning.code, told.zh),
            format!(
                "`{}` of what was not read does not precede the warning `{}`; {}",
                unread.code, warning.code, told.en
            ),
        );
        Diagnostic::warning("R0517", spot, message)
            .label(Text::new("不早于预警", "not before the warning"))
            .help(Text::new(
                "先催收,后预警:把它提前",
                "remind first and warn then: move it forward",
            ))
    }

    /// A template that is not made for a step.
    pub(crate) fn template_of_no_step(spot: &Spot, template: &TemplateName) -> Diagnostic {
        let message = Text::new(
            format!("模板 `{template}` 不是督办阶梯用的,会告知没有发生的事"),
            format!(
                "template `{template}` is not made for a ladder and would tell what did not happen"
            ),
        );
        Diagnostic::error("R0518", spot, message)
            .label(Text::new("另有用途", "made for something else"))
            .help(Text::new(
                "提醒写 reminder、reminder-urgent 或 warning,督办写 level-1、level-2、level-3,或写自拟的模板",
                "write reminder, reminder-urgent or warning, level-1, level-2 or level-3, or a template of your own",
            ))
    }

    /// A template whose words are those of another level.
    pub(crate) fn template_of_other_level(
        spot: &Spot,
        template: &TemplateName,
        level: u8,
    ) -> Diagnostic {
        let message = Text::new(
            format!("模板 `{template}` 的文字与{}不符", level_zh(level)),
            format!("the words of template `{template}` are not those of {}", level_en(level)),
        );
        Diagnostic::warning("R0519", spot, message)
            .label(Text::new("级别不同", "another level"))
            .help(Text::new(
                "改正 template 或 level,使通知的文字与督办级别一致",
                "mend `template` or `level`, so that the notice says what is done",
            ))
    }

    /// Rework that calls for supervision very late.
    pub(crate) fn rework_seldom(spot: &Spot, found: u32) -> Diagnostic {
        let message = Text::new(
            format!("第 {found} 次返工才督办,几乎不会发生"),
            format!("rework {found} of one case hardly ever happens"),
        );
        Diagnostic::warning("R0520", spot, message)
            .label(Text::new("是否多写了数字?", "a digit too many?"))
            .help(Text::new("通常写 times = 2", "times = 2 is usual"))
    }

    /// A look that counts from far away.
    pub(crate) fn metres_far(spot: &Spot, found: u32) -> Diagnostic {
        let message = Text::new(
            format!("离案件地点 {found} 米也算到了现场"),
            format!("a look from {found} metres away counts as one on site"),
        );
        Diagnostic::warning("R0521", spot, message)
            .label(Text::new("是否多写了数字?", "a digit too many?"))
            .help(Text::new("通常写 within_metres = 100", "within_metres = 100 is usual"))
    }
}

/// A step as people call it.
fn named(step: &Step) -> (String, String) {
    let code = &step.code;
    match step.level {
        0 => (format!("红灯 `{code}`"), format!("the red light `{code}`")),
        level => (format!("{} `{code}`", level_zh(level)), format!("{} `{code}`", level_en(level))),
    }
}

fn level_zh(level: u8) -> &'static str {
    match level {
        0 => "提醒",
        1 => "一级督办",
        2 => "二级督办",
        _ => "三级督办",
    }
}

fn level_en(level: u8) -> String {
    if level == 0 { "a reminder".to_owned() } else { format!("level {level}") }
}

/// Whom a step tells.
fn told_whom(step: &Step) -> (String, String) {
    let zh: Vec<&str> = step.tell.iter().map(|recipient| recipient.chinese()).collect();
    let en: Vec<&str> = step.tell.iter().map(|recipient| recipient.as_str()).collect();
    (zh.join("、"), en.join(", "))
}

/// The pages of these codes, those about spans included.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0510",
        (
            "没有写明夜间和节假日是否计时",
            "“4小时”可指 4 个工作小时,也可指不分昼夜的 4 小时。这里按工作时间计;写“4工作时”或“4紧急工作时”即明确。",
        ),
        (
            "nights and holidays, or not",
            "Four hours may be hours of the office or of the clock on the wall. They are taken as office hours here; write `4 work_hour` or `4 urgent_hour`.",
        ),
    ),
    Page::new(
        "R0511",
        (
            "时间过长",
            "中心各环节和督办单答复以分钟或小时计,通常不超过 3 个工作日;阶梯中的时间通常不超过 15 个工作日。更长的多半是多写了数字或写错了单位。",
        ),
        (
            "an unusually long span",
            "Stages of the centre and replies last minutes or hours, at most three working days; spans of a ladder at most fifteen. What is longer is most often a digit too many or a wrong unit.",
        ),
    ),
    Page::new(
        "R0512",
        (
            "百分比过大",
            "百分比是时限的份额,100 为到期。超过 500 多半是多写了数字,这一步很久都不会到。",
        ),
        (
            "an unusually large percentage",
            "A percentage is a share of the limit, 100 its end. Above 500 it is most often a digit too many, and the step is not reached for long.",
        ),
    ),
    Page::new(
        "R0513",
        ("紧急案件的时限更长", "urgent 是紧急案件的时限,应当不长于一般案件的 limit。"),
        (
            "urgent cases have more time",
            "`urgent` is the limit of urgent cases and should not exceed `limit`, that of all others.",
        ),
    ),
    Page::new(
        "R0514",
        (
            "还没到期就督办",
            "督办是因为超期:各级督办和红灯都在到期或到期以后。percent 是派遣以来用去的份额,overdue_percent 是超期的份额;把后者写成前者,领导会在案件到期之前收到督办。每一步都按手册中的每种时限核对。",
        ),
        (
            "supervision before the end",
            "A unit is supervised because it is late: every level, and the red light, comes at the end of the limit or behind it. `percent` is the share used since dispatch, `overdue_percent` the share overdue; written for the other it tells leaders of a case that is not late. Each step is placed on each limit of the handbook.",
        ),
    ),
    Page::new(
        "R0515",
        (
            "提醒不早于到期",
            "绿灯、黄灯的步骤提醒终端将要到期,须在到期之前。after_start 对时限短的案件可能晚于到期。每一步都按手册中的每种时限核对。",
        ),
        (
            "a reminder that is not before the end",
            "A step with a green or yellow light reminds of an end to come. A fixed `after_start` may lie behind the end of short limits. Each step is placed on each limit of the handbook.",
        ),
    ),
    Page::new(
        "R0516",
        (
            "督办级别的先后",
            "一级早于二级,二级早于三级,对手册中的每种时限都应如此。overdue_percent 随时限变长,at_least 和 after_due 不变,因此时限短时先后可能颠倒。",
        ),
        (
            "levels out of order",
            "Level 1 comes before level 2 and that before level 3, on every limit of the handbook. `overdue_percent` grows with the limit while `at_least` and `after_due` do not, so that on short limits they may change places.",
        ),
    ),
    Page::new(
        "R0517",
        ("催收不早于预警", "未签收的先催收,再预警将到期;两者同时或颠倒,终端会一次收到两条。"),
        (
            "a reminder that is not before the warning",
            "What was not read is reminded of first and warned of then; otherwise a unit gets both at once.",
        ),
    ),
    Page::new(
        "R0518",
        (
            "模板不是阶梯用的",
            "阶梯的步骤用 reminder、reminder-urgent、warning、level-1、level-2、level-3 或自拟的模板。程序在派遣、结案等时候用的模板说的是别的事:closed 会说案件已经办结。",
        ),
        (
            "a template that is not made for a step",
            "Steps use reminder, reminder-urgent, warning, level-1, level-2, level-3 or a template of your own. Those that the program uses for dispatch, closing and the like tell of something else: `closed` says that the case is done.",
        ),
    ),
    Page::new(
        "R0519",
        (
            "模板与级别不符",
            "level-1 的文字说的是一级督办,warning 说的是即将到期;用在别的级别上,收到的人会看错轻重。",
        ),
        (
            "a template of another level",
            "`level-1` speaks of level 1, `warning` of an end to come; on another level it misleads whoever reads it.",
        ),
    ),
    Page::new(
        "R0520",
        (
            "返工督办的次数",
            "同一案件第几次返工即督办,通常第二次。超过五次的案件极少,写得过大等于不督办。",
        ),
        (
            "rework that hardly ever happens",
            "At which rework of one case supervision begins, usually the second. Cases with more than five are very rare, so that a large number means never.",
        ),
    ),
    Page::new(
        "R0521",
        (
            "现场距离过大",
            "采集员核实、核查须在案件地点附近,通常 100 米之内;手机定位误差为几十米。距离过大,不到现场也能通过。",
        ),
        (
            "a look from far away",
            "A collector looks near the place of a case, usually within 100 metres; a handset is off by some dozens. With a large distance nobody need go there.",
        ),
    ),
];
