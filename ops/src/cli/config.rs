//! `duban config`: what can be set, in which unit, and what is in force.

use anyhow::Result;
use clap::Subcommand;
use duban_rules::{Lang, Severity};
use serde_json::json;

use super::{Call, Exit};
use duban_base::config::fields::{self, Field, Slot};
use duban_base::config::log::Level;
use duban_base::config::{Config as Configuration, Reading};
use duban_server::check;

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// 列出每一项配置:单位、默认值、当前值、说明
    #[command(long_about = "列出 duban.toml 的每一项配置:单位、范围、默认值、当前值、说明。\n\
        配置文件有错时逐条指出,退出码为 1。\n\n\
        示例:\n  \
        duban config explain                          全部配置\n  \
        duban config explain store                    只看 store 一组\n  \
        duban config explain --template > duban.toml  生成带说明的模板\n  \
        duban --config 别处.toml config explain       检查另一个文件")]
    Explain {
        /// 只看这一组或这一项,如 store 或 store.cache_mib
        #[arg(value_name = "NAME")]
        name: Option<String>,
        /// 输出一份带说明的 duban.toml
        #[arg(long)]
        template: bool,
    },
    /// 检查配置能否启动服务:密码文件、地址、网址、目录
    #[command(
        long_about = "检查配置能否启动服务:密码文件能否读取,发件人、网址、监听地址是否可用,\n\
        短信账号是否过长,存储目录和规则目录是否可用。一次列出全部问题,不连接任何服务器。\n\
        有错误时退出码为 1;只有警告时为 0。`duban serve` 启动前作同样的检查。\n\n\
        示例:\n  \
        duban config check\n  \
        duban --config /etc/duban/duban.toml config check"
    )]
    Check,
}

impl Config {
    pub(super) fn run(&self, call: &mut Call<'_>, reading: &Reading) -> Result<Exit> {
        let (name, template) = match self {
            Config::Explain { name, template } => (name, template),
            Config::Check => return check(call, reading),
        };
        let is_named = |field: &&Field| match name.as_deref() {
            None => true,
            Some(name) => {
                let below = field.table.strip_prefix(name);
                field.name() == name
                    || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }
        };
        let fields: Vec<&Field> = fields::all().filter(is_named).collect();
        if fields.is_empty() {
            call.aside("没有这一项配置;不带名称运行 `duban config explain` 列出全部")?;
            return Ok(Exit::Usage);
        }
        if *template {
            call.text(&as_template(&fields, &call.config.clone()))?;
        } else if call.is_for_programs() {
            as_json(&fields, call, reading)?;
        } else {
            as_table(&fields, call)?;
        }
        if reading.problems.is_empty() {
            return Ok(Exit::Done);
        }
        if !call.is_for_programs() {
            call.aside(&reading.render(call.lang))?;
        }
        Ok(Exit::Failed)
    }
}

fn check(call: &mut Call<'_>, reading: &Reading) -> Result<Exit> {
    // Certificates are read, too.
    duban_base::tls::ready();
    let mut found = check::settings(&call.config);
    found.extend(check::ground(&call.config));
    let sound = reading.problems.is_empty() && found.iter().all(|f| f.severity != Severity::Error);
    let problems = reading.problems.iter().cloned();
    let problems: Vec<_> = problems.chain(found.iter().map(|f| reading.placed(f))).collect();
    if call.is_for_programs() {
        let problems = problems.iter().map(|problem| problem.to_json(&reading.sources));
        call.json(&json!({"problems": problems.collect::<Vec<_>>()}))?;
    } else if problems.is_empty() {
        call.line(call.said("没有发现问题。", "Nothing is wrong."))?;
    } else {
        for problem in &problems {
            call.line(problem.render(&reading.sources, call.lang))?;
        }
    }
    Ok(if sound { Exit::Done } else { Exit::Failed })
}

fn as_table(fields: &[&Field], call: &mut Call<'_>) -> Result<()> {
    let defaults = Configuration::default();
    let pick = |[zh, en]: [&str; 2]| call.said(zh, en).to_owned();
    let row = |field: &&Field| {
        vec![
            field.name(),
            field.written(&call.config),
            field.written(&defaults),
            pick(field.unit),
            bounds(field),
            pick(field.about),
        ]
    };
    let rows = fields.iter().map(row).collect();
    let headings = match call.lang {
        Lang::Zh => ["配置项", "当前值", "默认值", "单位", "范围", "说明"],
        Lang::En => ["field", "value", "default", "unit", "bounds", "what it is for"],
    };
    call.table(&headings, rows)
}

fn as_json(fields: &[&Field], call: &mut Call<'_>, reading: &Reading) -> Result<()> {
    let defaults = Configuration::default();
    let field = |field: &&Field| {
        let ([unit, _], [zh, en]) = (field.unit, field.about);
        json!({
            "name": field.name(),
            "value": field.value(&call.config),
            "default": field.value(&defaults),
            "unit": unit,
            "bounds": bounds(field),
            "about": {"zh": zh, "en": en},
        })
    };
    let fields: Vec<_> = fields.iter().map(field).collect();
    let problems = reading.problems.iter().map(|p| p.to_json(&reading.sources));
    let problems: Vec<_> = problems.collect();
    call.json(&json!({"fields": fields, "problems": problems}))
}

fn as_template(fields: &[&Field], config: &Configuration) -> String {
    let mut text = String::from("# duban 的配置。每一项都可以省略;省略时使用默认值。\n");
    let mut table = "";
    for field in fields {
        if field.table != table {
            table = field.table;
            text.extend(["\n[", table, "]\n"]);
        }
        let ([about, _], [unit, _]) = (field.about, field.unit);
        let bounds = match field.slot {
            Slot::Count(..) => format!(",{}", bounds(field)),
            Slot::Path(_)
            | Slot::Text(_)
            | Slot::Name(_)
            | Slot::Level(_)
            | Slot::Lang(_)
            | Slot::Word(_) => String::new(),
        };
        text.extend(["# ", about, "(单位:", unit, &bounds, ")\n"]);
        // What is set by being there at all is shown, not set.
        if matches!(field.slot, Slot::Text(_) | Slot::Name(_)) && field.value(config) == "" {
            text.push_str("# ");
        }
        text.extend([field.key, " = ", &field.written(config), "\n"]);
    }
    text
}

fn bounds(field: &Field) -> String {
    match field.slot {
        Slot::Count(least, most, _) => format!("{least}–{most}"),
        Slot::Level(_) => Level::ALL.map(Level::as_str).join(" "),
        Slot::Lang(_) => "zh en".to_owned(),
        Slot::Word(words) => (words.all)().join(" "),
        Slot::Name(_) => fields::NAME_LETTERS.to_owned(),
        Slot::Path(_) | Slot::Text(_) => "—".to_owned(),
    }
}
