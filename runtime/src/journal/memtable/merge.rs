//! One ordered view over two generations and the store: the newer word wins.

use std::iter::Peekable;

use super::{Memtable, Value};
use crate::journal::failure::Failure;
use crate::journal::layout;
use crate::journal::store::{Pair, Store};

/// Rows read from the store at once when few are wanted: removed ones may hide some of them.
const READ_AHEAD: usize = 16;

/// At most `limit` rows from `from` on, before `to`, as they stand after the `newer` generation, over the `older`, over
/// the store.
pub fn scan(
    (newer, older): (&Memtable, Option<&Memtable>),
    store: &dyn Store,
    (from, to): (&[u8], &[u8]),
    limit: usize,
) -> Result<Vec<Pair>, Failure> {
    let mut changes = Changes {
        newer: newer.range(from, to).peekable(),
        older: older.into_iter().flat_map(|older| older.range(from, to)).peekable(),
    }
    .peekable();
    let mut rows: Vec<Pair> = Vec::new();
    let mut from = from.to_vec();
    while rows.len() < limit {
        let wanted = (limit - rows.len()).max(READ_AHEAD);
        let below = store.scan(&from, to, wanted)?;
        let exhausted = below.len() < wanted;
        if let Some((last, _)) = below.last() {
            from = layout::after(last.clone());
        }
        for (key, value) in below {
            while let Some((changed, now)) =
                changes.next_if(|(changed, _)| *changed < key.as_slice())
            {
                rows.extend(now.map(|now| (changed.to_vec(), now.encode())));
            }
            match changes.next_if(|(changed, _)| *changed == key.as_slice()) {
                Some((_, now)) => rows.extend(now.map(|now| (key, now.encode()))),
                None => rows.push((key, value)),
            }
        }
        if exhausted {
            let room = limit.saturating_sub(rows.len());
            let added = changes.filter_map(|(key, now)| Some((key.to_vec(), now?.encode())));
            rows.extend(added.take(room));
            break;
        }
    }
    rows.truncate(limit);
    Ok(rows)
}

/// The changes of two generations in the order of their keys, the newer for a key in both.
struct Changes<'a, N, O>
where
    N: Iterator<Item = (&'a [u8], Option<&'a Value>)>,
    O: Iterator<Item = (&'a [u8], Option<&'a Value>)>,
{
    newer: Peekable<N>,
    older: Peekable<O>,
}

impl<'a, N, O> Iterator for Changes<'a, N, O>
where
    N: Iterator<Item = (&'a [u8], Option<&'a Value>)>,
    O: Iterator<Item = (&'a [u8], Option<&'a Value>)>,
{
    type Item = (&'a [u8], Option<&'a Value>);

    fn next(&mut self) -> Option<Self::Item> {
        let Some((newer, _)) = self.newer.peek() else { return self.older.next() };
        if let Some(older) = self.older.next_if(|(older, _)| older < newer) {
            return Some(older);
        }
        self.older.next_if(|(older, _)| older == newer);
        self.newer.next()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::journal::store::MemoryStore;

    /// What one layer says of a few keys: put or removed.
    fn any_layer() -> impl Strategy<Value = BTreeMap<u8, bool>> {
        proptest::collection::btree_map(0..40_u8, any::<bool>(), 0..40)
    }

    proptest! {
        #[test]
        fn a_scan_over_generations_equals_a_scan_of_a_store_that_has_seen_them_all(
            (bottom, older, newer) in (any_layer(), any_layer(), any_layer()),
            (from, to, limit) in (0..45_u8, 0..45_u8, 0..20_usize),
        ) {
            let store = MemoryStore::new();
            let mut expected: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
            for (key, put) in bottom {
                if put {
                    store.apply(vec![(vec![key], Some(Vec::new()))]).unwrap();
                    expected.insert(vec![key], Vec::new());
                }
            }
            let mut tables = [Memtable::default(), Memtable::default()];
            for (table, layer) in tables.iter_mut().zip([older, newer]) {
                for (key, put) in layer {
                    let stood = expected.contains_key(&vec![key]);
                    if put && !stood {
                        table.add(vec![key], Value::Nothing);
                        expected.insert(vec![key], Vec::new());
                    } else if !put && stood {
                        table.remove(vec![key]);
                        expected.remove(&vec![key]);
                    }
                }
            }

            let [older, newer] = &tables;
            let rows = scan((newer, Some(older)), &store, (&[from], &[to]), limit).unwrap();
            let in_range = expected.into_iter().filter(|(key, _)| *key >= vec![from] && *key < vec![to]);
            prop_assert_eq!(rows, in_range.take(limit).collect::<Vec<_>>());
        }
    }
}
