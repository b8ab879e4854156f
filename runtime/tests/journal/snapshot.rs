//! Base snapshots: a new store begins with one, whatever was committed while it was taken.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use duban_runtime::journal::recovery::{Progress, Step};
use duban_runtime::journal::snapshot::Span;
use duban_runtime::journal::{Journal, Options};
use duban_runtime::record::Batch;

use crate::model::Model;
use crate::restart::{open, small};
use crate::scribe::{N_PARTITIONS, Scribe, sums};

#[test]
fn a_new_store_begins_with_the_newest_snapshot_and_folds_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let (written, spans) = written_with_snapshots(dir.path());
    fs::remove_dir_all(dir.path().join("store")).unwrap();

    let steps = RefCell::new(Vec::new());
    let journal = watched(dir.path(), &|progress| steps.borrow_mut().push(progress));
    Model::of(&written).check(&journal);
    let last = spans.last().unwrap();
    let folded = steps
        .borrow()
        .iter()
        .rfind(|progress| progress.step == Step::Fold)
        .map(|progress| progress.total);
    assert_eq!(folded, Some(journal.head().1 - last.from));
    assert!(steps.borrow().iter().any(|progress| progress.step == Step::Snapshot));
}

#[test]
fn a_damaged_snapshot_is_passed_over_for_an_older_one() {
    let dir = tempfile::tempdir().unwrap();
    let (written, spans) = written_with_snapshots(dir.path());
    fs::remove_dir_all(dir.path().join("store")).unwrap();
    let [.., older, newest] = spans.as_slice() else { panic!("two snapshots were taken") };
    let file = dir.path().join(newest.file());
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();

    let totals = RefCell::new(0);
    let journal = watched(dir.path(), &|progress| *totals.borrow_mut() = progress.total);
    Model::of(&written).check(&journal);
    assert_eq!(*totals.borrow(), journal.head().1 - older.from);
}

#[test]
fn a_ledger_that_grows_takes_snapshots_by_itself_and_keeps_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(Options { snapshot_every_bytes: 20_000, ..small(dir.path()) }).unwrap();
    let mut scribe = Scribe::new(31);
    while snapshots(dir.path()) < 2 {
        scribe.commit(&journal, 0);
    }
    for _ in 0..400 {
        scribe.commit(&journal, 0);
    }
    journal.close().unwrap();
    assert_eq!(snapshots(dir.path()), 2);
}

/// Commits on while snapshots are taken.
fn written_with_snapshots(dir: &Path) -> (Vec<(u64, Batch)>, Vec<Span>) {
    let journal = open(small(dir)).unwrap();
    let (mut scribe, mut written) = (Scribe::new(30), Vec::new());
    let mut spans = Vec::new();
    for _ in 0..3 {
        let taking = journal.clone();
        let taker = thread::spawn(move || taking.snapshot().unwrap());
        for round in 0..100_u8 {
            written.push(scribe.commit(&journal, round % N_PARTITIONS));
        }
        spans.push(taker.join().unwrap());
    }
    journal.close().unwrap();
    (written, spans)
}

fn watched(dir: &Path, progress: &dyn Fn(Progress)) -> Journal {
    Journal::open_with(small(dir), sums(), progress, Arc::new(|failure| panic!("{failure}")))
        .unwrap()
}

fn snapshots(dir: &Path) -> usize {
    let Ok(names) = fs::read_dir(dir.join("snapshots")) else { return 0 };
    names
        .filter(|name| name.as_ref().unwrap().file_name().to_string_lossy().ends_with(".zst"))
        .count()
}
