//! `duban replay`: a city's history through the real actors.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use duban_runtime::clock::{Clock, SystemClock};
use duban_runtime::journal::Options as JournalOptions;

use super::{Call, Exit, Format};
use duban_lab::replay::{self, Options, Problem, Profile, Report, Totals, Unfit, Why};

/// Lines of one kind of oddity that are printed for people; the JSON report has all of them.
const LINES_SHOWN: usize = 5;
/// Reasons that are printed in full for people, one for each of the first rows that could not be read.
const REASONS_SHOWN: usize = 5;

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// 案件历史:CSV 或 CSV.gz
    file: PathBuf,
    /// 列名、时间格式、时区和阶梯的配置,如 rules/profiles/boston311.toml
    #[arg(long, value_name = "PROFILE.toml")]
    profile: PathBuf,
    /// 统计时刻;不带时区时按配置的时区,如 2016-01-13T06:00
    #[arg(long, value_name = "INSTANT")]
    as_of: String,
    /// 报告格式:text 表格(默认),json 给程序读
    #[arg(long, value_name = "FORMAT")]
    report: Option<ReportFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    Text,
    Json,
}

impl Replay {
    /// Replays the file and prints what was found.
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let clock = SystemClock::start();
        let profile = match Profile::load(&self.profile)? {
            Ok(profile) => profile,
            Err(unfit) => return refused(&unfit, call),
        };
        let as_of = profile.instant_of_argument(&self.as_of).context("--as-of")?;
        let history = replay::read(&self.file, &profile)?;
        let scratch = std::env::temp_dir().join(format!("duban-replay-{}", std::process::id()));
        let dir = call.store.clone().unwrap_or_else(|| scratch.clone());
        let mut store = JournalOptions::at(&dir);
        store.store.cache_bytes = call.config.store_cache_mib << 20;
        store.segment_bytes = call.config.store_segment_mib << 20;
        store.snapshot_every_bytes = call.config.store_snapshot_gib << 30;
        let mail = dir.join("mail");
        let n_read = history.requests.len();
        let problems = history.unreadable.clone();
        let options = Options { history, profile, as_of, store: Some(store), mail };
        let bar = progress_bar();
        let mut shown = Duration::ZERO;
        let mut progress = |done: usize, of: usize, at: duban_runtime::clock::Timestamp| {
            let now = clock.monotonic();
            if now.saturating_sub(shown) >= Duration::from_millis(100) || done == of {
                shown = now;
                bar.set_length(of as u64);
                bar.set_position(done as u64);
                bar.set_message(at.to_string());
            }
        };
        let ran = actix::System::new().block_on(replay::run(options, &mut progress));
        bar.finish_and_clear();
        if call.store.is_none() && scratch.exists() {
            std::fs::remove_dir_all(&scratch).context("删除临时目录")?;
        }
        let mut report = ran?;
        report.seconds = clock.monotonic().as_secs_f64();
        report.peak_rss_bytes = peak_rss_bytes();
        if self.report == Some(ReportFormat::Json) || call.format == Format::Json {
            call.line(serde_json::to_string_pretty(&report)?)?;
        } else {
            print(&report, &problems, call)?;
        }
        Ok(ended(n_read, problems.len()))
    }
}

fn ended(n_read: usize, n_unread: usize) -> Exit {
    match (n_read, n_unread) {
        (0, _) => Exit::NothingRead,
        (_, 0) => Exit::Done,
        (_, _) => Exit::PartlyRead,
    }
}

/// Says what is wrong with the profile, all of it.
fn refused(unfit: &Unfit, call: &mut Call<'_>) -> Result<Exit> {
    let Unfit { problems, sources } = unfit;
    if call.is_for_programs() {
        let found: Vec<_> = problems.iter().map(|problem| problem.to_json(sources)).collect();
        call.json(&json!({ "diagnostics": found }))?;
        return Ok(Exit::Failed);
    }
    for problem in problems {
        call.aside(&problem.render(sources, call.lang))?;
    }
    call.aside("回放配置有错误,没有回放。")?;
    Ok(Exit::Failed)
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} 剩余 {eta} 虚拟时间 {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn print(report: &Report, problems: &[Problem], call: &mut Call<'_>) -> Result<()> {
    let headings = ["单位", "案件", "无时限", "按期结案", "超期结案", "超期未结", "未到期"];
    let row = |name: &str, t: &Totals| {
        let figures =
            [t.cases, t.no_target, t.closed_on_time, t.closed_late, t.open_overdue, t.open_in_time];
        std::iter::once(name.to_owned())
            .chain(figures.map(|n| n.to_string()))
            .collect::<Vec<String>>()
    };
    let units = report.by_unit.iter().map(|(unit, totals)| row(unit, totals));
    let rows = units.chain([row("合计", &report.totals)]).collect();
    call.table(&headings, rows)?;
    let steps = report.escalations.iter().map(|(step, n)| format!("{step}%:{n}"));
    call.line(format!("督办步骤  {}", steps.collect::<Vec<_>>().join("  ")))?;
    let flags = &report.flags;
    call.line(format!("与公布结论相同 {},不同 {}", flags.agree, flags.differ))?;
    for (reason, n) in &flags.reasons {
        call.line(format!("  {reason}: {n}"))?;
    }
    unread(problems, call)?;
    if report.totals.cases == 0 && problems.is_empty() {
        call.line("文件中没有案件")?;
    }
    let notes = &report.notes;
    for (what, lines) in [
        ("重复的编号(以第一行为准)", &notes.repeated),
        ("统计时刻之后才立案(未回放)", &notes.opened_after_as_of),
        ("结案早于立案", &notes.closed_before_open),
        ("没有时限", &notes.no_target),
        ("没有单位(按 unit_default 计)", &notes.default_unit),
        ("默认坐标(视为没有位置)", &notes.default_coordinates),
        ("坐标不是数(视为没有位置)", &notes.odd_coordinates),
    ] {
        if !lines.is_empty() {
            call.line(format!("{what}:{} 行,{}", lines.len(), some(lines)))?;
        }
    }
    let mib = report.peak_rss_bytes >> 20;
    call.line(format!("用时 {:.1} 秒,内存峰值 {mib} MiB", report.seconds))
}

/// The rows that could not be read: how many for each reason, and the first of them in full.
fn unread(problems: &[Problem], call: &mut Call<'_>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    call.line(format!("无法读取:{} 行,未计入", problems.len()))?;
    let mut by_reason: BTreeMap<Why, Vec<u64>> = BTreeMap::new();
    for problem in problems {
        by_reason.entry(problem.why).or_default().push(problem.line);
    }
    let row = |(why, lines): (&Why, &Vec<u64>)| {
        vec![why.chinese().to_owned(), lines.len().to_string(), some(lines)]
    };
    call.table(&["原因", "行数", "行"], by_reason.iter().map(row).collect())?;
    for Problem { line, what, .. } in problems.iter().take(REASONS_SHOWN) {
        call.line(format!("  第 {line} 行:{what}"))?;
    }
    let left_out = problems.len().saturating_sub(REASONS_SHOWN);
    if left_out > 0 {
        call.line(format!("  另 {left_out} 行(--report json 列出全部)"))?;
    }
    Ok(())
}

fn some(lines: &[u64]) -> String {
    let shown: Vec<String> = lines.iter().take(LINES_SHOWN).map(ToString::to_string).collect();
    let more = if lines.len() > LINES_SHOWN { " …" } else { "" };
    format!("第 {} 行{more}", shown.join("、"))
}

/// The largest resident memory of this process, as the kernel counts it; 0 where it does not say.
fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
