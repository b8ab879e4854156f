//! One directory of files: everything durable goes through here, so that a simulator can lose it.
//!
//! Names are relative and use `/`. What survives a loss of power is what the calls say and nothing else:
//! - bytes of a file: after [`Disk::sync`] of that file;
//! - a file's name (created, renamed, removed): after [`Disk::sync_dir`] of the directory that holds it.
//!
//! Not here: what the bytes mean, and any retry.

use std::io;
use std::sync::Arc;

pub use self::memory::MemoryDisk;
pub use self::os::{LOCK_FILE, OsDisk};

mod memory;
mod os;

/// The reading half: usable from any thread while another one writes.
pub trait Files: Send + Sync + 'static {
    /// The names of files and directories directly in `dir`, sorted.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::NotFound`] when there is no such directory.
    fn list(&self, dir: &str) -> io::Result<Vec<String>>;

    /// How long `file` is, in bytes.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::NotFound`] when there is no such file.
    fn len(&self, file: &str) -> io::Result<u64>;

    /// At most `len` bytes of `file` from `offset`; fewer only at its end.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::NotFound`] when there is no such file.
    fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>>;
}

/// A directory of files that can be written. Nothing is durable before it is synced.
pub trait Disk: Files {
    /// Adds `bytes` at the end of an existing `file`, by one write where the system allows. After an error some of
    /// them may be there.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::StorageFull`] when the disk is full.
    fn append(&mut self, file: &str, bytes: &[u8]) -> io::Result<()>;

    /// Cuts `file` to its first `len` bytes.
    fn truncate(&mut self, file: &str, len: u64) -> io::Result<()>;

    /// Makes the bytes of `file` survive a loss of power (`fdatasync`).
    ///
    /// # Errors
    /// The system's. Nothing is then known about what is on the disk.
    fn sync(&mut self, file: &str) -> io::Result<()>;

    /// Makes the names in `dir` survive a loss of power; the empty name is the directory itself.
    ///
    /// # Errors
    /// The system's. Nothing is then known about what is on the disk.
    fn sync_dir(&mut self, dir: &str) -> io::Result<()>;

    /// Creates `file` with `bytes` in it.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::AlreadyExists`] when it is there. After another error it may be there in part.
    fn write_new(&mut self, file: &str, bytes: &[u8]) -> io::Result<()>;

    /// Gives `from` the name `to`, in place of what had it.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;

    /// Removes `file`.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::NotFound`] when there is no such file.
    fn remove(&mut self, file: &str) -> io::Result<()>;

    /// Creates `dir` and the directories above it; what is there stays.
    fn create_dir(&mut self, dir: &str) -> io::Result<()>;

    /// A reader of the same directory, for other threads.
    fn reader(&self) -> Arc<dyn Files>;

    /// A further handle on the same directory, for a thread that writes other files.
    fn another(&self) -> Box<dyn Disk>;
}

/// Removes `file` if it is there.
pub(crate) fn remove_if_there(disk: &mut dyn Disk, file: &str) -> io::Result<()> {
    match disk.remove(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
