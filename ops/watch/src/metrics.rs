//! What a running server tells of itself in numbers: OpenMetrics text, read afresh at each scrape.
//!
//! Every name begins with `duban_`; lengths are in seconds, sizes in bytes. Labels are of few values that are known
//! beforehand: no id, no name and no number of a person is ever one.
//!
//! Every node of a cluster has the whole town: what is counted of it (timers, messages, entities set aside) is the same on
//! each, and taken together by `max`, not by `sum`. What differs by node bears the label `node`, or is of this process.

mod page;

use std::fmt;
use std::time::Duration;

use duban_runtime::cluster::placement::FIT;
use duban_runtime::journal::Failure;
use duban_runtime::journal::overdue::Overdue;
use duban_runtime::loops::{LoopState, Seen};
use duban_runtime::metrics::Metrics;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::{Registry, Unit};

use duban_messages::courier::breaker::Breaker;
use duban_server::health::canary::Canary;
use duban_server::server::Server;

use crate::alarm::checks::count;
use crate::share::Share;
use page::{Labels, Page, exact, seconds};

/// The content type of [`exposition`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything in OpenMetrics text.
pub async fn exposition(server: &Server) -> Result<String, Failure> {
    let overdue = server.node.overdue().await?;
    let mut registry = Registry::with_prefix("duban");
    registry.register_collector(Box::new(Gathered::of(server, overdue)));
    server.health.served.register(&mut registry);
    let mut text = String::new();
    if encode(&mut text, &registry).is_err() {
        tracing::error!("the metrics do not fit into memory");
    }
    Ok(text)
}

/// What was read for one scrape.
#[derive(Debug)]
struct Gathered {
    now_s: f64,
    metrics: Metrics,
    overdue: Overdue,
    overdue_s: f64,
    message_s: f64,
    latency: duban_runtime::metrics::Histogram,
    stats: duban_runtime::journal::stats::Stats,
    troubles: [(&'static str, bool); 2],
    channels: Vec<ChannelSeen>,
    rules: String,
    reload_failed: bool,
    muted: bool,
    alarms: Vec<String>,
    audit: duban_server::health::audit::Shown,
    loops: Vec<Seen>,
    canary: Option<Canary>,
    share: Option<Share>,
}

#[derive(Debug)]
struct ChannelSeen {
    name: &'static str,
    breaker: &'static str,
    n_waiting: usize,
    outcomes: [(&'static str, u64); 4],
}

impl Gathered {
    fn of(server: &Server, overdue: Overdue) -> Gathered {
        let (now, journal) = (server.now(), server.node.journal());
        let age = |due: Option<_>| due.map_or(0.0, |due| seconds(now.since(due)));
        let channel = |channel: &duban_messages::courier::channel::Channel| ChannelSeen {
            name: channel.name(),
            breaker: standing(channel.breaker()),
            n_waiting: channel.n_waiting(),
            outcomes: channel.counts().read(),
        };
        let rules = server.rules.current();
        let hash = blake3::Hash::from_bytes(rules.0.rules.hash).to_hex();
        Gathered {
            now_s: millis(now.as_millis()),
            metrics: server.node.metrics(),
            overdue_s: age(overdue.oldest_alarm),
            message_s: age(overdue.oldest_message),
            overdue,
            latency: journal.latency(),
            stats: journal.stats(),
            troubles: [
                ("ledger", journal.trouble().is_some()),
                ("store", journal.store_trouble().is_some()),
            ],
            channels: server.channels.channels().iter().map(channel).collect(),
            rules: hash.to_string(),
            reload_failed: server.health.rules.refused().is_some(),
            muted: server.channels.muted().is_on(),
            alarms: server.alarms().iter().map(|alarm| alarm.code.to_string()).collect(),
            audit: server.health.audit.shown(),
            loops: server.node.loops().seen(),
            canary: server.health.canary.last(),
            share: Share::of(server),
        }
    }

    fn timers(&self, page: &mut Page<'_>) -> fmt::Result {
        page.histogram(
            "timer_lateness",
            "How long after its due instant a timer was decided",
            &self.metrics.lateness,
        )?;
        page.gauge(
            ("timers_overdue", None),
            "Entities whose timer is due and has not fired",
            vec![(vec![], exact(self.overdue.n_alarms))],
        )?;
        page.gauge(
            ("timers_overdue_oldest", Some(Unit::Seconds)),
            "How long the oldest of them has been due",
            vec![(vec![], self.overdue_s)],
        )?;
        let held = self.metrics.clock_held_for.unwrap_or_default();
        page.gauge(
            ("clock_held", Some(Unit::Seconds)),
            "By how much the wall clock jumped ahead, while timers are held for it",
            vec![(vec![], seconds(held))],
        )
    }

    fn journal(&self, page: &mut Page<'_>) -> fmt::Result {
        page.histogram(
            "commit_latency",
            "How long a commit took, sync to disk included",
            &self.latency,
        )?;
        page.counter(
            ("journal_records", None),
            "Entries committed",
            vec![(vec![], self.stats.n_records)],
        )?;
        page.counter(
            ("journal_written", Some(Unit::Bytes)),
            "Bytes written to the ledger",
            vec![(vec![], self.stats.n_bytes)],
        )?;
        page.gauge(
            ("store_behind", Some(Unit::Bytes)),
            "How far the store lies behind the ledger",
            vec![(vec![], exact(self.stats.n_bytes_behind))],
        )?;
        let troubles = self
            .troubles
            .iter()
            .map(|(part, is_up)| (vec![("part", (*part).to_owned())], f64::from(u8::from(*is_up))));
        page.gauge(
            ("journal_trouble", None),
            "Whether a part of the journal takes nothing at the moment",
            troubles.collect(),
        )
    }

    fn commands(&self, page: &mut Page<'_>) -> fmt::Result {
        let commands = &self.metrics.commands;
        let outcomes = [
            ("accepted", commands.n_accepted),
            ("again", commands.n_again),
            ("refused", commands.n_refused),
            ("stale", commands.n_stale),
            ("busy", commands.n_busy),
            ("failed", commands.n_failed),
        ];
        page.counter(
            ("commands", None),
            "Commands from outside by what became of them",
            by("outcome", &outcomes),
        )?;
        page.gauge(
            ("commands_in_flight", None),
            "Commands from outside that are not answered yet",
            vec![(vec![], exact(commands.n_in_flight))],
        )?;
        let away = &self.metrics.turned_away;
        let places =
            [("edge", away.n_edge), ("partition", away.n_partition), ("entity", away.n_entity)];
        page.counter(
            ("mailbox_rejects", None),
            "Commands from outside that found no room, by where",
            by("place", &places),
        )?;
        let falls = &self.metrics.falls;
        let kinds = [
            ("entity", falls.n_entities),
            ("partition", falls.n_partitions),
            ("set-aside", falls.n_set_aside),
        ];
        page.counter(("falls", None), "What fell and was read again", by("what", &kinds))
    }

    fn entities(&self, page: &mut Page<'_>) -> fmt::Result {
        let numbers = [
            ("entities_resident", "Entities in memory", self.metrics.n_resident),
            ("entities_quarantined", "Entities set aside", self.metrics.n_quarantined),
            ("tells_parked", "Tells that nobody could take", self.metrics.outbox_counts.n_parked),
        ];
        for (name, help, n) in numbers {
            page.gauge((name, None), help, vec![(vec![], exact(n))])?;
        }
        Ok(())
    }

    fn outbox(&self, page: &mut Page<'_>) -> fmt::Result {
        let outbox_counts = &self.metrics.outbox_counts;
        let standings = [
            ("ready", outbox_counts.n_ready),
            ("claimed", outbox_counts.n_claimed),
            ("retry", outbox_counts.n_retry),
            ("dead", outbox_counts.n_dead),
        ];
        let standings = standings.map(|(word, n)| (vec![("standing", word.to_owned())], exact(n)));
        page.gauge(
            ("outbox_messages", None),
            "Messages without an outcome by where they stand",
            standings.to_vec(),
        )?;
        page.gauge(
            ("outbox_oldest_due", Some(Unit::Seconds)),
            "How long the oldest message that is not given up has been due",
            vec![(vec![], self.message_s)],
        )
    }

    fn couriers(&self, page: &mut Page<'_>) -> fmt::Result {
        let (mut breakers, mut waiting, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for channel in &self.channels {
            let label = || ("channel", channel.name.to_owned());
            for state in ["closed", "open", "probing"] {
                let is_it = if channel.breaker == state { 1.0 } else { 0.0 };
                breakers.push((vec![label(), ("state", state.to_owned())], is_it));
            }
            waiting.push((vec![label()], exact(count(channel.n_waiting))));
            for (outcome, n) in channel.outcomes {
                outcomes.push((vec![label(), ("outcome", outcome.to_owned())], n));
            }
        }
        page.gauge(
            ("channel_breaker", None),
            "1 for the state in which the breaker of a channel is",
            breakers,
        )?;
        page.gauge(("channel_waiting", None), "Messages on a channel at the moment", waiting)?;
        page.counter(
            ("hand_overs", None),
            "Messages to one address by channel and what they came to",
            outcomes,
        )
    }

    fn server(&self, page: &mut Page<'_>) -> fmt::Result {
        page.info("build", "The program", &[("version", env!("CARGO_PKG_VERSION").to_owned())])?;
        page.info("rules", "The rules in force", &[("hash", self.rules.clone())])?;
        page.gauge(
            ("rules_reload_failed", None),
            "Whether rules were refused when they were last read again",
            vec![(vec![], f64::from(u8::from(self.reload_failed)))],
        )?;
        page.gauge(
            ("muted", None),
            "Whether letters and SMS wait until a person lets them go",
            vec![(vec![], f64::from(u8::from(self.muted)))],
        )?;
        let alarms = self.alarms.iter().map(|code| (vec![("code", code.clone())], 1.0));
        page.gauge(("alarm", None), "1 for each alarm that is up", alarms.collect())
    }

    fn loops(&self, page: &mut Page<'_>) -> fmt::Result {
        let label = |one: &Seen| vec![("loop", one.name.to_owned())];
        let lives = |one: &Seen| f64::from(u8::from(one.standing == LoopState::Lives));
        page.gauge(
            ("loop_alive", None),
            "Whether a long-lived task gives signs of life",
            self.loops.iter().map(|one| (label(one), lives(one))).collect(),
        )?;
        page.counter(
            ("loop_restarts", None),
            "How often a long-lived task fell and was begun anew",
            self.loops.iter().map(|one| (label(one), one.n_falls)).collect(),
        )
    }

    /// Only where there is a keeper: no value is better than one that means nothing.
    fn canary(&self, page: &mut Page<'_>) -> fmt::Result {
        let Some(canary) = &self.canary else { return Ok(()) };
        let failed = f64::from(u8::from(canary.failure().is_some()));
        page.gauge(
            ("canary_failed", None),
            "Whether the last canary case is late or does not get on",
            vec![(vec![], failed)],
        )?;
        let finished = canary.finished().map(|at| (vec![], millis(at.as_millis())));
        page.gauge(
            ("canary_finished_timestamp", Some(Unit::Seconds)),
            "When the last canary case was across; nothing until it is",
            finished.into_iter().collect(),
        )
    }

    /// Only on a node of a cluster.
    fn cluster(&self, page: &mut Page<'_>) -> fmt::Result {
        let Some(share) = &self.share else { return Ok(()) };
        let is = |so: bool| f64::from(u8::from(so));
        let skew = Duration::from_millis(share.skew_millis.unsigned_abs());
        let families = [
            ("partitions", None, "Partitions that this node decides", exact(share.n_partitions)),
            ("office", None, "Whether messages leave from this node", is(share.is_office)),
            (
                "fit",
                None,
                "Whether this node can take what it is to have",
                is(share.fitness == FIT),
            ),
            (
                "frames_behind",
                None,
                "Frames of the log that this node has yet to read",
                exact(share.behind),
            ),
            (
                "log_away",
                None,
                "Whether the log does not answer this node",
                is(share.away.is_some()),
            ),
            ("nodes_seen", None, "Nodes that this one has seen lately", exact(share.n_seen)),
            (
                "partitions_unowned",
                None,
                "Partitions that nobody decides, as this node sees it",
                exact(share.n_unowned),
            ),
            (
                "clock_skew",
                Some(Unit::Seconds),
                "By how much this node's clock differs from the log's",
                seconds(skew),
            ),
        ];
        for (name, unit, help, value) in families {
            let labels = vec![("node", share.node.clone())];
            page.gauge((&format!("cluster_{name}"), unit), help, vec![(labels, value)])?;
        }
        Ok(())
    }

    fn auditor(&self, page: &mut Page<'_>) -> fmt::Result {
        let audit = &self.audit;
        let beat = audit.heartbeat.map_or(0.0, |at| self.now_s - millis(at.as_millis()));
        page.gauge(
            ("auditor_heartbeat_age", Some(Unit::Seconds)),
            "How long ago the auditor last got on",
            vec![(vec![], beat)],
        )?;
        page.gauge(
            ("auditor_frames_behind", None),
            "Frames of the ledger that the auditor has yet to read",
            vec![(vec![], exact(self.stats.committed.saturating_sub(audit.frame)))],
        )?;
        page.counter(
            ("auditor_entities", None),
            "Entities that the auditor checked",
            vec![(vec![], audit.n_entities)],
        )?;
        page.counter(
            ("auditor_findings", None),
            "What the auditor found that must not be",
            vec![(vec![], audit.n_findings)],
        )
    }
}

impl Collector for Gathered {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let page = &mut Page::new(encoder);
        self.timers(page)?;
        self.journal(page)?;
        self.commands(page)?;
        self.entities(page)?;
        self.outbox(page)?;
        self.couriers(page)?;
        self.auditor(page)?;
        self.canary(page)?;
        self.loops(page)?;
        self.cluster(page)?;
        self.server(page)
    }
}

fn standing(breaker: Breaker) -> &'static str {
    match breaker {
        Breaker::Closed(_) => "closed",
        Breaker::Open(..) => "open",
        Breaker::Probing(..) => "probing",
    }
}

fn by(label: &'static str, values: &[(&'static str, u64)]) -> Vec<(Labels, u64)> {
    values.iter().map(|(word, n)| (vec![(label, (*word).to_owned())], *n)).collect()
}

/// Milliseconds since 1970 in seconds.
fn millis(millis: i64) -> f64 {
    let whole = u64::try_from(millis).unwrap_or(0);
    seconds(std::time::Duration::from_millis(whole))
}
