//! The sweep: photos that waited for a day and that no record names go.

use std::collections::BTreeSet;

use duban_runtime::clock::Timestamp;
use duban_runtime::feed::Place;
use duban_runtime::journal::Journal;
use duban_runtime::journal::blob::BlobId;
use duban_runtime::journal::subscription::{PAGE_ENTRIES_MAX, Rest};

use super::shelf::{Fate, Waiting};
use super::{Failure, Uploads, WAITS, named_in};

/// Photos that one sweep takes away at most; the next goes on.
const SWEPT_MAX: usize = 10_000;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub photos: u64,
    /// Their bytes together.
    pub bytes: u64,
}

impl Uploads {
    /// Takes away what has waited for a day and no record names; notes of other photos that are a day old go, too.
    ///
    /// # Errors
    /// When the ledger cannot be read or a photo cannot be removed; what was swept by then stays swept.
    pub fn sweep(&self, journal: &Journal, now: Timestamp) -> Result<Swept, Failure> {
        self.catch_up(journal)?;
        let old = self.old(now);
        let places = old.iter().filter(|(_, waiting)| waiting.fate == Fate::Sweep);
        let places: Vec<Place> = places.filter_map(|(_, waiting)| waiting.place()).collect();
        let end = journal.place();
        let named = match places.iter().min() {
            Some(first) => named_after(journal, *first)?,
            None => BTreeSet::new(),
        };
        let mut swept = Swept::default();
        for (id, was) in old {
            let mut known = self.known();
            // Shown again, or named by a command, while the ledger was read.
            if known.waiting.get(&id) != Some(&was) {
                continue;
            }
            // A ledger that is shorter than it was does not tell who named what.
            let is_told = was.place().is_some_and(|place| place <= end);
            if was.fate == Fate::Sweep && is_told && !named.contains(&id) {
                known.here.remove(&id);
                journal.blobs().remove(&id)?;
                swept.photos += 1;
                swept.bytes += was.bytes;
            }
            self.shelf.forget(&id)?;
            known.waiting.remove(&id);
        }
        Ok(swept)
    }

    /// What has waited for a day.
    fn old(&self, now: Timestamp) -> Vec<(BlobId, Waiting)> {
        let known = self.known();
        let old = known.waiting.iter().filter(|(_, waiting)| now.since(waiting.at) > WAITS);
        old.map(|(id, waiting)| (*id, waiting.clone())).take(SWEPT_MAX).collect()
    }
}

/// Every photo that is named after a place of the ledger.
fn named_after(journal: &Journal, first: Place) -> Result<BTreeSet<BlobId>, Failure> {
    let (mut upto, mut named) = (first, BTreeSet::new());
    loop {
        let page = journal.feed_after(upto, PAGE_ENTRIES_MAX)?;
        named.extend(page.entries.iter().flat_map(named_in).map(|(_, photo)| photo));
        upto = page.upto;
        if page.rest == Rest::Nothing {
            return Ok(named);
        }
    }
}
