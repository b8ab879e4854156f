//! Staging of changes that must be in the store all or not at all, and are too many to be made at once.
//!
//! sled keeps every reader out while it makes an atomic batch: tens of thousands of messages' rows would keep people
//! waiting for half a second. So such changes are written *aside* first, each under a key of its own; one atomic change
//! then says that all of them are there, and from then on they are brought to where they belong, by whoever finds them.
//!
//! | what a crash leaves | what the next start does |
//! |---|---|
//! | some of them aside | removes those: the ledger has it all |
//! | all of them aside, said to be whole | brings them to where they belong |
//! | some or all where they belong | the same again, which changes nothing |

use super::failure::Failure;
use super::layout;
use super::memtable::tables::unclear;
use super::store::{Op, Store};

/// Changes that are made together while readers go on.
const CHUNK: usize = 256;

/// Makes `ops`, with which the store has seen everything up to `frame`: all of them or, after a crash and
/// [`finish`], none.
///
/// # Errors
/// [`Failure::Store`]; the same call may be repeated.
pub fn write(store: &dyn Store, ops: &[Op], frame: u64) -> Result<(), Failure> {
    // A store keeps a prefix of what it was told, so the mark, which comes last, proves that all changes are aside. From
    // then on `finish` needs nothing else, not even the ledger. The frame is in the mark and becomes `applied` in the very
    // change that removes it: a start finds the old `applied` and nothing moved, or all of it moved and the new one.
    for chunk in ops.chunks(CHUNK) {
        let aside = |(key, value): &Op| (layout::aside(key), Some(layout::value(value)));
        store.pour(chunk.iter().map(aside).collect())?;
    }
    store.apply(vec![(layout::ASIDE_WHOLE.to_vec(), Some(layout::value(&frame)))])?;
    finish(store)
}

/// Brings to an end what was begun by [`write()`].
///
/// # Errors
/// [`Failure::Store`]; [`Failure::Corrupt`] when what is aside makes no sense.
pub fn finish(store: &dyn Store) -> Result<(), Failure> {
    if let Some(frame) = store.get(layout::ASIDE_WHOLE)? {
        let mut from = vec![layout::ASIDE];
        // What lies aside stays there until all of it has been moved: cut off here, the same is moved once more.
        while let Some((last, ops)) = page(store, &from)? {
            store.pour(ops)?;
            from = layout::after(last);
        }
        store.apply(vec![
            (layout::APPLIED.to_vec(), Some(frame)),
            (layout::ASIDE_WHOLE.to_vec(), None),
        ])?;
    }
    let from = [layout::ASIDE];
    loop {
        let rows = store.scan(&from, &layout::end_of(&from), CHUNK)?;
        if rows.is_empty() {
            return Ok(());
        }
        store.pour(rows.into_iter().map(|(key, _)| (key, None)).collect())?;
    }
}

/// Changes as they are to be made, behind the last key under which they lie aside.
type Page = (Vec<u8>, Vec<Op>);

/// The next changes from `from` on.
fn page(store: &dyn Store, from: &[u8]) -> Result<Option<Page>, Failure> {
    let rows = store.scan(from, &layout::end_of(&[layout::ASIDE]), CHUNK)?;
    let Some((last, _)) = rows.last() else { return Ok(None) };
    let last = last.clone();
    let change = |(key, value): (Vec<u8>, Vec<u8>)| {
        let value =
            layout::parse_value(&value).map_err(|error| unclear("a change aside", error))?;
        Ok((key.get(1..).unwrap_or_default().to_vec(), value))
    };
    Ok(Some((last, rows.into_iter().map(change).collect::<Result<_, Failure>>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::store::Pair;
    use crate::journal::store::brittle::Brittle;

    #[test]
    fn wherever_it_is_cut_off_all_changes_are_there_or_none() {
        let ops: Vec<Op> = vec![
            (b"o1".to_vec(), None),
            (b"o2".to_vec(), Some(b"moved".to_vec())),
            (b"p1".to_vec(), Some(b"seven".to_vec())),
        ];
        let before =
            [("o1", "ready"), ("p1", "six")].map(|(k, v)| (k.as_bytes().to_vec(), v.into()));
        let applied = |frame: u64| (layout::APPLIED.to_vec(), layout::value(&frame));
        let old: Vec<Pair> = before.into_iter().chain([applied(6)]).collect();
        let new: Vec<Pair> = [("o2", "moved"), ("p1", "seven")]
            .map(|(k, v)| (k.as_bytes().to_vec(), v.into()))
            .into_iter()
            .chain([applied(7)])
            .collect();
        let (mut olds, mut news) = (0, 0);
        for n_calls in 0.. {
            let store = Brittle::default();
            let put = |(key, value): &Pair| (key.clone(), Some(value.clone()));
            store.apply(old.iter().map(put).collect()).unwrap();
            store.takes(n_calls);
            let written = write(&store, &ops, 7);
            store.takes(usize::MAX);
            finish(&store).unwrap();
            let rows = store.rows();
            olds += usize::from(rows == old);
            news += usize::from(rows == new);
            assert_eq!(olds + news, n_calls + 1, "after {n_calls} calls: {rows:?}");
            if written.is_ok() {
                break;
            }
        }
        assert!(olds > 3 && news > 3, "{olds} and {news}");
    }
}
