//! What can be wrong with telephone numbers, and with names that stand twice. Codes R0323–R0339.

use super::{Diagnostic, Page, Text};
use crate::book::units::Contact;
use crate::source::Spot;
use crate::vocabulary::{GridId, UnitId};

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

    /// Two grids of one name.
    pub(crate) fn grid_named_twice(
        spot: &Spot,
        name: &str,
        [first, other]: [&GridId; 2],
    ) -> Diagnostic {
        let message = Text::new(
            format!("监督网格 `{other}` 与 `{first}` 同名:`{name}`"),
            format!("grids `{first}` and `{other}` have one name: `{name}`"),
        );
        Diagnostic::warning("R0326", spot, message).label(Text::new("同名", "the same name")).help(
            Text::new(
                "采集任务和名单只显示名称,无法分清;改正名称,重复的删去",
                "tasks and lists show the name; mend it, or remove one of them",
            ),
        )
    }

    /// A person who stands twice in one capacity.
    pub(crate) fn contact_twice(spot: &Spot, unit: &str, contact: &Contact) -> Diagnostic {
        let Contact { role, name, .. } = contact;
        let message = Text::new(
            format!("`{unit}` 的{} `{name}` 写了两次", role.chinese()),
            format!("`{name}` stands twice as `{role}` of `{unit}`"),
        );
        Diagnostic::warning("R0327", spot, message).label(Text::new("这个单位", "this unit")).help(
            Text::new(
                "多半是复制后忘了改:写上另一个人的姓名和号码,或删去一项",
                "most often a copied line was not changed: write the other person, or remove it",
            ),
        )
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
    Page::new(
        "R0326",
        (
            "两个监督网格同名",
            "两个监督网格名称相同,派给采集员的任务和各种名单分不清是哪一个;编码不同,名称也应不同。",
        ),
        (
            "two grids of one name",
            "Two grids have one name, so that tasks and lists do not tell which is meant. Their ids differ, and so should their names.",
        ),
    ),
    Page::new(
        "R0327",
        (
            "联系人写了两次",
            "同一单位中,同一身份的同一个人(姓名、电话、邮箱都相同)写了两次。通知只发一遍;多半是复制后忘了改,真正该通知的另一个人收不到。",
        ),
        (
            "a person who stands twice",
            "One person, of one name, number and address, stands twice in one capacity of a unit. Notices go out once; most often a line was copied and not changed, and somebody else gets none.",
        ),
    ),
];
