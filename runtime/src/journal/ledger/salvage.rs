//! Salvage: the table of a sealed segment whose own is damaged, made again from its blocks.
//!
//! Every block is a zstd frame of its own and says how long it is, so the blocks are found one after the other without
//! the table; behind a damaged one the next is found by what a zstd frame begins with, and believed only if it holds a
//! ledger's frames. Nothing is written: the segment stays as it is, and whoever reads has more of it.

use zstd::zstd_safe::{find_frame_compressed_size, get_frame_content_size};

use super::sealed::{Block, RAW_BLOCK_BYTES_MAX, SKIPPABLE, Table};
use super::segment::{self, CHUNK_BYTES};
use crate::journal::disk::Files;
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, Hash, Header, NO_FRAME};

/// What a zstd frame begins with.
const ZSTD: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();

/// The table of the sealed segment `first`, as far as its blocks are sound.
///
/// # Errors
/// [`Failure::Damaged`] when none is; otherwise the disk's.
pub(super) fn table(files: &dyn Files, first: u64) -> Result<Table, Failure> {
    let mut walk = Walk::open(files, first)?;
    let mut found: Option<Table> = None;
    while let Some(bytes) = walk.next()? {
        let Some(held) = held(&bytes) else {
            walk.pass(1);
            continue;
        };
        let block = Block {
            first: held.first,
            offset: walk.at,
            bytes: length(bytes.len()),
            raw_bytes: length(held.raw_bytes),
            crc: crc32fast::hash(&bytes),
        };
        let begun = Table {
            first,
            last: first,
            previous: held.previous,
            head: NO_FRAME,
            raw_bytes: 0,
            blocks: Vec::new(),
        };
        let table = found.get_or_insert(begun);
        table.last = held.last;
        table.head = held.head;
        table.raw_bytes += u64::from(block.raw_bytes);
        table.blocks.push(block);
        walk.pass(bytes.len());
    }
    let none = || Failure::damaged(&segment::sealed_name(first), 0, Flaw::Table.to_string());
    found.ok_or_else(none)
}

/// What a block holds.
struct Held {
    first: u64,
    last: u64,
    previous: Hash,
    head: Hash,
    raw_bytes: usize,
}

/// What the zstd frame `bytes` holds, if that is frames of a ledger and nothing else.
fn held(bytes: &[u8]) -> Option<Held> {
    let size = usize::try_from(get_frame_content_size(bytes).ok()??).ok()?;
    if size > RAW_BLOCK_BYTES_MAX {
        return None;
    }
    let raw = zstd::bulk::decompress(bytes, size).ok()?;
    let (mut rest, mut held) = (raw.as_slice(), None::<Held>);
    while !rest.is_empty() {
        let (header, frame) = Header::check(rest).ok()?;
        let begun = Held {
            first: header.number,
            last: header.number,
            previous: header.previous,
            head: NO_FRAME,
            raw_bytes: raw.len(),
        };
        let held = held.get_or_insert(begun);
        held.last = header.number;
        held.head = *blake3::hash(frame).as_bytes();
        rest = rest.get(frame.len()..)?;
    }
    held
}

/// A walk along the zstd frames of a file, one of them in memory at a time.
struct Walk<'a> {
    files: &'a dyn Files,
    file: String,
    len: u64,
    at: u64,
}

impl<'a> Walk<'a> {
    fn open(files: &'a dyn Files, first: u64) -> Result<Walk<'a>, Failure> {
        let file = segment::sealed_name(first);
        let len = files.len(&file).map_err(|error| Failure::io("read", &file, error))?;
        Ok(Walk { files, file, len, at: 0 })
    }

    /// The zstd frame that begins here, or at the next place where one may; none at the end of the blocks.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            let Some(begun) = self.seek()? else { return Ok(None) };
            if begun == SKIPPABLE {
                return Ok(None);
            }
            match self.whole()? {
                Some(bytes) => return Ok(Some(bytes)),
                None => self.pass(1),
            }
        }
    }

    /// Moves to the next place that begins like a frame of zstd, or like the table.
    fn seek(&mut self) -> Result<Option<[u8; 4]>, Failure> {
        loop {
            let window = self.read(CHUNK_BYTES)?;
            let begins = |four: &[u8]| four == ZSTD || four == SKIPPABLE;
            if let Some(ahead) = window.windows(ZSTD.len()).position(begins) {
                self.pass(ahead);
                return Ok(window.get(ahead..).and_then(|rest| rest.first_chunk()).copied());
            }
            if window.len() < CHUNK_BYTES {
                return Ok(None);
            }
            // It may lie across the end of what was read.
            self.pass(window.len().saturating_sub(ZSTD.len() - 1));
        }
    }

    /// The frame that begins here, if the file has all of it.
    fn whole(&self) -> Result<Option<Vec<u8>>, Failure> {
        let mut most = CHUNK_BYTES;
        loop {
            let mut window = self.read(most)?;
            if let Ok(size) = find_frame_compressed_size(&window) {
                window.truncate(size);
                return Ok(Some(window));
            }
            if window.len() < most || most > RAW_BLOCK_BYTES_MAX {
                return Ok(None);
            }
            most = most.saturating_mul(2);
        }
    }

    fn read(&self, most: usize) -> Result<Vec<u8>, Failure> {
        let read = self.files.read_at(&self.file, self.at, most);
        read.map_err(|error| Failure::io("read", &self.file, error))
    }

    fn pass(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX)).min(self.len);
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
