//! `duban demo`: a town to watch.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use duban_rules::{Severity, Sources};
use duban_runtime::journal::Options as JournalOptions;

use super::{Call, Exit, Format};
use crate::demo::{self, Options, Seen, Summary};

/// Marks a directory as a demo's, which the next demo may replace.
const MARK: &str = "demo-town";

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// 种子:同一种子总是同一座城
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// 虚拟天数
    #[arg(long, default_value_t = 14, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// 每天大约上报多少件
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reports: u32,
    /// 每秒走过的虚拟秒数;0 为尽快(默认 21600,即每秒六小时)
    #[arg(long, default_value_t = 21_600, value_name = "SECONDS")]
    speed: u32,
}

impl Demo {
    /// Lets the town live, shows it, and sums it up.
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let (rules, problems) = duban_rules::parse(&Sources::shipped());
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            bail!("自带的规则文件有错误;请运行 duban rules check");
        }
        let dir = call.store.clone().unwrap_or_else(|| call.config.store_dir.join("demo"));
        clear(&dir)?;
        let begin = NaiveDate::from_ymd_opt(2026, 3, 2).and_then(|day| day.and_hms_opt(7, 30, 0));
        let begin = rules.calendar.instant(begin.context("起始日期")?).into();
        let mail = dir.join("messages");
        let mut store = JournalOptions::at(dir.join("data"));
        store.store.cache_bytes = call.config.store_cache_mib << 20;
        let stop = Arc::new(AtomicBool::new(false));
        let options = Options {
            seed: self.seed,
            days: self.days,
            reports_a_day: self.reports,
            speed: self.speed,
            begin,
            rules,
            store,
            mail: mail.clone(),
            sender: call.config.courier_sender.clone(),
            stop: Arc::clone(&stop),
        };
        let screen = Screen::new(u64::from(self.days));
        let system = actix::System::new();
        let ran = system.block_on(async {
            let interrupted = Arc::clone(&stop);
            let listening = actix::spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    interrupted.store(true, Ordering::Relaxed);
                }
            });
            let ran = demo::run(options, &mut |seen| screen.show(seen, begin)).await;
            listening.abort();
            ran
        });
        screen.clear();
        let summary = ran?;
        if call.format == Format::Json {
            call.line(serde_json::to_string_pretty(&summary)?)?;
        } else {
            self.print(&summary, &dir, &mail, call)?;
        }
        Ok(Exit::Done)
    }

    fn print(&self, summary: &Summary, dir: &Path, mail: &Path, call: &mut Call<'_>) -> Result<()> {
        let headings = [
            "单位",
            "按期结案",
            "超期结案",
            "超期未结",
            "在办",
            "返工",
            "一级督办",
            "二级督办",
            "三级督办",
        ];
        let rows = summary.units.values().map(|line| {
            let [first, second, third] = line.levels;
            let figures = [
                line.closed_on_time,
                line.closed_late,
                line.open_overdue,
                line.open_in_time,
                line.reworked,
                first,
                second,
                third,
            ];
            std::iter::once(line.name.clone()).chain(figures.map(|n| n.to_string())).collect()
        });
        call.table(&headings, rows.collect())?;
        call.line(format!(
            "未立案 {},不予立案 {},发出通知 {} 条",
            summary.unfiled, summary.declined, summary.messages
        ))?;
        call.line(format!("种子 {},账本链头 {}", self.seed, summary.head))?;
        call.line(format!("信件和短信:{}", mail.display()))?;
        let store = dir.join("data");
        call.line(format!("接着看:cargo duban case list --store {}", store.display()))
    }
}

/// Makes room for a new town; a directory that is not a demo's is never touched.
fn clear(dir: &PathBuf) -> Result<()> {
    let used = dir.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if used && !dir.join(MARK).exists() {
        bail!("{} 不是演示目录,不会覆盖;请用 --store 换一个空目录", dir.display());
    }
    if used {
        std::fs::remove_dir_all(dir).with_context(|| format!("清空 {}", dir.display()))?;
    }
    std::fs::create_dir_all(dir).with_context(|| format!("创建 {}", dir.display()))?;
    let mark = dir.join(MARK);
    std::fs::write(&mark, "演示目录,可以删除。\n")
        .with_context(|| format!("写入 {}", mark.display()))
}

/// Three lines that change: how far, how the cases stand, the last escalation.
struct Screen {
    lines: MultiProgress,
    bar: ProgressBar,
    cases: ProgressBar,
    last: ProgressBar,
}

impl Screen {
    fn new(days: u64) -> Screen {
        let lines = MultiProgress::new();
        let line = |template: &str| {
            let style = ProgressStyle::with_template(template);
            let line = lines.add(ProgressBar::new(days * 24));
            line.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        };
        let bar = line("{msg} {wide_bar} 剩余 {eta}");
        let (cases, last) = (line("{msg}"), line("最近督办:{msg}"));
        Screen { lines, bar, cases, last }
    }

    fn show(&self, seen: &Seen, begin: duban_runtime::clock::Timestamp) {
        let lived = seen.now.since(begin).as_secs();
        let local = chrono::DateTime::<chrono::Utc>::from(seen.now) + chrono::Duration::hours(8);
        self.bar.set_position(lived / 3600);
        self.bar.set_message(local.format("%m月%d日 %H:%M").to_string());
        let of = |stages: &[&str]| -> u64 {
            stages.iter().filter_map(|stage| seen.stages.get(stage)).sum()
        };
        self.cases.set_message(format!(
            "受理 {}  待派遣 {}  处置 {}  核查 {}  待结案 {}  已结案 {}  通知 {}",
            of(&["registered", "validating"]),
            of(&["awaiting-dispatch"]),
            of(&["dispatched", "handling", "returning"]),
            of(&["verifying"]),
            of(&["awaiting-closing"]),
            of(&["closed"]),
            seen.messages,
        ));
        self.last.set_message(seen.last.clone());
    }

    fn clear(&self) {
        // A terminal that is gone has nothing to clear.
        drop(self.lines.clear());
    }
}
