//! Reading the ledger, from any thread, while it is being written.

use std::sync::Arc;

use super::index::{Index, Run};
use super::open;
use super::segment::CHUNK_BYTES;
use crate::journal::disk::Files;
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, Frame, Hash, Header, Link};

/// Reads frames that are safe: on this disk, or where a cluster keeps them. Opens files itself. Clones share one index.
#[derive(Clone)]
pub struct LedgerReader {
    files: Arc<dyn Files>,
    index: Arc<Index>,
    /// What ended the ledger when it was looked over, if it goes on behind damage.
    beyond: Option<Failure>,
}

impl LedgerReader {
    pub(super) fn new(files: Arc<dyn Files>, index: Arc<Index>) -> LedgerReader {
        LedgerReader { files, index, beyond: None }
    }

    /// The ledger in `files`, which nobody or another process writes: what is there now, up to the first frame of
    /// its last segment that is not whole. Writes nothing. Damage elsewhere is met only where it is read.
    ///
    /// # Errors
    /// A file that cannot be read, and a sealed segment whose table of blocks is damaged.
    pub fn over(files: Arc<dyn Files>) -> Result<LedgerReader, Failure> {
        let (index, beyond) = open::survey(files.as_ref())?;
        Ok(LedgerReader { files, index: Arc::new(index), beyond })
    }

    /// The number of the last safe frame; 0 when there is none.
    pub fn last_frame(&self) -> u64 {
        self.index.end().next.saturating_sub(1)
    }

    /// The number of the first frame there is; 1 unless older segments were taken away.
    pub fn first_frame(&self) -> u64 {
        self.index.first()
    }

    /// The hash and the number of the last safe frame.
    pub fn head(&self) -> (Hash, u64) {
        let end = self.index.end();
        (end.head, end.next.saturating_sub(1))
    }

    /// The hash and the number of the last frame that survives a loss of power of this machine.
    pub fn safe_head(&self) -> (Hash, u64) {
        let safe = self.index.safe();
        (safe.head, safe.next.saturating_sub(1))
    }

    /// About how many bytes the frames from `frame` on take, uncompressed.
    pub fn bytes_from(&self, frame: u64) -> u64 {
        self.index.bytes_from(frame)
    }

    /// One frame.
    ///
    /// # Errors
    /// [`Failure::NoFrame`], [`Failure::Damaged`], or a file that cannot be read.
    pub fn read(&self, frame: u64) -> Result<Frame, Failure> {
        let run = self.index.run(self.files.as_ref(), frame, 0)?;
        let (header, bytes) = check(&run, frame)?;
        Frame::decode(&header, bytes).map_err(|flaw| run.damaged(&flaw))
    }

    /// The frames from `frame` up to the last that is safe now, in bounded memory; their chain is checked on the way.
    /// Ends after the first error.
    pub fn frames_from(&self, frame: u64) -> Frames {
        Frames { walk: self.walk(frame) }
    }

    /// The damage behind the last frame, if sound frames are known to lie behind it. [`LedgerReader::frames_from`]
    /// ends before it in silence, so whoever wants everything asks.
    pub fn beyond(&self) -> Option<&Failure> {
        self.beyond.as_ref()
    }

    /// The bodies of the frames from `frame` on, as they stand on disk; see [`LedgerReader::frames_from`].
    pub fn bodies_from(&self, frame: u64) -> Bodies {
        Bodies { walk: self.walk(frame) }
    }

    /// As [`LedgerReader::frames_from`], but the bytes as they stand on disk.
    pub(super) fn walk(&self, frame: u64) -> Walk {
        let reader = self.clone();
        Walk { reader, next: frame, last: self.last_frame(), link: None, run: None }
    }
}

/// Frames in a row: see [`LedgerReader::frames_from`].
pub struct Frames {
    walk: Walk,
}

impl Iterator for Frames {
    type Item = Result<Frame, Failure>;

    fn next(&mut self) -> Option<Result<Frame, Failure>> {
        self.walk.item(|run, header, bytes| {
            Frame::decode(header, bytes).map_err(|flaw| run.damaged(&flaw))
        })
    }
}

/// Bodies in a row: see [`LedgerReader::bodies_from`].
pub struct Bodies {
    walk: Walk,
}

impl Iterator for Bodies {
    type Item = Result<(u64, Vec<u8>), Failure>;

    fn next(&mut self) -> Option<Result<(u64, Vec<u8>), Failure>> {
        self.walk.item(|run, header, bytes| match Frame::body(header, bytes) {
            Ok(body) => Ok((header.number, body.to_vec())),
            Err(flaw) => Err(run.damaged(&flaw)),
        })
    }
}

/// A walk along the frames.
pub(super) struct Walk {
    reader: LedgerReader,
    next: u64,
    last: u64,
    /// What the next frame must be; none before the first, whose predecessor was not read.
    link: Option<Link>,
    run: Option<Run>,
}

impl Walk {
    /// As [`Walk::step`], for an iterator: nothing follows an error.
    fn item<T>(
        &mut self,
        take: impl FnOnce(&Run, &Header, &[u8]) -> Result<T, Failure>,
    ) -> Option<Result<T, Failure>> {
        let item = self.step(take);
        if item.is_err() {
            self.end();
        }
        item.transpose()
    }

    /// Hands the next frame to `take`, with the run it stands in; none at the end.
    pub(super) fn step<T>(
        &mut self,
        take: impl FnOnce(&Run, &Header, &[u8]) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        if self.next > self.last {
            return Ok(None);
        }
        let mut run = match self.run.take().filter(|run| run.at < run.bytes.len()) {
            Some(run) => run,
            None => self.reader.index.run(self.reader.files.as_ref(), self.next, CHUNK)?,
        };
        let (header, bytes) = check(&run, self.next)?;
        let mut link = self.link.unwrap_or(Link { next: self.next, head: header.previous });
        link.pass(&header, bytes).map_err(|flaw| run.damaged(&flaw))?;
        let taken = take(&run, &header, bytes)?;
        run.at += bytes.len();
        self.link = Some(link);
        self.next += 1;
        self.run = Some(run);
        Ok(Some(taken))
    }

    /// Nothing behind `frame` is read.
    pub(super) fn stop_after(&mut self, frame: u64) {
        self.last = self.last.min(frame);
    }

    /// Nothing follows.
    fn end(&mut self) {
        self.next = u64::MAX;
        self.last = 0;
    }
}

const CHUNK: u64 = CHUNK_BYTES as u64;

fn check(run: &Run, frame: u64) -> Result<(Header, &[u8]), Failure> {
    let checked = Header::check(run.bytes.get(run.at..).unwrap_or_default());
    let (header, bytes) = checked.map_err(|flaw| run.damaged(&flaw))?;
    if header.number == frame {
        Ok((header, bytes))
    } else {
        let flaw = Flaw::Number { expected: frame, found: header.number };
        Err(run.damaged(&flaw))
    }
}
