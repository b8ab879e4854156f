//! `duban demo`: a town to watch.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::sync::watch;

use duban_rules::{Severity, Sources};
use duban_runtime::journal::Options as JournalOptions;

use super::{Call, Exit, Format, run_within};
use duban_base::config::Config;
use duban_lab::demo::{self, Afterwards, Applications, Disputes, Going, Lived, Open, Options};
use duban_lab::demo::{Seen, Summary, WayIn};
use duban_web::pages;

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
    /// 每秒走过的虚拟秒数;0 为尽快,不开网页(默认 10800,即每秒三小时)
    #[arg(long, default_value_t = 10_800, value_name = "SECONDS")]
    speed: u32,
    /// 网页和接口监听的地址和端口;默认 127.0.0.1:8440,被占用时由系统选择
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// 日子过完后时间停住、网页不关,按 Ctrl-C 结束;在终端里运行时本来就如此
    #[arg(long)]
    stay: bool,
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
        // A whole month has its thirty days, and its figures.
        let begin = NaiveDate::from_ymd_opt(2026, 7, 1).and_then(|day| day.and_hms_opt(7, 30, 0));
        let begin = rules.calendar.instant(begin.context("起始日期")?).into();
        let mail = dir.join("messages");
        let mut store = JournalOptions::at(dir.join("data"));
        store.store.cache_bytes = call.config.store_cache_mib << 20;
        let (going, stop) = watch::channel(Going::On);
        let afterwards = if self.stay || (self.speed > 0 && std::io::stdout().is_terminal()) {
            Afterwards::Stay
        } else {
            Afterwards::End
        };
        let web_server = (self.speed > 0 || self.listen.is_some()).then(|| {
            let config = Config {
                store_dir: dir.join("data"),
                courier_dir: mail.clone(),
                http_listen: self.listen.clone().unwrap_or_else(|| free(&call.config.http_listen)),
                ..call.config.clone()
            };
            Open { config, carry_out: run_within, beside: pages::open }
        });
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
            web_server,
            afterwards,
            stop,
        };
        let screen = Screen::new(u64::from(self.days));
        let system = actix::System::new();
        let ran = system.block_on(async {
            let listening = actix::spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    going.send_replace(Going::Stop);
                }
            });
            let mut told = std::io::stderr().is_terminal();
            let ran = demo::run(options, &mut |seen| {
                screen.show(seen, begin);
                // Without a terminal there is no screen, and the one line that matters stands alone.
                if let (false, Some(way_in)) = (told, &seen.way_in) {
                    told = true;
                    drop(writeln!(call.err, "{}", in_words(way_in)));
                }
            })
            .await;
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
            "未立案 {},不予立案 {},撤案 {},发出通知 {} 条",
            summary.unfiled, summary.declined, summary.withdrawn, summary.messages
        ))?;
        for line in lived(&summary.lived) {
            call.line(line)?;
        }
        call.line(format!("种子 {},账本链头 {}", self.seed, summary.head))?;
        call.line(format!("信件和短信:{}", mail.display()))?;
        let store = dir.join("data");
        call.line(format!("接着看:cargo duban case list --store {}", store.display()))
    }
}

/// What was lived through seldom, in words.
fn lived(of: &Lived) -> [String; 4] {
    let Lived { shifts, vacancies, calls, unanswered, helped, missed_looks, .. } = of;
    let Disputes { asked, unfounded, credited, moved, joint, .. } = of.disputes;
    let Disputes { by_committee, met_on_site, meetings, .. } = of.disputes;
    let Applications { extended, beyond, quota_refused, refused, .. } = of.applications;
    let Applications { asked: applied, deferred, resumed, withdrawn, .. } = of.applications;
    [
        format!(
            "接班 {shifts} 次,空岗 {vacancies} 次;电话派遣接通 {calls} 次,无人接听 {unanswered} 次;\
             主要领导未查看 {missed_looks} 天"
        ),
        format!(
            "责任认定申请 {asked} 件:不成立 {unfounded},不计入时限 {credited},改由他单位 {moved},\
             主办协办 {joint}(其中城管委决定 {by_committee})"
        ),
        format!("现场会 {met_on_site} 次,城管委会议 {meetings} 次,协办完成 {helped} 件"),
        format!(
            "申请 {applied} 件:延期 {extended},超额延期 {beyond},名额已满 {quota_refused},\
             审核不同意 {refused},缓办 {deferred}(恢复 {resumed}),撤案 {withdrawn}"
        ),
    ]
}

/// The address that is usual, or, where somebody listens there, one that the system chooses.
fn free(usual: &str) -> String {
    match std::net::TcpListener::bind(usual) {
        Ok(_) => usual.to_owned(),
        Err(_) => "127.0.0.1:0".to_owned(),
    }
}

/// The one line that says where to look.
fn in_words(way_in: &WayIn) -> String {
    let WayIn { address, login, password, others } = way_in;
    // Of the people of the town one of each post is named; units' people are called like their unit.
    let mut posts: Vec<String> = Vec::new();
    for (other, post) in others {
        if !posts.iter().any(|known| known.ends_with(post)) {
            posts.push(format!("{other} {post}"));
        }
    }
    format!(
        "请看 {address} ,登录名 {login},口令 {password};用同一口令还可以登录:{}",
        posts.join("、")
    )
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

/// Lines that change: how far, how the cases stand, the last escalation, where to look.
struct Screen {
    lines: MultiProgress,
    way_in: ProgressBar,
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
        let way_in = line("{msg}");
        Screen { lines, way_in, bar, cases, last }
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
            of(&["dispatched", "handling", "returning", "disputing"]),
            of(&["verifying"]),
            of(&["awaiting-closing"]),
            of(&["closed"]),
            seen.messages,
        ));
        self.last.set_message(seen.last.clone());
        if let Some(way_in) = &seen.way_in {
            self.way_in.set_message(format!("{} (Ctrl-C 结束)", in_words(way_in)));
        }
    }

    fn clear(&self) {
        // A terminal that is gone has nothing to clear.
        drop(self.lines.clear());
    }
}
