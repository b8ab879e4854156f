//! States written in an older form: they are read as the history gives them in today's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use duban_runtime::entity::Corrupt;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::recovery::{Progress, Step};
use duban_runtime::journal::sled::SledStore;
use duban_runtime::journal::snapshot::loading::{Loaded, load};
use duban_runtime::journal::store::Store as _;
use duban_runtime::journal::{Failure, Journal, layout};
use duban_runtime::record::{Fold, Record, Stored};

use crate::damage::{copied, copy_all, files_of};
use crate::restart::{idle, open, small};
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

/// An edition that folds as another one does, and says its version in its own way.
struct Saying<F>(F, fn() -> u16);

impl<F: Fold> Fold for Saying<F> {
    fn fold(
        &self,
        before: Option<&Stored>,
        record: &Record,
        chain: u32,
        frame: u64,
    ) -> Result<Stored, Corrupt> {
        self.0.fold(before, record, chain, frame)
    }

    fn state_version(&self, _kind: u8) -> Option<u16> {
        Some((self.1)())
    }
}

/// The edition before [`Squares`], which says so.
fn sums_of_one() -> Arc<dyn Fold> {
    Arc::new(Saying(Sums, || 1))
}

/// As [`Squares`], but it takes its time to tell its versions: sled, which writes when it is opened and half a second
/// later, has then written before it is told of them.
fn unhurried() -> Arc<dyn Fold> {
    Arc::new(Saying(Squares, || {
        (0..100).for_each(|_| thread::yield_now());
        VERSION
    }))
}

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

#[test]
fn a_store_of_an_older_edition_is_made_again_once_when_it_is_opened_and_says_how_far_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let frames = written_by_an_edition_that_says_so(dir.path());
    assert_eq!(folded(dir.path(), sums_of_one()), []);
    let told = folded(dir.path(), Arc::new(Squares));
    assert_eq!(told.last(), Some(&(frames, frames)), "{told:?}");
    assert!(told.len() > 1, "{told:?}");
    a_later_edition_reads(dir.path());
    assert_eq!(folded(dir.path(), Arc::new(Squares)), []);
}

#[test]
fn a_store_that_does_not_say_its_forms_is_made_again_for_an_edition_that_has_some() {
    let dir = tempfile::tempdir().unwrap();
    let frames = written_by_an_edition_that_says_so(dir.path());
    let store = SledStore::open(&dir.path().join("store"), small(dir.path()).store).unwrap();
    store.apply(vec![(layout::FORMS.to_vec(), None)]).unwrap();
    drop(store);
    let told = folded(dir.path(), Arc::new(Squares));
    assert_eq!(told.last(), Some(&(frames, frames)), "{told:?}");
    a_later_edition_reads(dir.path());
}

#[test]
fn a_kill_while_a_store_is_made_again_for_a_later_edition_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    written_by_an_edition_that_says_so(dir.path());
    let killed = Mutex::new(None);
    let progress = |progress: Progress| {
        if progress.step == Step::Fold && progress.done < progress.total {
            killed.lock().unwrap().get_or_insert_with(|| copied(dir.path()));
        }
    };
    Journal::open(small(dir.path()), Arc::new(Squares), &progress).unwrap().close().unwrap();
    let killed = killed.into_inner().unwrap().expect("a kill halfway");
    a_later_edition_reads(killed.path());
}

#[test]
fn a_base_snapshot_of_an_older_edition_is_passed_over_while_the_ledger_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let frames = written_by_an_edition_that_says_so(dir.path());
    let journal = Journal::open(small(dir.path()), sums_of_one(), &|_| {}).unwrap();
    journal.snapshot().unwrap();
    journal.close().unwrap();
    let told = folded(dir.path(), Arc::new(Squares));
    assert_eq!(told.last(), Some(&(frames, frames)), "{told:?}");
    a_later_edition_reads(dir.path());
}

#[test]
fn a_whole_base_snapshot_of_an_older_edition_is_told_apart_from_one_that_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    written_by_an_edition_that_says_so(dir.path());
    let journal = Journal::open(small(dir.path()), sums_of_one(), &|_| {}).unwrap();
    let span = journal.snapshot().unwrap();
    journal.close().unwrap();
    let loaded = |version: u16| {
        let store = tempfile::tempdir().unwrap();
        let store = SledStore::open(store.path(), small(dir.path()).store).unwrap();
        let is_readable = |_: u8, of: u16| of == version;
        load(&OsDisk::at(dir.path()), span, &store, &is_readable, &|_| {})
    };
    assert_eq!([loaded(1).unwrap(), loaded(2).unwrap()], [Loaded::Whole, Loaded::OfOtherForms]);
    let file = dir.path().join(span.file());
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(loaded(1), Err(Failure::Corrupt { .. })));
}

#[test]
fn a_store_of_an_older_edition_is_gone_on_with_where_older_segments_are_gone_and_made_again_when_they_are_back()
 {
    let dir = tempfile::tempdir().unwrap();
    let frames = written_by_an_edition_that_says_so(dir.path());
    let mut segments = files_of(&dir.path().join("ledger"));
    segments.sort();
    let first = segments.remove(0);
    let elsewhere = dir.path().join("elsewhere");
    fs::rename(&first, &elsewhere).unwrap();
    for _ in 0..2 {
        assert_eq!(folded(dir.path(), Arc::new(Squares)), []);
    }
    assert!(!dir.path().join("store.aside").exists(), "there is no other");
    let later = Journal::open(small(dir.path()), Arc::new(Squares), &|_| {}).unwrap();
    let all = later.entities(None, None, usize::MAX).unwrap();
    assert!(all.len() > 40, "{}", all.len());
    for (id, stored) in all {
        let is_whole = later.history(&id).is_ok();
        assert_eq!(stored.state_version, if is_whole { VERSION } else { 1 }, "{id}");
    }
    later.close().unwrap();
    fs::rename(&elsewhere, &first).unwrap();
    assert_eq!(folded(dir.path(), Arc::new(Squares)).last(), Some(&(frames, frames)));
    a_later_edition_reads(dir.path());
}

#[test]
fn the_store_of_the_edition_before_is_kept_where_there_are_base_snapshots() {
    let dir = tempfile::tempdir().unwrap();
    written_by_an_edition_that_says_so(dir.path());
    let journal = Journal::open(small(dir.path()), sums_of_one(), &|_| {}).unwrap();
    journal.snapshot().unwrap();
    journal.close().unwrap();
    folded(dir.path(), Arc::new(Squares));
    is_of_the_edition_before(&dir.path().join("store.aside"));
}

#[test]
fn the_store_of_the_edition_before_is_kept_when_its_successor_was_cut_off_and_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    written_by_an_edition_that_says_so(dir.path());
    let killed = Mutex::new(None);
    let progress = |progress: Progress| {
        if progress.step == Step::Fold && progress.done < progress.total {
            killed.lock().unwrap().get_or_insert_with(|| {
                let killed = copied(dir.path());
                copy_all(&dir.path().join("store.aside"), &killed.path().join("store.aside"));
                killed
            });
        }
    };
    Journal::open(small(dir.path()), Arc::new(Squares), &progress).unwrap().close().unwrap();
    let killed = killed.into_inner().unwrap().expect("a kill halfway");
    folded(killed.path(), Arc::new(Squares));
    is_of_the_edition_before(&killed.path().join("store.aside"));
    a_later_edition_reads(killed.path());
}

#[test]
fn the_store_of_the_edition_before_is_kept_when_its_successor_is_killed_as_soon_as_it_is_made() {
    let dir = tempfile::tempdir().unwrap();
    // So little that the store is made before sled writes for the second time.
    written_in(200, dir.path());
    let journal = Journal::open(idle(dir.path()), unhurried(), &|_| {}).unwrap();
    let killed = copied(dir.path());
    copy_all(&dir.path().join("store.aside"), &killed.path().join("store.aside"));
    journal.close().unwrap();
    folded(killed.path(), Arc::new(Squares));
    is_of_the_edition_before(&killed.path().join("store.aside"));
    a_later_edition_reads(killed.path());
}

#[test]
fn the_store_of_the_edition_before_is_kept_when_there_is_no_other_to_take_its_place() {
    let dir = tempfile::tempdir().unwrap();
    written_by_an_edition_that_says_so(dir.path());
    folded(dir.path(), Arc::new(Squares));
    let (store, aside) = (dir.path().join("store"), dir.path().join("store.aside"));
    fs::remove_dir_all(&store).unwrap();
    folded(dir.path(), Arc::new(Squares));
    is_of_the_edition_before(&aside);
    // As a kill leaves it that comes at once.
    fs::remove_dir_all(&store).unwrap();
    fs::create_dir(&store).unwrap();
    folded(dir.path(), Arc::new(Squares));
    is_of_the_edition_before(&aside);
}

/// Every state in the store in `dir` has the form of [`sums_of_one`], and so it says.
#[track_caller]
fn is_of_the_edition_before(dir: &Path) {
    assert!(dir.exists(), "it is gone");
    let store = SledStore::open(dir, small(dir).store).unwrap();
    let forms = store.get(layout::FORMS).unwrap().unwrap();
    let forms: BTreeMap<u8, u16> = layout::parse_value(&forms).unwrap();
    assert!(forms.values().all(|version| *version == 1), "{forms:?}");
    let of_entities = [layout::ENTITY];
    let rows = store.scan(&of_entities, &layout::end_of(&of_entities), usize::MAX).unwrap();
    assert!(rows.len() > 40, "{}", rows.len());
    for (_, value) in rows {
        assert_eq!(Stored::decode(&value).unwrap().state_version, 1);
    }
}

/// Frames that were folded when the store was opened, and of how many, each time it was told.
fn folded(dir: &Path, fold: Arc<dyn Fold>) -> Vec<(u64, u64)> {
    let told = Mutex::new(Vec::new());
    let progress = |progress: Progress| {
        if progress.step == Step::Fold {
            told.lock().unwrap().push((progress.done, progress.total));
        }
    };
    Journal::open(small(dir), fold, &progress).unwrap().close().unwrap();
    told.into_inner().unwrap()
}

/// More frames than are folded between two reports of progress.
fn written_by_an_edition_that_says_so(dir: &Path) -> u64 {
    written_in(600, dir)
}

/// Written by [`sums_of_one`] in so many batches; how many frames that are.
fn written_in(rounds: u16, dir: &Path) -> u64 {
    let journal = Journal::open(small(dir), sums_of_one(), &|_| {}).unwrap();
    let mut scribe = Scribe::new(12);
    for round in 0..rounds {
        scribe.commit(&journal, (round % u16::from(N_PARTITIONS)).try_into().unwrap());
    }
    let frames = journal.head().1;
    journal.close().unwrap();
    frames
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
        let read = later.entity(&id).unwrap().unwrap();
        // Of an older form nothing is at hand.
        for read in [stored, read].into_iter().chain(later.at_hand(&id)) {
            assert_eq!(read.state_version, VERSION);
            assert_eq!(postcard::from_bytes::<u64>(&read.state), Ok(squares), "{id}");
        }
    }
    later.close().unwrap();
}
