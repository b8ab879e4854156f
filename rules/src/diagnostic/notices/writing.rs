//! What can be wrong with how a template writes its variables.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Text};
use crate::source::Spot;

impl Diagnostic {
    /// A variable in other braces than two on each side, or a brace too many; and what is meant, where that is plain.
    pub(crate) fn variable_written(
        spot: &Spot,
        written: &str,
        meant: Option<&str>,
        declared: &BTreeSet<String>,
    ) -> Diagnostic {
        let Some(meant) = meant else {
            let message = Text::new(
                format!("多出花括号 `{written}`"),
                format!("there is a brace too many: `{written}`"),
            );
            return Diagnostic::error("R0730", spot, message)
                .label(Text::new("不成对", "not one of a pair"))
                .help(Text::new(
                    "删去,或补成 {{ 变量 }};确要印出花括号,写 {{ \"{\" }}",
                    "leave it out, or make it {{ variable }}; a brace to be read is {{ \"{\" }}",
                ));
        };
        let message = Text::new(
            format!("`{written}` 不是变量的写法,填不进内容"),
            format!("`{written}` is not how a variable is written, and nothing is filled in"),
        );
        let found = Diagnostic::error("R0730", spot, message);
        let name = meant.trim_matches(['{', ' ', '}']);
        if !name.is_ascii() && name.chars().all(char::is_alphanumeric) {
            let names = declared.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
            return found.label(Text::new("应为 {{ 变量名 }}", "is {{ name }}")).help(Text::new(
                format!("写成 {{{{ 变量名 }}}},变量名没有 `{name}`,可用:{names}"),
                format!("write {{{{ name }}}}; there is no `{name}`, there are: {names}"),
            ));
        }
        found.label(Text::new(format!("应为 {meant}"), format!("is {meant}"))).help(Text::new(
            format!("改为 `{meant}`:半角花括号,两边都要写全"),
            format!("write `{meant}`, with ASCII braces on both sides"),
        ))
    }

    /// A template that prints what a machine calls nothing.
    pub(crate) fn template_prints(spot: &Spot, word: &str) -> Diagnostic {
        let message = Text::new(
            format!("变量没有值时,这个模板会印出 `{word}`"),
            format!("where a variable has no value, this template prints `{word}`"),
        );
        Diagnostic::error("R0731", spot, message)
            .label(Text::new("这个模板", "this template"))
            .help(Text::new(
                "直接写 {{ x }},没有值时留空;列表逐项写 {% for item in x %}…{% endfor %},不要整个印出",
                "write {{ x }} itself, which is blank without a value, and a list item by item by {% for item in x %}…{% endfor %}",
            ))
    }

    /// A template that names nothing, to compare with it or to print it.
    pub(crate) fn template_names_nothing(spot: &Spot, word: &str) -> Diagnostic {
        let message = Text::new(
            format!("模板不能用 `{word}` 比较或印出"),
            format!("a template cannot compare with `{word}`, nor print it"),
        );
        Diagnostic::error("R0732", spot, message)
            .label(Text::new("没有值不写 none", "nothing is not written so"))
            .help(Text::new(
                "有没有值写 {% if x %}…{% endif %};没有值时另写文字,用 {{ x or \"无\" }}",
                "ask by {% if x %}…{% endif %}; other words instead of nothing are {{ x or \"none\" }}",
            ))
    }
}
