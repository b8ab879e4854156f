//! Reads of the journal: every answer is as of the last commit that was answered. Each call is bounded by its limit.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::Journal;
use super::failure::Failure;
use super::history::{self, history};
use super::layout::{self, Parked, PartitionMeta, Quarantine};
use super::memtable::awaited::NextChange;
use super::memtable::tables::unclear;
use super::outbox_counts::OutboxCounts;
use super::recovery;
use super::store::Pair;
use crate::clock::Timestamp;
use crate::entity::{CommandId, Corrupt, EntityId, Kind, List};
use crate::outbox::{MessageId, Row};
use crate::partition::PARTITIONS;
use crate::record::{RECENT_MAX, Record, SentTell, Stored};
use crate::seldom::Seldom;

/// "a state of an older version is not made again".
static NOT_MADE_AGAIN: Seldom = Seldom::new();

/// Rows read under one hold of the memtable: the committer never waits for more than this.
const PAGE: usize = 1_024;

/// Entities that must be woken some time.
pub struct Waking {
    /// The last entity that was looked at, whether it must be woken or not.
    pub last: EntityId,
    pub entities: Vec<(EntityId, Stored)>,
}

impl Journal {
    /// The value of an entity; none before its first record.
    pub fn entity(&self, id: &EntityId) -> Result<Option<Stored>, Failure> {
        let stored = recovery::entity(&self.inner.backlog, id)?;
        Ok(stored.map(|stored| self.readable(id, stored)))
    }

    /// The same, but of one that was put away only what remains.
    pub fn as_kept(&self, id: &EntityId) -> Result<Option<Stored>, Failure> {
        let stored = recovery::entity(&self.inner.backlog, id)?;
        Ok(stored.map(|stored| self.kept(id, stored)))
    }

    /// The value of an entity that changed lately, from memory; none if it lies in the store alone, has not the form of
    /// today, or somebody commits at this very moment. Waits for nobody.
    pub fn at_hand(&self, id: &EntityId) -> Option<Stored> {
        let stored = self.inner.backlog.tables_at_once()?.entity(id).cloned()?;
        self.is_of_today(id, &stored).then_some(stored)
    }

    /// The next change of an entity, from now on; none while too many wait for one already. Made before looking how the
    /// entity stands, so that nothing falls between.
    pub fn next_change(&self, id: &EntityId) -> Option<NextChange> {
        self.inner.backlog.awaited().next_change(id)
    }

    fn is_of_today(&self, id: &EntityId, stored: &Stored) -> bool {
        let version = self.inner.fold.state_version(id.kind);
        !stored.is_put_away() && version.is_none_or(|version| version == stored.state_version)
    }

    /// The same, but what remains of one that was put away stays as it is.
    fn kept(&self, id: &EntityId, stored: Stored) -> Stored {
        if stored.is_put_away() { stored } else { self.readable(id, stored) }
    }

    /// A value whose state has the form of today: one of an older version is made again from the entity's history, until
    /// its next record replaces it. One that cannot be made again stays as it is, and whoever reads it finds it so.
    fn readable(&self, id: &EntityId, stored: Stored) -> Stored {
        if self.is_of_today(id, &stored) {
            return stored;
        }
        let frame = stored.frame;
        match recovery::rebuilt(&self.inner.reader, self.inner.fold.as_ref(), (id, frame)) {
            // The index knows the alarm as it was written; what it becomes is the next record's to say.
            Ok(Some(rebuilt)) => Stored { alarm: stored.alarm, ..rebuilt },
            Ok(None) => stored,
            Err(failure) => {
                if let Some(n_left_out) = NOT_MADE_AGAIN.turn() {
                    tracing::error!(entity = %id, %failure, n_left_out, "a state of an older version is not made again");
                }
                stored
            }
        }
    }

    /// The sequence of an entity's last record; none before its first. Cheaper than its value: enough to tell whether
    /// what was read of it still holds.
    pub fn sequence(&self, id: &EntityId) -> Result<Option<u64>, Failure> {
        recovery::sequence(&self.inner.backlog, id)
    }

    /// How often entities of a kind changed since the journal was opened. As long as this stays the same, what was read
    /// of them after it was asked for still holds. Waits for nobody.
    pub fn revision(&self, kind: Kind) -> u64 {
        self.inner.backlog.revision(kind.number)
    }

    /// How a partition stands.
    pub fn partition(&self, number: u8) -> Result<PartitionMeta, Failure> {
        Ok(self.inner.backlog.tables().partition(number))
    }

    /// When entities of a partition must be woken, the soonest first.
    pub fn alarms(
        &self,
        partition: u8,
        after: Option<(Timestamp, EntityId)>,
        limit: usize,
    ) -> Result<Vec<(Timestamp, EntityId)>, Failure> {
        let prefix = [layout::ALARM, partition];
        let after = after.map(|(due, id)| layout::alarm(partition, due, &id));
        let rows = self.rows(&prefix, after, limit)?;
        parsed(rows, "alarms", |key, _| layout::parse_alarm(key))
    }

    /// Rows of a partition's outbox, in the order in which they are to be looked at.
    pub fn outbox(
        &self,
        partition: u8,
        after: Option<(Timestamp, MessageId)>,
        limit: usize,
    ) -> Result<Vec<(MessageId, Row)>, Failure> {
        let prefix = [layout::OUTBOX, partition];
        let after = after.map(|(next, id)| layout::row(partition, next, &id));
        let rows = self.rows(&prefix, after, limit)?;
        parsed(rows, "outbox", |key, value| {
            Ok((layout::parse_row(key)?.1, layout::parse_value(value)?))
        })
    }

    /// The row of one message, which stands at `next`; none if it is not there.
    pub fn outbox_row(
        &self,
        partition: u8,
        next: Timestamp,
        id: &MessageId,
    ) -> Result<Option<Row>, Failure> {
        let key = layout::row(partition, next, id);
        let end = layout::after(key.clone());
        let tables = self.inner.backlog.tables();
        let found = tables.scan(self.inner.backlog.store(), (&key, &end), 1)?;
        drop(tables);
        let rows = parsed(found, "outbox", |_, value| layout::parse_value(value))?;
        Ok(rows.into_iter().next())
    }

    /// Tells on their way between two partitions, after a number, in order.
    pub fn tells(
        &self,
        source: u8,
        target: u8,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SentTell>, Failure> {
        let prefix = [layout::TELL, source, target];
        let rows = self.rows(&prefix, Some(layout::tell(source, target, after)), limit)?;
        parsed(rows, "tells", |_, value| layout::parse_value(value))
    }

    /// How many tells wait to be taken, of every two partitions between which any do: the source's, then the target's.
    pub fn tells_pending(&self) -> BTreeMap<(u8, u8), u64> {
        let tables = self.inner.backlog.tables();
        let partitions: Vec<_> = (0..PARTITIONS).map(|no| tables.partition(no)).collect();
        drop(tables);
        let mut pending = BTreeMap::new();
        for (source, sent) in (0..).zip(&partitions) {
            for (target, next) in &sent.tell_next {
                let taken = partitions.get(usize::from(*target));
                let mark = taken.and_then(|taken| taken.marks.get(&source)).copied().unwrap_or(0);
                let n = next.saturating_sub(mark + 1);
                if n > 0 {
                    pending.insert((source, *target), n);
                }
            }
        }
        pending
    }

    /// Places in a list, in order.
    pub fn list(
        &self,
        list: &List,
        after: Option<(CompactString, EntityId)>,
        limit: usize,
    ) -> Result<Vec<(CompactString, EntityId)>, Failure> {
        let after = after.map(|(order, id)| layout::list(list.as_str(), &order, &id));
        let rows = self.rows(&layout::places(list.as_str(), ""), after, limit)?;
        parsed(rows, "list", |key, _| layout::parse_list(key))
    }

    /// How many places of a list have an order from `from` on, before `until`; `limit` if there are more. Counted by
    /// looking the first time; asked again from the same order on, it looks at what lies from `until` on, and no further
    /// than a page.
    pub fn count(
        &self,
        list: &List,
        (from, until): (&str, &str),
        limit: usize,
    ) -> Result<usize, Failure> {
        let place = |order| layout::places(list.as_str(), order);
        let (first, behind, end) = (place(from), place(until), layout::end_of(&place("")));
        // As many pages as it takes, unless others count the same list from elsewhere meanwhile.
        for _ in 0..=limit.div_ceil(PAGE) + 1 {
            let (tables, store) = (self.inner.backlog.tables(), self.inner.backlog.store());
            let n_behind = tables.scan(store, (&behind, &end), PAGE)?.len();
            if n_behind == PAGE {
                // It ended long ago: whoever asks for that does not ask again and again.
                break;
            }
            let most = limit.saturating_add(n_behind);
            if let Some(n) = tables.count(store, (list, from), most, PAGE)? {
                return Ok(n.saturating_sub(n_behind));
            }
        }
        let mut n = 0;
        self.pages((first, &behind), limit, |page| n += page.len())?;
        Ok(n)
    }

    /// Entities and their values in the order of their ids, of one kind or of all.
    pub fn entities(
        &self,
        kind: Option<u8>,
        after: Option<EntityId>,
        limit: usize,
    ) -> Result<Vec<(EntityId, Stored)>, Failure> {
        let found = self.page(kind, after, limit)?.into_iter();
        Ok(found.map(|(id, stored)| (id.clone(), self.readable(&id, stored))).collect())
    }

    /// The same, but of those that were put away only what remains.
    pub fn entities_as_kept(
        &self,
        kind: Option<u8>,
        after: Option<EntityId>,
        limit: usize,
    ) -> Result<Vec<(EntityId, Stored)>, Failure> {
        let found = self.page(kind, after, limit)?.into_iter();
        Ok(found.map(|(id, stored)| (id.clone(), self.kept(&id, stored))).collect())
    }

    /// The same in whatever form they are stored.
    fn page(
        &self,
        kind: Option<u8>,
        after: Option<EntityId>,
        limit: usize,
    ) -> Result<Vec<(EntityId, Stored)>, Failure> {
        let prefix: Vec<u8> = [layout::ENTITY].into_iter().chain(kind).collect();
        let from =
            after.as_ref().map_or_else(|| prefix.clone(), |id| layout::after(layout::entity(id)));
        let wanted = |id: &EntityId| {
            kind.is_none_or(|kind| id.kind == kind) && after.as_ref().is_none_or(|after| id > after)
        };
        let tables = self.inner.backlog.tables();
        let mut found = tables.entities(wanted, limit);
        let below = self.inner.backlog.store().scan(&from, &layout::end_of(&prefix), limit)?;
        drop(tables);
        for (id, stored) in parsed(below, "entity", |key, value| {
            Ok((layout::parse_entity(key)?, Stored::decode(value)?))
        })? {
            found.entry(id).or_insert(stored);
        }
        Ok(found.into_iter().take(limit).collect())
    }

    /// Those of the next entities in the order of their ids that must be woken some time; none
    /// behind the last.
    pub fn waking(&self, after: Option<EntityId>, limit: usize) -> Result<Option<Waking>, Failure> {
        let found = self.page(None, after, limit)?;
        let Some((last, _)) = found.last() else { return Ok(None) };
        let last = last.clone();
        let waking = found.into_iter().filter(|(_, stored)| stored.alarm.is_some());
        let waking = waking.map(|(id, stored)| (id.clone(), self.readable(&id, stored)));
        Ok(Some(Waking { last, entities: waking.collect() }))
    }

    /// Every entity that is set aside, why and since when.
    pub fn quarantined(&self) -> Result<BTreeMap<EntityId, Quarantine>, Failure> {
        Ok(self.inner.backlog.tables().quarantined().clone())
    }

    /// Why an entity is set aside, if it is.
    pub fn quarantine(&self, id: &EntityId) -> Result<Option<CompactString>, Failure> {
        let tables = self.inner.backlog.tables();
        Ok(tables.quarantined().get(id).map(|why| why.reason.clone()))
    }

    /// How many messages stand where, and how many tells are parked. Read from memory.
    pub fn outbox_counts(&self) -> OutboxCounts {
        self.inner.backlog.tables().outbox_counts()
    }

    /// How many entities are set aside. Read from memory.
    pub fn n_quarantined(&self) -> usize {
        self.inner.backlog.tables().quarantined().len()
    }

    /// Tells that nobody could take, by target partition, source partition and number.
    pub fn parked(&self, limit: usize) -> Result<Vec<Parked>, Failure> {
        let rows = self.rows(&[layout::PARKED], None, limit)?;
        parsed(rows, "parked tells", |_, value| layout::parse_value(value))
    }

    /// Every record of an entity, the first one first; none before its first.
    ///
    /// # Errors
    /// The ledger's failures; [`Failure::Corrupt`] when a record is missing or does not carry on the chain.
    pub fn history(&self, id: &EntityId) -> Result<Vec<Record>, Failure> {
        let Some(stored) = self.entity(id)? else { return Ok(Vec::new()) };
        let records = history(&self.inner.reader, id, stored.frame)?;
        Ok(records.into_iter().map(|(record, _)| record).collect())
    }

    /// The records of an entity that were asked at `from` or later, the last one first, and perhaps a few that were asked
    /// before. Reads the disk, one frame for each.
    ///
    /// # Errors
    /// The ledger's failures; [`Failure::Corrupt`] when a record is missing.
    pub fn since(&self, id: &EntityId, from: Timestamp) -> Result<Vec<Record>, Failure> {
        let Some(stored) = self.entity(id)? else { return Ok(Vec::new()) };
        history::since(&self.inner.reader, (id, from), stored.frame)
    }

    /// The record of an entity that `id` became, looked for back to `frame`; none if it is not there. With the entity as
    /// it is. Reads the disk only where the entity may have forgotten it.
    ///
    /// # Errors
    /// As [`Journal::since`].
    pub fn became(
        &self,
        entity: &EntityId,
        (id, frame): (CommandId, u64),
    ) -> Result<(Option<u64>, Option<Stored>), Failure> {
        let Some(stored) = self.entity(entity)? else { return Ok((None, None)) };
        let known = stored.recent.iter().find(|(known, _)| *known == id).map(|(_, became)| *became);
        let forgets = stored.recent.len() >= RECENT_MAX;
        if known.is_some() || !forgets || stored.frame <= frame {
            return Ok((known, Some(stored)));
        }
        let became = history::became(&self.inner.reader, (entity, id), (stored.frame, frame))?;
        Ok((became, Some(stored)))
    }

    /// One record of an entity; none if there is no such record, or more than [`history::LOOK_BACK_MAX`] frames have
    /// followed it since. Reads the disk, one frame for each record that came later.
    pub fn record(&self, id: &EntityId, sequence: u64) -> Result<Option<Record>, Failure> {
        let stored = self.entity(id)?.filter(|stored| (1..=stored.sequence).contains(&sequence));
        let Some(stored) = stored else { return Ok(None) };
        history::record(&self.inner.reader, (id, sequence), stored.frame)
    }

    /// The command that caused a message: what one trace from a request to its message is known by. None where
    /// [`Journal::record`] finds none.
    pub fn cause(&self, message: &MessageId) -> Result<Option<CommandId>, Failure> {
        let record = self.record(&message.entity, message.sequence)?;
        Ok(record.map(|record| record.asked.id))
    }

    /// The value of an entity, made again from its whole history: for a state whose form is of an older version.
    pub fn rebuilt(&self, id: &EntityId) -> Result<Option<Stored>, Failure> {
        let Some(stored) = self.entity(id)? else { return Ok(None) };
        recovery::rebuilt(&self.inner.reader, self.inner.fold.as_ref(), (id, stored.frame))
    }

    fn rows(
        &self,
        prefix: &[u8],
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<Pair>, Failure> {
        let from = after.map_or_else(|| prefix.to_vec(), layout::after);
        self.rows_between(from, &layout::end_of(prefix), limit)
    }

    pub(super) fn rows_between(
        &self,
        from: Vec<u8>,
        end: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, Failure> {
        let mut rows = Vec::new();
        self.pages((from, end), limit, |page| rows.extend(page))?;
        Ok(rows)
    }

    /// Hands on what lies between two keys, page by page, `limit` rows at most.
    fn pages(
        &self,
        (mut from, end): (Vec<u8>, &[u8]),
        limit: usize,
        mut take: impl FnMut(Vec<Pair>),
    ) -> Result<(), Failure> {
        let mut left = limit;
        while left > 0 {
            let wanted = left.min(PAGE);
            let tables = self.inner.backlog.tables();
            let page = tables.scan(self.inner.backlog.store(), (&from, end), wanted)?;
            drop(tables);
            left = if page.len() == wanted { left - wanted } else { 0 };
            if let Some((last, _)) = page.last() {
                from = layout::after(last.clone());
            }
            take(page);
        }
        Ok(())
    }
}

pub(super) fn parsed<T>(
    rows: Vec<Pair>,
    place: &str,
    parse: impl Fn(&[u8], &[u8]) -> Result<T, Corrupt>,
) -> Result<Vec<T>, Failure> {
    let parse = |(key, value): Pair| parse(&key, &value).map_err(|error| unclear(place, error));
    rows.into_iter().map(parse).collect()
}
