//! What can be wrong with the numbers of editions, beside those that were in force (article 11). Codes R0140–R0159.

use super::{Diagnostic, Page, Text};
use crate::edition::{Known, Part};
use crate::source::Spot;

impl Diagnostic {
    /// A number stands for another content already. Of the set that is new, its hash is named, too.
    pub(crate) fn number_taken(
        (part, spot): (Part, &Spot),
        (number, hash): (&str, &str),
        taken: &Known,
        next: &str,
    ) -> Diagnostic {
        let (what, key) = (part.chinese(), part.key());
        let Known { hash: old, since, .. } = taken;
        let message = Text::new(
            format!(
                "{what}编号 `{number}` 已用于另一份内容:{since} 起生效,散列 {old};这一份(散列 {hash})与它不同"
            ),
            format!(
                "{key} number `{number}` stands for another content: in force from {since}, hash {old}; this one (hash {hash}) differs"
            ),
        );
        let found = match part {
            Part::Handbook => Diagnostic::error("R0140", spot, message),
            Part::Calendar => Diagnostic::error("R0142", spot, message),
        };
        found.label(Text::new("换编号", "another number")).help(renumber(part, next))
    }

    /// A new content has a number below one that was in force.
    pub(crate) fn number_back(
        (part, spot): (Part, &Spot),
        number: &str,
        above: &Known,
        next: &str,
    ) -> Diagnostic {
        let (what, key) = (part.chinese(), part.key());
        let Known { identity, hash, since } = above;
        let higher = &identity.part(part).number;
        let message = Text::new(
            format!(
                "{what}编号 `{number}` 低于已生效过的 `{higher}`({since} 起生效,散列 {hash}),而内容是新的"
            ),
            format!(
                "{key} number `{number}` is below `{higher}`, which was in force from {since} (hash {hash}), and the content is new"
            ),
        );
        let found = match part {
            Part::Handbook => Diagnostic::error("R0141", spot, message),
            Part::Calendar => Diagnostic::error("R0143", spot, message),
        };
        found.label(Text::new("编号倒退", "goes back")).help(renumber(part, next))
    }
}

fn renumber(part: Part, next: &str) -> Text {
    let (file, key) = part.place();
    let covered = match part {
        Part::Handbook => "handbook.csv、handbook.toml",
        Part::Calendar => "calendar.toml、holidays.csv",
    };
    Text::new(
        format!("在 {file} 中写 {key} = \"{next}\";要恢复以前的一版,用它原来的 {covered}"),
        format!(
            "write {key} = \"{next}\" in {file}; to go back to an earlier edition, use its own {}",
            covered.replace('、', " and ")
        ),
    )
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0140",
        (
            "手册编号已用于另一份内容",
            "一个编号永远只代表一份内容:案件、请示和印出的手册都用编号指明依据。handbook.csv 或 handbook.toml 有改动就要换编号;只是排版、换行符、引号或注释不同的,不算改动。这一项只在使规则生效时检查:历次生效的规则在存储中(`duban rules history`)。",
        ),
        (
            "a handbook number that is taken",
            "A number stands for one content for ever: cases, petitions and printed handbooks name it as their ground. Whoever changes handbook.csv or handbook.toml gives them another number; layout, line ends, quotation marks and comments are no change. It is checked when rules are put in force: those that were are in the store (`duban rules history`).",
        ),
    ),
    Page::new(
        "R0141",
        (
            "手册编号倒退",
            "新的内容用新的、更高的编号。把以前生效过的一版原样放回来不受此限:那是恢复,编号也用它原来的。",
        ),
        (
            "a handbook number that goes back",
            "New content takes a new, higher number. An earlier edition may come back as it was, under its own number.",
        ),
    ),
    Page::new(
        "R0142",
        (
            "日历版本已用于另一份内容",
            "每份时限明细都写着所用日历的版本,一个版本永远只代表一份 calendar.toml 和 holidays.csv。改动其中任何一个(如补上新一年的放假安排),都要换 version。",
        ),
        (
            "a calendar version that is taken",
            "Every account of a deadline names the version of its calendar, which stands for one calendar.toml and holidays.csv for ever. Whoever changes either (the days off of another year, say) gives them another version.",
        ),
    ),
    Page::new(
        "R0143",
        ("日历版本倒退", "新的日历用新的、更高的版本。把以前生效过的日历原样放回来不受此限。"),
        (
            "a calendar version that goes back",
            "A new calendar takes a new, higher version. An earlier one may come back as it was, under its own version.",
        ),
    ),
];
