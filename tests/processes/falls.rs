//! Loops that fall or hang in a running server: each is begun anew, counted and told of; the fifth time, and where
//! nobody knows what was left half changed, the process ends for its manager to start another.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use duban_runtime::clock::{Clock as _, SystemClock};
use duban_tests::child::PATIENCE;
use duban_tests::scratch_dir::ScratchDir;

use crate::server::Server;

/// Every loop that is begun anew, in a server with a watchdog.
const LOOPS: [&str; 11] = [
    "auditor", "canary", "control", "doors", "front", "office", "ticker", "town", "upkeep",
    "watchdog", "watcher",
];

/// A server to whose loops harm is done: what the files say.
fn harmed(ground: &ScratchDir, files: &[(&str, &str)]) -> Server {
    let harm = ground.join("harm");
    fs::create_dir(&harm).unwrap();
    for (name, what) in files {
        fs::write(harm.join(name), what).unwrap();
    }
    let harm = harm.display().to_string();
    let socket = ground.join("notify").display().to_string();
    let watchdog = Duration::from_millis(600).as_micros().to_string();
    let variables = [("DUBAN_HARM", harm), ("NOTIFY_SOCKET", socket), ("WATCHDOG_USEC", watchdog)];
    Server::start(ground.path(), &variables)
}

#[test]
fn every_loop_that_falls_is_begun_anew_counted_and_told_of_and_the_server_goes_on() {
    let ground = ScratchDir::new();
    let _manager = UnixDatagram::bind(ground.join("notify")).unwrap();
    let files: Vec<_> = LOOPS.iter().map(|name| (*name, "fall\n")).collect();
    let server = harmed(&ground, &files);
    for name in LOOPS {
        let line = format!("duban_loop_restarts_total{{loop=\"{name}\"}} 1");
        until(&server, "/metrics", &line);
        let alive = format!("duban_loop_alive{{loop=\"{name}\"}} 1.0");
        until(&server, "/metrics", &alive);
        until(&server, "/readyz", &format!("loop-restarted/{name}"));
    }
    assert!(get(&server, "/readyz").starts_with("HTTP/1.1 200"), "{}", get(&server, "/readyz"));
    let status = duban(&ground, &["status"]);
    assert_eq!(status.status.code(), Some(1));
    let said = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(said.contains("出错后已重新开始"), "{said}");
    server.signal("TERM");
    let (said, ended) = server.wait();
    assert!(ended.success(), "{ended}: {said:?}");
}

#[test]
fn a_message_on_which_something_panics_is_a_dead_letter_and_the_others_leave() {
    let ground = ScratchDir::new();
    let _manager = UnixDatagram::bind(ground.join("notify")).unwrap();
    // Two loops fall, so two alarms are told; the first of them panics in the office.
    let server = harmed(
        &ground,
        &[("operator-alarm", "fall\n"), ("canary", "fall\n"), ("auditor", "fall\n")],
    );
    until(&server, "/metrics", "duban_hand_overs_total{channel=\"email\",outcome=\"taken\"} 1");
    until(&server, "/readyz", "\"dead-letters\"");
    let dead = duban(&ground, &["outbox", "list", "--dead", "--format", "json"]);
    let dead = String::from_utf8_lossy(&dead.stdout).into_owned();
    assert!(
        dead.contains("handling it panicked: `operator-alarm` was tripped by a test"),
        "{dead}"
    );
    let restarts = "duban_loop_restarts_total{loop=\"office\"} 0";
    assert!(get(&server, "/metrics").contains(restarts), "the office itself did not fall");
}

#[test]
fn the_fifth_fall_of_a_loop_within_ten_minutes_ends_the_process_with_one_clear_line() {
    let ground = ScratchDir::new();
    let _manager = UnixDatagram::bind(ground.join("notify")).unwrap();
    let server = harmed(&ground, &[]);
    fs::write(ground.join("harm/office"), "fall\n".repeat(5)).unwrap();
    ends(server, &ground, "the loop `office` fell 5 times within ten minutes");
}

#[test]
fn a_panic_of_the_thread_that_commits_or_of_the_one_that_applies_ends_the_process_at_once() {
    for name in ["committer", "applier"] {
        let ground = ScratchDir::new();
        let _manager = UnixDatagram::bind(ground.join("notify")).unwrap();
        let server = harmed(&ground, &[]);
        fs::write(ground.join("harm").join(name), "fall\n").unwrap();
        // A loop that falls is told of, and that is committed and applied.
        fs::write(ground.join("harm/canary"), "fall\n").unwrap();
        ends(server, &ground, &format!("the thread `{name}` of the journal fell"));
    }
}

#[test]
fn a_loop_that_hangs_is_seen_by_those_who_ask_until_it_gives_a_sign_of_life() {
    let ground = ScratchDir::new();
    let _manager = UnixDatagram::bind(ground.join("notify")).unwrap();
    let server = harmed(&ground, &[]);
    fs::write(ground.join("harm/office"), "hush\n").unwrap();
    until(&server, "/readyz", "\"loop-dead\"");
    let ready = get(&server, "/readyz");
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("loop-dead/office"), "{ready}");
    assert!(get(&server, "/healthz").starts_with("HTTP/1.1 503"));
    assert!(get(&server, "/metrics").contains("duban_loop_alive{loop=\"office\"} 0.0"));
    let status = duban(&ground, &["status"]);
    assert_eq!(status.status.code(), Some(1));
    while !server.logged().contains("the watchdog is not told that all is well") {
        get(&server, "/healthz");
    }
    // Nobody takes messages out, so the operator is told past the outbox.
    while !server.logged().contains("the operator is told directly") {
        get(&server, "/healthz");
    }
    fs::remove_file(ground.join("harm/office")).unwrap();
    until(&server, "/readyz", "\"ready\":true");
}

/// It ends by itself, badly, and says why once.
#[track_caller]
fn ends(server: Server, ground: &ScratchDir, why: &str) {
    let (said, ended) = server.wait();
    assert!(!ended.success(), "{said:?}");
    let log = fs::read_to_string(ground.join("log")).unwrap();
    let lines = log.lines().filter(|line| line.contains("the process") && line.contains(why));
    assert_eq!(lines.count(), 1, "{log}");
}

/// Asks until the answer has this.
#[track_caller]
fn until(server: &Server, path: &str, has: &str) {
    let clock = SystemClock::start();
    loop {
        let answer = get(server, path);
        if answer.contains(has) {
            return;
        }
        let log = server.logged();
        assert!(clock.monotonic() < PATIENCE, "no {has} in {answer}\n{log}");
    }
}

fn get(server: &Server, path: &str) -> String {
    // An HTTP server that is just opened again is there in a moment.
    let Ok(mut stream) = TcpStream::connect(&server.address) else { return String::new() };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let asked = write!(stream, "GET {path} HTTP/1.1\r\nHost: duban\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    match asked.and_then(|()| stream.read_to_string(&mut answer)) {
        Ok(_) => answer,
        Err(_) => String::new(),
    }
}

/// A command on the store of the server.
fn duban(ground: &ScratchDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duban-child"));
    command.args(arguments).arg("--store").arg(Path::new("data"));
    command.current_dir(ground.path()).output().unwrap()
}
