//! What can be wrong with any file: absent, too large, no text, no TOML, a key too many or too few. Codes R0001–R0019.

use super::{Diagnostic, Page, Text};
use crate::source::{Encoding, FILE_BYTES_MAX, Spot};

impl Diagnostic {
    /// A file of the rules is not there.
    pub(crate) fn file_missing(name: &str) -> Diagnostic {
        let message = Text::new(format!("缺少文件 `{name}`"), format!("file `{name}` is missing"));
        Diagnostic::error("R0001", &Spot::of_file(name), message).help(Text::new(
            "从随程序提供的 `rules/suning/` 复制该文件再修改",
            "copy the file from the shipped `rules/suning/` and change it",
        ))
    }

    /// A file is larger than any rules can be.
    pub(crate) fn file_too_large(name: &str, bytes: usize) -> Diagnostic {
        let message = Text::new(
            format!("文件有 {bytes} 字节,超过上限 {FILE_BYTES_MAX} 字节,未读取"),
            format!("the file has {bytes} bytes, more than {FILE_BYTES_MAX}; it was not read"),
        );
        Diagnostic::error("R0002", &Spot::of_file(name), message)
            .help(Text::new("检查是否放错了文件", "look whether a wrong file was put here"))
    }

    /// A file is not UTF-8.
    pub(crate) fn wrong_encoding(spot: &Spot, encoding: Encoding) -> Diagnostic {
        let (zh, en) = match encoding {
            Encoding::Gbk => ("可能是 GBK", "probably GBK"),
            Encoding::Utf16 => ("可能是 UTF-16", "probably UTF-16"),
            Encoding::Binary => {
                ("可能是工作簿或其他二进制文件", "probably a workbook or other binary file")
            }
        };
        let message = Text::new(
            format!("文件不是 UTF-8 文本,{zh}"),
            format!("the file is not UTF-8 text, {en}"),
        );
        Diagnostic::error("R0003", spot, message)
            .label(Text::new("从这里起无法读取", "unreadable from here on"))
            .help(Text::new(
                "在 Excel/WPS 中另存为“CSV UTF-8(逗号分隔)”,或在记事本中另存为 UTF-8 编码",
                "save it as `CSV UTF-8 (comma delimited)`, or as UTF-8 in a text editor",
            ))
    }

    /// A file is not TOML at this spot; the parser's own words are kept.
    pub(crate) fn toml(spot: &Spot, said: &str) -> Diagnostic {
        let said = said.trim();
        if said.contains("duplicate key") {
            let message = Text::new("同一个表中有重复的键", "a key appears twice in one table");
            return Diagnostic::error("R0005", spot, message)
                .label(Text::new("重复", "again"))
                .help(Text::new("删去其中一个", "remove one of them"));
        }
        let known = TOML_SAID.iter().find(|(en, _)| said.contains(en));
        let chinese = known.map_or("此处无法读取", |(_, zh)| zh);
        let message = Text::new(format!("TOML 格式错误:{chinese}"), format!("not TOML: {said}"));
        Diagnostic::error("R0004", spot, message).label(Text::new("此处", "here")).help(Text::new(
            "检查引号、等号、方括号是否成对且为半角",
            "look at quotation marks, equals signs and brackets",
        ))
    }

    /// A key that nothing reads, most often a slip of the pen.
    pub(crate) fn unknown_key(spot: &Spot, key: &str, known: &[&str]) -> Diagnostic {
        let message = Text::new(format!("未知的键 `{key}`"), format!("unknown key `{key}`"));
        let list = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
        Diagnostic::error("R0006", spot, message)
            .label(Text::new("没有这个键", "no such key"))
            .help(Text::new(format!("可用的键:{list}"), format!("known here: {list}")))
    }

    /// A key that must be there is not.
    pub(crate) fn missing_key(spot: &Spot, key: &str) -> Diagnostic {
        let message = Text::new(format!("缺少键 `{key}`"), format!("key `{key}` is missing"));
        Diagnostic::error("R0007", spot, message)
            .label(Text::new("在这一项中", "in this entry"))
            .help(Text::new(format!("补上 `{key} = …`"), format!("add `{key} = …`")))
    }

    /// A value of another type than the one expected.
    pub(crate) fn wrong_type(spot: &Spot, wanted: &Text, found: &str) -> Diagnostic {
        let [zh, en] = [super::Lang::Zh, super::Lang::En].map(|lang| wanted.of(lang));
        let message = Text::new(
            format!("此处应为{zh},实为{}", chinese_type(found)),
            format!("expected {en}, found {found}"),
        );
        Diagnostic::error("R0008", spot, message)
            .label(Text::new(format!("应为{zh}"), format!("expected {en}")))
            .help(Text::new(
                "改写这个值;文字须加半角引号",
                "rewrite the value; texts stand in quotation marks",
            ))
    }

    /// A file had more problems than are shown.
    pub(crate) fn and_more(name: &str, left_out: usize) -> Diagnostic {
        let message = match left_out {
            0 => Text::new(
                format!("`{name}` 问题过多,其余部分未检查"),
                format!("too many problems in `{name}`; the rest of it was not read"),
            ),
            _ => Text::new(
                format!("`{name}` 另有 {left_out} 个问题未列出"),
                format!("and {left_out} more in `{name}`"),
            ),
        };
        Diagnostic::error("R0009", &Spot::of_file(name), message)
            .help(Text::new("先改正已列出的问题,再检查一次", "mend those shown, then check again"))
    }

    /// A text that must say something is blank.
    pub(crate) fn blank(spot: &Spot, key: &str) -> Diagnostic {
        let message = Text::new(format!("`{key}` 不能为空"), format!("`{key}` must not be blank"));
        Diagnostic::error("R0010", spot, message)
            .label(Text::new("为空", "blank"))
            .help(Text::new("填写内容,或删去整项", "fill it in, or remove the entry"))
    }

    /// A file of the directory that no rule is read from; `like` is the one that it seems to be a copy of.
    pub(crate) fn stray_file(name: &str, like: Option<&str>) -> Diagnostic {
        let message =
            Text::new(format!("未使用的文件 `{name}`"), format!("file `{name}` is not read"));
        let help = match like {
            Some(like) => Text::new(
                format!(
                    "只读取 `{like}`:改动在这个文件里的,另存为 `{like}`;只是备份的,放到别的目录"
                ),
                format!("only `{like}` is read: save it under that name, or keep copies elsewhere"),
            ),
            None => Text::new(
                "检查文件名是否写错;备份请放到别的目录",
                "look whether its name is misspelt; keep copies elsewhere",
            ),
        };
        Diagnostic::warning("R0011", &Spot::of_file(name), message).help(help)
    }

    /// A word where a recipient's capacity is expected.
    pub(crate) fn unknown_recipient(spot: &Spot, found: &str) -> Diagnostic {
        let message =
            Text::new(format!("未知的接收人 `{found}`"), format!("unknown recipient `{found}`"));
        let known = |word: fn(crate::vocabulary::Recipient) -> String| {
            let all = crate::vocabulary::Recipient::ALL.iter();
            all.map(|recipient| word(*recipient)).collect::<Vec<_>>().join(" ")
        };
        Diagnostic::error("R0013", spot, message)
            .label(Text::new("没有这种接收人", "no such capacity"))
            .help(Text::new(
                format!("可用:{}", known(|r| format!("{}({})", r.as_str(), r.chinese()))),
                format!("one of: {}", known(|r| r.as_str().to_owned())),
            ))
    }

    /// A name of several lines, or with characters that nobody sees.
    pub(crate) fn not_one_line(spot: &Spot) -> Diagnostic {
        let message = Text::new(
            "名称含有换行或看不见的字符",
            "the name has a line break or characters that cannot be seen",
        );
        Diagnostic::error("R0014", spot, message)
            .label(Text::new("应为一行文字", "one line, please"))
            .help(Text::new(
                "删去换行、控制字符、零宽字符和方向标记;看不出来时,整项删掉重新输入",
                "take out line breaks, control, zero-width and direction characters; if none is seen, type it anew",
            ))
    }
}

/// What the parser says most often, in Chinese; anything else is shown in its own words.
const TOML_SAID: &[(&str, &str)] = &[
    ("string values must be quoted", "文字须加半角引号"),
    ("invalid key-value pair", "这一行不是“键 = 值”"),
    ("unexpected key or value", "这一行不是“键 = 值”"),
    ("missing key", "等号前没有键"),
    ("missing assignment", "键后面没有等号"),
    ("extra assignment", "多余的等号"),
    ("`=`", "多余的等号"),
    ("missing opening quote", "文字的引号没有配对"),
    ("missing array opening", "方括号没有配对"),
    ("missing inline table opening", "花括号没有配对"),
    ("invalid inline table element", "花括号内应为“键 = 值”"),
    ("missing table open", "方括号没有配对"),
    ("unexpected content", "后面有多余的内容"),
    ("leading zero", "数字不能以 0 开头"),
    ("redundant", "数字前有多余的符号"),
    ("sign", "数字前有多余的符号"),
    ("digits", "数字的写法不对"),
    ("radix", "数字的写法不对"),
    ("cannot extend", "这个键已经有了另一种值"),
    ("recurs", "括号层数过多"),
    ("comment", "注释中有不允许的字符"),
    ("carriage return", "换行符不完整"),
    ("keys cannot be", "键不能写成多行"),
    ("keys cannot", "键不能为空"),
    ("invalid value", "值的写法不对"),
    ("invalid basic string", "文字的引号没有配对"),
    ("invalid multi-line", "多行文字的引号没有配对"),
    ("invalid literal string", "文字的引号没有配对"),
    ("key with no value", "键后面没有等号和值"),
    ("missing value", "缺少值"),
    ("unclosed array", "列表的方括号没有配对"),
    ("unclosed inline table", "花括号没有配对"),
    ("unclosed table", "表名的方括号没有配对"),
    ("missing comma", "缺少逗号"),
    ("extra comma", "多余的逗号"),
    ("invalid date", "日期不存在"),
    ("invalid time", "时间不存在"),
    ("escape", "反斜杠后的字符无效"),
    ("unexpected character", "多余的字符"),
    ("invalid unquoted key", "键中有不允许的字符"),
    ("newline", "此处应换行"),
];

/// The name of a TOML type.
fn chinese_type(name: &str) -> &str {
    match name {
        "string" => "文字",
        "integer" => "整数",
        "float" => "小数",
        "boolean" => "真假值",
        "datetime" => "日期",
        "array" => "列表",
        "table" => "表",
        other => other,
    }
}

/// The pages of this file's codes.
pub(super) const PAGES: &[Page] = &[
    Page::new(
        "R0001",
        (
            "缺少文件",
            "规则由固定的十个文件组成,每个都必须在目录中。缺少的文件可以从随程序提供的 rules/suning/ 复制。",
        ),
        (
            "a file is missing",
            "Rules are ten files of fixed names, and each must be in the directory. Copy a missing one from the shipped rules/suning/.",
        ),
    ),
    Page::new(
        "R0002",
        (
            "文件过大",
            "规则文件的上限为 4 MiB,全县的规则远小于此。超过上限的文件不会读取,多半是放错了文件。",
        ),
        (
            "the file is too large",
            "A rules file may have 4 MiB, many times the rules of a county. A larger one is not read; most often a wrong file was put there.",
        ),
    ),
    Page::new(
        "R0003",
        (
            "编码不是 UTF-8",
            "规则文件一律用 UTF-8 编码,带不带字节序标记(BOM)均可。Excel 直接另存的 CSV 常为 GBK,“Unicode 文本”为 UTF-16:请另存为“CSV UTF-8(逗号分隔)”。",
        ),
        (
            "the encoding is not UTF-8",
            "Rules files are UTF-8, with or without a byte order mark. A CSV that a spreadsheet saved by default is often GBK, and its `Unicode text` is UTF-16: save as `CSV UTF-8 (comma delimited)`.",
        ),
    ),
    Page::new(
        "R0004",
        (
            "TOML 格式错误",
            "TOML 文件由 `键 = 值` 和 `[表]` 组成。文字加半角引号;全角的引号、等号、括号不能使用。",
        ),
        (
            "not TOML",
            "A TOML file is made of `key = value` and `[table]`. Texts stand in straight quotation marks; full-width punctuation does not count.",
        ),
    ),
    Page::new(
        "R0005",
        ("键重复", "同一个表中每个键只能出现一次,否则不知道哪一个有效。删去多余的一个。"),
        (
            "a key appears twice",
            "A key may appear once in a table, for otherwise nobody knows which one holds. Remove one of them.",
        ),
    ),
    Page::new(
        "R0006",
        ("未知的键", "没有规则会读取这个键,多半是拼写错误。帮助中列出这一处可用的键。"),
        (
            "unknown key",
            "No rule reads this key; most often it is misspelt. The help lists the keys known at this place.",
        ),
    ),
    Page::new(
        "R0007",
        ("缺少键", "这一项缺少必须填写的键。按帮助补上。"),
        ("a key is missing", "The entry lacks a key that it must have. Add it as the help says."),
    ),
    Page::new(
        "R0008",
        (
            "值的类型不对",
            "例如应为数字处写了文字,或应为列表处写了单个值。文字加引号,数字不加,列表用方括号。",
        ),
        (
            "a value of the wrong type",
            "For example a text where a number belongs, or one value where a list belongs. Texts are quoted, numbers are not, lists stand in brackets.",
        ),
    ),
    Page::new(
        "R0009",
        (
            "问题过多",
            "每个文件最多检查出 2000 个问题,其余只计数或不再检查。常见原因是整个文件放错或编码损坏。",
        ),
        (
            "too many problems",
            "At most 2,000 problems of a file are looked for, the rest is counted or not read. Often the whole file is a wrong one.",
        ),
    ),
    Page::new(
        "R0010",
        ("内容为空", "此处必须有内容,只有空格也算空。"),
        ("a blank text", "Something must stand here; spaces alone do not count."),
    ),
    Page::new(
        "R0011",
        ("未使用的文件", "目录中有规则不会读取的文件。若是文件名写错,真正的文件会另报缺少。"),
        (
            "a file that is not read",
            "The directory holds a file no rule is read from. If its name is misspelt, the right one is reported missing as well.",
        ),
    ),
    Page::new(
        "R0012",
        (
            "时限无法识别",
            "时限由数量和单位组成。单位有四种:紧急工作时、紧急工作日(夜间和节假日也计时),工作时、工作日(只计工作时间)。不带“紧急”的小时、天按工作时间计,并会提示写明。",
        ),
        (
            "a time limit that cannot be read",
            "A time limit is an amount and one of four units: urgent_hour and urgent_day run through nights and holidays, work_hour and work_day count office hours alone. A plain hour or day is working time.",
        ),
    ),
    Page::new(
        "R0013",
        (
            "未知的接收人",
            "接收人是一种身份而不是人名,例如专业信息员(informant)、值班长(duty-chief)。具体的人写在 units.toml 和 committee.toml。",
        ),
        (
            "unknown recipient",
            "A recipient is a capacity, not a person: informant or duty-chief, for example. The persons stand in units.toml and committee.toml.",
        ),
    ),
    Page::new(
        "R0014",
        (
            "名称不是一行",
            "单位、人员、网格和模板的名称会出现在信头、短信、表格和网页中,都只占一行。换行、控制字符、零宽字符和改变书写方向的标记会伪造别的行,不能写在名称里;它们多由复制粘贴带来。",
        ),
        (
            "a name that is not one line",
            "Names of units, people, grids and templates stand in headers, messages, tables and pages, each on one line. Line breaks, control characters, characters without a width and marks of direction forge other lines and cannot stand in a name; most often they come with a paste.",
        ),
    ),
];
