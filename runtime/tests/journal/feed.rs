//! What watchers hear as it becomes durable, and what they read who were away.

use duban_runtime::entity::Kind;
use duban_runtime::feed::{FeedEntry, Place, What};
use duban_runtime::journal::Journal;
use duban_runtime::journal::subscription::{
    Heard, LOOK_BACK_FRAMES, Listener, PAGE_ENTRIES_MAX, RING_FRAMES, Rest,
};
use duban_runtime::record::{Batch, Body, Record};

use crate::restart::{open, small};
use crate::scribe::{N_PARTITIONS, Scribe, sums};

#[actix::test]
async fn whoever_listens_hears_everything_that_becomes_durable_in_order_and_can_read_it() {
    let (journal, mut scribe) = (Journal::in_memory(sums()).unwrap(), Scribe::new(1));
    scribe.commit(&journal, 0);
    let (mut one, mut other) = (journal.listen(), journal.listen());
    let written: Vec<_> = (0..60).map(|n| scribe.commit(&journal, n % N_PARTITIONS)).collect();
    let expected = entries(&written);
    let heard = next(&mut one, expected.len()).await;
    assert_eq!(heard, expected);
    assert_eq!(next(&mut other, heard.len()).await, heard, "all listeners hear the same");
    let kinds = heard.iter().map(|entry| std::mem::discriminant(&entry.what));
    let kinds: std::collections::HashSet<_> = kinds.collect();
    assert_eq!(kinds.len(), 4, "records, outcomes, quarantines and parked tells");
}

#[actix::test]
async fn a_listener_that_is_overtaken_is_told_so_and_misses_nothing_that_it_reads_on() {
    let (journal, mut scribe) = (Journal::in_memory(sums()).unwrap(), Scribe::new(2));
    let mut listener = journal.listen();
    let mut commit = |n| scribe.commit(&journal, u8::try_from(n % 4).unwrap());
    let mut written: Vec<_> = (0..2 * RING_FRAMES).map(&mut commit).collect();
    assert_eq!(listener.next().await, Heard::Missed);

    let mut known = Vec::new();
    let mut upto = Place::START;
    loop {
        let page = journal.feed_after(upto, 50).unwrap();
        known.extend(page.entries);
        upto = page.upto;
        if page.rest == Rest::Nothing {
            break;
        }
    }
    listener.skip_to(upto);
    written.extend([commit(0), commit(1)]);
    let expected = entries(&written);
    let n_left = expected.len() - known.len();
    known.extend(next(&mut listener, n_left).await);
    assert_eq!(known, expected, "nothing is missed and nothing is doubled");
}

#[test]
fn what_was_read_of_a_kind_holds_as_long_as_its_revision_stays() {
    let (journal, mut scribe) = (Journal::in_memory(sums()).unwrap(), Scribe::new(4));
    let [of_this, of_another] = [1, 2].map(|number| Kind { number, name: "some" });
    for _ in 0..40 {
        let before = journal.revision(of_this);
        let (_, batch) = scribe.commit(&journal, 0);
        let n_records = batch.entries.iter().filter(|entry| entry.after.is_some()).count();
        let n_told = journal.revision(of_this) - before;
        assert_eq!(usize::try_from(n_told).unwrap(), n_records, "told before it is answered");
    }
    assert_eq!(journal.revision(of_another), 0);
}

#[test]
fn pages_give_the_same_after_a_restart_from_any_place_and_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let mut scribe = Scribe::new(3);
    let journal = open(small(dir.path())).unwrap();
    let written: Vec<_> = (0..400_u16).map(|n| scribe.commit(&journal, (n % 4) as u8)).collect();
    journal.close().unwrap();
    let journal = open(small(dir.path())).unwrap();
    let expected = entries(&written);
    assert!(expected.len() > PAGE_ENTRIES_MAX, "{}", expected.len());

    let page = journal.feed_after(Place::START, usize::MAX).unwrap();
    assert!(page.entries.len() < PAGE_ENTRIES_MAX + 8, "{}", page.entries.len());
    assert_eq!((page.rest, page.upto < journal.place()), (Rest::More, true));
    for at in (0..expected.len()).step_by(97) {
        let page = journal.feed_after(expected[at].place, 10).unwrap();
        let n = page.entries.len();
        assert_eq!(page.entries, expected[at + 1..at + 1 + n], "after {}", expected[at].place);
        assert!((10..18).contains(&n) || page.rest == Rest::Nothing, "{n}");
    }
}

#[test]
fn whoever_begins_to_watch_sees_what_happened_last_as_far_back_as_is_looked() {
    let (journal, mut scribe) = (Journal::in_memory(sums()).unwrap(), Scribe::new(6));
    assert_eq!(journal.feed_before(Place::end_of(7), 10).unwrap(), []);
    let n_frames = LOOK_BACK_FRAMES + 50;
    let written: Vec<_> = (0..n_frames).map(|n| scribe.commit(&journal, (n % 4) as u8)).collect();
    let all = entries(&written);
    let before = |place, limit| journal.feed_before(place, limit).unwrap();
    assert_eq!(before(journal.place(), 10), all[all.len() - 10..]);
    assert_eq!(before(Place::end_of(u64::MAX), 10), all[all.len() - 10..]);
    for at in [3, all.len() / 2] {
        let expected = &all[at.saturating_sub(10)..at];
        assert_eq!(before(all[at].place, 10), expected, "before {}", all[at].place);
    }
    let seen = before(journal.place(), usize::MAX);
    assert!(seen.len() < all.len() && seen.len() <= PAGE_ENTRIES_MAX, "{}", seen.len());
}

#[test]
fn a_place_that_was_never_reached_is_taken_for_the_end() {
    let (journal, mut scribe) = (Journal::in_memory(sums()).unwrap(), Scribe::new(4));
    assert_eq!(journal.feed_after(Place::START, 10).unwrap().entries, []);
    scribe.commit(&journal, 0);
    let page = journal.feed_after(Place { frame: 9, index: 0 }, 10).unwrap();
    assert_eq!((page.entries, page.upto, page.rest), (vec![], Place::end_of(1), Rest::Nothing));
}

#[actix::test]
async fn when_the_journal_is_closed_listeners_hear_what_is_left_and_then_that_it_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(small(dir.path())).unwrap();
    let mut listener = journal.listen();
    let expected = entries(&[Scribe::new(5).commit(&journal, 0)]);
    let reader = journal.clone();
    journal.close().unwrap();
    assert_eq!(next(&mut listener, expected.len()).await, expected);
    assert_eq!(listener.next().await, Heard::Over);
    assert_eq!(reader.listen().next().await, Heard::Over);
}

/// The next `n` entries, or a few more of the last one's frame.
async fn next(listener: &mut Listener, n: usize) -> Vec<FeedEntry> {
    let mut heard: Vec<FeedEntry> = Vec::new();
    while heard.len() < n {
        let Heard::Happened(fresh) = listener.next().await else { panic!("{heard:?}") };
        assert!(!fresh.is_empty());
        heard.extend(fresh.iter().cloned());
    }
    heard
}

/// What batches mean to a watcher, each alone in its frame.
fn entries(written: &[(u64, Batch)]) -> Vec<FeedEntry> {
    let in_batch = |(frame, batch): &(u64, Batch)| {
        let frame = *frame;
        let entries = batch.entries.iter().zip(0..);
        let happened = entries.filter_map(move |(entry, index)| {
            let what = what(&entry.body)?;
            Some(FeedEntry { place: Place { frame, index }, what })
        });
        happened.collect::<Vec<_>>()
    };
    written.iter().flat_map(in_batch).collect()
}

fn what(body: &Body) -> Option<What> {
    Some(match body.clone() {
        Body::Record { record, messages, .. } => {
            What::Accepted { record: Box::new(Record::decode(&record).unwrap()), messages }
        }
        Body::Outbox { message, event } => What::Message { message, event },
        Body::Quarantined { entity, reason, at } => What::SetAside { entity, reason, at },
        Body::Tell { parked: None, .. } => return None,
        Body::Tell { taken, parked: Some((tell, reason)) } => {
            What::Parked { from_partition: taken.from_partition, tell, reason }
        }
    })
}
