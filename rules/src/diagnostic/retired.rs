//! Units that leave service while something still leads to them (articles 7 and 11). Codes R0924–R0926.

use super::{Diagnostic, Page, Text};
use crate::book::RuleBook;
use crate::source::Spot;
use crate::vocabulary::UnitId;

impl Diagnostic {
    /// A candidate is out of service, and another one is not.
    pub(crate) fn idle_candidate(
        spot: &Spot,
        unit: &UnitId,
        name: &str,
        times: usize,
    ) -> Diagnostic {
        let (all_zh, all_en) = match times {
            1 => (String::new(), String::new()),
            _ => (format!(",共 {times} 处"), format!(", {times} times")),
        };
        let message = Text::new(
            format!("候选单位 `{unit}`({name})已停用,案件只会派给同一条件的其余单位{all_zh}"),
            format!(
                "candidate `{unit}` ({name}) is out of service; the condition's cases go to its other units alone{all_en}"
            ),
        );
        Diagnostic::warning("R0924", spot, message)
            .label(Text::new("已停用", "out of service"))
            .help(Text::new(
                "从责任单位编码和责任单位两列中删去它,或在 units.toml 中改为 active = true",
                "remove it from the columns of units, or write active = true in units.toml",
            ))
    }

    /// A unit that `book` does not name, or names as out of service, still has `open` cases; none when all is well with
    /// it. Found by whoever knows the cases, when the rules come into force; its name is empty where nobody knows it.
    pub fn open_cases(
        book: &RuleBook,
        (unit, name): (&UnitId, &str),
        open: u64,
    ) -> Option<Diagnostic> {
        let spot = book.units.spot(unit);
        match book.units.get(unit) {
            Some(known) if known.active => None,
            Some(_) => Some(out_of_service(&spot, unit, name, open)),
            None => Some(gone(&spot, unit, name, open)),
        }
        .filter(|_| open > 0)
    }
}

fn gone(spot: &Spot, unit: &UnitId, name: &str, open: u64) -> Diagnostic {
    let (name_zh, name_en) = match name {
        "" => (String::new(), String::new()),
        _ => (format!("({name})"), format!(" ({name})")),
    };
    let message = Text::new(
        format!("units.toml 中没有了 `{unit}`{name_zh},它还有 {open} 件在办案件"),
        format!("units.toml has no `{unit}`{name_en} any more, which still has {open} open cases"),
    );
    Diagnostic::warning("R0925", spot, message).help(Text::new(
        "这些案件的通知和督办只到指挥中心;先改派或结案,再删去单位,在此之前写 active = false",
        "their notices reach the dispatch desk alone; move or close the cases first, and until then write active = false",
    ))
}

fn out_of_service(spot: &Spot, unit: &UnitId, name: &str, open: u64) -> Diagnostic {
    let message = Text::new(
        format!("单位 `{unit}`({name})已停用,它还有 {open} 件在办案件"),
        format!("unit `{unit}` ({name}) is out of service and still has {open} open cases"),
    );
    Diagnostic::warning("R0926", spot, message)
        .label(Text::new("已停用", "out of service"))
        .help(Text::new(
            "在办案件仍由它处置,通知仍送给它;要换单位,退单后改派",
            "they stay with it, and it is told; return and dispatch anew what another unit is to handle",
        ))
}

/// One page per code.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0924",
        (
            "候选单位已停用",
            "这个条件有几个候选单位,其中一个写了 active = false:新案件不再派给它。若它只负责某些监督网格,那里的案件可能无处可派。",
        ),
        (
            "a candidate out of service",
            "Of several candidates of a condition one has active = false: new cases do not go to it. Where it was the only one for some grids, cases there may have nowhere to go.",
        ),
    ),
    Page::new(
        "R0925",
        (
            "删去的单位还有在办案件",
            "规则生效时查看了在办案件:这个单位不在 units.toml 中了,手上还有案件。案件照常计时,但它的人联系不到了,预警和督办改告指挥中心,案件记录上也这样写。",
        ),
        (
            "a unit that is gone still has cases",
            "When the rules came into force, the open cases were looked at: this unit is no longer in units.toml and still holds some. Their clocks run on, but its people are unknown; the dispatch desk is told instead, and so the case records it.",
        ),
    ),
    Page::new(
        "R0926",
        (
            "停用的单位还有在办案件",
            "规则生效时查看了在办案件:这个单位停用了,不再收新案件,手上的案件仍由它处置到底,通知照常送给它。",
        ),
        (
            "a unit out of service still has cases",
            "When the rules came into force, the open cases were looked at: this unit takes no new ones, and keeps those it has; it is told as before.",
        ),
    ),
];
