//! Do memory and disk stay in bounds over ten million transitions? Disk linear, memory flat.
//!
//! W1 in blocks of 20,000 cases, one after the other, as long as it takes; resident memory and disk are read in the middle
//! and at the end, each after everything is applied. Rival: the bytes of the ledger itself.

use std::rc::Rc;
use std::sync::Arc;

use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number, per_second};
use duban_benches::machine::{Watch, bytes_under, peak_bytes, resident_bytes};
use duban_benches::node::{Layout, ShiftedClock, drive, in_system, journal_figures};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, bytes, thousands};
use duban_benches::workload::{Stage, Workload, morning};
use duban_runtime::clock::Clock as _;

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "sustained", runs: 1, ask, rows };

const BLOCK: u64 = 20_000;

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let wanted = arguments.number("transitions", 10_000_000)?;
    let per_block = BLOCK * 7;
    let n_blocks = wanted.div_ceil(per_block).max(2);
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::for_cases(BLOCK)?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&scratch.path(), &workload)?;
    let node = Rc::new(layout.start(journal.clone(), &workload, Arc::clone(&clock) as _).await?);
    let mut figures = Figures::default();
    let watch = Watch::default();
    let mut half = std::time::Duration::ZERO;
    for block in 0..n_blocks {
        if block == n_blocks / 2 {
            half = watch.elapsed();
            let (resident, disk) = (resident_bytes(), number(bytes_under(&scratch.path())));
            figures = figures.with("middle_resident", resident).with("middle_disk", disk);
        }
        for stage in Stage::ALL {
            let (workload, clock) = (Arc::clone(&workload), Arc::clone(&clock));
            let ask = move |i| workload.ask(block * BLOCK + i, stage, clock.now());
            drive(&node, 64, BLOCK, ask).await?;
        }
    }
    node.durable().await;
    let (whole, n) = (watch.elapsed(), n_blocks * per_block);
    let first = n_blocks / 2 * per_block;
    figures = figures
        .with("end_resident", resident_bytes())
        .with("end_disk", number(bytes_under(&scratch.path())))
        .with("peak_resident", peak_bytes())
        .with("transitions", number(n))
        .with("first_per_second", per_second(first, half))
        .with("second_per_second", per_second(n - first, whole.saturating_sub(half)))
        .and(journal_figures(&journal));
    if let Ok(node) = Rc::try_unwrap(node) {
        node.stop().await;
    }
    journal.close()?;
    Ok(figures.with("closed_disk", number(bytes_under(&scratch.path()))))
}

fn rows(runs: &Runs) -> Vec<Row> {
    let of = |name: &str| runs.median(name);
    vec![Row {
        question: "sustained: 10 million transitions, the end against the middle",
        at_least: "both linear, memory bounded",
        aim: "memory flat",
        measured: format!(
            "{} transitions; memory {} → {}, disk {} → {}; {} → {}/s",
            thousands(of("transitions")),
            bytes(of("middle_resident")),
            bytes(of("end_resident")),
            bytes(of("middle_disk")),
            bytes(of("end_disk")),
            thousands(of("first_per_second")),
            thousands(of("second_per_second")),
        ),
        beside: format!("the ledger alone: {}", bytes(of("ledger_bytes"))),
    }]
}
