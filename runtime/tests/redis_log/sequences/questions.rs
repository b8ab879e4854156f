//! What is asked of a log: mostly what a node would ask that knows how it stands, sometimes what one asks that does not.

use duban_runtime::cluster::log::{
    Holding, Leasing, Link, Looking, NodeSaid, Part, REIGN_MAX, Seed,
};
use duban_runtime::cluster::model::{Condition, Model};
use rand::RngExt as _;
use rand_pcg::Pcg64;

const NODES: [&str; 3] = ["a", "b-2", "节点 c"];
const PARTITIONS: u8 = 4;
/// How the clock is moved: no sum of a few of these comes near to the end of a lease.
const PASSED: [i64; 3] = [3_700, 11_300, -13_100];
/// Numbers that a script would write with an exponent, if it wrote them as scripts do.
const GREAT: u64 = 4_503_599_627_370_001;

/// What is asked, or happens.
#[derive(Clone, Debug)]
pub(super) enum Question {
    Add(Group),
    /// After this frame, at most so many.
    Read(u64, usize),
    /// In this reign, by this node.
    Lease(u64, &'static str, Leasing),
    Look(Looking),
    Seed(Seed),
    /// The log's clock is set by so many milliseconds.
    Pass(i64),
    /// The server forgets all scripts.
    Forget,
    /// How much room the server has from now on.
    Fill(Condition),
}

/// What is added.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) reign: u64,
    pub(super) mirrored: u64,
    pub(super) body: Vec<u8>,
    pub(super) parts: Vec<Part>,
}

/// Any question to a log that stands so, and to which these groups were sent.
pub(super) fn any(dice: &mut Pcg64, model: &Model, before: &[Group]) -> Question {
    if model.head().is_none() && dice.random_bool(0.8) {
        return Question::Seed(seed(dice, model));
    }
    let is_held = model.own().values().any(|held| held.epoch > 0);
    if !is_held && dice.random_bool(0.6) {
        let wanted = (0..PARTITIONS).map(Holding::Partition).collect();
        return Question::Lease(reign(dice, model), NODES[0], Leasing::Acquire(wanted));
    }
    let frame = model.head().map_or(0, |head| head.frame);
    match dice.random_range(0..100) {
        0..40 => Question::Add(group(dice, model, before)),
        40..48 => {
            let after = frame.saturating_sub(dice.random_range(0..5));
            Question::Read(after, dice.random_range(1..5))
        }
        48..74 => {
            let node = NODES[dice.random_range(0..NODES.len())];
            Question::Lease(reign(dice, model), node, leasing(dice, model))
        }
        74..84 => Question::Look(looking(dice, frame)),
        84..89 => Question::Seed(seed(dice, model)),
        89..96 => Question::Pass(PASSED[dice.random_range(0..PASSED.len())]),
        96 => Question::Forget,
        97 => Question::Fill(Condition::Full),
        _ => Question::Fill(Condition::Well),
    }
}

/// The log's, or another one.
fn reign(dice: &mut Pcg64, model: &Model) -> u64 {
    let reign = model.head().map_or(1, |head| head.reign);
    if dice.random_bool(0.94) { reign } else { reign.saturating_add_signed(either(dice)) }
}

fn either(dice: &mut Pcg64) -> i64 {
    if dice.random_bool(0.5) { 1 } else { -1 }
}

fn group(dice: &mut Pcg64, model: &Model, before: &[Group]) -> Group {
    let reign = reign(dice, model);
    let frame = model.head().map_or(0, |head| head.frame);
    let mirrored = match dice.random_range(0..10) {
        0 => frame.saturating_add(1),
        1..4 => 0,
        _ => frame,
    };
    if !before.is_empty() && dice.random_bool(0.2) {
        let again = before[dice.random_range(0..before.len())].clone();
        return Group { reign, mirrored, ..again };
    }
    let mut body = vec![0; dice.random_range(0..40)];
    dice.fill(&mut body[..]);
    let n_parts = dice.random_range(1..=3);
    let first = dice.random_range(0..PARTITIONS);
    let parts = (0..n_parts).map(|n| part(dice, model, (first + n) % PARTITIONS)).collect();
    Group { reign, mirrored, body, parts }
}

fn part(dice: &mut Pcg64, model: &Model, partition: u8) -> Part {
    let held = model.own().get(&Holding::Partition(partition)).cloned().unwrap_or_default();
    let epoch = near(dice, held.epoch);
    let first_lsn = near(dice, held.next_lsn);
    Part { partition, epoch, first_lsn, n_entries: dice.random_range(1..300) }
}

/// This number mostly.
fn near(dice: &mut Pcg64, number: u64) -> u64 {
    if dice.random_bool(0.95) { number } else { number.saturating_add_signed(either(dice)) }
}

fn leasing(dice: &mut Pcg64, model: &Model) -> Leasing {
    let mut wanted: Vec<Holding> = (0..PARTITIONS).map(Holding::Partition).collect();
    wanted.push(Holding::Office);
    // A few of them, some named twice.
    let n_wanted = dice.random_range(1..6);
    let wanted: Vec<Holding> =
        (0..n_wanted).map(|_| wanted[dice.random_range(0..wanted.len())]).collect();
    let held = |dice: &mut Pcg64| {
        let epoch = |holding| model.own().get(holding).map_or(0, |held| held.epoch);
        wanted.iter().map(|holding| (*holding, near(dice, epoch(holding)))).collect()
    };
    match dice.random_range(0..10) {
        0..6 => Leasing::Acquire(wanted),
        6..8 => Leasing::Renew(held(dice)),
        _ => Leasing::Release(held(dice)),
    }
}

fn looking(dice: &mut Pcg64, frame: u64) -> Looking {
    let name = NODES[dice.random_range(0..NODES.len())];
    match dice.random_range(0..10) {
        0..2 => Looking::Look,
        2..6 => {
            let said = NodeSaid {
                name: name.into(),
                address: format!("http://\"{name}\":80\n"),
                release: "1.2.3".into(),
                fitness: "fit".into(),
                mirrored: frame,
                link: Link(dice.random()),
                skew_millis: dice.random_range(-500..500),
            };
            Looking::Say(Box::new(said), format!("run {}", dice.random_range(0..3)).into())
        }
        6..8 => Looking::Strike(name.into()),
        _ => Looking::Trim(frame.saturating_sub(dice.random_range(0..3)).saturating_add(1)),
    }
}

fn seed(dice: &mut Pcg64, model: &Model) -> Seed {
    let there = model.head().map(|head| head.reign);
    let reign = match dice.random_range(0..20) {
        0 => there.unwrap_or(0),
        1 => REIGN_MAX,
        2 => REIGN_MAX + 1,
        _ => there.unwrap_or(0) + 1,
    };
    let instead_of = match dice.random_range(0..20) {
        0 => None,
        1 => Some(7),
        _ => there,
    };
    let number = |dice: &mut Pcg64| match dice.random_range(0..10) {
        0 => GREAT,
        1..4 => dice.random_range(2..1_000),
        _ => 2,
    };
    let frame = number(dice) - 2;
    let next_lsn =
        (0..PARTITIONS).filter(|_| dice.random_bool(0.3)).collect::<Vec<_>>().into_iter();
    let next_lsn = next_lsn.map(|partition| (partition, number(dice))).collect();
    Seed { reign, instead_of, frame, link: Link(dice.random()), run: "first".into(), next_lsn }
}
