//! Base snapshots: all that the store holds, in one file, so that a new store need not fold the whole ledger.
//!
//! Taken while the journal goes on. What does not follow from entities (outbox rows, tells, marks) is read while
//! nothing is applied, as of the frame `from`; entities are read afterwards, page by page, each as of some frame up to
//! `to`; what follows from them (alarms, places in lists) is not in it at all. Whoever loads it folds the frames after
//! `from`, and leaves out the records that an entity already includes.
//!
//! The file is a row of pieces, each compressed and with its length and CRC, the last of which says that it is the last.

pub mod loading;

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::backlog::Backlog;
use super::disk::{Disk, Files, remove_if_there};
use super::failure::Failure;
use super::layout;
use super::store::Pair;
use crate::clock::Timestamp;

/// The directory of base snapshots in the journal's.
pub const DIR: &str = "snapshots";
/// Where one is while it is written.
const UNFINISHED: &str = "snapshots/unfinished";
const KEPT: usize = 2;
/// Rows in one piece.
const PAGE: usize = 1_000;
/// zstd's level: rows are small and much alike, more effort gains little.
const LEVEL: i32 = 1;
/// The form of the file.
const VERSION: u8 = 2;

/// A part of the file.
#[derive(Debug, Serialize, Deserialize)]
enum Piece {
    Begin { version: u8, from: u64, at: Timestamp },
    Rows(Vec<Pair>),
    End { n_rows: u64, to: u64 },
}

/// Which frames a snapshot stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Everything up to here is in it.
    pub from: u64,
    /// Nothing after here is in it.
    pub to: u64,
}

impl Span {
    /// The name of its file.
    pub fn file(self) -> String {
        format!("{DIR}/{:020}-{:020}.zst", self.from, self.to)
    }

    fn of(name: &str) -> Option<Span> {
        let (from, to) = name.strip_suffix(".zst")?.split_once('-')?;
        Some(Span { from: from.parse().ok()?, to: to.parse().ok()? })
    }
}

/// Takes snapshots of one journal.
pub struct Snapshots {
    disk: Mutex<Box<dyn Disk>>,
    backlog: Arc<Backlog>,
}

impl Snapshots {
    /// Of `backlog`'s store, into `disk`.
    pub fn new(disk: Box<dyn Disk>, backlog: Arc<Backlog>) -> Snapshots {
        Snapshots { disk: Mutex::new(disk), backlog }
    }

    /// Those there are, the newest first.
    pub fn spans(&self) -> Result<Vec<Span>, Failure> {
        spans(self.disk.lock().unwrap_or_else(PoisonError::into_inner).as_ref())
    }

    /// When the snapshot `span` was taken.
    pub fn taken_at(&self, span: Span) -> Result<Timestamp, Failure> {
        let disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        loading::taken_at(disk.as_ref(), span)
    }

    /// Takes one at the instant `now`, and removes all but the newest few.
    ///
    /// # Errors
    /// The disk's and the store's failures; there is then no new one.
    pub fn take(&self, now: Timestamp) -> Result<Span, Failure> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = write(disk.as_mut(), &self.backlog, now);
        if taken.is_err() {
            // On a full disk half a snapshot would keep the space that everybody waits for.
            remove(disk.as_mut(), UNFINISHED)?;
        }
        let taken = taken?;
        for old in spans(disk.as_ref())?.into_iter().skip(KEPT) {
            remove(disk.as_mut(), &old.file())?;
        }
        Ok(taken)
    }
}

impl std::fmt::Debug for Snapshots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshots").finish_non_exhaustive()
    }
}

/// The snapshots in `disk`, the newest first.
pub(super) fn spans(disk: &dyn Files) -> Result<Vec<Span>, Failure> {
    let names = match disk.list(DIR) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        names => names.map_err(|error| Failure::io("list", DIR, error))?,
    };
    let mut spans: Vec<Span> = names.iter().filter_map(|name| Span::of(name)).collect();
    spans.sort_unstable_by(|one, other| other.cmp(one));
    Ok(spans)
}

fn write(disk: &mut dyn Disk, backlog: &Backlog, at: Timestamp) -> Result<Span, Failure> {
    disk.create_dir(DIR).map_err(|error| Failure::io("create", DIR, error))?;
    remove(disk, UNFINISHED)?;
    let mut file = File { disk, n_rows: 0 };

    let still = backlog.still();
    let from = backlog.tables().applied();
    let begin = encode(&Piece::Begin { version: VERSION, from, at })?;
    file.disk
        .write_new(UNFINISHED, &begin)
        .map_err(|error| Failure::io("create", UNFINISHED, error))?;
    for prefix in
        [layout::PARKED, layout::OUTBOX, layout::PARTITION, layout::QUARANTINED, layout::TELL]
    {
        file.rows(backlog, prefix)?;
    }
    drop(still);
    file.rows(backlog, layout::ENTITY)?;

    let to = backlog.tables().committed();
    let n_rows = file.n_rows;
    file.piece(&Piece::End { n_rows, to })?;
    let span = Span { from, to };
    disk.sync(UNFINISHED).map_err(|error| Failure::io("sync", UNFINISHED, error))?;
    disk.rename(UNFINISHED, &span.file())
        .map_err(|error| Failure::io("rename", UNFINISHED, error))?;
    disk.sync_dir(DIR).map_err(|error| Failure::io("sync", DIR, error))?;
    Ok(span)
}

struct File<'a> {
    disk: &'a mut dyn Disk,
    n_rows: u64,
}

impl File<'_> {
    fn rows(&mut self, backlog: &Backlog, prefix: u8) -> Result<(), Failure> {
        let (mut from, end) = (vec![prefix], layout::end_of(&[prefix]));
        loop {
            let page = backlog.store().scan(&from, &end, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            from = layout::after(last.clone());
            self.n_rows += u64::try_from(page.len()).unwrap_or(0);
            self.piece(&Piece::Rows(page))?;
        }
    }

    fn piece(&mut self, piece: &Piece) -> Result<(), Failure> {
        let bytes = encode(piece)?;
        self.disk
            .append(UNFINISHED, &bytes)
            .map_err(|error| Failure::io("append to", UNFINISHED, error))
    }
}

/// Length, CRC, and the piece compressed.
fn encode(piece: &Piece) -> Result<Vec<u8>, Failure> {
    let plain = postcard::to_stdvec(piece).map_err(|source| Failure::Encode { source })?;
    let packed = zstd::bulk::compress(&plain, LEVEL)
        .map_err(|error| Failure::io("compress", UNFINISHED, error))?;
    let length = u32::try_from(packed.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(packed.len() + 8);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&packed).to_le_bytes());
    bytes.extend_from_slice(&packed);
    Ok(bytes)
}

fn remove(disk: &mut dyn Disk, file: &str) -> Result<(), Failure> {
    remove_if_there(disk, file).map_err(|error| Failure::io("remove", file, error))
}
