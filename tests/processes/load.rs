//! The server under load, stopped and killed: nothing acknowledged over HTTP is lost, and no person stands in its log.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use duban::registry;
use duban_actors::case;
use duban_actors::role::Role;
use duban_rules::Sources;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::{Journal, Options};
use serde_json::{Value, json};

use crate::server::{Client, Server, token};
use duban_gate::report::tell;
use duban_tests::scratch_dir::ScratchDir;

/// Callers at a time.
const CALLERS: u64 = 16;
/// Answers after which the server is told to end.
const ANSWERS: u64 = 400;
/// A person who must not stand in any log.
const REPORTER: [&str; 2] = ["慕容示例", "13711112222"];

/// Acknowledged cases and the sequence they had.
type Acknowledged = BTreeMap<String, u64>;

fn report(number: u64) -> Value {
    json!({
        "channel": "hotline", "source": "12319", "external_id": number.to_string(),
        "text": "井盖松动", "address": "光明路 1 号",
        "reporter": { "name": REPORTER[0], "phone": REPORTER[1], "reply": "wanted" },
    })
}

/// Callers report case after case until the server goes away, which it is told to by `end` after [`ANSWERS`].
fn under_load(server: Server, token: &str, end: impl FnOnce(Server)) -> Acknowledged {
    let (number, (sender, answers)) = (AtomicU64::new(0), channel());
    let address = server.address.clone();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            let (number, sender, address) = (&number, sender.clone(), &address);
            scope.spawn(move || {
                let Ok(mut client) = Client::connect(address, token) else { return };
                loop {
                    let body = report(number.fetch_add(1, Ordering::Relaxed)).to_string();
                    let Ok((status, answer)) = client.ask("POST", "/api/v1/cases", &body) else {
                        return;
                    };
                    // A server that stops takes nothing more and says so; the caller would come again.
                    if status == 429 && answer.contains("busy") {
                        return;
                    }
                    assert_eq!(status, 201, "{answer}");
                    let answer: Value = serde_json::from_str(&answer).unwrap();
                    let case = answer["case"].as_str().unwrap().to_owned();
                    sender.send((case, answer["sequence"].as_u64().unwrap())).unwrap();
                }
            });
        }
        drop(sender);
        let mut acknowledged: Acknowledged =
            answers.iter().take(usize::try_from(ANSWERS).unwrap()).collect();
        assert!(acknowledged.len() > 10, "the server hardly answered: {}", acknowledged.len());
        end(server);
        acknowledged.extend(answers.iter());
        acknowledged
    })
}

#[track_caller]
fn all_are_there(dir: &Path, acknowledged: &Acknowledged) {
    let rules = registry::in_force(duban_rules::parse(&Sources::shipped()).0);
    let data = dir.join("data");
    let journal = Journal::open(Options::at(data), registry::registry(&rules), &|_| {}).unwrap();
    for (case, sequence) in acknowledged {
        let id = EntityId::new(case::KIND, case);
        let there = journal.entity(&id).unwrap().map_or(0, |stored| stored.sequence);
        assert!(there >= *sequence, "{case}#{sequence} was acknowledged, but is not there");
    }
    journal.close().unwrap();
}

#[test]
fn a_server_told_to_stop_under_load_loses_nothing_it_acknowledged_and_logs_no_person() {
    let ground = ScratchDir::new();
    let token = token(ground.path(), Role::Intake);
    let variables = [("DUBAN_LOG", "info,duban=info,duban_runtime=info".to_owned())];
    let server = Server::start(ground.path(), &variables);
    let acknowledged = under_load(server, &token, |server| {
        server.signal("TERM");
        let (said, status) = server.wait();
        assert!(status.success(), "{status}: {said:?}");
        assert_eq!(said.last().map(String::as_str), Some("已停止。"));
    });
    tell(&format!("SIGTERM: {} acknowledged", acknowledged.len()));
    all_are_there(ground.path(), &acknowledged);
    let log = std::fs::read_to_string(ground.join("log")).unwrap();
    for person in REPORTER {
        assert!(!log.contains(person), "{person} stands in the log:\n{log}");
    }
    assert!(log.contains("stopping"), "it logs: {log}");
}

#[test]
fn a_server_killed_under_load_loses_nothing_it_acknowledged() {
    let ground = ScratchDir::new();
    let token = token(ground.path(), Role::Intake);
    let server = Server::start(ground.path(), &[]);
    let acknowledged = under_load(server, &token, Server::kill);
    tell(&format!("kill -9: {} acknowledged", acknowledged.len()));
    all_are_there(ground.path(), &acknowledged);
}

#[test]
fn status_shows_a_running_server_and_fails_where_none_runs() {
    let ground = ScratchDir::new();
    let token = token(ground.path(), Role::Intake);
    let status = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
        command.args(["status", "--store", "data", "--format", format]);
        let ran = command.current_dir(ground.path()).output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
    };
    assert_eq!(status("text").0, Some(1));
    let server = Server::start(ground.path(), &[]);
    let mut client = Client::connect(&server.address, &token).unwrap();
    let (answered, _) = client.ask("POST", "/api/v1/cases", &report(1).to_string()).unwrap();
    assert_eq!(answered, 201);
    let (code, text) = status("text");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("没有告警") && text.contains("通道 sms:畅通"), "{text}");
    let seen: Value = serde_json::from_str(&status("json").1).unwrap();
    assert_eq!(seen["alarms"], json!([]));
    assert!(seen["journal"]["frame"].as_u64().unwrap() > 0, "{seen:#}");
    // The route is counted by its pattern, once.
    let (_, metrics) = client.ask("GET", "/metrics", "").unwrap();
    let counted =
        r#"duban_http_requests_total{method="POST",route="/api/v1/cases",status="201"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    server.signal("TERM");
    server.wait();
}

#[test]
fn rules_with_errors_are_refused_on_sighup_and_the_old_ones_stand_until_they_are_mended() {
    let ground = ScratchDir::new();
    let rules = ground.rules();
    let variables = [("DUBAN_RULES_DIR", rules.to_string_lossy().into_owned())];
    let server = Server::start(ground.path(), &variables);
    let notices = rules.join("notices.toml");
    let right = std::fs::read_to_string(&notices).unwrap();
    let failed = |server: &Server| {
        let mut client = Client::connect(&server.address, "").unwrap();
        let (_, metrics) = client.ask("GET", "/metrics", "").unwrap();
        let hash = metrics.lines().find(|line| line.starts_with("duban_rules_info")).unwrap();
        (metrics.contains("duban_rules_reload_failed 1"), hash.to_owned())
    };
    let (_, before) = failed(&server);
    let until = |expected: &dyn Fn(&(bool, String)) -> bool| {
        server.signal("HUP");
        let patience = server.running().age() + Duration::from_mins(1);
        loop {
            let seen = failed(&server);
            if expected(&seen) {
                return;
            }
            assert!(server.running().age() < patience, "{seen:?}; {}", server.logged());
            std::thread::yield_now();
        }
    };
    std::fs::write(&notices, right.replace("[warning]", "[warn")).unwrap();
    until(&|(is_refused, hash)| *is_refused && *hash == before);
    std::fs::write(&notices, right.replace("催收:", "请签收:")).unwrap();
    until(&|(is_refused, hash)| !is_refused && *hash != before);
    server.signal("TERM");
    assert!(server.wait().1.success());
}
