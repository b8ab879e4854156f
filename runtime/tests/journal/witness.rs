//! A ledger that is missing, shorter than what others have seen, or another one is refused, and nothing is touched.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::ledger::verify_against;
use duban_runtime::journal::loss::Losses;
use duban_runtime::journal::witness::{Loss, MARK_FILE, Sighting, Witness, beside};
use duban_runtime::journal::{Failure, Founding, Journal, Options};
use duban_runtime::record::Batch;

use crate::damage::files_of;
use crate::model::Model;
use crate::restart::{open, small};
use crate::scribe::{N_PARTITIONS, Scribe, sums};

/// Batches that are written, one in each frame.
const WRITTEN: u8 = 120;

#[test]
fn a_ledger_cut_short_is_refused_with_the_frames_that_are_missing_and_nothing_is_touched() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 1);
    let segment = last_segment(dir.path());
    let length = fs::metadata(&segment).unwrap().len();
    cut(&segment, length - length / 2);
    let before = bytes_of(dir.path());

    let loss = refused(small(dir.path()));
    let (from, to) = loss.missing().unwrap();
    assert!(from > 1 && from <= to && to == u64::from(WRITTEN), "{loss}");
    assert_eq!((loss.seen.by, loss.last), (Witness::Mark, from - 1));
    assert_eq!(bytes_of(dir.path()), before, "what is refused is not touched");
}

#[test]
fn a_newest_segment_that_is_emptied_or_gone_and_a_ledger_that_is_gone_are_refused() {
    for harm in [|at: &Path| cut(at, 0), |at: &Path| fs::remove_file(at).unwrap()] {
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path(), 2);
        harm(&last_segment(dir.path()));
        assert_eq!(refused(small(dir.path())).seen.frame, u64::from(WRITTEN));
    }
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 3);
    fs::remove_dir_all(dir.path().join("ledger")).unwrap();
    assert_eq!(refused(small(dir.path())).missing(), Some((1, WRITTEN.into())));
}

#[test]
fn each_of_the_witnesses_alone_is_enough() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(small(dir.path())).unwrap();
    let mut scribe = Scribe::new(4);
    (0..WRITTEN).for_each(|round| drop(scribe.commit(&journal, round % N_PARTITIONS)));
    journal.snapshot().unwrap();
    journal.close().unwrap();
    fs::remove_dir_all(dir.path().join("ledger")).unwrap();

    fs::remove_file(dir.path().join(MARK_FILE)).unwrap();
    assert_eq!(refused(small(dir.path())).seen.by, Witness::Snapshot);
    fs::remove_dir_all(dir.path().join("snapshots")).unwrap();
    let by_store = refused(small(dir.path()));
    assert_eq!(by_store.seen.by, Witness::Store);
    assert!(by_store.seen.hash.is_some(), "the store knows the hash, too");
    fs::remove_dir_all(dir.path().join("store")).unwrap();
    let told = Sighting { by: Witness::Auditor, frame: 7, hash: None };
    let by_auditor = refused(Options { seen: vec![told], ..small(dir.path()) });
    assert_eq!(by_auditor.missing(), Some((1, 7)));
}

#[test]
fn an_older_copy_of_the_ledger_that_was_gone_on_with_is_refused_although_it_is_as_long() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(dir.path(), 5);
    fill(other.path(), 6);
    fill(other.path(), 6);
    fs::remove_dir_all(dir.path().join("ledger")).unwrap();
    fs::rename(other.path().join("ledger"), dir.path().join("ledger")).unwrap();
    let loss = refused(small(dir.path()));
    assert_eq!((loss.missing(), loss.seen.frame), (None, WRITTEN.into()), "{loss}");
    fs::remove_file(dir.path().join(MARK_FILE)).unwrap();
    let loss = refused(small(dir.path()));
    assert_eq!((loss.missing(), loss.seen.by), (None, Witness::Store), "{loss}");
}

#[test]
fn a_store_of_another_ledger_is_refused_until_somebody_says_which_is_right() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let written = fill(dir.path(), 1);
    fill(other.path(), 2);
    fill(other.path(), 2);
    fs::remove_dir_all(dir.path().join("store")).unwrap();
    fs::rename(other.path().join("store"), dir.path().join("store")).unwrap();
    assert_eq!(refused(small(dir.path())).seen.by, Witness::Store);
    fs::remove_dir_all(dir.path().join("store")).unwrap();
    Model::of(&written).check(&open(small(dir.path())).unwrap());
}

#[test]
fn a_journal_that_was_closed_killed_or_never_written_to_is_the_one_that_was_seen() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        open(small(dir.path())).unwrap().close().unwrap();
    }
    let written = fill(dir.path(), 7);
    // As after a kill: the mark of an earlier moment.
    fs::write(dir.path().join(MARK_FILE), "").unwrap();
    Model::of(&written).check(&open(small(dir.path())).unwrap());
}

#[test]
fn where_a_new_ledger_is_not_meant_none_is_begun() {
    let dir = tempfile::tempdir().unwrap();
    let options = || Options { founding: Founding::Refused, ..small(dir.path()) };
    assert!(matches!(open(options()), Err(Failure::NoLedger { .. })));
    open(small(dir.path())).unwrap().close().unwrap();
    open(options()).unwrap().close().unwrap();
}

#[test]
fn what_is_lost_is_gone_on_without_once_somebody_says_so_and_its_witnesses_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 8);
    fs::remove_file(last_segment(dir.path())).unwrap();
    refused(small(dir.path()));

    let losses = Losses::of(&small(dir.path())).unwrap();
    let left = losses.left().frame;
    assert!(left > 0 && left < u64::from(WRITTEN), "{left}");
    assert_eq!(losses.lost().first().unwrap().seen.by, Witness::Mark);
    let aside = losses.accept().unwrap();
    assert!(aside.join("store/db").exists() && aside.join(MARK_FILE).exists());
    let journal = open(small(dir.path())).unwrap();
    Model::of(written.iter().filter(|(frame, _)| *frame <= left)).check(&journal);
}

#[test]
fn looking_at_a_journal_changes_no_byte_of_it_and_sees_what_opening_does() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 9);
    let shadow = tempfile::tempdir().unwrap();
    let before = bytes_of(dir.path());
    // A store that has seen nothing is the farthest that one can lie behind.
    let journal = Journal::look(&small(dir.path()), shadow.path(), sums(), &|_| {}).unwrap();
    Model::of(&written).check(&journal);
    assert!(journal.snapshot().is_err(), "whoever looks writes no snapshot");
    journal.close().unwrap();
    assert_eq!(bytes_of(dir.path()), before);
}

#[test]
fn verifying_names_what_was_seen_and_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 10);
    let files = OsDisk::at(dir.path());
    let seen = beside(&files).unwrap();
    assert!(verify_against(&files, None, &seen).unwrap().is_sound());
    fs::remove_file(last_segment(dir.path())).unwrap();
    let report = verify_against(&files, None, &seen).unwrap();
    assert!(!report.is_sound());
    assert_eq!(report.losses.first().unwrap().missing(), Some((report.last + 1, WRITTEN.into())));
}

pub(crate) fn fill(dir: &Path, seed: u64) -> Vec<(u64, Batch)> {
    let journal = open(small(dir)).unwrap();
    let (mut scribe, mut written) = (Scribe::new(seed), Vec::new());
    for round in 0..WRITTEN {
        written.push(scribe.commit(&journal, round % N_PARTITIONS));
    }
    journal.close().unwrap();
    written
}

#[track_caller]
fn refused(options: Options) -> Loss {
    match open(options) {
        Err(Failure::Lost(loss)) => *loss,
        Err(failure) => panic!("{failure}"),
        Ok(_) => panic!("it was opened"),
    }
}

fn last_segment(dir: &Path) -> PathBuf {
    files_of(&dir.join("ledger")).into_iter().max().unwrap()
}

fn cut(file: &Path, length: u64) {
    OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
}

/// Every file below `dir` with its content.
pub(crate) fn bytes_of(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut bytes = BTreeMap::new();
    for path in files_of(dir) {
        if path.is_dir() {
            bytes.extend(bytes_of(&path));
        } else {
            bytes.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    bytes
}
