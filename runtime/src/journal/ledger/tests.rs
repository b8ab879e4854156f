//! What the ledger promises, over a directory in memory and a real one.

mod copying;
mod damage;
mod history;
mod power;
mod segments;
mod verifying;

use std::io;

use super::{Ledger, LedgerOptions, Receipt};
use crate::journal::disk::{Disk, Files as _, MemoryDisk, OsDisk};
use crate::journal::failure::Failure;
use crate::journal::frame::{Frame, NO_FRAME};
use history::History;

const TAIL: &str = "ledger/0000000001.seg";

#[test]
fn what_was_appended_is_read_after_a_new_start() {
    let directory = tempfile::tempdir().unwrap();
    let mut history = History::default();
    let mut ledger = open(OsDisk::exclusive(directory.path()).unwrap());
    assert_eq!((ledger.last_frame(), ledger.head()), (0, NO_FRAME));
    let groups = append(&mut ledger, &mut history, 20);
    let head = ledger.head();
    drop(ledger);

    let ledger = open(OsDisk::exclusive(directory.path()).unwrap());
    assert_eq!((ledger.first_frame(), ledger.last_frame(), ledger.head()), (1, 20, head));
    assert_eq!(ledger.torn_bytes(), 0);
    let frames: Vec<Frame> = ledger.frames_from(1).collect::<Result<_, _>>().unwrap();
    assert_eq!(frames.iter().map(|frame| frame.batches.clone()).collect::<Vec<_>>(), groups);
    assert_eq!(ledger.read(13).unwrap(), frames[12]);
}

#[test]
fn a_second_process_is_kept_out() {
    let directory = tempfile::tempdir().unwrap();
    let held = OsDisk::exclusive(directory.path().join("new/data")).unwrap();
    let refused = OsDisk::exclusive(held.root()).unwrap_err();
    assert!(matches!(refused, Failure::Locked { .. }), "{refused}");
    let root = held.root().to_owned();
    drop(held);
    assert!(OsDisk::exclusive(root).is_ok());
}

#[test]
fn a_frame_that_is_not_there_is_told_with_those_that_are() {
    let mut ledger = open(MemoryDisk::new());
    append(&mut ledger, &mut History::default(), 3);
    for frame in [0, 4] {
        let refused = ledger.read(frame).unwrap_err();
        assert!(matches!(refused, Failure::NoFrame { first: 1, last: 3, .. }), "{refused}");
    }
    assert!(ledger.frames_from(4).next().is_none());
}

#[test]
fn a_full_disk_refuses_a_frame_and_leaves_nothing_of_it() {
    let disk = MemoryDisk::new();
    let mut history = History::default();
    let mut ledger = open(disk.clone());
    append(&mut ledger, &mut history, 3);
    let before = disk.bytes(TAIL).unwrap();
    let group = history.clone().group(5);
    for space in 0..60 {
        disk.leave_space(Some(space));
        let refused = ledger.append(&group).unwrap_err();
        assert!(refused.is_full() && !refused.is_fatal(), "{refused}");
        assert_eq!(disk.bytes(TAIL).unwrap(), before);
    }

    disk.leave_space(None);
    assert_eq!(ledger.append(&group).unwrap().frame, 4);
    assert_eq!(ledger.frames_from(1).flatten().count(), 4);
    assert_eq!(open(disk).last_frame(), 4);
}

#[test]
fn what_could_not_be_cut_off_at_once_is_cut_off_before_the_next_frame() {
    let disk = MemoryDisk::new();
    let mut history = History::default();
    let mut ledger = open(Stubborn { disk: disk.clone(), cuts: 0 });
    ledger.append(&history.group(2)).unwrap();
    let whole = disk.len(TAIL).unwrap();
    let group = history.group(2);
    disk.leave_space(Some(30));
    assert!(ledger.append(&group).unwrap_err().is_full());
    assert_eq!(disk.len(TAIL).unwrap(), whole + 30);

    disk.leave_space(None);
    assert!(ledger.append(&group).unwrap_err().is_transient());
    assert_eq!(ledger.append(&group).unwrap().frame, 2);
    assert_eq!(open(disk).last_frame(), 2);
}

#[test]
fn after_a_failed_sync_nothing_is_appended_any_more() {
    let disk = MemoryDisk::new();
    let mut history = History::default();
    let mut ledger = open(disk.clone());
    append(&mut ledger, &mut history, 2);
    disk.fail_syncs();
    let group = history.group(1);
    assert!(ledger.append(&group).unwrap_err().is_fatal());
    assert_eq!(ledger.last_frame(), 2, "a frame that is not safe is not shown");
    assert!(matches!(ledger.append(&group), Err(Failure::Stopped)));
}

#[test]
fn readers_in_other_threads_see_every_frame_that_was_answered() {
    let directory = tempfile::tempdir().unwrap();
    let options = LedgerOptions { segment_bytes: 4 << 10 };
    let mut ledger = Ledger::open(OsDisk::at(directory.path()), &options).unwrap();
    let (reader, mut sealer) = (ledger.reader(), ledger.sealer());
    let mut history = History::default();
    std::thread::scope(|scope| {
        let readers: Vec<_> = std::iter::repeat_n(reader, 3)
            .map(|reader| {
                scope.spawn(move || {
                    while reader.last_frame() < 300 {
                        let last = reader.last_frame();
                        let frames: Result<Vec<Frame>, _> = reader.frames_from(1).collect();
                        assert!(u64::try_from(frames.unwrap().len()).unwrap() >= last);
                        if last > 0 {
                            assert_eq!(reader.read(last / 2 + 1).unwrap().number, last / 2 + 1);
                        }
                    }
                })
            })
            .collect();
        let sealing = scope.spawn(move || {
            while sealer.seal_next().unwrap() < Some(200) {
                std::thread::yield_now();
            }
        });
        append(&mut ledger, &mut history, 300);
        sealing.join().unwrap();
        for reader in readers {
            reader.join().unwrap();
        }
    });
    assert_eq!(ledger.frames_from(1).flatten().count(), 300);
}

/// Opens with segments so large that one is enough.
fn open<D: Disk>(disk: D) -> Ledger<D> {
    Ledger::open(disk, &LedgerOptions::default()).unwrap()
}

/// Opens with the smallest segments.
fn open_small<D: Disk>(disk: D) -> Ledger<D> {
    Ledger::open(disk, &LedgerOptions { segment_bytes: 0 }).unwrap()
}

/// Appends groups of different sizes; what they were.
#[track_caller]
fn append<D: Disk>(
    ledger: &mut Ledger<D>,
    history: &mut History,
    n: u64,
) -> Vec<Vec<crate::record::BatchOnDisk>> {
    let appended = (0..n).map(|_| {
        let frame = ledger.last_frame() + 1;
        let group = history.group(frame % 4 + 1);
        let Receipt { frame: receipt, bytes } = ledger.append(&group).unwrap();
        assert_eq!(receipt, frame);
        assert!(bytes > 100);
        group
    });
    appended.collect()
}

/// Refuses to cut a file the first two times.
struct Stubborn {
    disk: MemoryDisk,
    cuts: u32,
}

impl crate::journal::disk::Files for Stubborn {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        self.disk.list(dir)
    }
    fn len(&self, file: &str) -> io::Result<u64> {
        self.disk.len(file)
    }
    fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.disk.read_at(file, offset, len)
    }
}

impl Disk for Stubborn {
    fn append(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.append(file, bytes)
    }
    fn truncate(&mut self, file: &str, len: u64) -> io::Result<()> {
        self.cuts += 1;
        if self.cuts > 2 {
            self.disk.truncate(file, len)
        } else {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    fn sync(&mut self, file: &str) -> io::Result<()> {
        self.disk.sync(file)
    }
    fn sync_dir(&mut self, dir: &str) -> io::Result<()> {
        self.disk.sync_dir(dir)
    }
    fn write_new(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.write_new(file, bytes)
    }
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&mut self, file: &str) -> io::Result<()> {
        self.disk.remove(file)
    }
    fn create_dir(&mut self, dir: &str) -> io::Result<()> {
        self.disk.create_dir(dir)
    }
    fn reader(&self) -> std::sync::Arc<dyn crate::journal::disk::Files> {
        self.disk.reader()
    }
    fn another(&self) -> Box<dyn Disk> {
        self.disk.another()
    }
}
