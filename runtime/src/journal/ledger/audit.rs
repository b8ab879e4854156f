//! The audit of a sound ledger: what its frames say, checked against each other.
//!
//! Per entity: sequences without a gap, each record naming the one before it by CRC and by place. Per partition:
//! entries counted without a gap, each batch naming the frame of the one before. Messages: nothing happens to one that
//! never became ready, and nothing after its outcome. Tells: counted without a gap, none taken that was not sent.
//! Not here: what an event means; whether a state follows from it is found by replaying.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::report::What;
use crate::entity::EntityId;
use crate::journal::frame::Frame;
use crate::outbox::{MessageId, RowEvent};
use crate::record::{BatchOnDisk, Body, Previous, Record, Taken};

/// What is known after the frames read so far. About 100 bytes an entity.
#[derive(Debug, Default)]
pub(super) struct Audit {
    entities: BTreeMap<EntityId, Last>,
    partitions: BTreeMap<u8, Position>,
    /// Messages without an outcome.
    open: BTreeSet<MessageId>,
    /// Messages with one, as hashes: 8 bytes each. Two that collide are at worst told apart wrongly.
    done: HashSet<u64>,
    /// By source and target partition: the last number sent, and the last taken.
    tells: BTreeMap<(u8, u8), (u64, u64)>,
    records: u64,
    messages: u64,
}

/// An entity's last record.
#[derive(Debug, Default)]
struct Last {
    sequence: u64,
    chain: u32,
    frame: u64,
}

/// Where a partition stands.
#[derive(Debug)]
struct Position {
    next_lsn: u64,
    frame: u64,
}

/// A batch and the frame that it is in.
#[derive(Clone, Copy)]
struct At<'a> {
    frame: u64,
    batch: &'a BatchOnDisk,
}

impl Audit {
    /// How many records were read.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// How many entities have a record.
    pub(super) fn entities(&self) -> u64 {
        u64::try_from(self.entities.len()).unwrap_or(u64::MAX)
    }

    /// How many messages became ready.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    /// How many messages have no outcome.
    pub(super) fn messages_open(&self) -> u64 {
        u64::try_from(self.open.len()).unwrap_or(u64::MAX)
    }

    /// Takes the next frame in; what is wrong with it goes to `found`. A problem is told once: what follows is
    /// checked against what was found.
    pub(super) fn frame(&mut self, frame: &Frame, found: &mut Vec<What>) {
        for batch in &frame.batches {
            let at = At { frame: frame.number, batch };
            self.position(at, found);
            for body in &batch.entries {
                self.body(at, body, found);
            }
        }
    }

    fn position(&mut self, At { frame, batch }: At<'_>, found: &mut Vec<What>) {
        let BatchOnDisk { partition, first_lsn, frame_before, .. } = *batch;
        let entries = u64::try_from(batch.entries.len()).unwrap_or(0);
        let next_lsn = first_lsn.saturating_add(entries);
        let before = self.partitions.insert(partition, Position { next_lsn, frame });
        let expected = before.as_ref().map_or(0, |before| before.frame);
        if frame_before != expected {
            found.push(What::FrameBefore { partition, expected, found: frame_before });
        }
        if let Some(Position { next_lsn: expected, .. }) = before
            && first_lsn != expected
        {
            found.push(What::Count { partition, expected, found: first_lsn });
        }
    }

    fn body(&mut self, at: At<'_>, body: &Body, found: &mut Vec<What>) {
        match body {
            Body::Record { record: bytes, previous, messages, tells, taken } => {
                self.records += 1;
                let Ok(record) = Record::decode(bytes) else {
                    return found.push(What::Record);
                };
                self.record(at, &record, (crc32fast::hash(bytes), *previous), found);
                for index in 0..messages.len() {
                    self.ready(&record, index);
                }
                for tell in tells {
                    self.tell(at.batch.partition, (tell.to_partition, tell.number), found);
                }
                if let Some(taken) = taken {
                    self.taken(at.batch.partition, taken, found);
                }
            }
            Body::Outbox { message, event } => self.outbox(message, event, found),
            Body::Tell { taken, .. } => self.taken(at.batch.partition, taken, found),
            Body::Quarantined { .. } => {}
        }
    }

    fn record(
        &mut self,
        At { frame, batch }: At<'_>,
        record: &Record,
        (chain, previous): (u32, Previous),
        found: &mut Vec<What>,
    ) {
        let entity = &record.entity;
        let last = self.entities.entry(entity.clone()).or_default();
        let expected = last.sequence + 1;
        if record.sequence == expected {
            let place = match previous {
                Previous::None => 0,
                Previous::Frame(frame) => frame,
                Previous::BatchBefore => batch.frame_before,
                Previous::SameBatch => frame,
            };
            if record.prior != last.chain {
                found.push(What::EntityChain(entity.clone()));
            }
            if place != last.frame {
                found.push(What::Previous(entity.clone()));
            }
        } else {
            let entity = entity.clone();
            found.push(What::EntityGap { entity, expected, found: record.sequence });
        }
        *last = Last { sequence: record.sequence, chain, frame };
    }

    fn ready(&mut self, record: &Record, index: usize) {
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        self.messages += 1;
        let entity = record.entity.clone();
        self.open.insert(MessageId { entity, sequence: record.sequence, index });
    }

    fn outbox(&mut self, message: &MessageId, event: &RowEvent, found: &mut Vec<What>) {
        if event.is_outcome() && self.open.remove(message) {
            self.done.insert(hash(message));
        } else if self.open.contains(message) {
            // It goes on.
        } else if self.done.contains(&hash(message)) {
            found.push(What::DoubleOutcome(message.clone()));
        } else {
            found.push(What::UnknownMessage(message.clone()));
        }
    }

    fn tell(&mut self, from: u8, (to, number): (u8, u64), found: &mut Vec<What>) {
        let (sent, _) = self.tells.entry((from, to)).or_default();
        let expected = *sent + 1;
        if number != expected {
            found.push(What::Tells { from, to, expected, found: number });
        }
        *sent = number;
    }

    fn taken(&mut self, to: u8, taken: &Taken, found: &mut Vec<What>) {
        let Taken { from_partition: from, number } = *taken;
        let (sent, mark) = self.tells.entry((from, to)).or_default();
        if number > *sent || number < *mark {
            found.push(What::Taken { from, to, number });
        }
        *mark = number;
    }
}

fn hash(message: &MessageId) -> u64 {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    message.hash(&mut hasher);
    hasher.finish()
}
