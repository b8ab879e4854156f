//! While much is under way: the API's p99 while 100,000 overdue timers fire (at most 100 ms, aim 30 ms), and the first
//! page of a unit's open cases with 1,000,000 open in all (at most 50 ms, aim 10 ms).
//!
//! The stores are filled by a process of its own, which is killed. Timers: the node starts half a day later, and from the
//! moment its server answers until the last timer has fired cases are registered and pages read, 200 a second, each
//! counted from the instant it was to set out.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use duban_benches::arguments::Arguments;
use duban_benches::child;
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::latency::Latencies;
use duban_benches::load::Asking;
use duban_benches::machine::Watch;
use duban_benches::node::{ShiftedClock, drive, in_system};
use duban_benches::requests::{asking, list, request};
use duban_benches::scratch::Scratch;
use duban_benches::server::{self, Served, Tokens};
use duban_benches::table::{Row, quantiles, thousands, time};
use duban_benches::workload::{Workload, morning};
use duban_rules::vocabulary::StepCode;
use duban_runtime::clock::Timestamp;

use crate::http::at_pace;
use crate::open_cases::at;
use crate::overdue::LATER;
use crate::{Question, say};

pub(crate) const OVERDUE: Question =
    Question { name: "http-overdue", runs: 3, ask: ask_overdue, rows: rows_overdue };
pub(crate) const LIST: Question =
    Question { name: "http-list", runs: 1, ask: ask_list, rows: rows_list };

const HOUR: Duration = Duration::from_hours(1);
/// Requests a second while timers fire.
const RATE: u32 = 200;

fn ask_overdue(arguments: &Arguments) -> anyhow::Result<Figures> {
    let arguments = arguments.clone().with("cases", arguments.number("cases", 100_000)?);
    match arguments.text("phase") {
        Some("fill") => in_system(fill(arguments.clone())),
        Some(_) => in_system(fire(arguments.clone())),
        None => filled(&arguments),
    }
}

fn ask_list(arguments: &Arguments) -> anyhow::Result<Figures> {
    let arguments = arguments.clone().with("cases", arguments.number("cases", 1_000_000)?);
    match arguments.text("phase") {
        Some("fill") => in_system(fill(arguments.clone())),
        Some(_) => in_system(look(arguments.clone())),
        None => filled(&arguments),
    }
}

fn filled(arguments: &Arguments) -> anyhow::Result<Figures> {
    let scratch = Scratch::under(&arguments.dir())?;
    let arguments = arguments.clone().with("at", scratch.path().display());
    let mut filling = child::start(&arguments.clone().with("phase", "fill"))?;
    filling.figures()?;
    filling.kill()?;
    child::run(&arguments.with("phase", "ask"))
}

/// Open cases with units, each with a step four hours ahead.
async fn fill(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 0)?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let dir = at(&arguments)?;
    let node = Rc::new(server::start(server::journal(&dir, &workload)?, &workload, clock).await?);
    Tokens::issue(&node).await?.leave(&dir)?;
    let due: Timestamp = morning() + HOUR * 4;
    let adopt = move |i| Ok(workload.adopt(i, morning(), vec![(StepCode::new("100"), due)]));
    drive(&node, 64, cases, adopt).await?;
    node.durable().await;
    say(&Figures::default().with("cases", number(cases)).to_json())?;
    // Waits to be killed.
    std::future::pending().await
}

async fn fire(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 0)?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning() + LATER));
    let dir = at(&arguments)?;
    let journal = server::journal(&dir, &workload)?;
    let (watch, tokens) = (Watch::default(), Tokens::left(&dir)?);
    let node = server::start(journal.clone(), &workload, clock).await?;
    let served = Served::over(node, &dir, &workload, tokens)?;
    let ready = watch.elapsed();
    let ask = asking(&workload, &served.tokens, move |workload, tokens, i| match i % 2 {
        // Numbers beyond those that are there: new cases.
        0 => request(workload, tokens, cases + i, duban_benches::workload::Stage::Register),
        _ => list(workload, tokens, i),
    });
    // As many as fill the time that the timers take, found by looking after each second.
    let every = Duration::from_secs(1) / RATE;
    let mut seconds = 0_u64;
    let (mut worst, mut all) = (0.0_f64, Latencies::default());
    loop {
        let from = seconds * u64::from(RATE);
        let ask = Arc::clone(&ask);
        let one: Asking = Arc::new(move |i| ask(from + i));
        let latencies = at_pace(served.address, (u64::from(RATE), every), one).await?;
        all.merge(&latencies);
        worst = worst.max(latencies.figures().get("p99_us"));
        seconds += 1;
        if !remain(&journal)? {
            break;
        }
        ensure!(seconds < 120, "the timers take more than {seconds} s");
    }
    drop(journal);
    served.close().await?;
    Ok(all
        .figures()
        .with("worst_p99_us", worst)
        .with("seconds", number(seconds))
        .with("ready_us", ready.as_secs_f64() * 1e6))
}

/// Whether any alarm is overdue; what was registered meanwhile is not.
fn remain(journal: &duban_runtime::journal::Journal) -> anyhow::Result<bool> {
    let now = morning() + LATER;
    for partition in 0..duban_runtime::partition::PARTITIONS {
        let first = journal.alarms(partition, None, 1)?;
        if first.first().is_some_and(|(due, _)| *due < now) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn look(arguments: Arguments) -> anyhow::Result<Figures> {
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let dir = at(&arguments)?;
    let journal = server::journal(&dir, &workload)?;
    let node = server::start(journal, &workload, clock).await?;
    let served = Served::over(node, &dir, &workload, Tokens::left(&dir)?)?;
    let ask = asking(&workload, &served.tokens, list);
    let latencies = at_pace(served.address, (500, Duration::from_millis(20)), ask).await?;
    served.close().await?;
    Ok(latencies.figures().with("cases", number(arguments.number("cases", 0)?)))
}

fn rows_overdue(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "W3 with 100,000 overdue timers: the API's p99 while they fire",
        at_least: "≤ 100 ms",
        aim: "≤ 30 ms",
        measured: format!(
            "{}, in the worst second {}; all had fired within {:.0} s",
            quantiles(runs, ""),
            time(runs.median("worst_p99_us")),
            runs.median("seconds"),
        ),
        beside: format!("ready after {}", time(runs.median("ready_us"))),
    }]
}

fn rows_list(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "first page of a unit's open cases, over HTTP",
        at_least: "≤ 50 ms",
        aim: "≤ 10 ms",
        measured: format!(
            "{} open in all: {}",
            thousands(runs.median("cases")),
            quantiles(runs, ""),
        ),
        beside: String::new(),
    }]
}
