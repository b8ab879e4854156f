//! A process that ends between any two calls to the store: the next start makes good whatever was left half done.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use duban_runtime::journal::backlog::Limits;
use duban_runtime::journal::disk::MemoryDisk;
use duban_runtime::journal::store::{MemoryStore, Op, Pair, Store};
use duban_runtime::journal::{Failure, Journal};

use crate::model::Model;
use crate::put_away::put_away;
use crate::scribe::{N_PARTITIONS, Scribe, sums};

#[test]
fn a_store_cut_off_after_any_call_is_brought_up_to_the_ledger() {
    for seed in 20..23 {
        let (disk, told, model) = written(seed);
        for n_calls in 0..=told.len() {
            for n_bytes_max in [300, 2_000, 100_000] {
                let store = cut(&told, n_calls);
                let journal =
                    Journal::over(disk.copy(), Arc::new(store), sums(), limits(n_bytes_max));
                model.check(&journal.unwrap());
            }
        }
    }
}

#[test]
fn a_store_cut_off_again_while_it_is_brought_up_is_none_the_worse() {
    let (disk, told, model) = written(23);
    let mut dice = Scribe::new(1);
    for n_calls in 0..=told.len() {
        let again = Arc::new(Told::over(cut(&told, n_calls)));
        let first = 300 + usize::try_from(dice.below(3_000)).unwrap();
        drop(Journal::over(disk.copy(), again.clone(), sums(), limits(first)).unwrap());
        let told_again = again.calls();
        let n_again =
            usize::try_from(dice.below(u64::try_from(told_again.len()).unwrap() + 1)).unwrap();
        let store = cut(&told, n_calls);
        told_again.into_iter().take(n_again).for_each(|ops| store.apply(ops).unwrap());
        let second = 300 + usize::try_from(dice.below(3_000)).unwrap();
        model.check(&Journal::over(disk.copy(), Arc::new(store), sums(), limits(second)).unwrap());
    }
}

/// A ledger, every call that the store behind it was told, and what follows from it all.
fn written(seed: u64) -> (MemoryDisk, Vec<Vec<Op>>, Model) {
    let (disk, store) = (MemoryDisk::new(), Arc::new(Told::default()));
    let journal = Journal::over(disk.clone(), store.clone(), sums(), limits(1_500)).unwrap();
    let (mut scribe, mut batches) = (Scribe::new(seed), Vec::new());
    for round in 0..40_u8 {
        batches.push(scribe.commit(&journal, round % N_PARTITIONS));
        if round % 20 == 10 {
            assert!(journal.wait_applied(journal.head().1));
            put_away(&journal);
        }
    }
    drop(journal);
    (disk, store.calls(), Model::of(&batches))
}

fn limits(n_bytes_max: usize) -> Limits {
    Limits { n_bytes_max, lag_max: Duration::from_secs(1), n_at_once_max: 8 }
}

/// What a store holds after the first `n_calls`.
fn cut(told: &[Vec<Op>], n_calls: usize) -> MemoryStore {
    let store = MemoryStore::new();
    told.iter().take(n_calls).for_each(|ops| store.apply(ops.clone()).unwrap());
    store
}

/// A store that takes small pieces and remembers every one of them.
#[derive(Default)]
struct Told {
    store: MemoryStore,
    calls: Mutex<Vec<Vec<Op>>>,
}

impl Told {
    fn over(store: MemoryStore) -> Told {
        Told { store, calls: Mutex::default() }
    }

    fn calls(&self) -> Vec<Vec<Op>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Store for Told {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        self.store.get(key)
    }

    fn scan(&self, from: &[u8], to_exclusive: &[u8], limit: usize) -> Result<Vec<Pair>, Failure> {
        self.store.scan(from, to_exclusive, limit)
    }

    fn apply(&self, ops: Vec<Op>) -> Result<(), Failure> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(ops.clone());
        self.store.apply(ops)
    }
}
