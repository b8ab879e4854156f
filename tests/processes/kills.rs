//! `kill -9` at any moment, also while opening: nothing acknowledged is lost, no step is lost or decided twice.

use duban_runtime::clock::{Clock as _, SystemClock};

use crate::audit::{self, Findings};
use crate::dice::Dice;
use crate::lives::{Ends, Lives};
use duban_gate::report::tell;
use duban_tests::scratch_dir::ScratchDir;

/// How often the gate kills; `DUBAN_KILLS` asks for more.
const KILLS: u64 = 40;
/// A town is left after so many kills, so that a long run does not become slower and slower.
const KILLS_OF_A_TOWN: u64 = 50;

#[test]
fn a_town_killed_at_random_moments_loses_nothing_acknowledged_and_decides_every_step_once() {
    let kills = number("DUBAN_KILLS", KILLS);
    let seed = number("DUBAN_SEED", 1);
    tell(&format!("DUBAN_KILLS={kills} DUBAN_SEED={seed}"));
    let clock = SystemClock::start();
    let mut dice = Dice::of(seed);
    let (mut done, mut total) = (0, Total::default());
    while done < kills {
        let of_this_town = (kills - done).min(KILLS_OF_A_TOWN);
        total.add(&one_town(of_this_town, &mut dice));
        done += of_this_town;
        tell(&format!("{:>7.1} s  {total:?}", clock.monotonic().as_secs_f64()));
    }
    assert!(total.answers > 10 * kills, "the town hardly worked: {total:?}");
    assert!(total.opening > 0, "no kill fell into an opening: {total:?}");
    assert!(total.recoveries > 0, "nothing had to be read back: {total:?}");
    assert!(total.steps > 0 && total.steps_caught_up > 0, "no step came due: {total:?}");
}

#[test]
fn a_town_that_stops_in_good_order_leaves_nothing_to_read_back_and_loses_nothing() {
    let ground = ScratchDir::new();
    let mut lives = Lives::in_dir(ground.path());
    let mut last = 0;
    for n in 1..=4_u64 {
        let (life, frame) = lives.stopped(150 * n);
        assert!(!life.folded, "life {n} had to read back what a clean stop left");
        assert!(frame > last, "life {n} ended at frame {frame}, the one before at {last}");
        last = frame;
    }
    let found = audit::of(ground.path(), &lives);
    assert!(found.records > 0, "{found:?}");
    assert_eq!(found.last_frame, last);
    assert_eq!(found.applied, last, "the store has seen everything");
    let life = lives.finished();
    assert!(!life.folded);
    audit::of(ground.path(), &lives).at_rest();
}

#[test]
fn an_acknowledgement_that_the_journal_does_not_hold_is_noticed() {
    let ground = ScratchDir::new();
    let mut lives = Lives::in_dir(ground.path());
    lives.stopped(50);
    let ((case, _), sequence) = lives.acknowledged.pop_first().unwrap();
    lives.acknowledged.insert((case, 0), sequence);
    let audited = std::panic::catch_unwind(|| audit::of(ground.path(), &lives));
    assert!(audited.is_err_and(|found| {
        found.downcast_ref::<String>().is_some_and(|why| why.contains("but is not there"))
    }));
}

/// What a long run comes to.
#[derive(Debug, Default)]
struct Total {
    kills: u64,
    opening: u64,
    recoveries: u64,
    acknowledged: usize,
    answers: u64,
    records: usize,
    cases: usize,
    steps: usize,
    steps_caught_up: usize,
    messages: usize,
    delivered: usize,
    snapshots: usize,
}

impl Total {
    fn add(&mut self, (lives, answers, found): &(Lives, u64, Findings)) {
        self.kills += lives.kills;
        self.opening += lives.kills_while_opening;
        self.recoveries += lives.recoveries;
        self.acknowledged += lives.acknowledged.len();
        self.answers += answers;
        self.records += found.records;
        self.cases += found.cases;
        self.steps += found.steps;
        self.steps_caught_up += found.steps_caught_up;
        self.messages += found.messages;
        self.delivered += found.delivered;
        self.snapshots += found.snapshots;
    }
}

fn one_town(kills: u64, dice: &mut Dice) -> (Lives, u64, Findings) {
    let ground = ScratchDir::new();
    let mut lives = Lives::in_dir(ground.path());
    let mut answers = 0;
    for _ in 0..kills {
        answers += lives.killed(Ends::thrown(dice)).answers;
    }
    answers += lives.finished().answers;
    let found = audit::of(ground.path(), &lives);
    found.at_rest();
    (lives, answers, found)
}

pub(crate) fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().expect(variable))
}
