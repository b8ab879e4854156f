//! While briefs are made, and while sixteen ask for more time: how long does a command take over HTTP at 500 a second? At
//! most 15 ms at the 99th percentile.
//!
//! One town answers all the time: first to commands alone, then while the briefs of 200 units are made over and over, then
//! while sixteen people apply without a pause for more time in cases of one unit. Commands lead cases along their lives,
//! each counted from the instant it was to set out.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::latency::Latencies;
use duban_benches::machine::Watch;
use duban_benches::node::{ShiftedClock, at_rest, drive, in_system};
use duban_benches::requests::{self, asking};
use duban_benches::scratch::Scratch;
use duban_benches::server::{self, Served, Tokens};
use duban_benches::table::{Row, thousands, time};
use duban_benches::workload::{Stage, Workload, morning, unit};
use duban_runtime::clock::Clock as _;
use tokio::select;

use crate::Question;
use crate::briefs::{self, DAY, due};
use crate::http::{at_pace, whole_lives};
use crate::quota::measured;

pub(crate) const QUESTION: Question = Question { name: "http-meanwhile", runs: 1, ask, rows };

/// Cases of one unit in which more time is asked for: more than sixteen are answered in meanwhile.
const APPLIED: u64 = 80_000;

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 1_000_000)?;
    let (rate, seconds) = (arguments.number("rate", 500)?, arguments.number("seconds", 10)?);
    let (n, every) = (rate * seconds, Duration::from_secs(1) / u32::try_from(rate)?);
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::shipped()?);
    // Nothing is due while the town is filled.
    let slot = morning();
    let clock = Arc::new(ShiftedClock::showing(slot - 60 * DAY));
    let journal = server::journal(&scratch.path(), &workload)?;
    let node = server::start(journal.clone(), &workload, Arc::clone(&clock) as _).await?;
    let tokens = Tokens::issue(&node).await?;
    let (node, filling) = (Rc::new(node), (Arc::clone(&workload), Arc::clone(&clock)));
    let adopt = move |i| Ok(filling.0.adopt_for(i, unit(i), filling.1.now(), due(i, slot)));
    drive(&node, 64, cases, adopt).await?;
    // All of one unit and one condition.
    let stride = workload.stride();
    let of_one = move |i| (cases.div_ceil(stride) + i) * stride;
    for stage in Stage::TO_DISPATCH {
        let (filling, clock) = (Arc::clone(&workload), Arc::clone(&clock));
        drive(&node, 64, APPLIED, move |i| filling.ask(of_one(i), stage, clock.now())).await?;
    }
    node.durable().await;
    let Some(node) = Rc::into_inner(node) else { bail!("somebody is at work") };
    let served = Served::over(node, &scratch.path(), &workload, tokens)?;
    at_rest(&journal).await?;
    let address = served.address;
    // Numbers that nobody has yet, others for each time.
    let commands = |time: u64| {
        let first = of_one(APPLIED) + time * n;
        at_pace(address, (n, every), whole_lives(&workload, &served.tokens, first))
    };

    let alone = commands(0).await?;
    let (watch, mut rounds) = (Watch::default(), 0_u64);
    let over_and_over = async {
        loop {
            if let Err(failure) = briefs::all(&journal, &workload, slot).await {
                return failure;
            }
            rounds += 1;
        }
    };
    let beside_briefs = beside(commands(1), over_and_over).await?;
    let each = watch.elapsed().as_secs_f64() * 1e6 / number(rounds.max(1));
    let applying = asking(&workload, &served.tokens, move |workload, tokens, i| {
        requests::application(workload, tokens, of_one(i))
    });
    let applications = async {
        let ended = measured(address, APPLIED, applying).await;
        ended.err().unwrap_or_else(|| anyhow::anyhow!("the applications do not last as long"))
    };
    let beside_applications = beside(commands(2), applications).await?;
    drop(journal);
    served.close().await?;
    Ok(alone
        .figures()
        .named("alone_")
        .and(beside_briefs.figures().named("briefs_"))
        .and(beside_applications.figures().named("quota_"))
        .with("briefs_each_us", each)
        .with("cases", number(cases)))
}

/// What `commands` took while `others` were at work, who end only when something is wrong.
async fn beside(
    commands: impl Future<Output = anyhow::Result<Latencies>>,
    others: impl Future<Output = anyhow::Error>,
) -> anyhow::Result<Latencies> {
    select! {
        latencies = commands => latencies,
        failure = others => Err(failure),
    }
}

fn rows(runs: &Runs) -> Vec<Row> {
    let p99 = |name: &str| time(runs.median(&format!("{name}_p99_us")));
    vec![Row {
        question: "one command over HTTP at 500/s offered, while briefs are made and more time is asked for",
        at_least: "p99 ≤ 15 ms",
        aim: "p99 ≤ 15 ms",
        measured: format!(
            "p99 {} beside the briefs of 200 units over {} open cases, {} beside sixteen who apply",
            p99("briefs"),
            thousands(runs.median("cases")),
            p99("quota"),
        ),
        beside: format!("alone: p99 {}", p99("alone")),
    }]
}
