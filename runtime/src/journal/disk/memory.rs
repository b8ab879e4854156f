//! A directory in memory: for tests, and for a journal that nobody keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, Files};

/// A directory in memory; clones share it. Everything written is at once as durable as it will ever be.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk {
    shared: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    dirs: BTreeSet<String>,
    /// How many bytes fit, when that is bounded.
    space: Option<u64>,
    syncs_fail: bool,
}

impl MemoryDisk {
    /// An empty directory.
    pub fn new() -> MemoryDisk {
        MemoryDisk::default()
    }

    /// From now on only `bytes` more fit; none lifts the bound. A write that does not fit is made in part.
    pub fn leave_space(&self, bytes: Option<u64>) {
        self.memory().space = bytes;
    }

    /// From now on every sync fails.
    pub fn fail_syncs(&self) {
        self.memory().syncs_fail = true;
    }

    /// The bytes of `file`, if it is there.
    pub fn bytes(&self, file: &str) -> Option<Vec<u8>> {
        self.memory().files.get(file).cloned()
    }

    /// Makes `file` hold `bytes`, without a trace of how: what damage looks like.
    pub fn overwrite(&self, file: &str, bytes: Vec<u8>) {
        self.memory().files.insert(file.to_owned(), bytes);
    }

    /// A directory with the same content that goes its own way.
    #[must_use]
    pub fn copy(&self) -> MemoryDisk {
        let memory = self.memory();
        let copy =
            Memory { files: memory.files.clone(), dirs: memory.dirs.clone(), ..Memory::default() };
        MemoryDisk { shared: Arc::new(Mutex::new(copy)) }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn add(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let content = self.files.get_mut(file).ok_or(io::ErrorKind::NotFound)?;
        let Some(space) = &mut self.space else {
            content.extend_from_slice(bytes);
            return Ok(());
        };
        let fits = bytes.len().min(usize::try_from(*space).unwrap_or(usize::MAX));
        content.extend_from_slice(bytes.get(..fits).unwrap_or(bytes));
        *space -= u64::try_from(fits).unwrap_or(*space);
        if fits == bytes.len() { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
    }

    fn synced(&self) -> io::Result<()> {
        if self.syncs_fail { Err(io::Error::from_raw_os_error(5)) } else { Ok(()) }
    }

    /// Gives the space of `bytes` that are no longer there back.
    fn free(&mut self, bytes: usize) {
        if let Some(space) = &mut self.space {
            *space += u64::try_from(bytes).unwrap_or(0);
        }
    }
}

impl Files for MemoryDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let memory = self.memory();
        if !dir.is_empty() && !memory.dirs.contains(dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inside = |path: &String| {
            let rest =
                if dir.is_empty() { path } else { path.strip_prefix(dir)?.strip_prefix('/')? };
            Some(rest.split('/').next()?.to_owned())
        };
        let names: BTreeSet<String> =
            memory.files.keys().chain(memory.dirs.iter()).filter_map(inside).collect();
        Ok(names.into_iter().collect())
    }

    fn len(&self, file: &str) -> io::Result<u64> {
        let memory = self.memory();
        let content = memory.files.get(file).ok_or(io::ErrorKind::NotFound)?;
        Ok(u64::try_from(content.len()).unwrap_or(u64::MAX))
    }

    fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let memory = self.memory();
        let content = memory.files.get(file).ok_or(io::ErrorKind::NotFound)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(content.len());
        let end = start.saturating_add(len).min(content.len());
        Ok(content.get(start..end).unwrap_or_default().to_vec())
    }
}

impl Disk for MemoryDisk {
    fn append(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        self.memory().add(file, bytes)
    }

    fn truncate(&mut self, file: &str, len: u64) -> io::Result<()> {
        let mut memory = self.memory();
        let content = memory.files.get_mut(file).ok_or(io::ErrorKind::NotFound)?;
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let freed = content.len().saturating_sub(len);
        content.resize(len, 0);
        memory.free(freed);
        Ok(())
    }

    fn sync(&mut self, file: &str) -> io::Result<()> {
        let memory = self.memory();
        if memory.files.contains_key(file) {
            memory.synced()
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn sync_dir(&mut self, _dir: &str) -> io::Result<()> {
        self.memory().synced()
    }

    fn write_new(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let mut memory = self.memory();
        if memory.files.contains_key(file) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        memory.files.insert(file.to_owned(), Vec::new());
        memory.add(file, bytes)
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut memory = self.memory();
        let content = memory.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        let replaced = memory.files.insert(to.to_owned(), content).unwrap_or_default();
        memory.free(replaced.len());
        Ok(())
    }

    fn remove(&mut self, file: &str) -> io::Result<()> {
        let mut memory = self.memory();
        let content = memory.files.remove(file).ok_or(io::ErrorKind::NotFound)?;
        memory.free(content.len());
        Ok(())
    }

    fn create_dir(&mut self, dir: &str) -> io::Result<()> {
        let mut memory = self.memory();
        for (end, _) in dir.match_indices('/').chain([(dir.len(), "")]) {
            memory.dirs.insert(dir.get(..end).unwrap_or(dir).to_owned());
        }
        Ok(())
    }

    fn reader(&self) -> Arc<dyn Files> {
        Arc::new(self.clone())
    }

    fn another(&self) -> Box<dyn Disk> {
        Box::new(self.clone())
    }
}
