//! What can be wrong with the stages, and with any step that has a limit, a percentage or
//! recipients. Codes R0501–R0509.

use super::{Diagnostic, Page, Text};
use crate::source::Spot;

impl Diagnostic {
    /// A stage with two steps of one name.
    pub(crate) fn stage_step_twice(spot: &Spot, code: &str) -> Diagnostic {
        let message = Text::new(
            format!("步骤 `{code}` 在同一环节中重复"),
            format!("step `{code}` appears twice in one stage"),
        );
        Diagnostic::error("R0501", spot, message).label(Text::new("重复", "again")).help(Text::new(
            "删去其中一个,或用 code 另取名称",
            "remove one of them, or give it a name with `code`",
        ))
    }

    /// A stage without steps.
    pub(crate) fn stage_without_steps(spot: &Spot) -> Diagnostic {
        let message = Text::new("这一环节没有任何提醒", "nobody is ever told about this stage");
        Diagnostic::warning("R0502", spot, message).label(Text::new("没有步骤", "no steps")).help(
            Text::new(
                "在 step 列表中至少写一步:percent = 100, tell = [\"duty-chief\"]",
                "list at least one under `step`: percent = 100, tell = [\"duty-chief\"]",
            ),
        )
    }

    /// A stage whose end is not told.
    pub(crate) fn stage_end_untold(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "这一环节到期(100 %)时无人得知",
            "nobody is told when the limit of this stage is reached",
        );
        Diagnostic::warning("R0503", spot, message)
            .label(Text::new("缺少 100 %", "100 % is missing"))
            .help(Text::new("加上 percent = 100 的步骤", "add a step with percent = 100"))
    }

    /// A limit of nothing or less.
    pub(crate) fn step_limit(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("时限 `{found}` 必须大于零"),
            format!("the time limit `{found}` must be more than nothing"),
        );
        Diagnostic::error("R0504", spot, message)
            .label(Text::new("大于零", "more than nothing"))
            .help(Text::new("写一个大于零的时限", "write a limit greater than zero"))
    }

    /// A percentage out of range.
    pub(crate) fn percent_range(spot: &Spot, found: i64) -> Diagnostic {
        let message = Text::new(
            format!("百分比 {found} 超出 1–10000"),
            format!("the percentage {found} is not between 1 and 10000"),
        );
        Diagnostic::error("R0505", spot, message).label(Text::new("超出范围", "out of range")).help(
            Text::new(
                "写 1 到 10000 之间的整数,如 75",
                "write a whole number from 1 to 10000, such as 75",
            ),
        )
    }

    /// A step that tells nobody.
    pub(crate) fn nobody_told(spot: &Spot) -> Diagnostic {
        let message = Text::new("没有写明告知谁", "nobody is told");
        Diagnostic::error("R0506", spot, message)
            .label(Text::new("缺少 tell", "`tell` is empty or missing"))
            .help(Text::new(
                "补上如 tell = [\"duty-chief\"]",
                "add for example tell = [\"duty-chief\"]",
            ))
    }

    /// A recipient listed twice.
    pub(crate) fn told_twice(spot: &Spot, found: &str) -> Diagnostic {
        let message =
            Text::new(format!("接收人 `{found}` 重复"), format!("`{found}` is listed twice"));
        Diagnostic::warning("R0507", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("删去其中一个", "remove one of them"))
    }

    /// Too many steps.
    pub(crate) fn too_many_steps(spot: &Spot, most: usize) -> Diagnostic {
        let message = Text::new(format!("步骤超过 {most} 个"), format!("more than {most} steps"));
        Diagnostic::error("R0508", spot, message)
            .label(Text::new("从这一步起未读取", "not read from here on"))
            .help(Text::new("合并或删去多余的步骤", "make some of them one, or remove them"))
    }

    /// A distance on site out of range.
    pub(crate) fn metres_range(spot: &Spot, found: i64) -> Diagnostic {
        let message = Text::new(
            format!("现场距离 {found} 米超出 1–5000"),
            format!("the distance on site of {found} metres is not between 1 and 5000"),
        );
        Diagnostic::error("R0509", spot, message).label(Text::new("超出范围", "out of range")).help(
            Text::new(
                "写 1 到 5000 之间的整数,通常为 100",
                "write a whole number from 1 to 5000; 100 is usual",
            ),
        )
    }
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0501",
        ("环节步骤重复", "同一环节的每个步骤名称不同;不写 code 时以百分比为名。"),
        (
            "a stage with two steps of one name",
            "The steps of a stage have different names; without `code` a step is named after its percentage.",
        ),
    ),
    Page::new(
        "R0502",
        ("环节没有步骤", "没有步骤,时限用完也无人知道,案件会停在这一环节。"),
        ("a stage without steps", "Without steps nobody learns that its limit ran out."),
    ),
    Page::new(
        "R0503",
        ("环节到期无人得知", "每个环节通常有一个 percent = 100 的步骤,到期即告知。"),
        (
            "a stage whose end is not told",
            "A stage usually has a step with percent = 100, which tells that its limit is used up.",
        ),
    ),
    Page::new(
        "R0504",
        ("时限不大于零", "零或负的时限一开始就已到期,多半是笔误。"),
        (
            "a limit of nothing or less",
            "A limit of zero or less is used up before it begins; most often it is a slip of the pen.",
        ),
    ),
    Page::new(
        "R0505",
        ("百分比超出范围", "百分比是时限已用去的份额,100 为到期,200 为超期一倍。"),
        (
            "a percentage out of range",
            "A percentage is the share of the limit that is used up: 100 is due, 200 is overdue by as much again.",
        ),
    ),
    Page::new(
        "R0506",
        ("没有接收人", "每个步骤都要用 tell 列出至少一种身份,否则步骤到了也无人得知。"),
        (
            "a step that tells nobody",
            "Every step lists at least one capacity under `tell`, for otherwise nobody learns of it.",
        ),
    ),
    Page::new(
        "R0507",
        ("接收人重复", "同一步骤中每种身份只需写一次,多写不会多发。"),
        (
            "a recipient listed twice",
            "A capacity needs to be listed once; twice does not tell it twice.",
        ),
    ),
    Page::new(
        "R0508",
        ("步骤过多", "一个环节或一架阶梯最多 16 个步骤,其余不读。"),
        ("too many steps", "A stage or a ladder has at most 16 steps; the rest is not read."),
    ),
    Page::new(
        "R0509",
        (
            "现场距离超出范围",
            "采集员核实、核查须在离案件地点 within_metres 米之内,更远的不算;手机定位误差可达数十米,不宜太小。",
        ),
        (
            "a distance on site out of range",
            "A collector's look counts within this many metres of the case; a handset may be off by some dozens, so a very small distance refuses honest looks.",
        ),
    ),
];
