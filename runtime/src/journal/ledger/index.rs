//! The index of where every frame lies: one, shared by the ledger that appends, the readers and the sealer.

use std::collections::BTreeMap;
use std::collections::btree_map::OccupiedEntry;
use std::io;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::sealed::{self, Table};
use super::segment::{self, HEAD_BYTES};
use crate::journal::disk::Files;
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, HEADER_BYTES, Header, Link};

/// How often a place is looked up again when its file went away between looking and reading: sealing replaces a file
/// once, so a second look finds the sealed form.
const LOOKS_MAX: usize = 3;

/// The frames of one raw segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawPart {
    /// What the frame before it is; its first frame is `before.next`.
    pub(super) before: Link,
    /// Where each of its frames begins. 4 bytes a frame; raw segments are few.
    pub(super) offsets: Vec<u32>,
    /// Where the last frame ends.
    pub(super) end: u64,
    /// Why the frames behind those are not known, when the file goes on.
    pub(super) flaw: Option<Flaw>,
}

impl RawPart {
    /// A segment with no frames.
    pub(super) fn empty(before: Link) -> RawPart {
        RawPart { before, offsets: Vec::new(), end: bytes(HEAD_BYTES), flaw: None }
    }

    /// A frame of `len` bytes follows.
    pub(super) fn push(&mut self, len: usize) {
        // A segment is cut far below 4 GiB; see `LedgerOptions`.
        self.offsets.push(u32::try_from(self.end).unwrap_or(u32::MAX));
        self.end += bytes(len);
    }

    fn next(&self) -> u64 {
        self.before.next + bytes(self.offsets.len())
    }
}

/// One segment.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Raw(RawPart),
    Sealed(Arc<Table>),
}

impl Part {
    /// The number that follows its last frame.
    fn next(&self) -> u64 {
        match self {
            Part::Raw(part) => part.next(),
            Part::Sealed(table) => table.last + 1,
        }
    }
}

/// Everything known about the frames that can be read.
#[derive(Debug)]
struct Map {
    /// By first frame.
    parts: BTreeMap<u64, Part>,
    /// Behind the last of them.
    end: Link,
    /// Behind the last that is safe on the disk. Only frames that are kept elsewhere, too, are read before.
    safe: Link,
}

/// The index. Reading takes a lock for a look-up only, never for I/O.
#[derive(Debug)]
pub(super) struct Index {
    map: RwLock<Map>,
}

/// Where a frame lies.
enum Place {
    /// From `offset`, whole frames in `len` bytes.
    Raw {
        segment: u64,
        offset: u64,
        len: usize,
    },
    Sealed {
        segment: u64,
        table: Arc<Table>,
    },
}

/// Whole frames in a row.
pub(super) struct Run {
    pub(super) file: String,
    /// Where in it they begin; for a sealed segment, where their block begins.
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
    /// Where in `bytes` the frame asked for begins.
    pub(super) at: usize,
}

impl Run {
    /// What stands at the place reached is not what belongs there.
    pub(super) fn damaged(&self, flaw: &Flaw) -> Failure {
        Failure::damaged(&self.file, self.offset + bytes(self.at), flaw.to_string())
    }
}

impl Index {
    /// Of `parts`, which end before `end`.
    pub(super) fn new(parts: BTreeMap<u64, Part>, end: Link) -> Index {
        Index { map: RwLock::new(Map { parts, end, safe: end }) }
    }

    /// Behind the last frame that can be read.
    pub(super) fn end(&self) -> Link {
        self.read().end
    }

    /// Behind the last frame that is safe on the disk.
    pub(super) fn safe(&self) -> Link {
        self.read().safe
    }

    /// Everything before `safe` is safe on the disk.
    pub(super) fn secure(&self, safe: Link) {
        self.write().safe = safe;
    }

    /// The first frame there is, or the first there will be.
    pub(super) fn first(&self) -> u64 {
        let map = self.read();
        map.parts.keys().next().copied().unwrap_or(map.end.next)
    }

    /// Frames of `lens` bytes were added to the last segment; `end` is behind them.
    pub(super) fn publish(&self, lens: &[usize], end: Link) {
        let mut map = self.write();
        if let Some(Part::Raw(part)) = map.parts.last_entry().map(OccupiedEntry::into_mut) {
            for len in lens {
                part.push(*len);
            }
        }
        map.end = end;
    }

    /// A new, empty segment follows.
    pub(super) fn begin(&self, before: Link) {
        self.write().parts.insert(before.next, Part::Raw(RawPart::empty(before)));
    }

    /// The segment is read from its sealed form from now on.
    pub(super) fn sealed(&self, table: Table) {
        self.write().parts.insert(table.first, Part::Sealed(Arc::new(table)));
    }

    /// The raw segments that are complete, oldest first.
    pub(super) fn unsealed(&self) -> Vec<u64> {
        let map = self.read();
        let raw = map.parts.iter().filter(|(_, part)| matches!(part, Part::Raw(_)));
        let last = map.parts.keys().next_back().copied();
        raw.map(|(first, _)| *first).filter(|first| Some(*first) != last).collect()
    }

    /// How many bytes the frames from `frame` on take, uncompressed; a sealed segment counts whole.
    pub(super) fn bytes_from(&self, frame: u64) -> u64 {
        let map = self.read();
        let counted =
            map.parts.values().filter(|part| part.next() > frame).map(|part| match part {
                Part::Sealed(table) => table.raw_bytes,
                Part::Raw(part) => {
                    let skipped = usize::try_from(frame.saturating_sub(part.before.next));
                    let start = part.offsets.get(skipped.unwrap_or(usize::MAX)).copied();
                    part.end.saturating_sub(start.map_or(part.end, u64::from))
                }
            });
        counted.sum()
    }

    /// A run of frames that begins with `frame` or holds it, about `most` bytes and at least one frame.
    pub(super) fn run(&self, files: &dyn Files, frame: u64, most: u64) -> Result<Run, Failure> {
        let mut looks = 0;
        loop {
            looks += 1;
            match self.read_place(files, frame, most) {
                Err(Failure::Io { source, .. })
                    if source.kind() == io::ErrorKind::NotFound && looks < LOOKS_MAX =>
                {
                    self.look_again(files, frame)?;
                }
                read => return read,
            }
        }
    }

    fn read_place(&self, files: &dyn Files, frame: u64, most: u64) -> Result<Run, Failure> {
        match self.place(frame, most)? {
            Place::Raw { segment, offset, len } => {
                let file = segment::raw_name(segment);
                let read = files.read_at(&file, offset, len);
                let bytes = read.map_err(|error| Failure::io("read", &file, error))?;
                Ok(Run { file, offset, bytes, at: 0 })
            }
            Place::Sealed { segment, table } => {
                let file = segment::sealed_name(segment);
                let damaged =
                    |offset, flaw: Flaw| Failure::damaged(&file, offset, flaw.to_string());
                let block = table.block(frame).ok_or_else(|| damaged(0, Flaw::Block))?;
                let bytes = sealed::read_block(files, segment, block)?;
                let at = find(&bytes, frame).map_err(|flaw| damaged(block.offset, flaw))?;
                let offset = block.offset;
                Ok(Run { file, offset, bytes, at })
            }
        }
    }

    /// The file of `frame` is gone: another process, or another thread, has sealed it.
    fn look_again(&self, files: &dyn Files, frame: u64) -> Result<(), Failure> {
        let segment = self.read().parts.range(..=frame).next_back().map(|(first, _)| *first);
        if let Some(segment) = segment {
            self.sealed(Table::read(files, segment)?);
        }
        Ok(())
    }

    fn place(&self, frame: u64, most: u64) -> Result<Place, Failure> {
        let map = self.read();
        let last = map.end.next.saturating_sub(1);
        let first = map.parts.keys().next().copied().unwrap_or(map.end.next);
        if frame < first || frame > last {
            return Err(Failure::NoFrame { frame, first, last });
        }
        let part = map.parts.range(..=frame).next_back();
        let (segment, part) = part.ok_or(Failure::NoFrame { frame, first, last })?;
        match part {
            Part::Sealed(table) => Ok(Place::Sealed { segment: *segment, table: table.clone() }),
            Part::Raw(part) => raw_place(*segment, part, frame, most),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Map> {
        self.map.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Map> {
        self.map.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn raw_place(segment: u64, part: &RawPart, frame: u64, most: u64) -> Result<Place, Failure> {
    let skipped = usize::try_from(frame.saturating_sub(segment)).unwrap_or(usize::MAX);
    let Some((offset, behind)) =
        part.offsets.get(skipped..).and_then(|offsets| offsets.split_first())
    else {
        let flaw = part.flaw.as_ref().unwrap_or(&Flaw::NoSegment);
        return Err(Failure::damaged(&segment::raw_name(segment), part.end, flaw.to_string()));
    };
    let offset = u64::from(*offset);
    let whole = behind.partition_point(|next| u64::from(*next) - offset <= most).max(1);
    let end = behind.get(whole - 1).copied().map_or(part.end, u64::from);
    let end = if whole == behind.len() && part.end - offset <= most { part.end } else { end };
    Ok(Place::Raw { segment, offset, len: usize::try_from(end - offset).unwrap_or(usize::MAX) })
}

/// Where in `bytes`, whole frames in a row, `frame` begins.
fn find(bytes: &[u8], frame: u64) -> Result<usize, Flaw> {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= HEADER_BYTES) {
        let header = Header::read(rest)?;
        if header.number == frame {
            return Ok(at);
        }
        at += header.frame_bytes();
    }
    Err(Flaw::Short)
}

fn bytes(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
