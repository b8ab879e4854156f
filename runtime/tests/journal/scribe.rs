//! Writes random batches as partitions would: records, messages and their outcomes, tells and marks, quarantines. The
//! same seed writes the same.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, mpsc};

use compact_str::format_compact;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId, Corrupt, EntityId, List, ListKey};
use duban_runtime::journal::layout::PartitionMeta;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::outbox::{Message, MessageId, Row, RowEvent};
use duban_runtime::partition::PARTITIONS;
use duban_runtime::record::{
    After, Batch, Before, Body, EncodedState, Entry, Fold, PUT_AWAY, Previous, RECENT_MAX,
    RECORD_VERSION, Record, RowChange, SentTell, Stored, Taken,
};
use serde::{Deserialize, Serialize};

/// How many partitions the tests use.
pub(crate) const N_PARTITIONS: u8 = 4;
/// How many entities live in each.
const N_ENTITIES: u64 = 12;

/// What happens to an entity here: it says outright how it then stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stands {
    alarm: Option<Timestamp>,
    lists: Vec<ListKey>,
    add: u64,
}

/// The domain of these tests: a sum, an alarm and places in lists.
pub(crate) struct Sums;

impl Fold for Sums {
    fn fold(
        &self,
        before: Option<&Stored>,
        record: &Record,
        chain: u32,
        frame: u64,
    ) -> Result<Stored, Corrupt> {
        let (sequence, prior) = before.map_or((0, 0), |before| (before.sequence, before.chain));
        if (record.sequence, record.prior) != (sequence + 1, prior) {
            return Err(Corrupt(format!("record {} after {sequence}", record.sequence)));
        }
        let stands: Stands =
            serde_json::from_str(&record.events).map_err(|e| Corrupt(e.to_string()))?;
        let sum: u64 = before
            .map_or(Ok(0), |before| postcard::from_bytes(&before.state))
            .map_err(|e| Corrupt(e.to_string()))?;
        let mut recent = before.map(|before| before.recent.clone()).unwrap_or_default();
        recent.push((record.asked.id, record.sequence));
        if recent.len() > RECENT_MAX {
            recent.remove(0);
        }
        Ok(Stored {
            frame,
            sequence: record.sequence,
            chain,
            recent,
            alarm: stands.alarm,
            lists: stands.lists,
            state_version: 1,
            state: postcard::to_stdvec(&(sum + stands.add))
                .map_err(|e| Corrupt(e.to_string()))?
                .into(),
        })
    }

    /// Of an entity without an alarm the sum is put away.
    fn put_away(&self, _: &EntityId, stored: &Stored, _: Timestamp) -> Option<Stored> {
        let is_at_rest = stored.alarm.is_none() && !stored.is_put_away();
        let (state, state_version) = (EncodedState::default(), PUT_AWAY);
        is_at_rest.then(|| Stored { state, state_version, ..stored.clone() })
    }
}

pub(crate) fn sums() -> Arc<dyn Fold> {
    Arc::new(Sums)
}

/// Makes batches and remembers what a partition would.
pub(crate) struct Scribe {
    seed: u64,
    /// Of the ownership under which it decides.
    epoch: u64,
    /// Who lives in which partition.
    residents: BTreeMap<u8, Vec<EntityId>>,
    entities: BTreeMap<EntityId, Stored>,
    metas: BTreeMap<u8, PartitionMeta>,
    rows: BTreeMap<MessageId, (u8, Row)>,
    on_their_way: BTreeMap<(u8, u8), VecDeque<SentTell>>,
}

impl Scribe {
    pub(crate) fn new(seed: u64) -> Scribe {
        Scribe {
            seed,
            epoch: 1,
            residents: (0..N_PARTITIONS).map(|no| (no, residents(no))).collect(),
            entities: BTreeMap::new(),
            metas: BTreeMap::new(),
            rows: BTreeMap::new(),
            on_their_way: BTreeMap::new(),
        }
    }

    /// The same, by leases of this epoch.
    pub(crate) fn of_epoch(self, epoch: u64) -> Scribe {
        Scribe { epoch, ..self }
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % n
    }

    /// The next batch of `partition`, as yet without a frame.
    pub(crate) fn batch(&mut self, partition: u8, n_entries: u64) -> Batch {
        let meta = self.metas.get(&partition).cloned().unwrap_or_default();
        let (first_lsn, frame_before) = (meta.next_lsn.max(1), meta.frame);
        let epoch = self.epoch;
        let mut batch = Batch { partition, epoch, first_lsn, frame_before, entries: Vec::new() };
        let mut changed: BTreeMap<EntityId, Stored> = BTreeMap::new();
        for _ in 0..n_entries {
            let entry = match self.below(20) {
                0..=2 => self.outcome(partition),
                3 => self.tell_done(partition),
                4 if self.below(4) == 0 => Some(self.quarantine(partition)),
                _ => None,
            };
            let entry = match entry {
                Some(entry) => entry,
                None => self.record(partition, frame_before, &mut changed),
            };
            batch.entries.push(entry);
        }
        batch
    }

    /// The batch lies in `frame`.
    pub(crate) fn committed(&mut self, batch: &Batch, frame: u64) {
        let meta = self.metas.entry(batch.partition).or_default();
        meta.next_lsn = batch.first_lsn + u64::try_from(batch.entries.len()).unwrap();
        meta.frame = frame;
        for entry in &batch.entries {
            if let Some(after) = &entry.after {
                let stored = Stored { frame, ..after.stored.clone() };
                self.entities.insert(after.entity.clone(), stored);
            }
            for change in &entry.rows {
                match &change.after {
                    Some(row) => {
                        self.rows.insert(change.message.clone(), (batch.partition, row.clone()));
                    }
                    None => drop(self.rows.remove(&change.message)),
                }
            }
            if let Body::Record { tells, .. } = &entry.body {
                for tell in tells {
                    let pair = (batch.partition, tell.to_partition);
                    self.on_their_way.entry(pair).or_default().push_back(tell.clone());
                }
            }
        }
    }

    /// Commits a batch of `partition` and waits for the answer.
    pub(crate) fn commit(&mut self, journal: &Journal, partition: u8) -> (u64, Batch) {
        let n_entries = 1 + self.below(8);
        let batch = self.batch(partition, n_entries);
        let frame = submitted(journal, &batch).recv().unwrap().unwrap();
        self.committed(&batch, frame);
        (frame, batch)
    }

    fn record(
        &mut self,
        partition: u8,
        frame_before: u64,
        changed: &mut BTreeMap<EntityId, Stored>,
    ) -> Entry {
        let entity = self.entity_of(partition);
        let (before, previous) = match (changed.get(&entity), self.entities.get(&entity)) {
            (Some(stored), _) => (Some(stored.clone()), Previous::SameBatch),
            (None, Some(stored)) if stored.frame == frame_before => {
                (Some(stored.clone()), Previous::BatchBefore)
            }
            (None, Some(stored)) => (Some(stored.clone()), Previous::Frame(stored.frame)),
            (None, None) => (None, Previous::None),
        };
        let record = Record {
            version: RECORD_VERSION,
            entity: entity.clone(),
            sequence: before.as_ref().map_or(1, |before| before.sequence + 1),
            prior: before.as_ref().map_or(0, |before| before.chain),
            rules: 7,
            asked: self.asked(),
            events: serde_json::to_string(&self.stands()).unwrap(),
        };
        let (bytes, chain) = record.encode();
        let stored = Sums.fold(before.as_ref(), &record, chain, 0).unwrap();
        let n_messages = self.below(5).saturating_sub(2);
        let messages: Vec<Message> = (0..n_messages).map(|_| self.message()).collect();
        let rows = messages.iter().zip(0..).map(|(message, index)| RowChange {
            message: MessageId { entity: entity.clone(), sequence: record.sequence, index },
            before: None,
            after: Some(Row::ready(message.clone())),
        });
        let rows = rows.collect();
        let tells = if self.below(4) == 0 { vec![self.tell(partition)] } else { Vec::new() };
        let taken =
            if self.below(4) == 0 { self.take(partition).map(|(taken, _)| taken) } else { None };
        let keys = before.as_ref().map(Stored::keys).unwrap_or_default();
        changed.insert(entity.clone(), stored.clone());
        Entry {
            body: Body::Record { record: bytes, previous, messages, tells, taken },
            after: Some(Box::new(After { entity, stored, before: keys })),
            rows,
        }
    }

    fn outcome(&mut self, partition: u8) -> Option<Entry> {
        let here: Vec<MessageId> = self
            .rows
            .iter()
            .filter(|(_, (at, _))| *at == partition)
            .map(|(id, _)| id.clone())
            .collect();
        let n = u64::try_from(here.len()).unwrap();
        let chosen = here.get(usize::try_from(self.below(n.max(1))).unwrap())?;
        let at = self.instant();
        let event = match self.below(5) {
            0 => RowEvent::Claimed(Vec::new(), "{}".to_owned(), at),
            1 => RowEvent::Failed("busy".into(), at),
            2 => RowEvent::Died("no such address".into(), at),
            3 => RowEvent::Revived(at),
            _ => RowEvent::Delivered(at),
        };
        // One change of a row in a batch: nothing is claimed before it is committed.
        let (_, row) = self.rows.remove(chosen)?;
        let (before, after) = (Some(Before::of(&row)), row.after(&event));
        let rows = vec![RowChange { message: chosen.clone(), before, after }];
        Some(Entry { body: Body::Outbox { message: chosen.clone(), event }, after: None, rows })
    }

    fn tell_done(&mut self, partition: u8) -> Option<Entry> {
        let (taken, tell) = self.take(partition)?;
        let parked = (self.below(2) == 0).then(|| (Box::new(tell), "nobody takes it".into()));
        Some(Entry { body: Body::Tell { taken, parked }, after: None, rows: Vec::new() })
    }

    fn quarantine(&mut self, partition: u8) -> Entry {
        let (entity, at) = (self.entity_of(partition), self.instant());
        let body = Body::Quarantined { entity, reason: "broken".into(), at };
        Entry { body, after: None, rows: Vec::new() }
    }

    fn tell(&mut self, partition: u8) -> SentTell {
        let to_partition = u8::try_from(self.below(u64::from(N_PARTITIONS))).unwrap();
        let (to, at) = (self.entity_of(to_partition), self.instant());
        let next =
            self.metas.entry(partition).or_default().tell_next.entry(to_partition).or_insert(1);
        let number = *next;
        *next += 1;
        SentTell { to_partition, number, to, command: "{}".to_owned(), at }
    }

    /// The next tell to `partition` that is committed, if any.
    fn take(&mut self, partition: u8) -> Option<(Taken, SentTell)> {
        let mut pairs = self
            .on_their_way
            .iter_mut()
            .filter(|((_, to), tells)| *to == partition && !tells.is_empty());
        let ((from, _), tells) = pairs.next()?;
        let tell = tells.pop_front()?;
        Some((Taken { from_partition: *from, number: tell.number }, tell))
    }

    fn entity_of(&mut self, partition: u8) -> EntityId {
        let chosen = usize::try_from(self.below(N_ENTITIES)).unwrap();
        self.residents.get(&partition).and_then(|all| all.get(chosen)).unwrap().clone()
    }

    fn asked(&mut self) -> Asked {
        let (id, at) = (CommandId(self.below(u64::MAX).into()), self.instant());
        Asked::of(id, ("tester", "tester"), at)
    }

    fn stands(&mut self) -> Stands {
        let alarm = (self.below(3) > 0).then(|| self.instant());
        let mut lists = Vec::new();
        for list in ["open", "open/SW", "late"] {
            if self.below(2) == 0 {
                lists.push(ListKey {
                    list: List::fixed(list),
                    order: format_compact!("{}", self.below(5)),
                });
            }
        }
        Stands { alarm, lists, add: self.below(1_000) }
    }

    fn message(&mut self) -> Message {
        Message { template: "level-1".into(), data: "{}".to_owned(), not_before: self.instant() }
    }

    fn instant(&mut self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.below(50)).unwrap())
    }
}

/// Submits a batch; what became of it is heard.
pub(crate) fn submitted(journal: &Journal, batch: &Batch) -> mpsc::Receiver<Result<u64, Failure>> {
    let (told, answer) = mpsc::channel();
    journal.submit(batch.clone(), Box::new(move |result| drop(told.send(result))));
    answer
}

/// The first few entities that live in a partition.
fn residents(partition: u8) -> Vec<EntityId> {
    let kind = 1 + partition % 2;
    let all = (0_u32..).map(|n| EntityId { kind, key: format_compact!("{n}") });
    let here = all.filter(|id| id.partition(PARTITIONS) == partition);
    here.take(usize::try_from(N_ENTITIES).unwrap()).collect()
}
