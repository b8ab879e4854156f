//! Counts of the outbox (how many rows stand where) and of parked tells: counted as they change, never by looking.
//!
//! The counts go into the store in the same step as the rows they count, with the frame up to which they count; so they
//! are right after any end of the process, and nothing is read to have them. A store without them, or one that was
//! brought up to another frame without counting, is counted once when it is opened.

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::layout;
use super::memtable::tables::unclear;
use super::store::Store;
use crate::outbox::Row;
use crate::record::{RowChange, Stage};

/// Rows counted at a time.
const PAGE: usize = 1_024;

/// How many there are of what piles up when nobody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxCounts {
    /// Messages that nobody has tried, due or not.
    pub n_ready: u64,
    /// Messages whose recipients are fixed and of which no attempt has failed.
    pub n_claimed: u64,
    /// Messages that wait for another attempt.
    pub n_retry: u64,
    pub n_dead: u64,
    /// Tells that nobody could take.
    pub n_parked: u64,
}

impl OutboxCounts {
    /// A row came, moved or went.
    pub fn moved(&mut self, change: &RowChange) {
        if let Some(before) = &change.before {
            let n = self.of(before.stage);
            *n = n.saturating_sub(1);
        }
        if let Some(row) = &change.after {
            *self.of(Stage::of(row)) += 1;
        }
    }

    /// One more tell is parked.
    pub fn parked(&mut self) {
        self.n_parked += 1;
    }

    fn of(&mut self, stage: Stage) -> &mut u64 {
        match stage {
            Stage::Ready => &mut self.n_ready,
            Stage::Claimed => &mut self.n_claimed,
            Stage::Retry => &mut self.n_retry,
            Stage::Dead => &mut self.n_dead,
        }
    }

    /// As `store` holds it, which has seen everything up to `applied`.
    pub(super) fn load(store: &dyn Store, applied: u64) -> Result<OutboxCounts, Failure> {
        let known = store.get(layout::CENSUS)?;
        match known.map(|bytes| layout::parse_value::<(u64, OutboxCounts)>(&bytes)) {
            Some(Ok((frame, outbox_counts))) if frame == applied => Ok(outbox_counts),
            Some(Ok(_) | Err(_)) | None => OutboxCounts::counted(store),
        }
    }

    fn counted(store: &dyn Store) -> Result<OutboxCounts, Failure> {
        let mut outbox_counts = OutboxCounts::default();
        each(store, layout::OUTBOX, |value| {
            let row: Row = layout::parse_value(value).map_err(|error| unclear("outbox", error))?;
            *outbox_counts.of(Stage::of(&row)) += 1;
            Ok(())
        })?;
        each(store, layout::PARKED, |_| {
            outbox_counts.n_parked += 1;
            Ok(())
        })?;
        Ok(outbox_counts)
    }
}

fn each(
    store: &dyn Store,
    prefix: u8,
    mut look: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (mut from, end) = (vec![prefix], layout::end_of(&[prefix]));
    loop {
        let page = store.scan(&from, &end, PAGE)?;
        for (_, value) in &page {
            look(value)?;
        }
        match page.into_iter().last() {
            Some((last, _)) => from = layout::after(last),
            None => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::entity::EntityId;
    use crate::journal::store::MemoryStore;
    use crate::outbox::{Message, MessageId, RowEvent};

    #[test]
    fn a_store_whose_counts_are_missing_or_of_another_frame_is_counted_and_otherwise_believed() {
        let store = MemoryStore::new();
        let rows = (0..3_000).map(row).collect();
        store.apply(rows).unwrap();
        let counted = OutboxCounts { n_ready: 2_900, n_dead: 100, ..OutboxCounts::default() };
        assert_eq!(OutboxCounts::load(&store, 7).unwrap(), counted);

        let told = OutboxCounts { n_retry: 1, ..OutboxCounts::default() };
        let value = Some(layout::value(&(7_u64, told)));
        store.apply(vec![(layout::CENSUS.to_vec(), value)]).unwrap();
        assert_eq!(OutboxCounts::load(&store, 7).unwrap(), told);
        assert_eq!(OutboxCounts::load(&store, 8).unwrap(), counted);
    }

    /// Every thirtieth is dead.
    fn row(n: u64) -> (Vec<u8>, Option<Vec<u8>>) {
        let at = Timestamp::from_millis(5);
        let message = Message { template: "level-1".into(), data: String::new(), not_before: at };
        let mut row = Row::ready(message);
        if n.is_multiple_of(30) {
            row = row.after(&RowEvent::Died("no such address".into(), at)).unwrap();
        }
        let entity = EntityId { kind: 1, key: "7".into() };
        let id = MessageId { entity, sequence: n, index: 0 };
        (layout::row(3, row.next, &id), Some(layout::value(&row)))
    }
}
