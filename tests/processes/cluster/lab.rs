//! The laboratory that people try several machines in.

use std::path::Path;
use std::process::Command;

use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

#[test]
fn a_laboratory_lives_through_what_is_broken_in_it_and_leaves_nothing_behind() {
    let ground = ScratchDir::new();
    let dir = ground.join("lab");
    let lab = Running::start(duban(ground.path()).args(["lab", "--nodes", "2", "--dir", "lab"]));
    until_said(&lab, "http://");
    assert!(did(ground.path(), &["lab", "kill", "node-3", "--dir", "lab"]).1.contains("node-1"));
    assert!(did(ground.path(), &["lab", "kill", "node-2", "--dir", "lab"]).0);
    until_said(&lab, "node-2 又启动了");
    let (_, said) = did(&dir.join("node-2"), &["node", "list", "--format", "json"]);
    let list: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(list["nodes"].as_array().unwrap().len(), 2, "{said}");
    let (_, said) = did(&dir.join("node-1"), &["case", "list", "--format", "json"]);
    assert!(said.contains("stage_due"), "nobody reports: {said}");
    let who: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.join("lab.json")).unwrap()).unwrap();
    let ids: Vec<u64> = who.as_object().unwrap().values().filter_map(Value::as_u64).collect();
    assert_eq!(ids.len(), 3, "{who}");
    lab.signal("TERM");
    let (_, status) = lab.wait(PATIENCE);
    assert!(status.success(), "{status}");
    for id in ids {
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "{who}");
    }
    assert!(!did(ground.path(), &["lab", "kill", "redis", "--dir", "lab"]).0);
}

fn until_said(lab: &Running, words: &str) {
    loop {
        match lab.line_until(PATIENCE) {
            NextLine::Line(line) if line.contains(words) => return,
            NextLine::Line(_) => {}
            said => panic!("{said:?} instead of {words}"),
        }
    }
}

fn duban(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.current_dir(dir);
    command
}

fn did(dir: &Path, words: &[&str]) -> (bool, String) {
    let ran = duban(dir).args(words).output().unwrap();
    let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    (ran.status.success(), said)
}
