//! States that were put away: read as ever, brought back by the next record, and none the worse for a restart.

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Journal;
use duban_runtime::journal::putting_away::PutAway;

use crate::model::Model;
use crate::restart::{open, small};
use crate::scribe::{N_PARTITIONS, Scribe, sums};

/// Puts away whatever has come to rest; says what.
pub(crate) fn put_away(journal: &Journal) -> Vec<EntityId> {
    let all = journal.entities(None, None, usize::MAX).unwrap().into_iter();
    let done = |id: &EntityId| journal.put_away(id, Timestamp::NEVER).unwrap() == PutAway::Done;
    all.map(|(id, _)| id).filter(done).collect()
}

#[test]
fn what_was_put_away_is_read_as_before_whatever_becomes_of_the_store() {
    for seed in 30..33 {
        let dir = tempfile::tempdir().unwrap();
        let (mut scribe, mut written, mut n_away) = (Scribe::new(seed), Vec::new(), 0);
        for _ in 0..3 {
            let journal = open(small(dir.path())).unwrap();
            for round in 0..60_u8 {
                written.push(scribe.commit(&journal, round % N_PARTITIONS));
                if round.is_multiple_of(10) {
                    assert!(journal.wait_applied(journal.head().1));
                    n_away += put_away(&journal).len();
                    Model::of(&written).check(&journal);
                }
            }
            journal.close().unwrap();
        }
        assert!(n_away > 20, "{n_away}");
        let journal = open(small(dir.path())).unwrap();
        Model::of(&written).check(&journal);
        let kept = journal.entities_as_kept(None, None, usize::MAX).unwrap();
        assert!(kept.iter().any(|(_, stored)| stored.is_put_away()));
        journal.close().unwrap();
        // A store that is made again has all of them whole.
        std::fs::remove_dir_all(dir.path().join("store")).unwrap();
        let journal = open(small(dir.path())).unwrap();
        Model::of(&written).check(&journal);
        let kept = journal.entities_as_kept(None, None, usize::MAX).unwrap();
        assert!(!kept.iter().any(|(_, stored)| stored.is_put_away()));
    }
}

#[test]
fn what_changed_lately_or_waits_for_a_timer_is_not_put_away() {
    let journal = Journal::in_memory(sums()).unwrap();
    let mut scribe = Scribe::new(7);
    (0..40_u8).for_each(|round| drop(scribe.commit(&journal, round % N_PARTITIONS)));
    let all = journal.entities(None, None, usize::MAX).unwrap();
    for (id, _) in &all {
        assert_eq!(journal.put_away(id, Timestamp::NEVER).unwrap(), PutAway::Later);
    }
    assert!(journal.wait_applied(journal.head().1));
    for (id, stored) in &all {
        let wanted = if stored.alarm.is_none() { PutAway::Done } else { PutAway::Stays };
        assert_eq!(journal.put_away(id, Timestamp::NEVER).unwrap(), wanted);
        // The second time there is nothing to do.
        assert_ne!(journal.put_away(id, Timestamp::NEVER).unwrap(), PutAway::Done);
    }
    // Nobody has to commit for the store to hear of it.
    journal.clone().close().unwrap();
    assert!(all.iter().all(|(id, _)| journal.at_hand(id).is_none()));
    let kept = journal.entities_as_kept(None, None, usize::MAX).unwrap();
    assert!(kept.iter().any(|(_, stored)| stored.is_put_away()));
}
