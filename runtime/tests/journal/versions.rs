//! States written in an older form: they are read as the history gives them in today's.

use std::path::Path;
use std::sync::Arc;

use duban_runtime::entity::Corrupt;
use duban_runtime::journal::Journal;
use duban_runtime::record::{Fold, Record, Stored};

use crate::damage::copied;
use crate::restart::{open, small};
use crate::scribe::{N_PARTITIONS, Scribe, Sums};

/// The version of [`Squares`].
const VERSION: u16 = 2;

/// A later edition of the same domain, which keeps another state: the sum of squares.
struct Squares;

impl Fold for Squares {
    fn fold(
        &self,
        before: Option<&Stored>,
        record: &Record,
        chain: u32,
        frame: u64,
    ) -> Result<Stored, Corrupt> {
        let sum: u64 = match before {
            Some(before) if before.state_version == VERSION => {
                postcard::from_bytes(&before.state).map_err(|e| Corrupt(e.to_string()))?
            }
            Some(_) => return Err(Corrupt("a state of the older edition".into())),
            None => 0,
        };
        let added = added(record)?;
        let none = before.map(|before| Stored { state: vec![0].into(), ..before.clone() });
        let stored = Sums.fold(none.as_ref(), record, chain, frame)?;
        let state = postcard::to_stdvec(&(sum + added * added)).unwrap_or_default().into();
        Ok(Stored { state_version: VERSION, state, ..stored })
    }

    fn state_version(&self, _kind: u8) -> Option<u16> {
        Some(VERSION)
    }
}

/// What a record adds.
fn added(record: &Record) -> Result<u64, Corrupt> {
    #[derive(serde::Deserialize)]
    struct Added {
        add: u64,
    }
    let read: Result<Added, _> = serde_json::from_str(&record.events);
    read.map(|read| read.add).map_err(|error| Corrupt(error.to_string()))
}

#[test]
fn a_state_of_an_older_version_is_made_again_from_its_history_wherever_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path()).close().unwrap();
    a_later_edition_reads(dir.path());
}

#[test]
fn a_later_edition_goes_on_where_an_older_one_was_killed() {
    let dir = tempfile::tempdir().unwrap();
    let journal = written(dir.path());
    let killed = copied(dir.path());
    journal.close().unwrap();
    a_later_edition_reads(killed.path());
}

fn written(dir: &Path) -> Journal {
    let journal = open(small(dir)).unwrap();
    let mut scribe = Scribe::new(11);
    for round in 0..200_u8 {
        scribe.commit(&journal, round % N_PARTITIONS);
    }
    journal
}

fn a_later_edition_reads(dir: &Path) {
    let later = Journal::open(small(dir), Arc::new(Squares), &|_| {}).unwrap();
    let all = later.entities(None, None, usize::MAX).unwrap();
    assert!(all.len() > 40, "{}", all.len());
    for (id, stored) in all {
        let squares = later
            .history(&id)
            .unwrap()
            .iter()
            .fold(0, |sum, record| sum + added(record).unwrap().pow(2));
        for read in [stored, later.entity(&id).unwrap().unwrap()] {
            assert_eq!(read.state_version, VERSION);
            assert_eq!(postcard::from_bytes::<u64>(&read.state), Ok(squares), "{id}");
        }
    }
    later.close().unwrap();
}
