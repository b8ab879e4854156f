//! `duban-benches table`: every question of the README's table, several runs each, on this machine.
//!
//! `duban-benches QUESTION` answers one; `--runs N`, `--dir DIR` and the question's own numbers may follow.

mod briefs;
mod busy;
mod deadline;
mod facts;
mod http;
mod lateness;
mod linear;
mod mails;
mod meanwhile;
mod open_cases;
mod overdue;
mod pace;
mod quota;
mod replay;
mod rivals;
mod shared;
mod sustained;
mod taken;
mod throughput;

use std::io::Write as _;

use anyhow::{Context as _, bail};
use duban_benches::arguments::Arguments;
use duban_benches::child;
use duban_benches::figures::{Figures, Runs};
use duban_benches::machine;
use duban_benches::table::{Row, markdown};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One question: how a run answers it, and how the answers of several runs read.
struct Question {
    name: &'static str,
    runs: u64,
    ask: fn(&Arguments) -> anyhow::Result<Figures>,
    rows: fn(&Runs) -> Vec<Row>,
}

const QUESTIONS: &[Question] = &[
    deadline::QUESTION,
    throughput::QUESTION,
    pace::QUESTION,
    sustained::QUESTION,
    open_cases::QUESTION,
    lateness::QUESTION,
    overdue::QUESTION,
    replay::QUESTION,
    linear::QUESTION,
    http::W1,
    http::LATENCY,
    busy::OVERDUE,
    busy::LIST,
    mails::QUESTION,
    briefs::QUESTION,
    quota::QUESTION,
    facts::QUESTION,
    meanwhile::QUESTION,
    shared::W1,
    shared::OWN,
    shared::AFAR,
    shared::HANDOVER,
    taken::TAKEN,
    taken::JOINING,
];

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    match arguments.word(0) {
        Some("table") | None => table(QUESTIONS.iter(), &arguments),
        Some("ask") => {
            let question = named(arguments.word(1).unwrap_or_default())?;
            say(&(question.ask)(&arguments)?.to_json())
        }
        Some(name) => table([named(name)?].into_iter(), &arguments),
    }
}

fn named(name: &str) -> anyhow::Result<&'static Question> {
    let found = QUESTIONS.iter().find(|question| question.name == name);
    let names = || QUESTIONS.iter().map(|question| question.name).collect::<Vec<_>>().join(", ");
    found.with_context(|| format!("no question `{name}`; there are table, {}", names()))
}

fn table<'a>(
    questions: impl Iterator<Item = &'a Question>,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let dir = arguments.dir();
    std::fs::create_dir_all(&dir)?;
    let mut rows = Vec::new();
    for question in questions {
        let n = arguments.number("runs", question.runs)?;
        let ask = arguments.clone().asking(&["ask", question.name]);
        let mut runs = Vec::new();
        for run in 1..=n {
            note(&format!("{} {run}/{n}, load {}", question.name, machine::load()))?;
            runs.push(child::run(&ask)?);
        }
        let runs = Runs::new(runs);
        for name in runs.names() {
            let (least, most) = runs.range(name);
            note(&format!("  {name}: {:.3} ({least:.3} – {most:.3})", runs.median(name)))?;
        }
        rows.extend((question.rows)(&runs));
    }
    if rows.is_empty() {
        bail!("nothing was asked");
    }
    say(&format!("{}\n\n{}", machine::line(&dir), markdown(&rows)))
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

fn note(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{text}")?)
}
