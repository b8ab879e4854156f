//! Placement: which node is to hold what, and what a node does about it. Pure: everybody comes to the same.
//!
//! Each holding goes to the fit node with the highest hash of the two (rendezvous): a node that goes or comes moves only
//! what it held or is to hold. Nobody takes what another holds; whoever holds what another is to have hands it over.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::log::{Holding, LEASE_MILLIS, Lease, NodeSeen, Overview};
use crate::clock::Timestamp;
use crate::partition::PARTITIONS;

/// Without a sign of life for so long a node is not reckoned with, in milliseconds.
pub const SEEN_MILLIS: i64 = 6_000;
/// After so long without an owner any fit node takes what another is to have, in milliseconds.
pub const ORPHAN_MILLIS: i64 = 10_000;
/// Holdings that are handed over at a time.
pub const HAND_OVER_MAX: usize = 8;
/// What a node says that can take something.
pub const FIT: &str = "fit";

/// What a machine says that has yet to get its copy.
pub const JOINING: &str = "joining";

/// How holdings are spread over the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Over all of them.
    Spread,
    /// All on one, for as long as it is fit.
    One,
}

/// What a node does next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub acquire: Vec<Holding>,
    pub hand_over: Vec<Holding>,
    /// What is not where it is to be, over all nodes: something moves, or is about to.
    pub n_astray: usize,
}

/// Everything that is held.
pub fn holdings() -> impl Iterator<Item = Holding> {
    (0..PARTITIONS).map(Holding::Partition).chain([Holding::Office])
}

/// What `me` does who has `held`, by what the log shows.
pub fn plan(
    me: &str,
    held: &BTreeMap<Holding, u64>,
    overview: &Overview,
    placement: Placement,
) -> Plan {
    let fit = oldest(overview.nodes.iter().filter(|node| is_fit(node, overview.now)).collect());
    let i_am_fit = fit.iter().any(|node| node.said.name == me);
    let leases: BTreeMap<Holding, &Lease> =
        overview.leases.iter().map(|lease| (lease.holding, lease)).collect();
    let mut plan = Plan::default();
    for holding in holdings() {
        let wanted = home(holding, &fit, placement);
        let holder = leases.get(&holding).filter(|lease| free_since(lease, overview.now).is_none());
        if holder.map(|lease| lease.node.as_str()) != wanted {
            plan.n_astray += 1;
        }
        let is_mine = held.contains_key(&holding);
        if is_mine {
            let is_to_go = wanted.is_some_and(|node| node != me) || !i_am_fit && wanted.is_some();
            if is_to_go && plan.hand_over.len() < HAND_OVER_MAX {
                plan.hand_over.push(holding);
            }
            continue;
        }
        let free_since = match leases.get(&holding) {
            None => Some(i64::MIN),
            // Of an earlier life of this node, or let go of: nobody decides by it any more.
            Some(lease) if lease.node == me => Some(i64::MIN),
            Some(lease) => free_since(lease, overview.now),
        };
        let Some(since) = free_since.filter(|_| i_am_fit) else { continue };
        let is_orphan = overview.now.as_millis().saturating_sub(since) >= ORPHAN_MILLIS;
        if wanted == Some(me) || is_orphan {
            plan.acquire.push(holding);
        }
    }
    plan
}

/// Of the fit nodes those of the oldest release: what a newer one writes they could not read, so it takes nothing before
/// the last of them has handed over.
fn oldest(fit: Vec<&NodeSeen>) -> Vec<&NodeSeen> {
    let oldest = fit.iter().map(|node| Release::of(&node.said.release)).min();
    fit.into_iter().filter(|node| Some(Release::of(&node.said.release)) == oldest).collect()
}

/// A release, by its numbers; what is not one comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(Vec<u64>);

impl Release {
    /// Written as `1.2.3`.
    pub fn of(text: &str) -> Release {
        let numbers = text.split(['.', '-', '+']).map_while(|number| number.parse().ok());
        Release(numbers.collect())
    }

    /// As which a program of the release `own` is told to others: as that, unless a test plays one to come.
    pub fn told(own: &'static str) -> &'static str {
        #[cfg(feature = "simulator")]
        let own = crate::record::to_come::release().unwrap_or(own);
        own
    }
}

/// Whether a node is seen and calls itself fit.
pub fn is_fit(node: &NodeSeen, now: Timestamp) -> bool {
    is_seen(node, now) && node.said.fitness == FIT
}

/// Whether a node gave a sign of life lately.
pub fn is_seen(node: &NodeSeen, now: Timestamp) -> bool {
    // One seen long after now was seen before the log's clock was set back.
    now.as_millis().abs_diff(node.seen.as_millis()) <= SEEN_MILLIS.unsigned_abs()
}

/// Since when nobody holds it, in milliseconds; none while somebody does.
fn free_since(lease: &Lease, now: Timestamp) -> Option<i64> {
    let (until, now) = (lease.until.as_millis(), now.as_millis());
    if lease.node.is_empty() {
        return Some(until);
    }
    // One that ends later than any lease can was given before the log's clock was set back.
    (until < now || until > now + LEASE_MILLIS).then_some(until.min(now))
}

fn home<'a>(holding: Holding, fit: &[&'a NodeSeen], placement: Placement) -> Option<&'a str> {
    let key = match (placement, holding) {
        (Placement::One, _) => u64::MAX,
        (Placement::Spread, Holding::Office) => u64::from(PARTITIONS),
        (Placement::Spread, Holding::Partition(no)) => u64::from(no),
    };
    let rank = |name: &str| {
        let mut bytes = name.as_bytes().to_vec();
        bytes.extend_from_slice(&key.to_le_bytes());
        xxh3_64(&bytes)
    };
    let names = fit.iter().map(|node| node.said.name.as_str());
    names.max_by_key(|name| (rank(name), Reverse(*name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::log::{Link, NodeSaid};

    #[test]
    fn a_lone_node_takes_everything_and_two_share_it() {
        let alone = overview(&["a"], &[]);
        assert_eq!(plan("a", &BTreeMap::new(), &alone, Placement::Spread).acquire.len(), 65);
        let both = overview(&["a", "b"], &held_by("", 5_000));
        let of = |me| plan(me, &BTreeMap::new(), &both, Placement::Spread).acquire;
        let (a, b) = (of("a"), of("b"));
        assert!(a.iter().all(|one| !b.contains(one)) && a.len() + b.len() == 65, "{a:?} {b:?}");
        assert!(a.len() > 15 && b.len() > 15, "{} and {}", a.len(), b.len());
        let one = |me| plan(me, &BTreeMap::new(), &both, Placement::One).acquire.len();
        assert_eq!(one("a") + one("b"), 65);
        assert!(one("a") == 65 || one("b") == 65);
    }

    #[test]
    fn nobody_takes_what_another_holds_until_its_lease_ran_out() {
        let held = overview(&["a", "b"], &held_by("c", 10_001));
        let nothing = BTreeMap::new();
        let settled = plan("a", &nothing, &held, Placement::Spread);
        assert!(settled.acquire.is_empty() && settled.hand_over.is_empty(), "{settled:?}");
        assert_eq!(settled.n_astray, 65, "it is to be theirs");
        let over = overview(&["a", "b"], &held_by("c", 9_999));
        let n = |me| plan(me, &nothing, &over, Placement::Spread).acquire.len();
        assert_eq!(n("a") + n("b"), 65, "at once, each its own");
        let set_back = overview(&["a"], &held_by("c", 10_000 + LEASE_MILLIS + 1));
        assert_eq!(plan("a", &nothing, &set_back, Placement::Spread).acquire.len(), 65);
    }

    #[test]
    fn what_nobody_holds_for_ten_seconds_goes_to_any_fit_node() {
        let orphaned = overview(&["a", "b"], &held_by("", 0));
        let of = |me| plan(me, &BTreeMap::new(), &orphaned, Placement::Spread).acquire.len();
        assert_eq!((of("a"), of("b")), (65, 65));
    }

    #[test]
    fn what_another_is_to_have_is_handed_over_a_few_at_a_time_and_everything_by_one_who_is_not_fit()
    {
        let all: BTreeMap<Holding, u64> = holdings().map(|one| (one, 1)).collect();
        let mut both = overview(&["a", "b"], &held_by("a", 15_000));
        let going = plan("a", &all, &both, Placement::Spread).hand_over;
        assert_eq!(going.len(), HAND_OVER_MAX);
        both.nodes[0].said.fitness = "draining".into();
        let (mut held, mut n) = (all.clone(), 0);
        loop {
            let going = plan("a", &held, &both, Placement::Spread).hand_over;
            if going.is_empty() {
                break;
            }
            n += going.len();
            held.retain(|one, _| !going.contains(one));
        }
        assert_eq!(n, 65);
        let lonely = overview(&["a"], &held_by("a", 15_000));
        assert_eq!(plan("a", &all, &lonely, Placement::Spread), Plan::default(), "settled");
    }

    #[test]
    fn whoever_was_seen_long_after_now_was_seen_before_the_clock_was_set_back() {
        let mut back = overview(&["a", "b"], &held_by("b", 60_000));
        back.nodes[1].seen = Timestamp::from_millis(54_000);
        assert_eq!(plan("a", &BTreeMap::new(), &back, Placement::Spread).acquire.len(), 65);
    }

    #[test]
    fn whoever_was_started_again_takes_what_it_held_at_once() {
        let held = overview(&["a", "b"], &held_by("a", 15_000));
        assert_eq!(plan("a", &BTreeMap::new(), &held, Placement::Spread).acquire.len(), 65);
    }

    #[test]
    fn a_newer_release_takes_nothing_while_a_fit_node_of_an_older_one_is_seen() {
        let mut three = overview(&["a", "b", "c"], &[]);
        three.nodes[0].said.release = "1.10.0".into();
        three.nodes[1].said.release = "1.9.2".into();
        three.nodes[2].said.release = "1.10.0".into();
        let n = |overview: &Overview, me| {
            plan(me, &BTreeMap::new(), overview, Placement::Spread).acquire.len()
        };
        assert_eq!((n(&three, "a"), n(&three, "b"), n(&three, "c")), (0, 65, 0));
        // The last older one drains to them.
        three.nodes[1].said.fitness = "draining".into();
        three.leases = held_by("", 5_000);
        assert_eq!((n(&three, "a") + n(&three, "c"), n(&three, "b")), (65, 0));
    }

    #[test]
    fn a_node_that_goes_moves_only_what_it_held() {
        let three = overview(&["a", "b", "c"], &[]);
        let two = overview(&["a", "b"], &[]);
        let fit = |overview: &Overview| -> BTreeMap<Holding, String> {
            let fit: Vec<&NodeSeen> = overview.nodes.iter().collect();
            let home = |one| home(one, &fit, Placement::Spread).unwrap().to_owned();
            holdings().map(|one| (one, home(one))).collect()
        };
        for (holding, before) in fit(&three) {
            assert!(before == "c" || fit(&two)[&holding] == before, "{holding:?}");
        }
    }

    /// At ten seconds past the beginning.
    fn overview(nodes: &[&str], leases: &[Lease]) -> Overview {
        let now = Timestamp::from_millis(10_000);
        let seen = |name: &&str| NodeSeen {
            said: NodeSaid {
                name: (*name).into(),
                address: String::new(),
                release: "1".into(),
                fitness: FIT.into(),
                mirrored: 0,
                link: Link([0; 20]),
                skew_millis: 0,
            },
            seen: now,
        };
        let nodes = nodes.iter().map(seen).collect();
        Overview { now, head: None, first: None, leases: leases.to_vec(), nodes }
    }

    fn held_by(node: &str, until: i64) -> Vec<Lease> {
        let lease = |holding| Lease {
            holding,
            epoch: 1,
            node: node.into(),
            until: Timestamp::from_millis(until),
        };
        holdings().map(lease).collect()
    }
}
