//! Torn ends are dropped, anything else is refused with its place.

use proptest::prelude::*;

use super::history::History;
use super::{TAIL, append, open, open_small};
use crate::journal::disk::{Files as _, MemoryDisk};
use crate::journal::failure::Failure;
use crate::journal::frame::Header;
use crate::journal::ledger::{Ledger, LedgerOptions};

#[test]
fn a_last_frame_cut_off_at_any_byte_is_dropped() {
    let disk = MemoryDisk::new();
    let mut ledger = open(disk.clone());
    append(&mut ledger, &mut History::default(), 4);
    let head = ledger.head();
    let start = disk.bytes(TAIL).unwrap().len();
    append(&mut ledger, &mut history_of(4), 1);
    let whole = disk.bytes(TAIL).unwrap();
    for end in start..whole.len() {
        let cut = disk.copy();
        cut.overwrite(TAIL, whole[..end].to_vec());
        let mut ledger = open(cut.clone());
        assert_eq!((ledger.last_frame(), ledger.head()), (4, head), "cut at {end}");
        assert_eq!(ledger.torn_bytes(), u64::try_from(end - start).unwrap());
        append(&mut ledger, &mut history_of(4), 1);
        assert_eq!(cut.bytes(TAIL).unwrap(), whole, "written again after the cut at {end}");
    }
}

#[test]
fn a_last_frame_of_which_blocks_were_lost_is_dropped() {
    let disk = MemoryDisk::new();
    let mut ledger = open(disk.clone());
    append(&mut ledger, &mut History::default(), 4);
    let start = disk.bytes(TAIL).unwrap().len();
    append(&mut ledger, &mut history_of(4), 1);
    let whole = disk.bytes(TAIL).unwrap();
    for from in (start..whole.len()).step_by(16) {
        let holed = disk.copy();
        let mut bytes = whole.clone();
        let until = (from + 16).min(bytes.len());
        bytes[from..until].fill(0);
        holed.overwrite(TAIL, bytes);
        assert_eq!(open(holed).last_frame(), 4, "hole at {from}");
    }
}

proptest! {
    #[test]
    fn a_flipped_bit_before_the_last_frame_is_refused_with_its_place(
        place: prop::sample::Index,
        bit in 0..8u8,
    ) {
        let disk = MemoryDisk::new();
        let starts = frame_starts(&disk, 6);
        let mut bytes = disk.bytes(TAIL).unwrap();
        let place = place.index(starts[5]);
        bytes[place] ^= 1 << bit;
        disk.overwrite(TAIL, bytes);
        let refused = Ledger::open(disk, &LedgerOptions::default()).map(|_| ()).unwrap_err();
        let expected = starts.iter().rev().find(|start| **start <= place).copied().unwrap_or(0);
        let Failure::Damaged { segment, offset, .. } = &refused else {
            return Err(TestCaseError::fail(refused.to_string()));
        };
        prop_assert_eq!(segment, TAIL);
        prop_assert_eq!(*offset, u64::try_from(expected).unwrap());
        prop_assert!(refused.to_string().contains("duban restore"));
    }
}

#[test]
fn a_frame_taken_out_of_the_middle_is_refused() {
    let disk = MemoryDisk::new();
    let starts = frame_starts(&disk, 5);
    let mut bytes = disk.bytes(TAIL).unwrap();
    bytes.drain(starts[2]..starts[3]);
    disk.overwrite(TAIL, bytes);
    let refused =
        Ledger::open(disk, &LedgerOptions::default()).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("frame 3 belongs here, but frame 4"), "{refused}");
}

#[test]
fn a_text_that_looks_like_a_frame_does_not_make_a_torn_end_look_like_damage() {
    let disk = MemoryDisk::new();
    let mut history = History::default();
    let mut ledger = open(disk.clone());
    append(&mut ledger, &mut history, 2);
    let start = disk.bytes(TAIL).unwrap().len();
    // A later frame, quoted byte by byte in an earlier one.
    let elsewhere = MemoryDisk::new();
    let starts = frame_starts(&elsewhere, 5);
    let quoted = elsewhere.bytes(TAIL).unwrap()[starts[4]..].to_vec();
    assert_eq!(Header::check(&quoted).unwrap().0.number, 5);
    let mut group = history.group(1);
    if let crate::record::Body::Record { record, .. } = &mut group[0].entries[0] {
        *record = quoted;
    }
    ledger.append(&group).unwrap();
    let mut bytes = disk.bytes(TAIL).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    disk.overwrite(TAIL, bytes);
    let reopened = open(disk);
    assert_eq!(reopened.last_frame(), 2);
    assert!(reopened.torn_bytes() > u64::try_from(last - start).unwrap());
}

#[test]
fn the_last_segment_is_copied_to_a_new_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(TAIL);
    let mut ledger = open(crate::journal::disk::OsDisk::at(directory.path()));
    append(&mut ledger, &mut History::default(), 3);
    drop(ledger);
    let old = std::fs::File::open(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(open(crate::journal::disk::OsDisk::at(directory.path())).last_frame(), 3);
    let inode = |file: &std::fs::Metadata| std::os::unix::fs::MetadataExt::ino(file);
    assert_ne!(inode(&old.metadata().unwrap()), inode(&path.metadata().unwrap()));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn damage_in_a_segment_before_the_last_is_refused() {
    let disk = MemoryDisk::new();
    append(&mut open_small(disk.clone()), &mut History::default(), 60);
    let whole = disk.bytes(TAIL).unwrap();
    for (what, bytes) in [
        ("cut", whole[..whole.len() - 1].to_vec()),
        ("empty", Vec::new()),
        ("head", zeroed(&whole)),
    ] {
        let damaged = disk.copy();
        damaged.overwrite(TAIL, bytes);
        let refused = Ledger::open(damaged, &LedgerOptions::default()).map(|_| ()).unwrap_err();
        assert!(
            matches!(&refused, Failure::Damaged { segment, .. } if segment == TAIL),
            "{what}: {refused}"
        );
    }
}

#[test]
fn a_segment_that_is_missing_is_refused() {
    let disk = MemoryDisk::new();
    append(&mut open_small(disk.clone()), &mut History::default(), 60);
    let segments = disk.list("ledger").unwrap();
    assert!(segments.len() > 3, "{segments:?}");
    let mut without = disk.copy();
    crate::journal::disk::Disk::remove(&mut without, &format!("ledger/{}", segments[1])).unwrap();
    let refused = Ledger::open(without, &LedgerOptions::default()).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains(&segments[1]), "{refused}");
}

/// The history of a ledger that holds `n` frames.
fn history_of(n: u64) -> History {
    let mut history = History::default();
    for frame in 1..=n {
        history.group(frame % 4 + 1);
    }
    history
}

/// Appends `n` frames to an empty disk; where each begins.
fn frame_starts(disk: &MemoryDisk, n: u64) -> Vec<usize> {
    let mut ledger = open(disk.clone());
    let mut history = History::default();
    let start = |_| {
        let start = disk.bytes(TAIL).unwrap().len();
        append(&mut ledger, &mut history, 1);
        start
    };
    (0..n).map(start).collect()
}

fn zeroed(whole: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    bytes[..40].fill(0);
    bytes
}
