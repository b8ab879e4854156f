//! A day's list of SMS: JSON lines, appended, each id once.
//!
//! A line torn by a crash is cut off when the list is opened again; it was never settled, so its message comes again.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use duban_rules::line;
use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::days::Day;
use super::super::{Failure, Rendered, SMS, email};

/// The name of the list in a day's folder.
pub const FILE: &str = "sms.jsonl";

/// One SMS in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The id of the message's part for this address.
    pub id: String,
    pub to: String,
    /// Whose number that is.
    pub name: String,
    /// In which capacity they are told.
    pub role: String,
    pub at: Timestamp,
    pub text: String,
}

/// A list of SMS, open for appending.
#[derive(Debug)]
pub struct SmsList {
    path: PathBuf,
    file: File,
    listed: BTreeSet<String>,
    waiting: Vec<u8>,
}

impl SmsList {
    /// Opens the list at `path`, or begins it; cuts off a torn last line.
    pub fn open(path: &Path) -> Result<SmsList, Failure> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(Failure::file("open", path))?;
        let (listed, whole) = listed(&mut file).map_err(Failure::file("read", path))?;
        file.set_len(whole).map_err(Failure::file("mend", path))?;
        Ok(SmsList { path: path.to_owned(), file, listed, waiting: Vec::new() })
    }

    /// Lists the SMS of `message`; those listed before are left as they are.
    ///
    /// # Errors
    /// [`Failure::Data`] if a line cannot be written as JSON.
    pub fn add(&mut self, message: &Rendered) -> Result<(), Failure> {
        if message.sms.is_empty() {
            return Ok(());
        }
        for address in message.on(SMS) {
            let id = email::part(&message.id, address);
            if self.listed.contains(&id) {
                continue;
            }
            let line = Line {
                id: id.clone(),
                to: address.address.to_string(),
                name: line::one(&address.name),
                role: address.role.to_string(),
                at: message.at,
                text: message.sms.clone(),
            };
            serde_json::to_writer(&mut self.waiting, &line)
                .map_err(|source| Failure::Data { id: id.clone(), source })?;
            self.waiting.push(b'\n');
            self.listed.insert(id);
        }
        Ok(())
    }
}

impl Day for SmsList {
    fn settle(&mut self) -> Result<(), Failure> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let whole = self.file.seek(SeekFrom::End(0)).map_err(Failure::file("read", &self.path))?;
        let written = self.file.write_all(&self.waiting).and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // Half a batch must not stay: the rest of it is written again in one piece.
            self.file.set_len(whole).map_err(Failure::file("mend", &self.path))?;
            return Err(Failure::file("write", &self.path)(source));
        }
        self.waiting.clear();
        Ok(())
    }
}

fn listed(file: &mut File) -> std::io::Result<(BTreeSet<String>, u64)> {
    let mut reader = BufReader::new(file);
    let (mut listed, mut whole, mut line) = (BTreeSet::new(), 0, Vec::new());
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        match serde_json::from_slice::<Line>(&line) {
            Ok(sms) if line.ends_with(b"\n") => listed.insert(sms.id),
            Ok(_) | Err(_) => return Ok((listed, whole)),
        };
        whole += u64::try_from(read).unwrap_or(0);
    }
}
