//! The gate: every check, in the order in which a mistake is cheapest to find. `cargo ci` runs it; so does the CI.
#![expect(clippy::print_stdout, reason = "a list of steps is what this program says")]

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// A step: what it proves, and the command.
struct Step {
    proves: &'static str,
    command: &'static [&'static str],
}

const STEPS: &[Step] = &[
    Step { proves: "every file is formatted", command: &["cargo", "fmt", "--all", "--check"] },
    Step {
        proves: "no lint complains",
        command: &[
            "cargo",
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    },
    Step {
        proves: "every test passes: units, properties, scenarios, golden tables, the house",
        command: &["cargo", "test", "--workspace", "--all-features", "--exclude", "duban-benches"],
    },
    Step {
        proves: "the documentation's links lead somewhere",
        command: &["cargo", "doc", "--quiet", "--workspace", "--no-deps"],
    },
];

fn main() -> ExitCode {
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for step in STEPS {
        println!("── {}: {}", step.proves, step.command.join(" "));
        let started = now();
        let Some((program, arguments)) = step.command.split_first() else { continue };
        let status = Command::new(program)
            .args(arguments)
            .env("DUBAN_SLOW_TESTS", "1")
            .env("RUSTDOCFLAGS", "-D warnings")
            .status();
        match status {
            Ok(status) if status.success() => times.push((step.proves, started.elapsed())),
            Ok(status) => {
                println!("── failed ({status}): {}", step.proves);
                return ExitCode::FAILURE;
            }
            Err(error) => {
                println!("── could not start `{program}`: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("── all checks passed");
    for (proves, time) in times {
        println!("{:>6.1} s  {proves}", time.as_secs_f64());
    }
    ExitCode::SUCCESS
}

#[expect(clippy::disallowed_methods, reason = "how long a step took is no decision of the product")]
fn now() -> Instant {
    Instant::now()
}
