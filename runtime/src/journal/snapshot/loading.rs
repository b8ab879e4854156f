//! Fills a new store from a base snapshot.

use super::{Piece, Span, VERSION};
use crate::clock::Timestamp;
use crate::entity::Corrupt;
use crate::journal::disk::Files;
use crate::journal::failure::Failure;
use crate::journal::layout;
use crate::journal::recovery::{Progress, Step};
use crate::journal::store::{Op, Pair, Store};
use crate::partition::PARTITIONS;
use crate::record::Stored;

/// A piece that says it is longer than this was not written by us.
const PIECE_BYTES_MAX: u32 = 256 << 20;

/// What became of filling a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// It holds what the snapshot does.
    Whole,
    /// The snapshot holds a state of a kind and version that is not readable: the store is of no use.
    OfOtherForms,
}

/// Puts everything in the snapshot `span` into `store`, which is empty; what follows from entities is worked out. The
/// last thing it puts is the frame up to which it stands.
///
/// # Errors
/// [`Failure::Corrupt`] when the file is not whole: the store is then of no use, and an older snapshot may be.
pub fn load(
    files: &dyn Files,
    span: Span,
    store: &dyn Store,
    is_readable: &dyn Fn(u8, u16) -> bool,
    progress: &dyn Fn(Progress),
) -> Result<Loaded, Failure> {
    let (file, mut offset, mut n_seen) = (span.file(), 0, 0);
    loop {
        let (piece, next) = piece_at(files, &file, offset)?;
        match piece {
            Piece::Begin { version: VERSION, from, at: _ } if from == span.from && offset == 0 => {}
            Piece::Begin { version, .. } => {
                return Err(broken(&file, format!("it begins as version {version}")));
            }
            Piece::Rows(rows) => {
                n_seen += u64::try_from(rows.len()).unwrap_or(0);
                let ops = rows.into_iter().map(|row| ops_of(&file, row, is_readable));
                let Some(ops) = ops.collect::<Result<Option<Vec<_>>, _>>()? else {
                    return Ok(Loaded::OfOtherForms);
                };
                store.pour(ops.into_iter().flatten().collect())?;
                progress(Progress { step: Step::Snapshot, done: n_seen, total: 0 });
            }
            Piece::End { n_rows, to } if n_rows == n_seen && to == span.to => {
                store.apply(vec![(layout::APPLIED.to_vec(), Some(layout::value(&span.from)))])?;
                return Ok(Loaded::Whole);
            }
            Piece::End { n_rows, .. } => {
                return Err(broken(&file, format!("{n_seen} rows of {n_rows}")));
            }
        }
        offset = next;
    }
}

/// When the snapshot `span` was taken.
pub(super) fn taken_at(files: &dyn Files, span: Span) -> Result<Timestamp, Failure> {
    let file = span.file();
    match piece_at(files, &file, 0)?.0 {
        Piece::Begin { version: VERSION, from: _, at } => Ok(at),
        Piece::Begin { .. } | Piece::Rows(_) | Piece::End { .. } => {
            Err(broken(&file, "it does not begin like a snapshot of this version".to_owned()))
        }
    }
}

/// The piece at `offset`, and where the next one begins.
fn piece_at(files: &dyn Files, file: &str, offset: u64) -> Result<(Piece, u64), Failure> {
    let read =
        |at, len| files.read_at(file, at, len).map_err(|error| Failure::io("read", file, error));
    let head = read(offset, 8)?;
    let parts = head
        .split_first_chunk::<4>()
        .and_then(|(length, crc)| Some((*length, *crc.first_chunk::<4>()?)));
    let Some((length, crc)) = parts else {
        return Err(broken(file, "it ends too soon".to_owned()));
    };
    let length = u32::from_le_bytes(length);
    if length > PIECE_BYTES_MAX {
        return Err(broken(file, format!("a piece of {length} bytes")));
    }
    let packed = read(offset + 8, usize::try_from(length).unwrap_or(0))?;
    if crc32fast::hash(&packed) != u32::from_le_bytes(crc) {
        return Err(broken(file, format!("the checksum at byte {offset}")));
    }
    let plain = zstd::stream::decode_all(packed.as_slice())
        .map_err(|error| broken(file, error.to_string()))?;
    let piece = postcard::from_bytes(&plain).map_err(|error| broken(file, error.to_string()))?;
    Ok((piece, offset + 8 + u64::from(length)))
}

/// A row, and what follows from it; none when its state is not readable.
fn ops_of(
    file: &str,
    (key, value): Pair,
    is_readable: &dyn Fn(u8, u16) -> bool,
) -> Result<Option<Vec<Op>>, Failure> {
    let mut ops = Vec::with_capacity(4);
    if key.first() == Some(&layout::ENTITY) {
        let corrupt = |Corrupt(why)| broken(file, why);
        let id = layout::parse_entity(&key).map_err(corrupt)?;
        let stored = Stored::decode(&value).map_err(corrupt)?;
        if !is_readable(id.kind, stored.state_version) {
            return Ok(None);
        }
        let alarm = stored.alarm.map(|due| layout::alarm(id.partition(PARTITIONS), due, &id));
        let places =
            stored.lists.iter().map(|place| layout::list(place.list.as_str(), &place.order, &id));
        ops.extend(alarm.into_iter().chain(places).map(|key| (key, Some(Vec::new()))));
    }
    ops.push((key, Some(value)));
    Ok(Some(ops))
}

fn broken(file: &str, why: String) -> Failure {
    Failure::Corrupt { what: format!("`{file}`"), source: Corrupt(why) }
}
