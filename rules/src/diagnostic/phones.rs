//! What can be wrong with telephone numbers and with the names of units. Codes R0323–R0339.

use super::{Diagnostic, Page, Text};
use crate::source::Spot;
use crate::vocabulary::UnitId;

impl Diagnostic {
    /// Two units of one name.
    pub(crate) fn unit_named_twice(
        spot: &Spot,
        name: &str,
        [first, other]: [&UnitId; 2],
    ) -> Diagnostic {
        let message = Text::new(
            format!("单位 `{other}` 与 `{first}` 同名:`{name}`"),
            format!("units `{first}` and `{other}` have one name: `{name}`"),
        );
        Diagnostic::warning("R0323", spot, message)
            .label(Text::new("同名", "the same name"))
            .help(Text::new(
                "派遣和通知只显示名称,无法分清;改正名称,同一机构的几个终端写明各是哪一个,重复的删去",
                "dispatch and notices show the name; mend it, say which terminal it is, or remove one of them",
            ))
    }

    /// A mobile number of another length.
    pub(crate) fn mobile_digits(spot: &Spot, found: &str, digits: usize) -> Diagnostic {
        let message = Text::new(
            format!("手机号码 `{found}` 有 {digits} 位,应为 11 位"),
            format!("mobile number `{found}` has {digits} digits instead of 11"),
        );
        let (zh, en) =
            if digits < 11 { ("少了数字", "too few") } else { ("多了数字", "too many") };
        Diagnostic::error("R0324", spot, message).label(Text::new(zh, en)).help(Text::new(
            "核对号码;固定电话要写区号,例如 \"0317-5010000\"",
            "look the number up; a fixed one has its area in front, for example \"0317-5010000\"",
        ))
    }

    /// A fixed number of another length.
    pub(crate) fn landline_digits(spot: &Spot, found: &str, digits: usize) -> Diagnostic {
        let message = Text::new(
            format!("电话号码 `{found}` 有 {digits} 位,不像能拨通的号码"),
            format!("telephone number `{found}` has {digits} digits; no number of its kind has"),
        );
        Diagnostic::warning("R0325", spot, message)
            .label(Text::new("位数不对", "not as many digits as it should have"))
            .help(Text::new(
                "手机 11 位;固定电话 7 或 8 位,加区号 10 至 12 位;400、800 电话 10 位;分机写在 - 之后",
                "a mobile number has 11 digits, a fixed one 7 or 8 and 10 to 12 with its area; an extension stands behind `-`",
            ))
    }
}

/// The pages of these codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0323",
        (
            "两个单位同名",
            "在用的两个单位名称相同,调度员和收到通知的人分不清派给了谁。同一机构可以有几个终端(第八条),organisation 相同,name 应写明各是哪一个。停用的单位不计。",
        ),
        (
            "two units of one name",
            "Two units in service have one name, and nobody can tell which of them was meant. Several terminals of one body (article 8) share `organisation` and differ in `name`. Units out of service do not count.",
        ),
    ),
    Page::new(
        "R0324",
        (
            "手机号码的位数",
            "以 13 至 19 开头的号码是手机号码,共 11 位(可加 +86)。位数不对的号码收不到短信,也打不通。",
        ),
        (
            "digits of a mobile number",
            "A number that begins with 13 to 19 is a mobile one and has eleven digits, +86 in front if you like. With more or fewer it gets no SMS and no call.",
        ),
    ),
    Page::new(
        "R0325",
        (
            "电话号码的位数",
            "固定电话为 7 或 8 位,加区号 10 至 12 位;400、800 电话为 10 位;服务热线为 5 或 6 位。分机写在最后一个 - 之后,最多 4 位。",
        ),
        (
            "digits of a telephone number",
            "A fixed number has 7 or 8 digits and 10 to 12 with its area; 400 and 800 numbers have 10, hotlines 5 or 6. An extension of up to 4 digits stands behind the last `-`.",
        ),
    ),
];
