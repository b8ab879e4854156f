//! Upkeep, which can wait: closed segments become smaller, and a base snapshot is taken once the ledger has grown
//! enough, or the newest is a month old.

use std::sync::Arc;
use std::time::Duration;

use super::failure::Failure;
use super::ledger::Sealer;
use super::linked::LinkMark;
use super::snapshot::{Snapshots, Span};
use super::witness::Mark;
use crate::clock::{Clock, Timestamp};
use crate::entity::Corrupt;

/// A snapshot is older than this only if nothing has happened since.
const AGE_MAX: Duration = Duration::from_hours(30 * 24);

/// Does one thing at a time. Not a thread: whoever owns it calls [`Upkeep::once`].
pub struct Upkeep {
    sealer: Sealer,
    mark: Mark,
    /// In a cluster.
    links: Option<LinkMark>,
    snapshots: Arc<Snapshots>,
    every_bytes: u64,
    clock: Arc<dyn Clock>,
    /// Since when no snapshot was taken, as of the newest there is.
    since: Option<(Option<Span>, Timestamp)>,
}

impl Upkeep {
    /// Keeps a ledger small, its `mark` up to date, and `snapshots` at most `every_bytes` of it and a month old.
    pub fn new(
        sealer: Sealer,
        mark: Mark,
        snapshots: Arc<Snapshots>,
        every_bytes: u64,
        clock: Arc<dyn Clock>,
    ) -> Upkeep {
        Upkeep { sealer, mark, links: None, snapshots, every_bytes, clock, since: None }
    }

    /// With a mark of what the ledger comes to.
    pub(super) fn marking(self, links: LinkMark) -> Upkeep {
        Upkeep { links: Some(links), ..self }
    }

    /// Marks how far the ledger is, seals the oldest segment that waits, and takes a snapshot if one is due.
    ///
    /// # Errors
    /// The disk's: nothing is lost, and the next call tries again.
    pub fn once(&mut self) -> Result<(), Failure> {
        let kept = self.marked();
        let sealed = self.sealer.seal_next();
        let (newest, now) = (self.snapshots.spans()?.first().copied(), self.clock.now());
        let from = newest.map_or(0, |span| span.from);
        let grown = self.mark.reader().bytes_from(from + 1) >= self.every_bytes;
        let aged =
            self.mark.reader().last_frame() > from && now.since(self.since(newest)?) >= AGE_MAX;
        if grown || aged {
            self.snapshots.take(now)?;
        }
        kept.and(sealed.map(|_| ()))
    }

    /// The ledger takes nothing more: marks where it ends.
    ///
    /// # Errors
    /// The disk's; the mark stays as it was.
    pub fn end(&mut self) -> Result<(), Failure> {
        self.marked()
    }

    fn marked(&mut self) -> Result<(), Failure> {
        let linked = self.links.as_mut().map_or(Ok(()), LinkMark::keep);
        self.mark.keep().and(linked)
    }

    /// When the newest snapshot was taken; without one, when the ledger began.
    fn since(&mut self, newest: Option<Span>) -> Result<Timestamp, Failure> {
        if let Some((known, since)) = self.since
            && known == newest
        {
            return Ok(since);
        }
        let since = match newest {
            Some(span) => self.snapshots.taken_at(span)?,
            None => self.began()?,
        };
        self.since = Some((newest, since));
        Ok(since)
    }

    fn began(&self) -> Result<Timestamp, Failure> {
        let first = self.mark.reader().first_frame();
        let unclear = |source: Corrupt| Failure::Corrupt { what: format!("frame {first}"), source };
        let latest = self.mark.reader().read(first)?.latest().map_err(unclear)?;
        Ok(latest.unwrap_or_else(|| self.clock.now()))
    }
}

impl std::fmt::Debug for Upkeep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upkeep").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::VirtualClock;
    use crate::entity::EntityId;
    use crate::journal::applier::{Applier, Onto};
    use crate::journal::backlog::{Backlog, Limits};
    use crate::journal::committer::{Committer, Submission};
    use crate::journal::disk::{Disk as _, MemoryDisk};
    use crate::journal::ledger::{Ledger, LedgerOptions};
    use crate::journal::memtable::tables::Tables;
    use crate::journal::store::MemoryStore;
    use crate::record::{Batch, Body, Entry};

    #[test]
    fn a_month_after_the_last_snapshot_there_is_another_one_if_anything_has_happened() {
        let disk = MemoryDisk::new();
        let (snapshots_disk, mark_disk) = (disk.another(), disk.another());
        let ledger = Ledger::open(disk, &LedgerOptions::default()).unwrap();
        let (sealer, mark) = (ledger.sealer(), Mark::new(mark_disk, ledger.reader()));
        let store = Arc::new(MemoryStore::new());
        let backlog = Arc::new(Backlog::new(Tables::default(), store, Limits::default()));
        let snapshots = Arc::new(Snapshots::new(snapshots_disk, Arc::clone(&backlog)));
        let clock = Arc::new(VirtualClock::at(day(0)));
        let of_wall: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let mut committer =
            Committer::new(ledger, Arc::clone(&backlog), Default::default(), Arc::clone(&of_wall));
        let mut applier = Applier::new(Arc::clone(&backlog), Onto::Living);
        let mut upkeep = Upkeep::new(sealer, mark, Arc::clone(&snapshots), u64::MAX, of_wall);
        let mut at = |day_no, something: bool| {
            clock.advance_to(day(day_no));
            if something {
                let batch = happening(backlog.tables().committed(), day(day_no));
                let done = Box::new(|_| {});
                committer.group(vec![Submission { batch, done }]).unwrap().give();
                applier.apply_once().unwrap();
            }
            upkeep.once().unwrap();
            snapshots.spans().unwrap().first().map(|span| span.from)
        };

        assert_eq!(at(0, true), None);
        assert_eq!(at(29, true), None);
        assert_eq!(at(30, false), Some(2));
        assert_eq!(at(70, false), Some(2), "nothing has happened since");
        assert_eq!(at(71, true), Some(3));
        assert_eq!(at(72, true), Some(3));
    }

    fn day(no: u64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000) + Duration::from_hours(24 * no)
    }

    /// Something that needs no entity to be folded.
    fn happening(last_frame: u64, at: Timestamp) -> Batch {
        let entity = EntityId { kind: 1, key: "7".into() };
        let body = Body::Quarantined { entity, reason: "it must be looked at".into(), at };
        Batch {
            partition: 0,
            epoch: 1,
            first_lsn: last_frame + 1,
            frame_before: last_frame,
            entries: vec![Entry { body, after: None, rows: Vec::new() }],
        }
    }
}
