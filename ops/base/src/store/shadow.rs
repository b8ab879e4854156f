//! A shadow of a store's state: a copy in the system's directory for temporary files, for whoever looks and must not
//! touch. Gone when it is dropped.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The state's directory in the store's.
const STATE: &str = "store";
/// Bytes that are left free beside the copy, for others and for what is folded into it.
const ROOM: u64 = 256 << 20;
/// Names that are tried.
const TRIES: u32 = 100;

/// A copy of the state.
#[derive(Debug)]
pub struct Shadow(PathBuf);

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum Unshadowed {
    /// There is no state to be copied: the next start makes it.
    #[error("there is no state")]
    NoState,
    /// So many bytes are needed, so many are free.
    #[error("`{}` has {free} bytes free, {needed} are needed", place.display())]
    NoRoom {
        place: PathBuf,
        /// With some to spare.
        needed: u64,
        free: u64,
    },
    /// The system's.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Shadow {
    /// Copies the state of the store in `dir`, which nobody writes meanwhile.
    ///
    /// # Errors
    /// Why there is no copy; nothing is left of it.
    pub fn of(dir: &Path) -> Result<Shadow, Unshadowed> {
        let state = dir.join(STATE);
        if !state.is_dir() {
            return Err(Unshadowed::NoState);
        }
        let place = std::env::temp_dir();
        let needed = size(&state)?.saturating_mul(2).saturating_add(ROOM);
        let there = rustix::fs::statvfs(&place).map_err(io::Error::from)?;
        let free = there.f_bavail.saturating_mul(there.f_frsize);
        if free < needed {
            return Err(Unshadowed::NoRoom { place, needed, free });
        }
        let shadow = Shadow(made(&place)?);
        copy(&state, &shadow.0.join(STATE))?;
        Ok(shadow)
    }

    /// Where it lies.
    pub fn dir(&self) -> &Path {
        &self.0
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(dir = %self.0.display(), %error, "a copy stays behind");
        }
    }
}

/// A new directory in `place` that only its owner enters.
fn made(place: &Path) -> io::Result<PathBuf> {
    let process = std::process::id();
    for n in 0..TRIES {
        let dir = place.join(format!("duban-look-{process}-{n}"));
        match DirBuilder::new().mode(0o700).create(&dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| dir),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn size(dir: &Path) -> io::Result<u64> {
    let mut bytes = 0_u64;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += if found.is_dir() { size(&entry.path())? } else { found.len() };
    }
    Ok(bytes)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
