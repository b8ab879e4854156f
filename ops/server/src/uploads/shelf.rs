//! The shelf: what is noted of photos, one small file each, beside the ledger.
//!
//! `uploads/waiting/ID` says who kept a photo that waits, `uploads/named/ab/ID` in which cases it is named, a line each.
//! A note that a loss of power takes away costs nothing but room: a photo without one is never swept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use compact_str::CompactString;
use duban_actors::case::CaseId;
use duban_runtime::clock::Timestamp;
use duban_runtime::feed::Place;
use duban_runtime::journal::blob::BlobId;
use serde::{Deserialize, Serialize};

use super::Failure;
use duban_base::private;

/// Cases that are noted of one photo at most; further ones show it to whoever says which case they mean.
pub(super) const CASES_MAX: usize = 64;

/// A photo that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// Whoever has shown its bytes, by login name.
    pub(super) by: BTreeSet<CompactString>,
    /// When it was last shown, or a command named it.
    pub(super) at: Timestamp,
    pub(super) bytes: u64,
    /// What becomes of it after a day.
    pub(super) fate: Fate,
    /// Where the ledger stood when it was first kept.
    #[serde(default)]
    from: String,
}

/// What becomes of a photo that has waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fate {
    /// It goes, unless a record names it.
    Sweep,
    /// It stays: it was there before, or a record names it.
    Keep,
}

impl Waiting {
    /// `login` keeps so many bytes now.
    pub(super) fn new((login, bytes): (&str, u64), fate: Fate, at: Timestamp) -> Waiting {
        Waiting { by: [login.into()].into(), at, bytes, fate, from: String::new() }
    }

    /// The same, kept when the ledger stood there.
    pub(super) fn from(self, place: Place) -> Waiting {
        Waiting { from: place.to_string(), ..self }
    }

    /// The same, shown again.
    pub(super) fn again(&self, login: &str, now: Timestamp) -> Waiting {
        let mut waiting = Waiting { at: self.at.max(now), ..self.clone() };
        waiting.by.insert(login.into());
        waiting
    }

    /// The same, and it stays.
    pub(super) fn kept_for_good(self) -> Waiting {
        Waiting { fate: Fate::Keep, ..self }
    }

    /// The same, with what another node noted of it.
    pub(super) fn with(&self, other: &Waiting) -> Waiting {
        let mut waiting = Waiting { at: self.at.max(other.at), ..self.clone() };
        waiting.by.extend(other.by.iter().cloned());
        waiting
    }

    /// Where the ledger stood when it was first kept.
    pub(super) fn place(&self) -> Option<Place> {
        self.from.parse().ok()
    }
}

/// The notes of a store.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    root: PathBuf,
}

impl Shelf {
    /// Those in `dir`; a directory is made with its first note.
    pub(super) fn of(dir: &Path) -> Shelf {
        Shelf { root: dir.join("uploads") }
    }

    /// Everything that waits; what is no note is left out.
    pub(super) fn waiting(&self) -> Result<BTreeMap<BlobId, Waiting>, Failure> {
        let failed = failed("read");
        let entries = match fs::read_dir(self.root.join("waiting")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut waiting = BTreeMap::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(Ok(id)) = name.map(str::parse::<BlobId>) else { continue };
            if let Ok(note) = serde_json::from_slice(&fs::read(&path).map_err(failed)?) {
                waiting.insert(id, note);
            }
        }
        Ok(waiting)
    }

    /// Notes that a photo waits.
    pub(super) fn note(&self, id: &BlobId, waiting: &Waiting) -> Result<(), Failure> {
        // Writing plain data cannot fail.
        let note = serde_json::to_vec(waiting).unwrap_or_default();
        let path = self.waits(id);
        let dir = path.parent().unwrap_or(&self.root);
        let half = dir.join(format!(".{id}"));
        private::dir(dir).map_err(failed("keep"))?;
        fs::write(&half, note).and_then(|()| fs::rename(&half, &path)).map_err(failed("keep"))
    }

    /// It waits no longer.
    pub(super) fn forget(&self, id: &BlobId) -> Result<(), Failure> {
        match fs::remove_file(self.waits(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove")(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Notes that a case names a photo.
    pub(super) fn name(&self, id: &BlobId, case: &CaseId) -> Result<(), Failure> {
        let known = self.cases(id)?;
        if known.contains(case) || known.len() >= CASES_MAX {
            return Ok(());
        }
        let path = self.names(id);
        private::dir(path.parent().unwrap_or(&self.root)).map_err(failed("keep"))?;
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).mode(0o600).open(path);
        let line = format!("{}\n", case.as_str());
        file.and_then(|mut file| file.write_all(line.as_bytes())).map_err(failed("keep"))
    }

    /// The cases that name a photo.
    pub(super) fn cases(&self, id: &BlobId) -> Result<Vec<CaseId>, Failure> {
        match fs::read_to_string(self.names(id)) {
            // Half a line was cut off by a kill, and names no case.
            Ok(text) => Ok(text.lines().map(|line| CaseId(line.into())).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(failed("read")(error)),
        }
    }

    fn waits(&self, id: &BlobId) -> PathBuf {
        self.root.join("waiting").join(id.to_string())
    }

    fn names(&self, id: &BlobId) -> PathBuf {
        let name = id.to_string();
        self.root.join("named").join(name.get(..2).unwrap_or("__")).join(name)
    }
}

fn failed(action: &'static str) -> impl Fn(io::Error) -> Failure + Copy {
    move |source| Failure::Shelf { action, source }
}
