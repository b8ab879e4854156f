//! Looking into a store: cases, units, timers, outbox; verify, backup, restore.

use std::path::Path;
use std::sync::LazyLock;

use duban_runtime::journal::disk::OsDisk;

use super::{CASES_AT, Exit, Ran, duban, fixture, golden, transcript};

/// The town, built once; each test looks into a store of its own, restored from it.
static TOWN: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    fixture::build(&dir.path().join("town"));
    dir
});

/// A store with the town's content.
pub(super) fn store() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store").to_str().unwrap().to_owned();
    let ran =
        duban(&["restore", TOWN.path().join("town").to_str().unwrap(), "--live", "--store", &path]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    (dir, path)
}

fn looked(dir: &Path, store: &str, commands: &[&[&str]]) -> String {
    let with_store = commands.iter().map(|args| [*args, &["--store", store]].concat());
    let with_store: Vec<Vec<&str>> = with_store.collect();
    transcript(dir, &with_store.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn cases_are_listed_shown_and_explained() {
    let (dir, path) = store();
    let overdue = fixture::id("overdue");
    let closed = fixture::id("closed");
    let text = looked(
        dir.path(),
        &path,
        &[
            &["case", "list", "--at", CASES_AT],
            &["case", "list", "--unit", "SW", "--at", CASES_AT],
            &["case", "list", "--unit", "SW", "--closed", "--at", CASES_AT],
            &["case", "list", "--stage", "verifying"],
            &["case", "list", "--limit", "1", "--at", CASES_AT],
            &["case", "show", &overdue[..8], "--at", CASES_AT],
            &["case", "show", &closed, "--at", CASES_AT],
            &["case", "explain", &overdue, "--at", CASES_AT],
            &["case", "show", "c"],
            &["case", "show", "c000000"],
        ],
    );
    golden("case.txt", &text);
}

#[test]
fn units_timers_and_the_outbox_are_listed() {
    let (dir, path) = store();
    let text = looked(
        dir.path(),
        &path,
        &[
            &["unit", "show", "SW", "--at", CASES_AT],
            &["unit", "show", "NOBODY"],
            &["committee", "list"],
            &["timer", "list"],
            &["timer", "list", "--until", "2026-03-05T09:30"],
            &["outbox", "list", "--limit", "6"],
            &["outbox", "retry", "case/c000000#1.0"],
            &["outbox", "retry", "c000000"],
            &["outbox", "retry", "--all"],
        ],
    );
    golden("store.txt", &text);
    let units =
        duban(&["unit", "list", "--at", CASES_AT, "--format", "json", "--store", &path]).json();
    let water =
        units["units"].as_array().unwrap().iter().find(|unit| unit["unit"] == "SW").unwrap();
    let counts = &water["counts"];
    assert_eq!((&counts["open"], &counts["open_overdue"]), (&1.into(), &1.into()));
    assert_eq!((&counts["closed"], &counts["closed_on_time"]), (&1.into(), &1.into()));
}

#[test]
fn pages_of_a_list_put_together_are_the_list() {
    let (_dir, path) = store();
    let page = |more: &[&str]| {
        let args = [&["case", "list", "--format", "json", "--store", &path], more].concat();
        duban(&args).json()
    };
    let whole = page(&[]);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let next: Option<String> = after.take();
        let one = match &next {
            Some(place) => page(&["--limit", "1", "--after", place]),
            None => page(&["--limit", "1"]),
        };
        found.extend(one["cases"].as_array().unwrap().iter().map(|case| case["case"].clone()));
        match one["next"].as_str() {
            Some(place) => after = Some(place.to_owned()),
            None => break,
        }
    }
    let all: Vec<_> =
        whole["cases"].as_array().unwrap().iter().map(|case| case["case"].clone()).collect();
    assert_eq!(found, all);
    assert_eq!(all.len(), fixture::CASES.len() - 1, "the closed one is not listed");
}

#[test]
fn what_was_written_verifies_and_an_old_head_is_met() {
    let (dir, path) = store();
    let first = duban(&["verify", "--deep", "--format", "json", "--store", &path]);
    assert_eq!(first.exit, Exit::Done, "{}{}", first.out, first.err);
    let report = first.json();
    assert_eq!(report["store"]["problems"], serde_json::json!([]));
    let head = report["head"].as_str().unwrap();
    let met = duban(&["verify", "--anchor", head, "--format", "json", "--store", &path]).json();
    assert_eq!(met["anchor"]["frame"], report["last"]);
    let absent = duban(&["verify", "--anchor", &"0f".repeat(32), "--store", &path]);
    assert_eq!(absent.exit, Exit::Failed, "{}", absent.out);
    drop(dir);
}

#[test]
fn a_flipped_byte_is_found_and_the_way_out_is_named() {
    let (_dir, path) = store();
    let ledger = Path::new(&path).join("ledger");
    let segment = std::fs::read_dir(&ledger).unwrap().map(|entry| entry.unwrap().path());
    let segment = segment.max_by_key(|file| file.metadata().unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let ran = duban(&["verify", "--store", &path]);
    assert_eq!(ran.exit, Exit::Failed, "{}", ran.out);
    assert!(ran.out.contains("duban restore"), "{}", ran.out);
    let refused = duban(&["case", "list", "--store", &path]);
    assert_eq!(refused.exit, Exit::Failed);
    assert!(refused.err.contains("损坏"), "{}", refused.err);
}

#[test]
fn a_backup_grows_and_restores_to_an_instant() {
    let (dir, path) = store();
    let (copy, earlier) = (dir.path().join("copy"), dir.path().join("earlier"));
    let (copy, earlier) = (copy.to_str().unwrap(), earlier.to_str().unwrap());
    let first = duban(&["backup", copy, "--store", &path, "--format", "json"]).json();
    let again = duban(&["backup", copy, "--store", &path, "--format", "json"]).json();
    assert_eq!((&again["frames"], &again["head"]), (&0.into(), &first["head"]));
    let ran = duban(&["restore", copy, "--store", earlier, "--at", "2026-03-02T09:30"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let cases = duban(&["case", "list", "--store", earlier, "--format", "json"]).json();
    let stages = cases["cases"].as_array().unwrap().iter().map(|case| &case["stage"]);
    assert_eq!(stages.collect::<Vec<_>>(), ["dispatched", "dispatched"]);
    let refused = duban(&["restore", copy, "--store", &path]);
    assert_eq!(refused.exit, Exit::Failed, "{}", refused.out);
    assert!(refused.err.contains("不会覆盖"), "{}", refused.err);
}

#[test]
fn a_store_in_use_names_the_way_out_and_can_still_be_verified_and_backed_up() {
    let (dir, path) = store();
    let _held = OsDisk::exclusive(&path).unwrap();
    let Ran { exit, err, .. } = duban(&["case", "list", "--store", &path]);
    assert_eq!(exit, Exit::Failed);
    assert!(err.contains("正被另一个 duban 进程使用") && err.contains("duban backup"), "{err}");
    let verified = duban(&["verify", "--store", &path]);
    assert_eq!(verified.exit, Exit::Done, "{}{}", verified.out, verified.err);
    assert!(verified.out.contains("只核对了台账"), "{}", verified.out);
    let copy = dir.path().join("copy");
    let copied = duban(&["backup", copy.to_str().unwrap(), "--store", &path]);
    assert_eq!(copied.exit, Exit::Done, "{}", copied.err);
}

#[test]
fn looking_at_a_directory_makes_no_store_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nothing");
    let path = path.to_str().unwrap();
    for command in [["case", "list"], ["unit", "list"], ["timer", "list"], ["outbox", "list"]] {
        let ran = duban(&[&command[..], &["--store", path]].concat());
        assert_eq!(ran.exit, Exit::Failed);
        assert!(ran.err.contains("没有存储"), "{}", ran.err);
    }
    assert!(!Path::new(path).exists());
}

#[test]
fn open_cases_follow_another_calendar_only_when_asked_and_once() {
    let (dir, path) = store();
    let rules = dir.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    for (name, bytes) in duban_rules::Sources::shipped().iter() {
        std::fs::write(rules.join(name), bytes).unwrap();
    }
    let days = rules.join("holidays.csv");
    let published = std::fs::read_to_string(&days).unwrap();
    let off = "2026-03-03,off,停办,2026,\n2026-03-04,off,停办,2026,\n2026-03-05,off,停办,2026,\n";
    std::fs::write(&days, published + off).unwrap();
    let config = dir.path().join("duban.toml");
    std::fs::write(&config, format!("[rules]\ndir = \"{}\"\n", rules.display())).unwrap();
    let config = config.to_str().unwrap();
    let recalculate = |more: &[&str]| {
        let asked = ["rules", "recalculate", "--store", &path, "--config", config];
        let ran = duban(&[&asked, more].concat());
        assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
        ran.out
    };
    let foretold = recalculate(&["--dry-run"]);
    assert_eq!(recalculate(&["--dry-run"]), foretold, "a dry run moves nothing");
    assert!(foretold.contains("截止 2026-03-") && foretold.contains(" → "), "{foretold}");
    let moved = recalculate(&["--reason", "停办三天"]);
    assert_eq!(moved.replace("已变动", "将变动"), foretold);
    assert!(recalculate(&[]).contains("已变动 0 件"));
    assert_eq!(duban(&["verify", "--store", &path, "--config", config]).exit, Exit::Done);
}
