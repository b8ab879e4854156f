//! W2: 50,000 cases each with a timer due within the same 10 s: how late is the durable firing? At the 99th percentile at
//! most 100 ms, aim 10 ms.
//!
//! The instant that counts is when the ledger's head has moved past the frame that holds the firing, after its
//! `fdatasync`: a thread reads the head every 200 µs and notes when it saw each frame first, so that a lateness is up to
//! that much too long and never too short. The cases are taken in while the clock stands an hour before; then it jumps to
//! one second before the first timer. Rival: the `fdatasync` itself.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use duban_actors::case::Case;
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::latency::Latencies;
use duban_benches::node::{Layout, ShiftedClock, drive, in_system, journal_figures};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, quantiles, time};
use duban_benches::workload::{Workload, key, morning};
use duban_rules::vocabulary::StepCode;
use duban_runtime::clock::{Clock as _, Timestamp};
use duban_runtime::entity::{Entity as _, EntityId};
use duban_runtime::journal::Journal;

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "w2", runs: 3, ask, rows };

const SPREAD: Duration = Duration::from_secs(10);
const EVERY: Duration = Duration::from_micros(200);

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 50_000)?;
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&scratch.path(), &workload)?;
    let node = Rc::new(layout.start(journal.clone(), &workload, Arc::clone(&clock) as _).await?);
    let first = morning() + Duration::from_hours(1);
    let due = move |i: u64| {
        let place = Duration::from_secs_f64(SPREAD.as_secs_f64() * number(i) / number(cases));
        first + place
    };
    let adopting = Arc::clone(&workload);
    let adopt = move |i| Ok(adopting.adopt(i, morning(), vec![(StepCode::new("100"), due(i))]));
    drive(&node, 64, cases, adopt).await?;
    node.durable().await;
    let taken_in = journal.stats();

    clock.show(first - Duration::from_secs(1));
    let frames =
        watched(&journal, &clock, (taken_in.n_records + cases, first + SPREAD * 6)).await?;
    let mut lateness = Latencies::default();
    for i in 0..cases {
        let stored = journal.entity(&EntityId::new(Case::KIND, key(i)))?.context("a case")?;
        ensure!(stored.sequence == 2 && stored.alarm.is_none(), "case {i} did not fire once");
        let seen = frames.range(stored.frame..).next().context("a frame that was seen")?;
        lateness.add(seen.1.since(due(i)));
    }
    let figures = lateness.figures().and(journal_figures(&journal).named("journal_"));
    if let Ok(node) = Rc::try_unwrap(node) {
        node.stop().await;
    }
    journal.close()?;
    Ok(figures)
}

/// When each frame was first seen at the head of the ledger, until `n_records` are written.
async fn watched(
    journal: &Journal,
    clock: &Arc<ShiftedClock>,
    (n_records, at_most): (u64, Timestamp),
) -> anyhow::Result<BTreeMap<u64, Timestamp>> {
    let over = Arc::new(AtomicBool::new(false));
    let watching = std::thread::spawn({
        let (over, journal, clock) = (Arc::clone(&over), journal.clone(), Arc::clone(clock));
        move || {
            let (_open, wait) = mpsc::channel::<()>();
            let mut frames = BTreeMap::new();
            while !over.load(Ordering::Acquire) {
                let head = journal.head().1;
                frames.entry(head).or_insert_with(|| clock.now());
                if wait.recv_timeout(EVERY).is_ok() {
                    break;
                }
            }
            frames.entry(journal.head().1).or_insert_with(|| clock.now());
            frames
        }
    });
    while journal.stats().n_records < n_records && clock.now() < at_most {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    over.store(true, Ordering::Release);
    watching.join().map_err(|_| anyhow::anyhow!("the watcher ended badly"))
}

fn rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "W2: 50,000 timers due within 10 s: lateness of the durable firing",
        at_least: "p99 ≤ 100 ms",
        aim: "p99 ≤ 10 ms",
        measured: format!("{}, longest {}", quantiles(runs, ""), time(runs.median("max_us"))),
        beside: format!("append + fdatasync {}", quantiles(runs, "journal_append_")),
    }]
}
