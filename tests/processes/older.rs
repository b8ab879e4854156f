//! Stores that an older edition wrote, after a clean end and after a kill: made again when they are opened, every case
//! is told as it was, and goes on. `older/make.sh` made them, with the edition that their names say.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

/// Who, where it matters that they are somebody else than who did what was before.
const CHIEF: [&str; 2] = ["--by", "zhiban"];
const DESK: [&str; 4] = ["--by", "paiqian", "--on-behalf-of", "SW"];
const UNIT: [&str; 2] = ["--by", "huanwei"];

/// Kills until one falls into the making; nearly every one does.
const KILLS_MAX: usize = 12;

/// Where each case stands, what is done next with it, and where it stands then.
const CASES: [(&str, &str, &[&[&str]], &str); 13] = [
    (
        "registered",
        "registered",
        &[
            &["file", "--by", "shouli", "--condition", "part-01-01-2", "--checked"],
            &["--reason", "领导指派"],
        ],
        "awaiting-dispatch",
    ),
    (
        "validating",
        "validating",
        &[&["give-validation", "--finding", "confirmed", "--waiver", "电话核实"], &CHIEF],
        "registered",
    ),
    ("declined", "declined", &[], "declined"),
    (
        "awaiting-dispatch",
        "awaiting-dispatch",
        &[&["dispatch", "--by", "paiqian", "--unit", "SW"]],
        "dispatched",
    ),
    ("dispatched", "dispatched", &[&["receive"], &UNIT], "handling"),
    ("handling", "handling", &[&["feedback", "--result", "已更换井盖"], &DESK], "verifying"),
    (
        "supervised",
        "handling",
        &[&["reply-supervision", "--order", "1", "--text", "今日办结"], &UNIT],
        "handling",
    ),
    (
        "returning",
        "returning",
        &[&["decide-return", "--decision", "accept", "--reason", "手册第 12 条"], &CHIEF],
        "awaiting-dispatch",
    ),
    ("returned", "handling", &[&["return", "--reason", "不属本单位"], &UNIT], "returning"),
    (
        "verifying",
        "verifying",
        &[&["verify", "--outcome", "passed", "--waiver", "电话核实"], &CHIEF],
        "awaiting-closing",
    ),
    ("reworked", "handling", &[&["feedback", "--result", "已更换井盖"], &DESK], "verifying"),
    (
        "awaiting-closing",
        "awaiting-closing",
        // It was they who waived the look.
        &[&["close", "--waiver", "夜间一人值班"], &CHIEF],
        "closed",
    ),
    ("closed", "closed", &[], "closed"),
];

#[test]
fn every_case_of_a_store_that_an_older_edition_closed_is_told_as_it_was_and_goes_on() {
    goes_on("949b404.clean");
}

#[test]
fn every_case_of_a_store_whose_older_edition_was_killed_is_told_as_it_was_and_goes_on() {
    goes_on("949b404.killed");
}

#[test]
fn a_case_that_an_older_edition_filed_goes_by_the_handbook_of_its_day() {
    let place = Older::of("949b404.clean");
    let kept = place.json(&["case", "show", &place.id("awaiting-dispatch")]);
    let said = |shown: &Value| shown.pointer("/filing/entry").cloned().unwrap();
    assert_eq!(said(&kept)["small_class"], "上水井盖");
    let rules = place.0.rules();
    let change = |file: &str, from: &str, to: &str| {
        let path = rules.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {file}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    };
    change("handbook.toml", "number = \"2026-1\"", "number = \"2026-2\"");
    change("handbook.csv", "上水井盖", "供水井盖");
    change("handbook.csv", ",SW,水务局,", ",ZJ,住建局,");
    let config = format!("[rules]\ndir = \"{}\"\n", rules.display());
    std::fs::write(place.0.join("duban.toml"), config).unwrap();
    place.run(&["--config", "duban.toml", "rules", "apply"]);
    for (far, ..) in CASES {
        let shown = place.json(&["case", "show", &place.id(far)]);
        if shown.get("filing").is_some() {
            assert_eq!(said(&shown), said(&kept), "{far}");
        }
    }
    let id = place.id("awaiting-dispatch");
    place.run(&["case", "dispatch", &id, "--by", "paiqian", "--unit", "SW"]);
}

#[test]
fn a_kill_while_the_store_of_an_older_edition_is_made_again_loses_nothing_and_the_older_one_is_kept()
 {
    let place = cut_off("949b404.clean");
    let aside = || std::fs::read(place.0.join("data/store.aside/db")).unwrap();
    let kept = aside();
    every_case_goes_on(&place);
    assert!(aside() == kept, "another one took its place");
    assert_eq!(std::fs::read_to_string(place.mark()).unwrap(), "closed");
}

/// A place whose store was being made again when the process was killed.
fn cut_off(name: &str) -> Older {
    for _ in 0..KILLS_MAX {
        let place = Older::of(name);
        let mut making = place.command(&["case", "list"]);
        let mut making = making.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The older one is moved away first.
        while !place.0.join("data/store.aside").exists() && making.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        making.kill().unwrap();
        making.wait().unwrap();
        // There is no mark before the new one is begun.
        if std::fs::read_to_string(place.mark()).map_or(true, |mark| mark == "making") {
            return place;
        }
    }
    panic!("no kill fell into the making");
}

#[track_caller]
fn goes_on(name: &str) {
    let place = Older::of(name);
    let first = place.run(&["case", "list", "--log", "info"]);
    assert!(first.1.contains("made again from the ledger"), "{first:?}");
    let second = place.run(&["case", "list", "--log", "info"]);
    assert!(!second.1.contains("made again"), "{second:?}");
    every_case_goes_on(&place);
}

#[track_caller]
fn every_case_goes_on(place: &Older) {
    for (far, stands, ..) in CASES {
        let id = place.id(far);
        let told = |what: &str| place.told(&format!("{id}.{what}.json"));
        let (showed, explained) = (told("show"), told("explain"));
        // By the clock of today a case that was in time is late.
        let shown = place.json(&["case", "show", &id, "--at", asked_at(&showed)]);
        assert_eq!(stands_at(&shown), Some(stands), "{far}");
        says_what(&shown, &showed, far);
        let anew = place.json(&["case", "explain", &id, "--at", asked_at(&explained)]);
        says_what(&anew, &explained, far);
    }
    for (far, _, next, then) in CASES {
        let id = place.id(far);
        if let [verb, rest @ ..] = next.concat().as_slice() {
            place.run(&[&["case", *verb, &id][..], rest].concat());
        }
        let shown = place.json(&["case", "show", &id]);
        assert_eq!(stands_at(&shown), Some(then), "{far}");
    }
    place.run(&["verify", "--deep"]);
}

/// Where a case stands by what is shown of it.
fn stands_at(shown: &Value) -> Option<&str> {
    shown.pointer("/state/stands").or(shown.get("stands"))?.as_str()
}

/// When the older edition was asked.
fn asked_at(told: &Value) -> &str {
    told.get("at").and_then(Value::as_str).unwrap()
}

/// Holds that everything the older edition said is said still; what it did not know of may stand beside it.
#[track_caller]
fn says_what(now: &Value, then: &Value, place: &str) {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            for (field, then) in then {
                let now = now.get(field).unwrap_or_else(|| panic!("{place}: no {field}"));
                says_what(now, then, &format!("{place}/{field}"));
            }
        }
        (Value::Array(now), Value::Array(then)) => {
            assert_eq!(now.len(), then.len(), "{place}");
            for (number, (now, then)) in now.iter().zip(then).enumerate() {
                says_what(now, then, &format!("{place}/{number}"));
            }
        }
        (now, then) => assert_eq!(now, then, "{place}"),
    }
}

/// A place with a store of an older edition.
struct Older(ScratchDir);

impl Older {
    fn of(name: &str) -> Older {
        let ground = ScratchDir::new();
        let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("processes/older");
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(packed.join(format!("{name}.tar.gz"))).arg("-C").arg(ground.path());
        assert!(tar.status().unwrap().success());
        Older(ground)
    }

    /// The case that went as far as `far`.
    fn id(&self, far: &str) -> String {
        let cases = std::fs::read_to_string(self.0.join("cases")).unwrap();
        let mut lines = cases.lines().filter_map(|line| line.split_once(' '));
        lines.find(|(_, found)| *found == far).unwrap().0.to_owned()
    }

    /// What the older edition said.
    fn told(&self, file: &str) -> Value {
        let said = std::fs::read(self.0.join("told").join(file)).unwrap();
        serde_json::from_slice(&said).unwrap()
    }

    /// How the store was left.
    fn mark(&self) -> PathBuf {
        self.0.join("data/store/duban.mark")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.args(args).args(["--store", "data"]).current_dir(self.0.path());
        command
    }

    #[track_caller]
    fn run(&self, args: &[&str]) -> (String, String) {
        let ran = self.command(args).output().unwrap();
        let [out, err] = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap());
        assert!(ran.status.success(), "{args:?}: {out}{err}");
        (out, err)
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let (out, _) = self.run(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&out).unwrap()
    }
}
