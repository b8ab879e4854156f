//! A history as the runtime would write it: sequences, chains, places, messages and tells in order.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::entity::{Asked, CommandId, EntityId};
use crate::outbox::{Message, MessageId, RowEvent};
use crate::record::{BatchOnDisk, Body, Previous, RECORD_VERSION, Record, SentTell, Taken};

/// Partitions of the history.
const PARTITIONS: u8 = 3;
/// Entities of each partition.
const ENTITIES: u64 = 4;

#[derive(Clone, Debug, Default)]
pub(super) struct History {
    frame: u64,
    records: u64,
    partitions: BTreeMap<u8, (u64, u64)>,
    entities: BTreeMap<EntityId, (u64, u32, u64)>,
    claimed: Vec<(u8, MessageId)>,
    tells: BTreeMap<(u8, u8), u64>,
}

impl History {
    /// The group of the next frame: one batch, of `n` records and what came of earlier ones.
    pub(super) fn group(&mut self, n: u64) -> Vec<BatchOnDisk> {
        self.frame += 1;
        let partition = u8::try_from(self.frame % u64::from(PARTITIONS)).unwrap();
        let (first_lsn, frame_before) = self.partitions.get(&partition).copied().unwrap_or((1, 0));
        let mut entries: Vec<Body> = (0..n).map(|_| self.record(partition, frame_before)).collect();
        for (_, message) in self.claimed.extract_if(.., |(at, _)| *at == partition) {
            let event = RowEvent::Delivered(Timestamp::from_millis(0));
            entries.push(Body::Outbox { message, event });
        }
        if let Some(number) = self.tells.get(&(partition, partition)).copied() {
            let taken = Taken { from_partition: partition, number };
            entries.push(Body::Tell { taken, parked: None });
        }
        let lsn = first_lsn + u64::try_from(entries.len()).unwrap();
        self.partitions.insert(partition, (lsn, self.frame));
        vec![BatchOnDisk { partition, epoch: 1, first_lsn, frame_before, entries }]
    }

    fn record(&mut self, partition: u8, frame_before: u64) -> Body {
        self.records += 1;
        let key = format!("{partition}-{}", self.records % ENTITIES);
        let entity = EntityId { kind: 1, key: key.into() };
        let (sequence, prior, frame) = self.entities.get(&entity).copied().unwrap_or_default();
        let previous = match frame {
            0 => Previous::None,
            frame if frame == self.frame => Previous::SameBatch,
            frame if frame == frame_before => Previous::BatchBefore,
            frame => Previous::Frame(frame),
        };
        let sequence = sequence + 1;
        let record = record(&entity, sequence, prior, self.frame);
        let (bytes, chain) = record.encode();
        self.entities.insert(entity.clone(), (sequence, chain, self.frame));
        let not_before = Timestamp::from_millis(0);
        let message = Message { template: "level-1".into(), data: "{}".into(), not_before };
        if self.records.is_multiple_of(2) {
            self.claimed
                .push((partition, MessageId { entity: entity.clone(), sequence, index: 0 }));
        }
        let number = self.tells.entry((partition, partition)).or_default();
        *number += 1;
        let tell = SentTell {
            to_partition: partition,
            number: *number,
            to: entity,
            command: "{}".to_owned(),
            at: not_before,
        };
        Body::Record {
            record: bytes,
            previous,
            messages: vec![message],
            tells: vec![tell],
            taken: None,
        }
    }
}

/// The instant of the frame: one second each.
pub(super) fn instant(frame: u64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(frame).unwrap() * 1000)
}

fn record(entity: &EntityId, sequence: u64, prior: u32, frame: u64) -> Record {
    let asked = Asked::of(CommandId(u128::from(sequence)), ("王", "intake"), instant(frame));
    let events = format!("[{{\"registered\":\"{entity} {sequence}\"}}]");
    let entity = entity.clone();
    Record { version: RECORD_VERSION, entity, sequence, prior, rules: 7, asked, events }
}
