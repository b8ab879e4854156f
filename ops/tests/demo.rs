//! The demo town, run as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

use std::path::Path;

use duban::Exit;
use serde_json::Value;

#[test]
fn the_same_seed_gives_the_same_town_and_another_seed_another() {
    let dir = tempfile::tempdir().unwrap();
    let first = town(&dir.path().join("a"), "1");
    assert_eq!(first, town(&dir.path().join("b"), "1"));
    assert_ne!(first, town(&dir.path().join("c"), "2"));
    assert!(first["messages"].as_u64().unwrap() > 0);
}

#[test]
fn a_directory_that_is_no_demo_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("important"), "data").unwrap();
    let (exit, _, err) = duban(&["demo", "--days", "1", "--store", dir.path().to_str().unwrap()]);
    assert_eq!(exit, Exit::Failed);
    assert!(err.contains("不是演示目录"), "{err}");
    assert_eq!(std::fs::read_to_string(dir.path().join("important")).unwrap(), "data");
}

/// The summary of a day of the town, without the head of its ledger.
fn town(dir: &Path, seed: &str) -> Value {
    let store = dir.to_str().unwrap();
    let (exit, out, err) = duban(&[
        "demo",
        "--seed",
        seed,
        "--days",
        "1",
        "--reports",
        "40",
        "--speed",
        "0",
        "--store",
        store,
        "--format",
        "json",
    ]);
    assert_eq!(exit, Exit::Done, "{err}");
    let mut summary: Value = serde_json::from_str(&out).unwrap();
    summary.as_object_mut().unwrap().remove("head");
    summary
}

fn duban(args: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("duban").chain(args.iter().copied());
    let exit = duban::run(args, &mut out, &mut err);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}
