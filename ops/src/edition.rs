//! Which rules are in force, since when and put there by whom: every set is kept for ever under its hash.
//!
//! ```text
//! files ─► parse and check ─► blob (safe) ─► the centre's record (durable) ─► in force
//!               └─► errors: nothing changes
//! ```
//! The one on record is in force after every start, whatever lies in the directory meanwhile.
//! A set that comes into force moves no due instant and sends nothing: cases carry their results with them, and
//! [`crate::recalculation`] is asked for by itself. Files are read by [`crate::config::rules`].

use std::collections::BTreeMap;

use compact_str::CompactString;
use duban_actors::centre::{self, Centre, RulesEdition};
use duban_rules::{Diagnostic, Severity, Sources};
use duban_runtime::answer::Answer;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{CommandId, Corrupt, Entity, EntityId};
use duban_runtime::journal::blob::{BlobId, NotABlobId};
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::node::{Ask, Node};
use serde::Serialize;

use crate::asker::Asker;
use crate::left;
use crate::wiring::{Rules, short};

/// A rules set that came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edition {
    /// Which.
    #[serde(flatten)]
    pub edition: RulesEdition,
    /// Since when.
    pub since: Timestamp,
    /// Put there by whom.
    pub by: CompactString,
    /// In which role.
    pub role: CompactString,
}

/// What became of a rules set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in force, and on record; warnings of the check beside it.
    PutInForce(RulesEdition, Vec<Diagnostic>),
    /// It was in force and on record before: nothing is recorded.
    Unchanged(RulesEdition),
}

/// Why a rules set did not come into force; the one before it stays.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    /// Its files have errors; warnings stand among them.
    #[error("the rules have errors")]
    Wrong(Vec<Diagnostic>),
    /// A file beside the rules is no text.
    #[error("file `{0}` is not UTF-8")]
    NotText(String),
    /// Its files could not be kept, or the record not be read.
    #[error("cannot keep the rules")]
    Journal(#[from] Failure),
    /// The centre did not record it: refused, or to be asked again.
    #[error("the centre did not record the rules: {0:?}")]
    NotRecorded(Answer),
}

/// Why the files of an edition cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// The record names no blob.
    #[error("the record names no blob")]
    Name(#[from] NotABlobId),
    /// The blob is gone or damaged.
    #[error("cannot read the blob of the rules")]
    Blob(#[from] Failure),
    /// The blob is no rules set.
    #[error("the blob is no rules set")]
    Form(#[from] serde_json::Error),
    /// The files are not those of the record.
    #[error("the files are not those that were put in force")]
    Other,
}

/// Puts the rules in `sources` in force, after keeping and recording them; what the units have said holds on. Reads and
/// checks on the caller's thread, a fraction of a second for a county.
///
/// # Errors
/// [`Rejected`]; what was in force stays in force.
pub async fn put_in_force(
    node: &Node,
    rules: &Rules,
    sources: &Sources,
    asker: &Asker,
) -> Result<Outcome, Rejected> {
    let (book, mut diagnostics) = duban_rules::parse(sources);
    if diagnostics.iter().any(|found| found.severity == Severity::Error) {
        return Err(Rejected::Wrong(diagnostics));
    }
    let journal = node.journal();
    diagnostics.extend(left::behind(journal, &rules.current().0.rules, &book)?);
    let hash = book.hash;
    let edition = RulesEdition {
        hash: hex(&hash),
        blob: journal.blobs().put(&archive(sources)?)?.to_string().into(),
        number: book.handbook.number.as_str().into(),
    };
    let outcome = match record(node, &edition, asker).await? {
        Recorded::Now => Outcome::PutInForce(edition.clone(), diagnostics),
        Recorded::Before => Outcome::Unchanged(edition.clone()),
    };
    rules.change(|context, in_force| {
        // Of two sets recorded at once the last one counts, whoever comes here first.
        let counts = last(journal)?.is_some_and(|last| last.hash == edition.hash);
        let is_new = in_force != short(&hash);
        Ok::<_, Failure>((counts && is_new).then(|| (context.under(book), short(&hash))))
    })?;
    Ok(outcome)
}

enum Recorded {
    Now,
    Before,
}

async fn record(node: &Node, edition: &RulesEdition, asker: &Asker) -> Result<Recorded, Rejected> {
    // The same set may come into force again after another: each time is a command of its own.
    let sequence = node.journal().entity(&centre_id())?.map_or(0, |stored| stored.sequence);
    let id = CommandId::derived(&[b"rules", edition.hash.as_bytes(), &sequence.to_le_bytes()]);
    let command = centre::Command::PutRulesInForce(edition.clone());
    let asked = asker.asks(id, node.clock().now());
    match node.ask(Ask::of::<Centre>(centre::KEY, command, asked)).await {
        Answer::Accepted { .. } => Ok(Recorded::Now),
        Answer::Refused { code, .. } if code == centre::RULES_IN_FORCE => Ok(Recorded::Before),
        answer @ (Answer::Refused { .. }
        | Answer::Stale { .. }
        | Answer::Busy { .. }
        | Answer::Quarantined { .. }
        | Answer::DeadLetter { .. }
        | Answer::Failed { .. }
        | Answer::Recorded
        | Answer::Claimed(_)) => Err(Rejected::NotRecorded(answer)),
    }
}

/// The rules on record as being in force; none before the first.
///
/// # Errors
/// When the centre cannot be read.
pub fn last(journal: &Journal) -> Result<Option<RulesEdition>, Failure> {
    let id = centre_id();
    let centre =
        journal.entity(&id)?.map(|stored| Centre::from_stored(&id, &stored.state)).transpose();
    let centre = centre.map_err(|corrupt| unreadable(&id, corrupt))?;
    Ok(centre.and_then(|centre| centre.rules))
}

/// Every rules set that came into force, the first one first.
///
/// # Errors
/// When the centre's history cannot be read.
pub fn history(journal: &Journal) -> Result<Vec<Edition>, Failure> {
    let id = centre_id();
    let mut editions = Vec::new();
    for record in journal.history(&id)? {
        let events: Result<Vec<centre::Event>, _> = serde_json::from_str(&record.events);
        let events = events.map_err(|error| unreadable(&id, Corrupt(error.to_string())))?;
        for event in events {
            if let centre::Event::RulesPutInForce { at, edition } = event {
                let (by, role) = (record.asked.by.clone(), record.asked.role.clone());
                editions.push(Edition { edition, since: at, by, role });
            }
        }
    }
    Ok(editions)
}

/// The files of an edition, as they were put in force.
///
/// # Errors
/// [`Lost`].
pub fn sources(journal: &Journal, edition: &RulesEdition) -> Result<Sources, Lost> {
    let content = journal.blobs().get(&edition.blob.parse::<BlobId>()?)?;
    let files: BTreeMap<String, String> = serde_json::from_slice(&content)?;
    let files = files.into_iter().map(|(name, text)| (name, text.into_bytes()));
    let sources = Sources::from_files(files);
    if is_of(edition, &sources) { Ok(sources) } else { Err(Lost::Other) }
}

/// Keeps the files of the edition in force once more, where they are gone or damaged and `sources` are the very same.
///
/// # Errors
/// When they cannot be kept.
pub fn mend(journal: &Journal, sources: &Sources) -> Result<(), Rejected> {
    let Some(edition) = last(journal)?.filter(|last| is_of(last, sources)) else { return Ok(()) };
    if self::sources(journal, &edition).is_err() {
        tracing::warn!(hash = %edition.hash, "the files of the rules in force are kept once more");
        journal.blobs().put(&archive(sources)?)?;
    }
    Ok(())
}

/// Whether these are the files of `edition`.
pub fn is_of(edition: &RulesEdition, sources: &Sources) -> bool {
    hex(&sources.hash()) == edition.hash
}

/// The files as one: JSON, names in order, so that the same set is the same blob and an auditor can read it.
fn archive(sources: &Sources) -> Result<Vec<u8>, Rejected> {
    let mut files = BTreeMap::new();
    for (name, bytes) in sources.iter() {
        let text = std::str::from_utf8(bytes);
        files.insert(name, text.map_err(|_| Rejected::NotText(name.to_owned()))?);
    }
    // Writing texts to a growing vector cannot fail.
    Ok(serde_json::to_vec_pretty(&files).unwrap_or_default())
}

fn unreadable(id: &EntityId, source: Corrupt) -> Failure {
    Failure::Corrupt { what: format!("entity `{id}`"), source }
}

fn centre_id() -> EntityId {
    EntityId::new(centre::KIND, centre::KEY)
}

fn hex(hash: &[u8; 32]) -> CompactString {
    blake3::Hash::from_bytes(*hash).to_hex().as_str().into()
}
