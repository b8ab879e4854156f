//! What the auditor found: kept by subject until the subject is found right again, and never more than a list can show.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use duban_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// Findings that are kept at most; further ones are only counted.
const FINDINGS_MAX: usize = 500;

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// Stable, e.g. `step-twice`.
    pub code: String,
    /// Whose, e.g. `1/c7`; empty for the server.
    pub subject: String,
    /// What, in one line for the operator.
    pub text: String,
}

impl Finding {
    /// The finding of `code` about `subject`.
    pub fn new(code: &str, subject: impl ToString, text: impl Into<String>) -> Finding {
        Finding { code: code.to_owned(), subject: subject.to_string(), text: text.into() }
    }
}

/// The auditor's standing, shared with every entry point.
#[derive(Debug, Default)]
pub struct Audit(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// By subject and area of the check, so that each check takes back its own.
    findings: BTreeMap<(String, Area), Vec<(Finding, Timestamp)>>,
    n_listed: usize,
    n_found: u64,
    n_entities: u64,
    heartbeat: Option<Timestamp>,
    frame: u64,
    swept: Option<Timestamp>,
}

/// Which check speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// One entity's history and state.
    Entity,
    /// The index of alarms.
    Index,
    Messages,
}

/// The auditor's standing at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// When it last got on; none before it began.
    pub heartbeat: Option<Timestamp>,
    /// Up to which frame of the ledger.
    pub frame: u64,
    /// Entities checked since the program was started.
    pub n_entities: u64,
    /// Findings since the program was started, those that were found right again included.
    pub n_findings: u64,
    /// What is wrong now and since when, by subject.
    pub findings: Vec<(Finding, Timestamp)>,
    /// When the last sweep over everything ended.
    pub swept: Option<Timestamp>,
}

impl Audit {
    /// It got on at `at`, up to `frame`.
    pub fn beat(&self, at: Timestamp, frame: u64) {
        let mut kept = self.lock();
        kept.heartbeat = Some(at);
        kept.frame = frame;
    }

    /// A sweep ended.
    pub fn swept(&self, at: Timestamp) {
        self.lock().swept = Some(at);
    }

    /// One more entity was checked.
    pub fn checked(&self) {
        self.lock().n_entities += 1;
    }

    /// What is wrong with `subject` in an area at `at` is this and nothing else.
    pub fn put(&self, (subject, area): (&str, Area), now: Vec<Finding>, at: Timestamp) {
        let mut kept = self.lock();
        let key = (subject.to_owned(), area);
        if now.is_empty() && !kept.findings.contains_key(&key) {
            return;
        }
        let before = kept.findings.remove(&key).unwrap_or_default();
        kept.n_listed = kept.n_listed.saturating_sub(before.len());
        let mut after = Vec::new();
        for finding in now {
            let known = before.iter().find(|(known, _)| known.code == finding.code);
            let since = known.map_or(at, |(_, since)| *since);
            if known.is_none() {
                kept.n_found += 1;
                let Finding { code, subject, text } = &finding;
                tracing::error!(code, subject, "{text}");
            }
            if kept.n_listed + after.len() < FINDINGS_MAX {
                after.push((finding, since));
            }
        }
        kept.n_listed += after.len();
        if !after.is_empty() {
            kept.findings.insert(key, after);
        }
    }

    /// Subjects of an area about which something is wrong.
    pub fn subjects(&self, area: Area) -> Vec<String> {
        let kept = self.lock();
        let of_area = kept.findings.keys().filter(|(_, of)| *of == area);
        of_area.map(|(subject, _)| subject.clone()).collect()
    }

    /// How many things are wrong now.
    pub fn n_findings(&self) -> u64 {
        u64::try_from(self.lock().n_listed).unwrap_or(u64::MAX)
    }

    /// When it last got on; none before it began.
    pub fn heartbeat(&self) -> Option<Timestamp> {
        self.lock().heartbeat
    }

    pub fn shown(&self) -> Shown {
        let kept = self.lock();
        Shown {
            heartbeat: kept.heartbeat,
            frame: kept.frame,
            n_entities: kept.n_entities,
            n_findings: kept.n_found,
            findings: kept.findings.values().flatten().cloned().collect(),
            swept: kept.swept,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
