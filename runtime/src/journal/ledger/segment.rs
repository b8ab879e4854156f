//! Segments: the files of the ledger, each named by its first frame.
//!
//! ```text
//! ledger/0000000001.zst       sealed: compressed, with its own table (see `sealed`)
//! ledger/0000004711.seg       head, then frames: being written, or waiting to be sealed
//! ledger/0000004711.seg.new   a file that is not yet what its name says; removed by the next start
//! ```
//! [`Scan`] reads the frames of a `.seg` one after the other, in bounded memory, and finds the next sound one behind
//! a damaged place.

use std::collections::BTreeMap;
use std::io;

use crate::journal::disk::Files;
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, HEADER_BYTES, Hash, Header, Link, MAGIC, take};

/// The directory of the ledger.
pub(super) const DIR: &str = "ledger";

/// How much is read, or written in bulk, at once.
pub(super) const CHUNK_BYTES: usize = 1 << 20;

/// What every segment begins with; the last byte is the version of its form.
const SEGMENT_MAGIC: [u8; 8] = *b"DUBANLG\x01";
/// Magic, first frame, hash before it, CRC.
pub(super) const HEAD_BYTES: usize = 8 + 8 + 32 + 4;
const HEAD_SUMMED: usize = HEAD_BYTES - 4;

/// In which forms a segment is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Raw,
    Sealed,
    /// Sealing was cut off after the sealed form was in place.
    Both,
}

pub(super) fn raw_name(first: u64) -> String {
    format!("{DIR}/{first:010}.seg")
}

pub(super) fn sealed_name(first: u64) -> String {
    format!("{DIR}/{first:010}.zst")
}

/// The name of a file until it is complete.
pub(super) fn unfinished(file: &str) -> String {
    format!("{file}.new")
}

/// Every segment there is, by its first frame, and the unfinished files.
pub(super) fn list(files: &dyn Files) -> Result<(BTreeMap<u64, Form>, Vec<String>), Failure> {
    let names = match files.list(DIR) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        listed => listed.map_err(|error| Failure::io("list", DIR, error))?,
    };
    let mut segments = BTreeMap::new();
    let mut leftovers = Vec::new();
    for name in names {
        let form = match name.split_once('.') {
            Some((first, "seg")) => first.parse().ok().map(|first| (first, Form::Raw)),
            Some((first, "zst")) => first.parse().ok().map(|first| (first, Form::Sealed)),
            Some((_, "seg.new" | "zst.new")) => {
                leftovers.push(format!("{DIR}/{name}"));
                None
            }
            _ => None,
        };
        if let Some((first, form)) = form {
            segments.entry(first).and_modify(|form| *form = Form::Both).or_insert(form);
        }
    }
    Ok((segments, leftovers))
}

/// The head of a segment whose first frame will be at `link`.
pub(super) fn head(link: &Link) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_BYTES);
    bytes.extend_from_slice(&SEGMENT_MAGIC);
    bytes.extend_from_slice(&link.next.to_le_bytes());
    bytes.extend_from_slice(&link.head);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// What the head in `bytes` says about the first frame.
fn read_head(bytes: &[u8]) -> Result<Link, Flaw> {
    let (summed, crc) = bytes.split_at_checked(HEAD_SUMMED).ok_or(Flaw::Short)?;
    let mut rest = summed;
    let magic: [u8; 8] = take(&mut rest)?;
    let next = u64::from_le_bytes(take(&mut rest)?);
    let head: Hash = take(&mut rest)?;
    let sound = magic == SEGMENT_MAGIC && crc == crc32fast::hash(summed).to_le_bytes();
    if sound { Ok(Link { next, head }) } else { Err(Flaw::SegmentHead) }
}

/// What stands at the place of a [`Scan`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A sound frame of so many bytes.
    Frame(Header, usize),
    /// The end of the file.
    End,
    /// Something else.
    Flaw(Flaw),
}

/// Reads a `.seg` from its head to its end.
pub(super) struct Scan<'a> {
    files: &'a dyn Files,
    file: String,
    /// Where in the file the buffer begins.
    base: u64,
    buffer: Vec<u8>,
    /// Where in the buffer the scan stands.
    at: usize,
}

impl<'a> Scan<'a> {
    /// At the first frame of the segment `first`, with what its head says; or at its start when the head is damaged.
    pub(super) fn open(
        files: &'a dyn Files,
        first: u64,
    ) -> Result<(Scan<'a>, Result<Link, Flaw>), Failure> {
        let file = raw_name(first);
        let mut scan = Scan { files, file, base: 0, buffer: Vec::new(), at: 0 };
        scan.fill(HEAD_BYTES)?;
        let link = read_head(scan.buffer.get(..HEAD_BYTES).unwrap_or_default());
        let link = link
            .and_then(|link| if link.next == first { Ok(link) } else { Err(Flaw::SegmentHead) });
        if link.is_ok() {
            scan.at = HEAD_BYTES;
        }
        Ok((scan, link))
    }

    /// Where it stands in the file.
    pub(super) fn offset(&self) -> u64 {
        self.base + u64::try_from(self.at).unwrap_or(u64::MAX)
    }

    /// The file's name.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// What stands here; the scan stays.
    pub(super) fn look(&mut self) -> Result<Found, Failure> {
        let there = self.fill(HEADER_BYTES)?;
        if there == 0 {
            return Ok(Found::End);
        }
        if let Ok(header) = Header::read(self.rest()) {
            self.fill(header.frame_bytes())?;
        }
        Ok(match Header::check(self.rest()) {
            Ok((header, frame)) => {
                let bytes = frame.len();
                Found::Frame(header, bytes)
            }
            Err(flaw) => Found::Flaw(flaw),
        })
    }

    /// The next `bytes` bytes of those looked at.
    pub(super) fn bytes(&self, bytes: usize) -> &[u8] {
        self.rest().get(..bytes).unwrap_or_default()
    }

    /// Moves on by `bytes`.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.buffer.len());
    }

    /// From a damaged place, moves to the next sound frame with `number` or a later one; to the end when there is
    /// none. What a frame with a sound header takes up is passed over, so that nothing inside it counts.
    pub(super) fn find_sound(&mut self, number: u64) -> Result<Found, Failure> {
        let extent = Header::read(self.rest()).map_or(1, |header| header.frame_bytes());
        self.fill(extent)?;
        self.skip(extent);
        loop {
            if self.fill(HEADER_BYTES)? == 0 {
                return Ok(Found::End);
            }
            let magic = self.rest().windows(MAGIC.len()).position(|window| window == MAGIC);
            let Some(ahead) = magic else {
                // The magic may lie across the end of what is buffered.
                let behind = self.rest().len().saturating_sub(MAGIC.len() - 1).max(1);
                self.skip(behind);
                continue;
            };
            self.skip(ahead);
            if let Found::Frame(header, bytes) = self.look()?
                && header.number >= number
            {
                return Ok(Found::Frame(header, bytes));
            }
            self.skip(1);
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Buffers at least `wanted` bytes from here, if the file has them; says how many there are.
    fn fill(&mut self, wanted: usize) -> Result<usize, Failure> {
        let there = self.rest().len();
        if there >= wanted {
            return Ok(there);
        }
        self.buffer.drain(..self.at);
        self.base += u64::try_from(self.at).unwrap_or(u64::MAX);
        self.at = 0;
        let missing = (wanted - there).max(CHUNK_BYTES);
        let from = self.base + u64::try_from(there).unwrap_or(u64::MAX);
        let read = self.files.read_at(&self.file, from, missing);
        let read = read.map_err(|error| Failure::io("read", &self.file, error))?;
        self.buffer.extend_from_slice(&read);
        Ok(self.buffer.len())
    }
}
