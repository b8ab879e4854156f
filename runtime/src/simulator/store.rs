//! A store that, after a crash, is as it was after one of the last calls, or cannot be opened.
//!
//! These are the two promises that the journal leans on; that the real store keeps them is tested with the real store.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::dice::Dice;
use super::tally::{Kind, Tally};
use crate::journal::Failure;
use crate::journal::store::{Op, Pair, Store};

/// A process's handle on the store; another life's is dead.
#[derive(Clone, Debug)]
pub(super) struct SimStore {
    shelf: Arc<Mutex<Shelf>>,
    life: u64,
}

#[derive(Debug)]
struct Shelf {
    dice: Dice,
    tally: Tally,
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    durable: BTreeMap<Vec<u8>, Vec<u8>>,
    log: Vec<Vec<Op>>,
    life: u64,
    /// Calls until the process dies.
    fuse: Option<u64>,
    /// Calls fail once in so many.
    refuses: u64,
}

/// How a store is found after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// As it was at some moment.
    Usable,
    /// Not to be opened: it is empty.
    Nothing,
}

impl SimStore {
    pub(super) fn new(dice: Dice, tally: Tally) -> SimStore {
        let shelf = Shelf {
            dice,
            tally,
            rows: BTreeMap::new(),
            durable: BTreeMap::new(),
            log: Vec::new(),
            life: 0,
            fuse: None,
            refuses: 0,
        };
        SimStore { shelf: Arc::new(Mutex::new(shelf)), life: 0 }
    }

    pub(super) fn crash(&self, unopenable_once_in: u64) -> (SimStore, Found) {
        let mut shelf = self.lock();
        let log = std::mem::take(&mut shelf.log);
        let kept = shelf.dice.place(log.len() + 1);
        if kept < log.len() {
            shelf.tally.count(Kind::StoreLostWrites);
        }
        let mut durable = std::mem::take(&mut shelf.durable);
        for ops in log.into_iter().take(kept) {
            make(&mut durable, ops);
        }
        let found = if shelf.dice.once_in(unopenable_once_in) {
            shelf.tally.count(Kind::StoreUnopenable);
            durable.clear();
            Found::Nothing
        } else {
            Found::Usable
        };
        shelf.rows = durable.clone();
        shelf.durable = durable;
        shelf.life += 1;
        shelf.fuse = None;
        let life = shelf.life;
        drop(shelf);
        (SimStore { shelf: Arc::clone(&self.shelf), life }, found)
    }

    /// Empties it.
    pub(super) fn wipe(&self) {
        let mut shelf = self.lock();
        shelf.rows.clear();
        shelf.durable.clear();
        shelf.log.clear();
    }

    /// The process dies with the `calls`-th change from now.
    pub(super) fn die_after(&self, calls: u64) {
        self.lock().fuse = Some(calls);
    }

    pub(super) fn live_on(&self) {
        self.lock().fuse = None;
    }

    pub(super) fn is_dead(&self) -> bool {
        self.lock().fuse == Some(0)
    }

    pub(super) fn refuse_once_in(&self, n: u64) {
        self.lock().refuses = n;
    }

    /// Everything in it.
    pub(super) fn rows(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.lock().rows.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make(rows: &mut BTreeMap<Vec<u8>, Vec<u8>>, ops: Vec<Op>) {
    for (key, value) in ops {
        match value {
            Some(value) => rows.insert(key, value),
            None => rows.remove(&key),
        };
    }
}

fn refused() -> Failure {
    Failure::store("do it", std::io::Error::from_raw_os_error(5))
}

impl Store for SimStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.lock().rows.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to_exclusive: &[u8], limit: usize) -> Result<Vec<Pair>, Failure> {
        if from >= to_exclusive {
            return Ok(Vec::new());
        }
        let shelf = self.lock();
        let range = (Bound::Included(from), Bound::Excluded(to_exclusive));
        let found = shelf.rows.range::<[u8], _>(range).take(limit);
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn apply(&self, ops: Vec<Op>) -> Result<(), Failure> {
        let mut shelf = self.lock();
        if shelf.life != self.life || shelf.fuse == Some(0) {
            return Err(refused());
        }
        let refuses = shelf.refuses;
        if shelf.dice.once_in(refuses) {
            shelf.tally.count(Kind::StoreRefused);
            return Err(refused());
        }
        make(&mut shelf.rows, ops.clone());
        shelf.log.push(ops);
        if let Some(left) = &mut shelf.fuse {
            *left -= 1;
        }
        // Now and then the system writes some of it of its own accord.
        if shelf.dice.once_in(3) {
            let n = shelf.log.len();
            let n = shelf.dice.place(n + 1);
            let log: Vec<Vec<Op>> = shelf.log.drain(..n).collect();
            for ops in log {
                make(&mut shelf.durable, ops);
            }
        }
        Ok(())
    }
}
