//! The pages of the handbook's codes.

use crate::diagnostic::Page;

/// One page per code.
pub(in crate::diagnostic) const PAGES: &[Page] = &[
    Page::new(
        "R0101",
        (
            "手册为空",
            "没有立案条件就不能立案和派遣。每行写一个立案条件:类别、大类、小类、条件序号、责任单位编码、立案条件、结案条件、处置时限。",
        ),
        (
            "an empty handbook",
            "Without conditions nothing can be filed or dispatched. Each row is one condition: kind, big class, small class, sequence, unit ids, filing condition, closing condition, limit.",
        ),
    ),
    Page::new(
        "R0102",
        (
            "合并单元格",
            "Excel/WPS 保存 CSV 时,合并的单元格只在第一行留有内容。类别、大类、小类为空时按上一行处理;条件序号、责任单位和时限不沿用,因为猜错会改变责任或期限。",
        ),
        (
            "merged cells",
            "A spreadsheet saves merged cells with their text in the first row only. Blank class columns are taken from the row above; sequence, units and limit never are, because a wrong guess would change who answers and until when.",
        ),
    ),
    Page::new(
        "R0103",
        ("引号没有配对", "单元格以引号开始而没有结束,后面的内容都会被当作这一格。"),
        (
            "a quotation mark never closed",
            "A cell opens with a quotation mark and none closes it, so that everything after it belongs to the cell.",
        ),
    ),
    Page::new(
        "R0104",
        (
            "单元格多于表头",
            "多半是内容中有逗号而没有用引号括起来,后面的内容都错了一列;为免读错,这一行不读取。",
        ),
        (
            "more cells than headings",
            "Most often a text contains a comma without quotation marks, and all that follows has moved by a column. The row is not read, so that nothing is misread.",
        ),
    ),
    Page::new(
        "R0105",
        ("没有可沿用的上一行", "第一个条件的类别栏为空。"),
        ("no row above", "The class columns of the very first condition are blank."),
    ),
    Page::new(
        "R0106",
        ("未知的类别", "城市管理对象分为部件和事件两大类(第十一条)。英文键为 part 和 event。"),
        (
            "unknown kind",
            "What the city manages is a component (`part`) or an incident (`event`), article 11.",
        ),
    ),
    Page::new(
        "R0107",
        ("同一代码两个名称", "类别代码由类别、大类代码和小类代码组成,一个代码只能有一个名称。"),
        (
            "one code with two names",
            "A class code is made of kind, big code and small code, and has one name.",
        ),
    ),
    Page::new(
        "R0108",
        (
            "处置时限为空",
            "时限属于立案条件而不是小类:同一小类的不同条件时限不同,所以不能沿用上一行。",
        ),
        (
            "a blank time limit",
            "A limit belongs to the condition, not to its class: conditions of one class differ, so that it is never taken from the row above.",
        ),
    ),
    Page::new(
        "R0109",
        ("处置时限必须大于零", "零或负的时限在派遣时就已超期。"),
        (
            "a time limit must be more than zero",
            "A case of such a limit would be overdue when it is dispatched.",
        ),
    ),
    Page::new(
        "R0110",
        (
            "处置时限无法识别",
            "时限由数量(最多三位小数)和单位组成。紧急工作时、紧急工作日不分昼夜连续计时;工作时、工作日只计工作时间。“2个工作日”“两个工作日”“半天”“一个半小时”“2工作日以内”也能识别。说法不确定的(一周、一个月、自然日、3至5天)不猜,因为猜错会改变期限;时限前后不能再有别的文字。",
        ),
        (
            "a time limit that cannot be read",
            "A limit is an amount of at most three decimals and a unit. urgent_hour and urgent_day run on; work_hour and work_day count office hours. Ordinary Chinese is read where it is certain. What leaves a choice (a week, a month, a calendar day, a range) is not guessed at, for a wrong guess would change until when a unit has time. No other words may stand around it.",
        ),
    ),
    Page::new(
        "R0111",
        (
            "代码不是数字",
            "大类、小类代码为一至两位数字,条件序号从 1 起。Excel 去掉的前导零会自动补上。",
        ),
        (
            "a code that is no number",
            "Big and small codes have one or two digits, sequence numbers start at 1. A leading zero that a spreadsheet dropped is put back.",
        ),
    ),
    Page::new(
        "R0112",
        ("责任单位重复", "同一条件中每个候选单位只写一次;只负责部分监督网格的,把网格写在括号内。"),
        (
            "a unit named twice",
            "Each candidate stands once in a condition; one that answers for some grids alone has them in brackets.",
        ),
    ),
    Page::new(
        "R0113",
        ("没有责任单位", "每个条件至少要有一个系统终端负责(第十一条),否则无法派遣。"),
        (
            "no unit",
            "Each condition needs at least one unit that handles it (article 11), or it cannot be dispatched.",
        ),
    ),
    Page::new(
        "R0114",
        (
            "立案条件重复",
            "立案条件的编码由类别、大类、小类和条件序号组成,必须唯一:案件以它记录立案依据。",
        ),
        (
            "a condition appears twice",
            "The code of a condition (kind, big class, small class, sequence) is unique: cases remember by it why they were filed.",
        ),
    ),
    Page::new(
        "R0115",
        ("表头重复", "两列表头相同,不知道读取哪一列。"),
        (
            "a heading appears twice",
            "Two columns have one heading, and nobody knows which one is meant.",
        ),
    ),
    Page::new(
        "R0116",
        ("未使用的列", "这一列不影响规则。若是表头写错,会另报缺少的列。"),
        (
            "a column that is not read",
            "The column has no effect. If its heading is misspelt, the right one is reported missing as well.",
        ),
    ),
    Page::new(
        "R0117",
        (
            "缺少列",
            "第一行必须是表头。时限可以是一列“处置时限”,也可以是“时限数值”和“时限单位”两列;“责任单位”名称列可以省略。",
        ),
        (
            "a column is missing",
            "The first row holds the headings. The limit may be one column (`limit`) or two (`limit_value`, `limit_unit`); the column of unit names may be left out.",
        ),
    ),
    Page::new(
        "R0118",
        (
            "没有写明夜间和节假日是否计时",
            "“24小时”可指 24 个工作小时(约三个工作日),也可指不分昼夜的一天一夜;“两天”也是如此。没有写明的按工作时间计。在 handbook.toml 写 hours = \"work\"(只计工作时间)或 hours = \"urgent\"(不分昼夜连续计时)说明整张表的“小时”,用 days 同样说明“天”和“日”;也可在每格写明“工作时”“工作日”或“紧急工作时”“紧急工作日”。",
        ),
        (
            "nights and holidays, or not",
            "Twenty-four hours may be hours of the office, about three working days, or a day and a night; two days likewise. What does not say so counts office hours. In handbook.toml `hours = \"work\"` or `hours = \"urgent\"` says what every plain hour of the table is, `days` what every plain day is; or each cell says it.",
        ),
    ),
    Page::new(
        "R0119",
        (
            "时限过长",
            "各地手册中最长的时限是 15 个工作日(补种树木),更长的多半是多写了数字或写错了单位。手册确实有更长时限的,在 handbook.toml 写 longest = \"30工作日\",超过它的才提示。",
        ),
        (
            "an unusually long limit",
            "The longest limit of known handbooks is fifteen working days, for planting trees; what is longer is most often a digit too many or a wrong unit. Where a handbook has longer ones, `longest = \"30 work_day\"` in handbook.toml says so.",
        ),
    ),
    Page::new(
        "R0120",
        (
            "立案条件文字相同",
            "同一小类的两个条件文字相同(不计空格和标点),立案时分不清用哪一条;时限或责任单位不同的,期限和责任也就随意了。",
        ),
        (
            "the same words under two numbers",
            "Two conditions of one class have the same words but for blanks and marks, so that nobody can tell which to file under; where limits or units differ, those are left to chance.",
        ),
    ),
    Page::new(
        "R0121",
        (
            "计时方式无法识别",
            "handbook.toml 中的 hours 和 days 说明只写“小时”“天”的时限是否计夜间和节假日:work 只计工作时间,urgent 连续计时。",
        ),
        (
            "an unknown way of counting",
            "`hours` and `days` in handbook.toml say whether plain hours and days count nights and holidays: `work` does not, `urgent` does.",
        ),
    ),
    Page::new(
        "R0122",
        (
            "文件正在别处打开",
            "Excel、WPS、LibreOffice 和一些编辑器打开文件时,会在旁边放一个锁文件(如 ~$handbook.csv、.~lock.handbook.csv#)。这里读到的是上次保存的内容。锁文件不算规则的一部分;程序异常退出后可能留下,可以删去。",
        ),
        (
            "a file that is open elsewhere",
            "Spreadsheet programs and some editors put a lock beside a file while it is open (~$handbook.csv, .~lock.handbook.csv#). What was read is what was last saved. A lock is no part of the rules; one left behind by a crash may be removed.",
        ),
    ),
];
