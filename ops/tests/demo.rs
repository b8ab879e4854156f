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
use tempfile::TempDir;

#[test]
fn the_same_seed_gives_the_same_town_and_another_seed_another() {
    let dir = in_memory();
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

#[test]
fn a_month_lives_every_outcome_of_disputes_and_applications() {
    lives_everything("1");
}

#[test]
fn a_month_of_another_seed_lives_it_too() {
    lives_everything("2");
}

/// What people of a town are told no for: what came too late, or was done by the same person. In a month, at most.
const REFUSALS_MAX: u64 = 12;

/// A month of the town of `seed`: everything that happens there seldom happens once at least, and its books are clean.
#[track_caller]
fn lives_everything(seed: &str) {
    let dir = in_memory();
    let summary = lived(dir.path(), (seed, "30", "8"));
    let lived = &summary["lived"];
    let (disputes, applications) = (&lived["disputes"], &lived["applications"]);
    let seldom = [
        (lived, &["vacancies", "calls", "helped", "missed_looks"][..]),
        (disputes, &["unfounded", "credited", "moved", "joint", "by_committee"]),
        (disputes, &["met_on_site", "meetings"]),
        (
            applications,
            &["extended", "beyond", "quota_refused", "refused", "deferred", "withdrawn"],
        ),
    ];
    for (of, names) in seldom {
        for name in names {
            assert!(of[name].as_u64().unwrap() > 0, "{name} of seed {seed}: {summary:#}");
        }
    }
    assert!(lived["shifts"].as_u64().unwrap() > 150, "{summary:#}");
    assert!(summary["refusals"].as_u64().unwrap() <= REFUSALS_MAX, "{summary:#}");

    let store = dir.path().join("data");
    let store = store.to_str().unwrap();
    let (exit, out, err) = duban(&["verify", "--deep", "--store", store]);
    assert_eq!(exit, Exit::Done, "{out}{err}");
    let listed = |what: &[&str]| -> Value {
        let (_, out, err) =
            duban(&[what, &["list", "--store", store, "--format", "json"]].concat());
        serde_json::from_str(&out).expect(&err)
    };
    let (outbox, nothing) = (listed(&["outbox"]), serde_json::json!([]));
    for name in ["messages", "parked", "quarantined"] {
        assert_eq!(outbox[name], nothing, "{outbox:#}");
    }
    // On the last day something of each hangs open, so that no page of it is empty.
    for (of, name) in [("deferral", "deferrals"), ("meeting", "meetings")] {
        assert!(listed(&[of])[name].as_array().unwrap().len() > 1, "{of} of seed {seed}");
    }
}

/// Thousands of commits are not to wait for a disk: that is not what is asked here.
fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The summary of a day of the town, without the head of its ledger.
fn town(dir: &Path, seed: &str) -> Value {
    let mut summary = lived(dir, (seed, "1", "40"));
    summary.as_object_mut().unwrap().remove("head");
    summary
}

/// The summary of a town of this seed, after so many days with so many reports a day.
#[track_caller]
fn lived(dir: &Path, (seed, days, reports): (&str, &str, &str)) -> Value {
    let store = dir.to_str().unwrap();
    let town = ["demo", "--seed", seed, "--days", days, "--reports", reports, "--speed", "0"];
    let (exit, out, err) = duban(&[&town[..], &["--store", store, "--format", "json"]].concat());
    assert_eq!(exit, Exit::Done, "{err}");
    serde_json::from_str(&out).unwrap()
}

fn duban(args: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("duban").chain(args.iter().copied());
    let exit = duban::run(args, &mut out, &mut err);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}
