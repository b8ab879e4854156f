//! Backup and restore.

use super::history::{History, instant};
use super::{append, open_small};
use crate::journal::disk::{Disk as _, MemoryDisk};
use crate::journal::failure::Failure;
use crate::journal::ledger::{Ledger, LedgerOptions, LedgerReader, Until, copy_until};

#[test]
fn a_copy_of_everything_has_the_same_head() {
    let (ledger, _) = ledger_of_60();
    let target = MemoryDisk::new();
    let copied = copy_until(&ledger.reader(), target.clone(), &options(), Until::End).unwrap();
    assert_eq!((copied.frames, copied.last, copied.head), (60, 60, ledger.head()));
    let copy = open_small(target);
    assert!(copy.frames_from(1).map(Result::unwrap).eq(ledger.frames_from(1).map(Result::unwrap)));
}

#[test]
fn a_copy_up_to_a_frame_ends_with_it() {
    let (ledger, _) = ledger_of_60();
    let target = MemoryDisk::new();
    let copied =
        copy_until(&ledger.reader(), target.clone(), &options(), Until::Frame(42)).unwrap();
    assert_eq!((copied.frames, copied.last), (42, 42));
    assert_eq!(ledger.read(43).unwrap().previous, copied.head);
    assert_eq!(open_small(target).last_frame(), 42);
}

#[test]
fn a_copy_up_to_an_instant_holds_nothing_that_happened_after_it() {
    let (ledger, _) = ledger_of_60();
    let before = instant(30) - std::time::Duration::from_millis(1);
    for (until, last) in [(instant(30), 30), (before, 29)] {
        let target = MemoryDisk::new();
        let copied = copy_until(&ledger.reader(), target, &options(), Until::At(until)).unwrap();
        assert_eq!(copied.last, last, "{until}");
    }
}

#[test]
fn a_copy_is_gone_on_with_later() {
    let (mut ledger, mut history) = ledger_of_60();
    let target = MemoryDisk::new();
    copy_until(&ledger.reader(), target.clone(), &options(), Until::End).unwrap();
    append(&mut ledger, &mut history, 15);
    let copied = copy_until(&ledger.reader(), target.clone(), &options(), Until::End).unwrap();
    assert_eq!((copied.frames, copied.last, copied.head), (15, 75, ledger.head()));
    let copied = copy_until(&ledger.reader(), target, &options(), Until::End).unwrap();
    assert_eq!(copied.frames, 0);
}

#[test]
fn a_target_that_holds_another_ledger_is_left_alone() {
    let (ledger, _) = ledger_of_60();
    let target = MemoryDisk::new();
    let mut other = History::default();
    other.group(3);
    let mut held = open_small(target.clone());
    held.append(&other.group(1)).unwrap();
    let refused = copy_until(&ledger.reader(), target.clone(), &options(), Until::End).unwrap_err();
    assert!(matches!(refused, Failure::OtherLedger { frames: 1 }), "{refused}");
    assert_eq!(open_small(target).last_frame(), 1);
}

#[test]
fn what_lies_before_damage_is_saved() {
    // In a segment before the last, and in the last.
    for segment_bytes in [0, 64 << 20] {
        let options = LedgerOptions { segment_bytes };
        let (ledger, _) = ledger_of_60();
        let disk = MemoryDisk::new();
        copy_until(&ledger.reader(), disk.clone(), &options, Until::End).unwrap();
        let mut bytes = disk.bytes("ledger/0000000001.seg").unwrap();
        bytes[2000] ^= 1;
        disk.overwrite("ledger/0000000001.seg", bytes);
        let target = MemoryDisk::new();
        let source = LedgerReader::over(disk.reader()).unwrap();
        let refused = copy_until(&source, target.clone(), &options, Until::End).unwrap_err();
        let shown = format!("{refused} in segments of {segment_bytes}");
        assert!(matches!(refused, Failure::Damaged { .. }), "{shown}");
        let saved = open_small(target).last_frame();
        assert!((3..20).contains(&saved), "{saved}: {shown}");
        let copied = copy_until(&source, MemoryDisk::new(), &options, Until::Frame(saved)).unwrap();
        assert_eq!(copied.last, saved);
    }
}

#[test]
fn a_backup_that_has_the_damaged_frames_is_completed_with_what_is_sound_behind_them() {
    let (ledger, _) = ledger_of_60();
    let backup = MemoryDisk::new();
    copy_until(&ledger.reader(), backup.clone(), &options(), Until::Frame(20)).unwrap();
    let disk = MemoryDisk::new();
    let small = LedgerOptions { segment_bytes: 0 };
    copy_until(&ledger.reader(), disk.clone(), &small, Until::End).unwrap();
    while open_small(disk.clone()).sealer().seal_next().unwrap().is_some() {}
    let mut bytes = disk.bytes("ledger/0000000001.zst").unwrap();
    bytes[50] ^= 1;
    disk.overwrite("ledger/0000000001.zst", bytes);

    let source = LedgerReader::over(disk.reader()).unwrap();
    let copied = copy_until(&source, backup, &options(), Until::End).unwrap();
    assert_eq!((copied.frames, copied.last, copied.head), (40, 60, ledger.head()));
}

#[test]
fn a_frame_beyond_the_end_is_refused() {
    let (ledger, _) = ledger_of_60();
    let refused =
        copy_until(&ledger.reader(), MemoryDisk::new(), &options(), Until::Frame(61)).unwrap_err();
    assert!(matches!(refused, Failure::NoFrame { frame: 61, first: 1, last: 60 }), "{refused}");
}

/// Half sealed, half raw.
fn ledger_of_60() -> (Ledger<MemoryDisk>, History) {
    let mut ledger = open_small(MemoryDisk::new());
    let mut history = History::default();
    append(&mut ledger, &mut history, 30);
    while ledger.sealer().seal_next().unwrap().is_some() {}
    append(&mut ledger, &mut history, 30);
    (ledger, history)
}

fn options() -> LedgerOptions {
    LedgerOptions { segment_bytes: 16 << 10 }
}
