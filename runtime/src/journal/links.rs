//! Links between the records of an entity: each says where the one before it lies, so that a history can be walked
//! backwards. The journal says it of what it is handed, for nobody else knows where everything lies.

use std::collections::HashSet;

use super::backlog::Backlog;
use super::failure::Failure;
use super::recovery;
use crate::record::{After, Batch, Body, Entry, Previous};

/// Says of every record in `batch` where the one before it lies.
///
/// # Errors
/// As [`recovery::entity`]: the store is asked, if nobody else knows.
pub(super) fn link(backlog: &Backlog, batch: &mut Batch) -> Result<(), Failure> {
    let frame_before = batch.frame_before;
    let mut here = HashSet::new();
    for Entry { body, after, .. } in &mut batch.entries {
        let (Body::Record { previous, .. }, Some(after)) = (body, after.as_deref()) else {
            continue;
        };
        *previous = if here.insert(&after.entity) {
            match last_frame(backlog, after)? {
                None => Previous::None,
                Some(frame) if frame == frame_before => Previous::BatchBefore,
                Some(frame) => Previous::Frame(frame),
            }
        } else {
            Previous::SameBatch
        };
    }
    Ok(())
}

/// The frame of the entity's last record, before this batch; none of an entity that begins with it.
fn last_frame(backlog: &Backlog, after: &After) -> Result<Option<u64>, Failure> {
    if after.stored.sequence <= 1 {
        return Ok(None);
    }
    if let Some(stored) = backlog.tables().entity(&after.entity) {
        return Ok(Some(stored.frame));
    }
    if after.stored.frame > 0 {
        return Ok(Some(after.stored.frame));
    }
    // It was decided before its entity heard of the last commit, and that is in the store already.
    Ok(recovery::entity(backlog, &after.entity)?.map(|stored| stored.frame))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::entity::EntityId;
    use crate::journal::backlog::Limits;
    use crate::journal::layout;
    use crate::journal::memtable::tables::{Tables, split};
    use crate::journal::store::{MemoryStore, Store};
    use crate::record::{BatchOnDisk, Keys, Stored};

    #[test]
    fn a_record_is_linked_to_the_one_before_it_wherever_that_lies() {
        let store = MemoryStore::new();
        let applied = Stored { frame: 5, ..stored(3, 0) };
        store.apply(vec![(layout::entity(&id("stored")), Some(applied.encode()))]).unwrap();
        let backlog = Backlog::new(Tables::default(), Arc::new(store), Limits::default());
        committed(&backlog, 7, "held");
        committed(&backlog, 9, "just held");
        let mut batch = Batch {
            partition: 0,
            epoch: 1,
            first_lsn: 1,
            frame_before: 9,
            entries: vec![
                entry(after("new", stored(1, 0))),
                entry(after("new", stored(2, 0))),
                entry(after("held", stored(2, 0))),
                entry(after("just held", stored(2, 8))),
                entry(after("read", stored(4, 6))),
                entry(after("stored", stored(4, 0))),
            ],
        };
        link(&backlog, &mut batch).unwrap();
        let linked: Vec<Previous> = batch.entries.iter().map(previous).collect();
        let expected = [
            Previous::None,
            Previous::SameBatch,
            Previous::Frame(7),
            Previous::BatchBefore,
            Previous::Frame(6),
            Previous::Frame(5),
        ];
        assert_eq!(linked, expected);
    }

    /// The first record of `key` lies in `frame`.
    fn committed(backlog: &Backlog, frame: u64, key: &str) {
        let (bodies, aftermaths) = split(vec![entry(after(key, stored(1, 0)))]);
        let (partition, epoch, first_lsn, frame_before) = (0, 1, 1, 0);
        let batch = BatchOnDisk { partition, epoch, first_lsn, frame_before, entries: bodies };
        backlog.tables_mut().commit(frame, [(&batch, aftermaths)]);
    }

    fn previous(entry: &Entry) -> Previous {
        let Body::Record { previous, .. } = &entry.body else { panic!("{entry:?}") };
        *previous
    }

    fn entry(after: After) -> Entry {
        let body = Body::Record {
            record: Vec::new(),
            previous: Previous::None,
            messages: Vec::new(),
            tells: Vec::new(),
            taken: None,
        };
        Entry { body, after: Some(Box::new(after)), rows: Vec::new() }
    }

    fn after(key: &str, stored: Stored) -> After {
        After { entity: id(key), stored, before: Keys::default() }
    }

    fn id(key: &str) -> EntityId {
        EntityId { kind: 1, key: key.into() }
    }

    fn stored(sequence: u64, frame: u64) -> Stored {
        Stored {
            frame,
            sequence,
            chain: 0,
            recent: Vec::new(),
            alarm: None,
            lists: Vec::new(),
            state_version: 1,
            state: Vec::new().into(),
        }
    }
}
