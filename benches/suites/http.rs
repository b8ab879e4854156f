//! W1 through HTTP: how many transitions are accepted per second over 64 connections? At least 10,000, aim 30,000. And how
//! long does one take at 500 a second? At most 15 ms at the 99th percentile, aim 5 ms.
//!
//! The same cases, rules and stages as W1, entered by people of the centre with bearer tokens and idempotency keys, each
//! answered after its `fdatasync`; clients run on a thread of their own on the same machine. Rival in the same run: the
//! same requests to a plain actix-web handler that reads the JSON and answers from memory.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer, web};
use anyhow::Context as _;
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs, number, per_second};
use duban_benches::latency::Latencies;
use duban_benches::load::{self, Asking};
use duban_benches::machine::{Watch, processor_seconds};
use duban_benches::node::{ShiftedClock, in_system, journal_figures};
use duban_benches::requests::{asking, request};
use duban_benches::scratch::Scratch;
use duban_benches::server::{self, Served, Tokens};
use duban_benches::table::{Row, quantiles, thousands};
use duban_benches::workload::{Stage, Workload, morning};
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;

use crate::Question;
use crate::pace::paced;

pub(crate) const W1: Question = Question { name: "http-w1", runs: 5, ask: ask_w1, rows: rows_w1 };
pub(crate) const LATENCY: Question =
    Question { name: "http-latency", runs: 5, ask: ask_latency, rows: rows_latency };

/// Cases that go through a stage before any goes through the next, when the pace is given.
const BLOCK: u64 = 500;
/// What the rival answers: about as long as our answers are.
const FROM_MEMORY: &str = r#"{"case":"cpqtqqatnmhhw6834c0demvb","sequence":3,"again":false,"stands":"dispatched","number":"肃城管〔2026〕000014","due":"2026-06-10T09:30:00.000Z"}"#;

fn ask_w1(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run_w1(arguments.clone()))
}

async fn run_w1(arguments: Arguments) -> anyhow::Result<Figures> {
    let cases = arguments.number("cases", 20_000)?;
    let connections = usize::try_from(arguments.number("connections", 64)?)?;
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::for_cases(cases)?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let journal = server::journal(&scratch.path(), &workload)?;
    let served = Served::open(journal.clone(), &scratch.path(), &workload, clock).await?;
    let mut figures = Figures::default();
    let (watch, processor) = (Watch::default(), processor_seconds());
    for stage in Stage::ALL {
        let one = Watch::default();
        let ask = asking(&workload, &served.tokens, move |workload, tokens, i| {
            request(workload, tokens, i, stage)
        });
        let address = served.address;
        load::apart(move || load::drive(address, connections, cases, ask)).await?;
        figures = figures.with(&format!("{stage:?}_per_second"), per_second(cases, one.elapsed()));
    }
    let n = cases * u64::try_from(Stage::ALL.len())?;
    let (took, processor) = (watch.elapsed(), processor_seconds() - processor);
    figures = figures
        .and(journal_figures(&journal))
        .with("per_second", per_second(n, took))
        .with("processor_us_each", processor * 1e6 / number(n));
    drop(journal);
    let ask = asking(&workload, &served.tokens, move |workload, tokens, i| {
        request(workload, tokens, i % cases, Stage::File)
    });
    served.close().await?;
    let plain = from_memory(connections, n, ask).await?;
    Ok(figures.with("plain_per_second", plain))
}

/// The same requests to a handler that answers from memory; how many a second.
async fn from_memory(connections: usize, n: u64, ask: Asking) -> anyhow::Result<f64> {
    async fn answer(_: web::Json<Value>) -> &'static str {
        FROM_MEMORY
    }
    let app = || App::new().default_service(web::to(answer));
    let server = HttpServer::new(app).workers(2).disable_signals().bind("127.0.0.1:0")?;
    let address: SocketAddr = server.addrs().first().copied().context("an address")?;
    let server = server.run();
    let handle = server.handle();
    let serving = actix::spawn(server);
    let watch = Watch::default();
    load::apart(move || load::drive(address, connections, n, ask)).await?;
    let took = watch.elapsed();
    handle.stop(true).await;
    serving.await??;
    Ok(per_second(n, took))
}

fn ask_latency(arguments: &Arguments) -> anyhow::Result<Figures> {
    in_system(run_latency(arguments.clone()))
}

async fn run_latency(arguments: Arguments) -> anyhow::Result<Figures> {
    let rate = arguments.number("rate", 500)?;
    let n = rate * arguments.number("seconds", 14)?;
    let every = Duration::from_secs(1) / u32::try_from(rate)?;
    let scratch = Scratch::under(&arguments.dir())?;
    let workload = Arc::new(Workload::shipped()?);
    let clock = Arc::new(ShiftedClock::showing(morning()));
    let journal = server::journal(&scratch.path(), &workload)?;
    let served = Served::open(journal, &scratch.path(), &workload, clock).await?;
    let ask = whole_lives(&workload, &served.tokens, 0);
    let latencies = at_pace(served.address, (n, every), ask).await?;
    served.close().await?;
    Ok(latencies.figures())
}

/// Requests that lead cases along their whole lives, of numbers from `first` on.
pub(crate) fn whole_lives(workload: &Arc<Workload>, tokens: &Tokens, first: u64) -> Asking {
    asking(workload, tokens, move |workload, tokens, i| {
        let (block, within) = (i / (BLOCK * 7), i % (BLOCK * 7));
        let stage = usize::try_from(within / BLOCK).ok().and_then(|at| Stage::ALL.get(at));
        let stage = stage.copied().unwrap_or(Stage::Register);
        request(workload, tokens, first + block * BLOCK + within % BLOCK, stage)
    })
}

/// Offers `n` requests, one `every` so long; their latencies.
pub(crate) async fn at_pace(
    address: SocketAddr,
    (n, every): (u64, Duration),
    ask: Asking,
) -> anyhow::Result<Latencies> {
    let watch = Arc::new(Watch::default());
    let (sender, due) = unbounded_channel();
    let pacer = std::thread::spawn({
        let watch = Arc::clone(&watch);
        move || paced(&watch, (n, every), |i, intended| sender.send((i, intended)).is_ok())
    });
    let latencies = load::apart(move || load::offered(address, 64, (watch, due), ask)).await?;
    anyhow::ensure!(pacer.join().is_ok(), "the pacer ended badly");
    Ok(latencies)
}

fn rows_w1(runs: &Runs) -> Vec<Row> {
    let (least, most) = runs.range("per_second");
    vec![Row {
        question: "W1 through HTTP: durable transitions per second, 64 connections",
        at_least: "10,000",
        aim: "30,000",
        measured: format!(
            "{} ({} – {}); groups of {:.0}",
            thousands(runs.median("per_second")),
            thousands(least),
            thousands(most),
            runs.median("group"),
        ),
        beside: format!(
            "the same requests to a handler that answers from memory: {}/s",
            thousands(runs.median("plain_per_second")),
        ),
    }]
}

fn rows_latency(runs: &Runs) -> Vec<Row> {
    vec![Row {
        question: "one command over HTTP at 500/s offered",
        at_least: "p99 ≤ 15 ms",
        aim: "p99 ≤ 5 ms",
        measured: quantiles(runs, ""),
        beside: String::new(),
    }]
}
