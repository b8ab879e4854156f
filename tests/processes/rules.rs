//! Which rules are in force after a start: those on record, whatever lies in the directory; and what is said of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use duban_actors::role::Role;
use serde_json::Value;

use crate::server::{Client, Server, token};
use duban_tests::scratch_dir::ScratchDir;

/// Commands that only look.
const LOOKS: [&[&str]; 9] = [
    &["case", "list"],
    &["unit", "list"],
    &["unit", "show", "SW"],
    &["person", "list"],
    &["timer", "list"],
    &["outbox", "list"],
    &["rules", "history"],
    &["rules", "recalculate", "--dry-run"],
    &["verify"],
];

/// A store that has been served once, by rules that lie in a directory of their own.
struct Place {
    ground: ScratchDir,
    rules: PathBuf,
    token: String,
}

impl Place {
    fn served() -> Place {
        let ground = ScratchDir::new();
        let (rules, token) = (ground.rules(), token(ground.path(), Role::Operator));
        let place = Place { ground, rules, token };
        stop(place.serve());
        place
    }

    fn dir(&self) -> (&'static str, String) {
        ("DUBAN_RULES_DIR", self.rules.to_string_lossy().into_owned())
    }

    fn serve(&self) -> Server {
        Server::start(self.ground.path(), &[self.dir()])
    }

    /// How a command ended, and everything it said.
    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.args(args).args(["--store", "data"]).current_dir(self.ground.path());
        let ran = command.envs([self.dir()]).output().unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        (ran.status.code(), said)
    }

    #[track_caller]
    fn done(&self, args: &[&str]) -> String {
        let (code, said) = self.run(args);
        assert_eq!(code, Some(0), "{args:?}: {said}");
        said
    }

    fn editions(&self) -> Vec<Value> {
        let said = self.done(&["rules", "history", "--format", "json"]);
        let said: Value = serde_json::from_str(&said).unwrap();
        said["editions"].as_array().unwrap().clone()
    }

    fn change(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.rules.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, change(text)).unwrap();
    }

    /// What `GET /api/v1/rules` answers.
    fn shown(&self, server: &Server) -> Value {
        let mut client = Client::connect(&server.address, &self.token).unwrap();
        let (status, body) = client.ask("GET", "/api/v1/rules", "").unwrap();
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Where the files of an edition are kept.
    fn blob(&self, edition: &Value) -> PathBuf {
        let name = edition["blob"].as_str().unwrap();
        let (dir, file) = name.split_at(2);
        self.ground.path().join("data/blobs").join(dir).join(file)
    }
}

/// Stops it in good order.
fn stop(server: Server) {
    server.signal("TERM");
    let (said, status) = server.wait();
    assert!(status.success(), "{said:?}");
}

/// Waits until the server says of itself what is expected.
fn until(server: &Server, expected: impl Fn() -> bool) {
    let patience = server.running().age() + Duration::from_mins(1);
    while !expected() {
        assert!(server.running().age() < patience, "{}", server.logged());
        std::thread::yield_now();
    }
}

fn moved_away(dir: &Path) -> PathBuf {
    let away = dir.with_extension("away");
    std::fs::rename(dir, &away).unwrap();
    away
}

#[test]
fn a_broken_or_missing_directory_stops_neither_the_service_nor_whoever_looks() {
    let place = Place::served();
    let before = place.editions();
    assert_eq!(before.len(), 1);
    place.change("units.toml", |text| text + "\nx = [\n");
    let broken = |place: &Place| {
        for args in LOOKS {
            place.done(args);
        }
        let server = place.serve();
        assert_eq!(place.shown(&server)["hash"], before[0]["hash"]);
        assert!(place.shown(&server)["refused"].is_string());
        until(&server, || place.run(&["status"]).1.contains("rules-refused"));
        assert_eq!(place.run(&["status"]).0, Some(1));
        stop(server);
        assert_eq!(place.editions(), before);
    };
    broken(&place);
    let away = moved_away(&place.rules);
    broken(&place);

    // Mended and read again, all is well.
    std::fs::rename(away, &place.rules).unwrap();
    place.change("units.toml", |text| text.replace("\nx = [\n", ""));
    let server = place.serve();
    assert!(place.shown(&server)["refused"].is_null());
    assert_eq!(place.shown(&server)["unapplied"], false);
    stop(server);
}

#[test]
fn a_first_start_by_rules_with_errors_makes_no_store() {
    let ground = ScratchDir::new();
    let rules = ground.rules();
    std::fs::write(rules.join("units.toml"), "x = [\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.args(["serve", "--init", "--listen", "127.0.0.1:0", "--store", "data"]);
    let ran = command.current_dir(ground.path()).env("DUBAN_RULES_DIR", &rules).output().unwrap();
    assert!(!ran.status.success());
    assert!(!ground.join("data").exists());
}

#[test]
fn a_valid_edit_that_nobody_applied_does_not_come_into_force_by_a_restart_and_status_says_so() {
    let place = Place::served();
    let first = place.editions().pop().unwrap();
    place.change("notices.toml", |text| text.replace("催收:", "请签收:"));
    let server = place.serve();
    assert_eq!(place.shown(&server)["hash"], first["hash"]);
    assert_eq!(place.shown(&server)["unapplied"], true);
    let (code, said) = place.run(&["status"]);
    assert_eq!(code, Some(0), "it is no alarm: {said}");
    assert!(said.contains("规则目录有未生效的改动"), "{said}");
    let said: Value = serde_json::from_str(&place.done(&["status", "--format", "json"])).unwrap();
    assert_eq!((&said["rules_unapplied"], &said["rules"]), (&Value::Bool(true), &first["hash"]));

    // Not until somebody says so.
    place.done(&["rules", "apply", "--by", "王示例"]);
    let editions = place.editions();
    assert_eq!((editions.len(), editions[1]["by"].as_str()), (2, Some("王示例")));
    assert_eq!(place.shown(&server)["hash"], editions[1]["hash"]);
    assert_eq!(place.shown(&server)["unapplied"], false);
    server.kill();
    let server = place.serve();
    assert_eq!(place.shown(&server)["hash"], editions[1]["hash"]);
    assert_eq!(place.shown(&server)["unapplied"], false);
    stop(server);
    assert_eq!(place.editions(), editions);
}

#[test]
fn rules_that_are_gone_from_the_store_are_taken_from_the_directory_if_they_are_the_very_same() {
    let place = Place::served();
    let edition = place.editions().pop().unwrap();
    let kept = std::fs::read(place.blob(&edition)).unwrap();
    for damage in [None, Some(&b"{}"[..])] {
        std::fs::remove_file(place.blob(&edition)).unwrap();
        if let Some(damage) = damage {
            std::fs::write(place.blob(&edition), damage).unwrap();
        }
        stop(place.serve());
        assert_eq!(std::fs::read(place.blob(&edition)).unwrap(), kept, "kept once more");
    }
}

#[test]
fn rules_that_are_lost_are_named_with_every_way_out_and_each_of_them_leads_out() {
    let place = Place::served();
    let edition = place.editions().pop().unwrap();
    let kept = std::fs::read(place.blob(&edition)).unwrap();
    std::fs::remove_file(place.blob(&edition)).unwrap();
    place.change("notices.toml", |text| text.replace("催收:", "请签收:"));
    let (code, said) = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1), "{said}");
    for word in ["blob", "hash"].map(|key| edition[key].as_str().unwrap()) {
        assert!(said.contains(word), "{said}");
    }
    assert!(said.contains("duban rules apply"), "{said}");
    // Whoever only looks is not kept from it.
    place.done(&["case", "list"]);
    place.done(&["rules", "history"]);

    std::fs::write(place.blob(&edition), kept).unwrap();
    let server = place.serve();
    assert_eq!(place.shown(&server)["hash"], edition["hash"]);
    stop(server);

    std::fs::remove_file(place.blob(&edition)).unwrap();
    place.done(&["rules", "apply"]);
    let server = place.serve();
    assert_eq!(place.shown(&server)["hash"], place.editions()[1]["hash"]);
    stop(server);
}

#[test]
fn an_open_workbook_is_no_edit_and_a_ladder_that_tells_the_county_too_early_is_not_applied() {
    let place = Place::served();
    let before = place.editions();
    std::fs::write(place.rules.join("~$handbook.csv"), "admin").unwrap();
    let server = place.serve();
    assert_eq!(place.shown(&server)["unapplied"], false);

    let overdue = "overdue_percent = 100, at_least = \"3 work_day\"";
    place.change("ladder.toml", |text| text.replace(overdue, "percent = 50"));
    let (code, said) = place.run(&["rules", "apply", "--by", "王示例"]);
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("R0514") && said.contains("主管县长"), "{said}");
    assert!(said.contains("overdue_percent = 50"), "{said}");
    assert_eq!(place.editions(), before);
    stop(server);
}
