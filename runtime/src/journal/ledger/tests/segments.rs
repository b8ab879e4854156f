//! Segments follow each other, and are smaller once they are sealed.

use std::io;
use std::sync::Arc;

use super::history::History;
use super::{append, open_small};
use crate::journal::disk::{Disk as _, Files, MemoryDisk};
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, Frame};
use crate::journal::ledger::{Ledger, LedgerOptions, LedgerReader, What, verify};

#[test]
fn a_full_segment_is_followed_by_the_next() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    let groups = append(&mut ledger, &mut History::default(), 60);
    let names = disk.list("ledger").unwrap();
    assert!(names.len() > 3, "{names:?}");
    for name in &names {
        assert!(disk.len(&format!("ledger/{name}")).unwrap() <= 4 << 10, "{name}");
    }
    assert_eq!(groups_of(ledger.frames_from(1)), groups);
    assert_eq!(groups_of(open_small(disk).frames_from(31)), groups[30..]);
}

#[test]
fn sealed_segments_are_smaller_and_read_as_before() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    let mut history = History::default();
    let mut groups = append(&mut ledger, &mut history, 60);
    let size = |disk: &MemoryDisk| -> u64 {
        let names = disk.list("ledger").unwrap();
        names.iter().map(|name| disk.len(&format!("ledger/{name}")).unwrap()).sum()
    };
    let before = size(&disk);
    let reader = ledger.reader();
    let total = reader.bytes_from(1);
    seal_all(&ledger);
    assert!(size(&disk) * 3 < before * 2, "{} of {before}", size(&disk));
    assert_eq!(reader.bytes_from(1), total);

    groups.extend(append(&mut ledger, &mut history, 10));
    assert_eq!(groups_of(reader.frames_from(1)), groups);
    for (number, group) in (1..).zip(&groups) {
        assert_eq!(reader.read(number).unwrap().batches, *group);
    }
    let head = ledger.head();
    let reopened = open_small(disk);
    assert_eq!((reopened.last_frame(), reopened.head()), (70, head));
    assert_eq!(groups_of(reopened.frames_from(17)), groups[16..]);
}

#[test]
fn a_sealed_segment_is_read_by_zstd_alone() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    append(&mut ledger, &mut History::default(), 60);
    let raw = disk.bytes("ledger/0000000001.seg").unwrap();
    seal_all(&ledger);
    let sealed = disk.bytes("ledger/0000000001.zst").unwrap();
    let plain = zstd::stream::decode_all(sealed.as_slice()).unwrap();
    assert_eq!(plain, raw[crate::journal::ledger::segment::HEAD_BYTES..]);
}

#[test]
fn sealing_on_a_full_disk_leaves_the_segment_and_the_space() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    append(&mut ledger, &mut History::default(), 60);
    let names = disk.list("ledger").unwrap();
    disk.leave_space(Some(100));
    assert!(ledger.sealer().seal_next().unwrap_err().is_full());
    assert_eq!(disk.list("ledger").unwrap(), names);
    disk.leave_space(None);
    seal_all(&ledger);
    assert_eq!(ledger.frames_from(1).flatten().count(), 60);
}

#[test]
fn a_damaged_segment_is_not_sealed() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    append(&mut ledger, &mut History::default(), 60);
    let mut bytes = disk.bytes("ledger/0000000001.seg").unwrap();
    bytes[1000] ^= 4;
    disk.overwrite("ledger/0000000001.seg", bytes);
    let refused = ledger.sealer().seal_next().unwrap_err();
    assert!(matches!(refused, Failure::Damaged { .. }), "{refused}");
    assert!(disk.bytes("ledger/0000000001.seg").is_some());
    assert!(disk.bytes("ledger/0000000001.zst").is_none());
}

#[test]
fn sealing_that_was_cut_off_anywhere_is_made_good_by_the_next_start() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    append(&mut ledger, &mut History::default(), 60);
    let raw = disk.bytes("ledger/0000000001.seg").unwrap();
    seal_all(&ledger);
    let sealed = disk.bytes("ledger/0000000001.zst").unwrap();

    let both = disk.copy();
    both.overwrite("ledger/0000000001.seg", raw.clone());
    both.overwrite("ledger/0000000017.zst.new", b"half".to_vec());
    let ledger = open_small(both.clone());
    assert_eq!(ledger.frames_from(1).flatten().count(), 60);
    assert!(both.bytes("ledger/0000000001.seg").is_none());
    assert!(both.bytes("ledger/0000000017.zst.new").is_none());

    let broken = disk.copy();
    broken.overwrite("ledger/0000000001.seg", raw);
    broken.overwrite("ledger/0000000001.zst", sealed[..sealed.len() - 3].to_vec());
    let ledger = open_small(broken.clone());
    assert_eq!(ledger.frames_from(1).flatten().count(), 60);
    assert!(broken.bytes("ledger/0000000001.zst").is_none());
}

#[test]
fn a_segment_whose_creation_was_cut_off_is_begun_again() {
    for sealed in [false, true] {
        let disk = MemoryDisk::new();
        let mut ledger = open_small(disk.clone());
        let mut history = History::default();
        append(&mut ledger, &mut history, 60);
        if sealed {
            seal_all(&ledger);
        }
        let last = disk.list("ledger").unwrap().pop().unwrap();
        let last = format!("ledger/{last}");
        let first: u64 = last[7..17].parse().unwrap();
        for cut in [Vec::new(), vec![0; 52], disk.bytes(&last).unwrap()[..20].to_vec()] {
            let disk = disk.copy();
            disk.overwrite(&last, cut);
            let mut ledger = open_small(disk.clone());
            assert_eq!(ledger.last_frame(), first - 1);
            let mut history = History::default();
            let groups: Vec<_> = (1..=first).map(|frame| history.group(frame % 4 + 1)).collect();
            ledger.append(groups.last().unwrap()).unwrap();
            assert_eq!(groups_of(open_small(disk).frames_from(1)), groups);
        }
    }
}

#[test]
fn a_refused_rotation_is_tried_again_by_the_next_append() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    let mut history = History::default();
    while disk.len("ledger/0000000001.seg").unwrap() < 3600 {
        ledger.append(&history.group(1)).unwrap();
    }
    let first = ledger.last_frame() + 1;
    disk.leave_space(Some(20));
    let group = history.group(9);
    assert!(ledger.append(&group).unwrap_err().is_full());
    assert_eq!(disk.list("ledger").unwrap().len(), 1);
    disk.leave_space(None);
    ledger.append(&group).unwrap();
    assert!(disk.len(&format!("ledger/{first:010}.seg")).unwrap() > 100);
    assert_eq!(open_small(disk).last_frame(), first);
}

#[test]
fn a_reader_of_another_process_follows_a_segment_into_its_sealed_form() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    let groups = append(&mut ledger, &mut History::default(), 60);
    let reader = LedgerReader::over(disk.reader()).unwrap();
    seal_all(&ledger);
    append(&mut ledger, &mut History::default(), 1);
    assert_eq!(groups_of(reader.frames_from(1)), groups);
    assert_eq!(reader.head().1, 60);
}

#[test]
fn a_segment_that_is_sealed_between_the_look_into_the_directory_and_at_it_is_read_all_the_same() {
    /// What is there, under the names that were there a moment ago.
    struct Late(MemoryDisk, Vec<String>);

    impl Files for Late {
        fn list(&self, _: &str) -> io::Result<Vec<String>> {
            Ok(self.1.clone())
        }

        fn len(&self, file: &str) -> io::Result<u64> {
            self.0.len(file)
        }

        fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
            self.0.read_at(file, offset, len)
        }
    }

    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    let groups = append(&mut ledger, &mut History::default(), 60);
    let names = disk.list("ledger").unwrap();
    seal_all(&ledger);
    let reader = LedgerReader::over(Arc::new(Late(disk, names))).unwrap();
    assert_eq!(groups_of(reader.frames_from(1)), groups);
}

#[test]
fn a_damaged_block_is_told_where_it_is_read() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    append(&mut ledger, &mut History::default(), 60);
    seal_all(&ledger);
    let mut bytes = disk.bytes("ledger/0000000001.zst").unwrap();
    bytes[50] ^= 1;
    disk.overwrite("ledger/0000000001.zst", bytes);
    let refused = ledger.read(1).unwrap_err();
    assert!(matches!(refused, Failure::Damaged { offset: 0, .. }), "{refused}");
    let mut frames = ledger.frames_from(1);
    assert!(frames.next().unwrap().is_err());
    assert!(frames.next().is_none(), "nothing follows an error");
    let files: Arc<dyn Files> = disk.reader();
    assert!(!verify(files.as_ref(), None).unwrap().is_sound());
}

#[test]
fn a_sealed_segment_is_read_without_its_table_and_around_a_damaged_block() {
    let (ledger, disk, groups) = sealed_in_blocks();
    let (file, whole) = (SEALED, disk.bytes(SEALED).unwrap());
    let mut bytes = whole.clone();
    *bytes.last_mut().unwrap() ^= 1;
    disk.overwrite(file, bytes.clone());
    let reader = LedgerReader::over(disk.reader()).unwrap();
    assert_eq!(groups_of(reader.frames_from(1)), groups);
    let report = verify(disk.reader().as_ref(), None).unwrap();
    let found: Vec<&What> = report.problems.iter().map(|problem| &problem.what).collect();
    assert_eq!((found, report.frames), (vec![&What::Flaw(Flaw::Table)], ledger.last_frame()));

    // The first block as well: whatever lies behind it is read.
    bytes[50] ^= 1;
    disk.overwrite(file, bytes);
    let reader = LedgerReader::over(disk.reader()).unwrap();
    let report = verify(disk.reader().as_ref(), None).unwrap();
    let lost = usize::try_from(ledger.last_frame() - report.frames).unwrap();
    assert!(lost > 0 && lost < groups.len() / 2, "{lost} of {}", groups.len());
    assert_eq!(report.behind, report.frames);
    let first = u64::try_from(lost).unwrap() + 1;
    assert_eq!(groups_of(reader.frames_from(first)), groups[lost..]);
    assert!(matches!(reader.read(1), Err(Failure::Damaged { .. })));
}

/// The first segment of [`sealed_in_blocks`].
const SEALED: &str = "ledger/0000000001.zst";

/// A ledger whose first segment is sealed in several blocks, and what it holds.
fn sealed_in_blocks() -> (Ledger<MemoryDisk>, MemoryDisk, Vec<Vec<crate::record::BatchOnDisk>>) {
    let disk = MemoryDisk::new();
    let options = LedgerOptions { segment_bytes: 1 << 20 };
    let mut ledger = Ledger::open(disk.clone(), &options).unwrap();
    let (mut history, mut groups) = (History::default(), Vec::new());
    while disk.list("ledger").unwrap().len() < 2 {
        groups.push(history.group(200));
        ledger.append(groups.last().unwrap()).unwrap();
    }
    seal_all(&ledger);
    (ledger, disk, groups)
}

#[track_caller]
fn seal_all(ledger: &Ledger<MemoryDisk>) {
    let mut sealer = ledger.sealer();
    while sealer.seal_next().unwrap().is_some() {}
    assert!(sealer.waiting().is_empty());
}

#[track_caller]
fn groups_of(
    frames: impl Iterator<Item = Result<Frame, Failure>>,
) -> Vec<Vec<crate::record::BatchOnDisk>> {
    frames.map(|frame| frame.unwrap().batches).collect()
}
