//! The auditor's mark, how far the ledger is audited: a small file beside the store, replaced as a whole, and made
//! again from the ledger if it is gone.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::feed::Place;
use duban_runtime::journal::witness::{Head, Sighting, Witness};
use serde::{Deserialize, Serialize};

/// Its name in the store's directory.
pub const FILE: &str = "auditor.json";

/// Where the auditor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Everything up to here is read.
    pub place: Place,
    /// Messages begun up to there.
    pub begun: u64,
    /// Messages that had an outcome by then.
    pub ended: u64,
    /// How far the sweep is.
    pub sweep: Sweep,
}

impl Default for Mark {
    fn default() -> Mark {
        Mark { place: Place::START, begun: 0, ended: 0, sweep: Sweep::Resting(None) }
    }
}

/// How far the sweep over everything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sweep {
    /// The last one began then.
    Resting(Option<Timestamp>),
    /// Behind this entity.
    Entities {
        began: Timestamp,
        /// The last one that was looked at; none before the first.
        after: Option<EntityId>,
    },
    /// At this partition's outbox.
    Messages { began: Timestamp, partition: u8 },
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Written {
    place: String,
    begun: u64,
    ended: u64,
    sweep: Sweep,
    /// The end of the ledger then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Seen>,
}

/// A frame of the ledger, as it is written.
#[derive(Serialize, Deserialize)]
struct Seen {
    frame: u64,
    head: String,
}

/// What the auditor of the store in `dir` has seen of the ledger, if there was one.
pub fn seen(dir: &Path) -> Option<Sighting> {
    let written: Written = serde_json::from_slice(&fs::read(dir.join(FILE)).ok()?).ok()?;
    let place: Place = written.place.parse().ok()?;
    let by = Witness::Auditor;
    let seen = written.seen.and_then(|Seen { frame, head }| {
        let hash = blake3::Hash::from_hex(head).ok()?.into();
        Some(Sighting { by, frame, hash: Some(hash) })
    });
    Some(seen.unwrap_or(Sighting { by, frame: place.frame, hash: None }))
}

/// The mark in the file; the beginning if there is none that can be read.
pub fn load(path: &Path) -> Mark {
    let read = || -> Option<Mark> {
        let written: Written = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let Written { place, begun, ended, sweep, seen: _ } = written;
        Some(Mark { place: place.parse().ok()?, begun, ended, sweep })
    };
    read().unwrap_or_default()
}

/// Replaces the file.
///
/// # Errors
/// The disk's; the old one stands then.
pub fn keep(path: &Path, mark: &Mark, seen: Option<Head>) -> io::Result<()> {
    let Mark { place, begun, ended, sweep } = mark.clone();
    let head = |hash| blake3::Hash::from_bytes(hash).to_hex().to_string();
    let seen = seen.map(|Head { frame, hash }| Seen { frame, head: head(hash) });
    let written = Written { place: place.to_string(), begun, ended, sweep, seen };
    let half = path.with_extension("json.part");
    let mut file = File::create(&half)?;
    file.write_all(&serde_json::to_vec(&written)?)?;
    file.sync_data()?;
    fs::rename(&half, path)
}
