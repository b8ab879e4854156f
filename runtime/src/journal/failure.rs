//! Failures of the journal and of the disk under it.
//!
//! Every variant says what was attempted; the cause is its source. Clones share the cause, because every caller of one
//! group commit hears of the same failure. Not here: refusals of the domain, and [`Corrupt`] histories of one entity
//! as such (they quarantine that entity; only where the journal itself cannot go on do they become a [`Failure`]).

use std::error::Error;
use std::io;
use std::sync::Arc;

use compact_str::CompactString;

use super::witness::Loss;
use crate::cluster::log::LogFailure;
use crate::entity::Corrupt;
use crate::journal::marker::{FILE, OtherNode};

/// The world let the journal down.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// A file could not be read, written, renamed, ….
    #[error("cannot {doing} `{file}`")]
    Io {
        /// The verb: `read`, `append to`, ….
        doing: &'static str,
        /// Relative to the directory of the journal.
        file: String,
        #[source]
        source: Arc<io::Error>,
    },
    /// The disk is full. What was to be written is not there, and nothing else is lost.
    #[error("no space left to {doing} `{file}`: free some, then ask again")]
    Full {
        doing: &'static str,
        /// Relative to the directory of the journal.
        file: String,
        #[source]
        source: Arc<io::Error>,
    },
    /// The system could not promise that written bytes survive. Nobody knows what is on the disk: the process must
    /// end, and the next start reads what is there.
    #[error("cannot make `{file}` safe on the disk")]
    Unsynced {
        /// Relative to the directory of the journal.
        file: String,
        #[source]
        source: Arc<io::Error>,
    },
    /// Something in the middle of the ledger is not what was written there.
    #[error("`{segment}` is damaged at byte {offset}: {flaw}; {WAY_OUT}")]
    Damaged { segment: String, offset: u64, flaw: String },
    /// The ledger has no such frame.
    #[error("the ledger has no frame {frame}: it holds {first} to {last}")]
    NoFrame { frame: u64, first: u64, last: u64 },
    /// The ledger is not the one that others have seen: it was cut short, or is another one. Nothing was touched.
    #[error("{0}")]
    Lost(Box<Loss>),
    /// There is no ledger, and none may be begun here.
    #[error("there is no ledger in `{directory}`")]
    NoLedger { directory: String },
    /// The directory is a node's, and whoever opens it is not in the cluster. Nothing was touched.
    #[error("`{directory}` is that of node `{node}` of the cluster `{cluster}`")]
    Clustered { directory: String, cluster: CompactString, node: CompactString },
    /// The directory is that of one node, and another one opens it. Nothing was touched.
    #[error("{0}")]
    OtherNode(Box<OtherNode>),
    /// A node opens a directory that is in no cluster. Nothing was touched.
    #[error("`{directory}` is not yet that of node `{node}` of the cluster `{cluster}`")]
    NotJoined { directory: String, cluster: CompactString, node: CompactString },
    /// What says whose a directory is makes no sense.
    #[error("the marker of a node, `{FILE}`, makes no sense: {flaw}")]
    Marker { flaw: String },
    /// The target of a copy holds something else than the beginning of what is to be copied.
    #[error(
        "the target already holds {frames} frames that are not the first {frames} of this ledger"
    )]
    OtherLedger { frames: u64 },
    /// A group that no frame can carry.
    #[error("a group of {bytes} bytes is larger than a frame's {most}")]
    TooLarge {
        /// Of the group.
        bytes: usize,
        /// That fit.
        most: usize,
    },
    /// A group could not be turned into bytes.
    #[error("cannot encode a group")]
    Encode {
        #[source]
        source: postcard::Error,
    },
    #[error("no blob `{name}`")]
    NoBlob { name: String },
    /// The key-value store behind the ledger failed.
    #[error("the store cannot {doing}")]
    Store {
        doing: &'static str,
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
    /// What was read makes no sense, and the journal cannot go on without it.
    #[error("cannot understand {what}")]
    Corrupt {
        what: String,
        #[source]
        source: Corrupt,
    },
    /// Another process uses the directory.
    #[error("another process uses `{directory}`")]
    Locked { directory: String },
    /// One of its threads panicked; what it held may be half changed. The process must end.
    #[error("the thread `{thread}` of the journal fell: {panic}")]
    Fell {
        thread: &'static str,
        /// The words of the panic.
        panic: String,
    },
    /// The log of the cluster did not take or give anything.
    #[error(transparent)]
    Log(LogFailure),
    /// The log of the cluster and this ledger are not one history.
    #[error("the log of the cluster is not the one of this ledger: {0}")]
    Differs(Difference),
    /// Another node owns the partition, or may: nothing was added, or whoever owns it next knows.
    #[error("another node decides; ask again with the same id")]
    OtherOwner,
    /// The journal is closed, or ended after a fatal failure.
    #[error("the journal takes nothing any more")]
    Stopped,
}

/// How a log and a ledger are not one history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// The log was begun anew.
    #[error("it is in reign {theirs:?}, the ledger in reign {ours}")]
    Reign {
        ours: u64,
        /// None when there is no log at all.
        theirs: Option<u64>,
    },
    /// The log has less.
    #[error("it ends at frame {theirs}, the ledger has frame {ours}")]
    Behind { ours: u64, theirs: u64 },
    /// What follows the ledger's last frame was taken away from the log, or never was in it.
    #[error("frame {expected} is not there any more, the next is {found}")]
    Gap { expected: u64, found: u64 },
    /// A newer program wrote what this one cannot read.
    #[error("frame {frame} was written by release {release}, which this one cannot read")]
    Newer { frame: u64, release: CompactString },
    /// What this very program, or an older one, is said to have written there cannot be read.
    #[error("frame {frame} cannot be read: {flaw}")]
    Unreadable { frame: u64, flaw: String },
    /// Another process goes by the name of this node.
    #[error(
        "another process goes by this node's name, at {address}: give one of them another `cluster.node`"
    )]
    NamedTwice { address: String },
    /// Another frame stands in the place of one that the ledger has.
    #[error("frame {frame} is another one there")]
    Other { frame: u64 },
}

/// What an operator can do about damage.
const WAY_OUT: &str = "`duban verify` lists every damaged place, and `duban restore` rebuilds from a backup, or up to \
                       the last good frame before it";

impl Failure {
    /// `doing` something with `file` failed with `source`; a full disk is told apart.
    pub fn io(doing: &'static str, file: &str, source: io::Error) -> Failure {
        let file = file.to_owned();
        let full = is_full(&source);
        let source = Arc::new(source);
        if full {
            Failure::Full { doing, file, source }
        } else {
            Failure::Io { doing, file, source }
        }
    }

    /// A failed `fsync` of `file`.
    pub fn unsynced(file: &str, source: io::Error) -> Failure {
        Failure::Unsynced { file: file.to_owned(), source: Arc::new(source) }
    }

    /// The store failed while `doing` something.
    pub fn store(doing: &'static str, source: impl Error + Send + Sync + 'static) -> Failure {
        Failure::Store { doing, source: Arc::new(source) }
    }

    /// Damage at a place of the ledger.
    pub fn damaged(segment: &str, offset: u64, flaw: impl Into<String>) -> Failure {
        Failure::Damaged { segment: segment.to_owned(), offset, flaw: flaw.into() }
    }

    /// Whether the same attempt may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Failure::Io { .. } | Failure::Full { .. } | Failure::Store { .. } | Failure::Log(_)
        )
    }

    /// Whether this node is cut off from its cluster: the log does not answer, or is followed no more.
    pub fn is_cut_off(&self) -> bool {
        matches!(self, Failure::Log(_) | Failure::Differs(_))
    }

    /// Whether the disk is full: new work is refused, nothing is lost.
    pub fn is_full(&self) -> bool {
        matches!(self, Failure::Full { .. })
    }

    /// Whether a new start mends it, which reads the ledger as it is.
    pub fn passes_with_a_new_start(&self) -> bool {
        matches!(self, Failure::Io { .. } | Failure::Full { .. })
    }

    /// Whether the ledger is not the one that was seen, or not that of whoever opens it: a person must act before
    /// anybody starts.
    pub fn needs_a_person(&self) -> bool {
        matches!(
            self,
            Failure::Lost(_)
                | Failure::NoLedger { .. }
                | Failure::Clustered { .. }
                | Failure::OtherNode(_)
                | Failure::NotJoined { .. }
                | Failure::Marker { .. }
        )
    }

    /// Whether the process must end, because nobody knows what is on the disk or in memory.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Failure::Unsynced { .. } | Failure::Fell { .. })
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_a_broken_one() {
        let full = Failure::io("append to", "ledger/1.seg", io::ErrorKind::StorageFull.into());
        let broken = Failure::io("append to", "ledger/1.seg", io::Error::from_raw_os_error(5));
        assert!(full.is_full() && full.is_transient() && !full.is_fatal(), "{full}");
        assert!(!broken.is_full() && broken.is_transient() && !broken.is_fatal(), "{broken}");
    }

    #[test]
    fn damage_names_the_place_and_the_way_out() {
        let text = Failure::damaged("ledger/0000000001.seg", 4711, "checksum").to_string();
        assert!(text.contains("ledger/0000000001.seg") && text.contains("4711"), "{text}");
        assert!(text.contains("duban verify") && text.contains("duban restore"), "{text}");
    }
}
