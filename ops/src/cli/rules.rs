//! `duban rules`: what an admin does with a directory of rules files before it comes into force, and with open cases
//! after that (articles 6–11).

mod apply;
mod cancel;
mod extent;
mod history;
mod recalculate;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use duban_rules::diagnostic::{Listing, Tally, catalogue};
use duban_rules::diff::Edition;
use duban_rules::{Diagnostic, Lang, RuleBook, Severity, Sources};
use serde_json::json;

use super::{Call, Exit};
use duban_base::config;
use duban_base::labels::schedule;
use duban_lab::replay;

/// The word for the rules that come with the program, where a directory is expected.
const SHIPPED: &str = "shipped";

#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// 检查规则目录,一次列出全部问题
    #[command(long_about = "检查规则目录,一次列出全部问题:代码、位置、出错的值、改法。\n\
        有错误时退出码为 1;只有警告时为 0。不写目录则检查配置中的目录或随程序提供的规则。\n\n\
        示例:\n  \
        duban rules check 我的规则目录\n  \
        duban rules check 我的规则目录 --lang en\n  \
        duban rules check 我的规则目录 --format json")]
    Check(Check),
    /// 解释一个诊断代码
    #[command(long_about = "解释一个诊断代码:含义、常见原因、改法。不写代码则列出全部代码。\n\n\
        示例:\n  \
        duban rules explain R0103\n  \
        duban rules explain")]
    Explain {
        /// 诊断代码,如 R0103(规则)或 C0005(配置)
        #[arg(value_name = "CODE")]
        code: Option<String>,
    },
    /// 用文字说明两版规则的差别
    #[command(long_about = "用文字逐条说明新旧两版规则的差别,可直接用于请示。\n\
        目录写 shipped 表示随程序提供的规则。\n\n\
        示例:\n  \
        duban rules diff 旧规则目录 新规则目录\n  \
        duban rules diff shipped 我的规则目录")]
    Diff {
        /// 旧版规则目录
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// 新版规则目录
        #[arg(value_name = "NEW")]
        new: PathBuf,
    },
    /// 输出可打印的指挥手册(HTML)
    #[command(long_about = "把规则输出为可打印的指挥手册(HTML,第十一条)。\n\n\
        示例:\n  \
        duban rules handbook -o 指挥手册.html\n  \
        duban rules handbook 我的规则目录 -o 指挥手册.html")]
    Handbook {
        /// 规则目录;不写则用配置中的目录或随程序提供的规则
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
        /// 写入的文件;不写则输出到屏幕
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// 重新读取规则目录并使之生效
    #[command(
        long_about = "重新读取配置的规则目录(rules.dir),检查无误后整体生效并记录在案;有错误则沿用原来的规则,退出码为 1。\n\
        只影响此后的决定:在办案件的时限一概不动,也不发出任何通知。给服务发 SIGHUP 与此相同。\n\
        handbook.toml 的 effective 在今天之后的,先记为待生效,到那一天零时自动生效;已生效过的手册不再等待。\n\
        编号已用于另一份内容、或编号倒退的,不能生效。\n\n\
        示例:\n  \
        duban rules check 我的规则目录 && duban rules apply\n  \
        duban rules apply --by 王示例"
    )]
    Apply(apply::Apply),
    /// 取消待生效的规则
    #[command(long_about = "取消待生效的规则:它不再到日生效,现行规则不变。原因写入记录。\n\n\
        示例:\n  \
        duban rules history\n  \
        duban rules cancel 1f0c9a2b --reason 暂缓施行")]
    Cancel(cancel::Cancel),
    /// 列出历次生效的规则
    #[command(
        long_about = "列出历次生效的规则:何时、由谁、哪一版;待生效的、没有生效的也在其中。全部规则文件按散列永久保存在存储中。\n\n\
        示例:\n  \
        duban rules history\n  \
        duban rules history --format json"
    )]
    History,
    /// 按现行工作日历重新计算在办案件的时限
    #[command(
        long_about = "按现行工作日历重新计算在办案件的时限(第十一条),逐件列出原截止时间和新截止时间。\n\
        只有本命令变动在办案件;时限、阶梯仍用立案当日的,只换日历。公布新一年的放假安排后使用。\n\
        尚未到达的步骤改到新时间;已按原时限触发而新时限尚未到的步骤作废,并告知收到过通知的人。\n\
        可以重复执行:已变动的案件不再变动。\n\n\
        示例:\n  \
        duban rules recalculate --dry-run\n  \
        duban rules recalculate --reason 国务院办公厅公布2027年放假安排"
    )]
    Recalculate(recalculate::Recalculate),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// 规则目录;不写则用配置中的目录或随程序提供的规则
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Rules {
    /// Whether it is about a store that a server may be working on, or about files alone.
    pub(super) fn is_about_a_store(&self) -> bool {
        match self {
            Rules::Apply(_) | Rules::Cancel(_) | Rules::History | Rules::Recalculate(_) => true,
            Rules::Check(_)
            | Rules::Explain { .. }
            | Rules::Diff { .. }
            | Rules::Handbook { .. } => false,
        }
    }

    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        match self {
            Rules::Check(Check { dir }) => check(call, dir.as_deref()),
            Rules::Explain { code } => explain(call, code.as_deref()),
            Rules::Diff { old, new } => diff(call, old, new),
            Rules::Apply(asked) => asked.run(call),
            Rules::Cancel(asked) => asked.run(call),
            Rules::History => history::history(call),
            Rules::Recalculate(asked) => asked.run(call),
            Rules::Handbook { dir, output } => handbook(call, dir.as_deref(), output.as_deref()),
        }
    }
}

fn check(call: &mut Call<'_>, dir: Option<&Path>) -> Result<Exit> {
    let sources = named(call, dir)?;
    let (book, diagnostics) = duban_rules::parse(&sources);
    let list = Listing::of(&diagnostics, &sources);
    let [errors, warnings] = [Severity::Error, Severity::Warning].map(|one| list.count(one));
    // When a brief goes out by rules with errors is not for anybody to plan by.
    let briefs = if errors.places == 0 { schedule::ahead(&book, call.now()) } else { Vec::new() };
    if call.is_for_programs() {
        let hash = blake3::Hash::from_bytes(book.hash).to_hex();
        call.json(&json!({
            "errors": errors.places,
            "warnings": warnings.places,
            "hash": hash.as_str(),
            "diagnostics": list.to_json(),
            "briefs": briefs,
        }))?;
    } else {
        call.text(&list.render(call.lang))?;
        for line in schedule::in_words(&briefs, &book.calendar, call.lang) {
            call.line(line)?;
        }
        call.line(summary(&book, [errors, warnings], call.lang))?;
    }
    Ok(if errors.places > 0 { Exit::Failed } else { Exit::Done })
}

fn summary(book: &RuleBook, [errors, warnings]: [Tally; 2], lang: Lang) -> String {
    let counted = extent::in_words(book, lang);
    let number = &book.handbook.number;
    match lang {
        Lang::Zh => {
            let many = |Tally { kinds, places }, word: &str| match places {
                places if places == kinds => format!("{kinds} 个{word}"),
                places => format!("{kinds} 个{word}(共 {places} 处)"),
            };
            let verdict = match (errors.kinds, warnings.kinds) {
                (0, 0) => "没有问题".to_owned(),
                (0, _) => format!("{},可以使用", many(warnings, "警告")),
                (_, 0) => format!("{},改正前不能使用", many(errors, "错误")),
                (_, _) => {
                    let [errors, warnings] = [many(errors, "错误"), many(warnings, "警告")];
                    format!("{errors}、{warnings},改正错误前不能使用")
                }
            };
            let hint = if errors.kinds + warnings.kinds > 0 {
                ";用 `duban rules explain 代码` 查看某个代码的说明"
            } else {
                ""
            };
            format!("手册第 {number} 版:{counted}。{verdict}{hint}。")
        }
        Lang::En => {
            let many = |Tally { kinds, places }, word: &str| match places {
                places if places == kinds => format!("{kinds} {word}"),
                places => format!("{kinds} {word} ({places} places)"),
            };
            let (err, warn) = (many(errors, "errors"), many(warnings, "warnings"));
            let verdict = match (errors.kinds, warnings.kinds) {
                (0, 0) => "no problems".to_owned(),
                (0, _) => format!("{warn}; usable"),
                (_, _) => format!("{err}, {warn}; not usable until mended"),
            };
            format!("handbook edition {number}: {counted}. {verdict}.")
        }
    }
}

fn explain(call: &mut Call<'_>, code: Option<&str>) -> Result<Exit> {
    let mut pages = catalogue().chain(&*config::PAGES).chain(&*replay::PAGES);
    if let Some(code) = code {
        let Some(page) = pages.find(|page| page.is_of(code)) else {
            bail!("没有诊断代码 `{code}`;不带代码运行 `duban rules explain` 列出全部");
        };
        let text = page.told(call.lang);
        if call.is_for_programs() {
            call.json(&json!({"code": code.trim().to_uppercase(), "page": text}))?;
        } else {
            call.text(&text)?;
        }
        return Ok(Exit::Done);
    }
    let titles: Vec<_> = pages.map(|page| (&page.code, page.title(call.lang))).collect();
    if call.is_for_programs() {
        let titles: Vec<_> = titles.iter().map(|(c, t)| json!({"code": c, "title": t})).collect();
        call.json(&json!({ "codes": titles }))?;
    } else {
        for (code, title) in titles {
            call.line(format!("{code}  {title}"))?;
        }
    }
    Ok(Exit::Done)
}

fn diff(call: &mut Call<'_>, old: &Path, new: &Path) -> Result<Exit> {
    let (old, new) = (edition(old)?, edition(new)?);
    let [old, new] = [&old, &new].map(|(sources, book)| Edition { sources, book });
    let difference = duban_rules::diff::diff(old, new, call.lang);
    if call.is_for_programs() {
        call.json(&json!({ "changes": difference.changes, "layout": difference.layout }))?;
    } else {
        for line in difference.lines(call.lang) {
            call.line(line)?;
        }
    }
    Ok(Exit::Done)
}

/// The rules of one edition; a comparison with what could not be read would mislead.
fn edition(dir: &Path) -> Result<(Sources, RuleBook)> {
    let dir = if dir == Path::new(SHIPPED) && !dir.exists() { Path::new("") } else { dir };
    config::rules::edition(dir)
}

fn handbook(call: &mut Call<'_>, dir: Option<&Path>, output: Option<&Path>) -> Result<Exit> {
    let sources = named(call, dir)?;
    let (book, diagnostics) = duban_rules::parse(&sources);
    let errors = count(&diagnostics, Severity::Error);
    if errors > 0 {
        bail!("规则有 {errors} 个错误,不能印成手册;先用 `duban rules check` 查看并改正");
    }
    let page = duban_rules::print::handbook_html(&book);
    let Some(output) = output else {
        call.text(&page)?;
        return Ok(Exit::Done);
    };
    let written = std::fs::File::create(output).and_then(|mut file| {
        file.write_all(page.as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| format!("无法写入 {}", output.display()))?;
    call.line(format!(
        "已写入 {}:手册第 {} 版,{} 个立案条件。",
        output.display(),
        book.handbook.number,
        book.handbook.conditions.len()
    ))?;
    Ok(Exit::Done)
}

/// The rules a command is about: the directory named, the configured one, or the shipped ones.
fn named(call: &Call<'_>, dir: Option<&Path>) -> Result<Sources> {
    match dir {
        Some(dir) if dir == Path::new(SHIPPED) && !dir.exists() => Ok(Sources::shipped()),
        Some(dir) => config::rules::sources(dir),
        None => config::rules::sources(&call.config.rules_dir),
    }
}

fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|found| found.severity == severity).count()
}
