//! The directory of a node is that node's alone: whoever else opens it to write is refused, and nothing is touched.

use std::path::Path;

use duban_runtime::cluster::log::Link;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::loss::Losses;
use duban_runtime::journal::marker::{self, Marker, Membership};
use duban_runtime::journal::{Failure, Journal, Options};

use crate::model::Model;
use crate::restart::{open, small};
use crate::scribe::sums;
use crate::witness::{bytes_of, fill};

#[test]
fn a_node_s_directory_is_opened_by_that_node_and_by_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let written = fill(dir.path(), 1);
    mark(dir.path());
    let before = bytes_of(dir.path());
    let failure = refused(dir.path(), Membership::Alone);
    let Failure::Clustered { cluster, node, .. } = &failure else { panic!("{failure}") };
    assert_eq!((cluster.as_str(), node.as_str()), ("suning", "node-1"));
    for (cluster, node) in [("suning", "node-2"), ("xianxian", "node-1")] {
        let failure = refused(dir.path(), member(cluster, node));
        let text = failure.to_string();
        assert!(matches!(failure, Failure::OtherNode(_)), "{text}");
        assert!(text.contains("suning") && text.contains(cluster) && text.contains(node), "{text}");
    }
    assert_eq!(bytes_of(dir.path()), before, "what is refused is not touched");

    let node = Options { membership: member("suning", "node-1"), ..small(dir.path()) };
    let journal = open(node).unwrap();
    Model::of(&written).check(&journal);
    journal.close().unwrap();
    marker::remove(&mut OsDisk::at(dir.path())).unwrap();
    Model::of(&written).check(&open(small(dir.path())).unwrap());
}

#[test]
fn a_node_does_not_take_a_directory_that_has_not_joined() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 2);
    let before = bytes_of(dir.path());
    let failure = refused(dir.path(), member("suning", "node-1"));
    assert!(matches!(failure, Failure::NotJoined { .. }), "{failure}");
    assert_eq!(bytes_of(dir.path()), before);
}

#[test]
fn losses_of_a_node_are_not_given_up_past_the_cluster() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 3);
    mark(dir.path());
    let before = bytes_of(dir.path());
    let failure = Losses::of(&small(dir.path())).unwrap_err();
    assert!(matches!(failure, Failure::Clustered { .. }), "{failure}");
    assert_eq!(bytes_of(dir.path()), before);
}

#[test]
fn everybody_may_look_at_a_node_s_directory() {
    let (dir, shadow) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let written = fill(dir.path(), 4);
    mark(dir.path());
    let journal = Journal::look(&small(dir.path()), shadow.path(), sums(), &|_| {}).unwrap();
    Model::of(&written).check(&journal);
}

#[test]
fn a_marker_that_makes_no_sense_is_told_as_such() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 5);
    std::fs::write(dir.path().join(marker::FILE), "{").unwrap();
    let before = bytes_of(dir.path());
    for membership in [Membership::Alone, member("suning", "node-1")] {
        let failure = refused(dir.path(), membership);
        assert!(matches!(failure, Failure::Marker { .. }), "{failure}");
    }
    assert_eq!(bytes_of(dir.path()), before);
}

fn mark(dir: &Path) {
    let marker = Marker {
        cluster: "suning".into(),
        node: "node-1".into(),
        reign: 1,
        base_frame: 7,
        base_link: Link([7; 20]),
    };
    marker.put(&mut OsDisk::at(dir)).unwrap();
}

fn member(cluster: &str, node: &str) -> Membership {
    Membership::Node { cluster: cluster.into(), node: node.into() }
}

#[track_caller]
fn refused(dir: &Path, membership: Membership) -> Failure {
    match open(Options { membership, ..small(dir) }) {
        Err(failure) => {
            assert!(failure.needs_a_person(), "{failure}");
            failure
        }
        Ok(_) => panic!("it was opened"),
    }
}
