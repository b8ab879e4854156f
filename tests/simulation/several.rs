//! Several machines over one log: under every fault the log is what all of them have, and each safeguard is needed.

use std::ops::Range;

use duban_runtime::simulator::{Happened, Happening, Missing, run_several};

use super::{assert_kept, first_broken, seeds};

/// The gate's seeds: each is several machines for a minute.
const SEEDS: Range<u64> = 0..150;
/// Seeds in which a missing safeguard must show.
const SEEDS_TO_NOTICE: u64 = 400;

#[test]
fn several_machines_keep_one_log_on_every_seed_and_every_fault_has_fired() {
    let (seeds, is_gate) = seeds();
    let seeds = if is_gate { SEEDS } else { seeds };
    let happened = Happened::default();
    let live = |seed| run_several(seed, Missing::Nothing, &happened);
    assert_kept(first_broken(&seeds, live), "several_machines");
    let missing = Happening::ALL.into_iter().filter(|what| happened.of(*what) == 0);
    let missing: Vec<Happening> = missing.collect();
    assert!(!is_gate || missing.is_empty(), "these never happened: {missing:?}");
}

#[test]
fn a_log_that_adds_under_an_epoch_that_is_over_is_noticed() {
    assert_noticed(Missing::EpochCheck, "was given out");
}

#[test]
fn a_log_that_gives_a_number_twice_is_noticed() {
    assert_noticed(Missing::LsnCheck, "was due");
}

#[test]
fn a_machine_that_decides_behind_its_fence_is_noticed() {
    assert_noticed(Missing::Fence, "decides about partition");
}

#[test]
fn the_same_seed_gives_the_same_machines() {
    let counts = |seed| {
        let happened = Happened::default();
        run_several(seed, Missing::Nothing, &happened).unwrap();
        happened.counts()
    };
    for seed in [1, 2, 3] {
        assert_eq!(counts(seed), counts(seed), "seed {seed}");
    }
}

#[track_caller]
fn assert_noticed(missing: Missing, words: &str) {
    let happened = Happened::default();
    let live = |seed| run_several(seed, missing, &happened);
    let broken = first_broken(&(0..SEEDS_TO_NOTICE), live);
    let broken = broken.unwrap_or_else(|| panic!("nobody missed {missing:?}"));
    assert!(broken.promise.contains(words), "{broken}");
}
