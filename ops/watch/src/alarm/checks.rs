//! Health checks: channels, journal, timers, and what piles up.

use std::collections::BTreeMap;
use std::time::Duration;

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::Failure;
use duban_runtime::journal::overdue::Overdue;
use duban_runtime::seldom::Seldom;

use duban_base::cluster::forking;
use duban_base::labels::{clock, instant};
use duban_base::{aside, labels};
use duban_messages::courier::breaker::Breaker;
use duban_messages::courier::{EMAIL, SMS};
use duban_server::health::alarm::{Kind, Sighting, loops};
use duban_server::reload::record;
use duban_server::server::Server;

use super::cluster;

/// "what is overdue is not known".
static UNREAD: Seldom = Seldom::new();
/// "what stands in forked ledgers is not known".
static UNCOUNTED: Seldom = Seldom::new();

/// How late a timer may be before somebody is told.
pub const LATE: Duration = Duration::from_mins(1);
/// How long the log of a cluster may be away before somebody is told.
const AWAY_MIN: Duration = Duration::from_secs(30);
/// How long a partition may take to give a sign of life before somebody is told.
const PULSE_WITHIN: Duration = Duration::from_secs(4);
/// Codes that are named in one line.
const CODES_MAX: usize = 5;
/// How long the auditor may be silent.
pub const AUDITOR_SILENT: Duration = Duration::from_mins(10);

/// What the last look at each channel's server said; nothing of those that answered.
pub type Unreached = BTreeMap<&'static str, CompactString>;

/// Everything that is wrong at `now`.
pub async fn look(server: &Server, unreached: &Unreached, now: Timestamp) -> Vec<Sighting> {
    let mut seen = Vec::new();
    channels(server, unreached, &mut seen);
    let overdue = overdue(server).await;
    journal(server, (now, overdue.as_ref()), &mut seen);
    piles(server, &mut seen);
    cluster::look(server, &mut seen);
    cluster::forks(forked(server).await, &mut seen);
    timers(server, (now, overdue.as_ref()), &mut seen);
    watched(server, now, &mut seen);
    seen.extend(loops::sighted(server.node.loops()));
    guesses(server, &mut seen);
    if let Err(stuck) = server.node.pulse(PULSE_WITHIN).await {
        let n = count(stuck.silent.len() + stuck.ended.len());
        sight(&mut seen, Kind::NodeStuck, n, format!("{n} 个分区没有应答,可能需要重启服务"));
    }
    seen
}

fn channels(server: &Server, unreached: &Unreached, seen: &mut Vec<Sighting>) {
    for channel in server.channels.channels() {
        match channel.breaker() {
            Breaker::Closed(_) => {}
            Breaker::Open(..) | Breaker::Probing(..) => {
                let why = unreached.get(channel.name()).map(|said| format!(":{said}"));
                let (name, why) = (in_words(channel.name()), why.unwrap_or_default());
                let text = format!("{name}无法送出,服务器没有应答{why}");
                sight(seen, Kind::ChannelAway(channel.name()), 1, text);
            }
        }
    }
}

fn journal(
    server: &Server,
    (now, overdue): (Timestamp, Option<&Overdue>),
    seen: &mut Vec<Sighting>,
) {
    let journal = server.node.journal();
    if let Some(trouble) = journal.trouble() {
        let why = labels::node::trouble(&trouble.failure);
        let (kind, what) = if matches!(trouble.failure, Failure::Log(_)) {
            (Kind::LogAway, "集群的日志(Redis)没有应答,新请求被拒绝,定时器等待")
        } else if matches!(trouble.failure, Failure::Differs(_)) {
            (Kind::LogDiffers, "本节点不再跟随集群的日志,其上不办理")
        } else {
            (Kind::Journal, "台账无法写入,新请求被拒绝")
        };
        // A Redis that is started again is back within that time, and nobody is woken.
        let is_short = kind == Kind::LogAway && now.since(trouble.since) < AWAY_MIN;
        if !is_short {
            let waits = overdue.filter(|_| kind == Kind::LogAway);
            let waits = waits.and_then(|overdue| waiting(server, overdue)).unwrap_or_default();
            sight(seen, kind, 1, format!("{what}:{why}{waits}"));
        }
    }
    if let Some(failure) = journal.store_trouble() {
        sight(seen, Kind::Store, 1, format!("状态库无法更新:{}", labels::node::trouble(&failure)));
    }
}

fn piles(server: &Server, seen: &mut Vec<Sighting>) {
    let figures = server.node.metrics();
    let piles = [
        (
            Kind::DeadLetters,
            figures.outbox_counts.n_dead,
            "条消息未能送达(死信),请用 duban outbox list --dead 查看",
        ),
        (
            Kind::Parked,
            figures.outbox_counts.n_parked,
            "条内部消息无法投递,请用 duban outbox list --dead 查看",
        ),
        (
            Kind::Quarantined,
            figures.n_quarantined,
            "个实体被隔离,请用 duban outbox list --dead 查看",
        ),
    ];
    for (kind, n, words) in piles.into_iter().filter(|(_, n, _)| *n > 0) {
        sight(seen, kind, n, format!("{n} {words}"));
    }
    let clock = server.node.clock_seen();
    if clock.ahead.is_some() {
        sight(seen, Kind::ClockHeld, 1, clock::standing(&clock));
    } else if clock.behind.is_some() {
        sight(seen, Kind::ClockBack, 1, clock::standing(&clock));
    }
}

/// How many timers wait for the log, and since when.
fn waiting(server: &Server, overdue: &Overdue) -> Option<String> {
    let rules = server.rules.current();
    let since = instant::minute(overdue.oldest_alarm?, &rules.0.rules.calendar);
    Some(format!(";到点而等待的定时器 {} 个,最早的应在 {since}", overdue.n_alarms))
}

/// How many cases stand only in ledgers that were set aside, and in how many.
async fn forked(server: &Server) -> (usize, usize) {
    let dir = server.config.store_dir.clone();
    match aside::done(move || forking::count(&dir)).await {
        Ok(Ok(forked)) => forked,
        Ok(Err(error)) => {
            if let Some(n_left_out) = UNCOUNTED.turn() {
                tracing::warn!(%error, n_left_out, "what stands in forked ledgers is not known");
            }
            (0, 0)
        }
        Err(aside::Undone) => (0, 0),
    }
}

async fn overdue(server: &Server) -> Option<Overdue> {
    match server.node.overdue().await {
        Ok(overdue) => Some(overdue),
        Err(failure) => {
            if let Some(n_left_out) = UNREAD.turn() {
                tracing::warn!(%failure, n_left_out, "what is overdue is not known");
            }
            None
        }
    }
}

fn timers(
    server: &Server,
    (now, overdue): (Timestamp, Option<&Overdue>),
    seen: &mut Vec<Sighting>,
) {
    let trouble = server.node.journal().trouble();
    if trouble.is_some_and(|trouble| matches!(trouble.failure, Failure::Differs(_))) {
        // What is due in a history that is followed no more says nothing of the town.
        return;
    }
    let Some(Overdue { n_alarms: n, oldest_alarm: Some(oldest), .. }) = overdue else { return };
    let late = now.since(*oldest);
    if late > LATE {
        let text = format!("{n} 个定时器到点未执行,最久的已晚 {} 分钟", late.as_secs() / 60);
        sight(seen, Kind::TimersLate, *n, text);
    }
}

fn watched(server: &Server, now: Timestamp, seen: &mut Vec<Sighting>) {
    if let Some(mark) = server.channels.muted().mark() {
        let rules = server.rules.current();
        let text = labels::muted::for_the_operator(&mark, &rules.0.rules.calendar);
        sight(seen, Kind::Muted, 1, text);
    }
    let unfilled = server.channels.unfilled.under(server.rules.current().1);
    if let Some((first, why)) = unfilled.first() {
        let (n, more) = (count(unfilled.len()), unfilled.len() - 1);
        let more = if more == 0 { String::new() } else { format!("等 {n} 个") };
        let text = format!(
            "通知模板 {first}{more}无法填写,已改用内置文字发出:{why};请改正 notices.toml 后 duban rules apply"
        );
        sight(seen, Kind::TemplateFailed, n, text);
    }
    rules(server, seen);
    let unset = server.health.rules.unset();
    if let Some(first) = unset.first() {
        let n = count(unset.len());
        let text = format!("{n} 个单位的每日简报没有排上(如 {first}),每分钟重试一次");
        sight(seen, Kind::BriefsUnset, n, text);
    }
    let canary = server.health.canary.last();
    // One that another node has taken on is for that node to speak of.
    let canary = canary.filter(|_| server.node.is_office());
    if let Some((day, why)) =
        canary.as_ref().and_then(|canary| Some((canary.day, canary.failure()?)))
    {
        let text = format!("{day} 的巡检案件没有按时走完全程:{why}");
        sight(seen, Kind::CanaryFailed, 1, text);
    }
    let n = server.peers().map_or(0, |peers| peers.n_owed());
    if n > 0 {
        let text = format!(
            "{n} 个附件或密钥只在本节点,其他节点没有副本,本机损坏时会丢失;其他节点恢复后自动复制"
        );
        sight(seen, Kind::CopiesMissing, n, text);
    }
    let audit = &server.health.audit;
    let n = audit.n_findings();
    if n > 0 {
        let text = format!("审计发现 {n} 处不应有的情况,请用 duban status 查看");
        sight(seen, Kind::AuditFindings, n, text);
    }
    if audit.heartbeat().is_some_and(|beat| now.since(beat) > AUDITOR_SILENT) {
        let minutes = AUDITOR_SILENT.as_secs() / 60;
        sight(seen, Kind::AuditorSilent, 1, format!("审计已超过 {minutes} 分钟没有进展"));
    }
}

fn rules(server: &Server, seen: &mut Vec<Sighting>) {
    let rules = &server.health.rules;
    if let Some(why) = rules.refused() {
        let text = format!("规则目录中的规则不能生效,沿用原来的规则:{why}");
        sight(seen, Kind::RulesRefused, 1, text);
    }
    if let Some(why) = rules.held() {
        let text = format!(
            "{why};沿用原来的规则,这一版仍待生效。改正规则目录后 duban rules apply,或用 duban rules cancel 取消"
        );
        sight(seen, Kind::RulesHeld, 1, text);
    }
    if server.node.held_back() == Some(record::HELD) {
        let text = "集群已换用另一版规则,本节点取不到它的文件,暂不办理案件,由其他节点办理;\
                    每秒重试;一直取不到时检查节点之间的网络,或把同一版规则放回本机规则目录后重启";
        sight(seen, Kind::RulesMissing, 1, text.to_owned());
    }
    let faulty = rules.faulty();
    if !faulty.is_empty() {
        let codes: Vec<&str> = faulty.iter().take(CODES_MAX).copied().collect();
        let text = format!(
            "现行规则按本版程序的检查有错误({}),仍照旧执行;改正规则目录后用 duban rules apply 使之生效",
            codes.join(" ")
        );
        sight(seen, Kind::RulesFaulty, count(faulty.len()), text);
    }
}

/// Who they are stands in `duban status`, and not here: this is written to the log.
fn guesses(server: &Server, seen: &mut Vec<Sighting>) {
    let n = count(server.guard.guessed().len());
    if n > 0 {
        let text = format!(
            "有人从多处猜测 {n} 个账号的密码,陌生浏览器对它们的登录已放慢;哪些账号请用 duban status 查看"
        );
        sight(seen, Kind::SignInsGuessed, n, text);
    }
}

pub(super) fn sight(seen: &mut Vec<Sighting>, kind: Kind, n: u64, text: String) {
    seen.push(Sighting { kind, text, n });
}

fn in_words(channel: &str) -> &str {
    match channel {
        EMAIL => "邮件",
        SMS => "短信",
        other => other,
    }
}

pub(crate) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
