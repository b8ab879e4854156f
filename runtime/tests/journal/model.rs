//! What a journal must say after some batches, worked out in the plainest way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, List};
use duban_runtime::journal::Journal;
use duban_runtime::journal::layout::{Parked, PartitionMeta, Quarantine};
use duban_runtime::journal::outbox_counts::OutboxCounts;
use duban_runtime::journal::overdue::{Exactness, Overdue};
use duban_runtime::outbox::{MessageId, Row, RowState};
use duban_runtime::record::{Batch, Body, SentTell, Stored, Taken};

use crate::scribe::N_PARTITIONS;

/// Every so many-th record of a history is read by itself, too.
const SPOT_CHECK: usize = 11;

/// Everything that a journal can be asked.
#[derive(Debug, Default)]
pub(crate) struct Model {
    entities: BTreeMap<EntityId, Stored>,
    n_records: BTreeMap<EntityId, usize>,
    alarms: BTreeMap<u8, BTreeSet<(Timestamp, EntityId)>>,
    lists: BTreeMap<CompactString, BTreeSet<(CompactString, EntityId)>>,
    outbox: BTreeMap<u8, BTreeMap<(Timestamp, MessageId), Row>>,
    tells: BTreeMap<(u8, u8), BTreeMap<u64, SentTell>>,
    parked: BTreeMap<(u8, u8, u64), Parked>,
    quarantined: BTreeMap<EntityId, Quarantine>,
    metas: BTreeMap<u8, PartitionMeta>,
}

impl Model {
    /// What follows from `batches`, each in its frame.
    pub(crate) fn of<'a>(batches: impl IntoIterator<Item = &'a (u64, Batch)>) -> Model {
        let mut model = Model::default();
        for (frame, batch) in batches {
            model.commit(*frame, batch);
        }
        model
    }

    fn commit(&mut self, frame: u64, batch: &Batch) {
        let partition = batch.partition;
        let meta = self.metas.entry(partition).or_default();
        meta.frame = frame;
        meta.next_lsn = batch.first_lsn + u64::try_from(batch.entries.len()).unwrap();
        for entry in &batch.entries {
            self.body(partition, &entry.body);
            if let Some(after) = &entry.after {
                self.quarantined.remove(&after.entity);
                let stored = Stored { frame, ..after.stored.clone() };
                *self.n_records.entry(after.entity.clone()).or_default() += 1;
                self.entity(partition, &after.entity, stored);
            }
            for change in &entry.rows {
                let rows = self.outbox.entry(partition).or_default();
                if let Some(before) = change.before {
                    rows.remove(&(before.next, change.message.clone())).unwrap();
                }
                if let Some(row) = &change.after {
                    rows.insert((row.next, change.message.clone()), row.clone());
                }
            }
        }
    }

    fn entity(&mut self, partition: u8, id: &EntityId, stored: Stored) {
        let alarms = self.alarms.entry(partition).or_default();
        alarms.retain(|(_, entity)| entity != id);
        alarms.extend(stored.alarm.map(|due| (due, id.clone())));
        self.lists.values_mut().for_each(|places| places.retain(|(_, entity)| entity != id));
        for place in &stored.lists {
            self.lists
                .entry(place.list.as_str().into())
                .or_default()
                .insert((place.order.clone(), id.clone()));
        }
        self.entities.insert(id.clone(), stored);
    }

    fn body(&mut self, partition: u8, body: &Body) {
        match body {
            Body::Record { tells, taken, .. } => {
                for tell in tells {
                    let pair = (partition, tell.to_partition);
                    self.tells.entry(pair).or_default().insert(tell.number, tell.clone());
                    let meta = self.metas.entry(partition).or_default();
                    meta.tell_next.insert(tell.to_partition, tell.number + 1);
                }
                if let Some(taken) = taken {
                    self.take(partition, *taken);
                }
            }
            Body::Outbox { .. } => {}
            Body::Tell { taken, parked } => {
                self.take(partition, *taken);
                if let Some((tell, reason)) = parked {
                    let from_partition = taken.from_partition;
                    let parked =
                        Parked { from_partition, tell: (**tell).clone(), reason: reason.clone() };
                    self.parked.insert((partition, from_partition, tell.number), parked);
                }
            }
            Body::Quarantined { entity, reason, at } => {
                let why = Quarantine { reason: reason.clone(), at: *at };
                self.quarantined.insert(entity.clone(), why);
            }
        }
    }

    fn take(&mut self, partition: u8, taken: Taken) {
        let tells = self.tells.entry((taken.from_partition, partition)).or_default();
        tells.retain(|number, _| *number > taken.number);
        let meta = self.metas.entry(partition).or_default();
        meta.marks.insert(taken.from_partition, taken.number);
    }

    /// Asks `journal` everything, page by page, and compares.
    #[track_caller]
    pub(crate) fn check(&self, journal: &Journal) {
        let said = self.asked_of(journal);
        same("entities", &said.entities, &self.entities);
        same("numbers of records", &said.n_records, &self.n_records);
        same("alarms", &said.alarms, &self.alarms);
        same("lists", &said.lists, &self.lists);
        same("outbox", &said.outbox, &self.outbox);
        same("tells", &said.tells, &self.tells);
        same("parked tells", &said.parked, &self.parked);
        same("quarantines", &said.quarantined, &self.quarantined);
        same("partitions", &said.metas, &self.metas);
        assert_eq!(journal.outbox_counts(), self.outbox_counts(), "messages by where they stand");
        assert_eq!(journal.n_quarantined(), self.quarantined.len());
        for at in [0, 7, 25, 50].map(Timestamp::from_millis) {
            assert_eq!(journal.overdue(at).unwrap(), self.overdue(at), "at {at:?}");
        }
        for (id, stored) in &self.entities {
            assert_eq!(journal.entity(id).unwrap().as_ref(), Some(stored), "{id}");
            assert_eq!(journal.sequence(id).unwrap(), Some(stored.sequence), "{id}");
        }
    }

    fn outbox_counts(&self) -> OutboxCounts {
        let mut outbox_counts = OutboxCounts {
            n_parked: self.parked.len().try_into().unwrap(),
            ..OutboxCounts::default()
        };
        for row in self.outbox.values().flat_map(BTreeMap::values) {
            *match (&row.standing, row.attempts) {
                (RowState::Dead(..), _) => &mut outbox_counts.n_dead,
                (_, 1..) => &mut outbox_counts.n_retry,
                (RowState::Claimed(..) | RowState::Untried(..), 0) => &mut outbox_counts.n_claimed,
                (RowState::Ready, 0) => &mut outbox_counts.n_ready,
            } += 1;
        }
        outbox_counts
    }

    fn overdue(&self, now: Timestamp) -> Overdue {
        let alarms = self.alarms.values().flatten().map(|(due, _)| *due);
        let alarms: Vec<Timestamp> = alarms.filter(|due| *due <= now).collect();
        let messages = self.outbox.values().flat_map(BTreeMap::keys).map(|(next, _)| *next);
        Overdue {
            n_alarms: alarms.len().try_into().unwrap(),
            exactness: Exactness::Exact,
            oldest_alarm: alarms.into_iter().min(),
            oldest_message: messages.filter(|next| *next <= now).min(),
        }
    }

    fn asked_of(&self, journal: &Journal) -> Model {
        let mut said = Model { entities: entities(journal), ..Model::default() };
        for id in said.entities.keys() {
            let history = journal.history(id).unwrap();
            said.n_records.insert(id.clone(), history.len());
            for record in history.into_iter().step_by(SPOT_CHECK) {
                let alone = journal.record(id, record.sequence).unwrap();
                assert_eq!(alone.as_ref(), Some(&record), "record {} of {id}", record.sequence);
            }
        }
        for list in self.lists.keys() {
            said.lists.insert(list.clone(), places(journal, list));
        }
        let pending = journal.tells_pending();
        for partition in 0..N_PARTITIONS {
            if self.metas.contains_key(&partition) {
                said.metas.insert(partition, journal.partition(partition).unwrap());
            }
            if self.alarms.contains_key(&partition) {
                said.alarms.insert(partition, alarms(journal, partition));
            }
            if self.outbox.contains_key(&partition) {
                said.outbox.insert(partition, outbox(journal, partition));
            }
            for target in 0..N_PARTITIONS {
                let tells = journal.tells(partition, target, 0, 1_000).unwrap();
                let pending = pending.get(&(partition, target)).copied().unwrap_or(0);
                assert_eq!(u64::try_from(tells.len()).unwrap(), pending, "{partition} to {target}");
                if self.tells.contains_key(&(partition, target)) {
                    let tells = tells.into_iter().map(|tell| (tell.number, tell)).collect();
                    said.tells.insert((partition, target), tells);
                }
            }
        }
        let parked = journal.parked(1_000).unwrap().into_iter();
        said.parked =
            parked.map(|p| ((p.tell.to_partition, p.from_partition, p.tell.number), p)).collect();
        said.quarantined = journal.quarantined().unwrap();
        said
    }
}

/// Compares key by key: the whole would fill a screen.
#[track_caller]
fn same<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    said: &BTreeMap<K, V>,
    expected: &BTreeMap<K, V>,
) {
    for (key, value) in expected {
        assert_eq!(said.get(key), Some(value), "{what} of {key:?}");
    }
    assert_eq!(said.len(), expected.len(), "more {what} than there can be");
}

fn entities(journal: &Journal) -> BTreeMap<EntityId, Stored> {
    let mut all = BTreeMap::new();
    for kind in [None, Some(1), Some(2)] {
        let mut after = None;
        loop {
            let page = journal.entities(kind, after, 7).unwrap();
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            all.extend(page);
        }
    }
    all
}

fn alarms(journal: &Journal, partition: u8) -> BTreeSet<(Timestamp, EntityId)> {
    let (mut all, mut after) = (BTreeSet::new(), None);
    loop {
        let page = journal.alarms(partition, after, 3).unwrap();
        let Some(last) = page.last() else { return all };
        after = Some(last.clone());
        all.extend(page);
    }
}

fn outbox(journal: &Journal, partition: u8) -> BTreeMap<(Timestamp, MessageId), Row> {
    let (mut all, mut after) = (BTreeMap::new(), None);
    loop {
        let page = journal.outbox(partition, after, 3).unwrap();
        let Some((id, row)) = page.last() else { return all };
        after = Some((row.next, id.clone()));
        all.extend(page.into_iter().map(|(id, row)| ((row.next, id), row)));
    }
}

fn places(journal: &Journal, name: &str) -> BTreeSet<(CompactString, EntityId)> {
    let (mut all, mut after) = (BTreeSet::new(), None);
    loop {
        let page = journal.list(&List::named(name), after, 3).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        all.extend(page);
    }
    let counted =
        |span: (&str, &str), limit| journal.count(&List::named(name), span, limit).unwrap();
    // What was counted at the last look is kept since.
    assert_eq!(counted(("", "~"), usize::MAX), all.len(), "places of {name}");
    for (order, _) in &all {
        let before = all.iter().filter(|(other, _)| other < order).count();
        let since = all.len() - before;
        assert_eq!(counted(("", order), usize::MAX), before, "places of {name} before {order}");
        assert_eq!(counted(("", order), 2), before.min(2));
        assert_eq!(counted((order, "~"), usize::MAX), since, "places of {name} from {order} on");
        assert_eq!(counted((order, "~"), 2), since.min(2));
        assert_eq!(counted((order, ""), 2), 0);
    }
    assert_eq!(counted(("", "~"), usize::MAX), all.len(), "places of {name}, counted again");
    all
}
