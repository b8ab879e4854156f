//! The outside world of duban: who asks and how, what is sent, what is watched, and how it is run.
//!
//! ```text
//! people, programs                                                other people's servers
//!    │  http, pages, dashboard     cli, control                          ▲
//!    ▼          └───────┬────────────┘                                   │
//!  access (who)   operations, verbs (what can be asked) ─► asking ─► node ─► delivery ─► courier
//!                 seals, uploads, labels                         ▲       brief, dead_letters, muted
//!                                                                │
//!  serve, serving, server, config, check, telemetry, tls: a server
//!  store, state, registry, offline, stranded, partial_copies: what it works on
//!  rules_in_force, reload: which they are, and what follows; known, references: what is named
//!  watch, alarm, auditor, canary, metrics: whether it works
//!  demo, replay: a city of their own
//! ```
//! Nothing is decided here: what a case may do is for the entities, what a file says for the rules.

pub mod access;
pub mod alarm;
pub mod aside;
pub mod asking;
pub mod auditor;
pub mod brief;
pub mod canary;
pub mod check;
pub mod cli;
pub mod config;
pub mod control;
pub mod courier;
pub mod dashboard;
pub mod dead_letters;
pub mod delivery;
pub mod demo;
pub mod exit;
pub mod http;
pub mod known;
pub mod labels;
pub mod metrics;
pub mod muted;
pub mod offline;
mod operations;
pub mod pages;
pub mod partial_copies;
pub mod private;
pub mod references;
pub mod registry;
pub mod reload;
pub mod replay;
pub mod rules_in_force;
pub mod seals;
pub mod serve;
pub mod server;
pub mod serving;
pub mod state;
pub mod store;
pub mod stranded;
pub mod telemetry;
pub mod tls;
pub mod uploads;
pub mod verbs;
pub mod watch;

use std::io::{self, Write};
use std::process::ExitCode;

pub use exit::Exit;

/// Runs the command of this process's arguments; prints to its standard output and error.
pub fn main() -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut err = io::stderr();
    let exit = run(std::env::args_os(), &mut out, &mut err);
    // A reader that went away (`duban case list | head`) has what it wanted.
    drop(out.flush());
    exit.into()
}

/// Runs one command: `args` as the shell gave them, the program's name first.
pub fn run<A>(args: impl IntoIterator<Item = A>, out: &mut dyn Write, err: &mut dyn Write) -> Exit
where
    A: Into<std::ffi::OsString> + Clone,
{
    cli::run(args.into_iter().map(Into::into).collect(), out, err)
}
