//! Samples of what is written down: every form that was ever shipped stays readable.
//!
//! `tests/tables/NAME.jsonl` has one sample a line and only grows: `UPDATE_TABLES=1` adds today's forms that are not
//! there yet and takes nothing away, so after a field is renamed the old form stands there and must still be read.
//! `NAME.seals` beside it has one hash a line. A sample that goes, or is changed by whatever goes through all files, is
//! missed there, and nothing is written before it is back. A form that never left one's own machine is taken out of
//! both files by hand.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use duban_core::entity::CommandId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::golden::TABLES;

/// Every sample of `name`, oldest first.
pub fn samples(name: &str) -> Vec<String> {
    Samples::read(Path::new(TABLES), name).lines
}

/// Holds the samples of `name` to what was ever shipped, with `today`'s forms among them.
///
/// At least `shipped` are there, none only of what is new: whoever removes a file and its seals to have them made anew is
/// told here.
#[track_caller]
pub fn assert_samples<T>(name: &str, shipped: usize, today: &[T])
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let mut samples = Samples::read(Path::new(TABLES), name);
    if let Err(gone) = samples.whole() {
        panic!("{gone}");
    }
    assert!(samples.lines.len() >= shipped, "{name} had {shipped} samples and more; restore them");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        samples.add(today);
        samples.write();
    }
    if let Err(why) =
        samples.sealed().and_then(|()| samples.has(today)).and_then(|()| samples.readable::<T>())
    {
        panic!("{why}");
    }
}

/// A file of samples and the one of its seals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples {
    path: PathBuf,
    lines: Vec<String>,
    seals: Vec<String>,
}

impl Samples {
    /// Both files in `directory`; none yet are empty.
    pub fn read(directory: &Path, name: &str) -> Samples {
        let path = directory.join(name);
        let lines = |extension: &str| -> Vec<String> {
            let text = fs::read_to_string(path.with_extension(extension)).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        };
        Samples { lines: lines("jsonl"), seals: lines("seals"), path }
    }

    /// Adds the forms that are not there yet, and the seals that are missing.
    pub fn add<T: Serialize>(&mut self, today: &[T]) {
        for line in today.iter().map(written) {
            if !self.lines.contains(&line) {
                self.lines.push(line);
            }
        }
        for seal in self.lines.iter().map(|line| seal(line)) {
            if !self.seals.contains(&seal) {
                self.seals.push(seal);
            }
        }
    }

    /// Writes both files.
    pub fn write(&self) {
        let text = |lines: &[String]| lines.join("\n") + "\n";
        fs::write(self.path.with_extension("jsonl"), text(&self.lines)).expect("written");
        fs::write(self.path.with_extension("seals"), text(&self.seals)).expect("written");
    }

    /// Whether every sample that was ever sealed is there as it was.
    pub fn whole(&self) -> Result<(), String> {
        let found: BTreeSet<String> = self.lines.iter().map(|line| seal(line)).collect();
        match self.seals.iter().enumerate().find(|(_, seal)| !found.contains(*seal)) {
            None => Ok(()),
            Some((at, seal)) => Err(format!(
                "{}.jsonl: the sample of seal {} ({seal}) is gone or changed; what was shipped stays: restore it",
                self.path.display(),
                at + 1
            )),
        }
    }

    fn sealed(&self) -> Result<(), String> {
        match self.lines.iter().find(|line| !self.seals.contains(&seal(line))) {
            None => Ok(()),
            Some(line) => Err(format!("without a seal, UPDATE_TABLES=1 adds it: {line}")),
        }
    }

    fn has<T: Serialize>(&self, today: &[T]) -> Result<(), String> {
        match today.iter().map(written).find(|line| !self.lines.contains(line)) {
            None => Ok(()),
            Some(line) => Err(format!(
                "{}.jsonl lacks a form, UPDATE_TABLES=1 adds it: {line}",
                self.path.display()
            )),
        }
    }

    /// Whether every sample is read, and says all that it said.
    ///
    /// # Errors
    ///
    /// Which is not, and what it no longer says.
    pub fn readable<T>(&self) -> Result<(), String>
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug,
    {
        self.lines.iter().enumerate().try_for_each(|(at, line)| {
            says_the_same::<T>(line).map_err(|why| {
                format!("{}.jsonl, line {}: {why}: {line}", self.path.display(), at + 1)
            })
        })
    }
}

/// A field that is renamed with a default for the old name is read, and lost: so each value must come out again,
/// wherever it stands now.
fn says_the_same<T>(line: &str) -> Result<(), String>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let json: Value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
    let read: T =
        serde_json::from_str(line).map_err(|error| format!("not read any more: {error}"))?;
    let again = written(&read);
    if serde_json::from_str::<T>(&again).ok().as_ref() != Some(&read) {
        return Err(format!("written again it is another: {again}"));
    }
    let mut kept = values(&serde_json::from_str(&again).map_err(|error| error.to_string())?);
    for value in values(&json) {
        let Some(place) = kept.iter().position(|one| *one == value) else {
            return Err(format!("{value} is lost in {again}"));
        };
        kept.swap_remove(place);
    }
    Ok(())
}

/// Everything that is said, without the names under which it is.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![value.to_string()],
        Value::Array(items) => items.iter().flat_map(values).collect(),
        Value::Object(fields) => fields.values().flat_map(values).collect(),
    }
}

fn written<T: Serialize>(sample: &T) -> String {
    serde_json::to_string(sample).expect("plain data")
}

/// The hash of a line, and for people its kind.
fn seal(line: &str) -> String {
    let CommandId(hash) = CommandId::derived(&[line.as_bytes()]);
    let kind = line.split('"').nth(1).unwrap_or("-");
    format!("{hash:032x} {kind}")
}
