//! Does a transition cost the same among a million cases as among ten thousand? It must.
//!
//! W1 with 10,000, 100,000 and 1,000,000 cases, each in a directory of its own. Rival: the first of them.

use anyhow::Context as _;
use duban_benches::arguments::Arguments;
use duban_benches::child;
use duban_benches::figures::{Figures, Runs};
use duban_benches::table::{Row, bytes, thousands};

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "linear", runs: 1, ask, rows };

const SIZES: [(u64, &str); 3] = [(10_000, "10k_"), (100_000, "100k_"), (1_000_000, "1M_")];

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    let most = arguments.number("cases", 1_000_000)?;
    let mut figures = Figures::default();
    for (cases, name) in SIZES.into_iter().filter(|(cases, _)| *cases <= most) {
        let alone = arguments.clone().asking(&["ask", "w1"]).with("cases", cases);
        let run = child::run(&alone).with_context(|| format!("{cases} cases"))?;
        figures = figures.and(run.named(name));
    }
    Ok(figures)
}

fn rows(runs: &Runs) -> Vec<Row> {
    let of = |size: &str, name: &str| runs.median(&format!("{size}{name}"));
    let line = |name: &str, write: fn(f64) -> String| {
        SIZES.map(|(_, size)| write(of(size, name))).join(" / ")
    };
    vec![Row {
        question: "W1 among 10 k / 100 k / 1 M cases",
        at_least: "linear",
        aim: "linear",
        measured: format!(
            "{} transitions/s; {} µs of processor each; peak memory {}",
            line("per_second", thousands),
            line("processor_us_each", |us| format!("{us:.1}")),
            line("peak_bytes", bytes),
        ),
        beside: format!(
            "plain append + fdatasync, same groups: {}/s",
            line("plain_per_second", thousands)
        ),
    }]
}
