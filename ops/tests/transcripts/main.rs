//! What people see: the program's commands, each in a process of its own, their output held against golden files.
//!
//! `UPDATE_TABLES=1` writes the files anew; the difference is the review. Directories of the machine and hashes are
//! replaced, so that a transcript is the same everywhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod calendars;
mod configuration;
mod fixture;
mod nodes;
mod persons;
mod rules;
mod store;
mod usage;

use std::path::Path;
use std::process::{Command, Stdio};

/// When the transcripts of cases are looked at: Thursday, 5 March 2026, in the morning.
const CASES_AT: &str = "2026-03-05T09:10";

/// How a command ended, by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    NoLedger = 4,
}

/// What a command printed and how it ended.
struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

/// Runs `duban` with these arguments.
#[track_caller]
fn duban(args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban"));
    command.args(args).env_remove("DUBAN_LOG").stdin(Stdio::null());
    let output = command.output().unwrap();
    let exits = [Exit::Done, Exit::Failed, Exit::Usage, Exit::NoLedger];
    let exit = exits.into_iter().find(|exit| output.status.code() == Some(*exit as i32));
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    Ran { exit: exit.unwrap_or_else(|| panic!("{}: {err}", output.status)), out, err }
}

impl Ran {
    /// Everything a person sees, in one text: output, remarks, exit.
    fn transcript(&self, args: &[&str], dir: &Path) -> String {
        let Ran { exit, out, err } = self;
        let text = format!("$ duban {}\n{out}{err}[{exit:?}]\n\n", args.join(" "));
        text.replace(&dir.to_string_lossy().into_owned(), "<dir>")
    }

    /// The output as JSON.
    #[track_caller]
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|why| panic!("{why}: {}{}", self.out, self.err))
    }
}

/// Runs the commands one after the other and writes down what they printed.
fn transcript(dir: &Path, commands: &[&[&str]]) -> String {
    commands.iter().map(|args| duban(args).transcript(args, dir)).collect()
}

/// Holds `found` against the golden file of this name.
#[track_caller]
fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts/golden").join(name);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == found, "{name} differs; UPDATE_TABLES=1 rewrites it. Found:\n{found}");
}
