//! The command line: what can be asked of `duban`, one file per noun.
//!
//! Help is Chinese, option names and JSON keys are English. A command gets a [`Call`] and writes to it; nothing else
//! in this crate prints. Exit codes: 0 done, 1 errors found or not done, 2 used wrongly;
//! and of a server that does not start until a person has acted: 3 no store, 4 a ledger that is not the one that was seen.

mod accept_loss;
mod backup;
mod clock;
mod completions;
mod config;
mod demo;
mod help;
mod init;
mod lab;
mod man;
mod muted;
mod node;
mod openapi;
mod outbox;
mod partition;
mod replay;
mod restore;
mod rules;
mod serve;
mod status;
pub(crate) mod timer;
mod usage;
mod verify;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum};
use duban_rules::Lang;

use duban_api::control::{self, Line, Order};
use duban_api::verbs::print::{self, Call, Format};
use duban_api::verbs::{listed, prompt};
use duban_base::config::Reading;
use duban_base::config::log::Level;
use duban_base::exit::Exit;
use duban_base::telemetry;
use duban_server::server::Server;

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
        退出码:0 完成;1 发现错误或未能完成;2 命令行写错;\n\
        服务等人处理而没有启动:3 没有存储;4 台账不是见过的那一份;\n\
        回放:5 已完成,但有读不出的行;6 一行也读不出。"
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LangWord {
    Zh,
    En,
}

impl LangWord {
    fn lang(self) -> Lang {
        match self {
            LangWord::Zh => Lang::Zh,
            LangWord::En => Lang::En,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What the list of operations has for it.
    #[command(flatten)]
    Listed(listed::Listed),
    /// 列出定时器
    #[command(subcommand)]
    Timer(timer::Timer),
    /// 查看时钟是否可信,确认系统时间无误
    #[command(subcommand)]
    Clock(clock::Clock),
    /// 列出未了结的消息和需要人处理的事
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// 检查、解释、比较、打印规则文件
    #[command(subcommand)]
    Rules(rules::Rules),
    Init(init::Init),
    AcceptLoss(accept_loss::AcceptLoss),
    Verify(verify::Verify),
    Backup(backup::Backup),
    Restore(restore::Restore),
    /// 集群的节点:列出、开始、加入、退出、交出
    #[command(subcommand)]
    Node(node::Node),
    /// 集群的分区:由哪个节点负责
    #[command(subcommand)]
    Partition(partition::Partition),
    /// 说明配置文件
    #[command(subcommand)]
    Config(config::Config),
    /// 看一座小城在虚拟时间里的案件:上报、派遣、处置、催办、督办、结案
    #[command(
        long_about = "一座由种子决定的小城,在虚拟时间里生活:案件上报、立案、派遣、处置、核查、结案,\n\
            单位有勤有懒,到点自动预警、督办,每天八点发简报;信件和短信写入目录。按 Ctrl-C 提前结束并汇总。\n\n\
            示例:\n  duban demo\n  duban demo --seed 7 --days 30 --speed 0"
    )]
    Demo(demo::Demo),
    Lab(lab::Lab),
    Serve(serve::Serve),
    Status(status::Status),
    Mute(muted::Mute),
    Unmute(muted::Unmute),
    /// 打印 HTTP 接口的文档(OpenAPI 3.1,JSON)
    #[command(long_about = "打印 HTTP 接口的文档(OpenAPI 3.1,JSON);不需要服务,也不需要存储。\n\n\
        示例:\n  duban openapi > openapi.json")]
    Openapi,
    /// 回放一座城市的案件历史,按其时限和阶梯重新计时
    #[command(
        long_about = "回放一座城市的案件历史:每一行是一个案件,进入真实的案件实体、账本、定时器和发件箱,\n\
            在虚拟时间里按配置的阶梯预警、升级,最后与公布的结论对照。中途被杀掉,用同一 --store 再次运行会接着做完。\n\
            文件怎样读由配置决定;会悄悄丢失内容的配置不予使用,`duban rules explain P0003` 等逐条说明。\n\n\
            退出码:0 全部读到;5 已完成,但有读不出的行(逐行列出,未计入);6 一行也读不出;1 未能完成。\n\n\
            示例:\n  duban replay 2015.csv.gz --profile rules/profiles/boston311.toml --as-of 2016-01-13T06:00"
    )]
    Replay(replay::Replay),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the command of `args`, the program's name first.
pub(crate) fn run(args: Vec<OsString>, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let parsed = help::command().try_get_matches_from(&args);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, out, err),
    };
    let ran = typed(&cli, &args, out, err);
    told(ran, out, err)
}

/// Runs a command that was typed elsewhere, in the server that holds its store.
pub fn run_within(
    server: &Arc<Server>,
    order: &Order,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let parsed = help::command().try_get_matches_from(&order.args);
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, out, err),
    };
    let mut call = Call {
        config: server.config.clone(),
        configured: server.config.store_dir.clone(),
        store: None,
        lang: cli.global.lang.map_or(server.config.output_lang, LangWord::lang),
        format: cli.global.format,
        server: Some(Arc::clone(server)),
        secret: order.secret.clone(),
        out,
        err,
    };
    let ran = cli.command.run(&mut call);
    told(ran, out, err)
}

fn told(ran: Result<Exit>, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    match ran.map_err(anyhow::Error::downcast::<clap::Error>) {
        Ok(exit) => exit,
        // The options of a verb of the list are read when it is run.
        Err(Ok(mistake)) => usage::report(&mistake, out, err),
        Err(Err(error)) if is_broken_pipe(&error) => Exit::Done,
        Err(Err(error)) => {
            // Nobody is left to tell when standard error is gone, too.
            drop(out.flush().and_then(|()| print::failure(&error, err)));
            Exit::Failed
        }
    }
}

/// Runs a command here, or hands it to the server that works on its store.
fn typed(cli: &Cli, args: &[OsString], out: &mut dyn Write, err: &mut dyn Write) -> Result<Exit> {
    let Global { config, store, lang, format, log } = &cli.global;
    let mut reading = configuration(config.as_deref())?;
    let configured = reading.config.store_dir.clone();
    if let Some(dir) = store {
        reading.config.store_dir.clone_from(dir);
    }
    let lang = lang.map_or(reading.config.output_lang, LangWord::lang);
    telemetry::start(*log, reading.config.log_level, reading.config.log_form);
    let store = store.clone();
    let config = reading.config.clone();
    let (format, server, secret) = (*format, None, None);
    let mut call = Call { config, configured, store, lang, format, server, secret, out, err };
    if let Command::Config(command) = &cli.command {
        return command.run(&mut call, &reading);
    }
    if !reading.problems.is_empty() {
        call.aside(&reading.render(lang))?;
        return Ok(Exit::Failed);
    }
    if cli.command.is_about_a_store()
        && let Some(line) = control::reach(&call.config.store_dir)
    {
        let order = Order::new(args, lang, cli.command.secret()?);
        let exit = line.carry_out(&order, call.out, call.err)?;
        return cli.command.asked(exit, &line, order, &mut call);
    }
    cli.command.run(&mut call)
}

impl Command {
    fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        match self {
            Command::Listed(command) => command.run(call),
            Command::Timer(command) => command.run(call),
            Command::Clock(command) => command.run(call),
            Command::Outbox(command) => command.run(call),
            Command::Rules(command) => command.run(call),
            Command::Init(command) => command.run(call),
            Command::AcceptLoss(command) => command.run(call),
            Command::Verify(command) => command.run(call),
            Command::Backup(command) => command.run(call),
            Command::Restore(command) => command.run(call),
            Command::Node(command) => command.run(call),
            Command::Partition(command) => command.run(call),
            Command::Replay(command) => command.run(call),
            Command::Demo(command) => command.run(call),
            Command::Lab(command) => command.run(call),
            Command::Serve(command) => command.run(call),
            Command::Status(command) => command.run(call),
            Command::Mute(command) => command.run(call),
            Command::Unmute(command) => command.run(call),
            Command::Completions(command) => command.run(call),
            Command::Man(command) => command.run(call),
            Command::Openapi => openapi::print(call),
            Command::Config(_) => Ok(Exit::Done),
        }
    }

    /// What a command that a server carried out leaves to be asked where it was typed; with the answer it goes there
    /// again.
    fn asked(&self, exit: Exit, line: &Line, order: Order, call: &mut Call<'_>) -> Result<Exit> {
        let Command::Unmute(command) = self else { return Ok(exit) };
        let Some(question) = command.question().filter(|_| exit == Exit::Failed) else {
            return Ok(exit);
        };
        call.out.flush()?;
        if call.is_for_programs() || !prompt::confirmed(question)? {
            return Ok(exit);
        }
        line.carry_out(&order.with(&["--yes", "--listed"]), call.out, call.err)
    }

    /// What has to be read where the command is typed, and goes with it to the server.
    fn secret(&self) -> Result<Option<String>> {
        if let Command::Listed(command) = self { command.secret() } else { Ok(None) }
    }

    /// Whether it looks into, or changes, a store that a server may be working on.
    fn is_about_a_store(&self) -> bool {
        match self {
            Command::Listed(_)
            | Command::Timer(_)
            | Command::Clock(_)
            | Command::Outbox(_)
            | Command::Status(_)
            | Command::Mute(_)
            | Command::Unmute(_)
            | Command::Verify(_) => true,
            Command::Rules(command) => command.is_about_a_store(),
            Command::Node(command) => command.is_about_a_store(),
            Command::Init(_)
            | Command::AcceptLoss(_)
            | Command::Backup(_)
            | Command::Restore(_)
            | Command::Partition(_)
            | Command::Replay(_)
            | Command::Demo(_)
            | Command::Lab(_)
            | Command::Serve(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Openapi
            | Command::Config(_) => false,
        }
    }
}

/// The configuration that was named, the one lying here, or the defaults.
fn configuration(named: Option<&Path>) -> Result<Reading> {
    let here = Path::new(duban_base::config::FILE);
    let path = named.or_else(|| here.is_file().then_some(here));
    duban_base::config::load(path)
        .with_context(|| format!("无法读取配置文件 {}", path.unwrap_or(here).display()))
}

/// A hash as it was printed.
fn hash(text: &str) -> Result<[u8; 32], String> {
    let hash = blake3::Hash::from_hex(text.trim());
    hash.map(Into::into).map_err(|_| "应为 64 位十六进制的散列".to_owned())
}

fn level(word: &str) -> Result<Level, String> {
    Level::of(word).ok_or_else(|| "应为 error warn info debug trace 之一".to_owned())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    kinds.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
