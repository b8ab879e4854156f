//! The desk of a machine, where its tenancy leaves what is to be taken up and given away.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::cluster::log::{Holding, Link, Overview};
use crate::cluster::tenancy::{Estate, Keeping};
use crate::journal::outgoing::Outgoing;

/// What becomes of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Own(u8, u64),
    Leave(u8),
}

/// See the module's words.
pub(super) struct Desk {
    outgoing: Arc<Outgoing>,
    pub(super) moves: Vec<Move>,
    pub(super) lost: Vec<u8>,
}

impl Desk {
    pub(super) fn new(outgoing: Arc<Outgoing>) -> Desk {
        Desk { outgoing, moves: Vec::new(), lost: Vec::new() }
    }
}

impl Estate for Desk {
    fn own(&mut self, partition: u8, epoch: u64) {
        self.moves.push(Move::Own(partition, epoch));
    }

    fn leave(&mut self, partitions: &[u8]) {
        self.moves.extend(partitions.iter().map(|no| Move::Leave(*no)));
    }

    /// Messages stay where they are.
    fn office(&mut self, _: Option<u64>) {}

    fn found_lost(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lost)
    }

    fn mirrored(&self) -> (u64, Link) {
        self.outgoing.safe().unwrap_or(super::member::BASE)
    }

    /// Nothing comes while one waits: the world does one thing at a time.
    fn wait_mirrored(&self, frame: u64, _: Duration) -> bool {
        self.outgoing.mirrored() >= frame
    }

    fn is_held(&self) -> bool {
        false
    }

    fn is_stuck(&self) -> bool {
        false
    }

    fn named_twice(&mut self, _: &str) {}

    fn differs(&mut self, _: &Overview, _: (u64, Link)) -> bool {
        false
    }

    fn keeps_from(&self, _: &Overview) -> Option<Keeping> {
        None
    }

    fn seen(&mut self, _: &Overview, _: &BTreeMap<Holding, u64>) {}
}
