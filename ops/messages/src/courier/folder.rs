//! The courier of a machine without mail: a folder by day, with `.eml` files and a list of SMS.
//!
//! An `.eml` appears whole or not at all, under a name made of the message's id: handed over again, it is written over
//! with the same bytes. A mail program opens it; an SMS gateway, or a clerk, works through the list.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::FixedOffset;

use super::days::{Day, Days};
use super::email::{Sender, part};
use super::sms::list::{self, SmsList};
use super::{Courier, EMAIL, Failure, Rendered};

/// Writes messages into a folder.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    sender: Sender,
    days: Days<Today>,
}

#[derive(Debug)]
struct Today {
    path: PathBuf,
    texts: SmsList,
    synced: Synced,
}

/// Whether the names of a day's files are safe on disk.
#[derive(Debug, PartialEq, Eq)]
enum Synced {
    Yes,
    No,
}

impl Folder {
    /// A courier into `root`, whose letters come from `sender`; days begin at midnight in `zone`.
    ///
    /// # Errors
    /// [`Failure::File`] when there can be no such folder.
    pub fn open(root: &Path, sender: Sender, zone: FixedOffset) -> Result<Folder, Failure> {
        fs::create_dir_all(root).map_err(Failure::file("create", root))?;
        Ok(Folder { root: root.to_owned(), sender, days: Days::new(zone) })
    }

    /// Whether the folder is there, on a disk that can be written.
    pub fn probe(&self) -> Result<(), Failure> {
        sync_folder(&self.root)
    }
}

impl Courier for Folder {
    fn hand_over(&mut self, message: &Rendered) -> Result<(), Failure> {
        let date = self.days.date(message.at);
        let root = &self.root;
        let day = self.days.of(date, || Today::open(root, root.join(date.to_string())))?;
        day.texts.add(message)?;
        if message.text.is_empty() {
            return Ok(());
        }
        let mut failed = Ok(());
        for address in message.on(EMAIL) {
            let name = format!("{}.eml", part(&message.id, address));
            match self.sender.letter(message, address) {
                Ok(letter) => day.put(&name, &letter)?,
                // One bad address does not keep the letter from everybody else.
                Err(failure) => failed = Err(failure),
            }
        }
        failed
    }

    fn settle(&mut self) -> Result<(), Failure> {
        self.days.settle()
    }
}

impl Today {
    fn open(root: &Path, path: PathBuf) -> Result<Today, Failure> {
        fs::create_dir_all(&path).map_err(Failure::file("create", &path))?;
        sync_folder(root)?;
        let texts = SmsList::open(&path.join(list::FILE))?;
        Ok(Today { path, texts, synced: Synced::No })
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let (half, whole) = (self.path.join(format!(".{name}.part")), self.path.join(name));
        File::create(&half)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_data()))
            .map_err(Failure::file("write", &half))?;
        fs::rename(&half, &whole).map_err(Failure::file("write", &whole))?;
        self.synced = Synced::No;
        Ok(())
    }
}

impl Day for Today {
    fn settle(&mut self) -> Result<(), Failure> {
        self.texts.settle()?;
        if self.synced == Synced::No {
            sync_folder(&self.path)?;
            self.synced = Synced::Yes;
        }
        Ok(())
    }
}

fn sync_folder(path: &Path) -> Result<(), Failure> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(Failure::file("sync", path))
}

#[cfg(test)]
mod tests;
