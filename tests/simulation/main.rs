//! The simulator over many seeds: the code as it is keeps every promise, and the code without its safeguards does not.
//! First the probes, which try the runtime alone; then the county, in which the real kinds and their people live under
//! the same faults.
//!
//! `DUBAN_SEEDS=from..to` runs other seeds, as many as you like: `DUBAN_SEEDS=0..100000 cargo test --release -p duban-tests
//! --test simulation`. A seed that fails is printed with the command that runs it alone.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod county;
mod deeds;
mod mutations;
mod people;
mod several;
mod witness;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use duban_runtime::simulator::{Broken, Kind, Mutation, Tally, run, run_town};

use self::county::{County, Missing};
use self::deeds::Deeds;

/// The gate's seeds.
const SEEDS: Range<u64> = 0..2_000;
/// Seeds beyond those that found a fault once.
const FOUND: [u64; 2] = [
    // A claim that was answered late was recorded as that of the courier who had the message by then.
    3_283, // A courier who had lost their lease gave back that of the next one.
    4_334,
];
/// Threads that share them.
const THREADS: usize = 2;
/// Seeds in which a missing safeguard must show.
const SEEDS_TO_NOTICE: u64 = 400;

#[test]
fn every_promise_holds_on_every_seed_and_every_fault_has_fired() {
    let (seeds, is_gate) = seeds();
    let tally = Tally::default();
    let probes = |seed| run(seed, Mutation::None, &tally);
    assert_kept(first_broken(&seeds, probes), "every_promise");
    for seed in FOUND {
        assert_eq!(run(seed, Mutation::None, &tally), Ok(()), "seed {seed}");
    }
    let missing: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| tally.of(*kind) == 0).collect();
    assert!(!is_gate || missing.is_empty(), "these never happened: {missing:?}");
}

#[test]
fn every_county_keeps_the_ordinance_under_every_fault_and_everything_has_happened() {
    let (seeds, is_gate) = seeds();
    let (tally, deeds) = (Tally::default(), Deeds::default());
    let county =
        |seed| run_town(seed, Box::new(County::of(seed, Missing::Nothing, &deeds)), &tally);
    assert_kept(first_broken(&seeds, county), "every_county");
    let counts = deeds.counts();
    let missing: Vec<_> =
        witness::DEEDS.iter().filter(|deed| !counts.contains_key(*deed)).collect();
    assert!(!is_gate || missing.is_empty(), "these never happened: {missing:?} of {counts:#?}");
}

#[test]
fn a_quota_without_its_bound_is_noticed() {
    assert_noticed_in_the_county(Missing::QuotaBound, "places in use");
}

#[test]
fn a_dispute_that_wins_the_time_it_took_is_noticed() {
    assert_noticed_in_the_county(Missing::ChargeBack, "the due instant");
}

#[test]
fn a_window_that_forgets_changes_at_a_reload_is_noticed() {
    assert_noticed(Mutation::ForgottenDeltas);
}

#[test]
fn a_disk_that_does_not_sync_is_noticed() {
    assert_noticed(Mutation::IgnoredSyncs);
}

#[test]
fn tells_without_their_high_water_mark_are_noticed() {
    assert_noticed(Mutation::ForgottenMarks);
}

#[test]
fn the_same_seed_gives_the_same_town() {
    let counts = |seed| {
        let tally = Tally::default();
        run(seed, Mutation::None, &tally).unwrap();
        tally.counts()
    };
    for seed in [1, 2, 3] {
        assert_eq!(counts(seed), counts(seed), "seed {seed}");
    }
}

#[track_caller]
fn assert_noticed(mutation: Mutation) {
    let tally = Tally::default();
    let broken = first_broken(&(0..SEEDS_TO_NOTICE), |seed| run(seed, mutation, &tally));
    assert!(broken.is_some(), "{mutation:?} went unnoticed over {SEEDS_TO_NOTICE} seeds");
}

#[track_caller]
fn assert_noticed_in_the_county(missing: Missing, words: &str) {
    let (tally, deeds) = (Tally::default(), Deeds::default());
    let county = |seed| run_town(seed, Box::new(County::of(seed, missing, &deeds)), &tally);
    let broken = first_broken(&(0..SEEDS_TO_NOTICE), county);
    let broken = broken.unwrap_or_else(|| panic!("nobody missed {missing:?}"));
    assert!(broken.promise.contains(words), "{broken}");
}

/// The seeds to be run, and whether they are the gate's.
fn seeds() -> (Range<u64>, bool) {
    match std::env::var("DUBAN_SEEDS") {
        Ok(text) => (parsed(&text), false),
        Err(_) => (SEEDS, true),
    }
}

#[track_caller]
fn assert_kept(broken: Option<Broken>, test: &str) {
    let Some(broken) = broken else { return };
    let seed = broken.seed;
    panic!(
        "{broken}\nrun it again: DUBAN_SEEDS={seed}..{} cargo test -p duban-tests --test simulation {test}",
        seed + 1
    );
}

/// The broken promise of one of the first seeds that break one.
fn first_broken(
    seeds: &Range<u64>,
    live: impl Fn(u64) -> Result<(), Broken> + Sync,
) -> Option<Broken> {
    let next = AtomicU64::new(seeds.start);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return None;
            }
            if let Err(broken) = live(seed) {
                // Nobody needs to begin another one.
                next.store(seeds.end, Ordering::Relaxed);
                return Some(broken);
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let found = workers.into_iter().filter_map(|worker| worker.join().unwrap());
        found.min_by_key(|broken| broken.seed)
    })
}

fn parsed(text: &str) -> Range<u64> {
    let (from, to) = text.split_once("..").unwrap_or_else(|| panic!("`{text}` is not `from..to`"));
    from.trim().parse().unwrap()..to.trim().parse().unwrap()
}
