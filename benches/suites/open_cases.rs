//! One million open cases: how much memory as live actors (≤ 3 GiB, aim 2), and how long until a restart is ready (≤ 10 s,
//! aim 3), warm (≤ 60 s, aim 15), and over a store that a loss of power took (≤ 60 s, aim 20).
//!
//! Every case is registered, filed and dispatched as people would; each stage of the test is a process of its own over
//! the same directory: filled and killed (`kill -9`), started again, closed in good order, started again, started once
//! more with the store's directory gone. *Ready*: commands are accepted and the first overdue timers have fired. *Warm*:
//! every case is an actor. The filling also is the rival: the resident memory of that process, filled once.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use anyhow::Context as _;
use duban_benches::arguments::Arguments;
use duban_benches::child;
use duban_benches::figures::{Figures, Runs, count, number, per_second};
use duban_benches::machine::{Watch, bytes_under, peak_bytes, resident_bytes};
use duban_benches::node::{Layout, ShiftedClock, drive, in_system};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, bytes, thousands, time};
use duban_benches::workload::{Stage, Workload, morning};
use duban_runtime::clock::Clock as _;
use duban_runtime::node::Node;

use crate::{Question, say};

pub(crate) const QUESTION: Question = Question { name: "open-cases", runs: 1, ask, rows };

/// Cases that go through a stage before any goes through the next.
const BLOCK: u64 = 50_000;

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    match arguments.text("phase") {
        Some("fill") => in_system(fill(arguments.clone())),
        Some(_) => in_system(restart(arguments.clone())),
        None => all(arguments),
    }
}

fn all(arguments: &Arguments) -> anyhow::Result<Figures> {
    let scratch = Scratch::under(&arguments.dir())?;
    let dir = scratch.path();
    let phase = |phase: &str| arguments.clone().with("phase", phase).with("at", dir.display());
    let mut filling = child::start(&phase("fill"))?;
    let mut figures = filling.figures()?;
    filling.kill()?;
    figures = figures.and(child::run(&phase("killed"))?.named("killed_"));
    figures = figures.and(child::run(&phase("closed"))?.named("closed_"));
    std::fs::remove_dir_all(dir.join("store")).context("take the store away")?;
    Ok(figures.and(child::run(&phase("lost"))?.named("lost_")))
}

async fn fill(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 1_000_000)?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&at(&arguments)?, &workload)?;
    let node = Rc::new(layout.start(journal, &workload, Arc::clone(&clock) as _).await?);
    let watch = Watch::default();
    filled(&node, (&workload, &clock), cases).await?;
    node.durable().await;
    let figures = Figures::default()
        .with("cases", number(cases))
        .with("filled_per_second", per_second(cases * 3, watch.elapsed()))
        .with("resident", resident_bytes())
        .with("peak", peak_bytes())
        .with("disk", number(bytes_under(&at(&arguments)?)));
    say(&figures.to_json())?;
    // Waits to be killed.
    std::future::pending().await
}

/// Registers, files and dispatches so many cases.
pub(crate) async fn filled(
    node: &Rc<Node>,
    (workload, clock): (&Arc<Workload>, &Arc<ShiftedClock>),
    cases: u64,
) -> anyhow::Result<()> {
    for first in (0..cases).step_by(usize::try_from(BLOCK)?) {
        let n = BLOCK.min(cases - first);
        for stage in Stage::TO_DISPATCH {
            let (workload, clock) = (Arc::clone(workload), Arc::clone(clock));
            drive(node, 64, n, move |i| workload.ask(first + i, stage, clock.now())).await?;
        }
    }
    Ok(())
}

async fn restart(arguments: Arguments) -> anyhow::Result<Figures> {
    let watch = Watch::default();
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&at(&arguments)?, &workload)?;
    let opened = watch.elapsed();
    let node = layout.start(journal.clone(), &workload, clock as _).await?;
    let ready = watch.elapsed();
    let resident_ready = resident_bytes();
    let warmed = node.warm().await?;
    node.durable().await;
    let warm = watch.elapsed();
    let figures = Figures::default()
        .with("opened_us", opened.as_secs_f64() * 1e6)
        .with("ready_us", ready.as_secs_f64() * 1e6)
        .with("warm_us", warm.as_secs_f64() * 1e6)
        .with("warmed", count(warmed))
        .with("resident_ready", resident_ready)
        .with("resident", resident_bytes())
        .with("peak", peak_bytes());
    node.stop().await;
    journal.close()?;
    Ok(figures)
}

/// Where the phases of one test meet.
pub(crate) fn at(arguments: &Arguments) -> anyhow::Result<PathBuf> {
    arguments.text("at").map(|dir| Path::new(dir).to_owned()).context("`--at` is missing")
}

fn rows(runs: &Runs) -> Vec<Row> {
    let of = |name: &str| runs.median(name);
    let after = |phase: &str| {
        let of = |name: &str| runs.median(&format!("{phase}{name}"));
        format!("ready {}, warm {}", time(of("ready_us")), time(of("warm_us")))
    };
    let memory = Row {
        question: "open cases as live actors, store included: resident memory",
        at_least: "≤ 3 GiB",
        aim: "≤ 2 GiB",
        measured: format!(
            "{} cases: {} when filled, {} after a restart, warm",
            thousands(of("cases")),
            bytes(of("resident")),
            bytes(of("killed_resident")),
        ),
        beside: format!("on disk {}", bytes(of("disk"))),
    };
    let restart = Row {
        question: "the same: restart until ready, until warm; after a loss of power",
        at_least: "≤ 10 s; ≤ 60 s; ≤ 60 s",
        aim: "≤ 3 s; ≤ 15 s; ≤ 20 s",
        measured: format!(
            "after kill -9 {}; closed in good order {}; store lost {}",
            after("killed_"),
            after("closed_"),
            after("lost_"),
        ),
        beside: format!("filled at {}/s", thousands(of("filled_per_second"))),
    };
    vec![memory, restart]
}
