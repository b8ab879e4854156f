//! What verifying finds.

use super::history::History;
use super::{TAIL, append, open, open_small};
use crate::clock::Timestamp;
use crate::entity::EntityId;
use crate::journal::disk::{Disk as _, MemoryDisk};
use crate::journal::frame::{Flaw, Hash};
use crate::journal::ledger::{Anchor, Problem, Report, What, verify};
use crate::outbox::{MessageId, RowEvent};
use crate::record::{BatchOnDisk, Body, Previous, Record};

#[test]
fn a_sound_ledger_has_no_problem_sealed_or_not() {
    let disk = MemoryDisk::new();
    let mut ledger = open_small(disk.clone());
    append(&mut ledger, &mut History::default(), 60);
    let raw = verified(&disk, None);
    assert_eq!((raw.frames, raw.last, raw.head), (60, 60, ledger.head()));
    assert_eq!((raw.records, raw.entities, raw.messages), (150, 12, 150));
    assert_eq!(raw.problems, []);
    assert!(raw.messages_open >= 75 && raw.is_sound(), "{raw:?}");
    while ledger.sealer().seal_next().unwrap().is_some() {}
    assert_eq!(verified(&disk, None), raw);
}

#[test]
fn an_empty_ledger_is_sound() {
    let disk = MemoryDisk::new();
    assert!(verified(&disk, None).is_sound());
    open(disk.clone());
    assert!(verified(&disk, None).is_sound());
}

#[test]
fn an_altered_byte_is_found_with_its_place_and_the_rest_is_read() {
    let (disk, starts) = six_frames();
    let mut bytes = disk.bytes(TAIL).unwrap();
    bytes[starts[2] + 100] ^= 1;
    disk.overwrite(TAIL, bytes);
    let report = verified(&disk, None);
    assert_eq!(report.frames, 5);
    let place = u64::try_from(starts[2]).unwrap();
    assert_eq!(report.problems[0], problem(place, 3, What::Flaw(Flaw::Body)));
    let missing = What::Missing(3, 3);
    assert_eq!(report.problems[1], problem(u64::try_from(starts[3]).unwrap(), 4, missing));
}

#[test]
fn a_missing_frame_is_found() {
    let (disk, starts) = six_frames();
    let mut bytes = disk.bytes(TAIL).unwrap();
    bytes.drain(starts[2]..starts[3]);
    disk.overwrite(TAIL, bytes);
    let report = verified(&disk, None);
    let place = u64::try_from(starts[2]).unwrap();
    assert_eq!(report.problems[0], problem(place, 4, What::Missing(3, 3)));
    let gaps = report.problems.iter().filter(|found| matches!(found.what, What::EntityGap { .. }));
    assert!(gaps.count() > 0, "{:?}", report.problems);
}

#[test]
fn a_frame_exchanged_for_another_sound_one_breaks_the_chain() {
    let (disk, starts) = six_frames();
    let mut bytes = disk.bytes(TAIL).unwrap();
    let other = MemoryDisk::new();
    let mut ledger = open(other.clone());
    let mut history = History::default();
    history.group(4);
    let at = |disk: &MemoryDisk| disk.bytes(TAIL).unwrap().len();
    ledger.append(&history.group(1)).unwrap();
    let from = at(&other);
    ledger.append(&history.group(1)).unwrap();
    bytes.splice(starts[1]..starts[2], other.bytes(TAIL).unwrap().drain(from..));
    disk.overwrite(TAIL, bytes);
    let report = verified(&disk, None);
    let chain: Vec<u64> = report
        .problems
        .iter()
        .filter(|found| matches!(found.what, What::Flaw(Flaw::Chain { .. })))
        .map(|found| found.frame)
        .collect();
    assert_eq!(chain, [2, 3]);
}

#[test]
fn a_torn_end_is_counted_and_no_problem() {
    let (disk, starts) = six_frames();
    let bytes = disk.bytes(TAIL).unwrap();
    disk.overwrite(TAIL, bytes[..starts[5] + 70].to_vec());
    let report = verified(&disk, None);
    assert_eq!((report.frames, report.torn_bytes), (5, 70));
    assert!(report.is_sound());
}

#[test]
fn a_lost_segment_is_found() {
    let disk = MemoryDisk::new();
    append(&mut open_small(disk.clone()), &mut History::default(), 60);
    disk.clone().remove(TAIL).unwrap();
    let report = verified(&disk, None);
    assert!(matches!(report.problems[0].what, What::Missing(1, _)), "{:?}", report.problems);
}

#[test]
fn an_anchor_is_met_while_nothing_before_it_was_altered() {
    let disk = MemoryDisk::new();
    let mut ledger = open(disk.clone());
    let mut history = History::default();
    append(&mut ledger, &mut history, 4);
    let printed = ledger.head();
    append(&mut ledger, &mut history, 4);
    assert_eq!(verified(&disk, Some(printed)).anchor, Anchor::Frame(4));
    assert!(verified(&disk, Some(printed)).is_sound());
}

#[test]
fn a_ledger_written_anew_does_not_meet_the_anchor() {
    let disk = MemoryDisk::new();
    let mut ledger = open(disk.clone());
    append(&mut ledger, &mut History::default(), 4);
    let printed = ledger.head();
    // Whoever forges a ledger with all its chains is found out by the hash on paper alone.
    let forged = MemoryDisk::new();
    let mut history = History::default();
    let mut ledger = open(forged.clone());
    for _ in 0..4 {
        ledger.append(&history.group(2)).unwrap();
    }
    assert!(verified(&forged, None).is_sound());
    let report = verified(&forged, Some(printed));
    assert_eq!(report.anchor, Anchor::Absent);
    assert!(!report.is_sound());
}

#[test]
fn a_record_left_out_and_a_record_there_twice_are_found() {
    let key = EntityId { kind: 1, key: "0-1".into() };
    let found = audited(|groups| groups[2][0].entries.retain(|body| !is_of(body, &key)));
    assert!(gap(&found, &key, 1), "{found:?}");
    let found = audited(|groups| {
        let twice = groups[2][0].entries.iter().find(|body| is_of(body, &key)).unwrap().clone();
        groups[2][0].entries.push(twice);
    });
    assert!(gap(&found, &key, 2), "{found:?}");
}

#[test]
fn a_record_altered_inside_a_sound_frame_breaks_its_entitys_chain() {
    let key = EntityId { kind: 1, key: "0-1".into() };
    let found = audited(|groups| {
        let body = groups[2][0].entries.iter_mut().find(|body| is_of(body, &key)).unwrap();
        if let Body::Record { record, .. } = body {
            let mut altered = Record::decode(record).unwrap();
            altered.asked.by = "somebody else".into();
            *record = altered.encode().0;
        }
    });
    assert_eq!(found, [What::EntityChain(key)]);
}

#[test]
fn a_wrong_place_of_the_record_before_is_found() {
    let found = audited(|groups| {
        if let Body::Record { previous, .. } = &mut groups[5][0].entries[0] {
            *previous = Previous::Frame(5);
        }
    });
    assert!(matches!(found.as_slice(), [What::Previous(_)]), "{found:?}");
}

#[test]
fn an_outcome_of_an_unknown_message_and_a_second_outcome_are_found() {
    let delivered = RowEvent::Delivered(Timestamp::from_millis(0));
    let unknown =
        MessageId { entity: EntityId { kind: 9, key: "x".into() }, sequence: 1, index: 0 };
    let message = unknown.clone();
    let event = delivered.clone();
    let found = audited(|groups| {
        groups[8][0].entries.push(Body::Outbox { message, event });
    });
    assert_eq!(found, [What::UnknownMessage(unknown)]);

    let found = audited(|groups| {
        let outcome = |body: &&Body| matches!(body, Body::Outbox { .. });
        let second = groups[8][0].entries.iter().find(outcome).unwrap().clone();
        groups[8][0].entries.push(second);
    });
    assert!(matches!(found.as_slice(), [What::DoubleOutcome(_)]), "{found:?}");
}

#[test]
fn a_lost_batch_and_a_lost_tell_are_found() {
    let found = audited(|groups| {
        groups[2].clear();
    });
    let count = |what: &What| matches!(what, What::Count { partition: 0, .. });
    let before = |what: &What| matches!(what, What::FrameBefore { partition: 0, .. });
    let tells = |what: &What| matches!(what, What::Tells { from: 0, to: 0, .. });
    // The first batch of partition 0 is gone; nothing is known of its count before the second.
    assert!(found.iter().any(before) && found.iter().any(tells), "{found:?}");
    let found = audited(|groups| groups[5].clear());
    assert!(found.iter().any(count) && found.iter().any(before), "{found:?}");
}

#[test]
fn a_tell_taken_that_was_never_sent_is_found() {
    let found = audited(|groups| {
        for body in &mut groups[5][0].entries {
            if let Body::Tell { taken, .. } = body {
                taken.number += 1;
            }
        }
    });
    assert!(found.iter().any(|what| matches!(what, What::Taken { .. })), "{found:?}");
}

#[track_caller]
fn verified(disk: &MemoryDisk, anchor: Option<Hash>) -> Report {
    verify(disk.reader().as_ref(), anchor).unwrap()
}

/// What verifying finds in nine frames whose content was changed before they were written.
#[track_caller]
fn audited(change: impl FnOnce(&mut Vec<Vec<BatchOnDisk>>)) -> Vec<What> {
    let mut history = History::default();
    let mut groups: Vec<_> = (1..=9).map(|frame| history.group(frame % 4 + 1)).collect();
    change(&mut groups);
    let disk = MemoryDisk::new();
    let mut ledger = open(disk.clone());
    for group in &groups {
        ledger.append(group).unwrap();
    }
    verified(&disk, None).problems.into_iter().map(|problem| problem.what).collect()
}

fn is_of(body: &Body, entity: &EntityId) -> bool {
    matches!(body, Body::Record { record, .. } if Record::decode(record).unwrap().entity == *entity)
}

fn gap(found: &[What], of: &EntityId, at: u64) -> bool {
    found.iter().any(|what| {
        matches!(what, What::EntityGap { entity, expected, .. } if entity == of && *expected == at)
    })
}

fn problem(offset: u64, frame: u64, what: What) -> Problem {
    Problem { segment: TAIL.to_owned(), offset, frame, what }
}

/// Six frames, and where each begins.
fn six_frames() -> (MemoryDisk, Vec<usize>) {
    let disk = MemoryDisk::new();
    let mut ledger = open(disk.clone());
    let mut history = History::default();
    let start = |_| {
        let start = disk.bytes(TAIL).unwrap().len();
        append(&mut ledger, &mut history, 1);
        start
    };
    let starts = (0..6).map(start).collect();
    (disk, starts)
}
