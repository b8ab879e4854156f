//! What can be wrong with `units.toml` (articles 6–9). Codes R0201–R0229.

use super::{Diagnostic, Page, Text};
use crate::source::Spot;
use crate::vocabulary::UnitId;

impl Diagnostic {
    /// Two units of one id.
    pub(crate) fn unit_twice(spot: &Spot, id: &UnitId, first_line: usize) -> Diagnostic {
        let message = Text::new(
            format!("终端单位编码 `{id}` 重复,第 {first_line} 行已有"),
            format!("unit id `{id}` appears twice, first in line {first_line}"),
        );
        Diagnostic::error("R0201", spot, message)
            .label(Text::new(
                format!("第 {first_line} 行已有"),
                format!("taken in line {first_line}"),
            ))
            .help(Text::new(
                "换一个编码,或删去其中一项",
                "choose another id, or remove one of them",
            ))
    }

    /// No unit at all.
    pub(crate) fn no_units() -> Diagnostic {
        let message = Text::new("没有任何终端单位", "there is no unit at all");
        Diagnostic::error("R0202", &Spot::of_file("units.toml"), message).help(Text::new(
            "用 `[[unit]]` 至少写一个单位(第六条)",
            "write at least one `[[unit]]` (article 6)",
        ))
    }

    /// An id that would not survive in file names and tables.
    pub(crate) fn unit_id_shape(spot: &Spot, id: &str) -> Diagnostic {
        let message = Text::new(
            format!("终端单位编码 `{id}` 含有不允许的字符"),
            format!("unit id `{id}` has characters that an id may not have"),
        );
        Diagnostic::error("R0203", spot, message)
            .label(Text::new("只用字母、数字和 -", "letters, digits and - alone"))
            .help(Text::new("例如 `CG-HW`", "for example `CG-HW`"))
    }

    /// A class other than 1, 2, 3.
    pub(crate) fn unit_class(spot: &Spot, class: i64) -> Diagnostic {
        let message =
            Text::new(format!("没有 {class} 类单位"), format!("there is no class {class}"));
        Diagnostic::error("R0204", spot, message)
            .label(Text::new("应为 1、2 或 3", "1, 2 or 3"))
            .help(Text::new(
                "按第六条分类;“门前五包”责任人写 `frontage_steward = true`",
                "classes are those of article 6; a steward has `frontage_steward = true` instead",
            ))
    }

    /// A way of dispatching that does not exist.
    pub(crate) fn dispatch_method(spot: &Spot, word: &str) -> Diagnostic {
        let message = Text::new(
            format!("未知的派遣方式 `{word}`"),
            format!("unknown way of dispatching `{word}`"),
        );
        Diagnostic::error("R0205", spot, message)
            .label(Text::new("system 或 phone", "system or phone"))
            .help(Text::new(
                "有系统账号写 \"system\",只用电话写 \"phone\"",
                "write \"system\" for units with an account, \"phone\" for others",
            ))
    }

    /// A place without usable coordinates.
    pub(crate) fn no_place(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "位置须有经度 lon 和纬度 lat,且在地球范围内",
            "a place needs `lon` and `lat` within the bounds of the earth",
        );
        Diagnostic::error("R0206", spot, message).label(Text::new("位置", "this place")).help(
            Text::new(
                "例如 place = { lon = 115.842, lat = 38.431 }",
                "for example place = { lon = 115.842, lat = 38.431 }",
            ),
        )
    }

    /// A person nobody can reach.
    pub(crate) fn out_of_reach(spot: &Spot, name: &str) -> Diagnostic {
        let message = Text::new(
            format!("`{name}` 既没有电话也没有邮箱"),
            format!("`{name}` has neither phone nor e-mail"),
        );
        Diagnostic::error("R0207", spot, message)
            .label(Text::new("无法通知", "cannot be told anything"))
            .help(Text::new("补上 `phone` 或 `email`", "add `phone` or `email`"))
    }

    /// A text that is no telephone number.
    pub(crate) fn phone(spot: &Spot, text: &str) -> Diagnostic {
        let message =
            Text::new(format!("`{text}` 不是电话号码"), format!("`{text}` is no telephone number"));
        Diagnostic::error("R0208", spot, message)
            .label(Text::new("5 至 16 位数字", "5 to 16 digits"))
            .help(Text::new(
                "例如 \"0317-5010000\" 或 \"13900000000\",一项只写一个号码",
                "for example \"0317-5010000\" or \"13900000000\", one number each",
            ))
    }

    /// A text that is no e-mail address.
    pub(crate) fn email(spot: &Spot, text: &str) -> Diagnostic {
        let message = Text::new(
            format!("`{text}` 不是电子邮箱地址"),
            format!("`{text}` is no e-mail address"),
        );
        Diagnostic::error("R0209", spot, message)
            .label(Text::new("应为 名称@主机", "name@host"))
            .help(Text::new("改正地址,或删去这一行", "mend the address, or remove the line"))
    }
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0201",
        (
            "终端单位编码重复",
            "每个终端单位有唯一的编码,手册用它指明责任单位(第六条)。同一机构可建多个终端(第八条),各用不同编码,`organisation` 相同即可。",
        ),
        (
            "a unit id appears twice",
            "Each terminal unit has an id of its own, by which the handbook names it (article 6). Several terminals of one body (article 8) have different ids and share `organisation`.",
        ),
    ),
    Page::new(
        "R0202",
        ("没有终端单位", "没有终端单位就无法派遣。第六条列出一类、二类单位。"),
        (
            "no unit at all",
            "Without units nothing can be dispatched. Article 6 names those of the first and second class.",
        ),
    ),
    Page::new(
        "R0203",
        (
            "终端单位编码的字符",
            "编码只用半角字母、数字和连字符,因为它会出现在文件名、短信和表格中。名称另写在 `name`。",
        ),
        (
            "characters of a unit id",
            "An id is made of ASCII letters, digits and hyphens, for it stands in file names, messages and tables. The name on paper goes into `name`.",
        ),
    ),
    Page::new(
        "R0204",
        (
            "单位类别",
            "单位分一、二、三类(第六条);“门前五包”责任人不分类,写 `frontage_steward = true`(第九条)。",
        ),
        (
            "the class of a unit",
            "Units are of class 1, 2 or 3 (article 6); a frontage steward has none and says `frontage_steward = true` (article 9).",
        ),
    ),
    Page::new(
        "R0205",
        ("派遣方式", "`system`:通过账号接收,送达即计时;`phone`:由指挥中心打电话,接听时计时。"),
        (
            "the way of dispatching",
            "`system`: through an account, counted from delivery; `phone`: the desk calls, counted from when the call is answered.",
        ),
    ),
    Page::new(
        "R0206",
        ("位置无效", "位置用十进制度表示:lon 为东经,lat 为北纬。肃宁约为 115.84、38.43。"),
        (
            "no usable place",
            "A place is in decimal degrees: `lon` east, `lat` north. Suning is about 115.84, 38.43.",
        ),
    ),
    Page::new(
        "R0207",
        ("联系人无法通知", "每个联系人至少要有电话或邮箱,否则督办无法送达。"),
        (
            "a person out of reach",
            "Each person needs a phone or an e-mail address, or no escalation reaches them.",
        ),
    ),
    Page::new(
        "R0208",
        (
            "电话号码",
            "号码只含数字、空格、+ 和 -,共 5 至 16 位数字。两个号码请写成两个联系人,或写在 `deputy` 的联系人上。",
        ),
        (
            "a telephone number",
            "A number has 5 to 16 digits, blanks, + and -. Two numbers are two contacts.",
        ),
    ),
    Page::new(
        "R0209",
        ("电子邮箱地址", "地址形如 名称@主机,只用半角字符。"),
        ("an e-mail address", "An address is name@host in ASCII."),
    ),
];
