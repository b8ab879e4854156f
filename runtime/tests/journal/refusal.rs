//! What a journal does when the disk lets it down.

use std::sync::{Arc, mpsc};

use duban_runtime::journal::backlog::Limits;
use duban_runtime::journal::disk::MemoryDisk;
use duban_runtime::journal::store::MemoryStore;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::record::Batch;

use crate::model::Model;
use crate::scribe::{Scribe, sums};

#[test]
fn a_full_disk_refuses_a_batch_and_takes_it_when_there_is_room() {
    let disk = MemoryDisk::new();
    let journal = over(&disk);
    let mut scribe = Scribe::new(1);
    let mut written = vec![scribe.commit(&journal, 0)];
    let batch = scribe.batch(0, 3);

    disk.leave_space(Some(40));
    assert!(journal.trouble().is_none());
    assert!(submitted(&journal, &batch).unwrap().is_err_and(|failure| failure.is_full()));
    let first = journal.trouble().expect("it says why nothing is committed");
    assert!(first.failure.is_full());
    assert!(submitted(&journal, &batch).unwrap().is_err());
    assert_eq!(journal.trouble().map(|trouble| trouble.since), Some(first.since));
    Model::of(&written).check(&journal);

    disk.leave_space(None);
    let frame = submitted(&journal, &batch).unwrap().unwrap();
    scribe.committed(&batch, frame);
    written.push((frame, batch));
    assert!(journal.trouble().is_none(), "it is over with the next commit");
    Model::of(&written).check(&journal);
}

#[test]
fn nobody_is_answered_after_a_failed_sync() {
    let disk = MemoryDisk::new();
    let journal = over(&disk);
    let batch = Scribe::new(1).batch(0, 3);
    disk.fail_syncs();
    assert!(submitted(&journal, &batch).is_none());
}

fn over(disk: &MemoryDisk) -> Journal {
    Journal::over(disk.clone(), Arc::new(MemoryStore::new()), sums(), Limits::default()).unwrap()
}

/// The answer; none if nobody answers any more.
fn submitted(journal: &Journal, batch: &Batch) -> Option<Result<u64, Failure>> {
    let (told, answer) = mpsc::channel();
    journal.submit(batch.clone(), Box::new(move |result| told.send(result).unwrap()));
    answer.recv().ok()
}
