//! What only two files together can contradict (articles 6–11). Codes R0901–R0939.

mod pages;

use super::{Diagnostic, Lang, Text};
use crate::book::units::Unit;
use crate::source::Spot;
use crate::vocabulary::{ConditionCode, GridId, Recipient, TemplateName, UnitClass, UnitId};

pub(super) use pages::PAGES;

impl Diagnostic {
    /// The handbook names a unit that does not exist.
    pub(crate) fn unknown_unit(spot: &Spot, unit: &UnitId, like: Option<&str>) -> Diagnostic {
        let message = Text::new(
            format!("手册中的责任单位 `{unit}` 不在 units.toml 中"),
            format!("unit `{unit}` of the handbook is not in units.toml"),
        );
        let help = match like {
            Some(like) => {
                Text::new(format!("是否为 `{like}`?"), format!("is it `{like}` that is meant?"))
            }
            None => Text::new(
                "改正编码,或在 units.toml 中加上这个单位",
                "mend the id, or add the unit to units.toml",
            ),
        };
        Diagnostic::error("R0901", spot, message)
            .label(Text::new("没有这个单位", "no such unit"))
            .help(help)
    }

    /// Every unit that may handle a condition is out of service.
    pub(crate) fn no_active_unit(spot: &Spot, code: &ConditionCode) -> Diagnostic {
        let message = Text::new(
            format!("立案条件 `{code}` 的责任单位均已停用"),
            format!("every unit of condition `{code}` is out of service"),
        );
        Diagnostic::error("R0902", spot, message)
            .label(Text::new("均已停用", "none is active"))
            .help(Text::new(
                "指定在用的单位,或在 units.toml 中恢复 active",
                "name a unit in service, or make it active again in units.toml",
            ))
    }

    /// The handbook names a grid that does not exist.
    pub(crate) fn unknown_grid(spot: &Spot, grid: &GridId) -> Diagnostic {
        let message = Text::new(
            format!("手册中的监督网格 `{grid}` 不在 grid.toml 中"),
            format!("grid `{grid}` of the handbook is not in grid.toml"),
        );
        Diagnostic::error("R0903", spot, message)
            .label(Text::new("没有这个网格", "no such grid"))
            .help(Text::new(
                "改正网格编码;不限网格的单位不写括号",
                "mend the grid's id; a unit that answers everywhere has no brackets",
            ))
    }

    /// A class of the handbook has no condition.
    pub(crate) fn class_without_condition(spot: &Spot, class: &str) -> Diagnostic {
        let message = Text::new(
            format!("小类“{class}”没有立案条件"),
            format!("class `{class}` has no condition"),
        );
        Diagnostic::error("R0904", spot, message)
            .label(Text::new("无法立案", "nothing can be filed under it"))
            .help(Text::new(
                "补上立案条件、结案条件、责任单位和时限,或删去这一行",
                "add filing and closing condition, unit and limit, or remove the row",
            ))
    }

    /// A unit that no condition names.
    pub(crate) fn unit_without_condition(spot: &Spot, unit: &UnitId) -> Diagnostic {
        let message = Text::new(
            format!("手册没有任何条件由 `{unit}` 负责"),
            format!("no condition of the handbook names unit `{unit}`"),
        );
        Diagnostic::warning("R0905", spot, message)
            .label(Text::new("收不到案件", "will get no case"))
            .help(Text::new(
                "在 handbook.csv 中指定其职责,或写 active = false",
                "give it conditions in handbook.csv, or write active = false",
            ))
    }

    /// The name beside a unit's id is another unit's.
    pub(crate) fn unit_named_otherwise(spot: &Spot, found: &str, name: &str) -> Diagnostic {
        let message = Text::new(
            format!("责任单位名称 `{found}` 与编码不符,编码对应 `{name}`"),
            format!("the name `{found}` does not go with the id, which is `{name}`"),
        );
        Diagnostic::warning("R0906", spot, message)
            .label(Text::new("名称与编码不符", "another name"))
            .help(Text::new(
                "以编码为准;改正名称,或改正编码。几个单位的名称用“、”隔开",
                "the id is what counts; mend the name, or the id. Separate several names by `;`",
            ))
    }

    /// A unit lacks what its class must have (article 7).
    pub(crate) fn class_duty(
        spot: &Spot,
        unit: &Unit,
        class: UnitClass,
        missing: &Text,
    ) -> Diagnostic {
        let (id, chinese) = (&unit.id, class.chinese());
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| missing.of(lang));
        let number = match class {
            UnitClass::First => 1,
            UnitClass::Second => 2,
            UnitClass::Third => 3,
        };
        let message = Text::new(
            format!("{chinese}单位 `{id}` 缺少{zh}"),
            format!("class {number} unit `{id}` lacks {en}"),
        );
        Diagnostic::error("R0910", spot, message)
            .label(Text::new(format!("缺少{zh}"), format!("lacks {en}")))
            .help(Text::new("按第七条补上", "add it (article 7)"))
    }

    /// A unit that is dispatched to by phone has no phone.
    pub(crate) fn nobody_to_call(spot: &Spot, unit: &UnitId) -> Diagnostic {
        let message = Text::new(
            format!("`{unit}` 没有可以拨打的电话"),
            format!("unit `{unit}` has no telephone number to call"),
        );
        Diagnostic::error("R0911", spot, message).label(Text::new("没有电话", "no number")).help(
            Text::new(
                "补上 landline 或联系人的 phone(第七、九条)",
                "add `landline`, or `phone` to a contact (articles 7 and 9)",
            ),
        )
    }

    /// Nobody supervises a frontage steward.
    pub(crate) fn steward_unsupervised(spot: &Spot, unit: &UnitId) -> Diagnostic {
        let message = Text::new(
            format!("“门前五包”责任人 `{unit}` 没有督促单位"),
            format!("no unit supervises frontage steward `{unit}`"),
        );
        Diagnostic::error("R0912", spot, message)
            .label(Text::new("缺少 supervising", "`supervising` is needed"))
            .help(Text::new(
                "写 supervising = \"…\",指向城管局的终端(第九条)",
                "write supervising = \"…\", a terminal of the management bureau (article 9)",
            ))
    }

    /// The unit that is to supervise a frontage steward does not exist.
    pub(crate) fn unknown_supervisor(spot: &Spot, unit: &UnitId, like: Option<&str>) -> Diagnostic {
        let message = Text::new(
            format!("督促单位 `{unit}` 不在 units.toml 中"),
            format!("the supervising unit `{unit}` is not in units.toml"),
        );
        let help = match like {
            Some(like) => {
                Text::new(format!("是否为 `{like}`?"), format!("is it `{like}` that is meant?"))
            }
            None => Text::new(
                "写成 units.toml 中一个部门单位的编码",
                "write the id of a department in units.toml",
            ),
        };
        Diagnostic::error("R0912", spot, message)
            .label(Text::new("没有这个单位", "no such unit"))
            .help(help)
    }

    /// The unit that is to supervise a frontage steward is out of service.
    pub(crate) fn inactive_supervisor(spot: &Spot, unit: &UnitId) -> Diagnostic {
        let message = Text::new(
            format!("督促单位 `{unit}` 已停用"),
            format!("the supervising unit `{unit}` is out of service"),
        );
        Diagnostic::error("R0912", spot, message).label(Text::new("已停用", "out of service")).help(
            Text::new(
                "改为在用的单位,或在 units.toml 中恢复 active",
                "name a unit in service, or make it active again",
            ),
        )
    }

    /// A frontage steward is to supervise another one.
    pub(crate) fn steward_supervises(spot: &Spot, unit: &UnitId) -> Diagnostic {
        let message = Text::new(
            format!("督促单位 `{unit}` 也是“门前五包”责任人"),
            format!("the supervising unit `{unit}` is a frontage steward itself"),
        );
        Diagnostic::error("R0912", spot, message)
            .label(Text::new("应为部门单位", "a department is needed"))
            .help(Text::new(
                "指向城管局的终端(第九条)",
                "name a terminal of the management bureau (article 9)",
            ))
    }

    /// Nobody knows which frontage a steward answers for.
    pub(crate) fn steward_without_place(spot: &Spot, unit: &UnitId) -> Diagnostic {
        let message = Text::new(
            format!("“门前五包”责任人 `{unit}` 没有位置"),
            format!("frontage steward `{unit}` has no place"),
        );
        Diagnostic::warning("R0913", spot, message)
            .label(Text::new("缺少 place", "`place` is needed"))
            .help(Text::new(
                "写 place = { lon = …, lat = … },派遣时按距离推荐",
                "write place = { lon = …, lat = … }, so that dispatch can suggest the nearest",
            ))
    }

    /// A deputy who is not among the unit's people.
    pub(crate) fn unknown_deputy(spot: &Spot, name: &str, deputy: &str) -> Diagnostic {
        let message = Text::new(
            format!("`{name}` 的代班人 `{deputy}` 不是本单位联系人"),
            format!("`{deputy}`, who stands in for `{name}`, is no contact of the unit"),
        );
        Diagnostic::warning("R0914", spot, message).label(Text::new("这个单位", "this unit")).help(
            Text::new(
                "把代班人也写成联系人,否则不知道其电话",
                "make the deputy a contact too, or nobody knows how to reach them",
            ),
        )
    }

    /// Somebody is told of escalations who does not exist.
    pub(crate) fn recipient_missing(spot: &Spot, role: Recipient) -> Diagnostic {
        let chinese = role.chinese();
        let message = Text::new(
            format!("要通知{chinese},但 committee.toml 中没有这样的人"),
            format!("`{role}` is told here, and nobody in committee.toml is that"),
        );
        Diagnostic::error("R0920", spot, message).label(Text::new("无人", "nobody")).help(
            Text::new(
                format!("在 committee.toml 中加上 [[person]],role = \"{role}\""),
                format!("add a [[person]] of role = \"{role}\" to committee.toml"),
            ),
        )
    }

    /// A capacity of the centre that nobody fills.
    pub(crate) fn capacity_empty(role: Recipient) -> Diagnostic {
        let chinese = role.chinese();
        let message = Text::new(format!("没有{chinese}"), format!("nobody is `{role}`"));
        Diagnostic::error("R0921", &Spot::of_file("committee.toml"), message).help(Text::new(
            format!("加上 [[person]],role = \"{role}\""),
            format!("add a [[person]] of role = \"{role}\""),
        ))
    }

    /// A unit in which somebody who is told of escalations does not exist.
    pub(crate) fn unit_recipients(spot: &Spot, unit: &UnitId, lacking: &[Recipient]) -> Diagnostic {
        let words = |word: fn(Recipient) -> &'static str, between: &str| {
            lacking.iter().map(|role| word(*role)).collect::<Vec<_>>().join(between)
        };
        let (zh, en) = (words(Recipient::chinese, "、"), words(Recipient::as_str, ", "));
        let message = Text::new(
            format!("督办要通知 `{unit}` 的{zh},但没有这样的联系人"),
            format!("unit `{unit}` has no contact for: {en}, who are told of escalations"),
        );
        Diagnostic::warning("R0922", spot, message).label(Text::new("这个单位", "this unit")).help(
            Text::new(
                "补上联系人,否则相应的督办通知没有收件人",
                "add the contacts, or those notices reach nobody",
            ),
        )
    }

    /// A ladder's template that does not exist.
    pub(crate) fn unknown_template(spot: &Spot, template: &TemplateName) -> Diagnostic {
        let message = Text::new(
            format!("通知模板 `{template}` 不在 notices.toml 中"),
            format!("template `{template}` is not in notices.toml"),
        );
        Diagnostic::error("R0923", spot, message)
            .label(Text::new("没有这个模板", "no such template"))
            .help(Text::new(
                "改正名称,或在 notices.toml 中加上这个模板",
                "mend the name, or add the template to notices.toml",
            ))
    }
}
