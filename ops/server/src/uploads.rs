//! Uploads: photos, papers and recordings that somebody kept here, until a record names them or a day has passed.
//!
//! ```text
//! kept ─► waiting ─named by a record─► named: seen by whoever sees its cases, for ever
//!            └─────a day, unnamed───► swept: gone, and said in the log
//! ```
//! Only what was first kept as an upload is ever swept: rules, letters and briefs lie in the same place, and a photo
//! whose bytes were there before stays, whoever uploads it once more. Whether a record names one is read from the
//! ledger itself before it is swept, never taken on trust.
//!
//! In a cluster what is noted on one node is noted on all that are there: whoever took a photo goes on with it at
//! another, nobody sees it there by naming it, and each node sweeps its own copy.

mod elsewhere;
pub mod kind;
mod quota;
mod shelf;
mod sweep;

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::case::event::Event;
use duban_actors::case::files::Use;
use duban_actors::case::{CaseId, KIND};
use duban_runtime::clock::Timestamp;
use duban_runtime::feed::{FeedEntry, Place, What};
use duban_runtime::journal::blob::BlobId;
use duban_runtime::journal::subscription::{PAGE_ENTRIES_MAX, Rest};
use duban_runtime::journal::{self, Journal};

use kind::{HEAD_BYTES, Kind};
use quota::Quota;
use shelf::{CASES_MAX, Fate, Shelf, Waiting};

pub use elsewhere::Elsewhere;
pub use quota::{Most, Over};
pub use sweep::Swept;

/// How long an upload waits for a record to name it.
pub const WAITS: Duration = Duration::from_hours(24);

/// Photos that are remembered to be here; one more, and they are forgotten and looked for again.
const HERE_MAX: usize = 16_384;

/// Why an upload is not kept, or cannot be looked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Somebody has kept as much as they may today.
    #[error("more than one account may keep in a day")]
    Over(Over),
    /// What is written down of uploads cannot be read or written.
    #[error("cannot {action} what is known of an upload")]
    Shelf {
        action: &'static str,
        #[source]
        source: io::Error,
    },
    /// The journal's.
    #[error(transparent)]
    Journal(#[from] journal::Failure),
}

/// Why a file cannot be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It is not kept here.
    Absent(CompactString),
    /// It is no file of a kind that may stand there.
    Other(CompactString),
}

/// The uploads of a store.
pub struct Uploads {
    shelf: Shelf,
    /// Held for the file and the note of one photo at most, never while the ledger is read.
    known: Mutex<Known>,
    /// Everything that was accepted up to here was looked through for names; none before the first look.
    upto: Mutex<Option<Place>>,
    elsewhere: OnceLock<Arc<dyn Elsewhere>>,
}

/// What is known of uploads, in memory.
struct Known {
    /// Those that no record is known to name. As many as everybody's quota of a day allows.
    waiting: BTreeMap<BlobId, Waiting>,
    quota: Quota,
    /// Photos that were found on the disk, and not swept since.
    here: HashSet<BlobId>,
}

impl Uploads {
    /// The uploads of the store in `dir`. What cannot be read there is only said: it is never swept then.
    pub fn of(dir: &Path) -> Uploads {
        let shelf = Shelf::of(dir);
        let waiting = shelf.waiting().unwrap_or_else(|failure| {
            tracing::error!(%failure, "uploads of before are not known, and stay");
            BTreeMap::new()
        });
        let quota = Quota::of(waiting.values());
        let known = Mutex::new(Known { waiting, quota, here: HashSet::new() });
        Uploads { shelf, known, upto: Mutex::new(None), elsewhere: OnceLock::new() }
    }

    /// Whether `login` may keep so many bytes more.
    pub fn room(&self, login: &str, bytes: u64, most: Most, now: Timestamp) -> Result<(), Failure> {
        self.known().quota.room((login, bytes), most, now).map_err(Failure::Over)
    }

    /// Keeps a photo of `login`'s; it survives a loss of power when this returns.
    ///
    /// # Errors
    /// [`Failure::Over`], and what the disk says.
    pub fn keep(
        &self,
        journal: &Journal,
        (login, bytes): (&str, &[u8]),
        most: Most,
        now: Timestamp,
    ) -> Result<BlobId, Failure> {
        let (id, size) = (BlobId::of(bytes), u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let mut known = self.known();
        known.quota.room((login, size), most, now).map_err(Failure::Over)?;
        let upload = match known.waiting.get(&id) {
            Some(waiting) => waiting.again(login, now),
            // What is there already may be named by a record of any time.
            None if journal.blobs().has(&id)? => Waiting::new((login, size), Fate::Keep, now),
            None => Waiting::new((login, size), Fate::Sweep, now).from(journal.place()),
        };
        // First the note, then the photo: a photo without a note would never be swept.
        self.shelf.note(&id, &upload)?;
        known.waiting.insert(id, upload.clone());
        known.quota.spend((login, size), now);
        drop(known);
        self.tell_others(&id, login, &upload);
        // A sweep leaves alone what was noted just now.
        let id = journal.blobs().put(bytes)?;
        self.known().is_here(id, Kind::of(bytes));
        Ok(id)
    }

    /// Whether every photo of these is known to be here, and shown by `login`, or by anybody for whoever sees
    /// them all; then none of them is swept for a day. Never waits: what is not known without the disk is asked of
    /// [`Uploads::lacking`].
    pub fn at_hand(&self, photos: &[CompactString], login: Option<&str>, now: Timestamp) -> bool {
        let mut known = match self.known.try_lock() {
            Ok(known) => known,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Somebody writes a note.
            Err(TryLockError::WouldBlock) => return false,
        };
        photos.iter().all(|named| {
            let Ok(id) = named.parse::<BlobId>() else { return false };
            known.wait_on(&id, now);
            let waiting = known.waiting.get(&id);
            let shown = |login| waiting.is_some_and(|waiting| waiting.by.contains(login));
            known.here.contains(&id) && login.is_none_or(shown)
        })
    }

    /// What the first of these files lacks that does not fit; the others wait for a day more, so that none is swept while
    /// the command is decided.
    pub fn lacking(
        &self,
        journal: &Journal,
        (used, files): (Use, &[CompactString]),
        now: Timestamp,
    ) -> Result<Option<Lack>, Failure> {
        for named in files {
            let absent = || Some(Lack::Absent(named.clone()));
            let Ok(id) = named.parse::<BlobId>() else { return Ok(absent()) };
            // From here on no sweep takes it, so that it is still there when that is remembered.
            self.known().wait_on(&id, now);
            let Some(head) = journal.blobs().head(&id, HEAD_BYTES)? else { return Ok(absent()) };
            match Kind::of(&head) {
                // Rendered letters and rules lie in the same place, and are for nobody here.
                None => return Ok(absent()),
                Some(kind) if !kind.is_for(used) => return Ok(Some(Lack::Other(named.clone()))),
                kind @ Some(_) => self.known().is_here(id, kind),
            }
        }
        Ok(None)
    }

    /// Who has shown a photo that waits; nobody if it does not.
    pub fn shown_by(&self, id: &BlobId) -> Vec<CompactString> {
        let known = self.known();
        known
            .waiting
            .get(id)
            .map(|waiting| waiting.by.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// Whether a photo waits, and nothing names it.
    pub fn is_nobodys(&self, id: &BlobId) -> Result<bool, Failure> {
        let waits = self.known().waiting.get(id).is_some_and(|waiting| waiting.fate == Fate::Sweep);
        Ok(waits && self.shelf.cases(id)?.is_empty())
    }

    /// Whether so many cases name a photo that further ones are not noted: it is nobody's secret.
    pub fn is_everywhere(&self, id: &BlobId) -> Result<bool, Failure> {
        Ok(self.shelf.cases(id)?.len() >= CASES_MAX)
    }

    /// The cases that are known to name a photo: those of after photos began to be noted, and not too many.
    pub fn cases(&self, id: &BlobId) -> Result<Vec<CaseId>, Failure> {
        self.shelf.cases(id)
    }

    /// Looks through what was accepted since the last look. Reads the disk.
    ///
    /// # Errors
    /// When the ledger cannot be read, or a note cannot be made.
    pub fn catch_up(&self, journal: &Journal) -> Result<(), Failure> {
        let mut upto = self.upto.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let from = upto.unwrap_or_else(|| self.first_look(journal));
            let page = journal.feed_after(from, PAGE_ENTRIES_MAX)?;
            for (case, photo) in page.entries.iter().flat_map(named_in) {
                self.shelf.name(&photo, &case)?;
                self.known().named(&photo);
            }
            *upto = Some(page.upto);
            if page.rest == Rest::Nothing {
                return Ok(());
            }
        }
    }

    /// Where the first look begins: where the ledger stood when the oldest of those that wait was kept.
    fn first_look(&self, journal: &Journal) -> Place {
        let noted = self.known().waiting.values().filter_map(Waiting::place).min();
        noted.unwrap_or_else(|| journal.place())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// A command is about to name it: if it waits, it does so for a day more.
    fn wait_on(&mut self, photo: &BlobId, now: Timestamp) {
        if let Some(waiting) = self.waiting.get_mut(photo) {
            waiting.at = waiting.at.max(now);
        }
    }

    /// It was found on the disk. Papers are looked for each time: they are few.
    fn is_here(&mut self, file: BlobId, kind: Option<Kind>) {
        if !kind.is_some_and(|kind| kind.is_for(Use::Photo)) {
            return;
        }
        if self.here.len() >= HERE_MAX {
            self.here.clear();
        }
        self.here.insert(file);
    }

    /// A record names it: whatever happens, it stays.
    fn named(&mut self, photo: &BlobId) {
        if let Some(waiting) = self.waiting.get_mut(photo) {
            waiting.fate = Fate::Keep;
        }
    }
}

/// The files that a record of a case names.
fn named_in(entry: &FeedEntry) -> Vec<(CaseId, BlobId)> {
    let What::Accepted { record, .. } = &entry.what else { return Vec::new() };
    // Most records name none, and are not read as far as that.
    if record.entity.kind != KIND.number || !may_name_a_blob(&record.events) {
        return Vec::new();
    }
    let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
    let case = CaseId(record.entity.key.clone());
    let files = events.iter().flat_map(|event| event.files().1);
    files.filter_map(|name| Some((case.clone(), name.parse().ok()?))).collect()
}

/// Whether a text of this JSON may be the name of a blob, whatever the field is called.
fn may_name_a_blob(json: &str) -> bool {
    json.split('"').any(|text| text.parse::<BlobId>().is_ok())
}

#[cfg(test)]
mod tests;
