//! A town of several nodes and one Redis, in which something breaks while people work: what was acknowledged stands
//! once, on every node, and every step that came due was decided once.

mod callers;
mod cut;
mod deed;
mod emptied;
mod evidence;
mod faults;
mod heard;
mod joins;
mod lab;
mod letters;
mod shared;
mod standing;
mod starts;
mod tending;
mod town;
mod upgraded;
mod words;

use callers::Callers;
use deed::Deed;
use duban_gate::report::tell;
use duban_runtime::clock::{Clock as _, SystemClock};
use evidence::Tally;
use faults::{Fault, Survived};
use letters::Letters;
use town::Town;

use crate::dice::Dice;
use crate::kills::number;

/// How many things break in the gate; `DUBAN_ROUNDS` asks for more, and `DUBAN_FAULT` for one fault over and over.
const ROUNDS: u64 = 10;
/// After so many a new town is begun, so that a long course does not become slower and slower.
const ROUNDS_OF_A_TOWN: u64 = 10;
/// Deeds between one fault and the next.
const DEEDS: usize = 60;

#[test]
fn a_node_that_is_killed_under_load_takes_nothing_with_it_and_comes_back() {
    let mut town = Town::of(2);
    let (addresses, token) = (town.addresses(), town.token.clone());
    let deeds = Callers::beside(&addresses, &token, |heard| {
        heard.until_done(DEEDS);
        town.nodes[0].kill();
        heard.until_done(DEEDS);
        town.nodes[0].start();
        heard.until_done(DEEDS);
    });
    let tally = finished(town, &deeds);
    let Tally { frames, records, done, steps, messages, .. } = tally;
    let is_busy = done >= 3 * DEEDS && frames > 0 && records > done && steps > 0 && messages > 0;
    let Letters { all, twice } = tally.letters;
    assert!(is_busy && all > 0 && twice < all, "{tally:?}");
}

#[test]
fn a_town_of_three_nodes_survives_whatever_breaks_and_loses_and_doubles_nothing() {
    let rounds = number("DUBAN_ROUNDS", ROUNDS);
    let seed = number("DUBAN_SEED", 1);
    tell(&format!("DUBAN_ROUNDS={rounds} DUBAN_SEED={seed}\n{}", Survived::HEADING));
    let (clock, mut dice) = (SystemClock::start(), Dice::of(seed));
    let wanted = std::env::var("DUBAN_FAULT").unwrap_or_default();
    let faults = faults::ALL.iter().filter(|fault| format!("{fault:?}").starts_with(&wanted));
    let mut to_come = faults.cycle().copied();
    let mut left = rounds;
    while left > 0 {
        let of_this_town = left.min(ROUNDS_OF_A_TOWN);
        let faults = to_come.by_ref().take(usize::try_from(of_this_town).unwrap());
        let tally = one_town(faults, &mut dice);
        left -= of_this_town;
        tell(&format!("{:>7.1} s  {tally:?}", clock.monotonic().as_secs_f64()));
        assert!(tally.repeated > 0 && tally.steps > 0, "nobody noticed anything: {tally:?}");
    }
}

fn one_town(faults: impl Iterator<Item = Fault>, dice: &mut Dice) -> Tally {
    let mut town = Town::of(3);
    town.until_whole();
    let (addresses, token) = (town.addresses(), town.token.clone());
    let deeds = Callers::beside(&addresses, &token, |heard| {
        for fault in faults {
            if matches!(fault, Fault::DiskFull) && !town.nodes.last().unwrap().has_disk() {
                tell("skipped: no file system can be mounted here, so no disk can be filled");
                continue;
            }
            tell(&faults::round(fault, &mut town, heard, dice).to_string());
        }
    });
    finished(town, &deeds)
}

/// Lets everything come due, stops the nodes, and looks at what they hold.
fn finished(mut town: Town, deeds: &[Deed]) -> Tally {
    let urgent = deeds.iter().filter(|deed| deed.is_urgent).map(|deed| deed.case.as_str());
    town.until_decided(&urgent.collect());
    for node in &mut town.nodes {
        node.stop();
    }
    evidence::of(&town, deeds)
}
