//! What must be true of a town's journal, whatever happened to its processes.
//!
//! Read by the journal's own readers: the verification of the ledger, its frames, and the store over it. Every case is
//! lived again from its records, event by event.

mod cases;
mod outbox;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use duban::registry;
use duban_actors::case_numbers;
use duban_rules::Sources;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{EntityId, List, ListKey};
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::ledger::verify;
use duban_runtime::journal::{Journal, Options};
use duban_runtime::partition::PARTITIONS;
use duban_runtime::record::{Body, Record};

use crate::lives::Lives;

/// More rows than a town has.
const ALL: usize = usize::MAX;

/// What was found in a journal without a fault.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub last_frame: u64,
    pub applied: u64,
    pub records: usize,
    pub cases: usize,
    /// Decided steps, and those decided much later than they were due: nobody was there.
    pub steps: usize,
    pub steps_caught_up: usize,
    pub messages: usize,
    pub delivered: usize,
    pub messages_open: usize,
    pub alarms: usize,
    pub snapshots: usize,
}

impl Findings {
    /// Nothing is due or under way any more.
    #[track_caller]
    pub(crate) fn at_rest(&self) {
        assert_eq!((self.messages_open, self.alarms), (0, 0), "{self:?}");
    }
}

/// Everything in the ledger, by entity.
pub(crate) type Histories = BTreeMap<EntityId, Vec<Record>>;

/// Checks the journal in `dir` against itself and against what its processes said.
#[track_caller]
pub(crate) fn of(dir: &Path, lives: &Lives) -> Findings {
    assert!(lives.unexpected.is_empty(), "{:#?}", lives.unexpected);
    let Sound { journal, histories, found } = sound(Options::at(dir));
    acknowledged(&histories, lives);
    outbox::sent(&journal, lives);
    journal.close().unwrap();
    found
}

/// A journal that does not contradict itself.
pub(crate) struct Sound {
    pub journal: Journal,
    pub histories: Histories,
    pub found: Findings,
}

/// Opens a journal and checks it against itself.
#[track_caller]
pub(crate) fn sound(options: Options) -> Sound {
    let dir = options.dir.clone();
    let verified = verify(&OsDisk::at(&dir), None).unwrap();
    assert!(verified.is_sound(), "{:#?}", verified.problems);
    let rules = registry::in_force(duban_rules::parse(&Sources::shipped()).0);
    let journal = Journal::open(options, registry::registry(&rules), &|_| {}).unwrap();
    let mut found = Findings {
        last_frame: journal.ledger().last_frame(),
        applied: journal.applied(),
        snapshots: std::fs::read_dir(dir.join("snapshots")).map_or(0, Iterator::count),
        ..Findings::default()
    };
    assert_eq!(verified.last, found.last_frame);
    let histories = histories(&journal);
    found.records = histories.values().map(Vec::len).sum();
    assert_eq!(verified.records, found.records as u64);
    cases::check(&journal, &histories, &mut found);
    numbered(&histories, &found);
    indexes(&journal, &mut found);
    outbox::check(&journal, &mut found);
    nothing_aside(&journal);
    Sound { journal, histories, found }
}

fn histories(journal: &Journal) -> Histories {
    assert_eq!(journal.ledger().first_frame(), 1);
    let mut histories = Histories::new();
    for frame in journal.ledger().frames_from(1) {
        for body in frame.unwrap().batches.into_iter().flat_map(|batch| batch.entries) {
            if let Body::Record { record, .. } = body {
                let record = Record::decode(&record).unwrap();
                histories.entry(record.entity.clone()).or_default().push(record);
            }
        }
    }
    for (id, records) in &histories {
        for (record, sequence) in records.iter().zip(1..) {
            assert_eq!(record.sequence, sequence, "a gap in {id}");
        }
        let ids: BTreeSet<_> = records.iter().map(|record| record.asked.id).collect();
        assert_eq!(ids.len(), records.len(), "a command of {id} was decided twice");
        assert_eq!(&journal.history(id).unwrap(), records, "{id}, walked backwards");
    }
    histories
}

/// Every acknowledged command is in the history of its case, as the record of that sequence.
fn acknowledged(histories: &Histories, lives: &Lives) {
    for ((case, command), sequence) in &lives.acknowledged {
        let id = EntityId::new(duban_actors::case::KIND, case);
        let records = histories.get(&id);
        let place = usize::try_from(*sequence).unwrap() - 1;
        let record = records.and_then(|records| records.get(place));
        let kept = record.is_some_and(|record| record.asked.id.0 == *command);
        assert!(kept, "{command:032x} was acknowledged as {id}#{sequence}, but is not there");
    }
}

/// The year's numbers are given out without a gap, one to each filed case.
fn numbered(histories: &Histories, found: &Findings) {
    let mut cases = BTreeSet::new();
    for (id, records) in histories.iter().filter(|(id, _)| id.kind == case_numbers::KIND.number) {
        let events = records.iter().flat_map(|record| {
            serde_json::from_str::<Vec<case_numbers::Event>>(&record.events).unwrap()
        });
        for (event, expected) in events.zip(1..) {
            let case_numbers::Event::Assigned { case, ordinal, .. } = event else {
                panic!("{id}: {event:?}")
            };
            assert_eq!(ordinal, expected, "a gap in the numbers of {}", id.key);
            assert!(cases.insert(case.clone()), "{} has two numbers", case.as_str());
        }
    }
    assert!(cases.len() <= found.cases);
}

/// Alarms and lists are exactly what follows from the values.
fn indexes(journal: &Journal, found: &mut Findings) {
    let mut alarms: BTreeSet<(u8, Timestamp, EntityId)> = BTreeSet::new();
    let mut lists: BTreeMap<List, BTreeSet<(String, EntityId)>> = BTreeMap::new();
    for (id, stored) in journal.entities(None, None, ALL).unwrap() {
        let rebuilt = journal.rebuilt(&id).unwrap().unwrap();
        assert_eq!(rebuilt.state, stored.state, "the live state of {id} is not the replayed one");
        assert_eq!((rebuilt.alarm, &rebuilt.lists), (stored.alarm, &stored.lists), "{id}");
        alarms.extend(stored.alarm.map(|due| (id.partition(PARTITIONS), due, id.clone())));
        for ListKey { list, order } in stored.lists {
            lists.entry(list).or_default().insert((order.into(), id.clone()));
        }
    }
    let found_alarms: BTreeSet<_> = journal
        .alarms_of_all(None)
        .map(Result::unwrap)
        .map(|alarm| (alarm.partition, alarm.due, alarm.entity))
        .collect();
    assert_eq!(found_alarms, alarms);
    found.alarms = alarms.len();
    for (list, expected) in lists {
        let rows = journal.list(&list, None, ALL).unwrap();
        let rows: BTreeSet<_> = rows.into_iter().map(|(order, id)| (order.into(), id)).collect();
        assert_eq!(rows, expected, "{list}");
    }
    for stage in ["registered", "awaiting-dispatch", "verifying", "awaiting-closing"] {
        let rows = journal.list(&List::named(format!("case/stage/{stage}")), None, ALL).unwrap();
        for (_, id) in rows {
            let view = journal.entity(&id).unwrap().unwrap();
            let listed =
                view.lists.iter().any(|key| key.list.as_str() == format!("case/stage/{stage}"));
            assert!(listed, "{id} stands in a list that it has left: {stage}");
        }
    }
}

fn nothing_aside(journal: &Journal) {
    assert!(journal.quarantined().unwrap().is_empty());
    assert_eq!(journal.parked(ALL).unwrap(), []);
}
