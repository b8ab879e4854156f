//! The command line: what can be asked of `duban`, one file per noun.
//!
//! Help is Chinese, option names and JSON keys are English. A command gets a [`Call`] and writes to it; nothing else
//! in this crate prints. Exit codes: 0 done, 1 errors found or not done, 2 used wrongly.

mod config;
mod help;
mod print;
mod rules;
mod usage;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum};
use duban_rules::Lang;

use crate::config::Reading;
use crate::telemetry::{self, Level};

pub use print::Call;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Errors were found, or it could not be done.
    Failed,
    /// The command line made no sense.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        match exit {
            Exit::Done => ExitCode::SUCCESS,
            Exit::Failed => ExitCode::FAILURE,
            Exit::Usage => ExitCode::from(2),
        }
    }
}

#[derive(Debug, Parser)]
#[command(
    name = "duban",
    version,
    about = "督办:数字城管案件的派遣、计时、催办和督办",
    long_about = "督办:数字城管案件的派遣、计时、催办和督办。\n\n\
        每个案件、每个单位都是一个持久的实体;时限由规则文件决定,到点自动预警、升级,全程留痕。\n\n\
        示例:\n  \
        duban demo                      看一座小城的案件如何流转\n  \
        duban rules check 我的规则目录  检查修改过的规则文件\n  \
        duban case list --unit CG-HW    列出一个单位的在办案件\n\n\
        退出码:0 完成;1 发现错误或未能完成;2 命令行写错。"
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Debug, Args)]
struct Global {
    /// 配置文件;不指定时使用当前目录的 duban.toml(没有也可以)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 存储目录,优先于配置中的 store.dir(默认 ./duban-data)
    #[arg(long, global = true, value_name = "DIR")]
    store: Option<PathBuf>,
    /// 诊断信息的语言:zh 中文(默认),en 英文
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<LangWord>,
    /// 输出格式:text 给人看(默认),json 给程序读
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// 运行日志的详细程度:error warn info debug trace
    #[arg(long, global = true, value_name = "LEVEL", value_parser = level)]
    log: Option<Level>,
}

/// For whom a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LangWord {
    Zh,
    En,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 检查、解释、比较、打印规则文件
    #[command(subcommand)]
    Rules(rules::Rules),
    /// 说明配置文件
    #[command(subcommand)]
    Config(config::Config),
}

/// Runs the command of `args`, the program's name first.
pub(crate) fn run(args: Vec<OsString>, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let parsed = help::command().try_get_matches_from(args);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, out, err),
    };
    match dispatch(&cli, out, err) {
        Ok(exit) => exit,
        Err(error) if is_broken_pipe(&error) => Exit::Done,
        Err(error) => {
            // Nobody is left to tell when standard error is gone, too.
            drop(out.flush().and_then(|()| print::failure(&error, err)));
            Exit::Failed
        }
    }
}

fn dispatch(cli: &Cli, out: &mut dyn Write, err: &mut dyn Write) -> Result<Exit> {
    let Global { config, store, lang, format, log } = &cli.global;
    let mut reading = configuration(config.as_deref())?;
    if let Some(dir) = store {
        reading.config.store_dir.clone_from(dir);
    }
    let lang = lang.map_or(reading.config.output_lang, |word| match word {
        LangWord::Zh => Lang::Zh,
        LangWord::En => Lang::En,
    });
    telemetry::start(*log, reading.config.log_level);
    let mut call = Call { config: reading.config.clone(), lang, format: *format, out, err };
    if let Command::Config(command) = &cli.command {
        return command.run(&mut call, &reading);
    }
    if !reading.problems.is_empty() {
        call.aside(&reading.render(lang))?;
        return Ok(Exit::Failed);
    }
    match &cli.command {
        Command::Rules(command) => command.run(&mut call),
        Command::Config(_) => Ok(Exit::Done),
    }
}

/// The configuration that was named, the one lying here, or the defaults.
fn configuration(named: Option<&Path>) -> Result<Reading> {
    let here = Path::new(crate::config::FILE);
    let path = named.or_else(|| here.is_file().then_some(here));
    crate::config::load(path)
        .with_context(|| format!("无法读取配置文件 {}", path.unwrap_or(here).display()))
}

fn level(word: &str) -> Result<Level, String> {
    Level::of(word).ok_or_else(|| "应为 error warn info debug trace 之一".to_owned())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    kinds.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
