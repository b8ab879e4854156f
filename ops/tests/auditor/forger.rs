//! Writes whatever it is told into a journal: what a fault would have left there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, mpsc};

use duban::auditor::Books;
use duban::seals::Seals;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Journal;
use duban_runtime::outbox::{Message, MessageId, Row};
use duban_runtime::partition::PARTITIONS;
use duban_runtime::record::{
    After, Batch, Body, Entry, Fold as _, Previous, Record, RowChange, Stored,
};
use duban_runtime::registry::Registry;

use crate::fixture::registry;

pub(crate) struct Forger {
    journal: Journal,
    registry: Arc<Registry>,
    stored: BTreeMap<EntityId, Stored>,
    /// Entries and the last frame of each partition.
    written: BTreeMap<u8, (u64, u64)>,
}

impl Forger {
    pub(crate) fn new() -> Forger {
        let registry = registry();
        let journal = Journal::in_memory(registry.clone()).unwrap();
        Forger { journal, registry, stored: BTreeMap::new(), written: BTreeMap::new() }
    }

    pub(crate) fn books(&self) -> Books {
        // Nobody is erased here: no key is looked for.
        let seals = Seals::of(Path::new("/dev/null"));
        Books { journal: self.journal.clone(), registry: Arc::clone(&self.registry), seals }
    }

    /// A record as it ought to be.
    pub(crate) fn write(&mut self, record: &Record) {
        self.write_tweaked(record, |_| {});
    }

    /// A whole history.
    pub(crate) fn write_all(&mut self, records: &[Record]) {
        for record in records {
            self.write(record);
        }
    }

    /// The same with something wrong about it.
    pub(crate) fn write_tweaked(&mut self, record: &Record, tweak: impl FnOnce(&mut Entry)) {
        let before = self.stored.get(&record.entity);
        let (_, chain) = record.encode();
        let stored = self.registry.fold(before, record, chain, 0).unwrap();
        self.enter(record, stored, Vec::new(), tweak);
    }

    /// A record that makes nothing of its entity, next in its history.
    pub(crate) fn write_as_it_stands(&mut self, record: &Record) {
        let prior = self.stored[&record.entity].chain;
        self.write_after(prior, record);
    }

    /// The same, and it does not know what went before.
    pub(crate) fn write_unchained(&mut self, record: &Record) {
        let prior = self.stored[&record.entity].chain;
        self.write_after(!prior, record);
    }

    fn write_after(&mut self, prior: u32, record: &Record) {
        let before = self.stored[&record.entity].clone();
        let record = Record { sequence: before.sequence + 1, prior, ..record.clone() };
        let (_, chain) = record.encode();
        let stored = Stored { sequence: record.sequence, chain, ..before };
        self.enter(&record, stored, Vec::new(), |_| {});
    }

    /// A record with a message that is due at `due`.
    pub(crate) fn write_with_message(
        &mut self,
        record: &Record,
        due: Timestamp,
        tweak: impl FnOnce(&mut Entry),
    ) {
        let (_, chain) = record.encode();
        let stored = self.registry.fold(None, record, chain, 0).unwrap();
        let message =
            Message { template: "warning".into(), data: "{}".to_owned(), not_before: due };
        self.enter(record, stored, vec![message], tweak);
    }

    fn enter(
        &mut self,
        record: &Record,
        stored: Stored,
        messages: Vec<Message>,
        tweak: impl FnOnce(&mut Entry),
    ) {
        let (entity, partition) = (record.entity.clone(), record.entity.partition(PARTITIONS));
        let before = self.stored.get(&entity);
        let previous = before.map_or(Previous::None, |before| Previous::Frame(before.frame));
        let keys = before.map(Stored::keys).unwrap_or_default();
        let id = MessageId { entity: entity.clone(), sequence: record.sequence, index: 0 };
        let rows = messages.iter().map(|message| RowChange {
            message: id.clone(),
            before: None,
            after: Some(Row::ready(message.clone())),
        });
        let mut entry = Entry {
            rows: rows.collect(),
            body: Body::Record {
                record: record.encode().0,
                previous,
                messages,
                tells: Vec::new(),
                taken: None,
            },
            after: Some(Box::new(After { entity: entity.clone(), stored, before: keys })),
        };
        tweak(&mut entry);
        let (lsn, frame_before) = self.written.get(&partition).copied().unwrap_or((1, 0));
        let after = entry.after.clone();
        let batch =
            Batch { partition, epoch: 1, first_lsn: lsn, frame_before, entries: vec![entry] };
        let (told, answer) = mpsc::channel();
        self.journal.submit(batch, Box::new(move |result| told.send(result).unwrap()));
        let frame = answer.recv().unwrap().unwrap();
        self.written.insert(partition, (lsn + 1, frame));
        if let Some(after) = after {
            self.stored.insert(entity, Stored { frame, ..after.stored });
        }
    }
}
