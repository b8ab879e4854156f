//! A muted store on a real server: nothing leaves and nothing is lost, everybody sees it, and what waited leaves once a
//! person lets it go.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use duban_actors::role::Role;
use duban_tests::scratch_dir::ScratchDir;
use serde_json::Value;

use crate::server::{Client, Server, token};

/// What wants an answer by SMS.
const REPORT: &str = r#"{"channel":"hotline","source":"12319","external_id":"1","text":"井盖丢失",
    "reporter":{"name":"王示例","phone":"13900000001","reply":"wanted"}}"#;

fn duban(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.current_dir(dir).args(args).args(["--store", "data"]).output().unwrap()
}

/// The exit code and everything that was said.
fn said(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = duban(dir, args);
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

/// Files of the folder courier that hold something: letters and lists of SMS.
fn sent(dir: &Path) -> usize {
    let mut n = 0;
    let mut below = vec![dir.join("data/outbox")];
    while let Some(dir) = below.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                below.push(entry.path());
            } else {
                n += usize::from(entry.metadata().unwrap().len() > 0);
            }
        }
    }
    n
}

/// A report that is declined: the reporter is to hear of it.
fn report_and_decline(server: &Server, token: &str) {
    let mut client = Client::connect(&server.address, token).unwrap();
    let (status, said) = client.ask("POST", "/api/v1/cases", REPORT).unwrap();
    assert_eq!(status, 201, "{said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    let path = format!("/api/v1/cases/{}/declining", said["case"].as_str().unwrap());
    let (status, said) = client.ask("POST", &path, r#"{"reason":"不属于受理范围"}"#).unwrap();
    assert_eq!(status, 200, "{said}");
}

/// A page as it comes to anybody.
fn page(address: &str, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: duban\r\nConnection: close\r\n\r\n").unwrap();
    BufReader::new(stream).lines().map_while(Result::ok).collect::<Vec<_>>().join("\n")
}

fn until(server: &Server, what: &str, is_so: impl Fn() -> bool) {
    let patience = server.running().age() + Duration::from_mins(1);
    while !is_so() {
        assert!(server.running().age() < patience, "{what}: {}", server.logged());
        std::thread::yield_now();
    }
}

#[test]
fn a_muted_server_sends_nothing_loses_nothing_and_says_so_until_it_is_let_go() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    let token = token(dir, Role::Intake);
    assert_eq!(said(dir, &["mute"]).0, Some(0));
    let server = Server::start(dir, &[]);
    report_and_decline(&server, &token);

    // Looked at, while the office has had time for many rounds.
    until(&server, "the log says it", || server.logged().contains("已静音"));
    let (code, status) = said(dir, &["status"]);
    assert_eq!(code, Some(1), "{status}");
    assert!(status.contains("已静音"), "{status}");
    for path in ["/", "/login"] {
        assert!(page(&server.address, path).contains("已静音"), "{path}");
    }
    assert!(page(&server.address, "/readyz").contains(r#""muted":true"#));
    assert!(page(&server.address, "/metrics").contains("duban_muted 1"));
    let (code, listed) = said(dir, &["unmute"]);
    assert_eq!(code, Some(1), "{listed}");
    assert!(listed.contains("等待发送的消息") && listed.contains("--yes"), "{listed}");
    assert_eq!(sent(dir), 0);

    let (code, waiting) = said(dir, &["unmute", "--yes", "--format", "json"]);
    assert_eq!(code, Some(0), "{waiting}");
    let waiting: Value = serde_json::from_str(&waiting).unwrap();
    let n = waiting["waiting"]["n"].as_u64().unwrap();
    assert!(n > 0, "{waiting:#}");
    until(&server, "what waited has left", || {
        said(dir, &["outbox", "list"]).1.contains("没有未了结的消息")
    });
    assert!(sent(dir) > 0);
    let (code, status) = said(dir, &["status"]);
    assert_eq!(code, Some(0), "{status}");
    assert!(!page(&server.address, "/").contains("已静音"));
    server.kill();
}

#[test]
fn a_running_server_is_muted_and_stays_so_through_a_restart() {
    let ground = ScratchDir::new();
    let dir = ground.path();
    let token = token(dir, Role::Intake);
    let server = Server::start(dir, &[]);
    assert_eq!(said(dir, &["mute"]).0, Some(0));
    server.kill();
    let server = Server::start(dir, &[]);
    report_and_decline(&server, &token);
    until(&server, "the log says it", || server.logged().contains("已静音"));
    assert_eq!(said(dir, &["status"]).0, Some(1));
    assert_eq!(sent(dir), 0);
    server.kill();
}
