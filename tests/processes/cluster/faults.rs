//! Faults of a town of several nodes: one round each, while callers work; and how long people waited for it.

use std::fmt;
use std::time::Duration;

use super::cut::Cut;
use super::heard::Heard;
use super::town::Town;
use super::upgraded;
use crate::dice::Dice;

/// Deeds before and after each fault.
const DEEDS: usize = 40;
/// How long a node sleeps: long enough for others to take over everything it had.
const SLEEP: Duration = Duration::from_secs(15);
/// How long Redis is gone.
const GONE: Duration = Duration::from_secs(2);
/// How long Redis stands still.
const FROZEN: Duration = Duration::from_secs(5);
/// How long a node does not reach Redis.
const CUT: Duration = Duration::from_secs(10);
/// How long people ask while the log is gone.
const WIPED: Duration = Duration::from_secs(3);
/// How long Redis has no memory left, or a node no disk.
const FULL: Duration = Duration::from_secs(4);

/// What breaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    NodeKilled,
    /// The one that messages leave from.
    OfficeKilled,
    /// The same, with a message in hand that has come as far as this.
    OfficeDies(Point),
    NodeAsleep,
    NodeCutOff(Cut),
    NodesRestarted,
    RedisKilled,
    RedisFrozen,
    RedisFull,
    /// The disk of one node.
    DiskFull,
    /// It comes back with nothing: the log is begun anew from the node that has the most.
    RedisWiped,
    /// All nodes, one by one, to a release that records what the one before cannot read.
    Upgraded,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Point {
    /// It is not claimed.
    Leased,
    /// It is handed over to nobody.
    Claimed,
    /// What became of it is not on record.
    HandedOver,
}

impl Point {
    /// By which name harm is done there.
    fn name(self) -> &'static str {
        match self {
            Point::Leased => "leased",
            Point::Claimed => "claimed",
            Point::HandedOver => "handed-over",
        }
    }
}

/// Each once.
pub(crate) const ALL: [Fault; 16] = [
    Fault::OfficeDies(Point::HandedOver),
    Fault::NodeAsleep,
    Fault::NodesRestarted,
    Fault::RedisKilled,
    Fault::NodeCutOff(Cut::Back),
    Fault::RedisFrozen,
    Fault::RedisWiped,
    Fault::DiskFull,
    Fault::Upgraded,
    Fault::RedisFull,
    Fault::OfficeDies(Point::Leased),
    Fault::NodeCutOff(Cut::There),
    Fault::NodeCutOff(Cut::BothWays),
    Fault::OfficeDies(Point::Claimed),
    Fault::NodeKilled,
    Fault::OfficeKilled,
];

/// A round that is over.
#[derive(Debug)]
pub(crate) struct Survived {
    fault: Fault,
    node: String,
    /// Deeds that were done while it lasted.
    meanwhile: usize,
    /// The longest that anybody waited for an answer.
    longest: Duration,
    /// From the end of the fault until all nodes were fit and every partition had an owner.
    whole_after: Duration,
}

/// One round: the town is whole before and after.
pub(crate) fn round(fault: Fault, town: &mut Town, heard: &mut Heard, dice: &mut Dice) -> Survived {
    let n_nodes = town.nodes.len() as u64;
    let which = match fault {
        Fault::OfficeKilled => town.office(),
        // The one whose disk can be filled.
        Fault::DiskFull => town.nodes.len() - 1,
        _ => usize::try_from(dice.below(n_nodes)).unwrap(),
    };
    heard.until_done(DEEDS);
    let began = heard.now();
    let which = broken(fault, which, town, (heard, dice));
    let ended = heard.now();
    town.until_whole();
    let whole_after = heard.now().saturating_sub(ended);
    heard.until_done(DEEDS);
    let (meanwhile, longest) = (heard.done_within(began, ended), heard.longest_since(began));
    let node = match fault {
        Fault::NodeKilled
        | Fault::OfficeKilled
        | Fault::OfficeDies(_)
        | Fault::DiskFull
        | Fault::NodeAsleep
        | Fault::NodeCutOff(_) => town.nodes[which].name(),
        Fault::NodesRestarted | Fault::Upgraded => "all",
        Fault::RedisKilled | Fault::RedisFrozen | Fault::RedisFull | Fault::RedisWiped => "",
    };
    Survived { fault, node: node.to_owned(), meanwhile, longest, whole_after }
}

/// Breaks it, and mends it; whose fault it was, if it is one of a node.
fn broken(
    fault: Fault,
    which: usize,
    town: &mut Town,
    (heard, dice): (&mut Heard, &mut Dice),
) -> usize {
    match fault {
        Fault::NodeKilled | Fault::OfficeKilled => {
            town.nodes[which].kill();
            heard.until_done(DEEDS);
            town.nodes[which].start();
        }
        Fault::OfficeDies(point) => {
            let dead = town.one_dies_at(point.name());
            heard.until_done(DEEDS);
            town.nodes[dead].start();
            return dead;
        }
        Fault::DiskFull => {
            town.nodes[which].fill_disk();
            town.until("a node whose disk is full steps aside", |town| town.is_stuck(which));
            heard.for_a_while(FULL);
            town.nodes[which].make_room();
        }
        Fault::NodeAsleep => {
            town.nodes[which].signal("STOP");
            heard.for_a_while(SLEEP);
            town.nodes[which].signal("CONT");
        }
        Fault::NodeCutOff(cut) => {
            town.nodes[which].way.cut(cut);
            heard.for_a_while(CUT);
            town.nodes[which].way.cut(Cut::Nowhere);
        }
        Fault::NodesRestarted => {
            for node in 0..town.nodes.len() {
                town.nodes[node].stop();
                heard.until_done(DEEDS / 4);
                town.nodes[node].start();
                town.until_whole();
            }
        }
        Fault::Upgraded => upgraded::one_by_one(which, town, (heard, dice), DEEDS / 2),
        Fault::RedisKilled => {
            town.redis.kill();
            heard.for_a_while(GONE);
            town.redis.start_again();
        }
        Fault::RedisFrozen => {
            town.redis.freeze();
            heard.for_a_while(FROZEN);
            town.redis.thaw();
        }
        Fault::RedisWiped => {
            town.redis.lose_everything();
            heard.for_a_while(WIPED);
            town.begin_anew();
        }
        Fault::RedisFull => {
            town.redis.set("maxmemory", "1mb");
            heard.for_a_while(FULL);
            town.redis.set("maxmemory", "0");
        }
    }
    which
}

impl Survived {
    /// What stands above the columns.
    pub(crate) const HEADING: &str =
        "fault                    node    done meanwhile  longest wait  whole after";
}

impl fmt::Display for Survived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Survived { fault, node, meanwhile, longest, whole_after } = self;
        let (fault, longest) = (format!("{fault:?}"), longest.as_secs_f64());
        let whole_after = whole_after.as_secs_f64();
        write!(f, "{fault:<24} {node:<7} {meanwhile:>14} {longest:>11.1} s {whole_after:>10.1} s")
    }
}
