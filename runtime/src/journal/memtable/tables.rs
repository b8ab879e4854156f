//! The generations of the memtable and what is always in memory: how each partition stands, and who is set aside.
//!
//! ```text
//! commit ──► active ──freeze──► frozen ──applied──► (store)
//! ```
//! Both the committer and the recovery go through [`Tables::commit`], so that a journal that was read back stands
//! exactly as the one that was written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::awaited::Awaited;
use super::list_counts::ListCounts;
use super::revisions::Revisions;
use super::{Below, Memtable, Value, merge};
use crate::entity::{Corrupt, EntityId, List};
use crate::journal::failure::Failure;
use crate::journal::layout::{self, Parked, PartitionMeta, Quarantine};
use crate::journal::outbox_counts::OutboxCounts;
use crate::journal::store::{Pair, Store};
use crate::journal::witness::Head;
use crate::partition::PARTITIONS;
use crate::record::{After, BatchOnDisk, Body, Entry, RowChange, SentTell, Stored, Taken};

/// What an entry does to the store beside what its body says.
#[derive(Debug, Default)]
pub struct Aftermath {
    /// What a record makes of its entity.
    pub entity: Change,
    /// Rows of the outbox it makes, moves or ends.
    pub rows: Vec<RowChange>,
}

/// What a record makes of its entity.
#[derive(Debug, Default)]
pub enum Change {
    /// It is no record, or one that cannot be folded.
    #[default]
    Nothing,
    After(Box<After>),
    /// The store already has it: it was cut off in the middle of a generation.
    Stored(EntityId),
}

/// Parts what goes into the ledger from what follows from it.
pub fn split(entries: Vec<Entry>) -> (Vec<Body>, Vec<Aftermath>) {
    let part = |Entry { body, after, rows }| {
        (body, Aftermath { entity: after.map_or(Change::Nothing, Change::After), rows })
    };
    entries.into_iter().map(part).unzip()
}

/// Everything that is committed and not in the store, and what is always in memory.
#[derive(Debug, Default)]
pub struct Tables {
    active: Memtable,
    frozen: Option<Arc<Memtable>>,
    /// The last frame that the store has seen whole.
    applied: u64,
    metas: BTreeMap<u8, PartitionMeta>,
    changed: BTreeSet<u8>,
    quarantined: BTreeMap<EntityId, Quarantine>,
    outbox_counts: OutboxCounts,
    /// Whoever counts reads the tables, and has it to itself meanwhile.
    list_counts: Mutex<ListCounts>,
    revisions: Arc<Revisions>,
    awaited: Arc<Awaited>,
}

impl Tables {
    /// What is always in memory, read from `store`.
    pub fn load(store: &dyn Store) -> Result<Tables, Failure> {
        let mut tables = Tables::default();
        if let Some(frame) = store.get(layout::APPLIED)? {
            tables.applied =
                layout::parse_value(&frame).map_err(|error| unclear("applied frame", error))?;
        }
        tables.active.reach(tables.applied);
        for (key, value) in
            store.scan(&[layout::PARTITION], &layout::end_of(&[layout::PARTITION]), 256)?
        {
            let parsed =
                layout::parse_partition(&key).and_then(|no| Ok((no, layout::parse_value(&value)?)));
            let (number, meta) = parsed.map_err(|error| unclear("partition", error))?;
            tables.metas.insert(number, meta);
        }
        let end = layout::end_of(&[layout::QUARANTINED]);
        for (key, value) in store.scan(&[layout::QUARANTINED], &end, usize::MAX)? {
            let parsed =
                layout::parse_entity(&key).and_then(|id| Ok((id, layout::parse_value(&value)?)));
            let (id, why) = parsed.map_err(|error| unclear("quarantine", error))?;
            tables.quarantined.insert(id, why);
        }
        tables.outbox_counts = OutboxCounts::load(store, tables.applied)?;
        Ok(tables)
    }

    /// From now on a new key is taken to have this below it.
    pub fn take_unseen_for(&mut self, below: Below) {
        self.active.take_unseen_for(below);
    }

    /// Takes what the ledger's `frame` holds.
    pub fn commit<'a>(
        &mut self,
        frame: u64,
        batches: impl IntoIterator<Item = (&'a BatchOnDisk, Vec<Aftermath>)>,
    ) {
        for (batch, aftermaths) in batches {
            let partition = batch.partition;
            let n_entries = u64::try_from(batch.entries.len()).unwrap_or(u64::MAX);
            let meta = self.metas.entry(partition).or_default();
            meta.next_lsn = batch.first_lsn.saturating_add(n_entries);
            meta.frame = frame;
            self.changed.insert(partition);
            for (body, aftermath) in batch.entries.iter().zip(aftermaths) {
                self.put_body(partition, body);
                match aftermath.entity {
                    Change::Nothing => {}
                    Change::Stored(id) => self.release(&id),
                    Change::After(mut after) => {
                        after.stored.frame = frame;
                        self.release(&after.entity);
                        self.revisions.changed(after.entity.kind);
                        self.awaited.changing(&after.entity);
                        let counts =
                            self.list_counts.get_mut().unwrap_or_else(PoisonError::into_inner);
                        counts.moved(&after.entity, &after.before.lists, &after.stored.lists);
                        self.active.put_entity(partition, *after);
                    }
                }
                for change in aftermath.rows {
                    self.outbox_counts.moved(&change);
                    self.active.put_row(partition, change);
                }
            }
        }
        self.active.reach(frame);
    }

    /// Of an entity that has not changed lately only this stays in the store.
    pub fn put_away(&mut self, id: &EntityId, stored: Stored) {
        let before = stored.keys();
        let after = After { entity: id.clone(), stored, before };
        self.active.put_entity(id.partition(PARTITIONS), after);
    }

    /// How often entities changed.
    pub fn revisions(&self) -> &Arc<Revisions> {
        &self.revisions
    }

    /// Who waits for an entity's next change.
    pub fn awaited(&self) -> &Arc<Awaited> {
        &self.awaited
    }

    /// The ledger holds `head`: from the next generation on the store has seen it.
    pub fn heard(&mut self, head: Head) {
        self.active.heard(head);
    }

    /// Sets `id` aside, by what was found while reading the ledger back.
    pub fn quarantine(&mut self, id: EntityId, why: Quarantine) {
        let (key, value) = (layout::quarantined(&id), Value::Quarantine(Box::new(why.clone())));
        match self.quarantined.insert(id, why) {
            Some(_) => self.active.replace(key, value),
            None => self.active.add(key, value),
        }
    }

    /// Hands the active generation to the applier; none while one is with it, or when nothing changed.
    pub fn freeze(&mut self) -> Option<Arc<Memtable>> {
        let has_news = self.active.frame() != self.applied || self.active.has_entities();
        if self.frozen.is_some() || !has_news {
            return None;
        }
        let mut full = std::mem::take(&mut self.active);
        self.active.reach(full.frame());
        self.active.take_unseen_for(full.unseen);
        for number in std::mem::take(&mut self.changed) {
            if let Some(meta) = self.metas.get(&number) {
                full.metas.insert(number, meta.clone());
            }
        }
        full.outbox_counts = self.outbox_counts;
        let full = Arc::new(full);
        self.frozen = Some(Arc::clone(&full));
        Some(full)
    }

    /// The generation that is with the applier.
    pub fn frozen(&self) -> Option<Arc<Memtable>> {
        self.frozen.clone()
    }

    /// The store has seen everything up to `frame`, the frozen generation's.
    pub fn thaw(&mut self, frame: u64) {
        self.applied = frame;
        self.frozen = None;
    }

    /// The last frame that the store has seen whole.
    pub fn applied(&self) -> u64 {
        self.applied
    }

    /// The last frame committed.
    pub fn committed(&self) -> u64 {
        self.active.frame()
    }

    /// About how many bytes the active generation holds.
    pub fn n_bytes(&self) -> usize {
        self.active.n_bytes()
    }

    /// How a partition stands.
    pub fn partition(&self, number: u8) -> PartitionMeta {
        let fresh = || PartitionMeta { next_lsn: 1, ..PartitionMeta::default() };
        self.metas.get(&number).cloned().unwrap_or_else(fresh)
    }

    /// The value of an entity, if it changed and is not in the store yet.
    pub fn entity(&self, id: &EntityId) -> Option<&Stored> {
        self.active.entity(id).or_else(|| self.frozen.as_ref()?.entity(id))
    }

    /// The changed entities for which `wanted` says so, the `limit` first of them, in order.
    pub fn entities(
        &self,
        wanted: impl Fn(&EntityId) -> bool,
        limit: usize,
    ) -> BTreeMap<EntityId, Stored> {
        let mut first: BTreeMap<&EntityId, &Stored> = BTreeMap::new();
        let frozen = self.frozen.iter().flat_map(|frozen| frozen.entities(&wanted));
        // The active generation comes last: its values replace the frozen ones.
        for (id, stored) in frozen.chain(self.active.entities(&wanted)) {
            first.insert(id, stored);
            if first.len() > limit {
                first.pop_last();
            }
        }
        first.into_iter().map(|(id, stored)| (id.clone(), stored.clone())).collect()
    }

    /// At most `limit` rows of index keys from `from` on, before `to`, over what `store` has.
    pub fn scan(
        &self,
        store: &dyn Store,
        range: (&[u8], &[u8]),
        limit: usize,
    ) -> Result<Vec<Pair>, Failure> {
        merge::scan((&self.active, self.frozen.as_deref()), store, range, limit)
    }

    /// How many places of `list` have an order from `from` on, or `most` if there are more; none while not so many were
    /// looked at: each call looks at `page` more.
    pub fn count(
        &self,
        store: &dyn Store,
        (list, from): (&List, &str),
        most: usize,
        page: usize,
    ) -> Result<Option<usize>, Failure> {
        let mut counts = self.list_counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.count(list, from, most, (page, |from, to| self.scan(store, (from, to), page)))
    }

    /// Who is set aside, and why.
    pub fn quarantined(&self) -> &BTreeMap<EntityId, Quarantine> {
        &self.quarantined
    }

    /// How many messages stand where, and how many tells are parked.
    pub fn outbox_counts(&self) -> OutboxCounts {
        self.outbox_counts
    }

    fn put_body(&mut self, partition: u8, body: &Body) {
        match body {
            Body::Record { tells, taken, .. } => {
                for tell in tells {
                    self.send(partition, tell.clone());
                }
                if let Some(taken) = taken {
                    self.take(partition, *taken);
                }
            }
            Body::Outbox { .. } => {}
            Body::Tell { taken, parked } => {
                self.take(partition, *taken);
                if let Some((tell, reason)) = parked {
                    let key = layout::parked(partition, taken.from_partition, tell.number);
                    let (tell, reason) = (SentTell::clone(tell), reason.clone());
                    let parked = Parked { from_partition: taken.from_partition, tell, reason };
                    self.active.add(key, Value::Parked(Box::new(parked)));
                    self.outbox_counts.parked();
                }
            }
            Body::Quarantined { entity, reason, at } => {
                let why = Quarantine { reason: reason.clone(), at: *at };
                self.quarantine(entity.clone(), why);
            }
        }
    }

    fn send(&mut self, partition: u8, tell: SentTell) {
        let meta = self.metas.entry(partition).or_default();
        meta.tell_next.insert(tell.to_partition, tell.number + 1);
        let key = layout::tell(partition, tell.to_partition, tell.number);
        self.active.add(key, Value::Tell(Box::new(tell)));
    }

    /// Every tell up to the new mark is done with: its row goes.
    fn take(&mut self, partition: u8, taken: Taken) {
        let meta = self.metas.entry(partition).or_default();
        let mark = meta.marks.entry(taken.from_partition).or_insert(0);
        let done = *mark + 1..=taken.number;
        *mark = taken.number.max(*mark);
        for number in done {
            self.active.remove(layout::tell(taken.from_partition, partition, number));
        }
    }

    /// A record of an entity that was set aside shows that somebody has looked.
    fn release(&mut self, id: &EntityId) {
        if !self.quarantined.is_empty() && self.quarantined.remove(id).is_some() {
            self.active.remove(layout::quarantined(id));
        }
    }
}

/// What the store holds in `place` makes no sense.
pub(crate) fn unclear(place: &str, source: Corrupt) -> Failure {
    Failure::Corrupt { what: format!("the {place} in the store"), source }
}
