//! The ledger: every commit ever made, in order, each frame naming the one before it by its hash.
//!
//! It is history, backup, audit trail and rebuild source at once. [`Ledger::append`] answers only when the frame
//! survives a loss of power: one encoding into a buffer that is used again, one write, one `fdatasync`. A write that
//! fails leaves nothing of its frame; a sync that fails is fatal, because nobody then knows what is on the disk.
//!
//! Not here: what batches mean (only [`verify`] and restoring to an instant look inside), threads, and the store.

use std::sync::Arc;

pub use self::copy::{Copied, Copying, Until, copy_until, hash_of};
pub use self::reader::{Bodies, Frames, LedgerReader};
pub use self::report::{Anchor, Problem, Report, What};
pub use self::sealer::Sealer;
pub use self::verify::{verify, verify_against};

use self::index::Index;
use super::disk::{Disk, Files};
use super::failure::Failure;
use super::frame::{Encoder, Frame, Hash, Link};
use super::witness::Head;
use crate::record::BatchOnDisk;

mod audit;
mod copy;
mod index;
mod open;
mod reader;
mod report;
mod salvage;
mod sealed;
mod sealer;
mod segment;
mod verify;

#[cfg(test)]
mod tests;

/// Whether there is a ledger in `files`, be it without a frame.
pub fn is_there(files: &dyn Files) -> Result<bool, Failure> {
    Ok(!segment::list(files)?.0.is_empty())
}

/// The last segment in `files` if it is one that is being written.
pub(super) fn last_raw(files: &dyn Files) -> Result<Option<String>, Failure> {
    let last = segment::list(files)?.0.pop_last();
    Ok(last
        .filter(|(_, form)| *form == segment::Form::Raw)
        .map(|(first, _)| segment::raw_name(first)))
}

/// Begins a segment behind `end`, where the one that was being written is missing: nobody else may.
pub(super) fn go_on(disk: &mut dyn Disk, end: Head) -> Result<(), Failure> {
    if last_raw(disk)?.is_none() {
        disk.create_dir(segment::DIR)
            .map_err(|error| Failure::io("create", segment::DIR, error))?;
        open::create(disk, Link { next: end.frame + 1, head: end.hash })?;
    }
    Ok(())
}

/// How a ledger is kept.
#[derive(Clone, Debug)]
pub struct LedgerOptions {
    /// A segment that reaches this size is closed and may be compressed. Between 4 KiB and 1 GiB.
    pub segment_bytes: u64,
}

impl Default for LedgerOptions {
    fn default() -> LedgerOptions {
        LedgerOptions { segment_bytes: 64 << 20 }
    }
}

/// Offsets in a segment are kept in 32 bits; a segment may exceed its size by one frame.
const SEGMENT_BYTES: std::ops::RangeInclusive<u64> = (4 << 10)..=(1 << 30);

/// A frame that survives a loss of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub frame: u64,
    /// Its size on disk.
    pub bytes: u64,
}

/// The ledger, to append to. One at a time per directory.
pub struct Ledger<D: Disk> {
    disk: D,
    segment_bytes: u64,
    index: Arc<Index>,
    encoder: Encoder,
    /// Behind the last frame written; ahead of the index until it is shown.
    link: Link,
    tail: Tail,
    /// The sizes of frames that are written and not yet shown to readers.
    unseen: Vec<usize>,
    standing: LastSegment,
    torn_bytes: u64,
}

/// The segment that is appended to.
struct Tail {
    file: String,
    /// Up to the end of the last whole frame.
    bytes: u64,
    frames: u64,
    filling: Filling,
}

/// Whether the last segment takes frames.
#[derive(PartialEq, Eq)]
enum Filling {
    Open,
    /// The next segment's creation was begun. Even if it failed, its file may come back after a loss of power, so
    /// the frame that it is named after must not be written here.
    Closed,
}

/// What the ledger can promise about its last segment.
enum LastSegment {
    /// It ends where the tail says.
    Sound,
    /// Part of a refused frame may stand behind that end, and must be cut off before anything else is written.
    Ragged,
    /// A sync failed: nothing is appended any more.
    Lost,
}

impl<D: Disk> Ledger<D> {
    /// The ledger on `disk`, created if there is none. The torn end of an unanswered write is dropped.
    ///
    /// # Errors
    /// [`Failure::Damaged`] when sound frames follow something that is none; otherwise the disk's.
    pub fn open(mut disk: D, options: &LedgerOptions) -> Result<Ledger<D>, Failure> {
        let opened = open::open(&mut disk)?;
        let link = opened.index.end();
        let frames = link.next - opened.tail;
        let tail = Tail {
            file: segment::raw_name(opened.tail),
            bytes: opened.tail_bytes,
            frames,
            filling: Filling::Open,
        };
        Ok(Ledger {
            disk,
            segment_bytes: options
                .segment_bytes
                .clamp(*SEGMENT_BYTES.start(), *SEGMENT_BYTES.end()),
            index: Arc::new(opened.index),
            encoder: Encoder::default(),
            link,
            tail,
            unseen: Vec::new(),
            standing: LastSegment::Sound,
            torn_bytes: opened.torn_bytes,
        })
    }

    /// Appends `group` as one frame and makes it safe.
    ///
    /// # Errors
    /// After [`Failure::Unsynced`] the process must end. After any other nothing of the frame is there, and the same
    /// group may be appended again.
    pub fn append(&mut self, group: &[BatchOnDisk]) -> Result<Receipt, Failure> {
        let receipt = self.put(|encoder, link| encoder.encode(link, group))?;
        self.sync()?;
        Ok(receipt)
    }

    /// Appends a frame with this body, which somebody else keeps safe: readers see it at once, and it survives a loss of
    /// power only after [`Ledger::sync`].
    ///
    /// # Errors
    /// As [`Ledger::append`].
    pub fn append_kept(&mut self, body: &[u8]) -> Result<Receipt, Failure> {
        let receipt = self.put(|encoder, link| encoder.around(link, body))?;
        self.show();
        Ok(receipt)
    }

    fn put(
        &mut self,
        make: impl for<'e> FnOnce(&'e mut Encoder, &Link) -> Result<&'e [u8], Failure>,
    ) -> Result<Receipt, Failure> {
        self.settle()?;
        let mut encoder = std::mem::take(&mut self.encoder);
        let frame = self.link.next;
        let written = make(&mut encoder, &self.link).and_then(|bytes| {
            self.write(bytes)?;
            Ok(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
        });
        self.encoder = encoder;
        Ok(Receipt { frame, bytes: written? })
    }

    /// The number of the last frame; 0 when there is none.
    pub fn last_frame(&self) -> u64 {
        self.index.end().next.saturating_sub(1)
    }

    /// The number of the first frame there is; 1 unless older segments were taken away.
    pub fn first_frame(&self) -> u64 {
        self.index.first()
    }

    /// The hash of the last frame: whoever knows it can prove that nothing before it was altered.
    pub fn head(&self) -> Hash {
        self.index.end().head
    }

    /// How many bytes of an unanswered write the opening dropped.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// One frame; see [`LedgerReader::read`].
    pub fn read(&self, frame: u64) -> Result<Frame, Failure> {
        self.reader().read(frame)
    }

    /// Frames in a row; see [`LedgerReader::frames_from`].
    pub fn frames_from(&self, frame: u64) -> Frames {
        self.reader().frames_from(frame)
    }

    /// Reads beside the ledger, from any thread.
    pub fn reader(&self) -> LedgerReader {
        LedgerReader::new(self.disk.reader(), self.index.clone())
    }

    /// Compresses closed segments beside the ledger, from another thread.
    pub fn sealer(&self) -> Sealer {
        Sealer::new(self.disk.another(), self.index.clone())
    }

    /// Writes a whole frame at [`Ledger::link`]; it is not safe before [`Ledger::sync`].
    fn write(&mut self, frame: &[u8]) -> Result<(), Failure> {
        let bytes = u64::try_from(frame.len()).unwrap_or(u64::MAX);
        let full = self.tail.bytes.saturating_add(bytes) > self.segment_bytes;
        if self.tail.filling == Filling::Closed || (full && self.tail.frames > 0) {
            self.sync()?;
            self.rotate()?;
        }
        if let Err(error) = self.disk.append(&self.tail.file, frame) {
            self.standing = LastSegment::Ragged;
            let failure = Failure::io("append to", &self.tail.file, error);
            if let Err(uncut) = self.settle() {
                if uncut.is_fatal() {
                    return Err(uncut);
                }
                // It is tried again before the next write.
                tracing::warn!(%uncut, "part of a refused frame stays for now");
            }
            return Err(failure);
        }
        self.tail.bytes += bytes;
        self.tail.frames += 1;
        self.unseen.push(frame.len());
        let head = *blake3::hash(frame).as_bytes();
        self.link = Link { next: self.link.next + 1, head };
        Ok(())
    }

    /// Makes everything written safe, and shows it to readers.
    ///
    /// # Errors
    /// [`Failure::Unsynced`]: the process must end.
    pub fn sync(&mut self) -> Result<(), Failure> {
        if self.index.safe() == self.link {
            return Ok(());
        }
        if let Err(error) = self.disk.sync(&self.tail.file) {
            self.standing = LastSegment::Lost;
            return Err(Failure::unsynced(&self.tail.file, error));
        }
        self.show();
        self.index.secure(self.link);
        Ok(())
    }

    /// Shows everything written to readers.
    fn show(&mut self) {
        self.index.publish(&self.unseen, self.link);
        self.unseen.clear();
    }

    /// Cuts off what a refused frame left.
    fn settle(&mut self) -> Result<(), Failure> {
        match self.standing {
            LastSegment::Sound => Ok(()),
            LastSegment::Lost => Err(Failure::Stopped),
            LastSegment::Ragged => {
                let cut = self.disk.truncate(&self.tail.file, self.tail.bytes);
                cut.map_err(|error| Failure::io("cut", &self.tail.file, error))?;
                // Were the cut lost and a further segment begun, the rest would look like damage in the middle.
                if let Err(error) = self.disk.sync(&self.tail.file) {
                    self.standing = LastSegment::Lost;
                    return Err(Failure::unsynced(&self.tail.file, error));
                }
                self.standing = LastSegment::Sound;
                Ok(())
            }
        }
    }

    /// Begins the next segment. The one before it is safe already.
    fn rotate(&mut self) -> Result<(), Failure> {
        self.tail.filling = Filling::Closed;
        let bytes = open::create(&mut self.disk, self.link).inspect_err(|failure| {
            if failure.is_fatal() {
                self.standing = LastSegment::Lost;
            }
        })?;
        self.index.begin(self.link);
        let file = segment::raw_name(self.link.next);
        self.tail = Tail { file, bytes, frames: 0, filling: Filling::Open };
        Ok(())
    }
}
