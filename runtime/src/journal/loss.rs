//! Acceptance of losses, to go on without what is lost: only by a person's word, who names what it is.
//!
//! Nothing is deleted. Whoever bore witness of the lost frames, and the end of the ledger as it was found, go into a
//! directory of their own, for somebody to look at; then the ledger that is there is the one that was seen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk as _, OsDisk};
use super::failure::Failure;
use super::ledger::{self, LedgerReader};
use super::opening::STORE_DIR;
use super::witness::{self, Head, Loss, MARK_FILE, Witness};
use super::{Options, snapshot};
use crate::journal::marker;

/// What the directory's name begins with; then comes the last frame that is left.
pub const ASIDE: &str = "lost-";
/// Directories of that name that are looked at before it is given up.
const ASIDE_MAX: usize = 1_000;

/// What is lost of one store, which nobody else opens meanwhile.
#[derive(Debug)]
pub struct Losses {
    disk: OsDisk,
    lost: Vec<Loss>,
    left: Head,
}

impl Losses {
    /// What is lost in the directory of `options`.
    ///
    /// # Errors
    /// [`Failure::Locked`], those of [`marker::admit`], [`Failure::Damaged`] when the ledger goes on behind damage; otherwise the disk's.
    pub fn of(options: &Options) -> Result<Losses, Failure> {
        let disk = OsDisk::exclusive(&options.dir)?;
        marker::admit(&disk, &options.dir, &options.membership)?;
        let files = disk.reader();
        let reader = LedgerReader::over(files.clone())?;
        if let Some(beyond) = reader.beyond() {
            return Err(beyond.clone());
        }
        let mut seen = witness::beside(files.as_ref())?;
        seen.extend(&options.seen);
        if options.dir.join(STORE_DIR).is_dir() {
            // A store that cannot be read is made again, and bears no witness.
            seen.extend(witness::of_store_in(&options.dir, options).unwrap_or_default());
        }
        let lost = witness::losses(&reader, &seen)?;
        let (hash, frame) = reader.head();
        Ok(Losses { disk, lost, left: Head { frame, hash } })
    }

    /// What it is, the latest frame first.
    pub fn lost(&self) -> &[Loss] {
        &self.lost
    }

    /// The last frame that is left.
    pub fn left(&self) -> Head {
        self.left
    }

    /// Goes on without it. Says where those who bore witness are kept. Cut off in the middle, the rest of them still
    /// stands against the ledger, and this can be asked again.
    pub fn accept(mut self) -> Result<PathBuf, Failure> {
        let root = self.disk.root().to_owned();
        let aside = aside(&root, self.left.frame)?;
        self.keep_the_end(&root, &aside)?;
        let by = |witness| self.lost.iter().any(|loss| loss.seen.by == witness);
        if by(Witness::Snapshot) || self.lost.iter().any(|loss| loss.missing().is_none()) {
            for span in snapshot::spans(&self.disk)? {
                let is_of_it = span.to > self.left.frame || by(Witness::Mark) || by(Witness::Store);
                if is_of_it {
                    put_aside(&root, &aside, &span.file())?;
                }
            }
        }
        if by(Witness::Store) {
            put_aside(&root, &aside, STORE_DIR)?;
        }
        ledger::go_on(&mut self.disk, self.left)?;
        put_aside(&root, &aside, MARK_FILE)?;
        witness::put(&mut self.disk, self.left)?;
        self.disk.sync_dir("").map_err(|error| Failure::unsynced(".", error))?;
        Ok(aside)
    }

    /// The last segment as it was found: what is torn off its end by the next start may be all that is left of a frame.
    fn keep_the_end(&self, root: &Path, aside: &Path) -> Result<(), Failure> {
        let Some(file) = ledger::last_raw(&self.disk)? else { return Ok(()) };
        let name = Path::new(&file).file_name().unwrap_or_default();
        let copied = fs::copy(root.join(&file), aside.join(name));
        copied.map(drop).map_err(|error| Failure::io("copy", &file, error))
    }
}

/// A new directory in `root`.
fn aside(root: &Path, frame: u64) -> Result<PathBuf, Failure> {
    for n in 1..=ASIDE_MAX {
        let again = if n == 1 { String::new() } else { format!("-{n}") };
        let dir = root.join(format!("{ASIDE}{frame}{again}"));
        match fs::create_dir(&dir) {
            Ok(()) => return Ok(dir),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Failure::io("create", &dir.to_string_lossy(), error)),
        }
    }
    let many = io::Error::from(io::ErrorKind::AlreadyExists);
    Err(Failure::io("create", &format!("{ASIDE}{frame}-{ASIDE_MAX}"), many))
}

/// Moves `name` of `root` into `aside`, if it is there.
pub fn put_aside(root: &Path, aside: &Path, name: &str) -> Result<(), Failure> {
    let to = aside.join(Path::new(name).file_name().unwrap_or_default());
    match fs::rename(root.join(name), to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Failure::io("rename", name, error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
