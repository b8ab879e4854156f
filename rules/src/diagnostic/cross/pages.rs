//! The pages of the cross-checks' codes.

use crate::diagnostic::Page;

/// One page per code.
pub(in crate::diagnostic) const PAGES: &[Page] = &[
    Page::new(
        "R0901",
        ("责任单位不存在", "手册用编码指明责任单位,每个编码都要在 units.toml 中。"),
        ("unknown unit", "The handbook names units by id, and each id must be in units.toml."),
    ),
    Page::new(
        "R0902",
        ("没有在用的责任单位", "条件的全部候选单位都写了 active = false,案件派不出去。"),
        (
            "no unit in service",
            "Every candidate of the condition has active = false, so that its cases cannot be dispatched.",
        ),
    ),
    Page::new(
        "R0903",
        ("监督网格不存在", "责任单位后括号内是它负责的监督网格,必须在 grid.toml 中。"),
        (
            "unknown grid",
            "In brackets behind a unit stand the grids it answers for; they must be in grid.toml.",
        ),
    ),
    Page::new(
        "R0904",
        ("小类没有立案条件", "这一行只有类别而没有条件:案件依条件立案、派遣和计时,小类本身不行。"),
        (
            "a class without a condition",
            "The row has a class and no condition. Cases are filed, dispatched and timed by a condition, not by a class.",
        ),
    ),
    Page::new(
        "R0905",
        ("单位没有职责", "这个单位在用,但手册没有任何条件由它负责,多半是编码写错或职责漏填。"),
        (
            "a unit without a condition",
            "The unit is in service and no condition names it; most often an id is misspelt or a duty forgotten.",
        ),
    ),
    Page::new(
        "R0906",
        ("名称与编码不符", "程序只看编码,名称供人阅读。两者不符时,多半是改了一个忘了另一个。"),
        (
            "name and id differ",
            "Only the id counts; the name is for readers. If they differ, most often one was changed and the other forgotten.",
        ),
    ),
    Page::new(
        "R0910",
        (
            "未履行类别职责",
            "第七条:一类单位设城管站,明确主管领导、主要领导、分管科室和专业信息员;二类单位明确主管领导、处置科室和固定电话;三类单位明确联系电话和责任人。",
        ),
        (
            "a duty of the unit's class",
            "Article 7: class 1 has a station, a leader in charge, a head, an office and informants; class 2 a leader in charge, an office and a landline; class 3 a phone number and a responsible person.",
        ),
    ),
    Page::new(
        "R0911",
        ("没有可以拨打的电话", "电话派遣的单位和“门前五包”责任人必须有电话,否则派遣无法送达。"),
        (
            "nobody to call",
            "A unit dispatched to by phone, and a frontage steward, must have a number, or no order reaches them.",
        ),
    ),
    Page::new(
        "R0912",
        (
            "责任人没有督促单位",
            "“门前五包”责任人接受城管部门的指令(第九条);其科室和领导一级的通知发给 supervising 单位的相应人员。",
        ),
        (
            "nobody supervises a steward",
            "A frontage steward takes orders from the management bureau (article 9); what is for an office or a leader goes to the people of the supervising unit.",
        ),
    ),
    Page::new(
        "R0913",
        ("责任人没有位置", "位置是责任人门前区域的坐标,派遣时据此推荐最近的责任人。"),
        (
            "a steward without a place",
            "The place is where the steward's frontage lies; dispatch suggests the nearest one by it.",
        ),
    ),
    Page::new(
        "R0914",
        ("代班人不是联系人", "代班人用姓名指明,其电话和邮箱取自同一单位的联系人。"),
        (
            "unknown deputy",
            "A deputy is given by name; phone and e-mail come from the contacts of the same unit.",
        ),
    ),
    Page::new(
        "R0920",
        ("接收人无人担任", "督办或环节预警要通知这种身份的人,而 committee.toml 中没有。"),
        (
            "nobody fills a recipient's capacity",
            "A ladder or a stage tells people of this capacity, and committee.toml has none.",
        ),
    ),
    Page::new(
        "R0921",
        (
            "中心岗位无人",
            "监督中心、指挥中心、值班长、中心主任和系统管理员是案件运转必需的岗位(第十二、十八条)。",
        ),
        (
            "a post of the centre is empty",
            "Intake desk, dispatch desk, duty chief, centre head and operator are posts without which cases do not move (articles 12 and 18).",
        ),
    ),
    Page::new(
        "R0922",
        (
            "单位缺少督办接收人",
            "督办逐级通知单位的信息员、科室、主管领导和主要领导。类别职责没有要求的可以不设,但那一级的通知就没有收件人。",
        ),
        (
            "a unit without a recipient",
            "Escalation tells a unit's informants, office, leader in charge and head. A capacity its class does not demand may be empty, but that notice then reaches nobody.",
        ),
    ),
    Page::new(
        "R0923",
        ("通知模板不存在", "督办步骤的 template 必须是 notices.toml 中的一段。"),
        ("unknown template", "The `template` of a ladder's step must be a table of notices.toml."),
    ),
];
