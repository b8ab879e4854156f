//! `duban serve` by a clock that its owner moves: a line of standard input is an instant in UTC milliseconds.
//!
//! usage: `clocked_server CONFIG INSTANT`. Wall and monotonic time move together, so nothing looks like a jump. What the
//! server says goes to standard output, and `at INSTANT` when the clock has come there.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a child of the tests that cannot be started fails its test"
)]

use std::io::{self, BufRead as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use duban_runtime::clock::hold::Kernel;
use duban_runtime::clock::{Clock, Timestamp, VirtualClock};

/// A clock that is moved, and that the kernel would call synchronised.
struct Moved(VirtualClock);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn kernel(&self) -> Kernel {
        Kernel::Synchronised
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, instant] = arguments.as_slice() else { return ExitCode::from(2) };
    let clock = Arc::new(Moved(VirtualClock::at(read(instant))));
    let moved = Arc::clone(&clock);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            moved.0.advance_to(read(&line));
            println!("at {line}");
        }
    });
    let reading = duban::config::load(Some(Path::new(file))).unwrap();
    assert!(reading.problems.is_empty(), "{}", reading.render(duban_rules::Lang::Zh));
    let config = reading.config;
    duban::telemetry::start(None, config.log_level, config.log_form);
    let served = duban::serve::serve_by(&config, clock, duban::cli::run_within, &mut |line| {
        println!("{line}");
        Ok(())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(instant: &str) -> Timestamp {
    Timestamp::from_millis(instant.trim().parse().unwrap())
}
