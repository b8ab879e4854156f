//! What is owed: blobs and keys that no other node took when they were kept, until one has a copy.
//!
//! An empty file for each under `copies/`, so that a start knows of them; what a loss of power takes away of these
//! notes is copied when it is next kept.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use duban_actors::case::CaseId;
use duban_base::private;
use duban_runtime::journal::blob::BlobId;

/// What is noted at most; one more is counted, and copied when it is next kept or asked for.
const OWED_MAX: usize = 10_000;

/// Something that is to have a copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing {
    Blob(BlobId),
    /// Of the reporter of this case.
    Key(CaseId),
}

impl Thing {
    fn name(&self) -> String {
        match self {
            Thing::Blob(id) => format!("blob-{id}"),
            Thing::Key(case) => format!("key-{}", case.as_str()),
        }
    }

    fn named(name: &str) -> Option<Thing> {
        match name.split_once('-')? {
            ("blob", id) => id.parse().ok().map(Thing::Blob),
            ("key", case) => Some(Thing::Key(CaseId(case.into()))),
            (_, _) => None,
        }
    }
}

/// Everything that is owed.
pub(crate) struct Owed {
    dir: PathBuf,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    things: BTreeSet<Thing>,
    /// Those for which there was no room.
    n_unnoted: u64,
}

impl Owed {
    /// What the store in `store` owes.
    pub(super) fn of(store: &Path) -> Owed {
        let dir = store.join("copies");
        let things = things(&dir).unwrap_or_else(|error| {
            tracing::error!(%error, "it is not known what was to be copied before the start");
            BTreeSet::new()
        });
        Owed { dir, known: Mutex::new(Known { things, n_unnoted: 0 }) }
    }

    pub(super) fn n(&self) -> u64 {
        let known = self.known();
        u64::try_from(known.things.len()).unwrap_or(u64::MAX).saturating_add(known.n_unnoted)
    }

    /// From now on it is owed.
    pub(super) fn note(&self, thing: Thing) {
        let mut known = self.known();
        if known.things.len() >= OWED_MAX && !known.things.contains(&thing) {
            known.n_unnoted = known.n_unnoted.saturating_add(1);
            return;
        }
        let noted =
            private::dir(&self.dir).and_then(|()| File::create(self.dir.join(thing.name())));
        if let Err(error) = noted {
            tracing::warn!(%error, "what is to be copied is noted until the next start only");
        }
        known.things.insert(thing);
    }

    /// It is owed no more.
    pub(crate) fn settle(&self, thing: &Thing) {
        if !self.known().things.remove(thing) {
            return;
        }
        match fs::remove_file(self.dir.join(thing.name())) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "what was copied is copied once more after the next start");
            }
            Ok(()) | Err(_) => {}
        }
    }

    /// The first `n` of them after `after`.
    pub(crate) fn after(&self, after: Option<&Thing>, n: usize) -> Vec<Thing> {
        let known = self.known();
        let is_later = |thing: &&Thing| after.is_none_or(|after| *thing > after);
        known.things.iter().filter(is_later).take(n).cloned().collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn things(dir: &Path) -> io::Result<BTreeSet<Thing>> {
    let listed = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        listed => listed?,
    };
    let mut things = BTreeSet::new();
    for entry in listed {
        // Strangers' files are none of ours.
        let name = entry?.file_name();
        things.extend(name.to_str().and_then(Thing::named));
    }
    Ok(things)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owed_is_known_after_a_start_until_it_is_settled() {
        let dir = tempfile::tempdir().unwrap();
        let owed = Owed::of(dir.path());
        let [blob, key] =
            [Thing::Blob(BlobId::of(b"a")), Thing::Key(CaseId::from_intake("12319", "1"))];
        owed.note(blob.clone());
        owed.note(key.clone());
        owed.note(key.clone());
        let after = Owed::of(dir.path());
        assert_eq!((after.n(), after.after(None, 9)), (2, vec![blob.clone(), key.clone()]));
        assert_eq!(after.after(Some(&blob), 9), std::slice::from_ref(&key));
        after.settle(&blob);
        after.settle(&blob);
        assert_eq!(Owed::of(dir.path()).after(None, 9), [key]);
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let dir = tempfile::tempdir().unwrap();
        let owed = Owed::of(dir.path());
        for n in 0..OWED_MAX {
            owed.known().things.insert(Thing::Key(CaseId(format!("c{n}").into())));
        }
        owed.note(Thing::Blob(BlobId::of(b"a")));
        assert_eq!(owed.n(), 10_001);
    }
}
