//! Witnesses: what others have seen of the ledger, held against the ledger that is there.
//!
//! A ledger that was cut short, or an older copy that was put back, is a sound ledger: only what is kept elsewhere
//! tells that something is missing. So every other file that once saw a frame is asked before anything is touched:
//!
//! | witness | has seen | how far it may lie behind |
//! |---|---|---|
//! | mark | the last frame and its hash | a second, longer while a snapshot is taken or a segment is sealed |
//! | store | the last frame it was told of, and its hash | as far as the store itself |
//! | snapshot | the frame it goes up to | hours |
//! | whoever opens | what they say | as they say |
//!
//! None of them is ever ahead of the ledger: each is told of a frame after the sync that made it safe.

use std::fmt;
use std::path::Path;

use super::disk::{Disk, Files};
use super::failure::Failure;
use super::frame::{Hash, NO_FRAME};
use super::layout;
use super::ledger::{LedgerReader, hash_of};
use super::memtable::tables::unclear;
use super::opening::STORE_DIR;
use super::sled::SledStore;
use super::store::Store;
use super::{Options, replacing, snapshot};

/// The file of the mark, beside the ledger's directory: who loses the one need not lose the other.
pub const MARK_FILE: &str = "ledger.seen";
/// The mark that is being written.
const UNFINISHED: &str = "ledger.seen.new";
/// A mark is a number and a hash; what is longer is none.
const MARK_BYTES_MAX: usize = 128;

/// A frame that was in the ledger, and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub frame: u64,
    pub hash: Hash,
}

/// Who has seen a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// The mark that is kept beside the ledger.
    Mark,
    /// The store behind the ledger.
    Store,
    Snapshot,
    /// The auditor, who keeps a mark of its own.
    Auditor,
}

/// A frame that somebody has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub by: Witness,
    pub frame: u64,
    /// Its hash, where that is known.
    pub hash: Option<Hash>,
}

impl Sighting {
    /// `by` has seen this frame with this hash.
    pub fn of(by: Witness, head: Head) -> Sighting {
        Sighting { by, frame: head.frame, hash: Some(head.hash) }
    }
}

/// Something that was seen and is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    pub seen: Sighting,
    /// The last frame there is.
    pub last: u64,
}

impl Loss {
    /// The frames that are missing, from, to and with; none when another frame stands in the place of the one seen.
    pub fn missing(&self) -> Option<(u64, u64)> {
        (self.seen.frame > self.last).then_some((self.last + 1, self.seen.frame))
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sighting { by, frame, .. } = self.seen;
        let by = match by {
            Witness::Mark => "the mark beside the ledger",
            Witness::Store => "the store",
            Witness::Snapshot => "a base snapshot",
            Witness::Auditor => "the auditor",
        };
        match self.missing() {
            Some((from, to)) => {
                write!(f, "frames {from} to {to} of the ledger are missing: {by} has seen them")
            }
            None => write!(f, "frame {frame} of the ledger is not the one that {by} has seen"),
        }
    }
}

/// What the files beside the ledger in `files` have seen of it; the store is asked by [`of_store`].
///
/// # Errors
/// A file that cannot be read.
pub fn beside(files: &dyn Files) -> Result<Vec<Sighting>, Failure> {
    let mut seen: Vec<Sighting> = Vec::new();
    seen.extend(marked(files)?.map(|head| Sighting::of(Witness::Mark, head)));
    let newest = snapshot::spans(files)?.into_iter().map(|span| span.to).max();
    seen.extend(newest.map(|frame| Sighting { by: Witness::Snapshot, frame, hash: None }));
    Ok(seen)
}

/// What `store` has seen of the ledger.
///
/// # Errors
/// [`Failure::Store`]; [`Failure::Corrupt`] when what it says makes no sense.
pub fn of_store(store: &dyn Store) -> Result<Vec<Sighting>, Failure> {
    let by = Witness::Store;
    let mut seen = Vec::new();
    if let Some(bytes) = store.get(layout::HEAD)? {
        let (frame, hash) =
            layout::parse_value(&bytes).map_err(|error| unclear("head of the ledger", error))?;
        seen.push(Sighting { by, frame, hash: Some(hash) });
    }
    if let Some(bytes) = store.get(layout::APPLIED)? {
        let frame = layout::parse_value(&bytes).map_err(|error| unclear("applied frame", error))?;
        seen.push(Sighting { by, frame, hash: None });
    }
    Ok(seen)
}

/// The same of the store in the directory `shadow`, a copy that may be written.
///
/// # Errors
/// As [`of_store`], and when it cannot be opened.
pub fn of_store_in(shadow: &Path, options: &Options) -> Result<Vec<Sighting>, Failure> {
    of_store(&SledStore::open(&shadow.join(STORE_DIR), options.store)?)
}

/// What was seen and is not in the ledger, the latest frame first.
///
/// # Errors
/// A file that cannot be read. A damaged place is met by whoever reads there, and proves nothing here.
pub fn losses(reader: &LedgerReader, seen: &[Sighting]) -> Result<Vec<Loss>, Failure> {
    let last = reader.last_frame();
    let mut lost = Vec::new();
    for seen in seen {
        let is_there = seen.frame == 0 || seen.frame <= last && is_same(reader, seen)?;
        if !is_there {
            lost.push(Loss { seen: *seen, last });
        }
    }
    sort(&mut lost);
    Ok(lost)
}

/// The latest frame first; where several have seen it, whoever knows its hash.
pub(super) fn sort(lost: &mut [Loss]) {
    lost.sort_by_key(|loss| std::cmp::Reverse((loss.seen.frame, loss.seen.hash.is_some())));
}

/// Refuses a ledger that is not the one that was seen.
///
/// # Errors
/// [`Failure::Lost`]; otherwise as [`losses`].
pub(super) fn check(reader: &LedgerReader, seen: &[Sighting]) -> Result<(), Failure> {
    match losses(reader, seen)?.first() {
        Some(loss) => Err(Failure::Lost(Box::new(*loss))),
        None => Ok(()),
    }
}

fn is_same(reader: &LedgerReader, seen: &Sighting) -> Result<bool, Failure> {
    let Some(hash) = seen.hash else { return Ok(true) };
    // Of segments that were taken away nobody knows any more.
    if seen.frame < reader.first_frame() {
        return Ok(true);
    }
    match hash_of(reader, seen.frame) {
        Ok(found) => Ok(found == Some(hash)),
        Err(Failure::Damaged { .. }) => Ok(true),
        Err(failure) => Err(failure),
    }
}

/// The mark in `files`; none where there is none that can be understood, as after a loss of power.
fn marked(files: &dyn Files) -> Result<Option<Head>, Failure> {
    match files.read_at(MARK_FILE, 0, MARK_BYTES_MAX) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        read => {
            let bytes = read.map_err(|error| Failure::io("read", MARK_FILE, error))?;
            Ok(parse(&String::from_utf8_lossy(&bytes)))
        }
    }
}

fn parse(text: &str) -> Option<Head> {
    let (frame, hash) = text.trim_end().split_once(' ')?;
    let hash = blake3::Hash::from_hex(hash).ok()?.into();
    Some(Head { frame: frame.parse().ok()?, hash })
}

/// Keeps the mark of one ledger. Not a thread: whoever owns it calls [`Mark::keep`].
pub struct Mark {
    disk: Box<dyn Disk>,
    reader: LedgerReader,
    kept: Head,
}

impl Mark {
    /// Of the ledger that `reader` reads, on `disk`.
    pub fn new(disk: Box<dyn Disk>, reader: LedgerReader) -> Mark {
        Mark { disk, reader, kept: Head { frame: 0, hash: NO_FRAME } }
    }

    /// The ledger.
    pub fn reader(&self) -> &LedgerReader {
        &self.reader
    }

    /// Writes down how far the ledger is. Not synced: after a loss of power an older mark, or none, says less and
    /// nothing wrong, and nobody's commit waits for it.
    ///
    /// # Errors
    /// The disk's: the mark stays as it was.
    pub fn keep(&mut self) -> Result<(), Failure> {
        let (hash, frame) = self.reader.safe_head();
        let head = Head { frame, hash };
        if head == self.kept {
            return Ok(());
        }
        put(self.disk.as_mut(), head)?;
        self.kept = head;
        Ok(())
    }
}

/// Writes down that the ledger has `head`.
pub(super) fn put(disk: &mut dyn Disk, Head { frame, hash }: Head) -> Result<(), Failure> {
    let text = format!("{frame} {}\n", blake3::Hash::from_bytes(hash).to_hex());
    replacing::write(disk, UNFINISHED, text.as_bytes())?;
    replacing::rename(disk, UNFINISHED, MARK_FILE)
}
