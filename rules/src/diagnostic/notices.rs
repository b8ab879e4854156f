//! What can be wrong with `notices.toml` (articles 15–18, 28). Codes R0701–R0749.

mod pages;
mod schedule;
mod writing;

use super::{Diagnostic, Text};
use crate::source::Spot;

pub(super) use pages::PAGES;
pub(crate) use schedule::Pace;

impl Diagnostic {
    /// A template that the program asks for is not there.
    pub(crate) fn template_missing(name: &str) -> Diagnostic {
        let message =
            Text::new(format!("缺少通知模板 `{name}`"), format!("template `{name}` is missing"));
        Diagnostic::error("R0701", &Spot::of_file("notices.toml"), message).help(Text::new(
            format!("补上 `[{name}]` 一段,可从随程序提供的 notices.toml 复制"),
            format!("add a table `[{name}]`, for example from the shipped notices.toml"),
        ))
    }

    /// A template is no template.
    pub(crate) fn template_syntax(spot: &Spot, line: usize, why: &str) -> Diagnostic {
        let message = Text::new(
            format!("模板第 {line} 行有语法错误:{why}"),
            format!("the template is wrong in its line {line}: {why}"),
        );
        Diagnostic::error("R0702", spot, message)
            .label(Text::new("这个模板", "this template"))
            .help(Text::new(
                "检查 {{ }} 和 {% %} 是否成对,if 和 for 是否有 endif 和 endfor",
                "look whether {{ }} and {% %} are closed, and `if` and `for` ended",
            ))
    }

    /// A template uses a variable that it does not declare.
    pub(crate) fn undeclared_variable(spot: &Spot, name: &str) -> Diagnostic {
        let message = Text::new(
            format!("模板使用了未列出的变量 `{name}`"),
            format!("the template uses `{name}`, which it does not declare"),
        );
        Diagnostic::error("R0703", spot, message)
            .label(Text::new("未列入 variables", "not in `variables`"))
            .help(Text::new(
                "改正变量名,或把它加进这一段的 variables",
                "mend the name, or add it to `variables` of this template",
            ))
    }

    /// A declared variable that the program never gives.
    pub(crate) fn variable_never_given(spot: &Spot, name: &str, known: &[&str]) -> Diagnostic {
        let known = known.join(" ");
        let message = Text::new(
            format!("程序不提供变量 `{name}`"),
            format!("the program never gives a variable `{name}`"),
        );
        Diagnostic::error("R0704", spot, message)
            .label(Text::new("没有这个变量", "no such variable"))
            .help(Text::new(format!("可用的变量:{known}"), format!("there are: {known}")))
    }

    /// A channel that does not exist.
    pub(crate) fn unknown_channel(spot: &Spot, word: &str) -> Diagnostic {
        let message =
            Text::new(format!("未知的发送途径 `{word}`"), format!("unknown channel `{word}`"));
        Diagnostic::error("R0705", spot, message)
            .label(Text::new("email 或 sms", "email or sms"))
            .help(Text::new("改为 \"email\" 或 \"sms\"", "write \"email\" or \"sms\""))
    }

    /// A template that goes no way.
    pub(crate) fn no_channel(spot: &Spot) -> Diagnostic {
        let message = Text::new("通知没有发送途径", "the notice has no channel and reaches nobody");
        Diagnostic::error("R0706", spot, message).label(Text::new("这一段", "this template")).help(
            Text::new(
                "写 channels = [\"email\", \"sms\"],至少一种",
                "write channels = [\"email\", \"sms\"], one of them at least",
            ),
        )
    }

    /// A filter, test or function that nobody has.
    pub(crate) fn template_calls(spot: &Spot, (zh, en): (&str, &str), name: &str) -> Diagnostic {
        let message = Text::new(
            format!("模板使用了不存在的{zh} `{name}`"),
            format!("the template uses a {en} `{name}` that does not exist"),
        );
        Diagnostic::error("R0708", spot, message)
            .label(Text::new(format!("没有这个{zh}"), format!("no such {en}")))
            .help(Text::new(
                "改正名称,或去掉它;截短文字可写 {{ x[:20] }}",
                "mend the name, or leave it out; {{ x[:20] }} cuts a text short",
            ))
    }

    /// A template that reads another.
    pub(crate) fn template_reads_another(spot: &Spot, tag: &str) -> Diagnostic {
        let message = Text::new(
            format!("模板不能用 `{tag}` 读取别的模板"),
            format!("a template cannot read another by `{tag}`"),
        );
        Diagnostic::error("R0709", spot, message)
            .label(Text::new("没有可读取的模板", "there is none to read"))
            .help(Text::new("把内容直接写在这里", "write here what it says"))
    }

    /// A template that cannot be filled in.
    pub(crate) fn template_fails(spot: &Spot, line: usize, given: Given, why: &str) -> Diagnostic {
        let (zh, en) = match given {
            Given::Usual => ("变量都有值", "every variable has a value"),
            Given::Blank => ("变量为空", "the variables are blank"),
            Given::Nothing => ("变量没有值", "the variables have no value"),
            Given::Long => ("变量的值很长", "the values are long"),
        };
        let message = Text::new(
            format!("{zh}时,模板第 {line} 行无法填写:{why}"),
            format!("when {en}, the template cannot be filled in at its line {line}: {why}"),
        );
        Diagnostic::error("R0710", spot, message)
            .label(Text::new("这个模板", "this template"))
            .help(Text::new(
                "用 {% if x %}…{% endif %} 或 x|default(\"\", true) 处理没有值的变量;文字不能当数字或列表用",
                "guard a variable by {% if x %}…{% endif %} or x|default(\"\", true); a text is no number and no list",
            ))
    }

    /// An SMS that becomes many messages.
    pub(crate) fn sms_long(spot: &Spot, characters: usize, messages: usize) -> Diagnostic {
        let message = Text::new(
            format!("短信填写后约 {characters} 字,要分 {messages} 条发送"),
            format!(
                "filled in, the SMS has about {characters} characters and takes {messages} messages"
            ),
        );
        Diagnostic::warning("R0720", spot, message).label(Text::new("过长", "long")).help(
            Text::new(
                "一条短信 70 字;尽量不超过 70 字,详情放在邮件正文里",
                "one message holds 70 characters; keep to them and leave the rest to the e-mail",
            ),
        )
    }
}

/// What a template is given when it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    /// What a usual message has.
    Usual,
    /// Texts without a character, lists without an item.
    Blank,
    /// No text at all.
    Nothing,
    /// Texts and lists as long as they can be.
    Long,
}
