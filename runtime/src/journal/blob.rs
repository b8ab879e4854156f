//! Blobs: content under its own hash, safe on the disk before anything names it.
//!
//! Rendered messages, attachments, published tables, every rules set ever in force. `blobs/ab/cdef…` holds the bytes
//! whose BLAKE3 is `abcdef…`; the same content is stored once. Nothing is ever changed; what goes is what nothing names,
//! and whoever removes it knows that.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

use super::disk::{Disk, Files, remove_if_there};
use super::failure::Failure;

const DIR: &str = "blobs";

/// Which blob: the BLAKE3 of its content. In text 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlobId(pub [u8; 32]);

impl BlobId {
    /// The id of `content`.
    pub fn of(content: &[u8]) -> BlobId {
        BlobId(*blake3::hash(content).as_bytes())
    }

    /// Its file in the journal's directory.
    pub fn file(self) -> String {
        self.dir_and_file().1
    }

    fn dir_and_file(self) -> (String, String) {
        let text = self.to_string();
        let (dir, rest) = text.split_at_checked(2).unwrap_or_default();
        (format!("{DIR}/{dir}"), format!("{DIR}/{dir}/{rest}"))
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobId({self})")
    }
}

/// Text that is no 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a blob's name is 64 hexadecimal digits")]
pub struct NotABlobId;

impl FromStr for BlobId {
    type Err = NotABlobId;

    fn from_str(text: &str) -> Result<BlobId, NotABlobId> {
        match blake3::Hash::from_hex(text) {
            Ok(hash) => Ok(BlobId(*hash.as_bytes())),
            Err(_) => Err(NotABlobId),
        }
    }
}

/// Where the same blobs are kept beside this directory. Asked on the threads of those who read and write blobs, so each
/// call ends within a bound of its own.
pub trait Elsewhere: Send + Sync {
    /// The content of `id`, unchecked; none when nobody gives it.
    fn fetch(&self, id: &BlobId) -> Option<Vec<u8>>;
    /// `id` is safe here and may be named as soon as this returns.
    fn kept(&self, id: &BlobId, content: &[u8]);
}

/// The blobs of one directory. Usable from several threads.
pub struct BlobStore {
    files: Arc<dyn Files>,
    writing: Mutex<Writing>,
    elsewhere: OnceLock<Arc<dyn Elsewhere>>,
}

struct Writing {
    disk: Box<dyn Disk>,
    /// Directories whose own names are safe.
    dirs: BTreeSet<String>,
}

impl BlobStore {
    /// The blobs on `disk`.
    pub fn open(mut disk: Box<dyn Disk>) -> Result<BlobStore, Failure> {
        create_dir(disk.as_mut(), DIR, "")?;
        let files = disk.reader();
        Ok(BlobStore::of(files, disk))
    }

    /// The blobs on `disk`, to read: nothing is created.
    pub fn over(disk: Box<dyn Disk>) -> BlobStore {
        let files = disk.reader();
        BlobStore::of(files, disk)
    }

    fn of(files: Arc<dyn Files>, disk: Box<dyn Disk>) -> BlobStore {
        let writing = Mutex::new(Writing { disk, dirs: BTreeSet::new() });
        BlobStore { files, writing, elsewhere: OnceLock::new() }
    }

    /// From now on what is put here is told to `elsewhere`, and what is not here is had from there. Said once; the first
    /// word counts.
    pub fn beside(&self, elsewhere: Arc<dyn Elsewhere>) {
        if self.elsewhere.set(elsewhere).is_err() {
            tracing::warn!("blobs are kept beside others already");
        }
    }

    /// Keeps `content`, here and wherever blobs are kept beside; it survives a loss of power when this returns.
    ///
    /// # Errors
    /// As [`BlobStore::put_here`].
    pub fn put(&self, content: &[u8]) -> Result<BlobId, Failure> {
        let id = self.put_here(content)?;
        if let Some(elsewhere) = self.elsewhere.get() {
            elsewhere.kept(&id, content);
        }
        Ok(id)
    }

    /// Keeps `content` here; it survives a loss of power when this returns.
    ///
    /// # Errors
    /// The disk's; after [`Failure::Unsynced`] the process must end.
    pub fn put_here(&self, content: &[u8]) -> Result<BlobId, Failure> {
        let id = BlobId::of(content);
        let (dir, file) = id.dir_and_file();
        let mut writing = self.writing();
        let Writing { disk, dirs } = &mut *writing;
        if !dirs.contains(&dir) {
            create_dir(disk.as_mut(), &dir, DIR)?;
            dirs.insert(dir.clone());
        }
        // One that is there already may have got its name just before a crash; only content is taken on trust.
        if self.content(&file)?.is_none_or(|found| found != content) {
            write(disk.as_mut(), &file, content)?;
        }
        disk.sync_dir(&dir).map_err(|error| Failure::unsynced(&dir, error))?;
        Ok(id)
    }

    /// The content of `id`, checked against its name. What is gone or damaged here is had from elsewhere, and kept.
    ///
    /// # Errors
    /// As [`BlobStore::get_here`], where nobody gives it.
    pub fn get(&self, id: &BlobId) -> Result<Vec<u8>, Failure> {
        match self.get_here(id) {
            Err(failure @ (Failure::NoBlob { .. } | Failure::Damaged { .. })) => {
                let fetched = self.elsewhere.get().and_then(|elsewhere| elsewhere.fetch(id));
                let Some(content) = fetched.filter(|content| BlobId::of(content) == *id) else {
                    return Err(failure);
                };
                self.put_here(&content)?;
                Ok(content)
            }
            read => read,
        }
    }

    /// The content of `id` as it is kept here, checked against its name.
    ///
    /// # Errors
    /// [`Failure::NoBlob`]; [`Failure::Damaged`] when the content is not what was put there.
    pub fn get_here(&self, id: &BlobId) -> Result<Vec<u8>, Failure> {
        let (_, file) = id.dir_and_file();
        let content =
            self.content(&file)?.ok_or_else(|| Failure::NoBlob { name: id.to_string() })?;
        if BlobId::of(&content) == *id {
            Ok(content)
        } else {
            Err(Failure::damaged(&file, 0, "the content is not the one it is named after"))
        }
    }

    /// Whether `id` is kept; its content is not looked at.
    pub fn has(&self, id: &BlobId) -> Result<bool, Failure> {
        Ok(self.len(id)?.is_some())
    }

    /// The bytes of `id`; none if it is not kept. Its content is not looked at.
    pub fn len(&self, id: &BlobId) -> Result<Option<u64>, Failure> {
        let (_, file) = id.dir_and_file();
        match self.files.len(&file) {
            Ok(len) => Ok(Some(len)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io("look for", &file, error)),
        }
    }

    /// The first bytes of `id`, `most` of them if there are so many; none if it is not kept. They are not checked against
    /// its name. What is not here is had from elsewhere, and kept.
    pub fn head(&self, id: &BlobId, most: u64) -> Result<Option<Vec<u8>>, Failure> {
        if !self.has(id)? && self.elsewhere.get().is_some() {
            match self.get(id) {
                Ok(_) | Err(Failure::NoBlob { .. }) => {}
                Err(failure) => return Err(failure),
            }
        }
        let Some(len) = self.len(id)? else { return Ok(None) };
        let (_, file) = id.dir_and_file();
        let read =
            self.files.read_at(&file, 0, usize::try_from(len.min(most)).unwrap_or(usize::MAX));
        read.map(Some).map_err(|error| Failure::io("read", &file, error))
    }

    /// Every blob, in the order of ids.
    pub fn list(&self) -> Result<Vec<BlobId>, Failure> {
        let listed =
            |dir: &str| self.files.list(dir).map_err(|error| Failure::io("list", dir, error));
        let mut ids = Vec::new();
        let dirs = match self.files.list(DIR) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            dirs => dirs.map_err(|error| Failure::io("list", DIR, error))?,
        };
        for dir in dirs {
            for rest in listed(&format!("{DIR}/{dir}"))? {
                // Unfinished files and strangers are no blobs.
                ids.extend(format!("{dir}{rest}").parse::<BlobId>());
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// Puts every blob that `to` lacks into it; how many those were.
    pub fn copy_into(&self, to: &BlobStore) -> Result<u64, Failure> {
        let there: BTreeSet<BlobId> = to.list()?.into_iter().collect();
        let mut copied = 0;
        for id in self.list()?.iter().filter(|id| !there.contains(id)) {
            let content = match self.get(id) {
                // Nothing named it, and it went meanwhile.
                Err(Failure::NoBlob { .. }) => continue,
                content => content?,
            };
            to.put(&content)?;
            copied += 1;
        }
        Ok(copied)
    }

    /// Removes `id`, which nothing may name; one that is not there is no mistake.
    ///
    /// # Errors
    /// The disk's; after [`Failure::Unsynced`] the process must end.
    pub fn remove(&self, id: &BlobId) -> Result<(), Failure> {
        let (dir, file) = id.dir_and_file();
        let mut writing = self.writing();
        let removed = remove_if_there(writing.disk.as_mut(), &file);
        removed.map_err(|error| Failure::io("remove", &file, error))?;
        if writing.dirs.contains(&dir) {
            writing.disk.sync_dir(&dir).map_err(|error| Failure::unsynced(&dir, error))?;
        }
        Ok(())
    }

    fn content(&self, file: &str) -> Result<Option<Vec<u8>>, Failure> {
        let read = self.files.len(file).and_then(|len| {
            self.files.read_at(file, 0, usize::try_from(len).unwrap_or(usize::MAX))
        });
        match read {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io("read", file, error)),
        }
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Creates `dir`, which lies in `above`, and makes its name safe.
fn create_dir(disk: &mut dyn Disk, dir: &str, above: &str) -> Result<(), Failure> {
    disk.create_dir(dir).map_err(|error| Failure::io("create", dir, error))?;
    disk.sync_dir(above).map_err(|error| Failure::unsynced(above, error))
}

/// Gives `file` its name only when its content is safe.
fn write(disk: &mut dyn Disk, file: &str, content: &[u8]) -> Result<(), Failure> {
    let unfinished = format!("{file}.new");
    remove_if_there(disk, &unfinished)
        .map_err(|error| Failure::io("remove", &unfinished, error))?;
    if let Err(error) = disk.write_new(&unfinished, content) {
        let failure = Failure::io("create", &unfinished, error);
        if let Err(error) = remove_if_there(disk, &unfinished) {
            tracing::warn!(file = unfinished, %error, "part of a refused blob stays for now");
        }
        return Err(failure);
    }
    disk.sync(&unfinished).map_err(|error| Failure::unsynced(&unfinished, error))?;
    disk.rename(&unfinished, file).map_err(|error| Failure::io("rename", &unfinished, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::disk::{MemoryDisk, OsDisk};

    #[test]
    fn a_blob_comes_back_under_its_hash() {
        let directory = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(Box::new(OsDisk::at(directory.path()))).unwrap();
        let id = blobs.put("第三十条".as_bytes()).unwrap();
        assert_eq!(blobs.put("第三十条".as_bytes()).unwrap(), id);
        let empty = blobs.put(b"").unwrap();
        drop(blobs);
        let blobs = BlobStore::open(Box::new(OsDisk::at(directory.path()))).unwrap();
        assert_eq!(blobs.get(&id).unwrap(), "第三十条".as_bytes());
        assert_eq!(blobs.get(&empty).unwrap(), b"");
        assert!(blobs.has(&id).unwrap() && !blobs.has(&BlobId::of(b"never put")).unwrap());
        let mut ids = vec![id, empty];
        ids.sort();
        assert_eq!(blobs.list().unwrap(), ids);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_blob_that_is_not_there_is_told_by_its_name() {
        let blobs = BlobStore::open(Box::new(MemoryDisk::new())).unwrap();
        let id = BlobId::of(b"nothing");
        let refused = blobs.get(&id).unwrap_err();
        assert!(refused.to_string().contains(&id.to_string()), "{refused}");
    }

    #[test]
    fn altered_content_is_refused_and_made_good_by_putting_it_again() {
        let disk = MemoryDisk::new();
        let blobs = BlobStore::open(Box::new(disk.clone())).unwrap();
        let id = blobs.put(b"a rules set").unwrap();
        disk.overwrite(&id.dir_and_file().1, b"a rules get".to_vec());
        assert!(matches!(blobs.get(&id), Err(Failure::Damaged { .. })));
        blobs.put(b"a rules set").unwrap();
        assert_eq!(blobs.get(&id).unwrap(), b"a rules set");
    }

    #[test]
    fn a_blob_that_was_removed_is_gone_and_can_be_put_again() {
        let blobs = BlobStore::open(Box::new(MemoryDisk::new())).unwrap();
        let id = blobs.put(b"a photo").unwrap();
        blobs.remove(&id).unwrap();
        blobs.remove(&id).unwrap();
        assert!(!blobs.has(&id).unwrap());
        assert_eq!(blobs.put(b"a photo").unwrap(), id);
        assert_eq!(blobs.get(&id).unwrap(), b"a photo");
    }

    /// Another directory.
    struct Beside(BlobStore);

    impl Elsewhere for Beside {
        fn fetch(&self, id: &BlobId) -> Option<Vec<u8>> {
            self.0.get(id).ok()
        }

        fn kept(&self, _: &BlobId, content: &[u8]) {
            self.0.put(content).unwrap();
        }
    }

    #[test]
    fn what_is_put_here_is_beside_and_what_is_only_there_is_had_and_kept() {
        let disk = MemoryDisk::new();
        let blobs = BlobStore::open(Box::new(disk.clone())).unwrap();
        let there = BlobStore::open(Box::new(MemoryDisk::new())).unwrap();
        let [photo, paper] = [b"a photo", b"a paper"].map(|content| there.put(content).unwrap());
        let beside = Arc::new(Beside(there));
        blobs.beside(Arc::clone(&beside) as _);
        let id = blobs.put(b"a rules set").unwrap();
        assert_eq!(beside.0.get(&id).unwrap(), b"a rules set");
        assert_eq!(blobs.head(&photo, 3).unwrap().unwrap(), b"a p");
        assert_eq!(blobs.get(&paper).unwrap(), b"a paper");
        assert!([photo, paper].iter().all(|id| blobs.get_here(id).is_ok()));
        disk.overwrite(&id.dir_and_file().1, b"a rules get".to_vec());
        assert_eq!(blobs.get(&id).unwrap(), b"a rules set");
        let nowhere = BlobId::of(b"nothing");
        assert!(matches!(blobs.get(&nowhere), Err(Failure::NoBlob { .. })));
        assert_eq!(blobs.head(&nowhere, 3).unwrap(), None);
    }

    #[test]
    fn a_full_disk_leaves_no_part_of_a_blob() {
        let disk = MemoryDisk::new();
        let blobs = BlobStore::open(Box::new(disk.clone())).unwrap();
        disk.leave_space(Some(3));
        assert!(blobs.put(b"a rules set").unwrap_err().is_full());
        assert_eq!(blobs.list().unwrap(), []);
        disk.leave_space(None);
        let id = blobs.put(b"a rules set").unwrap();
        assert_eq!(blobs.get(&id).unwrap(), b"a rules set");
    }

    #[test]
    fn a_copy_holds_what_was_missing() {
        let from = BlobStore::open(Box::new(MemoryDisk::new())).unwrap();
        let to = BlobStore::open(Box::new(MemoryDisk::new())).unwrap();
        for content in ["a", "b", "c"] {
            from.put(content.as_bytes()).unwrap();
        }
        to.put(b"b").unwrap();
        assert_eq!(from.copy_into(&to).unwrap(), 2);
        assert_eq!(to.list().unwrap(), from.list().unwrap());
    }
}
