//! A store that is damaged in any way costs time, never truth: it is made again from the ledger.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use duban_runtime::record::Batch;

use crate::model::Model;
use crate::restart::{open, small};
use crate::scribe::{N_PARTITIONS, Scribe};

#[test]
fn a_leftover_of_an_interrupted_snapshot_of_the_store_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 7);
    fs::write(dir.path().join("store/snap.000000000000F00D.generating"), b"half a snapshot")
        .unwrap();
    reopens(dir.path(), &written);
    assert!(!dir.path().join("store.aside").exists(), "the store was good");
}

#[test]
fn a_store_whose_making_was_cut_off_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 9);
    fs::write(dir.path().join("store/duban.mark"), b"making").unwrap();
    fs::write(dir.path().join("store/half"), b"").unwrap();
    reopens(dir.path(), &written);
    assert!(!dir.path().join("store/half").exists(), "half a store is not used");
    assert!(!dir.path().join("store.aside").exists(), "nor is it kept");
    let mark = fs::read_to_string(dir.path().join("store/duban.mark")).unwrap();
    assert!(mark.starts_with("open"), "{mark}");
}

#[test]
fn a_store_that_has_shown_damage_is_made_anew_and_kept_for_somebody_to_look_at() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 10);
    fs::write(dir.path().join("store/duban.mark"), b"damaged").unwrap();
    reopens(dir.path(), &written);
    assert!(dir.path().join("store.aside/db").exists());
}

#[test]
fn a_store_that_has_shown_damage_is_made_anew_after_a_clean_end_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 11);
    let journal = open(small(dir.path())).unwrap();
    fs::write(dir.path().join("store/duban.mark"), b"damaged").unwrap();
    journal.close().unwrap();
    assert_eq!(fs::read(dir.path().join("store/duban.mark")).unwrap(), b"damaged");
    reopens(dir.path(), &written);
    assert!(dir.path().join("store.aside/db").exists());
}

#[test]
fn a_store_whose_own_snapshot_is_garbage_is_read_or_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 8);
    for snapshot in files_of(&dir.path().join("store")) {
        if snapshot.file_name().unwrap().to_string_lossy().starts_with("snap.") {
            fs::write(snapshot, b"garbage").unwrap();
        }
    }
    reopens(dir.path(), &written);
}

#[test]
fn a_store_cut_short_anywhere_is_read_or_made_again() {
    for eighth in 0..8 {
        let dir = tempfile::tempdir().unwrap();
        let written = fill(dir.path(), eighth);
        let log = dir.path().join("store/db");
        let length = fs::metadata(&log).unwrap().len();
        OpenOptions::new().write(true).open(&log).unwrap().set_len(length * eighth / 8).unwrap();
        reopens(dir.path(), &written);
    }
}

#[test]
fn a_store_with_flipped_bits_is_read_or_made_again() {
    for seed in 0..12 {
        let dir = tempfile::tempdir().unwrap();
        let written = fill(dir.path(), seed);
        let mut dice = Scribe::new(seed);
        let log = dir.path().join("store/db");
        let length = fs::metadata(&log).unwrap().len();
        let mut file = OpenOptions::new().read(true).write(true).open(&log).unwrap();
        for _ in 0..4 {
            let at = dice.below(length);
            let mut byte = [0];
            file.seek(SeekFrom::Start(at)).unwrap();
            file.read_exact(&mut byte).unwrap();
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&[byte[0] ^ 0x10]).unwrap();
        }
        drop(file);
        reopens(dir.path(), &written);
    }
}

#[test]
fn a_copy_taken_in_the_middle_of_writes_is_read_or_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let (stop, stopped) = mpsc::channel::<()>();
    let path = dir.path().to_owned();
    let writer = thread::spawn(move || {
        let journal = open(small(&path)).unwrap();
        let (mut scribe, mut written) = (Scribe::new(9), Vec::new());
        while stopped.try_recv().is_err() {
            let partition = u8::try_from(written.len() % usize::from(N_PARTITIONS)).unwrap();
            written.push(scribe.commit(&journal, partition));
        }
        written
    });
    let copies: Vec<tempfile::TempDir> = (0..6).map(|_| copied(dir.path())).collect();
    stop.send(()).unwrap();
    let written = writer.join().unwrap();
    for copy in copies {
        let journal = open(small(copy.path())).unwrap();
        let last = journal.head().1;
        Model::of(written.iter().filter(|(frame, _)| *frame <= last)).check(&journal);
    }
}

fn fill(dir: &Path, seed: u64) -> Vec<(u64, Batch)> {
    let journal = open(small(dir)).unwrap();
    let (mut scribe, mut written) = (Scribe::new(seed), Vec::new());
    for round in 0..120_u8 {
        written.push(scribe.commit(&journal, round % N_PARTITIONS));
    }
    journal.close().unwrap();
    written
}

/// Opens and reads everything; damage that shows only then is healed by the next start at the latest.
#[track_caller]
fn reopens(dir: &Path, written: &[(u64, Batch)]) {
    let journal = open(small(dir)).unwrap();
    Model::of(written).check(&journal);
}

/// The store first: a ledger is never behind its store.
pub(crate) fn copied(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for part in ["store", "ledger", "blobs"] {
        copy_all(&dir.join(part), &copy.path().join(part));
    }
    copy
}

pub(crate) fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in files_of(from) {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_all(&path, &target);
        } else {
            // A file may go while its directory is read: sled's snapshots do.
            drop(fs::copy(&path, &target));
        }
    }
}

pub(crate) fn files_of(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}
