//! W3: `kill -9` with 50,000 open cases, restart after all are overdue: how long until all have fired, once each? At most
//! 5 s, aim 1.5 s; and the same when the restart is killed in the middle of that firing.
//!
//! Counted from the start of the process, the opening of the journal included, to the last firing that is durable. Then
//! every case is read: exactly one record more, no alarm left. Rival: plain append + `fdatasync` of the same bytes in
//! groups of the same size.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use duban_actors::case::Case;
use duban_benches::arguments::Arguments;
use duban_benches::child;
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::machine::Watch;
use duban_benches::node::{Layout, ShiftedClock, drive, in_system, journal_figures};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, thousands, time};
use duban_benches::workload::{Workload, key, morning};
use duban_rules::vocabulary::StepCode;
use duban_runtime::entity::{Entity as _, EntityId};
use duban_runtime::journal::Journal;

use crate::open_cases::at;
use crate::{Question, rivals, say};

pub(crate) const QUESTION: Question = Question { name: "w3", runs: 3, ask, rows };

const STEPS: [(&str, u64); 4] = [("75", 3), ("100", 4), ("150", 6), ("200", 8)];
const HOUR: Duration = Duration::from_hours(1);
/// When everything is overdue. More than a day after what was seen last, a start does not believe its clock.
pub(crate) const LATER: Duration = Duration::from_hours(12);

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    match arguments.text("phase") {
        Some("fill") => in_system(fill(arguments.clone())),
        Some("half") => in_system(fire(arguments.clone(), 2)),
        Some(_) => in_system(fire(arguments.clone(), 1)),
        None => all(arguments),
    }
}

fn all(arguments: &Arguments) -> anyhow::Result<Figures> {
    let filled = || -> anyhow::Result<(Scratch, Arguments)> {
        let scratch = Scratch::under(&arguments.dir())?;
        let arguments = arguments.clone().with("at", scratch.path().display());
        let mut filling = child::start(&arguments.clone().with("phase", "fill"))?;
        filling.figures()?;
        filling.kill()?;
        Ok((scratch, arguments))
    };
    let (_once, arguments_once) = filled()?;
    let once = child::run(&arguments_once.with("phase", "fire"))?;
    let (_twice, arguments_twice) = filled()?;
    let mut half = child::start(&arguments_twice.clone().with("phase", "half"))?;
    let first = half.figures()?;
    half.kill()?;
    let second = child::run(&arguments_twice.with("phase", "fire"))?;
    let group = (once.get("group"), once.get("ledger_bytes") / once.get("frames"));
    let n_groups = format!("{:.0}", once.get("frames")).parse::<u64>()?;
    let plain = rivals::plain_append(&arguments.dir(), (group.0, group.1, n_groups))?;
    let twice = first.get("fired_us") + second.get("fired_us");
    Ok(once.and(second.named("second_")).with("twice_us", twice).and(plain))
}

async fn fill(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 50_000)?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&at(&arguments)?, &workload)?;
    let node = Rc::new(layout.start(journal, &workload, clock as _).await?);
    let adopt = move |i| {
        let steps = STEPS.map(|(code, hours)| {
            (StepCode::new(code), morning() + HOUR * u32::try_from(hours).unwrap_or(1))
        });
        Ok(workload.adopt(i, morning(), steps.to_vec()))
    };
    drive(&node, 64, cases, adopt).await?;
    node.durable().await;
    say(&Figures::default().with("cases", number(cases)).to_json())?;
    // Waits to be killed.
    std::future::pending().await
}

/// Starts half a day later, when everything is overdue; tells when one `part`-th has fired, and waits to be killed unless that
/// is all.
async fn fire(arguments: Arguments, part: u64) -> anyhow::Result<Figures> {
    let watch = Watch::default();
    let cases = arguments.number("cases", 50_000)?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning() + LATER));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&at(&arguments)?, &workload)?;
    let opened = watch.elapsed();
    if part > 1 {
        tell_at(journal.clone(), cases / part, watch);
        let _node = layout.start(journal, &workload, clock as _).await?;
        // Waits to be killed.
        return std::future::pending().await;
    }
    let node = layout.start(journal.clone(), &workload, Arc::clone(&clock) as _).await?;
    let ready = watch.elapsed();
    while remain(&journal)? {
        ensure!(watch.elapsed() < Duration::from_mins(5), "they do not all fire");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    node.durable().await;
    let fired = watch.elapsed();
    let figures = Figures::default()
        .with("opened_us", opened.as_secs_f64() * 1e6)
        .with("ready_us", ready.as_secs_f64() * 1e6)
        .with("fired_us", fired.as_secs_f64() * 1e6)
        .and(journal_figures(&journal));
    for i in 0..cases {
        let stored = journal.entity(&EntityId::new(Case::KIND, key(i)))?.context("a case")?;
        ensure!(stored.sequence == 2 && stored.alarm.is_none(), "case {i} did not fire once");
    }
    node.stop().await;
    journal.close()?;
    Ok(figures)
}

/// Tells how long it took as soon as `n_records` are durable, however busy the node still is with its start.
fn tell_at(journal: Journal, n_records: u64, watch: Watch) {
    std::thread::spawn(move || {
        let (_open, wait) = mpsc::channel::<()>();
        while journal.stats().n_records < n_records {
            if wait.recv_timeout(Duration::from_millis(1)).is_ok() {
                return Ok(());
            }
        }
        let fired = watch.elapsed().as_secs_f64() * 1e6;
        say(&Figures::default().with("fired_us", fired).and(journal_figures(&journal)).to_json())
    });
}

/// Whether any alarm is left.
fn remain(journal: &Journal) -> anyhow::Result<bool> {
    for partition in 0..duban_runtime::partition::PARTITIONS {
        if !journal.alarms(partition, None, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "W3: kill -9 with 50,000 open cases, restart when all are overdue: all fired, once; killed again midway",
        at_least: "≤ 5 s",
        aim: "≤ 1.5 s",
        measured: format!(
            "{} (ready after {}); killed again midway, both starts together {}",
            time(runs.median("fired_us")),
            time(runs.median("ready_us")),
            time(runs.median("twice_us")),
        ),
        beside: format!(
            "plain append + fdatasync, same bytes and groups: {}/s",
            thousands(runs.median("plain_per_second"))
        ),
    }]
}
