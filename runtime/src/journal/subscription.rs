//! The feed: what happened, heard by watchers in the same process as soon as it is durable, or read on from a place.
//!
//! ```text
//! committer ─► ring (bounded) ─► listeners, each at its own pace
//!     ledger ─► pages, from any place on
//! ```
//! Nobody is waited for. The committer hands over the bytes that it has written, which costs it nothing, and the first
//! listener reads them for all. A listener that the ring has overtaken is told so, and reads on from the
//! ledger: listen first, read pages until the end, [`Listener::skip_to`] there, and nothing is missed or doubled.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::broadcast::{self, error::RecvError};

use super::Journal;
use super::failure::Failure;
use super::frame::Frame;
use crate::clock::Timestamp;
use crate::entity::Corrupt;
use crate::feed::{FeedEntry, Place, in_frame};
use crate::record::BatchOnDisk;

/// Frames that a listener may lie behind. A frame is half a mebibyte at most, and only as long as somebody is behind it.
pub const RING_FRAMES: usize = 128;
/// Entries in one page at most, but for those of its last frame.
pub const PAGE_ENTRIES_MAX: usize = 1_024;
/// Frames read for one page at most: many may hold nothing that anybody watches.
const PAGE_FRAMES_MAX: usize = 4_096;

/// Frames looked through for the last entries before a place.
pub const LOOK_BACK_FRAMES: u64 = 256;
/// Entries among which [`Journal::last_instant`] looks.
const LAST_ENTRIES: usize = 64;

/// Where the committer tells what is durable.
#[derive(Debug)]
pub struct Feed {
    /// None once the journal is closed.
    ring: Mutex<Option<broadcast::Sender<Arc<Group>>>>,
}

/// What one frame holds, read by the first who wants to know.
#[derive(Debug)]
struct Group {
    frame: u64,
    batches: Vec<BatchOnDisk>,
    entries: OnceLock<Result<Arc<[FeedEntry]>, Corrupt>>,
}

impl Default for Feed {
    fn default() -> Feed {
        Feed { ring: Mutex::new(Some(broadcast::Sender::new(RING_FRAMES))) }
    }
}

impl Feed {
    /// `frame` is durable and can be read.
    pub fn tell(&self, frame: u64, batches: Vec<BatchOnDisk>) {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ring) = ring.as_ref().filter(|ring| ring.receiver_count() > 0) {
            let group = Group { frame, batches, entries: OnceLock::new() };
            // Whoever listened may have gone meanwhile.
            drop(ring.send(Arc::new(group)));
        }
    }

    /// Hears everything that is told from now on.
    pub fn listen(&self) -> Listener {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        // Of a closed journal there is nothing more to hear.
        let ring =
            ring.as_ref().map_or_else(|| broadcast::channel(1).1, broadcast::Sender::subscribe);
        Listener { ring, after: Place::START }
    }

    /// Nothing more will be told: listeners hear what is left, and then that it is over.
    pub fn end(&self) {
        *self.ring.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Group {
    fn entries(&self) -> Result<Arc<[FeedEntry]>, Corrupt> {
        let read = || in_frame(self.frame, &self.batches).map(Arc::from);
        self.entries.get_or_init(read).clone()
    }
}

/// One watcher's place in the ring.
#[derive(Debug)]
pub struct Listener {
    ring: broadcast::Receiver<Arc<Group>>,
    after: Place,
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// What happened in one frame, in order; never empty. Shared by all listeners.
    Happened(Arc<[FeedEntry]>),
    /// It was too slow, or a frame cannot be understood: read on from the ledger, where the last failure is told.
    Missed,
    /// The journal is closed.
    Over,
}

impl Listener {
    /// Waits for the next frame in which something happened. Dropping the wait loses nothing.
    pub async fn next(&mut self) -> Heard {
        loop {
            let group = match self.ring.recv().await {
                Ok(group) => group,
                Err(RecvError::Lagged(_)) => {
                    // From the newest on: from the oldest it would be overtaken again while it reads.
                    self.ring = self.ring.resubscribe();
                    return Heard::Missed;
                }
                Err(RecvError::Closed) => return Heard::Over,
            };
            let Ok(entries) = group.entries() else { return Heard::Missed };
            if let Some(fresh) = fresh(entries, self.after) {
                return Heard::Happened(fresh);
            }
        }
    }

    /// Leaves out what stands at `place` or before it: it was read already.
    pub fn skip_to(&mut self, place: Place) {
        self.after = self.after.max(place);
    }
}

/// Those behind `after`, if any.
fn fresh(entries: Arc<[FeedEntry]>, after: Place) -> Option<Arc<[FeedEntry]>> {
    let n_known = entries.iter().take_while(|entry| entry.place <= after).count();
    match entries.get(n_known..) {
        None | Some([]) => None,
        Some(_) if n_known == 0 => Some(entries),
        Some(rest) => Some(rest.into()),
    }
}

/// What happened after a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In order.
    pub entries: Vec<FeedEntry>,
    /// Where the next page begins: nothing up to here is left out.
    pub upto: Place,
    pub rest: Rest,
}

/// Whether a page is followed by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// There may be more to read.
    More,
    /// It ended at the last frame that was durable.
    Nothing,
}

impl Journal {
    /// Hears everything that becomes durable from now on; see [`Listener`]. What is heard can be read at once.
    pub fn listen(&self) -> Listener {
        self.inner.feed.listen()
    }

    /// Behind everything that is durable now.
    pub fn place(&self) -> Place {
        Place::end_of(self.inner.reader.last_frame())
    }

    /// What happened after `place`, about `limit` entries and [`PAGE_ENTRIES_MAX`] at most: whole frames, so that
    /// the last may exceed it a little. Reads the disk. A place that was not reached yet is taken for the end.
    ///
    /// # Errors
    /// [`Failure::NoFrame`] when what is asked for was taken away; otherwise the ledger's failures.
    pub fn feed_after(&self, place: Place, limit: usize) -> Result<Page, Failure> {
        let (reader, limit) = (&self.inner.reader, limit.clamp(1, PAGE_ENTRIES_MAX));
        let mut upto = place.min(self.place());
        let mut entries = Vec::new();
        let first = if upto == Place::end_of(upto.frame) { upto.frame + 1 } else { upto.frame };
        for (n_frames, frame) in reader.frames_from(first.max(1)).enumerate() {
            if entries.len() >= limit || n_frames >= PAGE_FRAMES_MAX {
                return Ok(Page { entries, upto, rest: Rest::More });
            }
            let frame = frame?;
            let found = understood(&frame)?;
            entries.extend(found.into_iter().filter(|entry| entry.place > place));
            upto = Place::end_of(frame.number);
        }
        Ok(Page { entries, upto, rest: Rest::Nothing })
    }

    /// The latest instant among what happened last, which is no other than the last as long as no clock was set back:
    /// when this journal was certainly at work. Reads the disk.
    pub fn last_instant(&self) -> Result<Option<Timestamp>, Failure> {
        let last = self.feed_before(self.place(), LAST_ENTRIES)?;
        Ok(last.iter().filter_map(|entry| entry.what.at()).max())
    }

    /// The last `limit` entries before `place`, in order, as far as [`LOOK_BACK_FRAMES`] frames hold them, and
    /// [`PAGE_ENTRIES_MAX`] at most: what somebody sees who begins to watch. Reads the disk.
    pub fn feed_before(&self, place: Place, limit: usize) -> Result<Vec<FeedEntry>, Failure> {
        let (reader, limit) = (&self.inner.reader, limit.min(PAGE_ENTRIES_MAX));
        let last = place.frame.min(reader.last_frame());
        let first = reader.first_frame().max(last.saturating_sub(LOOK_BACK_FRAMES - 1));
        let mut entries = VecDeque::new();
        for number in (first..=last).rev() {
            for entry in understood(&reader.read(number)?)?.into_iter().rev() {
                if entry.place < place && entries.len() < limit {
                    entries.push_front(entry);
                }
            }
            if entries.len() >= limit {
                break;
            }
        }
        Ok(entries.into())
    }
}

fn understood(frame: &Frame) -> Result<Vec<FeedEntry>, Failure> {
    let broken = |source| Failure::Corrupt { what: format!("frame {}", frame.number), source };
    in_frame(frame.number, &frame.batches).map_err(broken)
}
