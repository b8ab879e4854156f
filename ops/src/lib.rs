//! The outside world of duban: who asks and how, what is sent, what is watched, and how it is run.
//!
//! ```text
//! people, programs                                                   other people's servers
//!    │                                                                        ▲
//!    ▼                                                                        │
//!  web: pages, dashboard ─► api: http, operations, verbs ─┐            messages: delivery, courier, brief
//!  duban: cli, serve ────►       control                  │                   ▲
//!    │                                                    ▼                   │
//!    ├─► watch: alarm, auditor, canary, metrics ─► server: server, uploads, reload, health
//!    │                                                    │
//!    └─► lab: demo, replay                     access: who comes in, seals
//!                                                         │
//!                base: config, store, registry, rules_in_force, asking ─► node
//! ```
//! Each is a package of its own, and Cargo says which knows which. Nothing is decided here: what a case may do is for
//! the entities, what a file says for the rules.

pub mod cli;
pub mod serve;

pub use duban_access::{access, seals};
pub use duban_api::{control, forms, http, operations, serving, verbs};
pub use duban_base::{
    aside, asking, candidates, config, dead_letters, deferrals, duty, exit, figures, known, labels,
    muted, partial_copies, period, precedents, private, proposals, registry, rules_in_force, state,
    store, stranded, telemetry, tls,
};
pub use duban_lab::{demo, replay};
pub use duban_messages::{brief, courier, delivery};
pub use duban_server::{check, health, offline, peers, references, reload, server, uploads};
pub use duban_watch::{alarm, auditor, canary, metrics};
pub use duban_web::{dashboard, pages};

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
