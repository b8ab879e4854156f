//! Keys under way: each is written and made safe under a hidden name of its own before it gets the one it is kept under.
//!
//! A crash may leave one. It is in nobody's way, as no two have the same name, and it goes when its case's key is erased:
//! what it holds is the same key.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use duban_actors::case::CaseId;

use super::{Failure, KEY_BYTES};

/// A name in `dir` that no key under way has or had.
pub(super) fn name(dir: &Path, case: &CaseId) -> Result<PathBuf, Failure> {
    let mut own = [0; 8];
    getrandom::fill(&mut own).map_err(Failure::Chance)?;
    Ok(dir.join(format!("{}{:016x}", beginning(case), u64::from_le_bytes(own))))
}

/// Removes what crashes left of a case's key in `dir`, written over first.
pub(super) fn sweep(dir: &Path, case: &CaseId) -> io::Result<()> {
    let beginning = beginning(case);
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(&beginning)) {
            gone(wipe(&entry.path()))?;
            gone(fs::remove_file(entry.path()))?;
        }
    }
    Ok(())
}

/// What the names of a case's keys under way begin with.
fn beginning(case: &CaseId) -> String {
    format!(".{}-", case.as_str())
}

fn wipe(file: &Path) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).open(file)?;
    file.write_all(&[0; KEY_BYTES])?;
    file.sync_all()
}

/// One that got its own name meanwhile is not there any more.
fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use duban_actors::case::{ReplyWish, Reporter};

    use super::super::{Key, Seals, Took};
    use super::*;

    /// What is in the directory of a case's key.
    fn names(dir: &Path) -> Vec<String> {
        let listed = fs::read_dir(dir).unwrap();
        listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_key_that_a_crash_left_half_done_is_in_nobodys_way_and_goes_when_it_is_erased() {
        let ground = tempfile::tempdir().unwrap();
        let (seals, case) = (Seals::of(ground.path()), CaseId::from_intake("12319", "1"));
        let key = [7; KEY_BYTES];
        // As whatever name the copy of this very key was begun under before.
        let path = seals.path(&case);
        let dir = path.parent().unwrap();
        assert_eq!(seals.take(&case, &key).unwrap(), Took::Kept);
        let hash = blake3::hash(&key);
        let begun = u32::from_le_bytes(*hash.as_bytes().first_chunk().unwrap());
        let left =
            [format!("{}{begun:08x}", beginning(&case)), format!("{}{:016x}", beginning(&case), 1)];
        for left in &left {
            fs::write(dir.join(left), key).unwrap();
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(seals.take(&case, &key).unwrap(), Took::Kept);
        let reporter =
            Reporter { name: "王示例".into(), phone: "1".into(), reply: ReplyWish::Wanted };
        assert_eq!(seals.standing(&case).unwrap(), Key::There);
        assert!(!seals.sealed(&case, &reporter).unwrap().is_erased());
        seals.erase(&case).unwrap();
        assert_eq!(names(dir), [case.as_str()]);
    }

    #[test]
    fn a_key_that_comes_from_two_at_once_is_kept_once() {
        let ground = tempfile::tempdir().unwrap();
        let seals = Seals::of(ground.path());
        for n in 0..50 {
            let case = CaseId::from_intake("12319", &n.to_string());
            std::thread::scope(|scope| {
                let takers = [(); 4].map(|()| scope.spawn(|| seals.take(&case, &[n; KEY_BYTES])));
                for taker in takers {
                    assert_eq!(taker.join().unwrap().unwrap(), Took::Kept);
                }
            });
        }
    }
}
