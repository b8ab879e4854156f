//! A merged scan: the alarms, or the rows of the outbox, of all partitions as one list in the order of time.
//!
//! Each partition is read a page ahead, so what is held is bounded however far the scan goes; whoever wants only the
//! beginning stops there. Nothing is locked meanwhile: what moves while it is read may be met twice, or not at all.

use std::collections::BTreeMap;
use std::vec;

use super::Journal;
use super::failure::Failure;
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::outbox::{MessageId, Row};
use crate::partition::PARTITIONS;

/// Rows of one partition that are read at a time.
const PAGE: usize = 64;

/// An alarm as the index has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub due: Timestamp,
    /// Who must be woken.
    pub entity: EntityId,
    /// In whose index it stands: the partition of the entity, unless the index is wrong.
    pub partition: u8,
}

impl Journal {
    /// The alarms of all partitions, the soonest first; those behind `after`, if that is given.
    pub fn alarms_of_all(
        &self,
        after: Option<(Timestamp, EntityId)>,
    ) -> impl Iterator<Item = Result<Alarm, Failure>> + '_ {
        let read = move |no: u8, after: Option<(Timestamp, EntityId)>| {
            let page = self.alarms(no, after, PAGE)?;
            Ok(page.into_iter().map(|place| (place, ())).collect())
        };
        let alarm = |(partition, (due, entity), ())| Alarm { due, entity, partition };
        Merge::new(read, after).map(move |found| found.map(alarm))
    }

    /// The rows of all partitions' outboxes, in the order in which they are to be looked at, dead letters last; those
    /// behind `after`, if that is given.
    pub fn outbox_of_all(
        &self,
        after: Option<(Timestamp, MessageId)>,
    ) -> impl Iterator<Item = Result<(MessageId, Row), Failure>> + '_ {
        let read = move |no: u8, after: Option<(Timestamp, MessageId)>| {
            let page = self.outbox(no, after, PAGE)?;
            Ok(page.into_iter().map(|(id, row)| ((row.next, id), row)).collect())
        };
        Merge::new(read, after).map(|found| found.map(|(_, (_, id), row)| (id, row)))
    }
}

/// A page of one partition: where each row stands, and the row.
type Page<K, V> = Vec<(K, V)>;

/// Merges what `read` finds in each partition behind a place.
struct Merge<K, V, F> {
    read: F,
    /// Partitions that were not looked into yet, and from where on.
    unread: Vec<(u8, Option<K>)>,
    /// The first row of each partition that has one.
    heads: BTreeMap<(K, u8), V>,
    /// What was read of each partition behind its head.
    ahead: BTreeMap<u8, vec::IntoIter<(K, V)>>,
}

impl<K, V, F> Merge<K, V, F>
where
    K: Clone + Ord,
    F: Fn(u8, Option<K>) -> Result<Page<K, V>, Failure>,
{
    fn new(read: F, after: Option<K>) -> Merge<K, V, F> {
        let unread = (0..PARTITIONS).map(|no| (no, after.clone())).collect();
        Merge { read, unread, heads: BTreeMap::new(), ahead: BTreeMap::new() }
    }

    /// Every partition that may have more has its head; then the soonest of them.
    fn soonest(&mut self) -> Result<Option<(u8, K, V)>, Failure> {
        while let Some((no, after)) = self.unread.pop() {
            let mut page = (self.read)(no, after)?.into_iter();
            if let Some((place, row)) = page.next() {
                self.heads.insert((place, no), row);
                self.ahead.insert(no, page);
            }
        }
        let Some(((place, no), row)) = self.heads.pop_first() else { return Ok(None) };
        match self.ahead.get_mut(&no).and_then(Iterator::next) {
            Some((next, row)) => drop(self.heads.insert((next, no), row)),
            None => self.unread.push((no, Some(place.clone()))),
        }
        Ok(Some((no, place, row)))
    }
}

impl<K, V, F> Iterator for Merge<K, V, F>
where
    K: Clone + Ord,
    F: Fn(u8, Option<K>) -> Result<Page<K, V>, Failure>,
{
    type Item = Result<(u8, K, V), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.soonest();
        if found.is_err() {
            // Nobody knows what comes next.
            self.unread.clear();
            self.heads.clear();
        }
        found.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_all_partitions_come_in_one_order_however_many_pages_each_has() {
        // Partition 0 has even numbers, 1 the odd ones up to 9, all others nothing.
        let all = |no: u8| (0_u64..200).filter(move |n| n % 2 == u64::from(no) && no < 2);
        let read = |no: u8, after: Option<u64>| {
            let rows = all(no).filter(|n| no == 0 || *n < 10);
            let rows = rows.filter(|n| after.is_none_or(|after| *n > after));
            Ok(rows.map(|n| (n, ())).take(3).collect())
        };
        let found = |after| Merge::new(read, after).map(|found| found.unwrap().1);
        let expected: Vec<u64> = (0..200).filter(|n| n % 2 == 0 || *n < 10).collect();
        assert_eq!(found(None).collect::<Vec<_>>(), expected);
        assert_eq!(found(Some(7)).take(3).collect::<Vec<_>>(), [8, 9, 10]);
    }

    #[test]
    fn what_cannot_be_read_is_said_once_and_ends_it() {
        let read = |no: u8, after: Option<u64>| match (no, after) {
            (0, None) => Ok(vec![(1, ()), (2, ())]),
            (0, Some(_)) => Err(Failure::store("reading", std::io::Error::other("no"))),
            (_, _) => Ok(Vec::new()),
        };
        let found: Vec<bool> = Merge::new(read, None).map(|found| found.is_ok()).collect();
        assert_eq!(found, [true, true, false]);
    }
}
