//! The fault course at length: `cargo faults --rounds 50 [--seed 7] [--fault RedisKilled]`. A town of several nodes in which something breaks
//! in every round; it ends with the first thing that is lost, doubled or different on two nodes.
#![expect(clippy::print_stderr, reason = "how it is called is what this program says")]

use std::env;
use std::process::{Command, ExitCode};

/// The course, as the tests call it.
const COURSE: &str =
    "cluster::a_town_of_three_nodes_survives_whatever_breaks_and_loses_and_doubles_nothing";

fn main() -> ExitCode {
    let mut course = Command::new("cargo");
    course.args(["test", "--package", "duban-tests", "--all-features", "--test", "processes"]);
    course.args(["--", "--exact", "--nocapture", COURSE]);
    // What cargo says of this program is nothing to others, which would be built anew for it.
    for (name, _) in env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            course.env_remove(&name);
        }
    }
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let Some(value) = words.next() else { return usage() };
        let is_number = value.parse::<u64>().is_ok();
        match word.as_str() {
            "--rounds" if is_number => course.env("DUBAN_ROUNDS", value),
            "--seed" if is_number => course.env("DUBAN_SEED", value),
            "--fault" => course.env("DUBAN_FAULT", value),
            _ => return usage(),
        };
    }
    match course.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("cargo faults [--rounds N] [--seed N] [--fault NAME]");
    ExitCode::from(2)
}
