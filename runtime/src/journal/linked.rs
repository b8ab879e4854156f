//! The link mark: what the ledger came to at some frame, so that a start need not read all of it again.
//!
//! Not synced, as the mark of the ledger's end is not: after a loss of power an older one, or none, costs time and
//! nothing else. One that does not name a frame of this ledger by its hash is passed over.

use std::sync::Arc;

use super::disk::{Disk, Files};
use super::failure::Failure;
use super::frame::Hash;
use super::ledger::{LedgerReader, hash_of};
use super::outgoing::Outgoing;
use super::replacing;
use crate::cluster::log::{GroupId, Link};

/// The mark's name in the directory of the journal.
const FILE: &str = "cluster.link";
/// The mark that is being written.
const UNFINISHED: &str = "cluster.link.new";
/// A mark is a number, a hash and a link; what is longer is none.
const BYTES_MAX: usize = 192;

/// Keeps the mark of one ledger. Not a thread: whoever owns it calls [`LinkMark::keep`].
pub(super) struct LinkMark {
    disk: Box<dyn Disk>,
    reader: LedgerReader,
    outgoing: Arc<Outgoing>,
    kept: u64,
}

impl LinkMark {
    pub(super) fn new(
        disk: Box<dyn Disk>,
        reader: LedgerReader,
        outgoing: Arc<Outgoing>,
    ) -> LinkMark {
        LinkMark { disk, reader, outgoing, kept: 0 }
    }

    /// Writes down what the ledger comes to at the last frame that is safe on this disk.
    ///
    /// # Errors
    /// The disk's: the mark stays as it was.
    pub(super) fn keep(&mut self) -> Result<(), Failure> {
        let Some((frame, link)) = self.outgoing.safe().filter(|(frame, _)| *frame != self.kept)
        else {
            return Ok(());
        };
        let Some(hash) = hash_of(&self.reader, frame)? else { return Ok(()) };
        let hash = blake3::Hash::from_bytes(hash).to_hex();
        let text = format!("{frame} {hash} {}\n", link.to_hex());
        let disk = self.disk.as_mut();
        replacing::write(disk, UNFINISHED, text.as_bytes())?;
        replacing::rename(disk, UNFINISHED, FILE)?;
        self.kept = frame;
        Ok(())
    }
}

/// What the whole ledger comes to, from the frame on behind which the log was begun.
///
/// # Errors
/// The ledger's.
pub fn link_of(reader: &LedgerReader, base: (u64, Link)) -> Result<Link, Failure> {
    let (from, mut link) = base;
    for body in reader.bodies_from(from + 1) {
        let (_, body) = body?;
        link = link.then(GroupId::of(&body));
    }
    Ok(link)
}

/// The same, from the mark in `files` on if it is one of this ledger behind `base`.
pub(super) fn marked_link(
    files: &dyn Files,
    reader: &LedgerReader,
    base: (u64, Link),
) -> Result<Link, Failure> {
    let marked = files.read_at(FILE, 0, BYTES_MAX).ok();
    let marked = marked.and_then(|bytes| parse(&String::from_utf8_lossy(&bytes)));
    let Some((frame, hash, link)) = marked else { return link_of(reader, base) };
    let is_ours = frame > base.0
        && frame <= reader.last_frame()
        && hash_of(reader, frame).is_ok_and(|found| found == Some(hash));
    link_of(reader, if is_ours { (frame, link) } else { base })
}

fn parse(text: &str) -> Option<(u64, Hash, Link)> {
    let mut words = text.split_whitespace();
    let frame = words.next()?.parse().ok()?;
    let hash = blake3::Hash::from_hex(words.next()?).ok()?.into();
    let link = Link::from_hex(words.next()?)?;
    Some((frame, hash, link))
}
