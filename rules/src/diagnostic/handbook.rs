//! What can be wrong with `handbook.csv` and `handbook.toml` (article 11). Codes R0101–R0139.

mod pages;
mod rows;

use super::{Diagnostic, Text};
use crate::book::handbook::Condition;
use crate::source::Spot;
use crate::vocabulary::{ConditionCode, UnitId};

pub(super) use pages::PAGES;
pub(super) use rows::PAGES as ROW_PAGES;

impl Diagnostic {
    /// The handbook is empty.
    pub(crate) fn no_conditions() -> Diagnostic {
        let message = Text::new("手册没有任何立案条件", "the handbook has no condition at all");
        Diagnostic::error("R0101", &Spot::of_file("handbook.csv"), message).help(Text::new(
            "第一行为表头,以下每行一个立案条件(第十一条)",
            "the first row holds headings, each row below one condition (article 11)",
        ))
    }

    /// Cells of a class are blank, as merged cells are saved; told once, at the first.
    pub(crate) fn merged_cells(spot: &Spot, rows: usize) -> Diagnostic {
        let message = Text::new(
            format!("有 {rows} 行的类别栏为空,按与上一行相同处理"),
            format!("class columns are blank in {rows} rows; taken as in the row above"),
        );
        Diagnostic::warning("R0102", spot, message)
            .label(Text::new("第一处", "the first of them"))
            .help(Text::new(
                "取消合并单元格,在每一行填写类别",
                "unmerge the cells and fill in each row, so that sorting cannot spoil them",
            ))
    }

    /// A quotation mark is never closed.
    pub(crate) fn open_quotation(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "引号没有配对,这一行未读取",
            "a quotation mark is never closed; the row was not read",
        );
        Diagnostic::error("R0103", spot, message)
            .label(Text::new("从这里开始", "opened here"))
            .help(Text::new(
                "补上另一个引号;单元格内的引号要写两个",
                "close it; a quotation mark inside a cell is written twice",
            ))
    }

    /// A row has more cells than there are headings.
    pub(crate) fn row_too_long(spot: &Spot) -> Diagnostic {
        let message = Text::new("这一行比表头多出单元格", "the row has more cells than headings");
        Diagnostic::error("R0104", spot, message).label(Text::new("多出", "one too many")).help(
            Text::new(
                "含逗号的内容要用引号括起来",
                "put quotation marks around a text that contains commas",
            ),
        )
    }

    /// The first row has blank class columns.
    pub(crate) fn nothing_above(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "类别栏为空,而上面没有可沿用的行",
            "class columns are blank and there is no row above to take them from",
        );
        Diagnostic::error("R0105", spot, message)
            .label(Text::new("这一行", "this row"))
            .help(Text::new("填写类别、大类和小类", "fill in kind, big class and small class"))
    }

    /// Neither component nor incident.
    pub(crate) fn unknown_kind(spot: &Spot, found: &str) -> Diagnostic {
        let message = Text::new(format!("未知的类别 `{found}`"), format!("unknown kind `{found}`"));
        Diagnostic::error("R0106", spot, message)
            .label(Text::new("部件或事件", "part or event"))
            .help(Text::new(
                "填写“部件”或“事件”(第十一条)",
                "write `part` for components and `event` for incidents (article 11)",
            ))
    }

    /// One class code with two names.
    pub(crate) fn class_renamed(
        spot: &Spot,
        code: &str,
        names: [&str; 2],
        first_row: usize,
    ) -> Diagnostic {
        let [first, other] = names;
        let message = Text::new(
            format!("类别代码 `{code}` 有两个名称:第 {first_row} 行为 `{first}`,此处为 `{other}`"),
            format!("class `{code}` has two names: `{first}` in row {first_row}, here `{other}`"),
        );
        Diagnostic::error("R0107", spot, message)
            .label(Text::new("名称不同", "named otherwise here"))
            .help(Text::new("改正代码或名称", "mend the code or the name"))
    }

    /// A code that is no number of one or two digits.
    pub(crate) fn class_code(spot: &Spot, column: &str, found: &str) -> Diagnostic {
        let message = Text::new(
            format!("{column} `{found}` 应为从 1 起的数字"),
            format!("`{found}` in column `{column}` must be a number from 1 up"),
        );
        Diagnostic::error("R0111", spot, message).label(Text::new("数字", "a number")).help(
            Text::new(
                "代码写一至两位数字,`1` 与 `01` 相同",
                "write one or two digits; `1` and `01` are the same",
            ),
        )
    }

    /// A unit is named twice for one condition.
    pub(crate) fn candidate_twice(spot: &Spot, unit: &UnitId) -> Diagnostic {
        let message = Text::new(
            format!("责任单位 `{unit}` 在同一条件中重复"),
            format!("unit `{unit}` is named twice for one condition"),
        );
        Diagnostic::error("R0112", spot, message).label(Text::new("重复", "twice")).help(Text::new(
            "合并为一项,网格写在括号内,例如 `CG-HW(JG-01、JG-02)`",
            "name it once, with all its grids in brackets, e.g. `CG-HW(JG-01 JG-02)`",
        ))
    }

    /// Nobody may handle a condition.
    pub(crate) fn no_candidate(spot: &Spot) -> Diagnostic {
        let message = Text::new("没有责任单位", "no unit is named");
        Diagnostic::error("R0113", spot, message)
            .label(Text::new("至少一个单位编码", "at least one unit id"))
            .help(Text::new(
                "填写 units.toml 中的单位编码;多个单位用“、”隔开",
                "write a unit id of units.toml; separate several by `;`",
            ))
    }

    /// Two conditions of one code.
    pub(crate) fn condition_twice(
        spot: &Spot,
        code: &ConditionCode,
        first_row: usize,
    ) -> Diagnostic {
        let message = Text::new(
            format!("立案条件 `{code}` 重复,第 {first_row} 行已有"),
            format!("condition `{code}` appears twice, first in row {first_row}"),
        );
        Diagnostic::error("R0114", spot, message)
            .label(Text::new(format!("第 {first_row} 行已有"), format!("taken in row {first_row}")))
            .help(Text::new(
                "同一小类的条件用不同的条件序号;若是同一行写了两遍,删去一行",
                "give the conditions of one class different sequence numbers, or remove the copy",
            ))
    }

    /// The same words under two numbers of a class.
    pub(crate) fn condition_worded_twice(
        spot: &Spot,
        [first, other]: [&Condition; 2],
    ) -> Diagnostic {
        let name = |condition: &Condition| {
            let Condition { matter, big_code, small_code, small_class, .. } = condition;
            let sequence = condition.number();
            format!("{} {big_code}-{small_code} {small_class} 条件 {sequence}", matter.chinese())
        };
        let (differ_zh, differ_en) = if first.limit == other.limit {
            (String::new(), String::new())
        } else {
            (
                format!(",时限却不同({}、{})", other.limit, first.limit),
                format!(
                    ", though their limits differ ({}, {})",
                    other.limit.key(),
                    first.limit.key()
                ),
            )
        };
        let message = Text::new(
            format!("“{}”与“{}”的立案条件文字相同{differ_zh}", name(other), name(first)),
            format!(
                "conditions `{}` and `{}` have the same words{differ_en}",
                other.code, first.code
            ),
        );
        Diagnostic::warning("R0120", spot, message)
            .label(Text::new("文字相同", "the same words"))
            .help(Text::new(
                "立案时分不清用哪一条:写明两者的区别,或删去一条",
                "nobody can tell which to file under: say how they differ, or remove one of them",
            ))
    }

    /// A rules file that somebody has open.
    pub(crate) fn open_elsewhere(file: &str, locks: &[&str]) -> Diagnostic {
        let locks = locks.join("`、`");
        let message = Text::new(
            format!("`{file}` 正在别处打开,尚未保存的修改没有读到"),
            format!("`{file}` is open elsewhere; what is not saved was not read"),
        );
        Diagnostic::warning("R0122", &Spot::of_file(file), message).help(Text::new(
            format!("在 Excel 或 WPS 中保存并关闭,再检查一次;其实没有打开的,删去锁文件 `{locks}`"),
            format!(
                "save and close it, then check again; if it is not open, remove the lock `{}`",
                locks.replace('、', ", ")
            ),
        ))
    }

    /// Two columns of one heading.
    pub(crate) fn column_twice(spot: &Spot, heading: &str) -> Diagnostic {
        let heading = heading.trim();
        let message = Text::new(
            format!("表头 `{heading}` 重复"),
            format!("heading `{heading}` appears twice"),
        );
        Diagnostic::error("R0115", spot, message)
            .label(Text::new("重复", "again"))
            .help(Text::new("删去其中一列", "remove one of the columns"))
    }

    /// A column that nothing reads.
    pub(crate) fn unknown_column(spot: &Spot, heading: &str) -> Diagnostic {
        let heading = heading.trim();
        let message =
            Text::new(format!("未使用的列 `{heading}`"), format!("column `{heading}` is not read"));
        Diagnostic::warning("R0116", spot, message).label(Text::new("不会读取", "not read")).help(
            Text::new(
                "检查表头是否写错;备注列可以保留",
                "look whether the heading is misspelt; columns of remarks may stay",
            ),
        )
    }

    /// Columns without which no row makes sense: keys and headings.
    pub(crate) fn missing_columns(spot: &Spot, columns: &[(&str, &str)]) -> Diagnostic {
        let chinese: Vec<String> = columns.iter().map(|(_, zh)| format!("`{zh}`")).collect();
        let keys: Vec<String> = columns.iter().map(|(key, _)| format!("`{key}`")).collect();
        let [chinese, keys] = [chinese.join("、"), keys.join(", ")];
        let message = Text::new(
            format!("缺少列 {chinese},整张表未读取"),
            format!("columns missing: {keys}; no row was read"),
        );
        Diagnostic::error("R0117", spot, message).label(Text::new("表头", "the headings")).help(
            Text::new(
                format!("第一行必须是表头;补上 {chinese},写法与此完全相同,顺序不限"),
                format!("the first row holds the headings, in any order; add {keys} or {chinese}"),
            ),
        )
    }

    /// The first row has no heading at all.
    pub(crate) fn no_headings(spot: &Spot, columns: &[(&str, &str)]) -> Diagnostic {
        let chinese: Vec<&str> = columns.iter().map(|(_, zh)| *zh).collect();
        let keys: Vec<&str> = columns.iter().map(|(key, _)| *key).collect();
        let message = Text::new(
            "第一行不是表头,整张表未读取",
            "the first row has no heading; no row was read",
        );
        Diagnostic::error("R0117", spot, message)
            .label(Text::new("应为表头", "headings belong here"))
            .help(Text::new(
                format!("删去表头上方的标题行,或补上表头:{}", chinese.join(",")),
                format!("remove what stands above the headings, or add them: {}", keys.join(",")),
            ))
    }
}
