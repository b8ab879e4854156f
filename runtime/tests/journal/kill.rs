//! `kill -9` at any point: everything acknowledged is there, and everything read follows from what is there.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::model::Model;
use crate::restart::{open, small};
use crate::scribe::{N_PARTITIONS, Scribe};

/// Names the directory in which the other process writes; unset in the test itself.
const DIR: &str = "DUBAN_TEST_KILL_DIR";
const SEED: u64 = 11;

/// The process that is killed: this same test, called with a directory. It goes on where the ledger ends.
fn write_for_ever(dir: &Path) {
    let journal = open(small(dir)).unwrap();
    let (mut scribe, _) = rewritten(journal.head().1);
    loop {
        let partition = u8::try_from(scribe.below(N_PARTITIONS.into())).unwrap();
        let (frame, _) = scribe.commit(&journal, partition);
        eprintln!("acknowledged {frame}");
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    if let Some(dir) = std::env::var_os(DIR) {
        return write_for_ever(&PathBuf::from(dir));
    }
    let dir = tempfile::tempdir().unwrap();
    for round in 0..12 {
        let acknowledged = write_until_killed(dir.path(), 40 + 37 * round);
        // Half of the time the process is killed again before anybody has looked.
        if round % 2 == 0 {
            continue;
        }
        let journal = open(small(dir.path())).unwrap();
        let last = journal.head().1;
        assert!(last >= acknowledged, "frame {acknowledged} was acknowledged, {last} is the last");
        Model::of(&rewritten(last).1).check(&journal);
        if round % 4 == 1 {
            journal.close().unwrap();
        }
    }
}

/// Lets another process write until it has acknowledged `n` more frames, kills it, and tells the last of them.
fn write_until_killed(dir: &Path, n: usize) -> u64 {
    let test = "kill::nothing_acknowledged_is_lost_when_the_process_is_killed";
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
    let frames = said.filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok());
    let acknowledged = frames.take(n).last().unwrap_or(0);
    process.kill().unwrap();
    process.wait().unwrap();
    acknowledged
}

/// The first `n` batches, written again: one in each frame.
fn rewritten(n: u64) -> (Scribe, Vec<(u64, duban_runtime::record::Batch)>) {
    let mut scribe = Scribe::new(SEED);
    let mut written = Vec::new();
    for frame in 1..=n {
        let partition = u8::try_from(scribe.below(N_PARTITIONS.into())).unwrap();
        let n_entries = 1 + scribe.below(8);
        let batch = scribe.batch(partition, n_entries);
        scribe.committed(&batch, frame);
        written.push((frame, batch));
    }
    (scribe, written)
}
