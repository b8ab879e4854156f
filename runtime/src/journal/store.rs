//! The ordered key-value store behind the ledger: what is in it can be thrown away and made again from the ledger.
//!
//! The journal leans on two promises only. After a crash a store holds some *prefix* of the calls of [`Store::apply`],
//! each whole or not at all. Or it cannot be opened, and is made again. It never has to be safe against a loss of power
//! at once: the ledger is.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use super::failure::Failure;

/// One change: a key and its new value, or none to remove it.
pub type Op = (Vec<u8>, Option<Vec<u8>>);
/// One row: a key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Ordered keys and values.
pub trait Store: Send + Sync + 'static {
    /// The value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure>;

    /// At most `limit` rows from `from` on, before `to_exclusive`, in the order of their keys.
    fn scan(&self, from: &[u8], to_exclusive: &[u8], limit: usize) -> Result<Vec<Pair>, Failure>;

    /// Makes all of `ops`, of which no two have the same key, at once: after a crash they are all there or none is.
    ///
    /// # Errors
    /// [`Failure::Store`]; some of them may then be visible, and the same call may be repeated.
    fn apply(&self, ops: Vec<Op>) -> Result<(), Failure>;

    /// Makes `ops` one after the other: after a crash the first few of them are there. Faster, and nobody who reads
    /// meanwhile is kept waiting.
    fn pour(&self, ops: Vec<Op>) -> Result<(), Failure> {
        ops.into_iter().try_for_each(|op| self.apply(vec![op]))
    }

    /// Whether it takes and gives nothing any more until it is opened anew; none while it may be asked again.
    fn spent(&self) -> Option<Spent> {
        None
    }

    /// Hands everything to the system, before a clean end.
    fn flush(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// A store that failed once and stays so until it is opened anew.
#[derive(Clone, Debug)]
pub enum Spent {
    /// There is no room yet to open it.
    NoRoom(Failure),
    /// Opened anew it would work again.
    Curable(Failure),
}

/// A store in memory, for tests and for journals without a directory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// Everything in it, in order.
    pub fn rows(&self) -> Vec<Pair> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.rows.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, from: &[u8], to_exclusive: &[u8], limit: usize) -> Result<Vec<Pair>, Failure> {
        if from >= to_exclusive {
            return Ok(Vec::new());
        }
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let range = (Bound::Included(from), Bound::Excluded(to_exclusive));
        let found = rows.range::<[u8], _>(range).take(limit);
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn apply(&self, ops: Vec<Op>) -> Result<(), Failure> {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in ops {
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(&key),
            };
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod brittle {
    //! A store whose disk is full after so many calls.

    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// The store. At first it takes everything.
    pub(crate) struct Brittle {
        store: MemoryStore,
        left: AtomicUsize,
        spent: Mutex<Option<Spent>>,
    }

    impl Default for Brittle {
        fn default() -> Brittle {
            Brittle {
                store: MemoryStore::new(),
                left: AtomicUsize::new(usize::MAX),
                spent: Mutex::default(),
            }
        }
    }

    impl Brittle {
        /// From now on it takes `n_calls` of [`Store::apply`] more.
        pub(crate) fn takes(&self, n_calls: usize) {
            self.left.store(n_calls, Ordering::SeqCst);
        }

        /// From now on it must be opened anew.
        pub(crate) fn spend(&self, spent: Spent) {
            *self.spent.lock().unwrap() = Some(spent);
        }

        /// Everything in it, in order.
        pub(crate) fn rows(&self) -> Vec<Pair> {
            self.store.rows()
        }
    }

    impl Store for Brittle {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
            self.store.get(key)
        }

        fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Pair>, Failure> {
            self.store.scan(from, to, limit)
        }

        fn apply(&self, ops: Vec<Op>) -> Result<(), Failure> {
            let one_less = |left: usize| left.checked_sub(1);
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).map_err(|_| {
                let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
                Failure::io("write", "store", full)
            })?;
            self.store.apply(ops)
        }

        fn spent(&self) -> Option<Spent> {
            self.spent.lock().unwrap().clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_stops_before_its_end_and_at_its_limit() {
        let store = MemoryStore::new();
        let put = |key: &str| (key.as_bytes().to_vec(), Some(b"v".to_vec()));
        store.apply(vec![put("a"), put("b"), put("c"), put("d")]).unwrap();
        store.apply(vec![(b"b".to_vec(), None)]).unwrap();

        let keys = |limit| {
            let rows = store.scan(b"a", b"d", limit).unwrap();
            rows.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(keys(10), ["a", "c"]);
        assert_eq!(keys(1), ["a"]);
        assert_eq!(store.scan(b"d", b"a", 10).unwrap(), []);
    }
}
