//! W1: how many transitions are accepted per second? At least 25,000, aim 60,000.
//!
//! 20,000 cases are registered, then all are led breadth first through six more transitions to closed, by 64 concurrent
//! callers; the shipped case under the shipped rules; every answer after an `fdatasync`; notices queue, no couriers. Each
//! accepted command of a caller counts once, and nothing else does: what cases, collectors and the allocator of
//! numbers tell one another is work on top (`records` beside). The grid has a collector for every 50 cases that are being
//! verified at once; with the fourteen of the shipped demo town (`--town shipped`) most tasks are passed on in vain, which
//! adds six records to a case. Rivals in the same run: bare actix actors exchanging as many messages, and
//! plain append + `fdatasync` of the same bytes in groups of the same size.

use std::rc::Rc;
use std::sync::Arc;

use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number, per_second};
use duban_benches::machine::{Watch, peak_bytes, processor_seconds};
use duban_benches::node::{Layout, ShiftedClock, drive, in_system, journal_figures};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, thousands, time};
use duban_benches::workload::{Stage, Workload, morning};
use duban_runtime::clock::Clock as _;
use duban_runtime::node::Node;

use crate::{Question, rivals};

pub(crate) const QUESTION: Question = Question { name: "w1", runs: 5, ask, rows };

/// Cases for which there are collectors; a larger run passes tasks on.
const FIELD_MAX: u64 = 100_000;

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 20_000)?;
    let callers = usize::try_from(arguments.number("callers", 64)?)?;
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(match arguments.text("town") {
        Some("shipped") => Workload::shipped()?,
        _ => Workload::for_cases(cases.min(FIELD_MAX))?,
    });
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&scratch.path(), &workload)?;
    let node = Rc::new(layout.start(journal.clone(), &workload, Arc::clone(&clock) as _).await?);
    let n = cases * number_of_stages();
    let figures = led(&node, (&workload, &clock), (callers, cases)).await?;
    let (group, frames) = (figures.get("group"), figures.get("frames"));
    let bytes_per_group = figures.get("ledger_bytes") / frames;
    if let Ok(node) = Rc::try_unwrap(node) {
        node.stop().await;
    }
    journal.close()?;
    drop(scratch);
    let n_groups = format!("{frames:.0}").parse::<u64>()?;
    let plain = rivals::plain_append(&arguments.dir(), (group, bytes_per_group, n_groups))?;
    let actors = rivals::bare_actors((u64::try_from(callers)?, cases, n)).await?;
    Ok(figures.and(plain).and(actors))
}

/// Leads `cases` through all stages, by so many `callers` at the same time.
pub(crate) async fn led(
    node: &Rc<Node>,
    (workload, clock): (&Arc<Workload>, &Arc<ShiftedClock>),
    (callers, cases): (usize, u64),
) -> anyhow::Result<Figures> {
    let n = cases * number_of_stages();
    let mut figures = Figures::default();
    let (watch, processor) = (Watch::default(), processor_seconds());
    for stage in Stage::ALL {
        let one = Watch::default();
        let (workload, clock) = (Arc::clone(workload), Arc::clone(clock));
        drive(node, callers, cases, move |i| workload.ask(i, stage, clock.now())).await?;
        figures = figures.with(&format!("{stage:?}_per_second"), per_second(cases, one.elapsed()));
    }
    node.durable().await;
    let took = watch.elapsed();
    let processor = processor_seconds() - processor;
    Ok(figures
        .and(journal_figures(node.journal()))
        .with("per_second", per_second(n, took))
        .with("processor_us_each", processor * 1e6 / number(n))
        .with("peak_bytes", peak_bytes()))
}

pub(crate) fn number_of_stages() -> u64 {
    u64::try_from(Stage::ALL.len()).unwrap_or(u64::MAX)
}

fn rows(runs: &Runs) -> Vec<Row> {
    let (least, most) = runs.range("per_second");
    vec![Row {
        question: "W1: transitions per second, 64 callers, breadth first",
        at_least: "25,000",
        aim: "60,000",
        measured: format!(
            "{} ({} – {}); groups of {:.0}, append + fdatasync p50 {}",
            thousands(runs.median("per_second")),
            thousands(least),
            thousands(most),
            runs.median("group"),
            time(runs.median("append_p50_us")),
        ),
        beside: format!(
            "plain append + fdatasync, same bytes and groups: {}/s; bare actors, same messages: {}/s",
            thousands(runs.median("plain_per_second")),
            thousands(runs.median("actors_per_second")),
        ),
    }]
}
