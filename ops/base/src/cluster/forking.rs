//! Forks: what a node holds that the log of its cluster does not, kept beside the store that takes its place.
//!
//! ```text
//! ledger, state, marks ──► forked/N.moving ─► forked/N       blobs and keys stay: they are everybody's, and what is
//!                                                            erased later is then erased here, too
//! ```
//! Cut off anywhere, the same begins again where it was. Nothing in `forked/` is ever read by a node at work, but for how
//! many cases are only there: an operator is told until somebody has taken the directory away.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use duban_actors::case;
use duban_runtime::journal::disk::{Disk as _, LOCK_FILE, OsDisk};
use duban_runtime::journal::ledger::{LedgerReader, hash_of};
use duban_runtime::record::{Body, Record};

use crate::partial_copies::RESTORING;
use crate::store;

/// Where forks are kept, in the directory of the store.
const FORKED: &str = "forked";
/// What a fork is called while it is moved there.
const MOVING: &str = "moving";
/// Names of the cases that only a fork has, one in a line.
const ONLY_THERE: &str = "only-here.txt";
/// What stays where it is. On a disk of its own that is also what is made within it to take its place, and what is
/// nobody's.
const STAY: [&str; 6] = ["blobs", "keys", FORKED, LOCK_FILE, RESTORING, "lost+found"];

/// Moves the ledger in `dir` and what follows from it aside; where to.
///
/// # Errors
/// In words: the directory is in use, or cannot be changed.
pub fn set_aside(dir: &Path) -> Result<PathBuf> {
    // Nobody works on it meanwhile.
    let _held = OsDisk::exclusive(dir).map_err(|failure| store::in_words(failure, dir))?;
    moved(dir).with_context(|| format!("无法移开 `{}` 中的台账", dir.display()))
}

fn moved(dir: &Path) -> io::Result<PathBuf> {
    let forked = dir.join(FORKED);
    fs::create_dir_all(&forked)?;
    let names = names_in(&forked)?;
    let last = names.iter().filter_map(|name| name.parse::<u32>().ok()).max().unwrap_or(0);
    let moving = forked.join(MOVING);
    fs::create_dir_all(&moving)?;
    for name in names_in(dir)? {
        if !STAY.contains(&name.as_str()) {
            fs::rename(dir.join(&name), moving.join(&name))?;
        }
    }
    File::open(&moving)?.sync_all()?;
    File::open(dir)?.sync_all()?;
    let place = forked.join((last + 1).to_string());
    fs::rename(moving, &place)?;
    File::open(forked)?.sync_all()?;
    Ok(place)
}

/// Whether a move was cut off.
pub fn is_under_way(dir: &Path) -> bool {
    dir.join(FORKED).join(MOVING).is_dir()
}

/// What was set aside, and the cases that only it has something of.
pub struct Fork {
    pub place: PathBuf,
    pub cases: BTreeSet<String>,
}

/// Finds the cases of which a fork has something that the ledger in `dir` does not, and writes their names down there;
/// forks of which this is known are left out.
///
/// # Errors
/// In words: a ledger cannot be read, or the names not be written.
pub fn noted(dir: &Path) -> Result<Vec<Fork>> {
    let forked = dir.join(FORKED);
    let names = match names_in(&forked) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        names => names.with_context(|| format!("无法读取 `{}`", forked.display()))?,
    };
    let places = names.into_iter().map(|name| forked.join(name));
    let unknown = places.filter(|place| !place.join(ONLY_THERE).exists());
    unknown.map(|place| noted_in(place, dir)).collect()
}

fn noted_in(place: PathBuf, dir: &Path) -> Result<Fork> {
    let (theirs, ours) = (reader(&place)?, reader(dir)?);
    let cases = only_in(&theirs, &ours);
    let cases = cases.with_context(|| format!("无法读出 `{}` 中的台账", place.display()))?;
    let lines: Vec<&str> = cases.iter().map(String::as_str).collect();
    let written = fs::write(place.join(ONLY_THERE), lines.join("\n"));
    written.with_context(|| format!("无法写入 `{}`", place.display()))?;
    Ok(Fork { place, cases })
}

/// How many cases stand only in forks beside the store in `dir`, and in how many forks.
///
/// # Errors
/// The disk's.
pub fn count(dir: &Path) -> io::Result<(usize, usize)> {
    let forked = dir.join(FORKED);
    let names = match names_in(&forked) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, 0)),
        names => names?,
    };
    let (mut cases, mut forks) = (0, 0);
    for name in names {
        let n = match fs::read_to_string(forked.join(name).join(ONLY_THERE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            lines => lines?.lines().count(),
        };
        cases += n;
        forks += usize::from(n > 0);
    }
    Ok((cases, forks))
}

fn names_in(dir: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

fn reader(dir: &Path) -> Result<LedgerReader> {
    let reader = LedgerReader::over(OsDisk::at(dir).reader());
    reader.map_err(|failure| store::in_words(failure, dir))
}

/// Cases with a record behind the last frame that both have.
fn only_in(theirs: &LedgerReader, ours: &LedgerReader) -> Result<BTreeSet<String>> {
    let mut cases = BTreeSet::new();
    for frame in theirs.frames_from(last_in_common(theirs, ours)? + 1) {
        for body in frame?.batches.iter().flat_map(|batch| &batch.entries) {
            if let Body::Record { record, .. } = body {
                let entity = Record::decode(record)?.entity;
                if entity.kind == case::KIND.number {
                    cases.insert(entity.key.to_string());
                }
            }
        }
    }
    Ok(cases)
}

/// Two ledgers are the same up to some frame, and differ in every one behind it: each holds the hash of the one before.
fn last_in_common(one: &LedgerReader, other: &LedgerReader) -> Result<u64> {
    let before_both = one.first_frame().max(other.first_frame()).saturating_sub(1);
    let (mut same, mut end) = (before_both, one.last_frame().min(other.last_frame()) + 1);
    while end > same + 1 {
        let middle = same + (end - same) / 2;
        let hash = hash_of(one, middle)?;
        if hash.is_some() && hash == hash_of(other, middle)? {
            same = middle;
        } else {
            end = middle;
        }
    }
    Ok(same)
}
