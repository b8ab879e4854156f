//! A real directory. What is made in it is its owner's alone, whatever the umask.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Disk, Files};
use crate::journal::failure::Failure;

/// A real directory. Keeps the file it appends to open.
#[derive(Debug)]
pub struct OsDisk {
    files: OsFiles,
    appending: Option<(String, File)>,
    /// Held, not read: the system lets go of the lock when the file is closed.
    _lock: Option<File>,
}

/// The reading half of [`OsDisk`]: opens files as they are asked for.
#[derive(Clone, Debug)]
struct OsFiles {
    root: PathBuf,
}

/// Who enters a directory: its owner.
const DIR_MODE: u32 = 0o700;
/// Who reads and writes a file: its owner.
const FILE_MODE: u32 = 0o600;
/// The file whose lock says that a process writes here.
pub const LOCK_FILE: &str = "duban.lock";

impl OsDisk {
    /// The directory `root`, which must exist: to read, or to write beside the process that holds its lock.
    pub fn at(root: impl Into<PathBuf>) -> OsDisk {
        OsDisk { files: OsFiles { root: root.into() }, appending: None, _lock: None }
    }

    /// The directory `root`, created if it is missing, for this process alone.
    ///
    /// # Errors
    /// [`Failure::Locked`] when another process has it; otherwise the system's.
    pub fn exclusive(root: impl Into<PathBuf>) -> Result<OsDisk, Failure> {
        let root = root.into();
        let shown = root.display().to_string();
        create_durable_dir(&root).map_err(|error| Failure::io("create", &shown, error))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(FILE_MODE)
            .open(root.join(LOCK_FILE))
            .map_err(|error| Failure::io("open", LOCK_FILE, error))?;
        match lock.try_lock() {
            Ok(()) => Ok(OsDisk { files: OsFiles { root }, appending: None, _lock: Some(lock) }),
            Err(fs::TryLockError::WouldBlock) => Err(Failure::Locked { directory: shown }),
            Err(fs::TryLockError::Error(error)) => Err(Failure::io("lock", LOCK_FILE, error)),
        }
    }

    /// The directory `root`, which must exist, to read while no other process writes there. Creates nothing: where no
    /// process ever had it for itself, there is no lock to hold.
    ///
    /// # Errors
    /// [`Failure::Locked`] when another process has it; otherwise the system's.
    pub fn shared(root: impl Into<PathBuf>) -> Result<OsDisk, Failure> {
        let root = root.into();
        let lock = match File::open(root.join(LOCK_FILE)) {
            Ok(lock) => Some(lock),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::io("open", LOCK_FILE, error)),
        };
        match lock.as_ref().map_or(Ok(()), File::try_lock_shared) {
            Ok(()) => Ok(OsDisk { files: OsFiles { root }, appending: None, _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => {
                Err(Failure::Locked { directory: root.display().to_string() })
            }
            Err(fs::TryLockError::Error(error)) => Err(Failure::io("lock", LOCK_FILE, error)),
        }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.files.root
    }

    fn appender(&mut self, file: &str) -> io::Result<&mut File> {
        if self.appending.as_ref().is_none_or(|(name, _)| name != file) {
            let open = OpenOptions::new().append(true).open(self.files.root.join(file))?;
            self.appending = Some((file.to_owned(), open));
        }
        let open = self.appending.as_mut().map(|(_, open)| open);
        open.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn forget(&mut self, file: &str) {
        if self.appending.as_ref().is_some_and(|(name, _)| name == file) {
            self.appending = None;
        }
    }
}

/// Creates `dir` and syncs each directory that gained a name, so that the whole path survives.
fn create_durable_dir(dir: &Path) -> io::Result<()> {
    if dir.as_os_str().is_empty() || dir.is_dir() {
        return Ok(());
    }
    let above = dir.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    create_durable_dir(above)?;
    let created = DirBuilder::new().mode(DIR_MODE).create(dir);
    // Another process may have been quicker.
    if created.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
        return created;
    }
    File::open(above)?.sync_all()
}

impl Files for OsFiles {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join(dir))? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn len(&self, file: &str) -> io::Result<u64> {
        Ok(fs::metadata(self.root.join(file))?.len())
    }

    fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut open = File::open(self.root.join(file))?;
        open.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(len);
        open.take(u64::try_from(len).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Files for OsDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        self.files.list(dir)
    }

    fn len(&self, file: &str) -> io::Result<u64> {
        self.files.len(file)
    }

    fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        self.files.read_at(file, offset, len)
    }
}

impl Disk for OsDisk {
    fn append(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        self.appender(file)?.write_all(bytes)
    }

    fn truncate(&mut self, file: &str, len: u64) -> io::Result<()> {
        self.appender(file)?.set_len(len)
    }

    fn sync(&mut self, file: &str) -> io::Result<()> {
        self.appender(file)?.sync_data()
    }

    fn sync_dir(&mut self, dir: &str) -> io::Result<()> {
        File::open(self.files.root.join(dir))?.sync_all()
    }

    fn write_new(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.files.root.join(file);
        let mut options = OpenOptions::new();
        let mut open = options.append(true).create_new(true).mode(FILE_MODE).open(path)?;
        let written = open.write_all(bytes);
        self.appending = Some((file.to_owned(), open));
        written
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.forget(from);
        self.forget(to);
        fs::rename(self.files.root.join(from), self.files.root.join(to))
    }

    fn remove(&mut self, file: &str) -> io::Result<()> {
        self.forget(file);
        fs::remove_file(self.files.root.join(file))
    }

    fn create_dir(&mut self, dir: &str) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(DIR_MODE).create(self.files.root.join(dir))
    }

    fn reader(&self) -> Arc<dyn Files> {
        Arc::new(self.files.clone())
    }

    fn another(&self) -> Box<dyn Disk> {
        Box::new(OsDisk::at(self.files.root.clone()))
    }
}
