//! How long does asking for more time take, over HTTP, when sixteen ask at once for cases of one unit? At most 30 ms at the
//! 99th percentile. And the candidates of a case: at most 20 ms.
//!
//! An application goes to the case, from there to the unit, which has the places, and back; whoever asked waits for the
//! answer (article 27). Beside it, in the same run and over as many connections: a receipt, which is one command.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use duban_benches::arguments::Arguments;
use duban_benches::client::{self, Connection};
use duban_benches::figures::{Figures, Runs, number};
use duban_benches::latency::Latencies;
use duban_benches::load::{self, Asking};
use duban_benches::machine::Watch;
use duban_benches::node::{ShiftedClock, at_rest, drive, in_system};
use duban_benches::requests::{self, asking, request};
use duban_benches::scratch::Scratch;
use duban_benches::server::{self, Served, Tokens};
use duban_benches::table::{Row, quantiles};
use duban_benches::workload::{Stage, Workload, key, morning};
use duban_runtime::clock::Clock as _;
use tokio::task::JoinSet;

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "quota", runs: 3, ask, rows };

/// Who ask at once.
const CALLERS: usize = 16;

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run(arguments.clone()))
}

async fn run(arguments: Arguments) -> anyhow::Result<Figures> {
    let (asks, others) = (arguments.number("asks", 1_600)?, arguments.number("others", 100_000)?);
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let journal = server::journal(&scratch.path(), &workload)?;
    let node = Rc::new(server::start(journal, &workload, Arc::clone(&clock) as _).await?);
    let tokens = Tokens::issue(&node).await?;
    // All of one unit and one condition; behind them the cases of everybody.
    let stride = workload.stride();
    let total = (asks * stride).max(others) + CANDIDATES;
    for stage in Stage::TO_DISPATCH {
        let (filling, clock) = (Arc::clone(&workload), Arc::clone(&clock));
        // What is only filed has candidates.
        let n = if stage == Stage::Dispatch { total - CANDIDATES } else { total };
        drive(&node, 64, n, move |i| filling.ask(i, stage, clock.now())).await?;
    }
    node.durable().await;
    let node = Rc::into_inner(node).ok_or_else(|| anyhow::anyhow!("somebody is at work"))?;
    let served = Served::over(node, &scratch.path(), &workload, tokens.clone())?;
    at_rest(served.node().journal()).await?;
    let receipt = asking(&workload, &tokens, move |workload, tokens, i| {
        request(workload, tokens, i * stride, Stage::Receive)
    });
    let plain = measured(served.address, asks, receipt).await?.figures().named("receipt_");
    let applying = asking(&workload, &tokens, move |workload, tokens, i| {
        requests::application(workload, tokens, i * stride)
    });
    let asked = measured(served.address, asks, applying).await?.figures().named("quota_");
    let candidates = asking(&workload, &tokens, move |_, tokens, i| {
        let path = format!("/api/v1/cases/{}/candidates", key(total - 1 - i % CANDIDATES));
        Ok(client::request("GET", &path, &requests::bearer(tokens), ""))
    });
    let offered = measured(served.address, asks, candidates).await?.figures().named("candidates_");
    served.close().await?;
    Ok(plain.and(asked).and(offered).with("asks", number(asks)).with("cases", number(total)))
}

/// Cases that are only filed.
const CANDIDATES: u64 = 200;

/// `n` requests, [`CALLERS`] under way at a time; what is refused because the quota is used up is an answer, too.
pub(crate) async fn measured(
    address: SocketAddr,
    n: u64,
    ask: Asking,
) -> anyhow::Result<Latencies> {
    load::apart(async move || {
        let (next, mut callers) = (Arc::new(AtomicU64::new(0)), JoinSet::new());
        for _ in 0..CALLERS {
            let (next, ask) = (Arc::clone(&next), Arc::clone(&ask));
            callers.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut latencies = Latencies::default();
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= n {
                        return anyhow::Ok(latencies);
                    }
                    let (request, watch) = (ask(i)?, Watch::default());
                    let answer = connection.ask(&request).await?;
                    let body = String::from_utf8_lossy(answer.body);
                    // Later (202) is no answer.
                    let is_one = answer.status == 200 || body.contains("quota-used-up");
                    ensure!(is_one, "{}: {body}", answer.status);
                    latencies.add(watch.elapsed());
                }
            });
        }
        let mut all = Latencies::default();
        while let Some(ended) = callers.join_next().await {
            all.merge(&ended??);
        }
        Ok(all)
    })
    .await
}

fn rows(runs: &Runs) -> Vec<Row> {
    let of = |name: &str| quantiles(runs, &format!("{name}_"));
    vec![
        Row {
            question: "applying for more time over HTTP, sixteen at once for one unit",
            at_least: "p99 ≤ 30 ms",
            aim: "p99 ≤ 30 ms",
            measured: of("quota"),
            beside: format!("a receipt, which is one command: {}", of("receipt")),
        },
        Row {
            question: "candidates of a case over HTTP, sixteen at once",
            at_least: "≤ 20 ms",
            aim: "≤ 20 ms",
            measured: of("candidates"),
            beside: String::new(),
        },
    ]
}
