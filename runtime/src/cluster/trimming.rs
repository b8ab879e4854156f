//! Trimming: how much of the log is kept. Pure.
//!
//! Half of what it may hold is kept for nodes that come back. What lies before that goes as soon as every node on the
//! list has it on its disk; above the bound it goes in any case, and whoever does not have it is struck off. A machine
//! that joins is on the list from the beginning: it is waited for as the others are, for ten minutes after its last word.

use std::time::Duration;

use super::log::{NodeSeen, Overview};
use super::placement::JOINING;
use super::tenancy::Keeping;

/// How long the log is kept for a machine that joins.
pub const JOINS_MAX: Duration = Duration::from_mins(10);

/// What is to be kept by `overview`, of a log of at most `most` bytes; `bytes_from` says how many the frames from one on
/// take.
pub fn keeping(overview: &Overview, most: u64, bytes_from: impl Fn(u64) -> u64) -> Option<Keeping> {
    let (first, last) = (overview.first?, overview.head.as_ref()?.frame);
    let total = bytes_from(first);
    if total <= most / 2 {
        return None;
    }
    let wanted = first_within(first, last, most / 2, &bytes_from);
    let behind = |node: &&NodeSeen| node.said.mirrored + 1 < wanted;
    if total > most {
        let struck = overview.nodes.iter().filter(behind).map(|node| node.said.name.clone());
        return Some(Keeping { from: wanted, struck: struck.collect() });
    }
    let awaited = overview.nodes.iter().filter(|node| is_awaited(node, overview));
    let had = awaited.map(|node| node.said.mirrored + 1).min().unwrap_or(first);
    let from = wanted.min(had);
    (from > first).then(|| Keeping { from, struck: Vec::new() })
}

/// Whether the log is kept for a node: one that broke off while it joined comes anew if it comes.
fn is_awaited(node: &NodeSeen, overview: &Overview) -> bool {
    let is_joining = node.said.fitness == JOINING;
    !is_joining || overview.now.since(node.seen) <= JOINS_MAX
}

/// The first frame from which on they take `most` bytes or less.
fn first_within(first: u64, last: u64, most: u64, bytes_from: &impl Fn(u64) -> u64) -> u64 {
    let (mut low, mut high) = (first, last);
    while low < high {
        let middle = low + (high - low) / 2;
        if bytes_from(middle) > most {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::cluster::log::{FORMAT, Link, LogHead, NodeSaid, NodeSeen};

    /// Each frame takes ten bytes.
    fn kept(last: u64, most: u64, mirrored: &[u64]) -> Option<Keeping> {
        keeping(&overview(last, mirrored), most, |from| (last + 1 - from) * 10)
    }

    #[test]
    fn nothing_goes_while_half_of_the_room_is_free() {
        assert_eq!(kept(50, 1_000, &[50, 50]), None);
    }

    #[test]
    fn what_every_node_has_goes_and_no_more() {
        let from = |mirrored: &[u64]| kept(80, 1_000, mirrored).map(|keeping| keeping.from);
        assert_eq!(from(&[80, 80]), Some(31), "half of a thousand bytes is kept");
        assert_eq!(from(&[80, 11]), Some(12));
        assert_eq!(from(&[80, 0]), None);
    }

    #[test]
    fn above_the_bound_nobody_is_waited_for() {
        let keeping = kept(101, 1_000, &[101, 20, 60]).unwrap();
        assert_eq!((keeping.from, keeping.struck.as_slice()), (52, ["n1".into()].as_slice()));
    }

    #[test]
    fn whoever_joins_is_waited_for_and_ten_minutes_after_their_last_word_no_more() {
        let kept = |joins: &str, silent: Duration| {
            let mut overview = overview(80, &[80, 11]);
            overview.nodes[1].said.fitness = joins.into();
            overview.now = overview.now + silent;
            keeping(&overview, 1_000, |from| (81 - from) * 10).map(|keeping| keeping.from)
        };
        let longer = JOINS_MAX + Duration::from_millis(1);
        assert_eq!(kept(JOINING, JOINS_MAX), Some(12));
        assert_eq!(kept(JOINING, longer), Some(31));
        assert_eq!(kept("fit", longer), Some(12), "a node comes back");
    }

    fn overview(last: u64, mirrored: &[u64]) -> Overview {
        let node = |(n, mirrored): (usize, &u64)| NodeSeen {
            said: NodeSaid {
                name: format!("n{n}").into(),
                address: String::new(),
                release: "1".into(),
                fitness: "fit".into(),
                mirrored: *mirrored,
                link: Link([0; 20]),
                skew_millis: 0,
            },
            seen: Timestamp::default(),
        };
        let (link, run, format) = (Link([0; 20]), "run".into(), FORMAT);
        let head = LogHead { reign: 1, frame: last, link, run, format, base: 0 };
        Overview {
            now: Timestamp::default(),
            head: Some(head),
            first: Some(1),
            leases: Vec::new(),
            nodes: mirrored.iter().enumerate().map(node).collect(),
        }
    }
}
