//! Trust in a store: whether it may be believed without reading all of it.
//!
//! sled gives no promise about a loss of power, and when its log lost a piece it may open without a word and show an
//! older page between newer ones. A kill of the process alone loses nothing that sled had written, because the system
//! still has it. So a file beside it says how the store was left, and in which run of the machine.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::journal::failure::Failure;

/// The file that says how the store was left.
const MARK_FILE: &str = "duban.mark";
/// The log of sled, without which there is no store.
const LOG_FILE: &str = "db";
/// Where Linux names the run of the machine; elsewhere every run is another one.
const BOOT_FILE: &str = "/proc/sys/kernel/random/boot_id";

/// How a store was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Closed, and every byte of it safe on the disk.
    Closed,
    /// In use, in this run of the machine.
    Open,
    /// It is being made, and of no use before it is.
    Making,
    /// It has shown damage.
    Damaged,
}

/// What that means for somebody who opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// What is in it is what was put there.
    Whole,
    /// Power may have been lost meanwhile.
    Doubtful,
    None,
}

/// How the store in `dir` was left.
pub(super) fn read(dir: &Path) -> Trust {
    match fs::read_to_string(dir.join(MARK_FILE)) {
        Ok(mark) if mark == text(Mark::Damaged) || mark == text(Mark::Making) => Trust::None,
        Ok(mark) if mark == text(Mark::Closed) => Trust::Whole,
        Ok(mark) if mark == text(Mark::Open) && !boot().is_empty() => Trust::Whole,
        // A new store is checked in no time.
        Ok(_) | Err(_) => Trust::Doubtful,
    }
}

/// Says how the store in `dir` is left, safe against a loss of power.
pub(super) fn mark(dir: &Path, mark: Mark) -> Result<(), Failure> {
    let write = || {
        let fresh = dir.join(format!("{MARK_FILE}.new"));
        let mut file = File::create(&fresh)?;
        file.write_all(text(mark).as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, dir.join(MARK_FILE))?;
        File::open(dir)?.sync_all()
    };
    write().map_err(|error: io::Error| Failure::io("write", MARK_FILE, error))
}

/// Whether there is a store in `dir`. A directory alone is none: its making was cut off before it had begun.
pub(super) fn is_there(dir: &Path) -> bool {
    dir.join(LOG_FILE).exists()
}

/// Whether the store in `dir` was ever finished, whatever became of it since.
pub(super) fn was_made(dir: &Path) -> bool {
    is_there(dir) && !is_in_the_making(dir)
}

/// Removes what is in `dir`; whoever is cut off leaves nothing that could be taken for a store.
pub(super) fn discard(dir: &Path) -> io::Result<()> {
    let gone = |error: io::Error| {
        if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
    };
    fs::remove_file(dir.join(LOG_FILE)).or_else(gone)?;
    fs::remove_dir_all(dir).or_else(gone)
}

/// The store in `dir` has shown damage. One that is being made is of no use already, and was never of any.
pub(super) fn damaged(dir: &Path) -> Result<(), Failure> {
    if is_in_the_making(dir) { Ok(()) } else { mark(dir, Mark::Damaged) }
}

/// The store in `dir` is left with every byte safe on the disk. What it has shown meanwhile stands all the same.
pub(super) fn closed(dir: &Path) -> Result<(), Failure> {
    if is_marked(dir, Mark::Open) { mark(dir, Mark::Closed) } else { Ok(()) }
}

/// What the store in `dir` holds is to be looked through before it is used; one that is being made is not used anyhow.
/// Works on a full disk, too.
pub(super) fn doubt(dir: &Path) {
    if is_in_the_making(dir) {
        return;
    }
    match fs::remove_file(dir.join(MARK_FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "cannot mark the store as doubtful");
        }
        Ok(()) | Err(_) => {}
    }
}

/// Makes every file in `dir` and below safe against a loss of power.
pub(super) fn sync_all(dir: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::io("sync", &dir.to_string_lossy(), error);
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            sync_all(&path)?;
            continue;
        }
        match File::open(&path).and_then(|file| file.sync_all()) {
            // sled removes its old snapshots when it likes.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            Ok(()) | Err(_) => {}
        }
    }
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed)
}

fn is_in_the_making(dir: &Path) -> bool {
    is_marked(dir, Mark::Making)
}

fn is_marked(dir: &Path, mark: Mark) -> bool {
    fs::read_to_string(dir.join(MARK_FILE)).is_ok_and(|found| found == text(mark))
}

fn text(mark: Mark) -> String {
    match mark {
        Mark::Closed => "closed".to_owned(),
        Mark::Open => format!("open {}", boot()),
        Mark::Making => "making".to_owned(),
        Mark::Damaged => "damaged".to_owned(),
    }
}

/// Another text in each run of the machine; empty where nobody knows.
fn boot() -> String {
    fs::read_to_string(BOOT_FILE).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_being_made_is_not_used_and_was_never_made_whatever_it_shows_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(LOG_FILE), b"half").unwrap();
        mark(dir.path(), Mark::Making).unwrap();
        doubt(dir.path());
        damaged(dir.path()).unwrap();
        assert_eq!((read(dir.path()), was_made(dir.path())), (Trust::None, false));
    }

    #[test]
    fn a_store_in_use_was_made_and_is_looked_through_or_not_used_after_trouble() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(LOG_FILE), b"whole").unwrap();
        mark(dir.path(), Mark::Open).unwrap();
        closed(dir.path()).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join(MARK_FILE)).unwrap(), text(Mark::Closed));
        mark(dir.path(), Mark::Open).unwrap();
        doubt(dir.path());
        closed(dir.path()).unwrap();
        assert_eq!((read(dir.path()), was_made(dir.path())), (Trust::Doubtful, true));
        damaged(dir.path()).unwrap();
        closed(dir.path()).unwrap();
        assert_eq!((read(dir.path()), was_made(dir.path())), (Trust::None, true));
    }
}
