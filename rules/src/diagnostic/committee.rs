//! What can be wrong with `committee.toml` (articles 2–5). Codes R0801–R0809.

use super::{Diagnostic, Page, Text};
use crate::source::Spot;
use crate::vocabulary::Recipient;

impl Diagnostic {
    /// A person of a unit or a grid stands among those of the county.
    pub(crate) fn not_of_the_county(spot: &Spot, role: Recipient) -> Diagnostic {
        let chinese = role.chinese();
        let message = Text::new(
            format!("{chinese}不属于城管委或中心"),
            format!("`{role}` belongs to a unit or a grid, not to the committee or the centre"),
        );
        let (zh, en) = if role.is_of_a_unit() {
            ("units.toml 中该单位之下", "the unit in units.toml")
        } else {
            ("grid.toml 的监督网格之下", "the grid in grid.toml")
        };
        Diagnostic::error("R0801", spot, message)
            .label(Text::new("此人", "this person"))
            .help(Text::new(format!("移到{zh}"), format!("move the entry to {en}")))
    }
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[Page::new(
    "R0801",
    (
        "人员写错了文件",
        "committee.toml 只写城管委和中心的人员(值班长、主管县长、监察部门等)。单位的联系人写在 units.toml,信息采集员写在 grid.toml。",
    ),
    (
        "a person in the wrong file",
        "committee.toml holds the people of the committee and the centre (duty chief, county leader, discipline …). Those of a unit stand in units.toml, collectors in grid.toml.",
    ),
)];
