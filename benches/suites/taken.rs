//! How soon is a large town decided again? Two questions, with `appendfsync always` and Redis on this machine.
//!
//! `shared-taken`: 100,000 open cases, and all partitions go to another node at once: from its leases until it has accepted
//! a thousand commands all over the town at most 3 s, aim 1; and what Redis holds then in memory, at most 640 MiB, aim 560.
//! `shared-joining`: 1,000,000 open cases, and a machine with nothing joins: a copy of the ledger, the state made from it,
//! the rest from the log, until it has its share, at most 180 s, aim 60.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::machine::Watch;
use duban_benches::node::{drive, in_system};
use duban_benches::table::{Row, bytes, thousands, time};
use duban_benches::town::{Part, ended, settled};
use duban_benches::workload::{Stage, Workload};
use duban_runtime::clock::Clock as _;
use duban_runtime::node::{Node, Standing};

use crate::Question;
use crate::open_cases::filled;
use crate::shared::Setting;

pub(crate) const TAKEN: Question =
    Question { name: "shared-taken", runs: 3, ask: ask_taken, rows: taken_rows };
pub(crate) const JOINING: Question =
    Question { name: "shared-joining", runs: 1, ask: ask_joining, rows: joining_rows };

/// How long another node may take to read what was filled in.
const MIRRORED_MAX: Duration = Duration::from_mins(5);
/// Between two looks at what a node holds.
const LOOK: Duration = Duration::from_millis(1);
/// Partitions, and the office.
const ALL: usize = 65;
/// Commands after which every partition has decided something.
const COMMANDS: u64 = 1_000;

fn ask_taken(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(taken(arguments.clone()))
}

async fn taken(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 100_000)?;
    let setting = Setting::of(&arguments, Workload::shipped()?)?;
    let (journal, node) = setting.node("a", Part::Full).await?;
    let (beside, other) = setting.node("b", Part::None).await?;
    settled(&[&node, &other]).await?;
    filled(&node, (&setting.workload, &setting.clock), cases).await?;
    node.durable().await;
    ensure!(beside.until_mirrored(journal.head().1, MIRRORED_MAX).await, "it does not follow");
    let memory = setting.town.memory_bytes();
    node.hold(Some("bench"));
    other.hold(None);
    holds(&other, ALL).await;
    let watch = Watch::default();
    let (workload, clock) = (Arc::clone(&setting.workload), Arc::clone(&setting.clock));
    drive(&other, 64, COMMANDS, move |i| workload.ask(i, Stage::Receive, clock.now())).await?;
    let ready = watch.elapsed();
    ended(node, journal).await?;
    ended(other, beside).await?;
    Ok(Figures::default()
        .with("cases", number(cases))
        .with("ready_us", ready.as_secs_f64() * 1e6)
        .with("redis_bytes", number(memory)))
}

/// Waits until a node holds so much.
async fn holds(node: &Node, n: usize) {
    let held = |node: &Node| match node.cluster() {
        Some((Some(Standing { held, .. }), _)) => held.len(),
        Some((None, _)) | None => 0,
    };
    while held(node) < n {
        tokio::time::sleep(LOOK).await;
    }
}

fn ask_joining(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(joining(arguments.clone()))
}

async fn joining(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 1_000_000)?;
    let setting = Setting::of(&arguments, Workload::shipped()?)?;
    let (journal, node) = setting.node("a", Part::Full).await?;
    settled(&[&node]).await?;
    filled(&node, (&setting.workload, &setting.clock), cases).await?;
    node.durable().await;
    let watch = Watch::default();
    setting.town.copied("a", "b")?;
    let copied = watch.elapsed();
    let (beside, other) = setting.node("b", Part::Full).await?;
    let opened = watch.elapsed();
    settled(&[&node, &other]).await?;
    let ready = watch.elapsed();
    let held = node.cluster().and_then(|(standing, _)| standing).map_or(0, |seen| seen.held.len());
    ensure!(held < ALL, "it has no share");
    ended(other, beside).await?;
    ended(node, journal).await?;
    Ok(Figures::default()
        .with("cases", number(cases))
        .with("copied_us", copied.as_secs_f64() * 1e6)
        .with("opened_us", opened.as_secs_f64() * 1e6)
        .with("ready_us", ready.as_secs_f64() * 1e6))
}

fn taken_rows(runs: &Runs) -> Vec<Row> {
    let question = "open cases, all partitions go to another node: from its leases until a thousand commands are accepted";
    vec![
        Row {
            question,
            at_least: "≤ 3 s",
            aim: "≤ 1 s",
            measured: format!(
                "{} cases: {}",
                thousands(runs.median("cases")),
                time(runs.median("ready_us"))
            ),
            beside: String::new(),
        },
        Row {
            question: "the same: what Redis holds in memory",
            at_least: "≤ 640 MiB",
            aim: "≤ 560 MiB",
            measured: bytes(runs.median("redis_bytes")),
            beside: String::new(),
        },
    ]
}

fn joining_rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "open cases: a machine with nothing joins, until it has its share",
        at_least: "≤ 180 s",
        aim: "≤ 60 s",
        measured: format!(
            "{} cases: {}; copied after {}, state made after {}",
            thousands(runs.median("cases")),
            time(runs.median("ready_us")),
            time(runs.median("copied_us")),
            time(runs.median("opened_us")),
        ),
        beside: String::new(),
    }]
}
