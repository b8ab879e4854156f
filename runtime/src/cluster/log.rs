//! The log of a cluster: one order of frames, and leases on who may add to it. What it promises, whoever keeps it.
//!
//! Everything stands under one name, `{CLUSTER}`:
//!
//! | key | what |
//! |---|---|
//! | `log` | a stream of frames; the number of an entry is the number of its frame |
//! | `head` | the last frame, its [`Link`], the reign, the run id of the server, the [`FORMAT`], the frame behind which it was begun |
//! | `own` | for each partition and the office who holds the lease, by which epoch, until when; and the partition's next number, its last group and that group's frame |
//! | `nodes` | what each node said of itself, and when |
//!
//! A *reign* is a number that grows when a person seeds the log anew: whoever knows an older one is told so before
//! anything else. An *epoch* of a lease is the reign times 2³² plus a count, so that it grows over reigns, too.
//! A commit that is repeated finds itself: whatever answer was lost, it stands once.

use std::fmt;

use compact_str::CompactString;

use super::post::{Inbound, Outbound};
use crate::clock::Timestamp;
use crate::partition::PARTITIONS;

/// The form of what stands in the log and beside it.
pub const FORMAT: u32 = 1;

/// How long a lease lasts, in milliseconds of the log's own clock, after it was taken or renewed.
pub const LEASE_MILLIS: i64 = 6_000;

/// The greatest reign there can be: up to here every epoch is a number that scripts, whose numbers are doubles, reckon
/// with to the last digit.
pub const REIGN_MAX: u64 = (1 << 20) - 1;

/// What one group is known by: the first bytes of the BLAKE3 of its body.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub [u8; 16]);

impl GroupId {
    /// Of the group with this body.
    pub fn of(body: &[u8]) -> GroupId {
        let hash = blake3::hash(body);
        GroupId(*hash.as_bytes().first_chunk().unwrap_or(&[0; 16]))
    }

    /// As it stands in the log: 32 digits.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// The id written as `text`.
    pub fn from_hex(text: &str) -> Option<GroupId> {
        bytes(text).map(GroupId)
    }
}

impl fmt::Debug for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// What all frames up to one come to: SHA-1 of the link of the frame before, as 40 digits, and the id of the group, as
/// 32. A server that runs scripts can work it out, and so can every node from its own ledger.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link(pub [u8; 20]);

impl Link {
    /// The link of the frame behind this one that holds `group`.
    #[must_use]
    pub fn then(self, group: GroupId) -> Link {
        let mut sum = sha1_smol::Sha1::new();
        sum.update(self.to_hex().as_bytes());
        sum.update(group.to_hex().as_bytes());
        Link(sum.digest().bytes())
    }

    /// The link with which a log begins behind the frame whose hash in the ledger is `head`.
    pub fn seed(head: &[u8; 32]) -> Link {
        Link(*head.first_chunk().unwrap_or(&[0; 20]))
    }

    /// As it stands in the log: 40 digits.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// The link written as `text`.
    pub fn from_hex(text: &str) -> Option<Link> {
        bytes(text).map(Link)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// Two digits for each byte.
fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// What was written by [`hex`].
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|it| u8::try_from(it).ok());
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// Where the log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    pub reign: u64,
    /// The last frame; that of the seed while nothing was added.
    pub frame: u64,
    /// Of that frame.
    pub link: Link,
    /// Which run of the server was seen last by whoever looked.
    pub run: CompactString,
    /// [`FORMAT`] of whoever seeded it.
    pub format: u32,
    /// The frame behind which it was begun, by [`Link::seed`].
    pub base: u64,
}

/// A group to be added as the next frame.
#[derive(Clone, Copy, Debug)]
pub struct Adding<'a> {
    pub reign: u64,
    /// The last frame that the node has mirrored: a log that ends before it is not the one it knows.
    pub mirrored: u64,
    pub group: GroupId,
    /// Of the program that wrote the body.
    pub release: &'a str,
    /// As ledgers will hold it, byte for byte.
    pub body: &'a [u8],
    /// The partitions in it, at least one, each once.
    pub parts: &'a [Part],
}

/// What a partition adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub partition: u8,
    /// Of the lease under which it was decided.
    pub epoch: u64,
    /// The partition's number of the first entry.
    pub first_lsn: u64,
    pub n_entries: u64,
}

/// What became of a group. Checked in this order; nothing is written unless it is [`Added::In`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// The log is in another reign; none if there is no log at all.
    Reign(Option<u64>),
    /// The log ends before what the node has mirrored.
    Behind(LogHead),
    /// It stands in the log as this frame, added now or before.
    In(u64),
    /// Another epoch owns these partitions; the log ended at this frame.
    Fenced(Vec<u8>, u64),
    /// These partitions go on from another number; the log ended at this frame.
    Lsn(Vec<u8>, u64),
}

/// A frame as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub frame: u64,
    pub group: GroupId,
    pub reign: u64,
    /// Of the program that wrote it.
    pub release: CompactString,
    pub link: Link,
    pub body: Vec<u8>,
}

/// What a lease is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holding {
    Partition(u8),
    /// From where messages leave.
    Office,
}

/// What a node wants of leases; all in one call, each on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leasing {
    /// Take what nobody holds. A lease that ran out, or that ends later than a lease can (the clock was set back), is
    /// nobody's; one of this very node is taken anew, with a new epoch.
    Acquire(Vec<Holding>),
    /// Go on holding by these epochs; one that ran out and that nobody took is held again.
    Renew(Vec<(Holding, u64)>),
    /// Give up.
    Release(Vec<(Holding, u64)>),
}

impl Leasing {
    /// What is wanted, in order.
    pub fn holdings(&self) -> Vec<Holding> {
        match self {
            Leasing::Acquire(wanted) => wanted.clone(),
            Leasing::Renew(held) | Leasing::Release(held) => {
                held.iter().map(|(holding, _)| *holding).collect()
            }
        }
    }
}

/// How a holding stands after a call: in the order of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub holding: Holding,
    /// The last that was given out; 0 before the first.
    pub epoch: u64,
    /// Empty when it was given up, or never taken.
    pub node: CompactString,
    /// By the log's clock.
    pub until: Timestamp,
}

/// What leases came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leased {
    /// See [`Added::Reign`].
    Reign(Option<u64>),
    Leases {
        /// By the log's clock.
        now: Timestamp,
        /// The last frame when they were given: whoever acquired mirrors up to here before deciding.
        frame: u64,
        leases: Vec<Lease>,
    },
}

/// A node, as it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSaid {
    pub name: CompactString,
    /// Where its HTTP is reached by other nodes.
    pub address: String,
    pub release: CompactString,
    pub fitness: CompactString,
    /// The last frame that is safe on its disk.
    pub mirrored: u64,
    /// Of that frame.
    pub link: Link,
    /// By how much its clock is ahead of the log's, in milliseconds.
    pub skew_millis: i64,
}

/// A node as it stands on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSeen {
    pub said: NodeSaid,
    /// By the log's clock.
    pub seen: Timestamp,
}

/// What a node says, and does beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looking {
    /// Only looks.
    Look,
    /// Says how it is; the run of the server that it spoke to is kept with the head.
    Say(Box<NodeSaid>, CompactString),
    /// Strikes a node off the list; its leases run out.
    Strike(CompactString),
    /// Frames before this one are taken away: whoever asks has seen to it that nobody needs them.
    Trim(u64),
}

/// All that stands beside the frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// By the log's clock.
    pub now: Timestamp,
    /// None while there is no log.
    pub head: Option<LogHead>,
    /// The first frame that is there; none while the log is empty.
    pub first: Option<u64>,
    /// Every holding that was ever taken, by what it is on.
    pub leases: Vec<Lease>,
    /// By name.
    pub nodes: Vec<NodeSeen>,
}

impl Overview {
    /// What nodes hold now.
    pub fn held(&self) -> impl Iterator<Item = &Lease> {
        self.leases.iter().filter(|lease| self.is_held(lease))
    }

    /// Whether a node holds this now.
    pub fn is_held(&self, lease: &Lease) -> bool {
        !lease.node.is_empty() && lease.until >= self.now
    }

    /// How many partitions nobody holds.
    pub fn n_unowned(&self) -> usize {
        let partitions = self.held().filter(|lease| matches!(lease.holding, Holding::Partition(_)));
        usize::from(PARTITIONS).saturating_sub(partitions.count())
    }
}

/// A log begun anew, behind what one node's ledger holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// Greater than any before.
    pub reign: u64,
    /// The reign there is as far as whoever seeds knows; none if there is no log.
    pub instead_of: Option<u64>,
    /// The last frame of the ledger.
    pub frame: u64,
    /// [`Link::seed`] of that frame's hash.
    pub link: Link,
    /// Which run of the server it is.
    pub run: CompactString,
    /// The next number of every partition that has one.
    pub next_lsn: Vec<(u8, u64)>,
}

/// What became of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seeded {
    /// The log is begun: no frames, no leases, nobody on the list; epochs go on from the reign.
    Begun,
    /// The reign is another one than was said, or not greater, or greater than [`REIGN_MAX`].
    Reign(Option<u64>),
    /// These nodes were seen within the time of a lease: they must be stopped first.
    AtWork(Vec<CompactString>),
}

/// Why the log did not answer. Whether what was asked was done is then unknown, but for [`LogFailure::Full`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogFailure {
    /// Not reached, broken off, too slow, still loading, or not the server that takes writes.
    #[error("Redis does not answer: {0}")]
    Away(String),
    /// It has no memory left. Nothing was written.
    #[error("Redis is full: {0}")]
    Full(String),
    /// It is set up in a way that cannot be relied on; with the setting to change.
    #[error("Redis cannot be used: {0}")]
    Unfit(String),
    /// What it answered makes no sense: other programs write under the same name.
    #[error("Redis holds something else under this name: {0}")]
    Unclear(String),
}

/// Somebody's way to the log. Each thread has one of its own.
pub trait Log: Send {
    /// Adds a group, or says why not.
    fn add(&mut self, adding: Adding<'_>) -> Result<Added, LogFailure>;

    /// The frames after `after`, in order, at most `most` of them; waits for the first for about `wait_millis`.
    fn read(
        &mut self,
        after: u64,
        most: usize,
        wait_millis: u64,
    ) -> Result<Vec<LogEntry>, LogFailure>;

    /// The last frame; 0 while there is no log. Much cheaper than to look at everything.
    fn end(&mut self) -> Result<u64, LogFailure>;

    /// Takes, keeps or gives up leases for `node`.
    fn lease(&mut self, reign: u64, node: &str, leasing: &Leasing) -> Result<Leased, LogFailure>;

    /// All that stands beside the frames, after `looking` was heeded.
    fn look(&mut self, looking: &Looking) -> Result<Overview, LogFailure>;

    /// Begins the log anew.
    fn seed(&mut self, seed: &Seed) -> Result<Seeded, LogFailure>;

    /// Which run of the server this way leads to; none while it is not known.
    fn run(&mut self) -> Result<CompactString, LogFailure>;
}

/// Makes ways to one log.
pub trait Logs: Send + Sync {
    /// A new way; nothing is connected yet.
    fn log(&self) -> Box<dyn Log>;

    /// A new way to the other nodes.
    fn outbound(&self) -> Box<dyn Outbound>;

    /// Where letters to the node of this name come.
    fn inbound(&self, node: &str) -> Box<dyn Inbound>;
}
