//! The applier: brings the store up to the ledger, one generation at a time.
//!
//! A generation may hold tens of thousands of keys. One atomic batch of that size would keep every reader of sled out
//! for its whole length, so it goes key by key, and `applied` at the end. The order makes that safe against a crash
//! between any two of them:
//!
//! 0. *the head* of the ledger: whoever has anything of a frame bears witness that the frame was there.
//! 1. *derived* keys (alarms, places in lists): they follow from the entities' values. If the crash comes here, the
//!    entities still have their old values; the ledger's frames after `applied` are folded again, and every key that
//!    came or went in them is put or removed again, even one that comes and goes within the new generation.
//! 2. *entities*: a new value proves that all of step 1 is there, since a store keeps a prefix of what it was told.
//!    The recovery leaves out records that such a value already includes.
//! 3. *the rest*, with `applied`: outbox rows, tells, marks. These do not follow from a value, so they must be exactly
//!    as they were at `applied`, and are: a few are made at once, many by way of [`super::staging`].

use std::sync::Arc;

use super::backlog::Backlog;
use super::failure::Failure;
use super::staging;
use super::store::Op;

/// Applies generations. Not a thread: whoever owns it calls [`Applier::apply_once`].
#[derive(Debug)]
pub struct Applier {
    backlog: Arc<Backlog>,
    onto: Onto,
}

/// What an applier writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// A store that is read meanwhile.
    Living,
    /// One that is being made, and of no use to anybody before it is.
    Making,
}

impl Applier {
    /// The applier of `backlog`.
    pub fn new(backlog: Arc<Backlog>, onto: Onto) -> Applier {
        Applier { backlog, onto }
    }

    /// Brings everything committed so far into the store; tells up to which frame, none when there was nothing.
    ///
    /// # Errors
    /// [`Failure::Store`]; the same generation is tried again by the next call.
    pub fn apply_once(&mut self) -> Result<Option<u64>, Failure> {
        let _changing = self.backlog.still();
        let Some(generation) = self.backlog.freeze() else { return Ok(None) };
        let (store, frame) = (self.backlog.store(), generation.frame());
        self.backlog.wait_secured(frame)?;
        let frozen = generation.freeze();
        store.pour(frozen.head)?;
        store.pour(frozen.derived)?;
        store.pour(frozen.entities)?;
        self.rest(frozen.rest, frame)?;
        drop(generation);
        self.backlog.thaw(frame);
        Ok(Some(frame))
    }

    fn rest(&self, rest: Vec<Op>, frame: u64) -> Result<(), Failure> {
        let store = self.backlog.store();
        match self.onto {
            Onto::Making => store.pour(rest),
            Onto::Living if rest.len() <= self.backlog.n_at_once() => store.apply(rest),
            Onto::Living => staging::write(store, &rest, frame),
        }
    }
}
