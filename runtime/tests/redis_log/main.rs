//! The log of a cluster against a redis-server of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

mod faults;
mod fitness;
mod sealed;
mod sequences;
mod world;

use duban_runtime::cluster::log::{
    Added, GroupId, Holding, Leased, Leasing, Link, Looking, NodeSaid, Seeded,
};

use crate::world::{Adder, World, seed};

#[test]
fn what_was_added_is_read_by_everybody_with_links_that_every_node_can_work_out() {
    let world = World::safe();
    let (mut one, mut other) = (world.log(), world.log());
    assert_eq!(one.seed(&seed(1, None)), Ok(Seeded::Begun));
    let acquired = one.lease(1, "a", &Leasing::Acquire(vec![Holding::Partition(3)])).unwrap();
    let Leased::Leases { frame: 0, leases, .. } = acquired else { panic!("{acquired:?}") };
    let mut adder = Adder { reign: 1, partition: 3, epoch: leases[0].epoch, next_lsn: 1 };
    for frame in 1..=3 {
        let body = [b"body \0\r\n", &[frame][..]].concat();
        assert_eq!(adder.add(&mut *one, &body, 2), Ok(Added::In(frame.into())));
    }
    let read = other.read(0, 10, 0).unwrap();
    assert_eq!(read.iter().map(|entry| entry.frame).collect::<Vec<_>>(), [1, 2, 3]);
    let mut link = Link::seed(&[0; 32]);
    for entry in &read {
        assert_eq!(entry.group, GroupId::of(&entry.body));
        link = link.then(entry.group);
        assert_eq!((entry.link, entry.reign, entry.release.as_str()), (link, 1, "1.2.3"));
    }
    assert_eq!(other.read(1, 1, 0).unwrap(), read[1..2]);
    assert_eq!(other.read(3, 10, 1).unwrap(), []);
    let overview = other.look(&Looking::Trim(3)).unwrap();
    let head = overview.head.unwrap();
    assert_eq!((head.frame, head.link, overview.first), (3, link, Some(3)));
    assert_eq!(overview.leases, leases);
}

#[test]
fn what_a_node_says_of_itself_is_told_to_everybody_until_it_is_struck_off() {
    let world = World::safe();
    let (mut one, mut other) = (world.log(), world.log());
    assert_eq!(one.seed(&seed(1, None)), Ok(Seeded::Begun));
    let said = NodeSaid {
        name: "甲 node".into(),
        address: "http://10.0.0.1:8080".to_owned(),
        release: "1.2.3".into(),
        fitness: "fit".into(),
        mirrored: 7,
        link: Link([9; 20]),
        skew_millis: -12,
    };
    let run = one.run().unwrap();
    let told = one.look(&Looking::Say(Box::new(said.clone()), run.clone())).unwrap();
    let seen = other.look(&Looking::Look).unwrap();
    assert_eq!(seen.nodes, told.nodes);
    assert_eq!((&seen.nodes[0].said, seen.head.unwrap().run), (&said, run));
    assert_eq!(other.seed(&seed(2, Some(1))), Ok(Seeded::AtWork(vec![said.name.clone()])));
    assert_eq!(other.look(&Looking::Strike(said.name)).unwrap().nodes, []);
    assert_eq!(other.seed(&seed(2, Some(1))), Ok(Seeded::Begun));
}
