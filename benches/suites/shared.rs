//! What does one log in Redis cost? Four questions, all with `appendfsync always` and Redis on this machine.
//!
//! `shared-w1`: transitions per second of one node, as [`crate::throughput`]: at least 10,000, aim 20,000 and 60 % of the
//! bare script. `shared-latency`: one transition at 500 a second, as [`crate::pace`]: p50 at most 3 ms and p99 25 ms, aim
//! 1.2 and 10; how far another node lies behind meanwhile: p99 at most 100 ms, aim 20. `shared-afar`: at 200 a second by
//! way of a node that decides none of them, of three: p50 at most 5 ms and p99 40 ms, aim 2 and 15. `shared-handover`: the
//! same while half of all partitions go to another node: nobody waits longer than 500 ms, aim 200.
//!
//! Rival in the same run: the bare script by which a group is added, with groups of the same size, over one connection.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{bail, ensure};
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, count, number, per_second};
use duban_benches::latency::Latencies;
use duban_benches::machine::Watch;
use duban_benches::node::{Layout, ShiftedClock, in_system};
use duban_benches::table::{Row, quantiles, thousands, time};
use duban_benches::town::{Part, Town, ended, settled};
use duban_benches::workload::{Workload, morning};
use duban_runtime::cluster::log;
use duban_runtime::cluster::log::{Added, Adding, GroupId, Holding, Leased, Leasing, Log};
use duban_runtime::journal::Journal;
use duban_runtime::node::Node;
use tokio::task::spawn_local;

use crate::{Question, pace, throughput};

pub(crate) const W1: Question = Question { name: "shared-w1", runs: 5, ask: ask_w1, rows: w1_rows };
pub(crate) const OWN: Question =
    Question { name: "shared-latency", runs: 5, ask: ask_own, rows: own_rows };
pub(crate) const AFAR: Question =
    Question { name: "shared-afar", runs: 5, ask: ask_afar, rows: afar_rows };

pub(crate) const HANDOVER: Question =
    Question { name: "shared-handover", runs: 5, ask: ask_handover, rows: handover_rows };

/// When the other node comes in, of those who are asked for 14 seconds.
const COMES_IN_AFTER: Duration = Duration::from_secs(4);
/// Groups that are added bare; a longer run would show the same.
const GROUPS_MAX: u64 = 2_000;
/// About as long as a record is, in bytes.
const RECORD_BYTES: usize = 512;
/// A frame that another node has not read by then is not waited for.
const BEHIND_MAX: Duration = Duration::from_secs(10);
/// Between two looks at how far another node is.
const LOOK: Duration = Duration::from_millis(10);

/// What a run works with.
pub(crate) struct Setting {
    pub(crate) town: Town,
    layout: Layout,
    pub(crate) workload: Arc<Workload>,
    pub(crate) clock: Arc<ShiftedClock>,
}

impl Setting {
    pub(crate) fn of(arguments: &Arguments, workload: Workload) -> anyhow::Result<Setting> {
        Ok(Setting {
            town: Town::under(&arguments.dir())?,
            layout: Layout::of(arguments)?,
            workload: Arc::new(workload),
            clock: Arc::new(ShiftedClock::showing(morning())),
        })
    }

    pub(crate) async fn node(&self, name: &str, part: Part) -> anyhow::Result<(Journal, Rc<Node>)> {
        let by = (&self.layout, &*self.workload);
        let (journal, node) =
            self.town.node((name, part), by, Arc::clone(&self.clock) as _).await?;
        Ok((journal, Rc::new(node)))
    }

    async fn offered(&self, node: &Rc<Node>, pace: (u64, Duration)) -> anyhow::Result<Latencies> {
        pace::offered(node, (&self.workload, &self.clock), pace).await
    }
}

/// A town of three: one that decides, another, and one by way of which everything is asked and that decides nothing.
struct Three {
    setting: Setting,
    first: (Journal, Rc<Node>),
    other: (Journal, Rc<Node>),
    asked: (Journal, Rc<Node>),
}

impl Three {
    async fn begun(arguments: &Arguments, other: Part) -> anyhow::Result<Three> {
        let setting = Setting::of(arguments, Workload::shipped()?)?;
        let first = setting.node("a", Part::Full).await?;
        let other = setting.node("b", other).await?;
        let asked = setting.node("c", Part::None).await?;
        let three = Three { setting, first, other, asked };
        three.settled().await?;
        Ok(three)
    }

    async fn settled(&self) -> anyhow::Result<()> {
        settled(&[&self.first.1, &self.other.1, &self.asked.1]).await
    }

    async fn offered(&self, pace: (u64, Duration)) -> anyhow::Result<Latencies> {
        self.setting.offered(&self.asked.1, pace).await
    }

    async fn ended(self) -> anyhow::Result<()> {
        for (journal, node) in [self.asked, self.first, self.other] {
            ended(node, journal).await?;
        }
        Ok(())
    }
}

fn ask_w1(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(w1(arguments.clone()))
}

async fn w1(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 5_000)?;
    let callers = usize::try_from(arguments.number("callers", 64)?)?;
    let setting = Setting::of(&arguments, Workload::for_cases(cases)?)?;
    let (journal, node) = setting.node("a", Part::Full).await?;
    settled(&[&node]).await?;
    let by = (&setting.workload, &setting.clock);
    let figures = throughput::led(&node, by, (callers, cases)).await?;
    ended(node, journal).await?;
    drop(setting);
    let n_bytes = figures.get("ledger_bytes") / figures.get("frames");
    let bare = bare(&arguments, format!("{n_bytes:.0}").parse()?)?;
    // Of all records, also those by which entities tell each other.
    let records_each = figures.get("records") / number(cases * throughput::number_of_stages());
    let bare_records = bare.get("groups_per_second") * figures.get("group");
    let share = figures.get("per_second") * records_each / bare_records;
    Ok(figures.with("share", share).and(bare.named("bare_")))
}

/// The bare script on a server of its own.
fn bare(arguments: &Arguments, n_bytes: usize) -> anyhow::Result<Figures> {
    let town = Town::under(&arguments.dir())?;
    bare_script(town.log().as_mut(), n_bytes)
}

/// Adds groups of so many bytes, one after the other.
fn bare_script(log: &mut dyn Log, n_bytes: usize) -> anyhow::Result<Figures> {
    let leased = log.lease(1, "bare", &Leasing::Acquire(vec![Holding::Partition(0)]))?;
    let Leased::Leases { leases, .. } = leased else { bail!("no lease: {leased:?}") };
    let Some(epoch) = leases.first().map(|lease| lease.epoch) else { bail!("no lease") };
    let (mut latencies, all) = (Latencies::default(), Watch::default());
    for first_lsn in 1..=GROUPS_MAX {
        let mut body = vec![0x5A; n_bytes.max(8)];
        body.splice(..8, first_lsn.to_le_bytes());
        let parts = [log::Part { partition: 0, epoch, first_lsn, n_entries: 1 }];
        let (group, body) = (GroupId::of(&body), body.as_slice());
        let adding = Adding { reign: 1, mirrored: 0, group, release: "bare", body, parts: &parts };
        let one = Watch::default();
        let added = log.add(adding)?;
        latencies.add(one.elapsed());
        ensure!(matches!(added, Added::In(_)), "not added: {added:?}");
    }
    let groups = per_second(GROUPS_MAX, all.elapsed());
    Ok(latencies.figures().with("groups_per_second", groups))
}

fn ask_own(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(own(arguments.clone()))
}

async fn own(arguments: Arguments) -> anyhow::Result<Figures> {
    let pace = pace_of(&arguments, 500)?;
    let setting = Setting::of(&arguments, Workload::shipped()?)?;
    let (journal, node) = setting.node("a", Part::Full).await?;
    let (beside, follower) = setting.node("b", Part::None).await?;
    settled(&[&node, &follower]).await?;
    let behind = Rc::new(RefCell::new(Latencies::default()));
    let watching = spawn_local(watched((journal.clone(), beside.clone()), Rc::clone(&behind)));
    let ours = setting.offered(&node, pace).await?;
    watching.abort();
    drop(watching.await);
    ended(node, journal).await?;
    ended(follower, beside).await?;
    let behind = behind.borrow().clone();
    let bare = bare(&arguments, RECORD_BYTES)?;
    Ok(ours.figures().and(behind.figures().named("behind_")).and(bare.named("bare_")))
}

/// How long after one journal has a frame another has it, again and again.
async fn watched((one, other): (Journal, Journal), behind: Rc<RefCell<Latencies>>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let (frame, watch) = (one.head().1, Watch::default());
        if other.until_mirrored(frame, BEHIND_MAX).await {
            behind.borrow_mut().add(watch.elapsed());
        }
    }
}

fn ask_afar(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(afar(arguments.clone()))
}

async fn afar(arguments: Arguments) -> anyhow::Result<Figures> {
    let pace = pace_of(&arguments, 200)?;
    let three = Three::begun(&arguments, Part::Full).await?;
    let ours = three.offered(pace).await?;
    three.ended().await?;
    let bare = bare(&arguments, RECORD_BYTES)?;
    Ok(ours.figures().and(bare.named("bare_")))
}

fn ask_handover(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(handover(arguments.clone()))
}

/// Half of all partitions go to a node that comes in while commands are offered by way of one that decides none.
async fn handover(arguments: Arguments) -> anyhow::Result<Figures> {
    let pace = pace_of(&arguments, 200)?;
    let three = Three::begun(&arguments, Part::None).await?;
    let comes_in = spawn_local({
        let other = Rc::clone(&three.other.1);
        async move {
            tokio::time::sleep(COMES_IN_AFTER).await;
            other.hold(None);
        }
    });
    let ours = three.offered(pace).await?;
    comes_in.await?;
    three.settled().await?;
    let seen = three.other.1.cluster().and_then(|(standing, _)| standing);
    let moved = seen.map_or(0, |seen| seen.held.len());
    ensure!(moved > 0, "nothing was handed over");
    three.ended().await?;
    Ok(ours.figures().with("moved", count(moved)))
}

/// How many commands are offered, and how far apart.
fn pace_of(arguments: &Arguments, usual: u64) -> anyhow::Result<(u64, Duration)> {
    let per_second = arguments.number("rate", usual)?;
    let seconds = arguments.number("seconds", 14)?;
    Ok((per_second * seconds, Duration::from_secs(1) / u32::try_from(per_second)?))
}

fn w1_rows(runs: &Runs) -> Vec<Row> {
    let (least, most) = runs.range("per_second");
    vec![Row {
        question: "one node on a log in Redis: transitions per second, 64 callers",
        at_least: "10,000",
        aim: "20,000, 60 % of the bare script",
        measured: format!(
            "{} ({} – {}); groups of {:.0}; {:.0} % of the bare script",
            thousands(runs.median("per_second")),
            thousands(least),
            thousands(most),
            runs.median("group"),
            runs.median("share") * 100.0,
        ),
        beside: bare_in_words(runs),
    }]
}

fn own_rows(runs: &Runs) -> Vec<Row> {
    vec![
        Row {
            question: "the same: one transition at 500/s offered",
            at_least: "p50 ≤ 3 ms, p99 ≤ 25 ms",
            aim: "1.2, 10 ms",
            measured: quantiles(runs, ""),
            beside: bare_in_words(runs),
        },
        Row {
            question: "how far another node lies behind meanwhile",
            at_least: "p99 ≤ 100 ms",
            aim: "20 ms",
            measured: quantiles(runs, "behind_"),
            beside: String::new(),
        },
    ]
}

fn afar_rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "three nodes: one transition at 200/s by way of one that decides none",
        at_least: "p50 ≤ 5 ms, p99 ≤ 40 ms",
        aim: "2, 15 ms",
        measured: quantiles(runs, ""),
        beside: bare_in_words(runs),
    }]
}

fn handover_rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "half of all partitions go to another node meanwhile: the longest that one transition took",
        at_least: "500 ms",
        aim: "200 ms",
        measured: format!("{}; {:.0} moved", time(runs.median("max_us")), runs.median("moved")),
        beside: String::new(),
    }]
}

fn bare_in_words(runs: &Runs) -> String {
    format!(
        "bare script: {}/s, {}",
        thousands(runs.median("bare_groups_per_second")),
        quantiles(runs, "bare_")
    )
}
