//! `duban status`: how a running server is, on one screen.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use compact_str::CompactString;
use duban_actors::centre::Waiting;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::Failure;
use duban_runtime::journal::overdue::Overdue;
use duban_runtime::journal::stats::Stats;
use duban_runtime::metrics::Metrics;
use serde_json::{Value, json};

use super::{Call, Exit};
use duban_base::labels::{self, instant, schedule};
use duban_base::muted::Mark;
use duban_base::rules_in_force::edition;
use duban_base::rules_in_force::edition::words::unapplied;
use duban_messages::courier::breaker::Breaker;
use duban_server::health::alarm::{Alarm, Kind};
use duban_server::health::audit::Shown;
use duban_server::server::Server;
use duban_watch::share::Share;

#[derive(Debug, Args)]
#[command(
    about = "查看运行中的服务:告警、发件箱、定时器、审计",
    long_about = "查看在 --store 目录上运行的服务:未解除的告警、邮件和短信通道、发件箱、定时器、审计、版本。\n\
    有告警时退出码为 1,便于监控。\n\n\
    示例:\n  \
    duban status\n  \
    duban status --store /var/lib/duban --format json"
)]
pub(super) struct Status {}

/// Everything that is shown, of one moment.
struct Seen {
    now: Timestamp,
    metrics: Metrics,
    overdue: Overdue,
    stats: Stats,
    trouble: Option<Failure>,
    muted: Option<Mark>,
    alarms: Vec<Alarm>,
    channels: Vec<(&'static str, Breaker, usize)>,
    audit: Shown,
    cluster: Option<Share>,
    rules: String,
    unapplied: bool,
    /// Schedules that name weekdays by numbers.
    by_number: Vec<Value>,
    waiting: Option<Waiting>,
    /// Accounts whose passwords strangers guess.
    guessed: Vec<CompactString>,
}

impl Status {
    #[expect(clippy::unused_self, reason = "the shape of every command")]
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let Some(server) = call.server.clone() else {
            // Whoever may not look is told so, and not that nobody is there.
            duban_base::store::must_exist(&call.config.store_dir)?;
            let dir = call.config.store_dir.display();
            bail!("`{dir}` 上没有运行中的 duban;用 `duban serve` 启动,或用 --store 指定目录");
        };
        let seen = Seen::of(&server)?;
        if call.is_for_programs() {
            call.json(&seen.as_json())?;
        } else {
            seen.as_text(call, &server)?;
        }
        let is_well = seen.alarms.is_empty() && seen.muted.is_none();
        Ok(if is_well { Exit::Done } else { Exit::Failed })
    }
}

impl Seen {
    fn of(server: &Server) -> Result<Seen> {
        let (now, journal) = (server.now(), server.node.journal());
        let rules = server.rules.current();
        let channels = server.channels.channels().iter();
        let trouble = journal.trouble().map(|trouble| trouble.failure);
        Ok(Seen {
            now,
            metrics: server.node.metrics(),
            overdue: journal.overdue(now)?,
            stats: journal.stats(),
            trouble: trouble.or_else(|| journal.store_trouble()),
            muted: server.channels.muted().mark(),
            // Silence has a line of its own, which ends when it does.
            alarms: server.alarms().into_iter().filter(|a| a.kind() != Kind::Muted).collect(),
            channels: channels.map(|c| (c.name(), c.breaker(), c.n_waiting())).collect(),
            audit: server.health.audit.shown(),
            cluster: Share::of(server),
            rules: super::backup::hex(rules.0.rules.hash),
            unapplied: server.health.rules.is_unapplied(),
            by_number: schedule::by_number_as_json(&rules.0.rules),
            waiting: edition::waiting(journal)?,
            guessed: server.guard.guessed(),
        })
    }

    fn as_json(&self) -> Value {
        let Seen { now, metrics, overdue, stats, audit, .. } = self;
        let outbox_counts = &metrics.outbox_counts;
        let channels = self.channels.iter().map(|(name, breaker, n_waiting)| {
            json!({ "channel": name, "open": is_open(*breaker), "waiting": n_waiting })
        });
        let findings = audit.findings.iter().map(|(finding, since)| {
            json!({ "code": finding.code, "subject": finding.subject, "text": finding.text, "since": since })
        });
        json!({
            "version": env!("CARGO_PKG_VERSION"), "rules": self.rules, "rules_unapplied": self.unapplied,
            "schedules_by_number": self.by_number,
            "rules_waiting": self.waiting,
            "at": now, "muted": self.muted,
            "alarms": self.alarms, "guessed": self.guessed, "channels": channels.collect::<Vec<_>>(),
            "outbox": {
                "ready": outbox_counts.n_ready, "claimed": outbox_counts.n_claimed, "retry": outbox_counts.n_retry,
                "dead": outbox_counts.n_dead, "oldest_due": overdue.oldest_message,
            },
            "timers": { "overdue": overdue.n_alarms, "oldest_due": overdue.oldest_alarm },
            "entities": {
                "resident": metrics.n_resident, "quarantined": metrics.n_quarantined,
                "parked_tells": outbox_counts.n_parked,
            },
            "journal": {
                "frame": stats.committed, "applied": stats.applied, "trouble": self.trouble.as_ref().map(Failure::to_string),
                "commit_p99_ms": stats.append_p99.as_secs_f64() * 1_000.0,
            },
            "auditor": {
                "heartbeat": audit.heartbeat, "frame": audit.frame, "entities": audit.n_entities,
                "swept": audit.swept, "findings": findings.collect::<Vec<_>>(),
            },
            "cluster": self.cluster.as_ref().map(share_as_json),
        })
    }

    fn as_text(&self, call: &mut Call<'_>, server: &Server) -> Result<()> {
        let Seen { now, metrics, overdue, stats, .. } = self;
        let rules = server.rules.current();
        let calendar = &rules.0.rules.calendar;
        let short: String = self.rules.chars().take(12).collect();
        call.line(format!("督办 {},规则 {short}", env!("CARGO_PKG_VERSION")))?;
        if self.unapplied {
            let what = unapplied(&server.config.rules_dir);
            call.line(format!("{what};检查后用 `duban rules apply` 使之生效。"))?;
        }
        if let Some(said) = schedule::by_number(&rules.0.rules) {
            call.line(format!("{said}。改写星期的名称并使之生效后,不再提示。"))?;
        }
        if let Some(waiting) = &self.waiting {
            call.line(format!("{}。", edition::words::waits(waiting)))?;
        }
        if let Some(mark) = &self.muted {
            call.line(labels::muted::for_the_operator(mark, calendar))?;
        }
        if self.alarms.is_empty() {
            call.line("没有告警。")?;
        } else {
            let row = |alarm: &Alarm| {
                vec![
                    instant::second(alarm.since, calendar),
                    alarm.text.clone(),
                    alarm.code.to_string(),
                ]
            };
            call.line(format!("告警 {} 项:", self.alarms.len()))?;
            call.table(&["开始", "情况", "代码"], self.alarms.iter().map(row).collect())?;
        }
        if !self.guessed.is_empty() {
            call.line(format!("正被猜测密码的账号:{}", self.guessed.join("、")))?;
        }
        for (name, breaker, n_waiting) in &self.channels {
            let standing = if is_open(*breaker) { "中断" } else { "畅通" };
            call.line(format!("通道 {name}:{standing},正在送出 {n_waiting} 条"))?;
        }
        let outbox_counts = &metrics.outbox_counts;
        let due = overdue.oldest_message.map(|due| format!(",最久的已等 {}", age(now.since(due))));
        call.line(format!(
            "发件箱:待发 {},发送中 {},待重试 {},死信 {}{}",
            outbox_counts.n_ready,
            outbox_counts.n_claimed,
            outbox_counts.n_retry,
            outbox_counts.n_dead,
            due.unwrap_or_default()
        ))?;
        let due = overdue.oldest_alarm.map(|due| format!(",最久的已晚 {}", age(now.since(due))));
        let n = overdue.n_alarms;
        call.line(format!("定时器:到点未执行 {n} 个{}", due.unwrap_or_default()))?;
        let (p99, frame) = (stats.append_p99.as_secs_f64() * 1_000.0, stats.committed);
        call.line(format!("台账:第 {frame} 帧,提交用时 99% 不超过 {p99:.1} 毫秒"))?;
        if let Some(trouble) = &self.trouble {
            call.line(format!("  无法写入:{}", labels::node::trouble(trouble)))?;
        }
        if let Some(share) = &self.cluster {
            call.line(share_in_words(share))?;
        }
        self.audited(call, calendar)
    }

    fn audited(&self, call: &mut Call<'_>, calendar: &Calendar) -> Result<()> {
        let Seen { stats, audit, .. } = self;
        let behind = stats.committed.saturating_sub(audit.frame);
        call.line(format!(
            "审计:第 {} 帧(落后 {behind} 帧),核对 {} 个实体",
            audit.frame, audit.n_entities
        ))?;
        if !audit.findings.is_empty() {
            let rows = audit.findings.iter().map(|(finding, since)| {
                let since = instant::second(*since, calendar);
                vec![since, finding.subject.clone(), finding.text.clone(), finding.code.clone()]
            });
            call.table(&["发现", "对象", "情况", "代码"], rows.collect())?;
        }
        Ok(())
    }
}

fn is_open(breaker: Breaker) -> bool {
    match breaker {
        Breaker::Closed(_) => false,
        Breaker::Open(..) | Breaker::Probing(..) => true,
    }
}

/// A length of time as a person reads it.
fn age(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds} 秒"),
        60..3_600 => format!("{} 分钟", seconds / 60),
        3_600.. => format!("{} 小时", seconds / 3_600),
    }
}

fn share_as_json(share: &Share) -> Value {
    json!({
        "name": share.cluster, "node": share.node, "fitness": share.fitness, "reign": share.reign,
        "frame": share.head, "behind": share.behind, "partitions": share.n_partitions,
        "is_office": share.is_office, "skew_millis": share.skew_millis, "nodes": share.n_nodes,
        "nodes_seen": share.n_seen, "partitions_without_owner": share.n_unowned, "away": share.away,
    })
}

fn share_in_words(share: &Share) -> String {
    let standing = match (&share.away, share.fitness.as_str()) {
        (Some(_), _) => "Redis 没有应答",
        (None, word) => labels::node::fitness(word),
    };
    let office = if share.is_office { ",并由它发信" } else { "" };
    format!(
        "集群 {}:节点 {}({standing}),负责 {} 个分区{office};落后 {} 帧,时钟差 {} 毫秒;\
         {} 个节点中看到 {} 个,{} 个分区没有节点负责",
        share.cluster,
        share.node,
        share.n_partitions,
        share.behind,
        share.skew_millis,
        share.n_nodes,
        share.n_seen,
        share.n_unowned
    )
}
