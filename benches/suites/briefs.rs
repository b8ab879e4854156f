//! How long do the daily briefs of 200 units take over a million open cases? At most 2 s, together.
//!
//! Each brief is read from the lists, rendered, and its words kept, as when its message is claimed (article 7), and as many
//! at a time. A tenth of the cases is overdue, a tenth due on the day; the store has what the ledger has, as on a morning.
//! Rival in the same run: one pass over every case, as plain code would make it that looks at each.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use duban::brief::fixed;
use duban::courier::render::Claimed;
use duban_actors::case::KIND as CASES;
use duban_actors::unit::{BRIEF, KIND as UNITS};
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, count, number};
use duban_benches::machine::Watch;
use duban_benches::node::{Layout, ShiftedClock, at_rest, drive, in_system};
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, thousands, time};
use duban_benches::workload::{N_UNITS, Workload, morning, unit};
use duban_runtime::clock::{Clock as _, Timestamp};
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Journal;
use duban_runtime::outbox::MessageId;
use serde_json::json;
use tokio::task::JoinSet;

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "briefs", runs: 3, ask, rows };

/// A day and a night.
pub(crate) const DAY: Duration = Duration::from_hours(24);

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 1_000_000)?;
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::shipped()?);
    let slot = morning();
    // Nothing is due while the town is filled.
    let clock = Arc::new(ShiftedClock::showing(slot - 60 * DAY));
    let layout = Layout::of(&arguments)?;
    let journal = layout.open(&scratch.path(), &workload)?;
    let node = Rc::new(layout.start(journal.clone(), &workload, Arc::clone(&clock) as _).await?);
    let filling = Arc::clone(&workload);
    drive(&node, 64, cases, move |i| Ok(filling.adopt_for(i, unit(i), clock.now(), due(i, slot))))
        .await?;
    node.durable().await;
    at_rest(&journal).await?;
    let watch = Watch::default();
    let longest = all(&journal, &workload, slot).await?;
    let together = watch.elapsed();
    let pass = Watch::default();
    let read = every_case(&journal)?;
    let passed = pass.elapsed();
    drop(node);
    Ok(Figures::default()
        .with("cases", number(cases))
        .with("together_us", together.as_secs_f64() * 1e6)
        .with("longest_us", longest.as_secs_f64() * 1e6)
        .with("pass_us", passed.as_secs_f64() * 1e6)
        .with("passed", count(read)))
}

/// When case `i` is due: a tenth is overdue by `slot`, a tenth is due on its day, the others are later.
pub(crate) fn due(i: u64, slot: Timestamp) -> Timestamp {
    let spread = Duration::from_secs(i / N_UNITS % 3_600);
    match i / N_UNITS % 10 {
        0 => slot - DAY - spread,
        1 => slot + spread,
        _ => slot + 10 * DAY + spread,
    }
}

/// The briefs of all units; how long the longest took.
pub(crate) async fn all(
    journal: &Journal,
    workload: &Arc<Workload>,
    slot: Timestamp,
) -> anyhow::Result<Duration> {
    let mut briefs = JoinSet::new();
    for n in 0..N_UNITS {
        let (journal, workload) = (journal.clone(), Arc::clone(workload));
        briefs.spawn(fixed::in_turn(move || {
            let one = Watch::default();
            brief(&journal, &workload, n, slot).map(|()| one.elapsed())
        }));
    }
    let mut longest = Duration::ZERO;
    while let Some(made) = briefs.join_next().await {
        longest = longest.max(made???);
    }
    Ok(longest)
}

fn brief(journal: &Journal, workload: &Workload, n: u64, slot: Timestamp) -> anyhow::Result<()> {
    let unit = unit(n);
    let data = json!({ "unit": unit, "unit_name": unit, "slot": slot, "date": "2026-06-10" });
    let claimed = Claimed { template: BRIEF, data: &data.to_string(), addresses: &[], at: slot };
    let entity = EntityId::new(UNITS, unit.as_str());
    let id = MessageId { entity, sequence: 1, index: 0 };
    fixed::fix(journal, &workload.rules().current().0, &id, &claimed)?;
    Ok(())
}

/// Reads every case; how many there are.
fn every_case(journal: &Journal) -> anyhow::Result<usize> {
    let (mut read, mut after) = (0, None);
    loop {
        let page = journal.entities(Some(CASES.number), after, 1_024)?;
        let Some((last, _)) = page.last() else { return Ok(read) };
        after = Some(last.clone());
        read += page.len();
    }
}

fn rows(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "daily briefs of 200 units, read, rendered and kept",
        at_least: "≤ 2 s",
        aim: "≤ 2 s",
        measured: format!(
            "{} over {} open cases; the longest {}",
            time(runs.median("together_us")),
            thousands(runs.median("cases")),
            time(runs.median("longest_us")),
        ),
        beside: format!("one pass over every case: {}", time(runs.median("pass_us"))),
    }]
}
