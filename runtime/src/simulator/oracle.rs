//! The oracle: what the ledger says, worked out apart from the journal's own recovery, and held against what a
//! process believes.

use std::collections::BTreeMap;

use super::machine::Machine;
use super::town::{Days, Said, Witness};
use crate::clock::Timestamp;
use crate::entity::{CommandId, Corrupt, EntityId};
use crate::journal::frame::Frame;
use crate::journal::history::history;
use crate::journal::layout::{self, Parked, PartitionMeta, Quarantine};
use crate::journal::outbox_counts::OutboxCounts;
use crate::outbox::{MessageId, Row, RowState};
use crate::partition::TOO_MANY_RESTARTS;
use crate::record::{
    BatchOnDisk, Body, Fold, RECENT_MAX, Record, RowChange, SentTell, Stored, Taken,
};
use crate::registry::Registry;

/// What records came to, by entity and sequence, for whoever folds the same ledger once more: the CRC of a record stands
/// for the whole history before it.
#[derive(Debug, Default)]
pub(super) struct Folded(BTreeMap<(EntityId, u64), ((u32, u64), Stored)>);

impl Folded {
    fn of(
        &mut self,
        before: Option<&Stored>,
        record: &Record,
        (crc, frame): (u32, u64),
        registry: &Registry,
    ) -> Result<Stored, Corrupt> {
        let key = (record.entity.clone(), record.sequence);
        if let Some((_, stored)) = self.0.get(&key).filter(|(by, _)| *by == (crc, frame)) {
            return Ok(stored.clone());
        }
        let stored = registry.fold(before, record, crc, frame)?;
        self.0.insert(key, ((crc, frame), stored.clone()));
        Ok(stored)
    }
}

/// Everything that follows from the ledger.
pub(super) struct Oracle {
    witness: Box<dyn Witness>,
    entities: BTreeMap<EntityId, Stored>,
    /// The commands of each entity's records, in order.
    commands: BTreeMap<EntityId, Vec<CommandId>>,
    rows: BTreeMap<MessageId, Row>,
    tells: BTreeMap<(u8, u8, u64), SentTell>,
    metas: BTreeMap<u8, PartitionMeta>,
    quarantined: BTreeMap<EntityId, Quarantine>,
    parked: BTreeMap<(u8, u8, u64), Parked>,
    frames: u64,
}

impl Oracle {
    /// Folds the whole ledger of a process.
    pub(super) fn of(
        machine: &Machine,
        registry: &Registry,
        (witness, folded): (Box<dyn Witness>, &mut Folded),
    ) -> Result<Oracle, String> {
        let mut oracle = Oracle::heard_by(witness);
        for frame in machine.reader.frames_from(1) {
            let frame = frame.map_err(|failure| format!("the ledger cannot be read: {failure}"))?;
            oracle.add(frame, (registry, folded))?;
        }
        let parked = oracle.parked();
        oracle.witness.holds(oracle.said(&parked))?;
        Ok(oracle)
    }

    fn heard_by(witness: Box<dyn Witness>) -> Oracle {
        Oracle {
            witness,
            entities: BTreeMap::new(),
            commands: BTreeMap::new(),
            rows: BTreeMap::new(),
            tells: BTreeMap::new(),
            metas: BTreeMap::new(),
            quarantined: BTreeMap::new(),
            parked: BTreeMap::new(),
            frames: 0,
        }
    }

    fn parked(&self) -> Vec<&SentTell> {
        self.parked.values().map(|parked| &parked.tell).collect()
    }

    fn said<'a>(&'a self, parked: &'a [&'a SentTell]) -> Said<'a> {
        Said { entities: &self.entities, parked }
    }

    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    fn add(&mut self, frame: Frame, by: (&Registry, &mut Folded)) -> Result<(), String> {
        let (registry, folded) = by;
        self.frames = frame.number;
        for batch in frame.batches {
            let n_entries = u64::try_from(batch.entries.len()).unwrap_or(0);
            let meta = self.meta(batch.partition);
            if meta.next_lsn != batch.first_lsn || meta.frame != batch.frame_before {
                return Err(format!(
                    "frame {} of partition {} begins with entry {} after batch {}, where {meta:?} was due",
                    frame.number, batch.partition, batch.first_lsn, batch.frame_before
                ));
            }
            meta.next_lsn += n_entries;
            meta.frame = frame.number;
            self.batch(frame.number, batch, (registry, folded))?;
        }
        Ok(())
    }

    fn meta(&mut self, no: u8) -> &mut PartitionMeta {
        let fresh = || PartitionMeta { next_lsn: 1, ..PartitionMeta::default() };
        self.metas.entry(no).or_insert_with(fresh)
    }

    fn batch(
        &mut self,
        frame: u64,
        batch: BatchOnDisk,
        by: (&Registry, &mut Folded),
    ) -> Result<(), String> {
        let (registry, folded) = by;
        let no = batch.partition;
        for body in batch.entries {
            match body {
                Body::Record { record: bytes, messages, tells, taken, .. } => {
                    let record = Record::decode(&bytes).map_err(|error| error.to_string())?;
                    self.record(frame, (&record, crc32fast::hash(&bytes)), (registry, folded))?;
                    for (index, message) in (0..).zip(messages) {
                        let (entity, sequence) = (record.entity.clone(), record.sequence);
                        let id = MessageId { entity, sequence, index };
                        self.rows.insert(id, Row::ready(message));
                    }
                    tells.into_iter().try_for_each(|tell| self.sent(no, tell))?;
                    taken.map_or(Ok(()), |taken| self.taken(no, taken))?;
                }
                Body::Outbox { message, event } => {
                    let Some(row) = self.rows.remove(&message) else {
                        return Err(format!("message {message} has an outcome twice: {event:?}"));
                    };
                    let after = row.after(&event);
                    if let Some(row) = after {
                        self.rows.insert(message, row);
                    }
                }
                Body::Tell { taken, parked } => {
                    self.taken(no, taken)?;
                    if let Some((tell, reason)) = parked {
                        let key = (no, taken.from_partition, tell.number);
                        let from_partition = taken.from_partition;
                        self.parked.insert(key, Parked { from_partition, tell: *tell, reason });
                    }
                }
                Body::Quarantined { entity, reason, at } => {
                    self.quarantined.insert(entity, Quarantine { reason, at });
                }
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        frame: u64,
        (record, crc): (&Record, u32),
        (registry, folded): (&Registry, &mut Folded),
    ) -> Result<(), String> {
        let id = &record.entity;
        let stored = folded.of(self.entities.get(id), record, (crc, frame), registry);
        let stored = stored.map_err(|corrupt| format!("{id}: {corrupt}"))?;
        let commands = self.commands.entry(id.clone()).or_default();
        let known = commands.iter().rev().take(RECENT_MAX);
        if known.into_iter().any(|known| *known == record.asked.id) {
            return Err(format!(
                "{id} decided a command twice: {:?} {}",
                record.asked, record.events
            ));
        }
        commands.push(record.asked.id);
        self.witness.hears(record, &stored).map_err(|wrong| format!("{id}: {wrong}"))?;
        self.quarantined.remove(id);
        self.entities.insert(id.clone(), stored);
        Ok(())
    }

    fn sent(&mut self, no: u8, tell: SentTell) -> Result<(), String> {
        let next = self.meta(no).tell_next.entry(tell.to_partition).or_insert(1);
        if tell.number != *next {
            return Err(format!("partition {no} sent tell {}, where {next} was due", tell.number));
        }
        *next += 1;
        self.tells.insert((no, tell.to_partition, tell.number), tell);
        Ok(())
    }

    fn taken(&mut self, no: u8, taken: Taken) -> Result<(), String> {
        let mark = self.meta(no).marks.entry(taken.from_partition).or_insert(0);
        if taken.number != *mark + 1 {
            return Err(format!("partition {no} took {taken:?} after {mark}"));
        }
        *mark = taken.number;
        match self.tells.remove(&(taken.from_partition, no, taken.number)) {
            Some(_) => Ok(()),
            None => Err(format!("partition {no} took {taken:?}, which nobody sent")),
        }
    }

    /// Whether the record of this sequence is the command's.
    pub(super) fn has(&self, id: &EntityId, command: CommandId, sequence: u64) -> bool {
        let at = usize::try_from(sequence).unwrap_or(usize::MAX).wrapping_sub(1);
        self.commands.get(id).and_then(|commands| commands.get(at)) == Some(&command)
    }

    /// Every row of the outbox and every parked tell, counted one by one.
    fn outbox_counts(&self) -> OutboxCounts {
        let mut outbox_counts = OutboxCounts::default();
        for (id, row) in &self.rows {
            let (message, after) = (id.clone(), Some(row.clone()));
            outbox_counts.moved(&RowChange { message, before: None, after });
        }
        self.parked.iter().for_each(|_| outbox_counts.parked());
        outbox_counts
    }

    /// What the store must hold once it has seen everything.
    fn rows(&self, n_partitions: u8) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut rows = BTreeMap::new();
        for (id, stored) in &self.entities {
            let no = id.partition(n_partitions);
            rows.insert(layout::entity(id), stored.encode());
            if let Some(due) = stored.alarm {
                rows.insert(layout::alarm(no, due, id), Vec::new());
            }
            for place in &stored.lists {
                rows.insert(layout::list(place.list.as_str(), &place.order, id), Vec::new());
            }
        }
        for (id, row) in &self.rows {
            let no = id.entity.partition(n_partitions);
            rows.insert(layout::row(no, row.next, id), layout::value(row));
        }
        for ((from, to, number), tell) in &self.tells {
            rows.insert(layout::tell(*from, *to, *number), layout::value(tell));
        }
        for ((to, from, number), parked) in &self.parked {
            rows.insert(layout::parked(*to, *from, *number), layout::value(parked));
        }
        for (id, why) in &self.quarantined {
            rows.insert(layout::quarantined(id), layout::value(why));
        }
        rows
    }

    /// Holds it against what a process believes: the memtable over the store.
    pub(super) fn agrees(&self, machine: &Machine, n_partitions: u8) -> Result<(), String> {
        let tables = machine.backlog.tables();
        let expected = self.rows(n_partitions);
        let mut believed = BTreeMap::new();
        let prefixes = [
            layout::ALARM,
            layout::LIST,
            layout::OUTBOX,
            layout::TELL,
            layout::PARKED,
            layout::QUARANTINED,
        ];
        for prefix in prefixes {
            let range = ([prefix], layout::end_of(&[prefix]));
            let rows = tables.scan(machine.backlog.store(), (&range.0, &range.1), usize::MAX);
            believed.extend(rows.map_err(|failure| failure.to_string())?);
        }
        for no in 0..n_partitions {
            let fresh = PartitionMeta { next_lsn: 1, ..PartitionMeta::default() };
            let meta = self.metas.get(&no).unwrap_or(&fresh);
            if tables.partition(no) != *meta {
                return Err(format!("partition {no} is {:?}, not {meta:?}", tables.partition(no)));
            }
        }
        if tables.outbox_counts() != self.outbox_counts() {
            return Err(format!(
                "it counts {:?}, not {:?}",
                tables.outbox_counts(),
                self.outbox_counts()
            ));
        }
        drop(tables);
        for id in self.entities.keys() {
            let stored = crate::journal::recovery::entity(&machine.backlog, id);
            let stored = stored.map_err(|failure| failure.to_string())?;
            believed.extend(stored.map(|stored| (layout::entity(id), stored.encode())));
        }
        same("what the process believes", &expected, &believed)
    }

    /// Holds it against a store that has seen everything.
    pub(super) fn is_in(
        &self,
        mut rows: BTreeMap<Vec<u8>, Vec<u8>>,
        n_partitions: u8,
    ) -> Result<(), String> {
        rows.retain(|key, _| {
            ![layout::APPLIED, layout::CENSUS, layout::FORMS, layout::HEAD]
                .contains(&key.as_slice())
                && key.first() != Some(&layout::PARTITION)
        });
        same("the store", &self.rows(n_partitions), &rows)
    }

    /// Every entity's history can be walked back from its value.
    pub(super) fn histories(&self, machine: &Machine) -> Result<(), String> {
        for (id, stored) in &self.entities {
            let records = history(&machine.reader, id, stored.frame);
            let records = records.map_err(|failure| format!("{failure}: {failure:?}"))?;
            if u64::try_from(records.len()).ok() != Some(stored.sequence) {
                return Err(format!(
                    "{id} has {} records in its history, not {}",
                    records.len(),
                    stored.sequence
                ));
            }
        }
        Ok(())
    }

    /// Everything that was begun has ended.
    pub(super) fn has_ended(&self, now: Timestamp, days: Days) -> Result<(), String> {
        let waits = |row: &Row| match days {
            Days::Numbered => !matches!(row.standing, RowState::Dead(..)),
            Days::Endless => row.next <= now,
        };
        if let Some((id, row)) = self.rows.iter().find(|(_, row)| waits(row)) {
            return Err(format!("message {id} is still {row:?}"));
        }
        self.has_ended_inside(now)
    }

    /// The same, where nobody carries messages.
    pub(super) fn has_ended_inside(&self, now: Timestamp) -> Result<(), String> {
        for (id, stored) in &self.entities {
            match self.quarantined.get(id) {
                Some(_) if self.witness.may_be_set_aside(stored) => {}
                Some(why) if why.reason == TOO_MANY_RESTARTS => {}
                Some(why) => return Err(format!("{id} is set aside: {why:?}")),
                None if stored.alarm.is_some_and(|due| due <= now) => {
                    return Err(format!("{id} has a timer due {:?} at {now}", stored.alarm));
                }
                None => {}
            }
        }
        if let Some((key, tell)) = self.tells.iter().next() {
            return Err(format!("tell {key:?} is not taken: {tell:?}"));
        }
        let parked = self.parked();
        self.witness.has_ended(self.said(&parked))
    }

    /// Whether nothing is left to happen.
    pub(super) fn is_over(&self, now: Timestamp, days: Days) -> bool {
        let is_last = days == Days::Endless || !self.has_timers_after(now);
        is_last && self.has_ended(now, days).is_ok()
    }

    /// Whether a timer is still ahead.
    pub(super) fn has_timers_after(&self, now: Timestamp) -> bool {
        self.entities.iter().any(|(id, stored)| {
            stored.alarm.is_some_and(|due| due > now) && !self.quarantined.contains_key(id)
        })
    }
}

fn same(
    whose: &str,
    expected: &BTreeMap<Vec<u8>, Vec<u8>>,
    found: &BTreeMap<Vec<u8>, Vec<u8>>,
) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let words = |key: &[u8]| key.escape_ascii().to_string();
    let missing = expected.iter().find(|(key, _)| !found.contains_key(*key));
    if let Some((key, _)) = missing {
        return Err(format!("{whose} lacks `{}`, which the ledger says", words(key)));
    }
    let beyond = found.iter().find(|(key, _)| !expected.contains_key(*key));
    if let Some((key, _)) = beyond {
        return Err(format!("{whose} has `{}`, which the ledger does not say", words(key)));
    }
    let differs = expected.iter().find(|(key, value)| found.get(*key) != Some(*value));
    let key = differs.map(|(key, _)| words(key)).unwrap_or_default();
    Err(format!("{whose} has another value of `{key}` than the ledger says"))
}
