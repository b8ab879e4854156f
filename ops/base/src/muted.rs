//! Muted stores: whether letters and SMS wait in the outbox until a person lets them go (静音).
//!
//! A store that was restored beside the real one must not write to the town a second time. The mark is a file in the
//! store's directory, so that it outlives the process and goes with whoever moves the directory. Muted sends nothing
//! and loses nothing: rows are written and stay ready, timers go on; what is no longer needed when it is let go is
//! withdrawn by its claim, as after any other wait. No server of a channel is called meanwhile, not even to ask how it
//! is: the number of a restored store may be the real one's.

pub mod waiting;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// The mark's name in the store's directory.
pub const FILE: &str = "muted";
/// Whoever wrote a mark that cannot be read.
const SOMEBODY: &str = "?";

/// Since when a store is muted, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub since: Timestamp,
    /// By whom: a login, or the command that did it.
    pub by: CompactString,
}

/// Whether the store in `dir` is muted. A mark that cannot be read is one, too: silence can be mended, letters cannot
/// be called back.
pub fn is_muted(dir: &Path) -> bool {
    mark(dir).is_some()
}

/// The mark of the store in `dir`; none when it speaks.
pub fn mark(dir: &Path) -> Option<Mark> {
    let path = dir.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap_or_else(|_| unread(&path))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(_) => Some(unread(&path)),
    }
}

/// A mark of which only the file's age is known.
fn unread(path: &Path) -> Mark {
    let changed = fs::metadata(path).and_then(|file| file.modified()).ok();
    let age = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let millis = age.and_then(|age| i64::try_from(age.as_millis()).ok());
    Mark {
        since: Timestamp::from_millis(millis.unwrap_or(0)),
        by: CompactString::const_new(SOMEBODY),
    }
}

/// Mutes the store in `dir`, durably; one that is muted keeps its first mark.
pub fn mute(dir: &Path, by: &str, since: Timestamp) -> io::Result<()> {
    if is_muted(dir) {
        return Ok(());
    }
    let half = dir.join(format!("{FILE}.part"));
    let written = serde_json::to_vec(&Mark { since, by: by.into() })?;
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&half)?;
    file.write_all(&written)?;
    file.sync_all()?;
    fs::rename(&half, dir.join(FILE))?;
    File::open(dir)?.sync_all()
}

/// Lets the store in `dir` speak again, durably.
pub fn unmute(dir: &Path) -> io::Result<()> {
    match fs::remove_file(dir.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => File::open(dir)?.sync_all(),
    }
}

/// The mark as a running server heeds it, without asking the disk for each message.
#[derive(Debug)]
pub struct Muted {
    dir: PathBuf,
    mark: Mutex<Option<Mark>>,
}

impl Muted {
    /// As the store in `dir` is marked now.
    pub fn of(dir: &Path) -> Muted {
        Muted { dir: dir.to_owned(), mark: Mutex::new(mark(dir)) }
    }

    /// Since when and by whom; none when letters leave.
    pub fn mark(&self) -> Option<Mark> {
        self.lock().clone()
    }

    /// Whether nothing is to leave.
    pub fn is_on(&self) -> bool {
        self.lock().is_some()
    }

    /// Mutes at once, and durably.
    ///
    /// # Errors
    /// The disk's; nothing leaves all the same until the process ends.
    pub fn mute(&self, by: &str, at: Timestamp) -> io::Result<()> {
        let mut mark = self.lock();
        mark.get_or_insert_with(|| Mark { since: at, by: by.into() });
        mute(&self.dir, by, at)
    }

    /// Lets messages leave again, once that is durable.
    ///
    /// # Errors
    /// The disk's; nothing leaves then.
    pub fn unmute(&self) -> io::Result<()> {
        let mut mark = self.lock();
        unmute(&self.dir)?;
        *mark = None;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Mark>> {
        self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn a_muted_store_is_muted_for_whoever_opens_it_until_somebody_lets_it_speak() {
        let dir = tempfile::tempdir().unwrap();
        let (running, by) = (Muted::of(dir.path()), "restore");
        assert!(!running.is_on() && !is_muted(dir.path()));
        running.mute(by, NOON).unwrap();
        assert_eq!(Muted::of(dir.path()).mark(), Some(Mark { since: NOON, by: by.into() }));
        running.unmute().unwrap();
        running.unmute().unwrap();
        assert!(!running.is_on() && !is_muted(dir.path()));
    }

    #[test]
    fn who_muted_first_stands_in_the_mark() {
        let dir = tempfile::tempdir().unwrap();
        mute(dir.path(), "restore", NOON).unwrap();
        mute(dir.path(), "yunwei", Timestamp::from_millis(0)).unwrap();
        assert_eq!(mark(dir.path()), Some(Mark { since: NOON, by: "restore".into() }));
    }

    #[test]
    fn a_mark_that_cannot_be_read_mutes_all_the_same() {
        for damaged in ["", "{", "{\"since\": 7}"] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(FILE), damaged).unwrap();
            assert_eq!(mark(dir.path()).unwrap().by, SOMEBODY, "{damaged:?}");
        }
    }
}
