//! How long does one transition take at 500 a second? At most 5 times one plain append + `fdatasync` at the 99th
//! percentile, aim 2 times.
//!
//! Open loop: commands set out at their instants whether or not earlier ones were answered, and a latency counts from
//! the instant it was to set out, so that a stall is not hidden. Cases pass through all their transitions in blocks of
//! 500. Rival in the same run: one plain append + `fdatasync` of the same bytes at the same pace, each counted from its own
//! beginning: a disk too slow for the pace must not make the rival look worse than one append is.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{bail, ensure};
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::latency::Latencies;
use duban_benches::machine::Watch;
use duban_benches::node::{Layout, ShiftedClock, in_system, journal_figures};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, quantiles};
use duban_benches::workload::{Stage, Workload, morning};
use duban_runtime::answer::Answer;
use duban_runtime::clock::Clock as _;
use duban_runtime::node::Node;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "latency", runs: 5, ask, rows };

/// Cases that go through a stage before any goes through the next.
const BLOCK: u64 = 500;

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let per_second = arguments.number("rate", 500)?;
    let seconds = arguments.number("seconds", 14)?;
    let every = Duration::from_secs(1) / u32::try_from(per_second)?;
    let n = per_second * seconds;
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&scratch.path(), &workload)?;
    let node = Rc::new(layout.start(journal.clone(), &workload, Arc::clone(&clock) as _).await?);
    let ours = offered(&node, (&workload, &clock), (n, every)).await?;
    let written = journal_figures(&journal);
    if let Ok(node) = Rc::try_unwrap(node) {
        node.stop().await;
    }
    journal.close()?;
    let n_bytes = written.get("ledger_bytes") / written.get("records");
    let plain = plain(&scratch.path(), format!("{n_bytes:.0}").parse()?, (n, every))?;
    let (ours, plain) = (ours.figures(), plain.figures());
    let ratio = |name: &str| ours.get(name) / plain.get(name);
    let ratios = Figures::default()
        .with("p50_ratio", ratio("p50_us"))
        .with("p99_ratio", ratio("p99_us"))
        .with("record_bytes", n_bytes);
    Ok(ours.and(plain.named("plain_")).and(ratios).and(written.named("journal_")))
}

/// Offers `n` commands, one `every` so long, and hears every answer.
pub(crate) async fn offered(
    node: &Rc<Node>,
    (workload, clock): (&Arc<Workload>, &Arc<ShiftedClock>),
    (n, every): (u64, Duration),
) -> anyhow::Result<Latencies> {
    let watch = Arc::new(Watch::default());
    let (due, mut dues) = unbounded_channel();
    // A thread wakes more exactly than the loop of the callers, which counts in milliseconds.
    let pacer = std::thread::spawn({
        let watch = Arc::clone(&watch);
        move || paced(&watch, (n, every), |i, intended| due.send((i, intended)).is_ok())
    });
    let mut asked = JoinSet::new();
    while let Some((i, intended)) = dues.recv().await {
        let (block, within) = (i / (BLOCK * 7), i % (BLOCK * 7));
        let stage = usize::try_from(within / BLOCK).ok().and_then(|stage| Stage::ALL.get(stage));
        let Some(stage) = stage else { bail!("no stage") };
        let ask = workload.ask(block * BLOCK + within % BLOCK, *stage, clock.now())?;
        let (node, watch) = (Rc::clone(node), Arc::clone(&watch));
        asked.spawn_local(async move {
            let answer = node.ask(ask).await;
            (answer, watch.elapsed().saturating_sub(intended))
        });
    }
    let mut latencies = Latencies::default();
    while let Some(heard) = asked.join_next().await {
        let (answer, latency) = heard?;
        ensure!(matches!(answer, Answer::Accepted { .. }), "not accepted: {answer:?}");
        latencies.add(latency);
    }
    ensure!(pacer.join().is_ok(), "the pacer ended badly");
    Ok(latencies)
}

fn plain(dir: &Path, n_bytes: usize, pace: (u64, Duration)) -> anyhow::Result<Latencies> {
    let mut file = File::create(dir.join("plain"))?;
    let bytes = vec![0x5A_u8; n_bytes.max(1)];
    let mut latencies = Latencies::default();
    let watch = Watch::default();
    paced(&watch, pace, |_, _| {
        let begun = watch.elapsed();
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        latencies.add(watch.elapsed().saturating_sub(begun));
        written.is_ok()
    });
    Ok(latencies)
}

/// Calls `go` at each instant of the pace, or as soon after it as can be, until it says no.
pub(crate) fn paced(
    watch: &Watch,
    (n, every): (u64, Duration),
    mut go: impl FnMut(u64, Duration) -> bool,
) {
    let (_open, wait) = mpsc::channel::<()>();
    for i in 0..n {
        let intended = Duration::from_secs_f64(every.as_secs_f64() * number(i));
        let ahead = intended.saturating_sub(watch.elapsed());
        let woken = ahead.is_zero() || wait.recv_timeout(ahead) == Err(RecvTimeoutError::Timeout);
        if !woken || !go(i, intended) {
            return;
        }
    }
}

fn rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "one transition at 500/s offered, against one plain append + fdatasync",
        at_least: "p99 ≤ 5 ×",
        aim: "p99 ≤ 2 ×",
        measured: format!("{}: {:.1} × at p99", quantiles(runs, ""), runs.median("p99_ratio")),
        beside: format!("plain append + fdatasync at the same pace: {}", quantiles(runs, "plain_")),
    }]
}
