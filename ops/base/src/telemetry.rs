//! What the program tells its operator while it works: on standard error, a line per event.
//!
//! | level | means |
//! |---|---|
//! | `error` | something is lost or stands still until a person looks |
//! | `warn` | something failed and is tried again, or will soon be full |
//! | `info` | starts, stops, recoveries, briefs: a handful of lines a day |
//! | `debug` | every command and message, by id |
//! | `trace` | what the machinery does in between |
//!
//! Names, telephone numbers and addresses of people never stand above `debug`.

pub mod trace;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::log::{Form, Level};

/// The environment variable that sets the level, or levels by module: `warn,duban_runtime=debug`.
pub const VARIABLE: &str = "DUBAN_LOG";

/// Begins to tell: by `asked` on the command line, else by [`VARIABLE`], else by the configuration.
pub fn start(asked: Option<Level>, configured: Level, form: Form) {
    let filter = match (asked, std::env::var(VARIABLE)) {
        (None, Ok(directives)) => EnvFilter::try_new(directives).ok(),
        (Some(_), _) | (None, Err(_)) => None,
    };
    let level = asked.unwrap_or(configured).as_str();
    let filter = filter.unwrap_or_else(|| EnvFilter::new(level));
    let told = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    let told = match form {
        Form::Human => told
            .with_target(false)
            // A log file is read without a terminal.
            .with_ansi(std::io::stderr().is_terminal())
            .try_init(),
        Form::Json => told.json().flatten_event(true).try_init(),
    };
    // A second start in one process (tests, tools built on this crate) keeps the first.
    drop(told);
}
