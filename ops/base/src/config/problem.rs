//! A problem of `duban.toml`, shown exactly like one of a rules file.
//!
//! The place is drawn by the rules' own renderer, so that a file, a line and an underline look the same wherever they
//! are reported; the words are this module's. Each constructor is one message, so that all of them are read here.

use std::ops::Range;

use duban_rules::diagnostic::Text;
use duban_rules::{Diagnostic, Lang, Severity, Sources};
use serde_json::{Value, json};

use super::Finding;
use super::couriers::Conflict;
use super::fields::Field;

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    place: Diagnostic,
    message: [String; 2],
    label: [String; 2],
    help: [String; 2],
}

impl Problem {
    /// A problem of this code at this place, in Chinese and in English.
    pub fn new(
        code: &'static str,
        file: &str,
        span: Range<usize>,
        message: [String; 2],
    ) -> Problem {
        let place = Diagnostic {
            code,
            severity: Severity::Error,
            file: file.to_owned(),
            span,
            message: Text::default(),
            label: Text::default(),
            help: Text::default(),
        };
        Problem { place, message, label: Default::default(), help: Default::default() }
    }

    /// Adds the words under the value.
    #[must_use]
    pub fn label(self, zh: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem { label: [zh.into(), en.into()], ..self }
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(self, zh: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem { help: [zh.into(), en.into()], ..self }
    }

    /// The file is longer than any configuration.
    pub(super) fn too_large(file: &str, most: usize) -> Problem {
        let message = [
            format!("配置文件超过 {most} 字节,未读取"),
            format!("the configuration has more than {most} bytes; it was not read"),
        ];
        Problem::new("C0001", file, 0..0, message)
            .help("检查 --config 是否指错了文件", "look whether --config names a wrong file")
    }

    /// The file is no UTF-8.
    pub(super) fn wrong_encoding(file: &str, at: usize) -> Problem {
        let message = ["配置文件不是 UTF-8 文本".into(), "the configuration is not UTF-8".into()];
        Problem::new("C0002", file, at..at + 1, message)
            .label("从这里起无法读取", "unreadable from here on")
            .help("在文本编辑器中另存为 UTF-8 编码", "save it as UTF-8 in a text editor")
    }

    /// The file is not TOML here; the parser's words are kept.
    pub(super) fn syntax(file: &str, span: Range<usize>, said: &str) -> Problem {
        let said = said.trim();
        if said.contains("duplicate key") {
            let message = ["同一个表中有重复的键".into(), "a key appears twice".into()];
            return Problem::new("C0004", file, span, message)
                .label("重复", "again")
                .help("删去其中一个", "remove one of them");
        }
        let message = [format!("TOML 格式错误:{said}"), format!("not TOML: {said}")];
        Problem::new("C0003", file, span, message).label("此处", "here").help(
            "检查引号、等号、方括号是否成对且为半角",
            "look at quotation marks, equals signs and brackets",
        )
    }

    /// A key or table that nothing reads.
    pub(super) fn unknown(file: &str, span: Range<usize>, name: &str, known: &[&str]) -> Problem {
        let list = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
        let message = [format!("未知的键 `{name}`"), format!("unknown key `{name}`")];
        Problem::new("C0005", file, span, message)
            .label("没有这个键", "no such key")
            .help(format!("可用的键:{list}"), format!("known here: {list}"))
    }

    /// A value of another type than the field's.
    pub(super) fn wrong_type(
        file: &str,
        span: Range<usize>,
        wanted: [&str; 2],
        found: &str,
    ) -> Problem {
        let [zh, en] = wanted;
        let is = match found {
            "string" => "文字",
            "integer" => "整数",
            "float" => "小数",
            "boolean" => "true/false",
            "datetime" => "日期时间",
            "array" => "列表",
            "table" => "表",
            other => other,
        };
        let message = [format!("此处应为{zh},实为{is}"), format!("expected {en}, found {found}")];
        Problem::new("C0006", file, span, message)
            .label(format!("应为{zh}"), format!("expected {en}"))
            .help(
                "文字须加半角引号,数字不加;`duban config explain` 列出每一项的写法",
                "texts stand in quotation marks, numbers do not; see `duban config explain`",
            )
    }

    /// A number outside the field's bounds.
    pub(super) fn out_of_bounds(
        file: &str,
        span: Range<usize>,
        key: &str,
        [least, most]: [u64; 2],
        unit: [&str; 2],
    ) -> Problem {
        let [zh, en] = unit;
        let message = [format!("`{key}` 超出允许的范围"), format!("`{key}` is outside its bounds")];
        Problem::new("C0007", file, span, message)
            .label(format!("应为 {least}–{most} {zh}"), format!("{least} to {most} {en}"))
            .help(
                "改成范围内的整数,或删去这一行以使用默认值",
                "write a whole number within them, or remove the line to use the default",
            )
    }

    /// A word that is none of the field's.
    pub(super) fn unknown_word(
        file: &str,
        span: Range<usize>,
        found: &str,
        known: &[&str],
    ) -> Problem {
        let list = known.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(" ");
        let message = [format!("不认识的值 `{found}`"), format!("unknown value `{found}`")];
        Problem::new("C0008", file, span, message)
            .label("不可用", "not one of them")
            .help(format!("可用的值:{list}"), format!("one of: {list}"))
    }

    /// A text that must say something is blank.
    pub(super) fn blank(file: &str, span: Range<usize>, key: &str) -> Problem {
        let message = [format!("`{key}` 不能为空"), format!("`{key}` must not be blank")];
        Problem::new("C0009", file, span, message).label("为空", "blank").help(
            "填写内容,或删去这一行以使用默认值",
            "fill it in, or remove the line to use the default",
        )
    }

    /// A text that must be a name and cannot be one.
    pub(super) fn no_name(file: &str, span: Range<usize>, key: &str) -> Problem {
        let message = [format!("`{key}` 不能用作名称"), format!("`{key}` is no name")];
        Problem::new("C0014", file, span, message).label("不是名称", "no name").help(
            "用 1 至 32 个半角字母、数字、`-` 和 `_`,例如 \"node-1\"",
            "write 1 to 32 plain letters, digits, `-` and `_`, for instance \"node-1\"",
        )
    }

    /// Fields that do not go together.
    pub(super) fn conflict(file: &str, span: Range<usize>, conflict: &Conflict) -> Problem {
        let [zh, en] = conflict.message;
        let message = [format!("`{}`:{zh}", conflict.field), format!("`{}`: {en}", conflict.field)];
        let [zh, en] = conflict.help;
        Problem::new("C0010", file, span, message)
            .label("不能同时成立", "do not go together")
            .help(zh, en)
    }

    /// What keeps a server from working, or from working safely.
    pub(super) fn found(file: &str, span: Range<usize>, finding: &Finding) -> Problem {
        let ([zh, en], field) = (&finding.message, finding.field);
        let message = [format!("`{field}`:{zh}"), format!("`{field}`: {en}")];
        let code = match finding.severity {
            Severity::Error => "C0012",
            Severity::Warning => "C0013",
        };
        let mut problem = Problem::new(code, file, span, message).label("此处", "here");
        problem.place.severity = finding.severity;
        let [zh, en] = finding.help.clone();
        problem.help(zh, en)
    }

    /// A variable of the environment whose value is none of its field's.
    pub(super) fn of_environment(place: &str, variable: &str, field: &Field) -> Problem {
        let name = field.name();
        let message = [
            format!("环境变量 `{variable}` 的值不能用于 `{name}`"),
            format!("the variable `{variable}` has no value for `{name}`"),
        ];
        Problem::new("C0011", place, 0..0, message).help(
            format!("用 `duban config explain {name}` 查看可用的值,或取消这个变量"),
            format!("see `duban config explain {name}` for its values, or unset the variable"),
        )
    }

    /// Its stable code.
    pub fn code(&self) -> &'static str {
        self.place.code
    }

    /// Where it stands in the file.
    pub fn start(&self) -> usize {
        self.place.span.start
    }

    /// The problem for people: code and sentence, where it is, the value underlined, the way out.
    pub fn render(&self, sources: &Sources, lang: Lang) -> String {
        let drawn = self.place.render(sources, lang);
        let mut lines: Vec<String> = drawn.lines().map(str::to_owned).collect();
        if let Some(first) = lines.first_mut() {
            first.push_str(said(&self.message, lang));
        }
        let (line, _) = self.place.position(sources);
        let gutter = " ".repeat(line.to_string().len());
        if let Some(last) = lines.last_mut()
            && last.ends_with('^')
        {
            last.push(' ');
            last.push_str(said(&self.label, lang));
        }
        let word = said(&["帮助".to_owned(), "help".to_owned()], lang).to_owned();
        lines.push(format!("{gutter} = {word}: {}", said(&self.help, lang)));
        lines.push(String::new());
        lines.join("\n")
    }

    /// The problem for machines.
    pub fn to_json(&self, sources: &Sources) -> Value {
        let mut place = self.place.to_json(sources);
        let both =
            |text: &[String; 2]| json!({"zh": said(text, Lang::Zh), "en": said(text, Lang::En)});
        if let Some(fields) = place.as_object_mut() {
            fields.insert("message".to_owned(), both(&self.message));
            fields.insert("label".to_owned(), both(&self.label));
            fields.insert("help".to_owned(), both(&self.help));
        }
        place
    }
}

fn said([zh, en]: &[String; 2], lang: Lang) -> &str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
