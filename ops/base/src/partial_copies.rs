//! Partial copies: the mark that a backup or a restore leaves until it is whole.
//!
//! Whoever finds the mark knows that somebody was interrupted, or still works. A backup that bears it holds the ledger
//! up to some frame and everything those frames name, because the ledger is copied last; only what came later is
//! missing. A restore works beside its target, under a name of its own, so a store that bears the mark has never been
//! anybody's store and can be thrown away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// The mark's name in the directory that is being written.
pub const FILE: &str = "INCOMPLETE";
/// The mark before it is safe.
pub const HALF: &str = "INCOMPLETE.part";
/// What the place of a restore is called within its target; beside it, behind its name.
pub const RESTORING: &str = ".restoring";

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// The directory is a backup.
    Backup,
    /// The directory is to become a store.
    Restore,
    /// The directory is a whole store that only has to get its place.
    Restored,
}

#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    what: Work,
    since: Timestamp,
}

/// What is under way in `dir`; none when it is whole. A mark that cannot be read is that of the lesser work.
pub fn work(dir: &Path) -> Option<Work> {
    let read = fs::read(dir.join(FILE));
    if let Err(error) = &read
        && error.kind() == io::ErrorKind::NotFound
    {
        return None;
    }
    let mark = read.ok().and_then(|bytes| serde_json::from_slice::<Mark>(&bytes).ok());
    Some(mark.map_or(Work::Backup, |mark| mark.what))
}

/// Marks `dir`, durably.
pub fn begin(dir: &Path, what: Work, since: Timestamp) -> io::Result<()> {
    let half = dir.join(HALF);
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&half)?;
    file.write_all(&serde_json::to_vec(&Mark { what, since })?)?;
    file.sync_all()?;
    fs::rename(half, dir.join(FILE))?;
    File::open(dir)?.sync_all()
}

/// `dir` is whole: takes the mark away, durably.
///
/// # Errors
/// The disk's; it then counts as unfinished.
pub fn end(dir: &Path) -> io::Result<()> {
    match fs::remove_file(dir.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => File::open(dir)?.sync_all(),
    }
}

/// Empties `dir` of all but its mark, so that it goes on saying what it is; none there is none to empty.
///
/// # Errors
/// The disk's; what is left bears the mark.
pub fn empty(dir: &Path) -> io::Result<()> {
    let listed = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        listed => listed?,
    };
    for entry in listed {
        let entry = entry?;
        if entry.file_name() == FILE {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    // The mark must not be gone from the disk before what it speaks of is.
    File::open(dir)?.sync_all()
}

/// Throws `dir` away, its mark last: whoever is cut off here leaves a directory that still says what it is.
pub fn throw_away(dir: &Path) -> io::Result<()> {
    empty(dir)?;
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Refuses to take an unfinished copy for a store.
///
/// # Errors
/// The refusal, with the way out.
pub fn refuse(dir: &Path) -> Result<()> {
    let shown = dir.display();
    match work(dir) {
        None | Some(Work::Restored) => Ok(()),
        Some(Work::Backup) => bail!(
            "`{shown}` 是一份没有做完的备份,不能当作存储使用;重新运行 `duban backup {shown}` 补齐,\
             再用 `duban restore {shown} --store 新目录` 恢复"
        ),
        Some(Work::Restore) => bail!(
            "`{shown}` 是一次没有做完的恢复,不能当作存储使用;重新运行同一条 `duban restore`,它会从头做起"
        ),
    }
}

/// Where a store is restored that is to lie in `target`: beside it, so that one rename makes it the store; or within it
/// where a disk of its own is mounted there, since nothing can be renamed onto that.
pub fn place(target: &Path) -> PathBuf {
    // A rename would replace a link, not what it leads to.
    let target = target.canonicalize().unwrap_or_else(|_| target.to_owned());
    match target.file_name() {
        Some(name) if !is_mount(&target) => {
            let mut beside = name.to_owned();
            beside.push(RESTORING);
            target.with_file_name(beside)
        }
        Some(_) | None => target.join(RESTORING),
    }
}

/// The unfinished restore that belongs to `target`, if there is one.
pub fn restoring(target: &Path) -> Option<PathBuf> {
    Some(place(target)).filter(|place| work(place).is_some())
}

fn is_mount(dir: &Path) -> bool {
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    let (Some(own), Some(above)) = (device(dir), device(&dir.join(".."))) else { return false };
    own != above
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_marked_until_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(work(dir.path()), None);
        for what in [Work::Backup, Work::Restore] {
            begin(dir.path(), what, Timestamp::from_millis(7)).unwrap();
            assert_eq!(work(dir.path()), Some(what));
            assert!(refuse(dir.path()).unwrap_err().to_string().contains("没有做完"));
        }
        end(dir.path()).unwrap();
        end(dir.path()).unwrap();
        assert_eq!(work(dir.path()), None);
        refuse(dir.path()).unwrap();
    }

    #[test]
    fn a_mark_that_cannot_be_read_is_one_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "").unwrap();
        assert_eq!(work(dir.path()), Some(Work::Backup));
    }

    #[test]
    fn a_whole_store_that_waits_for_its_place_is_one_and_says_whose_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("town");
        let place = place(&target);
        fs::create_dir(&place).unwrap();
        begin(&place, Work::Restored, Timestamp::from_millis(7)).unwrap();
        refuse(&place).unwrap();
        assert_eq!(restoring(&target), Some(place));
    }

    #[test]
    fn what_is_thrown_away_is_gone_with_its_mark_and_throwing_away_nothing_is_no_fault() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("town.restoring");
        fs::create_dir_all(place.join("keys/x1")).unwrap();
        fs::write(place.join("keys/x1/cx1"), [7; 32]).unwrap();
        fs::write(place.join("duban.lock"), "").unwrap();
        begin(&place, Work::Restore, Timestamp::from_millis(7)).unwrap();
        throw_away(&place).unwrap();
        assert!(!place.exists());
        throw_away(&place).unwrap();
    }

    #[test]
    fn a_restore_works_beside_its_target_and_within_a_disk_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("town");
        assert_eq!(place(&target.join("")), dir.path().join("town.restoring"));
        fs::create_dir(&target).unwrap();
        assert_eq!(place(&target), dir.path().join("town.restoring"));
        assert_eq!(place(Path::new("/")), Path::new("/.restoring"));
    }
}
