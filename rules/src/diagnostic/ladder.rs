//! What can be wrong with the escalation ladders. Codes R0601–R0608.

use super::{Diagnostic, Page, Text};
use crate::source::Spot;

impl Diagnostic {
    /// A step without exactly one trigger.
    pub(crate) fn one_trigger(spot: &Spot, known: &[&str]) -> Diagnostic {
        let known = known.join(" ");
        let message = Text::new("每步须有且只有一种触发", "a step has exactly one trigger");
        Diagnostic::error("R0601", spot, message)
            .label(Text::new("触发不是一种", "not exactly one trigger"))
            .help(Text::new(format!("在 {known} 中只留一个"), format!("keep one of {known}")))
    }

    /// `at_least` by itself.
    pub(crate) fn at_least_alone(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "at_least 只能与 overdue_percent 同用",
            "`at_least` goes with `overdue_percent` only",
        );
        Diagnostic::error("R0602", spot, message)
            .label(Text::new("没有 overdue_percent", "without `overdue_percent`"))
            .help(Text::new(
                "加上 overdue_percent,或把 at_least 改为 after_due",
                "add `overdue_percent`, or make it `after_due`",
            ))
    }

    /// Unknown light.
    pub(crate) fn unknown_light(spot: &Spot, found: &str) -> Diagnostic {
        let message =
            Text::new(format!("未知的灯色 `{found}`"), format!("unknown light `{found}`"));
        Diagnostic::error("R0603", spot, message)
            .label(Text::new("没有这种灯", "no such light"))
            .help(Text::new("写 green(绿)、yellow(黄)或 red(红)", "write green, yellow or red"))
    }

    /// A supervision level out of range.
    pub(crate) fn level_range(spot: &Spot, found: i64) -> Diagnostic {
        let message = Text::new(
            format!("督办级别 {found} 超出 0–3"),
            format!("the supervision level {found} is not between 0 and 3"),
        );
        Diagnostic::error("R0604", spot, message).label(Text::new("超出范围", "out of range")).help(
            Text::new(
                "写 1、2、3,或不写(只提醒)",
                "write 1, 2 or 3, or leave it out for a notice alone",
            ),
        )
    }

    /// A ladder with two steps of one name.
    pub(crate) fn ladder_step_twice(spot: &Spot, code: &str) -> Diagnostic {
        let message =
            Text::new(format!("步骤 `{code}` 重复"), format!("step `{code}` appears twice"));
        Diagnostic::error("R0605", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("为其中一个另取名称", "give one of them another name"))
    }

    /// A ladder that goes down.
    pub(crate) fn ladder_descends(spot: &Spot, level: u8, highest: u8) -> Diagnostic {
        let message = Text::new(
            format!("{level} 级督办排在 {highest} 级之后"),
            format!("level {level} stands after level {highest}"),
        );
        Diagnostic::warning("R0606", spot, message)
            .label(Text::new("级别下降", "goes down"))
            .help(Text::new("按级别由低到高排列", "put the levels in ascending order"))
    }

    /// A ladder without a step at the end of the limit.
    pub(crate) fn ladder_end_untold(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "到期(percent = 100)时没有督办",
            "nothing is supervised when the limit is reached (percent = 100)",
        );
        Diagnostic::warning("R0607", spot, message)
            .label(Text::new("缺少到期督办", "no step at 100 %"))
            .help(Text::new(
                "加上 percent = 100、level = 1 的步骤",
                "add a step with percent = 100 and level = 1",
            ))
    }

    /// A number of reworks out of range.
    pub(crate) fn rework_times(spot: &Spot, found: i64) -> Diagnostic {
        let message = Text::new(
            format!("返工次数 {found} 超出 1–100"),
            format!("the number of reworks {found} is not between 1 and 100"),
        );
        Diagnostic::error("R0608", spot, message).label(Text::new("超出范围", "out of range")).help(
            Text::new(
                "写如 times = 2,表示第二次返工",
                "write for example times = 2 for the second rework",
            ),
        )
    }
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0601",
        (
            "触发不是一种",
            "一步可以是用去时限的份额(percent)、超期的份额(overdue_percent,可加 at_least)、派遣后多久(after_start)或超期多久(after_due),只能写一种。",
        ),
        (
            "a step without exactly one trigger",
            "A step is reached at a share of the limit (`percent`), at a share overdue (`overdue_percent`, with `at_least` if you like), so long after dispatch (`after_start`) or so long overdue (`after_due`): one of them.",
        ),
    ),
    Page::new(
        "R0602",
        ("at_least 单独出现", "at_least 是超期份额的下限:两者取较晚的时刻。"),
        (
            "`at_least` by itself",
            "`at_least` bounds a share overdue from below: the later of both instants counts.",
        ),
    ),
    Page::new(
        "R0603",
        ("未知的灯色", "案件的灯有三种:绿(时间充足)、黄(将到期)、红(已超期)。"),
        (
            "unknown light",
            "A case has three lights: green (time enough), yellow (nearly due), red (overdue).",
        ),
    ),
    Page::new(
        "R0604",
        ("督办级别超出范围", "督办分一级、二级、三级;0 或不写表示只提醒,不生成督办单。"),
        (
            "a supervision level out of range",
            "There are three levels of supervision; 0 or none is a notice without a supervision order.",
        ),
    ),
    Page::new(
        "R0605",
        ("阶梯步骤重复", "每步名称在同一阶梯中唯一:每个案件的每一步只决定一次,凭名称区分。"),
        (
            "a ladder with two steps of one name",
            "A name stands once in a ladder: for every case each step is decided once, and the name tells them apart.",
        ),
    ),
    Page::new(
        "R0606",
        ("督办级别下降", "阶梯由低到高;级别下降多半是顺序写错。"),
        (
            "a ladder that goes down",
            "Levels ascend; one that goes down is most often out of order.",
        ),
    ),
    Page::new(
        "R0607",
        ("到期没有督办", "通常在时限用完时即为一级督办;没有这一步,超期的案件可能无人过问。"),
        (
            "a ladder without a step at the end of the limit",
            "Usually level 1 begins when the limit is used up; without that step an overdue case may go unnoticed.",
        ),
    ),
    Page::new(
        "R0608",
        ("返工次数超出范围", "同一案件第几次返工即督办,默认第二次。"),
        (
            "a number of reworks out of range",
            "At which rework of one case supervision begins; the second by default.",
        ),
    ),
];
