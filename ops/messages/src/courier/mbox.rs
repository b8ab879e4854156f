//! The courier of a replay: counts messages by template and step, and keeps them in one mbox a day.
//!
//! One entry per message, to everybody it goes to, or to the sender where nobody has an address. After a kill it goes
//! on where the files end: a torn last entry is cut off, entries that are there are counted and not written again.
//! Safe from a killed process, not from a loss of power: a replay can be replayed.

mod entry;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::FixedOffset;
use duban_runtime::outbox::Address;

use super::days::{Day, Days};
use super::email::{Sender, stem};
use super::{Courier, EMAIL, Failure, Rendered};

/// Bytes that a day keeps in memory before it writes them, settled or not.
const WAITING_MAX: usize = 256 * 1024;

/// How many messages there were, by template and step.
pub type Counts = BTreeMap<(String, String), u64>;

/// Counts messages and keeps them by the day.
#[derive(Debug)]
pub struct Tally {
    root: PathBuf,
    sender: Sender,
    days: Days<Mailbox>,
    counts: Counts,
}

#[derive(Debug)]
struct Mailbox {
    path: PathBuf,
    file: File,
    known: BTreeSet<String>,
    waiting: Vec<u8>,
}

impl Tally {
    /// A courier into `root`, whose letters come from `sender`; days begin at midnight in `zone`. Counts what is there.
    ///
    /// # Errors
    /// [`Failure::File`], also when a file there is not one of its own.
    pub fn open(root: &Path, sender: Sender, zone: FixedOffset) -> Result<Tally, Failure> {
        fs::create_dir_all(root).map_err(Failure::file("create", root))?;
        let mut counts = Counts::new();
        for found in fs::read_dir(root).map_err(Failure::file("read", root))? {
            let path = found.map_err(Failure::file("read", root))?.path();
            if path.extension().is_some_and(|extension| extension == "mbox") {
                for entry in mend(&path)? {
                    *counts.entry((entry.template, entry.step)).or_default() += 1;
                }
            }
        }
        Ok(Tally { root: root.to_owned(), sender, days: Days::new(zone), counts })
    }

    /// How many messages there are, by template and step.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl Courier for Tally {
    fn hand_over(&mut self, message: &Rendered) -> Result<(), Failure> {
        let date = self.days.date(message.at);
        let path = || self.root.join(format!("{date}.mbox"));
        let day = self.days.of(date, || Mailbox::open(path()))?;
        let id = stem(&message.id);
        if day.known.contains(&id) {
            return Ok(());
        }
        let to: Vec<&Address> = message.on(EMAIL).collect();
        let letter = match self.sender.note(message, &to) {
            // A replay counts what was decided; an address that no mail can have is for the rules' check.
            Err(Failure::Address { .. }) => self.sender.note(message, &[])?,
            letter => letter?,
        };
        entry::append(&mut day.waiting, (self.sender.address().as_ref(), &id), message.at, &letter);
        day.known.insert(id);
        *self.counts.entry((message.template.clone(), message.step.clone())).or_default() += 1;
        if day.waiting.len() >= WAITING_MAX { day.settle() } else { Ok(()) }
    }

    fn settle(&mut self) -> Result<(), Failure> {
        self.days.settle()
    }
}

impl Mailbox {
    fn open(path: PathBuf) -> Result<Mailbox, Failure> {
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(Failure::file("open", &path))?;
        let known = mend(&path)?.into_iter().map(|entry| entry.id).collect();
        Ok(Mailbox { path, file, known, waiting: Vec::new() })
    }
}

impl Day for Mailbox {
    fn settle(&mut self) -> Result<(), Failure> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let whole = self.file.metadata().map_err(Failure::file("read", &self.path))?.len();
        if let Err(source) = self.file.write_all(&self.waiting) {
            // Half an entry must not stay: everything that waits is written again in one piece.
            self.file.set_len(whole).map_err(Failure::file("mend", &self.path))?;
            return Err(Failure::file("write", &self.path)(source));
        }
        self.waiting.clear();
        Ok(())
    }
}

/// The entries of a file, after cutting off a torn last one.
fn mend(path: &Path) -> Result<Vec<entry::Entry>, Failure> {
    let bytes = fs::read(path).map_err(Failure::file("read", path))?;
    let (entries, rest) = entry::entries(&bytes);
    if rest.is_empty() {
        return Ok(entries);
    }
    if entry::begins_within(rest) {
        let source = io::Error::new(io::ErrorKind::InvalidData, "an entry was changed by hand");
        return Err(Failure::file("read", path)(source));
    }
    let whole = u64::try_from(bytes.len() - rest.len()).unwrap_or(0);
    let cut = OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(whole));
    cut.map_err(Failure::file("mend", path))?;
    Ok(entries)
}

#[cfg(test)]
mod tests;
