//! Holds what records name against what is there: every blob, every key of a reporter or its erased mark.
//!
//! Reads files only, so it can be asked beside a running server: both are kept before the commit that names them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use duban_actors::case::CaseId;
use duban_runtime::journal::Failure;
use duban_runtime::journal::blob::{BlobId, BlobStore};
use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::LedgerReader;

use duban_access::seals::{Key, Seals};
use duban_server::references;

/// More problems than this are counted and not collected: something is wrong at large.
const PROBLEMS_MAX: usize = 10_000;

/// What was counted and found.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) blobs: u64,
    pub(super) keys: u64,
    pub(super) erased: u64,
    pub(super) problems: Vec<String>,
    /// How many more there are.
    pub(super) untold: u64,
}

/// What is looked into.
struct Looking {
    blobs: BlobStore,
    seals: Seals,
    /// Blobs that were looked at: a photo may be named by several records. 32 bytes each, as many as there are files.
    seen: BTreeSet<BlobId>,
}

/// Looks for everything that the ledger in `dir` names.
pub(super) fn check(dir: &Path) -> Result<Outcome> {
    let disk = OsDisk::at(dir);
    let reader = LedgerReader::over(disk.reader())?;
    let (blobs, seals) = (BlobStore::over(Box::new(disk)), Seals::of(dir));
    let mut looking = Looking { blobs, seals, seen: BTreeSet::new() };
    let mut outcome = Outcome::default();
    for frame in reader.frames_from(reader.first_frame()) {
        // What is damaged was found by whoever read the ledger before, and nothing can be said of what lies behind it.
        let Ok(frame) = frame else { break };
        for body in frame.batches.iter().flat_map(|batch| &batch.entries) {
            match references::by(body) {
                Ok(found) => {
                    for blob in found.blobs {
                        looking.blob(blob, &mut outcome)?;
                    }
                    if let Some(case) = found.sealed {
                        looking.key(&case, &mut outcome)?;
                    }
                }
                Err(corrupt) => outcome.problem(format!("第 {} 帧:{corrupt}", frame.number)),
            }
        }
    }
    Ok(outcome)
}

impl Looking {
    fn blob(&mut self, id: BlobId, outcome: &mut Outcome) -> Result<()> {
        if !self.seen.insert(id) {
            return Ok(());
        }
        outcome.blobs += 1;
        match self.blobs.get(&id) {
            Ok(_) => {}
            Err(Failure::NoBlob { .. }) => {
                outcome.problem(format!("附件 {id} 不在({})", file_of(id)));
            }
            Err(Failure::Damaged { .. }) => {
                outcome.problem(format!("附件 {id} 的内容与名称不符({})", file_of(id)));
            }
            Err(failure) => return Err(failure.into()),
        }
        Ok(())
    }

    fn key(&self, case: &CaseId, outcome: &mut Outcome) -> Result<()> {
        let id = case.as_str();
        let file = || {
            let dir = id.get(1..3).unwrap_or("__");
            format!("案件 {id} 上报人信息的密钥(keys/{dir}/{id})")
        };
        match self.seals.standing(case)? {
            Key::There => outcome.keys += 1,
            Key::Erased => outcome.erased += 1,
            Key::Lost => outcome.problem(format!("{} 不在,也没有删除的标记", file())),
            Key::Damaged => outcome.problem(format!("{} 损坏", file())),
        }
        Ok(())
    }
}

/// Where a blob lies in the store's directory, and in that of a backup.
fn file_of(id: BlobId) -> String {
    let name = id.to_string();
    let (dir, rest) = name.split_at_checked(2).unwrap_or_default();
    format!("blobs/{dir}/{rest}")
}

impl Outcome {
    fn problem(&mut self, text: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(text);
        } else {
            self.untold += 1;
        }
    }
}
