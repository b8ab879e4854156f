//! How long until the facts of a million closed cases are there again, from the ledger alone? At most 180 s, aim 60 s.
//!
//! Each case is taken in and concluded; the process ends in good order, the store's directory is taken away, and the
//! journal is opened again. Rival in the same run: reading the same ledger, frames and chain checked, folding nothing.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use duban_actors::case::{KIND, remains};
use duban_benches::arguments::Arguments;
use duban_benches::child;
use duban_benches::figures::{Figures, Runs, count, number};
use duban_benches::machine::{Watch, bytes_under, peak_bytes};
use duban_benches::node::{Layout, ShiftedClock, drive, in_system};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, bytes, thousands, time};
use duban_benches::workload::{Workload, morning, unit};
use duban_runtime::clock::Clock as _;
use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::LedgerReader;

use crate::Question;
use crate::open_cases::at;

pub(crate) const QUESTION: Question = Question { name: "facts", runs: 1, ask, rows };

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    match arguments.text("phase") {
        Some("fill") => in_system(fill(arguments.clone())),
        Some(_) => again(arguments),
        None => all(arguments),
    }
}

fn all(arguments: &Arguments) -> anyhow::Result<Figures> {
    let scratch = Scratch::under(&arguments.dir())?;
    let dir = scratch.path();
    let phase = |phase: &str| arguments.clone().with("phase", phase).with("at", dir.display());
    let figures = child::run(&phase("fill"))?;
    std::fs::remove_dir_all(dir.join("store")).context("take the store away")?;
    Ok(figures.and(child::run(&phase("again"))?))
}

async fn fill(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 1_000_000)?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&at(&arguments)?, &workload)?;
    let node = Rc::new(layout.start(journal.clone(), &workload, Arc::clone(&clock) as _).await?);
    let (adopting, concluding) = (Arc::clone(&workload), Arc::clone(&workload));
    let opened = clock.now();
    let due = opened + Duration::from_hours(24);
    drive(&node, 64, cases, move |i| Ok(adopting.adopt_for(i, unit(i), opened, due))).await?;
    drive(&node, 64, cases, move |i| {
        Ok(concluding.conclude(i, opened + Duration::from_mins(i % 2_880)))
    })
    .await?;
    node.durable().await;
    Rc::into_inner(node).context("somebody is still at work")?.stop().await;
    journal.close()?;
    let disk = number(bytes_under(&at(&arguments)?));
    Ok(Figures::default().with("cases", number(cases)).with("disk", disk))
}

fn again(arguments: &Arguments) -> anyhow::Result<Figures> {
    let dir = at(arguments)?;
    let reading = Watch::default();
    let reader = LedgerReader::over(OsDisk::at(&dir).reader())?;
    let mut entries = 0;
    for frame in reader.frames_from(reader.first_frame()) {
        entries += frame?.batches.iter().map(|batch| batch.entries.len()).sum::<usize>();
    }
    let read = reading.elapsed();
    let workload = Workload::shipped()?;
    let watch = Watch::default();
    let journal = Layout::of(arguments)?.open(&dir, &workload)?;
    let rebuilt = watch.elapsed();
    let facts = facts(&journal)?;
    ensure!(facts > 0, "there are no facts");
    let figures = Figures::default()
        .with("rebuilt_us", rebuilt.as_secs_f64() * 1e6)
        .with("read_us", read.as_secs_f64() * 1e6)
        .with("entries", count(entries))
        .with("facts", count(facts))
        .with("peak", peak_bytes());
    journal.close()?;
    Ok(figures)
}

/// How many facts the store has of closed cases.
fn facts(journal: &duban_runtime::journal::Journal) -> anyhow::Result<usize> {
    let (mut facts, mut after) = (0, None);
    loop {
        let page = journal.entities_as_kept(Some(KIND.number), after, 1_024)?;
        let Some((last, _)) = page.last() else { return Ok(facts) };
        after = Some(last.clone());
        for (id, stored) in &page {
            facts += remains::facts(id, stored)?.len();
        }
    }
}

fn rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "facts of closed cases made again from the ledger",
        at_least: "≤ 180 s",
        aim: "≤ 60 s",
        measured: format!(
            "{} for {} cases, peak memory {}",
            time(runs.median("rebuilt_us")),
            thousands(runs.median("cases")),
            bytes(runs.median("peak")),
        ),
        beside: format!("reading the same ledger and no more: {}", time(runs.median("read_us"))),
    }]
}
