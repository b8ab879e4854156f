//! How long does the replay of a city's year take? 121,145 rows: at most 5 min, aim 60 s.
//!
//! Builds `duban` and runs its `replay` on the file beside the project; skipped where the file is not there.
//! Rival: none; the year it replays.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use duban_benches::arguments::Arguments;
use duban_benches::figures::{Figures, Runs};
use duban_benches::machine::Watch;
use duban_benches::scratch::Scratch;
use duban_benches::table::{Row, bytes, thousands, time};
use serde_json::Value;

use crate::Question;

pub(crate) const QUESTION: Question = Question { name: "replay", runs: 3, ask, rows };

fn ask(arguments: &Arguments) -> anyhow::Result<Figures> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let beside = root.join("../shared/data/boston311/boston311_2015_core.csv.gz");
    let file = arguments.text("file").map_or(beside, PathBuf::from);
    if !file.exists() {
        return Ok(Figures::default());
    }
    let program = built(&root)?;
    let scratch = Scratch::under(&arguments.dir())?;
    let watch = Watch::default();
    let output = Command::new(program)
        .arg("replay")
        .arg(&file)
        .arg("--profile")
        .arg(root.join("rules/profiles/boston311.toml"))
        .args(["--as-of", "2016-01-13T06:00", "--report", "json", "--store"])
        .arg(scratch.path().join("store"))
        .current_dir(scratch.path())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("run the replay")?;
    let took = watch.elapsed();
    ensure!(output.status.success(), "the replay ended with {}", output.status);
    let report: Value = serde_json::from_slice(&output.stdout).context("read its report")?;
    let number = |key: &str| report.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN);
    Ok(Figures::default()
        .with("us", took.as_secs_f64() * 1e6)
        .with("cases", number("cases"))
        .with("peak", number("peak_rss_bytes")))
}

/// `duban` as the sources stand, built beside this program and as this program was.
fn built(root: &Path) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("duban");
    let built = program.parent().context("find the build directory")?;
    let target = built.parent().context("find the build directory")?;
    let profile = built.file_name().and_then(OsStr::to_str).filter(|name| *name != "debug");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "duban"]);
    cargo.args(["--profile", profile.unwrap_or("dev"), "--target-dir"]);
    let status = cargo.arg(target).current_dir(root).status().context("build `duban`")?;
    ensure!(status.success(), "building `duban` ended with {status}");
    Ok(program)
}

fn rows(runs: &Runs) -> Vec<Row> {
    let skipped = runs.median("us").is_nan();
    let measured = || {
        let (took, cases) = (time(runs.median("us")), thousands(runs.median("cases")));
        format!("{took} for {cases} cases, peak memory {}", bytes(runs.median("peak")))
    };
    vec![Row {
        question: "replay of the 121,145-row file",
        at_least: "≤ 5 min",
        aim: "≤ 60 s",
        measured: if skipped { "skipped: the file is not there".to_owned() } else { measured() },
        beside: "the city itself took a year".to_owned(),
    }]
}
