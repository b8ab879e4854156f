//! Copies of keys: names first, then what is missing, and two syncs of the whole disk at the end instead of one a key.
//!
//! A key is 32 bytes, and a sync of each of tens of thousands takes minutes. What is missing is written under hidden
//! names; one `syncfs` makes all of it safe; then each gets its name, and a second one makes the names safe. A copy that
//! was cut off leaves hidden files, never half a key under its name, and the next one removes them. (`syncfs` says
//! whether anything could not be written since Linux 5.8, and waits for what others wrote to that disk, too.)
//!
//! What was erased stays erased: the empty file that is left of a key takes the key away in the copy, and a copy that
//! has only that takes no key any more, not even from a store that still has it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::mem;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::{Failure, KEY_BYTES, Key, Seals};
use duban_actors::case::CaseId;
use duban_base::private;

/// How the names end under which keys are written before they are safe.
const HALF: &str = ".copy";
/// How long a key is that was erased.
const ERASED: u64 = 0;
/// Keys that are made safe at once, and those of one more directory: their names are held in memory until then.
const AT_ONCE: usize = 65_536;

/// What a copy is about to do.
#[derive(Debug, Default)]
struct Plan {
    /// Written under the first name, to get the second.
    written: Vec<(PathBuf, PathBuf)>,
    /// Keys that are erased in the source.
    erased: Vec<PathBuf>,
}

impl Seals {
    /// Copies what `other` lacks, and erases there what is erased here; how many files were changed. Keys may be made
    /// and erased here meanwhile. `other` is this caller's alone.
    ///
    /// # Errors
    /// The disk's; the next copy goes on with what is missing.
    pub fn copy_into(&self, other: &Seals) -> Result<u64, Failure> {
        let failed = |source| Failure::Key { action: "copy", source };
        let mut plan = Plan::default();
        let mut n_changed = 0;
        for dir in names(&self.root).map_err(failed)? {
            plan.directory(&self.root.join(&dir), &other.root.join(&dir)).map_err(failed)?;
            if plan.n_changes() >= AT_ONCE {
                n_changed += mem::take(&mut plan).carry_out(&other.root).map_err(failed)?;
            }
        }
        n_changed += plan.carry_out(&other.root).map_err(failed)?;
        Ok(n_changed)
    }

    /// The first `n` cases behind `after` of which a key is here, or its mark, in the order of their files.
    ///
    /// # Errors
    /// The disk's.
    pub fn kept(&self, after: Option<&CaseId>, n: usize) -> Result<Vec<CaseId>, Failure> {
        let failed = |source| Failure::Key { action: "look for", source };
        let after = after.map(|case| self.path(case));
        let mut kept = Vec::new();
        for dir in names(&self.root).map_err(failed)?.into_iter().map(|dir| self.root.join(dir)) {
            if after.as_deref().and_then(Path::parent).is_some_and(|before| dir.as_path() < before)
            {
                continue;
            }
            for name in names(&dir).map_err(failed)?.into_iter().filter(|name| !is_hidden(name)) {
                if kept.len() >= n {
                    return Ok(kept);
                }
                if after.as_ref().is_none_or(|after| dir.join(&name) > *after) {
                    kept.push(CaseId(name.into()));
                }
            }
        }
        Ok(kept)
    }
}

impl Seals {
    /// Erases here what is erased in `other`, where more was erased since these keys were copied; how many keys that were
    /// here are gone. What is not here cannot come back either.
    ///
    /// # Errors
    /// The disk's; the next call goes on with what is left.
    pub fn erase_what_is_erased_in(&self, other: &Seals) -> Result<u64, Failure> {
        let failed = |source| Failure::Key { action: "look for", source };
        let mut n_gone = 0;
        for dir in names(&other.root).map_err(failed)? {
            let there = other.root.join(&dir);
            for name in names(&there).map_err(failed)?.into_iter().filter(|name| !is_hidden(name)) {
                if length(&there.join(&name)).map_err(failed)? == ERASED {
                    let case = CaseId(name.into());
                    match self.standing(&case)? {
                        Key::Erased => continue,
                        Key::There | Key::Damaged => n_gone += 1,
                        Key::Lost => {}
                    }
                    self.erase_here(&case)?;
                }
            }
        }
        Ok(n_gone)
    }
}

impl Plan {
    /// Writes what the directory `there` lacks of `here` under hidden names.
    fn directory(&mut self, here: &Path, there: &Path) -> io::Result<()> {
        let ours = names(here)?;
        let theirs = names(there)?;
        for name in theirs.iter().filter(|name| is_hidden(name) && name.ends_with(HALF)) {
            fs::remove_file(there.join(name))?;
        }
        for name in ours.iter().filter(|name| !is_hidden(name)) {
            let known = if theirs.contains(name) { Some(length(&there.join(name))?) } else { None };
            match (length(&here.join(name))?, known) {
                (_, Some(ERASED)) => {}
                (ERASED, Some(_)) => self.erased.push(there.join(name)),
                (length, Some(known)) if length == known => {}
                (_, Some(_) | None) => self.file(here, there, name)?,
            }
        }
        Ok(())
    }

    fn n_changes(&self) -> usize {
        self.written.len() + self.erased.len()
    }

    fn file(&mut self, here: &Path, there: &Path, name: &str) -> io::Result<()> {
        let content = fs::read(here.join(name))?;
        private::dir(there)?;
        let half = there.join(format!(".{name}{HALF}"));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        options.open(&half)?.write_all(&content)?;
        self.written.push((half, there.join(name)));
        Ok(())
    }

    /// Makes safe what was written, gives it its names, and makes those safe.
    fn carry_out(self, root: &Path) -> io::Result<u64> {
        let n_changed = self.n_changes();
        if n_changed == 0 {
            return Ok(0);
        }
        // Over its own bytes first: a file that is only cut leaves them in blocks that are free.
        for key in &self.erased {
            fs::OpenOptions::new().write(true).open(key)?.write_all(&[0; KEY_BYTES])?;
        }
        let disk = fs::File::open(root)?;
        rustix::fs::syncfs(&disk)?;
        for (half, name) in &self.written {
            fs::rename(half, name)?;
        }
        for key in &self.erased {
            fs::OpenOptions::new().write(true).open(key)?.set_len(ERASED)?;
        }
        rustix::fs::syncfs(&disk)?;
        Ok(u64::try_from(n_changed).unwrap_or(u64::MAX))
    }
}

fn length(file: &Path) -> io::Result<u64> {
    fs::metadata(file).map(|found| found.len())
}

/// The names in a directory; none when it is not there.
fn names(dir: &Path) -> io::Result<BTreeSet<String>> {
    let listed = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        listed => listed?,
    };
    // Names that are no text are none of ours.
    let names =
        listed.filter_map(|entry| entry.map(|e| e.file_name().into_string().ok()).transpose());
    names.collect()
}

/// One that is being made is not copied: no commit can name it yet.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use duban_actors::case::{ReplyWish, Reporter};

    use super::super::Field;
    use super::*;

    fn reporter() -> Reporter {
        Reporter { name: "王示例".into(), phone: "13900000001".into(), reply: ReplyWish::Wanted }
    }

    #[test]
    fn a_backup_has_every_key_and_forgets_what_was_erased() {
        let [here, there] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (seals, backup) = (Seals::of(here.path()), Seals::of(there.path()));
        assert_eq!(seals.copy_into(&backup).unwrap(), 0);
        let [one, other] = ["1", "2"].map(|no| CaseId::from_intake("12319", no));
        let sealed = [&one, &other].map(|case| seals.sealed(case, &reporter()).unwrap());
        assert_eq!(seals.copy_into(&backup).unwrap(), 2);
        seals.erase(&one).unwrap();
        assert_eq!(seals.copy_into(&backup).unwrap(), 1);
        assert_eq!(seals.copy_into(&backup).unwrap(), 0);
        let read = |case, sealed: &Reporter| backup.read(case, Field::Phone, &sealed.phone);
        assert!(matches!(read(&one, &sealed[0]), Err(Failure::Erased)));
        assert_eq!(read(&other, &sealed[1]).unwrap(), "13900000001");
    }

    #[test]
    fn what_is_erased_in_a_copy_is_not_brought_back_by_a_store_that_still_has_it() {
        let [old, there] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (old, backup) = (Seals::of(old.path()), Seals::of(there.path()));
        let case = CaseId::from_intake("12319", "1");
        let sealed = old.sealed(&case, &reporter()).unwrap();
        old.copy_into(&backup).unwrap();
        backup.erase(&case).unwrap();
        assert_eq!(old.copy_into(&backup).unwrap(), 0);
        let read = backup.read(&case, Field::Phone, &sealed.phone);
        assert!(matches!(read, Err(Failure::Erased)), "{read:?}");
    }

    #[test]
    fn what_was_erased_since_a_copy_was_made_is_erased_in_it_and_nothing_else() {
        let [here, there] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (seals, backup) = (Seals::of(here.path()), Seals::of(there.path()));
        let cases = ["1", "2", "3"].map(|no| CaseId::from_intake("12319", no));
        let sealed = cases.each_ref().map(|case| seals.sealed(case, &reporter()).unwrap());
        seals.copy_into(&backup).unwrap();
        let later = CaseId::from_intake("12319", "4");
        seals.sealed(&later, &reporter()).unwrap();
        for case in [&cases[0], &later] {
            seals.erase(case).unwrap();
        }
        assert_eq!(backup.erase_what_is_erased_in(&seals).unwrap(), 1);
        assert_eq!(backup.erase_what_is_erased_in(&seals).unwrap(), 0);
        assert_eq!(backup.standing(&cases[0]).unwrap(), Key::Erased);
        assert_eq!(backup.standing(&later).unwrap(), Key::Erased, "it does not come back");
        assert_eq!(backup.read(&cases[1], Field::Phone, &sealed[1].phone).unwrap(), "13900000001");
        let nothing = tempfile::tempdir().unwrap();
        assert_eq!(backup.erase_what_is_erased_in(&Seals::of(nothing.path())).unwrap(), 0);
    }

    #[test]
    fn keys_are_copied_while_others_are_cut() {
        let [here, there] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (seals, backup) = (Seals::of(here.path()), Seals::of(there.path()));
        std::thread::scope(|scope| {
            let cutting = scope.spawn(|| {
                for n in 0..300 {
                    let case = CaseId::from_intake("12319", &n.to_string());
                    seals.sealed(&case, &reporter()).unwrap();
                }
            });
            while !cutting.is_finished() {
                let copied = seals.copy_into(&backup);
                assert!(copied.is_ok(), "{copied:?}");
            }
        });
        seals.copy_into(&backup).unwrap();
        assert_eq!(seals.copy_into(&backup).unwrap(), 0);
    }

    #[test]
    fn a_copy_that_was_cut_off_is_gone_on_with_and_leaves_nothing_behind() {
        let [here, there] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (seals, backup) = (Seals::of(here.path()), Seals::of(there.path()));
        let case = CaseId::from_intake("12319", "1");
        let sealed = seals.sealed(&case, &reporter()).unwrap();
        let path = backup.path(&case);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Under its name, as an older version may have left it, and under a hidden one.
        fs::write(&path, b"half").unwrap();
        let half = path.with_file_name(format!(".{}{HALF}", case.as_str()));
        fs::write(&half, b"half").unwrap();
        assert_eq!(seals.copy_into(&backup).unwrap(), 1);
        assert_eq!(backup.read(&case, Field::Phone, &sealed.phone).unwrap(), "13900000001");
        assert!(!half.exists());
    }
}
