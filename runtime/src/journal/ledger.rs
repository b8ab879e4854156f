//! The ledger (signatures).
use std::sync::Arc;
use super::disk::Disk;
use super::failure::Failure;
use super::frame::Frame;
use crate::record::BatchOnDisk;

/// Sizes.
#[derive(Clone, Debug)]
pub struct LedgerOptions {
    /// A segment is closed once it holds this many bytes.
    pub segment_bytes: u64,
}
/// What an append gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The number of the frame.
    pub frame: u64,
    /// Its size on disk.
    pub bytes: u64,
}
/// The ledger.
pub struct Ledger<D: Disk> { disk: D }
/// A reader for other threads.
#[derive(Clone)]
pub struct LedgerReader { x: Arc<()> }
/// Iterates frames.
pub struct Frames { x: Arc<()> }
impl Iterator for Frames { type Item = Result<Frame, Failure>; fn next(&mut self) -> Option<Self::Item> { todo!() } }
/// Seals segments off the append path.
pub struct Sealer { x: Arc<()> }
impl Sealer {
    /// Seals the oldest segment that waits; none when nothing waits.
    pub fn seal_next(&mut self) -> Result<Option<u64>, Failure> { todo!() }
}
impl<D: Disk> Ledger<D> {
    /// Opens.
    pub fn open(disk: D, options: LedgerOptions) -> Result<Ledger<D>, Failure> { todo!() }
    /// Appends, synced.
    pub fn append(&mut self, group: &[BatchOnDisk]) -> Result<Receipt, Failure> { todo!() }
    /// 0 when empty.
    pub fn last_frame(&self) -> u64 { todo!() }
    /// 1 always, unless older segments were taken away.
    pub fn first_frame(&self) -> u64 { todo!() }
    /// Hash of the last frame.
    pub fn head(&self) -> [u8; 32] { todo!() }
    /// Reads one.
    pub fn read(&self, frame: u64) -> Result<Frame, Failure> { todo!() }
    /// Streams.
    pub fn frames_from(&self, frame: u64) -> Frames { todo!() }
    /// For other threads.
    pub fn reader(&self) -> LedgerReader { todo!() }
    /// For the thread that compresses.
    pub fn sealer(&self) -> Sealer { todo!() }
}
impl LedgerReader {
    /// As on [`Ledger`].
    pub fn last_frame(&self) -> u64 { todo!() }
    /// As on [`Ledger`].
    pub fn first_frame(&self) -> u64 { todo!() }
    /// As on [`Ledger`].
    pub fn read(&self, frame: u64) -> Result<Frame, Failure> { todo!() }
    /// As on [`Ledger`].
    pub fn frames_from(&self, frame: u64) -> Frames { todo!() }
}
