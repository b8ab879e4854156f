//! Which rules are in force, since when and put there by whom: every set is kept for ever under its hash.
//!
//! ```text
//! files ─► parse and check ─► blob (safe) ─► the centre's record (durable) ─► in force
//!               └─► errors: nothing changes            └─► a day ahead: waits ([`day`])
//! ```
//! The one on record is in force after every start, whatever lies in the directory meanwhile.
//! A set that comes into force moves no due instant and sends nothing: cases carry their results with them, and
//! [`crate::rules_in_force::recalculation`] is asked for by itself. Files are read by [`crate::config::rules`].

pub mod course;
pub mod day;
pub mod known;
pub mod record;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use duban_actors::centre::{self, Centre, Command, Refusal, RulesEdition, Waiting};
use duban_rules::{Diagnostic, RuleBook, Sources};
use duban_runtime::entity::{CommandId, EntityId, Refusal as _};
use duban_runtime::journal::blob::{BlobId, NotABlobId};
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::node::Node;

use crate::asking::{self, Asker, No, Terms};
use crate::registry::{self, Rules};
use crate::state;
use crate::stranded;

pub use course::{Ahead, Course, Dropped, Edition, Listing, course, history, listing, waiting};
pub use day::{Beside, Came, NotCancelled, beside, cancel};

/// What became of a rules set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in force, and on record; warnings of the check beside it.
    PutInForce(RulesEdition, Vec<Diagnostic>),
    /// It was in force and on record before: nothing is recorded.
    Unchanged(RulesEdition),
    /// It waits for its day, and that is on record; warnings of the check beside it.
    Waits(Waiting, Vec<Diagnostic>),
    /// It waited for its day before: nothing is recorded.
    StillWaits(Waiting),
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
    NotRecorded(No),
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

/// Puts the rules in `sources` in force, after keeping and recording them, or has them wait for their day; what the units
/// have said holds on. Rules whose day has come meanwhile come first, so that the later word counts. Reads and checks
/// on the caller's thread, a fraction of a second for a county.
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
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Rejected::Wrong(diagnostics));
    }
    if let Came::Held(waiting, why) = day::come(node, rules, &Asker::on_the_machine()).await? {
        tracing::error!(hash = %waiting.edition.hash, why, "rules whose day has come are held");
    }
    let journal = node.journal();
    let (known, clashes) = known::against(journal, sources, &book)?;
    diagnostics.extend(clashes);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Rejected::Wrong(diagnostics));
    }
    diagnostics.extend(stranded::behind(journal, &rules.current().0.rules, &book)?);
    let hash = hex(&book.hash);
    let edition = RulesEdition {
        hash: hash.clone(),
        blob: journal.blobs().put(&archive(sources)?)?.to_string().into(),
        number: book.handbook.number.as_str().into(),
    };
    if let Some(day) = day::ahead(&book, &known, node.clock().now()) {
        let (waiting, recorded) = day::schedule(node, (edition, day), asker).await?;
        return Ok(match recorded {
            Recorded::Now => Outcome::Waits(waiting, diagnostics),
            Recorded::Before => Outcome::StillWaits(waiting),
        });
    }
    let command = Command::PutRulesInForce(edition.clone());
    let outcome = match record(node, (b"rules", &hash), command, asker).await? {
        Recorded::Now => Outcome::PutInForce(edition, diagnostics),
        Recorded::Before => Outcome::Unchanged(edition),
    };
    swap(journal, rules, book)?;
    Ok(outcome)
}

/// Decides by `book` from now on, if it is the one on record.
fn swap(journal: &Journal, rules: &Rules, book: RuleBook) -> Result<(), Failure> {
    let hash = book.hash;
    rules.change(|context, in_force| {
        // Of two sets recorded at once the last one counts, whoever comes here first.
        let counts = last(journal)?.is_some_and(|last| last.hash == hex(&hash));
        let is_new = in_force != registry::short(&hash);
        Ok::<_, Failure>((counts && is_new).then(|| (context.under(book), registry::short(&hash))))
    })
}

/// When something was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recorded {
    Now,
    /// It stands so already, or there is nothing left of it to be done.
    Before,
}

/// Has the centre record a command about the rules of a hash.
async fn record(
    node: &Node,
    (word, hash): (&[u8], &str),
    command: Command,
    asker: &Asker,
) -> Result<Recorded, Rejected> {
    // The same set may come into force again after another: each time is a command of its own.
    let sequence = node.journal().sequence(&centre_id())?.unwrap_or(0);
    let id = CommandId::derived(&[word, hash.as_bytes(), &sequence.to_le_bytes()]);
    let terms = Terms::of(id);
    match asking::ask::<Centre>(node, asker, terms, centre::KEY, command).await {
        Ok(_) => Ok(Recorded::Now),
        Err(no) if no.code().is_some_and(is_settled) => Ok(Recorded::Before),
        Err(no) => Err(Rejected::NotRecorded(no)),
    }
}

/// Whether a refusal says that there is nothing to do.
fn is_settled(code: &str) -> bool {
    [
        Refusal::RulesInForce.code(),
        Refusal::RulesWaiting.code(),
        Refusal::NoRulesWaiting.code(),
        Refusal::DayAhead.code(),
    ]
    .contains(&code)
}

/// The rules on record as being in force; none before the first.
pub fn last(journal: &Journal) -> Result<Option<RulesEdition>, Failure> {
    Ok(centre(journal)?.and_then(|centre| centre.rules))
}

fn centre(journal: &Journal) -> Result<Option<Centre>, Failure> {
    Ok(state::read(journal, centre::KEY)?.map(|(centre, _)| centre))
}

/// The codes that today's check finds wrong with the rules on record, each once; none where their files are lost.
pub fn faults(journal: &Journal) -> Result<Vec<&'static str>, Failure> {
    let sources = last(journal)?.and_then(|last| sources(journal, &last).ok());
    let found = sources.map(|sources| duban_rules::parse(&sources).1).unwrap_or_default();
    Ok(error_codes(&found).into_iter().collect())
}

/// The codes of errors, each once, however many places it is found in.
pub fn error_codes(found: &[Diagnostic]) -> BTreeSet<&'static str> {
    found.iter().filter(|one| one.is_error()).map(|one| one.code).collect()
}

/// The names of the files in which two editions differ, in the order of names; none where one is lost.
pub fn differing(journal: &Journal, one: &RulesEdition, other: &RulesEdition) -> Vec<String> {
    let (Ok(one), Ok(other)) = (sources(journal, one), sources(journal, other)) else {
        return Vec::new();
    };
    let names: BTreeSet<&str> = one.iter().chain(other.iter()).map(|(name, _)| name).collect();
    let is_other = |name: &&str| one.bytes(name) != other.bytes(name);
    names.into_iter().filter(is_other).map(str::to_owned).collect()
}

/// The files of an edition, as they were put in force.
pub fn sources(journal: &Journal, edition: &RulesEdition) -> Result<Sources, Lost> {
    let content = journal.blobs().get(&edition.blob.parse::<BlobId>()?)?;
    let files: BTreeMap<String, String> = serde_json::from_slice(&content)?;
    let files = files.into_iter().map(|(name, text)| (name, text.into_bytes()));
    let sources = Sources::from_files(files);
    if is_of(edition, &sources) { Ok(sources) } else { Err(Lost::Other) }
}

/// Keeps the files of the edition in force once more, where they are gone or damaged and `sources` are the very same.
pub fn mend(journal: &Journal, sources: &Sources) -> Result<(), Rejected> {
    let Some(edition) = last(journal)?.filter(|last| is_of(last, sources)) else { return Ok(()) };
    if self::sources(journal, &edition).is_err() {
        tracing::warn!(hash = %edition.hash, "the files of the rules in force are kept once more");
        journal.blobs().put(&archive(sources)?)?;
    }
    Ok(())
}

/// What records bear that were decided by `edition`; none where its hash is none.
pub fn short(edition: &RulesEdition) -> Option<u64> {
    let hash = blake3::Hash::from_hex(edition.hash.as_bytes()).ok()?;
    Some(registry::short(hash.as_bytes()))
}

/// Whether these are the files of `edition`.
pub fn is_of(edition: &RulesEdition, sources: &Sources) -> bool {
    is(edition, &sources.hash())
}

/// Whether this is the hash of `edition`.
pub fn is(edition: &RulesEdition, hash: &[u8; 32]) -> bool {
    hex(hash) == edition.hash
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

fn centre_id() -> EntityId {
    EntityId::new(centre::KIND, centre::KEY)
}

fn hex(hash: &[u8; 32]) -> CompactString {
    blake3::Hash::from_bytes(*hash).to_hex().as_str().into()
}
