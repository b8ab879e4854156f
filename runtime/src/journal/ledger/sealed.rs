//! Sealed segments: complete, compressed in blocks, and never written again.
//!
//! ```text
//! zstd frame (block 0) │ zstd frame (block 1) │ … │ skippable frame: table, its length, its CRC, magic
//! ```
//! A block holds whole ledger frames, so that one frame is read by decompressing one block. `zstd -dc` on the file
//! gives the ledger's frames one after the other, with no program of ours.

use serde::{Deserialize, Serialize};

use super::segment::{self, CHUNK_BYTES, Found, Scan};
use crate::journal::disk::{Disk, Files, remove_if_there};
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, Hash, Link, take};

/// A block ends with the frame that makes it at least this large: few enough bytes to read one frame, enough to
/// compress well.
const BLOCK_BYTES: usize = 256 << 10;
/// Compresses about five times faster than a disk is filled.
const LEVEL: i32 = 3;
/// A block is one frame of at most this size more than [`BLOCK_BYTES`].
pub(super) const RAW_BLOCK_BYTES_MAX: usize =
    BLOCK_BYTES + crate::journal::frame::BODY_BYTES_MAX + 1024;

/// A skippable frame of zstd: every reader passes over it.
pub(super) const SKIPPABLE: [u8; 4] = 0x184D_2A5D_u32.to_le_bytes();
const TABLE_MAGIC: [u8; 8] = *b"DUBANTB\x01";
/// Length of the table, CRC of the table, magic.
const TRAILER_BYTES: usize = 4 + 4 + 8;

/// What a sealed segment holds and where. About 7 KB for 64 MiB of frames, kept in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    /// The first frame.
    pub(super) first: u64,
    /// The last frame.
    pub(super) last: u64,
    /// The hash of the frame before the first.
    pub(super) previous: Hash,
    /// The hash of the last.
    pub(super) head: Hash,
    /// Of all frames.
    pub(super) raw_bytes: u64,
    pub(super) blocks: Vec<Block>,
}

/// Where a run of frames lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Block {
    /// Its first frame.
    pub(super) first: u64,
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// Its size in the file.
    pub(super) bytes: u32,
    /// Its size as frames.
    pub(super) raw_bytes: u32,
    /// The CRC of what is in the file.
    pub(super) crc: u32,
}

impl Table {
    /// The table of the sealed segment `first`.
    pub(super) fn read(files: &dyn Files, first: u64) -> Result<Table, Failure> {
        let file = segment::sealed_name(first);
        let failed = |error| Failure::io("read", &file, error);
        let len = files.len(&file).map_err(failed)?;
        let damaged = || Failure::damaged(&file, len, Flaw::Table.to_string());
        let trailer_bytes = u64::try_from(TRAILER_BYTES).unwrap_or(u64::MAX);
        let trailer_at = len.checked_sub(trailer_bytes).ok_or_else(damaged)?;
        let trailer = files.read_at(&file, trailer_at, TRAILER_BYTES).map_err(failed)?;
        let (table_bytes, crc) = read_trailer(&trailer).map_err(|_| damaged())?;
        let table_at = trailer_at.checked_sub(u64::from(table_bytes)).ok_or_else(damaged)?;
        let wanted = usize::try_from(table_bytes).map_err(|_| damaged())?;
        let bytes = files.read_at(&file, table_at, wanted).map_err(failed)?;
        if bytes.len() != wanted || crc32fast::hash(&bytes) != crc {
            return Err(damaged());
        }
        let table: Table = postcard::from_bytes(&bytes).map_err(|_| damaged())?;
        if table.first == first { Ok(table) } else { Err(damaged()) }
    }

    /// The block that holds `frame`.
    pub(super) fn block(&self, frame: u64) -> Option<&Block> {
        let behind = self.blocks.partition_point(|block| block.first <= frame);
        self.blocks.get(behind.checked_sub(1)?)
    }

    /// Where the blocks end and the table begins.
    pub(super) fn end(&self) -> u64 {
        self.blocks.last().map_or(0, |block| block.offset + u64::from(block.bytes))
    }

    fn encode(&self) -> Result<Vec<u8>, Failure> {
        let table = postcard::to_stdvec(self).map_err(|source| Failure::Encode { source })?;
        let mut bytes = SKIPPABLE.to_vec();
        bytes.extend_from_slice(&length(table.len() + TRAILER_BYTES)?.to_le_bytes());
        bytes.extend_from_slice(&table);
        bytes.extend_from_slice(&length(table.len())?.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&table).to_le_bytes());
        bytes.extend_from_slice(&TABLE_MAGIC);
        Ok(bytes)
    }
}

fn read_trailer(mut trailer: &[u8]) -> Result<(u32, u32), Flaw> {
    let bytes = u32::from_le_bytes(take(&mut trailer)?);
    let crc = u32::from_le_bytes(take(&mut trailer)?);
    if take(&mut trailer)? == TABLE_MAGIC { Ok((bytes, crc)) } else { Err(Flaw::Table) }
}

fn length(bytes: usize) -> Result<u32, Failure> {
    u32::try_from(bytes).map_err(|_| Failure::TooLarge { bytes, most: RAW_BLOCK_BYTES_MAX })
}

/// The frames in `block` of the sealed segment `first`.
pub(super) fn read_block(files: &dyn Files, first: u64, block: &Block) -> Result<Vec<u8>, Failure> {
    let file = segment::sealed_name(first);
    let wanted = usize::try_from(block.bytes).unwrap_or(usize::MAX);
    let bytes = files
        .read_at(&file, block.offset, wanted)
        .map_err(|error| Failure::io("read", &file, error))?;
    let damaged = || Failure::damaged(&file, block.offset, Flaw::Block.to_string());
    if bytes.len() != wanted || crc32fast::hash(&bytes) != block.crc {
        return Err(damaged());
    }
    let raw_bytes = usize::try_from(block.raw_bytes).unwrap_or(usize::MAX);
    if raw_bytes > RAW_BLOCK_BYTES_MAX {
        return Err(damaged());
    }
    let raw = zstd::bulk::decompress(&bytes, raw_bytes).map_err(|_| damaged())?;
    if raw.len() == raw_bytes { Ok(raw) } else { Err(damaged()) }
}

/// Compresses the raw segment `first`, whose frames it checks on the way. The sealed form has its name only when it is
/// complete and safe; the raw one stays.
pub(super) fn write(disk: &mut dyn Disk, first: u64) -> Result<Table, Failure> {
    let file = segment::sealed_name(first);
    let unfinished = segment::unfinished(&file);
    remove_if_there(disk, &unfinished)
        .map_err(|error| Failure::io("remove", &unfinished, error))?;
    let files = disk.reader();
    let table = Compression::start(files.as_ref(), disk, first, &unfinished)?.run()?;
    disk.sync(&unfinished).map_err(|error| Failure::unsynced(&unfinished, error))?;
    disk.rename(&unfinished, &file).map_err(|error| Failure::io("rename", &unfinished, error))?;
    disk.sync_dir(segment::DIR).map_err(|error| Failure::unsynced(segment::DIR, error))?;
    Ok(table)
}

/// One segment on its way from raw to sealed.
struct Compression<'a> {
    scan: Scan<'a>,
    disk: &'a mut dyn Disk,
    to: &'a str,
    link: Link,
    table: Table,
    /// Where the next block begins in the file.
    offset: u64,
    /// Frames of the block that is being filled, and the first of them.
    raw: Vec<u8>,
    raw_first: u64,
    /// What is compressed and not yet written.
    out: Vec<u8>,
}

impl<'a> Compression<'a> {
    fn start(
        files: &'a dyn Files,
        disk: &'a mut dyn Disk,
        first: u64,
        to: &'a str,
    ) -> Result<Compression<'a>, Failure> {
        let (scan, link) = Scan::open(files, first)?;
        let link = link.map_err(|flaw| Failure::damaged(scan.file(), 0, flaw.to_string()))?;
        disk.write_new(to, &[]).map_err(|error| Failure::io("create", to, error))?;
        let previous = link.head;
        let table = Table {
            first,
            last: first,
            previous,
            head: previous,
            raw_bytes: 0,
            blocks: Vec::new(),
        };
        let (raw, out) = (Vec::new(), Vec::new());
        Ok(Compression { scan, disk, to, link, table, offset: 0, raw, raw_first: first, out })
    }

    fn run(mut self) -> Result<Table, Failure> {
        let damaged = |scan: &Scan<'_>, flaw: Flaw| {
            Failure::damaged(scan.file(), scan.offset(), flaw.to_string())
        };
        loop {
            match self.scan.look()? {
                Found::Frame(header, bytes) => {
                    let frame = self.scan.bytes(bytes);
                    self.link.pass(&header, frame).map_err(|flaw| damaged(&self.scan, flaw))?;
                    self.raw.extend_from_slice(frame);
                    self.scan.skip(bytes);
                    if self.raw.len() >= BLOCK_BYTES {
                        self.end_block()?;
                    }
                }
                Found::End => break,
                Found::Flaw(flaw) => return Err(damaged(&self.scan, flaw)),
            }
        }
        self.end_block()?;
        self.table.last = self.link.next.saturating_sub(1);
        self.table.head = self.link.head;
        self.out.extend_from_slice(&self.table.encode()?);
        self.flush()?;
        Ok(self.table)
    }

    fn end_block(&mut self) -> Result<(), Failure> {
        if self.raw.is_empty() {
            return Ok(());
        }
        let compressed = zstd::bulk::compress(&self.raw, LEVEL)
            .map_err(|error| Failure::io("compress", self.to, error))?;
        let block = Block {
            first: self.raw_first,
            offset: self.offset,
            bytes: length(compressed.len())?,
            raw_bytes: length(self.raw.len())?,
            crc: crc32fast::hash(&compressed),
        };
        self.offset += u64::from(block.bytes);
        self.table.raw_bytes += u64::from(block.raw_bytes);
        self.table.blocks.push(block);
        self.raw.clear();
        self.raw_first = self.link.next;
        self.out.extend_from_slice(&compressed);
        if self.out.len() >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.disk
            .append(self.to, &self.out)
            .map_err(|error| Failure::io("append to", self.to, error))?;
        self.out.clear();
        Ok(())
    }
}
