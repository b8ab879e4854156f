//! The mirror: the log of a cluster, appended to this node's ledger and folded into its tables, frame by frame.
//!
//! What stands in the log is the outcome: callers of this node's own groups are answered here, in the order of frames. A
//! frame is read by everybody as soon as it is appended; this disk is synced a little later, since the log keeps it
//! meanwhile, and the store hears of nothing before. A frame that is not the next one, or whose link is not what the
//! ledger comes to, stops the mirror: it never overwrites.

use std::sync::Arc;
use std::time::Duration;

use super::backlog::Backlog;
use super::committer::Answers;
use super::disk::Disk;
use super::failure::{Difference, Failure};
use super::frame::{Frame, group_in};
use super::ledger::{Ledger, LedgerReader};
use super::outgoing::{Outgoing, Sent};
use super::recovery::{Memory, Refold, Remains, Unknown, moved_by};
use super::stats::Meter;
use super::subscription::Feed;
use super::witness::Head;
use crate::clock::Clock;
use crate::cluster::log::{GroupId, Link, LogEntry};
use crate::cluster::placement::Release;
use crate::record::{BatchOnDisk, Body, Fold};

/// How long a frame may be in the ledger before it is made safe there.
pub(super) const UNSAFE_MAX: Duration = Duration::from_millis(100);

/// Called with the source and the target of tells that other nodes have sent.
pub(crate) type OnTells = Arc<dyn Fn(u8, u8) + Send + Sync>;

/// What the mirror works on, shared with others.
pub(crate) struct Around {
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) outgoing: Arc<Outgoing>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) fold: Arc<dyn Fold>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) on_tells: OnTells,
}

/// Owns the writing end of the ledger of a node. Not a thread: whoever owns it calls [`Mirror::take`].
pub(crate) struct Mirror<D: Disk> {
    ledger: Ledger<D>,
    /// Of the ledger's last frame.
    link: Link,
    reign: u64,
    /// Of this program.
    release: &'static str,
    around: Around,
    memory: Memory,
    /// Since when something is not safe on this disk.
    unsafe_since: Option<Duration>,
    /// Why it follows no more.
    stopped: Option<Failure>,
}

impl<D: Disk> Mirror<D> {
    /// Goes on behind the ledger's last frame, whose link is `link`.
    pub(crate) fn new(
        ledger: Ledger<D>,
        (link, reign, release): (Link, u64, &'static str),
        around: Around,
    ) -> Mirror<D> {
        around.meter.head(ledger.head(), ledger.last_frame());
        around.backlog.secured(ledger.last_frame());
        around.outgoing.secured(ledger.last_frame(), link);
        let memory = Memory::of(Remains::CutOff);
        Mirror { ledger, link, reign, release, around, memory, unsafe_since: None, stopped: None }
    }

    /// The last frame.
    pub(crate) fn last_frame(&self) -> u64 {
        self.ledger.last_frame()
    }

    /// Takes the next frame; those of this node who wait for it are in the answers.
    ///
    /// # Errors
    /// [`Failure::Differs`] when it is not the next of this history; a full disk, after which the same frame is taken
    /// again; otherwise fatal.
    pub(crate) fn take(&mut self, entry: &LogEntry) -> Result<Option<Answers>, Failure> {
        self.must_follow(entry)?;
        let Some(sent) = self.around.outgoing.take(entry.group) else {
            self.others(entry)?;
            self.around.outgoing.reached(entry.frame);
            return Ok(None);
        };
        match self.append(entry) {
            Ok((head, n_bytes)) => {
                let answers = self.own(sent, head, n_bytes);
                self.around.outgoing.reached(head.frame);
                Ok(Some(answers))
            }
            // It is met again.
            Err(failure) => {
                self.around.outgoing.put(entry.group, sent);
                Err(failure)
            }
        }
    }

    fn append(&mut self, entry: &LogEntry) -> Result<(Head, u64), Failure> {
        let receipt = self.ledger.append_kept(&entry.body)?;
        self.link = entry.link;
        self.unsafe_since.get_or_insert_with(|| self.around.clock.monotonic());
        let head = Head { frame: receipt.frame, hash: self.ledger.head() };
        self.around.meter.head(head.hash, head.frame);
        Ok((head, receipt.bytes))
    }

    fn must_follow(&self, entry: &LogEntry) -> Result<(), Failure> {
        let expected = self.ledger.last_frame() + 1;
        if entry.frame != expected {
            let found = entry.frame;
            return Err(Failure::Differs(Difference::Gap { expected, found }));
        }
        if entry.reign != self.reign {
            let (ours, theirs) = (self.reign, Some(entry.reign));
            return Err(Failure::Differs(Difference::Reign { ours, theirs }));
        }
        let is_whole = GroupId::of(&entry.body) == entry.group;
        if is_whole && self.link.then(entry.group) == entry.link {
            Ok(())
        } else {
            Err(Failure::Differs(Difference::Other { frame: entry.frame }))
        }
    }

    /// A group of this node: what follows from it is known.
    fn own(&mut self, Sent { parts, at }: Sent, head: Head, n_bytes: u64) -> Answers {
        let took = self.around.clock.monotonic().saturating_sub(at);
        self.around.meter.group(parts.n_records(), n_bytes, took);
        let in_step = parts.batches.iter().zip(&parts.aftermaths);
        let moved: Vec<_> =
            in_step.flat_map(|(batch, after)| moved_by(batch.partition, after)).collect();
        let mut tables = self.around.backlog.tables_mut();
        tables.commit(head.frame, parts.batches.iter().zip(parts.aftermaths));
        tables.heard(head);
        drop(tables);
        self.memory.moved(moved);
        self.told(head.frame, parts.batches);
        Answers { callers: parts.callers, result: Ok(head.frame) }
    }

    /// A group of another node, or of an earlier life of this one: it is folded as after a start, and an entity whose
    /// record this program cannot understand is set aside. What a newer program wrote and this one cannot read is not
    /// taken, nor what is no group at all.
    fn others(&mut self, entry: &LogEntry) -> Result<(), Failure> {
        let is_newer = Release::of(&entry.release) > Release::of(self.release);
        let unknown = if is_newer { Unknown::Refused } else { Unknown::SetAside };
        let differs = |flaw: &str| {
            let (frame, release) = (entry.frame, entry.release.clone());
            Failure::Differs(if is_newer {
                Difference::Newer { frame, release }
            } else {
                Difference::Unreadable { frame, flaw: flaw.to_owned() }
            })
        };
        let batches = group_in(&entry.body).map_err(|flaw| differs(&flaw.to_string()))?;
        let frame = Frame { number: entry.frame, previous: self.ledger.head(), batches };
        let (backlog, fold) = (Arc::clone(&self.around.backlog), Arc::clone(&self.around.fold));
        let reader = self.ledger.reader();
        let folded = self.refold((&backlog, &reader, fold.as_ref()), unknown).folded(&frame);
        let folded = folded.map_err(|failure| {
            if let Failure::Corrupt { source, .. } = &failure
                && is_newer
            {
                differs(&source.to_string())
            } else {
                failure
            }
        })?;
        let (head, _) = self.append(entry)?;
        self.refold((&backlog, &reader, fold.as_ref()), unknown).commit(&frame, folded, Some(head));
        for (from, to) in tells_in(&frame.batches) {
            (self.around.on_tells)(from, to);
        }
        self.told(head.frame, frame.batches);
        Ok(())
    }

    fn refold<'a>(
        &'a mut self,
        (backlog, reader, fold): (&'a Backlog, &'a LedgerReader, &'a dyn Fold),
        unknown: Unknown,
    ) -> Refold<'a> {
        Refold { backlog, reader, fold, memory: &mut self.memory, unknown }
    }

    fn told(&self, frame: u64, batches: Vec<BatchOnDisk>) {
        self.around.backlog.awaited().wake();
        self.around.backlog.committed();
        self.around.feed.tell(frame, batches);
    }

    /// The log answered.
    pub(super) fn heard(&self) {
        self.around.meter.log_answered();
    }

    /// Everything that was read was taken.
    pub(super) fn followed(&self) {
        self.around.meter.followed();
    }

    /// Nothing is taken at the moment, and why.
    pub(super) fn refused(&self, failure: &Failure) {
        self.around.meter.refused(failure, self.around.clock.now());
    }

    /// The log is not of this history: nothing more of it is taken.
    pub(crate) fn stop(&mut self, failure: Failure) {
        self.around.meter.stopped();
        self.around.outgoing.stop();
        self.refused(&failure);
        self.stopped = Some(failure);
    }

    /// Whether nothing more is taken.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stopped.as_ref().inspect(|failure| self.refused(failure)).is_some()
    }

    /// How long the next look at the log may take before something must be made safe; none while all is.
    pub(super) fn safe_within(&self) -> Option<Duration> {
        let since = self.unsafe_since?;
        Some((since + UNSAFE_MAX).saturating_sub(self.around.clock.monotonic()))
    }

    /// Makes everything safe on this disk.
    ///
    /// # Errors
    /// [`Failure::Unsynced`]: the process must end.
    pub(crate) fn sync(&mut self) -> Result<(), Failure> {
        self.ledger.sync()?;
        self.unsafe_since = None;
        self.around.backlog.secured(self.last_frame());
        self.around.outgoing.secured(self.last_frame(), self.link);
        Ok(())
    }
}

/// Between which partitions tells have set out.
fn tells_in(batches: &[BatchOnDisk]) -> Vec<(u8, u8)> {
    let mut pairs = Vec::new();
    for batch in batches {
        for body in &batch.entries {
            if let Body::Record { tells, .. } = body {
                pairs.extend(tells.iter().map(|tell| (batch.partition, tell.to_partition)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
