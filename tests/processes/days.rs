//! Rules that wait for their day, on the server itself: killed before midnight and started after it, they are in force
//! once, before anything is decided by the old ones.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use duban::asking::{Asker, Terms};
use duban::registry;
use duban_actors::centre::{self, Centre, RulesEdition};
use duban_rules::{Diagnostic, Sources};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Timestamp, VirtualClock};
use duban_runtime::entity::CommandId;
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Ask, Node, Options as NodeOptions};
use duban_tests::child::{NextLine, PATIENCE, Running};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

/// Wednesday, 4 March 2026, 20:00 local time.
const EVENING: Timestamp = Timestamp::from_millis(1_772_625_600_000);
const HOUR: Duration = Duration::from_hours(1);

/// A store with rules in a directory of its own, and a clock that is moved.
struct Place {
    ground: ScratchDir,
    rules: PathBuf,
}

impl Place {
    fn new() -> Place {
        let ground = ScratchDir::new();
        let rules = ground.rules();
        let (store, dir) = (ground.join("data"), rules.display());
        let config = format!(
            "[store]\ndir = \"{}\"\n[rules]\ndir = \"{dir}\"\n[http]\nlisten = \"127.0.0.1:0\"\n",
            store.display()
        );
        fs::write(ground.join("duban.toml"), config).unwrap();
        let place = Place { ground, rules };
        place.done(&["init"]);
        place
    }

    fn serve(&self, at: Timestamp) -> Running {
        let log = File::options().create(true).append(true).open(self.ground.join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_clocked-server"));
        command.arg(self.ground.join("duban.toml")).arg(at.as_millis().to_string());
        let server = Running::start(command.stderr(log));
        let said = server.line_until(PATIENCE);
        assert!(matches!(&said, NextLine::Line(line) if line.contains("http://")), "{said:?}");
        server
    }

    /// How a command ended, and everything it said.
    fn run(&self, args: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.arg("--config").arg(self.ground.join("duban.toml")).args(args);
        let ran = command.current_dir(self.ground.path()).stdin(Stdio::null()).output().unwrap();
        let said = [ran.stdout, ran.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
        (ran.status.success(), said)
    }

    #[track_caller]
    fn done(&self, args: &[&str]) -> String {
        let (is_done, said) = self.run(args);
        assert!(is_done, "{args:?}: {said}");
        said
    }

    #[track_caller]
    fn history(&self) -> Value {
        serde_json::from_str(&self.done(&["rules", "history", "--format", "json"])).unwrap()
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.rules.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "`{from}` is not in {file}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// A second edition in the directory, for Thursday.
    fn second(&self) {
        self.change("handbook.toml", "number = \"2026-1\"", "number = \"2026-2\"");
        self.change("handbook.toml", "effective = 2026-01-01", "effective = 2026-03-05");
        self.change("handbook.csv", "更换或修好,2工作日", "更换或修好,3工作日");
    }

    /// Waits until `expected` is so.
    fn until(&self, server: &Running, expected: impl Fn() -> bool) {
        let patience = server.age() + Duration::from_mins(1);
        while !expected() {
            let log = || fs::read_to_string(self.ground.join("log")).unwrap();
            assert!(server.age() < patience, "{}", log());
            std::thread::yield_now();
        }
    }
}

fn stop(server: Running) {
    server.signal("TERM");
    let (said, status) = server.wait(PATIENCE);
    assert!(status.success(), "{said:?}");
}

#[test]
fn an_edition_whose_day_came_while_the_server_was_down_is_in_force_at_its_next_start_and_once() {
    let place = Place::new();
    let server = place.serve(EVENING);
    assert_eq!(place.history()["editions"].as_array().unwrap().len(), 1);
    place.second();
    let said = place.done(&["rules", "apply", "--by", "王示例"]);
    assert!(said.contains("规则待生效:手册 2026-2") && said.contains("2026-03-05 零时"), "{said}");
    assert!(place.run(&["status"]).1.contains("待生效:2026-03-05 零时起"));
    assert!(!place.run(&["status"]).1.contains("规则目录有未生效的改动"));
    assert!(place.done(&["timer", "list"]).contains("2026-03-05"));
    let waiting = place.history()["waiting"].clone();
    assert_eq!(waiting["by"], "王示例");
    drop(server.kill());

    for n in 0..2 {
        let server = place.serve(EVENING + (5 + n) * HOUR);
        let history = place.history();
        let editions = history["editions"].as_array().unwrap();
        assert_eq!(editions.len(), 2, "{history}");
        assert_eq!(editions[1]["hash"], waiting["hash"]);
        assert_eq!((&editions[1]["by"], &history["waiting"]), (&waiting["by"], &Value::Null));
        let status: Value =
            serde_json::from_str(&place.run(&["status", "--format", "json"]).1).unwrap();
        assert_eq!(status["rules"], waiting["hash"]);
        assert_eq!(status["rules_waiting"], Value::Null);
        drop(server.kill());
    }
}

#[test]
fn an_edition_comes_into_force_at_midnight_on_a_running_server_and_not_when_it_was_cancelled() {
    let place = Place::new();
    let mut server = place.serve(EVENING);
    let first = place.history()["editions"][0]["hash"].clone();
    place.second();
    place.done(&["rules", "apply"]);
    let waiting = place.history()["waiting"]["hash"].as_str().unwrap().to_owned();
    let refused = place.run(&["rules", "cancel", "zz", "--reason", "暂缓"]);
    assert!(!refused.0 && refused.1.contains("待生效:2026-03-05"), "{}", refused.1);
    let said = place.done(&["rules", "cancel", &waiting[..8], "--reason", "暂缓施行"]);
    assert!(said.contains("不再待生效"), "{said}");
    assert!(place.done(&["rules", "history"]).contains("取消:暂缓施行"));
    let refused = place.run(&["rules", "cancel", &waiting[..8], "--reason", "暂缓"]);
    assert!(!refused.0 && refused.1.contains("没有待生效的规则"), "{}", refused.1);
    place.done(&["rules", "apply"]);

    server.tell(&(EVENING + 4 * HOUR).as_millis().to_string());
    let rules = || {
        let status = place.run(&["status", "--format", "json"]).1;
        serde_json::from_str::<Value>(&status).unwrap()["rules"].clone()
    };
    assert!(rules() == first || rules() == waiting);
    place.until(&server, || rules() == waiting);
    let history = place.history();
    assert_eq!(history["editions"].as_array().unwrap().len(), 2, "{history}");
    assert_eq!(history["dropped"].as_array().unwrap().len(), 1, "{history}");
    stop(server);
}

#[test]
fn an_edition_is_recorded_and_taken_back_while_no_server_runs() {
    let place = Place::new();
    place.done(&["rules", "apply"]);
    // The clock of a command is the system's: a day that is ahead of any.
    place.change("handbook.toml", "number = \"2026-1\"", "number = \"2026-2\"");
    place.change("handbook.toml", "effective = 2026-01-01", "effective = 2199-01-01");
    let said = place.done(&["rules", "apply"]);
    assert!(said.contains("2199-01-01 零时起自动生效"), "{said}");
    assert!(place.done(&["rules", "apply"]).contains("仍待 2199-01-01"));
    let history = place.done(&["rules", "history"]);
    assert!(history.contains("待生效:2199-01-01 零时起"), "{history}");
    // Their files are the store's to keep, like those of any others.
    place.done(&["verify"]);
    let hash = place.history()["waiting"]["hash"].as_str().unwrap().to_owned();
    place.done(&["rules", "cancel", &hash, "--reason", "写错了年份"]);
    assert_eq!(place.history()["waiting"], Value::Null);
    // Another content under a number that was in force.
    place.change("handbook.toml", "number = \"2026-2\"", "number = \"2026-1\"");
    let refused = place.run(&["rules", "apply"]);
    assert!(!refused.0 && refused.1.contains("R0140"), "{}", refused.1);
    assert!(refused.1.contains("number = \"2026-2\""), "{}", refused.1);
    let plain = place.run(&["rules", "apply", "--format", "json"]).1;
    assert!(
        plain.contains("\"code\":\"R0140\"") || plain.contains("\"code\": \"R0140\""),
        "{plain}"
    );
}

/// Puts rules on record that today's check refuses, as a program that was less strict could.
fn put_on_record(place: &Place, sources: &Sources) {
    actix::System::new().block_on(async {
        let (book, found) = duban_rules::parse(sources);
        assert!(found.iter().any(Diagnostic::is_error), "{found:?}");
        let rules = registry::in_force(book);
        let registry = registry::registry(&rules);
        let options = JournalOptions::at(place.ground.join("data"));
        let journal = Journal::open(options, registry.clone(), &|_| {}).unwrap();
        let files: BTreeMap<&str, String> = sources
            .iter()
            .map(|(name, bytes)| (name, String::from_utf8(bytes.to_vec()).unwrap()))
            .collect();
        let blob = journal.blobs().put(&serde_json::to_vec_pretty(&files).unwrap()).unwrap();
        let current = rules.current();
        let hash = current.0.rules.hash.iter().map(|byte| format!("{byte:02x}"));
        let (hash, number) = (hash.collect::<String>().into(), "2026-1".into());
        let edition = RulesEdition { hash, blob: blob.to_string().into(), number };
        let clock = Arc::new(VirtualClock::at(EVENING - HOUR));
        let node = Node::start(NodeOptions::default(), registry, journal, clock).await.unwrap();
        let asked = Asker::on_the_machine().asked(Terms::of(CommandId(1)), EVENING - HOUR);
        let put = centre::Command::PutRulesInForce(edition);
        let answer = node.ask(Ask::of::<Centre>(centre::KEY, put, asked)).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        node.durable().await;
        let journal = node.journal().clone();
        node.stop().await;
        journal.close().unwrap();
    });
}

#[test]
fn rules_in_force_that_todays_check_refuses_are_an_alarm_until_others_are_put_in_force() {
    let place = Place::new();
    let broken = Sources::shipped();
    let units = broken.text("units.toml").unwrap_or_default().replacen("name = ", "nmae = ", 1);
    put_on_record(&place, &broken.clone().with("units.toml", units));
    let mut server = place.serve(EVENING);
    place.until(&server, || place.run(&["status"]).1.contains("rules-faulty"));
    let said = place.run(&["status"]).1;
    assert!(said.contains("现行规则按本版程序的检查有错误(R0"), "{said}");
    // The directory is in order and nobody has applied it: one cause, one alarm.
    assert!(!said.contains("rules-refused"), "{said}");
    place.done(&["rules", "apply"]);
    server.tell(&(EVENING + Duration::from_mins(1)).as_millis().to_string());
    place.until(&server, || !place.run(&["status"]).1.contains("rules-faulty"));
    stop(server);
}
