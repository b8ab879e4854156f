//! Finds rows of the outbox by message while frames are folded again. Rows are keyed by when they are to be looked at,
//! and the ledger names the message alone.
//!
//! Rows are claimed in about the order of their keys, so each partition is read from its beginning only as far as it
//! takes to find what is asked for, and what was passed is remembered. Rows that nobody has touched cost nothing.

use std::collections::{BTreeMap, HashMap};

use crate::clock::Timestamp;
use crate::journal::failure::Failure;
use crate::journal::layout;
use crate::journal::memtable::tables::{Tables, unclear};
use crate::journal::store::Store;
use crate::outbox::{MessageId, Row};

/// Rows read at once.
const PAGE: usize = 256;

/// Where rows stand, as far as anybody asked.
#[derive(Debug, Default)]
pub struct Rows {
    partitions: BTreeMap<u8, Passed>,
}

#[derive(Debug)]
struct Passed {
    /// Every row before this key is in `known`; rows from it on may be.
    upto: Vec<u8>,
    known: HashMap<MessageId, Timestamp>,
}

impl Rows {
    /// The row of `message`, if it is not done with.
    pub fn find(
        &mut self,
        tables: &Tables,
        store: &dyn Store,
        (partition, message): (u8, &MessageId),
    ) -> Result<Option<Row>, Failure> {
        let prefix = [layout::OUTBOX, partition];
        let fresh = || Passed { upto: prefix.to_vec(), known: HashMap::new() };
        let passed = self.partitions.entry(partition).or_insert_with(fresh);
        while !passed.known.contains_key(message) {
            let page = tables.scan(store, (&passed.upto, &layout::end_of(&prefix)), PAGE)?;
            for (key, _) in &page {
                let (next, id) =
                    layout::parse_row(key).map_err(|error| unclear("outbox", error))?;
                passed.known.insert(id, next);
            }
            match page.into_iter().last() {
                Some((last, _)) => passed.upto = layout::after(last),
                None => return Ok(None),
            }
        }
        let Some(next) = passed.known.get(message) else { return Ok(None) };
        let key = layout::row(partition, *next, message);
        let found = tables.scan(store, (&key, &layout::after(key.clone())), 1)?;
        let row = found.first().map(|(_, bytes)| layout::parse_value(bytes)).transpose();
        row.map_err(|error| unclear("outbox", error))
    }

    /// A committed row came, moved or went.
    pub fn moved(&mut self, partition: u8, message: MessageId, next: Option<Timestamp>) {
        let Some(passed) = self.partitions.get_mut(&partition) else { return };
        match next {
            Some(next) if layout::row(partition, next, &message) < passed.upto => {
                passed.known.insert(message, next);
            }
            // If it still stands, it is found again when the reading comes to it.
            Some(_) | None => drop(passed.known.remove(&message)),
        }
    }
}
