//! The store of a cluster's node, beside which no node runs: what is refused, and what may be looked at.

use std::path::Path;

use duban_runtime::cluster::log::Link;
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::marker::{self, Marker};

use super::store::store;
use super::{Exit, duban, golden, transcript};

#[test]
fn whatever_would_write_into_a_node_s_store_is_refused_with_the_way_out() {
    let (dir, path) = node_s();
    let (other, password) = (dir.path().join("other"), dir.path().join("password"));
    std::fs::write(&password, "correct horse\n").unwrap();
    let (other, password) = (other.to_str().unwrap(), password.to_str().unwrap());
    assert_eq!(duban(&["restore", &path, "--live", "--store", other]).exit, Exit::Done);
    let add = ["person", "add", "admin", "--role", "operator", "--password-file", password];
    let text = transcript(
        dir.path(),
        &[
            &["serve", "--listen", "127.0.0.1:0", "--store", &path],
            &[&add[..], &["--store", &path]].concat(),
            &["accept-loss", "--frame", "1", "--store", &path],
            &["backup", &path, "--store", other],
            &["restore", other, "--live", "--store", &path],
            &["init", "--store", &path],
        ],
    );
    golden("nodes.txt", &text);
    assert_eq!(duban(&["verify", "--store", &path]).exit, Exit::Done);
}

#[test]
fn a_marker_that_makes_no_sense_is_refused_with_the_way_out() {
    let (dir, path) = node_s();
    std::fs::write(Path::new(&path).join(marker::FILE), "{}").unwrap();
    let text = transcript(dir.path(), &[&["case", "list", "--store", &path]]);
    golden("nodes-unclear.txt", &text);
}

#[test]
fn a_node_s_store_is_verified_and_backed_up_and_no_copy_of_it_is_a_node_s() {
    let (dir, path) = node_s();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (backup, from_backup, from_node) = (at("backup"), at("from-backup"), at("from-node"));
    let calls: [&[&str]; 4] = [
        &["verify", "--store", &path],
        &["backup", &backup, "--store", &path],
        &["restore", &backup, "--live", "--store", &from_backup],
        &["restore", &path, "--live", "--store", &from_node],
    ];
    for args in calls {
        let ran = duban(args);
        assert_eq!(ran.exit, Exit::Done, "{args:?}: {}", ran.err);
    }
    for copy in [&backup, &from_backup, &from_node] {
        assert!(!Path::new(copy).join(marker::FILE).exists(), "{copy}");
    }
    for store in [&from_backup, &from_node] {
        assert_eq!(duban(&["case", "list", "--store", store]).exit, Exit::Done);
    }
    assert!(Path::new(&path).join(marker::FILE).exists());
    let status = duban(&["status", "--store", &path]);
    assert!(!status.err.contains("suning"), "nobody is kept from looking: {}", status.err);
}

/// A store with the town's content that is that of node `node-1` of the cluster `suning`.
fn node_s() -> (tempfile::TempDir, String) {
    let (dir, path) = store();
    let marker = Marker {
        cluster: "suning".into(),
        node: "node-1".into(),
        reign: 1,
        base_frame: 7,
        base_link: Link([7; 20]),
    };
    marker.put(&mut OsDisk::at(&path)).unwrap();
    (dir, path)
}
