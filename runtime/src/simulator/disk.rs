//! A disk that keeps what was synced and anything or nothing of the rest.
//!
//! Bytes of a file survive a crash once [`Disk::sync`] of it returned; a name once [`Disk::sync_dir`] of its directory
//! did. Of everything else a crash keeps what the dice say, by sectors of 512 bytes: all, none, the first part, or any
//! of them in any order. Names come and go in their order, each directory for itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::dice::Dice;
use super::tally::{Kind, Tally};
use crate::journal::disk::{Disk, Files};

const SECTOR: usize = 512;

/// What goes wrong, each once in so many calls; 0 for never.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DiskFaults {
    pub(super) append: u64,
    pub(super) sync: u64,
    pub(super) read: u64,
    /// No byte more fits.
    pub(super) full: Space,
    /// Syncs are promised and not done: what the simulator must notice.
    pub(super) syncs: Syncs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Space {
    #[default]
    Left,
    None,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Syncs {
    #[default]
    Done,
    Ignored,
}

/// One process's handle on the disk; another life's is dead.
#[derive(Clone, Debug)]
pub(super) struct SimDisk {
    platter: Arc<Mutex<Platter>>,
    life: u64,
}

#[derive(Debug)]
struct Platter {
    dice: Dice,
    tally: Tally,
    faults: DiskFaults,
    /// Writes until the power is cut.
    fuse: Option<u64>,
    life: u64,
    inodes: Vec<Inode>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    renamed: Vec<NameChange>,
    dirs: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Inode {
    durable: Vec<u8>,
    seen: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Debug)]
struct NameChange {
    name: String,
    inode: Option<usize>,
    /// The name that it loses in the same moment, when it is renamed.
    gone: Option<String>,
}

impl SimDisk {
    pub(super) fn new(dice: Dice, tally: Tally) -> SimDisk {
        let platter = Platter {
            dice,
            tally,
            faults: DiskFaults::default(),
            fuse: None,
            life: 0,
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            renamed: Vec::new(),
            dirs: BTreeSet::new(),
        };
        SimDisk { platter: Arc::new(Mutex::new(platter)), life: 0 }
    }

    pub(super) fn faults(&self, change: impl FnOnce(&mut DiskFaults)) {
        change(&mut self.lock().faults);
    }

    /// The power is cut after `writes` more calls that change something.
    pub(super) fn cut_power_after(&self, writes: u64) {
        self.lock().fuse = Some(writes);
    }

    /// The power stays on.
    pub(super) fn keep_power(&self) {
        self.lock().fuse = None;
    }

    /// Whether the power is cut.
    pub(super) fn is_off(&self) -> bool {
        self.lock().fuse == Some(0)
    }

    /// The process or the machine died; the handle returned belongs to the next process.
    pub(super) fn crash(&self) -> SimDisk {
        let mut platter = self.lock();
        platter.crash();
        let life = platter.life;
        drop(platter);
        SimDisk { platter: Arc::clone(&self.platter), life }
    }

    fn lock(&self) -> MutexGuard<'_, Platter> {
        self.platter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The platter, if this process still lives and has power.
    fn alive(&self) -> io::Result<MutexGuard<'_, Platter>> {
        let platter = self.lock();
        if platter.life == self.life && platter.fuse != Some(0) {
            Ok(platter)
        } else {
            Err(io::Error::other("the power is cut"))
        }
    }

    /// The same, for a call that changes something.
    fn writing(&self) -> io::Result<MutexGuard<'_, Platter>> {
        let mut platter = self.alive()?;
        if let Some(left) = &mut platter.fuse {
            *left -= 1;
            if *left == 0 {
                return Err(io::Error::other("the power is cut"));
            }
        }
        Ok(platter)
    }
}

fn broken() -> io::Error {
    io::Error::from_raw_os_error(5)
}

fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(dir, _)| dir)
}

impl Platter {
    fn inode(&mut self, file: &str) -> io::Result<&mut Inode> {
        let at = *self.names.get(file).ok_or(io::ErrorKind::NotFound)?;
        self.inodes.get_mut(at).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn name(&mut self, name: &str, inode: Option<usize>) {
        match inode {
            Some(inode) => self.names.insert(name.to_owned(), inode),
            None => self.names.remove(name),
        };
        self.renamed.push(NameChange { name: name.to_owned(), inode, gone: None });
    }

    fn keep_name(&mut self, NameChange { name, inode, gone }: NameChange) {
        match inode {
            Some(inode) => self.durable_names.insert(name, inode),
            None => self.durable_names.remove(&name),
        };
        if let Some(gone) = gone {
            self.durable_names.remove(&gone);
        }
    }

    fn append(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let fails = self.dice.once_in(self.faults.append);
        let full = self.faults.full == Space::None;
        let fits = if fails || full { self.dice.place(bytes.len()) } else { bytes.len() };
        let inode = self.inode(file)?;
        let part = bytes.get(..fits).unwrap_or(bytes).to_vec();
        inode.pending.push(Change::Write(inode.seen.len(), part.clone()));
        inode.seen.extend(part);
        if full {
            self.tally.count(Kind::DiskFull);
            return Err(io::ErrorKind::StorageFull.into());
        }
        if fails {
            self.tally.count(Kind::AppendFailed);
            return Err(broken());
        }
        Ok(())
    }

    fn crash(&mut self) {
        self.life += 1;
        self.fuse = None;
        let mut dirs: BTreeMap<String, Vec<NameChange>> = BTreeMap::new();
        for change in std::mem::take(&mut self.renamed) {
            dirs.entry(parent(&change.name).to_owned()).or_default().push(change);
        }
        for changes in dirs.into_values() {
            let kept = self.dice.place(changes.len() + 1);
            if kept < changes.len() {
                self.tally.count(Kind::NameLost);
            }
            for change in changes.into_iter().take(kept) {
                self.keep_name(change);
            }
        }
        self.names = self.durable_names.clone();
        let mut inodes = std::mem::take(&mut self.inodes);
        for inode in &mut inodes {
            inode.crash(&mut self.dice, &self.tally);
        }
        self.inodes = inodes;
    }
}

impl Inode {
    /// Each sector is found as it was at some moment since the last sync, and cuts are kept or not.
    fn crash(&mut self, dice: &mut Dice, tally: &Tally) {
        let changes = std::mem::take(&mut self.pending);
        let style = dice.place(4);
        let total: usize = changes.iter().map(|change| change.sectors().len()).sum();
        let in_time = dice.place(total + 1);
        let mut writes: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, _) in changes.iter().flat_map(Change::sectors) {
            *writes.entry(at / SECTOR).or_insert(0) += 1;
        }
        let kept: BTreeMap<usize, usize> =
            writes.into_iter().map(|(sector, n)| (sector, dice.place(n + 1))).collect();
        let mut passed: BTreeMap<usize, usize> = BTreeMap::new();
        let (mut nth, mut lost) = (0, 0_usize);
        for change in &changes {
            let (sectors, mut kept_here) = (change.sectors(), 0);
            for (at, bytes) in &sectors {
                let before = passed.entry(at / SECTOR).or_insert(0);
                let keep = match (style, change) {
                    (0, _) => false,
                    (1, _) => true,
                    (2, _) => nth < in_time,
                    (_, Change::Cut(_)) => dice.once_in(2),
                    (_, Change::Write(..)) => {
                        *before < kept.get(&(at / SECTOR)).copied().unwrap_or(0)
                    }
                };
                nth += 1;
                *before += 1;
                if !keep {
                    lost += 1;
                    continue;
                }
                if lost > 0 {
                    tally.count(Kind::WriteReordered);
                }
                kept_here += 1;
                match change {
                    Change::Cut(len) => self.durable.truncate(*len),
                    Change::Write(..) => put(&mut self.durable, *at, bytes),
                }
            }
            if kept_here > 0 && kept_here < sectors.len() {
                tally.count(Kind::WriteTorn);
            }
        }
        if lost > 0 {
            tally.count(Kind::WriteLost);
        }
        self.seen = self.durable.clone();
    }
}

impl Change {
    /// The parts that a disk writes or loses each for itself.
    fn sectors(&self) -> Vec<(usize, &[u8])> {
        let Change::Write(at, bytes) = self else { return vec![(usize::MAX, &[])] };
        let mut sectors = Vec::new();
        let (mut at, mut rest) = (*at, bytes.as_slice());
        while !rest.is_empty() {
            let (sector, behind) = rest.split_at((SECTOR - at % SECTOR).min(rest.len()));
            sectors.push((at, sector));
            at += sector.len();
            rest = behind;
        }
        sectors
    }
}

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    if let Some(place) = content.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

impl Files for SimDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let platter = self.alive()?;
        if !dir.is_empty() && !platter.dirs.contains(dir) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let inside = |path: &String| {
            let rest =
                if dir.is_empty() { path } else { path.strip_prefix(dir)?.strip_prefix('/')? };
            Some(rest.split('/').next()?.to_owned())
        };
        let names: BTreeSet<String> =
            platter.names.keys().chain(platter.dirs.iter()).filter_map(inside).collect();
        Ok(names.into_iter().collect())
    }

    fn len(&self, file: &str) -> io::Result<u64> {
        let mut platter = self.alive()?;
        Ok(u64::try_from(platter.inode(file)?.seen.len()).unwrap_or(u64::MAX))
    }

    fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut platter = self.alive()?;
        let faults = platter.faults;
        if platter.dice.once_in(faults.read) {
            platter.tally.count(Kind::ReadFailed);
            return Err(broken());
        }
        let content = &platter.inode(file)?.seen;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(content.len());
        let end = start.saturating_add(len).min(content.len());
        Ok(content.get(start..end).unwrap_or_default().to_vec())
    }
}

impl Disk for SimDisk {
    fn append(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        // The last write before the power is cut may get through in part.
        let cut = self.writing().is_err();
        if cut && self.alive().is_err() && self.lock().life != self.life {
            return Err(io::Error::other("the process is gone"));
        }
        let written = self.lock().append(file, bytes);
        if cut { Err(io::Error::other("the power is cut")) } else { written }
    }

    fn truncate(&mut self, file: &str, len: u64) -> io::Result<()> {
        let mut platter = self.writing()?;
        let inode = platter.inode(file)?;
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        inode.pending.push(Change::Cut(len));
        inode.seen.truncate(len);
        Ok(())
    }

    fn sync(&mut self, file: &str) -> io::Result<()> {
        let mut platter = self.writing()?;
        let faults = platter.faults;
        if platter.dice.once_in(faults.sync) {
            platter.tally.count(Kind::SyncFailed);
            return Err(broken());
        }
        let inode = platter.inode(file)?;
        if faults.syncs == Syncs::Done {
            inode.pending.clear();
            inode.durable = inode.seen.clone();
        }
        Ok(())
    }

    fn sync_dir(&mut self, dir: &str) -> io::Result<()> {
        let mut platter = self.writing()?;
        let changes = std::mem::take(&mut platter.renamed);
        for change in changes {
            if parent(&change.name) != dir {
                platter.renamed.push(change);
                continue;
            }
            platter.keep_name(change);
        }
        Ok(())
    }

    fn write_new(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let mut platter = self.writing()?;
        if platter.names.contains_key(file) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = platter.inodes.len();
        platter.inodes.push(Inode::default());
        platter.name(file, Some(inode));
        platter.append(file, bytes)
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut platter = self.writing()?;
        let inode = platter.names.get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        platter.names.remove(from);
        platter.names.insert(to.to_owned(), inode);
        let (name, gone) = (to.to_owned(), Some(from.to_owned()));
        platter.renamed.push(NameChange { name, inode: Some(inode), gone });
        Ok(())
    }

    fn remove(&mut self, file: &str) -> io::Result<()> {
        let mut platter = self.writing()?;
        platter.names.get(file).ok_or(io::ErrorKind::NotFound)?;
        platter.name(file, None);
        Ok(())
    }

    fn create_dir(&mut self, dir: &str) -> io::Result<()> {
        let mut platter = self.writing()?;
        for (end, _) in dir.match_indices('/').chain([(dir.len(), "")]) {
            platter.dirs.insert(dir.get(..end).unwrap_or(dir).to_owned());
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
