//! Histories of entities, walked backwards through the ledger: its value names the frame of its last record, and each
//! record says where the one before it lies.

use super::failure::Failure;
use super::frame::Frame;
use super::ledger::LedgerReader;
use crate::clock::Timestamp;
use crate::entity::{CommandId, Corrupt, ENTITY_ROLE, EntityId};
use crate::record::{Body, Previous, Record};

/// Frames that are read for one record at most.
pub const LOOK_BACK_MAX: usize = 1_024;

/// Every record of `id` up to the last one in `frame`, the first one first, each with its CRC.
///
/// # Errors
/// [`Failure::Corrupt`] when a record is missing or does not carry on the chain; otherwise the ledger's failures.
pub fn history(
    reader: &LedgerReader,
    id: &EntityId,
    frame: u64,
) -> Result<Vec<(Record, u32)>, Failure> {
    let mut records = Vec::new();
    let mut next = Some(frame);
    while let Some(number) = next {
        let (found, before) = step_back(reader, id, number)?;
        records.extend(found.into_iter().rev().map(|found| (found.record, found.crc)));
        next = before;
    }
    records.reverse();
    check(&records).map_err(|error| broken(id, error))?;
    Ok(records)
}

/// The records of `id` that were asked at `from` or later and those of the same frames, up to the last one in `frame`,
/// the last one first. Frames before those are not read.
pub fn since(
    reader: &LedgerReader,
    (id, from): (&EntityId, Timestamp),
    frame: u64,
) -> Result<Vec<Record>, Failure> {
    let mut records = Vec::new();
    let mut next = Some(frame);
    while let Some(number) = next {
        let (found, before) = step_back(reader, id, number)?;
        // A tell says when it was sent, and may have been under way for long.
        let is_far = found.first().is_some_and(|Found { record, .. }| {
            record.asked.at < from && record.asked.role != ENTITY_ROLE
        });
        records.extend(found.into_iter().rev().map(|found| found.record));
        next = before.filter(|_| !is_far);
    }
    Ok(records)
}

/// The sequence of the record of `entity` that command `id` became, looked for from frame `last` back to `first`.
pub fn became(
    reader: &LedgerReader,
    (entity, id): (&EntityId, CommandId),
    (last, first): (u64, u64),
) -> Result<Option<u64>, Failure> {
    let mut next = Some(last);
    while let Some(number) = next.filter(|number| *number > first) {
        let (found, before) = step_back(reader, entity, number)?;
        let became = found.iter().find(|found| found.record.asked.id == id);
        if let Some(became) = became {
            return Ok(Some(became.record.sequence));
        }
        next = before;
    }
    Ok(None)
}

/// The record of `id` with this `sequence`, looked for from `frame` backwards; none if it is not there, or lies more
/// than [`LOOK_BACK_MAX`] frames of the entity back.
pub fn record(
    reader: &LedgerReader,
    (id, sequence): (&EntityId, u64),
    frame: u64,
) -> Result<Option<Record>, Failure> {
    let mut next = Some(frame);
    for _ in 0..LOOK_BACK_MAX {
        let Some(number) = next else { return Ok(None) };
        let (found, before) = step_back(reader, id, number)?;
        if found.first().is_some_and(|first| first.record.sequence <= sequence) {
            let mut records = found.into_iter().map(|found| found.record);
            return Ok(records.find(|record| record.sequence == sequence));
        }
        next = before;
    }
    Ok(None)
}

/// What frame `number` holds of `id`, in order, and where its record before those lies.
fn step_back(
    reader: &LedgerReader,
    id: &EntityId,
    number: u64,
) -> Result<(Vec<Found>, Option<u64>), Failure> {
    let found = in_frame(&reader.read(number)?, id).map_err(|error| broken(id, error))?;
    match found.first().map(|first| first.before) {
        None => Err(broken(id, Corrupt(format!("no record in frame {number}")))),
        Some(Some(before)) if before >= number => {
            Err(broken(id, Corrupt(format!("frame {number} does not lead backwards"))))
        }
        Some(before) => Ok((found, before)),
    }
}

struct Found {
    record: Record,
    crc: u32,
    /// The frame of the record before it; none before the first.
    before: Option<u64>,
}

fn in_frame(frame: &Frame, id: &EntityId) -> Result<Vec<Found>, Corrupt> {
    let mut found = Vec::new();
    for batch in &frame.batches {
        for body in &batch.entries {
            let Body::Record { record: bytes, previous, .. } = body else { continue };
            if Record::is_of(bytes, id) {
                let before = match previous {
                    Previous::None => None,
                    Previous::Frame(number) => Some(*number),
                    Previous::BatchBefore => Some(batch.frame_before),
                    Previous::SameBatch => Some(frame.number),
                };
                let record = Record::decode(bytes)?;
                found.push(Found { record, crc: crc32fast::hash(bytes), before });
            }
        }
    }
    Ok(found)
}

/// No gap, and every record carries the CRC of the one before it.
fn check(records: &[(Record, u32)]) -> Result<(), Corrupt> {
    let mut prior = 0;
    for ((record, crc), sequence) in records.iter().zip(1..) {
        if record.sequence != sequence || record.prior != prior {
            let (found, chain) = (record.sequence, record.prior);
            return Err(Corrupt(format!(
                "record {found} with chain {chain:08x} after {prior:08x}"
            )));
        }
        prior = *crc;
    }
    Ok(())
}

fn broken(id: &EntityId, source: Corrupt) -> Failure {
    Failure::Corrupt { what: format!("the history of {id}"), source }
}
