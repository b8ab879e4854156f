//! What a journal says while it is open and after it was closed and opened again.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use duban_runtime::journal::backlog::Limits;
use duban_runtime::journal::sled::{Check, StoreOptions};
use duban_runtime::journal::{Failure, Journal, Options};
use duban_runtime::record::Batch;

use crate::model::Model;
use crate::scribe::{N_PARTITIONS, Scribe, sums};

#[test]
fn a_journal_in_memory_says_after_every_commit_what_follows_from_it() {
    let journal = Journal::in_memory(sums()).unwrap();
    let (mut scribe, mut written) = (Scribe::new(1), Vec::new());
    for round in 0..120_u8 {
        written.push(scribe.commit(&journal, round % N_PARTITIONS));
        if round.is_multiple_of(7) {
            assert!(journal.wait_applied(written.len().try_into().unwrap()));
        }
        if round.is_multiple_of(5) {
            Model::of(&written).check(&journal);
        }
    }
    Model::of(&written).check(&journal);
}

#[test]
fn what_changed_lately_is_at_hand_until_the_store_has_it() {
    let journal = Journal::in_memory(sums()).unwrap();
    let mut scribe = Scribe::new(5);
    for round in 0..40_u8 {
        scribe.commit(&journal, round % N_PARTITIONS);
    }
    let all = journal.entities(None, None, usize::MAX).unwrap();
    assert!(all.len() > 10, "{}", all.len());
    for (id, stored) in &all {
        assert_eq!(journal.at_hand(id).as_ref(), Some(stored), "{id}");
    }
    assert!(journal.wait_applied(journal.head().1));
    assert!(all.iter().all(|(id, _)| journal.at_hand(id).is_none()));
}

#[test]
fn a_journal_on_disk_says_the_same_before_and_after_a_restart() {
    for seed in 0..6 {
        let dir = tempfile::tempdir().unwrap();
        let (mut scribe, mut written) = (Scribe::new(seed), Vec::new());
        for _ in 0..3 {
            let journal = open(small(dir.path())).unwrap();
            for round in 0..100_u8 {
                written.push(scribe.commit(&journal, round % N_PARTITIONS));
                if round.is_multiple_of(33) {
                    Model::of(&written).check(&journal);
                }
            }
            journal.close().unwrap();
            let journal = open(small(dir.path())).unwrap();
            Model::of(&written).check(&journal);
            journal.close().unwrap();
        }
    }
}

#[test]
fn partitions_that_commit_at_once_share_frames_and_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(small(dir.path())).unwrap();
    let (mut scribe, mut written) = (Scribe::new(3), Vec::new());
    for _ in 0..50 {
        written.extend(commit_at_once(&mut scribe, &journal));
    }
    Model::of(&written).check(&journal);
    journal.close().unwrap();
    Model::of(&written).check(&open(small(dir.path())).unwrap());
}

#[test]
fn a_store_made_again_from_the_ledger_equals_the_one_it_replaces() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(small(dir.path())).unwrap();
    let (mut scribe, mut written) = (Scribe::new(4), Vec::new());
    for round in 0..200_u8 {
        written.push(scribe.commit(&journal, round % N_PARTITIONS));
    }
    journal.close().unwrap();
    std::fs::remove_dir_all(dir.path().join("store")).unwrap();
    Model::of(&written).check(&open(small(dir.path())).unwrap());
}

#[test]
fn a_closed_journal_takes_nothing_and_still_reads() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(small(dir.path())).unwrap();
    let (mut scribe, mut written) = (Scribe::new(5), Vec::new());
    written.push(scribe.commit(&journal, 0));
    journal.clone().close().unwrap();
    let (told, answer) = mpsc::channel();
    let batch = scribe.batch(0, 1);
    journal.submit(batch, Box::new(move |result| told.send(result).unwrap()));
    assert!(matches!(answer.recv().unwrap(), Err(Failure::Stopped)));
    Model::of(&written).check(&journal);
}

#[test]
fn two_processes_cannot_open_one_directory() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(small(dir.path())).unwrap();
    assert!(matches!(open(small(dir.path())), Err(Failure::Locked { .. })));
    journal.close().unwrap();
}

fn commit_at_once(scribe: &mut Scribe, journal: &Journal) -> Vec<(u64, Batch)> {
    let waiting: Vec<_> = (0..N_PARTITIONS)
        .map(|partition| {
            let batch = scribe.batch(partition, 5);
            let (told, answer) = mpsc::channel();
            journal.submit(batch.clone(), Box::new(move |result| told.send(result).unwrap()));
            (batch, answer)
        })
        .collect();
    let answered =
        waiting.into_iter().map(|(batch, answer)| (answer.recv().unwrap().unwrap(), batch));
    let mut answered: Vec<(u64, Batch)> = answered.collect();
    answered.sort_by_key(|(frame, batch)| (*frame, batch.partition));
    for (frame, batch) in &answered {
        scribe.committed(batch, *frame);
    }
    answered
}

/// Generations and segments so small that everything happens often.
pub(crate) fn small(dir: &std::path::Path) -> Options {
    let store = StoreOptions { cache_bytes: 8 << 20, check: Check::Always };
    let limits =
        Limits { n_bytes_max: 8 << 10, lag_max: Duration::from_millis(2), n_at_once_max: 8 };
    Options { segment_bytes: 64 << 10, store, limits, ..Options::at(dir) }
}

/// As [`small`], but what the start leaves to the applier stays out of the store until the journal is closed.
pub(crate) fn idle(dir: &std::path::Path) -> Options {
    let limits =
        Limits { n_bytes_max: 1 << 30, lag_max: Duration::from_hours(1), n_at_once_max: 8 };
    Options { limits, ..small(dir) }
}

pub(crate) fn open(options: Options) -> Result<Journal, Failure> {
    Journal::open_with(options, sums(), &|_| {}, Arc::new(|failure| panic!("{failure}")))
}

#[test]
fn a_store_whose_lock_is_held_for_a_moment_longer_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(small(dir.path())).unwrap();
    let written = Scribe::new(3).commit(&journal, 0);
    journal.close().unwrap();
    // As a child has it that has not begun its own program yet.
    let held = std::fs::File::open(dir.path().join("store/db")).unwrap();
    held.lock().unwrap();
    let (begun, waits) = std::sync::mpsc::channel();
    let path = dir.path().to_owned();
    let opening = std::thread::spawn(move || {
        begun.send(()).unwrap();
        open(small(&path))
    });
    waits.recv().unwrap();
    // It finds the lock held at first, on most machines; a busy one takes its time over each turn, and the lock is
    // waited for half a second.
    (0..20).for_each(|_| std::thread::yield_now());
    drop(held);
    let journal = opening.join().unwrap().unwrap();
    Model::of(&[written]).check(&journal);
}
