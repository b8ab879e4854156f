//! An entity's whole life, walked backwards through the ledger: its value names the frame of its last record, and each
//! record says where the one before it lies.

use super::failure::Failure;
use super::frame::Frame;
use super::ledger::LedgerReader;
use crate::entity::{Corrupt, EntityId};
use crate::record::{Body, Previous, Record};

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
        let found = in_frame(&reader.read(number)?, id).map_err(|error| broken(id, error))?;
        next = match found.first() {
            None => return Err(broken(id, Corrupt(format!("no record in frame {number}")))),
            Some(first) if first.before.is_some_and(|before| before >= number) => {
                return Err(broken(id, Corrupt(format!("frame {number} does not lead backwards"))));
            }
            Some(first) => first.before,
        };
        records.extend(found.into_iter().rev().map(|found| (found.record, found.crc)));
    }
    records.reverse();
    check(&records).map_err(|error| broken(id, error))?;
    Ok(records)
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
            let record = Record::decode(bytes)?;
            if record.entity == *id {
                let before = match previous {
                    Previous::None => None,
                    Previous::Frame(number) => Some(*number),
                    Previous::BatchBefore => Some(batch.frame_before),
                    Previous::SameBatch => Some(frame.number),
                };
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
