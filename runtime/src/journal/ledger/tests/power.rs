//! Loss of power at any call: what was answered is there, whatever became of what was not synced.
//!
//! The disk here keeps, beside what a process sees, what is safe: the content of each file at its last sync and the
//! names at the last sync of their directory. At a loss of power each later change of a name comes through or not, in no
//! order; of each file's later bytes any 64-byte sector does or does not.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use proptest::prelude::*;

use super::history::History;
use crate::journal::disk::{Disk, Files, MemoryDisk};
use crate::journal::ledger::{Ledger, LedgerOptions, verify};

const SECTOR: usize = 64;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_answered_frame_survives_any_loss_of_power(
        losses in prop::collection::vec((1..60u32, any::<u64>()), 1..6),
    ) {
        let mut disk = MemoryDisk::new();
        let mut answered = BTreeMap::new();
        for (calls, luck) in losses {
            let mut power = PowerDisk::over(&disk, calls);
            run(&power, &mut answered)?;
            disk = power.lose(luck);
        }
        let ledger = Ledger::open(disk.clone(), &small()).unwrap();
        check(&ledger, &answered)?;
        let report = verify(disk.reader().as_ref(), None).unwrap();
        prop_assert!(report.is_sound(), "{:?}", report.problems);
    }
}

/// Opens, appends and seals until the power goes; notes the hash of each frame that was answered.
fn run(power: &PowerDisk, answered: &mut BTreeMap<u64, [u8; 32]>) -> Result<(), TestCaseError> {
    let mut ledger = match Ledger::open(power.clone(), &small()) {
        Ok(ledger) => ledger,
        Err(failure) => {
            prop_assert!(power.is_out(), "{failure}");
            return Ok(());
        }
    };
    check(&ledger, answered)?;
    // Frames that are there although nobody was told count from here on.
    let mut history = History::default();
    for frame in 1..=ledger.last_frame() {
        history.group(frame % 4 + 1);
    }
    let mut sealer = ledger.sealer();
    loop {
        let frame = ledger.last_frame() + 1;
        if ledger.append(&history.group(frame % 4 + 1)).is_err() {
            break;
        }
        answered.insert(frame, ledger.head());
        if frame.is_multiple_of(7) && sealer.seal_next().is_err() {
            break;
        }
    }
    prop_assert!(power.is_out());
    Ok(())
}

fn check<D: Disk>(
    ledger: &Ledger<D>,
    answered: &BTreeMap<u64, [u8; 32]>,
) -> Result<(), TestCaseError> {
    let Some((last, head)) = answered.last_key_value() else {
        return Ok(());
    };
    prop_assert!(ledger.last_frame() >= *last, "{} of {last}", ledger.last_frame());
    let mut previous = BTreeMap::new();
    for frame in ledger.frames_from(1) {
        match frame {
            Ok(frame) => {
                previous.insert(frame.number - 1, frame.previous);
            }
            // The power may go while this is read.
            Err(_) => return Ok(()),
        }
    }
    previous.insert(ledger.last_frame(), ledger.head());
    prop_assert_eq!(previous.get(last), Some(head));
    for (frame, hash) in answered {
        prop_assert_eq!(previous.get(frame), Some(hash), "frame {}", frame);
    }
    Ok(())
}

fn small() -> LedgerOptions {
    LedgerOptions { segment_bytes: 0 }
}

/// A directory whose power goes after a number of calls. Clones share it.
#[derive(Clone)]
struct PowerDisk {
    shared: Arc<Mutex<Machine>>,
}

struct Machine {
    calls: u32,
    /// By number: what is seen, and what is safe.
    contents: BTreeMap<usize, (Vec<u8>, Vec<u8>)>,
    names: BTreeMap<String, usize>,
    safe_names: BTreeMap<String, usize>,
    /// Changes of names since they were safe, in order; those of one call come through together.
    changes: Vec<Vec<(String, Option<usize>)>>,
}

impl PowerDisk {
    fn over(disk: &MemoryDisk, calls: u32) -> PowerDisk {
        let (mut contents, mut names) = (BTreeMap::new(), BTreeMap::new());
        for name in disk.list("ledger").unwrap_or_default() {
            let file = format!("ledger/{name}");
            let bytes = disk.bytes(&file).unwrap();
            names.insert(file, contents.len());
            contents.insert(contents.len(), (bytes.clone(), bytes));
        }
        let safe_names = names.clone();
        let machine = Machine { calls, contents, names, safe_names, changes: Vec::new() };
        PowerDisk { shared: Arc::new(Mutex::new(machine)) }
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.shared.lock().unwrap()
    }

    fn is_out(&self) -> bool {
        self.machine().calls == 0
    }

    /// What is on the disk when the power is back.
    fn lose(&mut self, mut luck: u64) -> MemoryDisk {
        let machine = self.machine();
        let mut toss = |n: u64| {
            luck = luck
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (luck >> 33) % n
        };
        let mut names = machine.safe_names.clone();
        for change in &machine.changes {
            if toss(2) == 0 {
                continue;
            }
            for (name, file) in change {
                match file {
                    Some(file) => names.insert(name.clone(), *file),
                    None => names.remove(name),
                };
            }
        }
        let mut disk = MemoryDisk::new();
        disk.create_dir("ledger").unwrap();
        for (name, file) in names {
            let (seen, safe) = &machine.contents[&file];
            let len = if toss(2) == 0 { safe.len() } else { seen.len() };
            let mut bytes = safe.clone();
            bytes.resize(len, 0);
            for at in (0..len.min(seen.len())).step_by(SECTOR) {
                let until = (at + SECTOR).min(len).min(seen.len());
                if toss(2) == 0 {
                    bytes[at..until].copy_from_slice(&seen[at..until]);
                }
            }
            disk.overwrite(&name, bytes);
        }
        disk
    }

    fn call<T>(&self, call: impl FnOnce(&mut Machine) -> io::Result<T>) -> io::Result<T> {
        let mut machine = self.machine();
        machine.calls = machine.calls.saturating_sub(1);
        if machine.calls == 0 { Err(io::Error::other("no power")) } else { call(&mut machine) }
    }
}

impl Machine {
    fn file(&mut self, name: &str) -> io::Result<&mut (Vec<u8>, Vec<u8>)> {
        let number = self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        self.contents.get_mut(number).ok_or(io::ErrorKind::NotFound.into())
    }

    fn change(&mut self, change: Vec<(String, Option<usize>)>) {
        for (name, file) in &change {
            match file {
                Some(file) => self.names.insert(name.clone(), *file),
                None => self.names.remove(name),
            };
        }
        self.changes.push(change);
    }
}

impl Files for PowerDisk {
    fn list(&self, _dir: &str) -> io::Result<Vec<String>> {
        let name = |file: &String| file.strip_prefix("ledger/").map(str::to_owned);
        Ok(self.machine().names.keys().filter_map(name).collect())
    }

    fn len(&self, file: &str) -> io::Result<u64> {
        Ok(u64::try_from(self.machine().file(file)?.0.len()).unwrap_or(u64::MAX))
    }

    fn read_at(&self, file: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut machine = self.machine();
        let (seen, _) = machine.file(file)?;
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(seen.len());
        Ok(seen[from..seen.len().min(from.saturating_add(len))].to_vec())
    }
}

impl Disk for PowerDisk {
    fn append(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        // What is being written when the power goes may reach the disk in part.
        let mut machine = self.machine();
        let content = machine.file(file)?;
        content.0.extend_from_slice(bytes);
        drop(machine);
        self.call(|_| Ok(()))
    }

    fn truncate(&mut self, file: &str, len: u64) -> io::Result<()> {
        self.call(|machine| {
            machine.file(file)?.0.truncate(usize::try_from(len).unwrap_or(usize::MAX));
            Ok(())
        })
    }

    fn sync(&mut self, file: &str) -> io::Result<()> {
        self.call(|machine| {
            let content = machine.file(file)?;
            content.1 = content.0.clone();
            Ok(())
        })
    }

    fn sync_dir(&mut self, dir: &str) -> io::Result<()> {
        self.call(|machine| {
            if dir == "ledger" {
                machine.safe_names = machine.names.clone();
                machine.changes.clear();
            }
            Ok(())
        })
    }

    fn write_new(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        self.call(|machine| {
            let number = machine.contents.len();
            machine.contents.insert(number, (bytes.to_vec(), Vec::new()));
            machine.change(vec![(file.to_owned(), Some(number))]);
            Ok(())
        })
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.call(|machine| {
            let number = machine.names.get(from).copied();
            machine.change(vec![(from.to_owned(), None), (to.to_owned(), number)]);
            Ok(())
        })
    }

    fn remove(&mut self, file: &str) -> io::Result<()> {
        self.call(|machine| {
            if !machine.names.contains_key(file) {
                return Err(io::ErrorKind::NotFound.into());
            }
            machine.change(vec![(file.to_owned(), None)]);
            Ok(())
        })
    }

    fn create_dir(&mut self, _dir: &str) -> io::Result<()> {
        self.call(|_| Ok(()))
    }

    fn reader(&self) -> Arc<dyn Files> {
        Arc::new(self.clone())
    }

    fn another(&self) -> Box<dyn Disk> {
        Box::new(self.clone())
    }
}
