//! A backup taken while the town works at full speed is a store like any other, up to its last frame.

use std::cell::RefCell;
use std::path::Path;
use std::process::Command;

use duban_rules::Sources;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::{Journal, Options};
use serde_json::Value;

use crate::lives::{Acknowledged, Lives};
use duban_gate::report::tell;
use duban_tests::scratch_dir::ScratchDir;

/// Answers between one backup and the next.
const ANSWERS: u64 = 300;

#[test]
fn a_backup_taken_while_the_town_works_is_restored_to_a_sound_store_that_holds_its_last_frame() {
    let ground = ScratchDir::new();
    let (town, copy, again) = (ground.join("town"), ground.join("copy"), ground.join("again"));
    let mut lives = Lives::in_dir(&town);
    let taken = RefCell::new(Vec::new());
    let back_up = |acknowledged: &Acknowledged| {
        let early = acknowledged.clone();
        let report = duban(&["backup", &text(&copy), "--store", &text(&town)]);
        taken.borrow_mut().push((early, report));
    };
    // The second adds to the first.
    lives.beside(ANSWERS, &mut [Box::new(back_up), Box::new(back_up)]);
    let (early, reports): (Vec<Acknowledged>, Vec<Value>) = taken.take().into_iter().unzip();
    let frames: Vec<u64> = reports.iter().map(|report| number(report, "frames")).collect();
    let last = reports.iter().map(|report| number(report, "last")).max().unwrap();
    tell(&format!("two backups under load: {frames:?} frames, up to {last}"));
    assert!(frames.iter().all(|n| *n > 0), "a backup took nothing over: {frames:?}");
    assert_eq!(frames.iter().sum::<u64>(), last, "each frame once");

    let restored = duban(&["restore", &text(&copy), "--store", &text(&again)]);
    assert_eq!(number(&restored, "last"), last);
    assert_eq!(restored["head"], reports[1]["head"]);
    let verified = duban(&["verify", "--deep", "--store", &text(&again)]);
    tell(&format!("the restored store: {verified}"));
    for acknowledged in &early {
        all_are_there(&again, acknowledged);
    }
}

/// What was acknowledged before a backup began is in what was restored from it.
fn all_are_there(dir: &Path, acknowledged: &Acknowledged) {
    let rules = duban::registry::in_force(duban_rules::parse(&Sources::shipped()).0);
    let registry = duban::registry::registry(&rules);
    let journal = Journal::open(Options::at(dir), registry, &|_| {}).unwrap();
    assert!(!acknowledged.is_empty());
    for ((case, command), sequence) in acknowledged {
        let id = EntityId::new(duban_actors::case::KIND, case);
        let record = journal.record(&id, *sequence).unwrap();
        let is_there = record.is_some_and(|record| record.asked.id.0 == *command);
        assert!(is_there, "{command:032x} was acknowledged as {id}#{sequence}, but is not there");
    }
    journal.close().unwrap();
}

/// What `duban` says for programs; it must be done.
fn duban(args: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    let ran = command.args(args).args(["--format", "json"]).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_str(&said).unwrap()
}

fn number(report: &Value, key: &str) -> u64 {
    report[key].as_u64().unwrap_or_else(|| panic!("no {key} in {report}"))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
