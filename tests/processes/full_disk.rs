//! A disk that is full, a real one: the server says so, ends once there is room, and its next start is whole.

use std::fs;

use duban_actors::role::Role;
use duban_runtime::journal::EXIT_TO_START_AGAIN;

use crate::server::{Client, Server, token};
use crate::small_disk::SmallDisk;
use duban_gate::report::tell;
use duban_tests::scratch_dir::ScratchDir;

/// Of the disk: small, and large enough for a start.
const MIB: u64 = 96;
/// Bytes that are left of it: what the ledger still takes, sled must take, too, and finds no room for.
const LEFT: u64 = 2 << 20;
/// Lines of one kind that a minute and a bit may see.
const LINES_MAX: usize = 3;
/// Requests after which a full disk must have been met.
const REQUESTS_MAX: u64 = 20_000;

#[test]
fn a_server_whose_disk_was_full_says_so_and_is_whole_again_after_its_next_start() {
    let ground = ScratchDir::new();
    let Some(disk) = SmallDisk::mounted(&ground.join("disk"), MIB) else {
        return tell("skipped: no file system can be mounted here, so no disk can be filled");
    };
    let dir = disk.place();
    let token = token(dir, Role::Intake);
    let log = ("DUBAN_COURIER_DIR", ground.join("letters").display().to_string());
    let server = Server::start(dir, std::slice::from_ref(&log));
    let mut client = Client::connect(&server.address, &token).unwrap();
    let mut filed = Vec::new();
    for n in 0..50 {
        assert!(report(&mut client, n, &mut filed));
    }
    disk.fill(LEFT);
    // Until sled meets it: the ledger alone gets over it by itself.
    let (mut n, mut is_met) = (50, false);
    while !is_met && n < REQUESTS_MAX {
        report(&mut client, n, &mut filed);
        n += 1;
        is_met = server.logged().contains("the store takes nothing until it is opened anew");
    }
    assert!(is_met, "{n} requests: {}", server.logged());
    let mut door = Client::connect(&server.address, &token).unwrap();
    let ready = loop {
        let (status, said) = door.ask("GET", "/readyz", "").unwrap();
        if said.contains("store-full") {
            break status;
        }
    };
    assert_eq!(ready, 503);
    for more in n..n + 500 {
        report(&mut client, more, &mut filed);
    }
    drop((client, door));
    disk.make_room();
    let log_file = dir.join("log");
    let (_, status) = server.wait();
    assert_eq!(status.code(), Some(EXIT_TO_START_AGAIN), "{status}");
    let logged = fs::read_to_string(log_file).unwrap();
    let most = repeats(&logged);
    tell(&format!("{} filed, {} lines logged, {most:?}", filed.len(), logged.lines().count()));
    assert!(most.1 <= LINES_MAX, "{most:?}");

    let server = Server::start(dir, &[log]);
    let mut client = Client::connect(&server.address, &token).unwrap();
    let (status, said) = client.ask("GET", "/readyz", "").unwrap();
    assert_eq!(status, 200, "{said}");
    for case in &filed {
        let (status, said) = client.ask("GET", &format!("/api/v1/cases/{case}"), "").unwrap();
        assert_eq!(status, 200, "{case}: {said}");
    }
    assert!(report(&mut client, REQUESTS_MAX * 2, &mut filed));
    server.kill();
}

/// Files a report; whether it was taken.
fn report(client: &mut Client, no: u64, filed: &mut Vec<String>) -> bool {
    let text = "井盖丢失".repeat(60);
    let body =
        format!(r#"{{"channel":"hotline","source":"12319","external_id":"{no}","text":"{text}"}}"#);
    let (status, said) = client.ask("POST", "/api/v1/cases", &body).unwrap();
    let said: serde_json::Value = serde_json::from_str(&said).unwrap_or_default();
    if status == 201 {
        filed.push(said["case"].as_str().unwrap().to_owned());
    }
    status == 201
}

/// The message that was logged most often, and how often.
fn repeats(logged: &str) -> (String, usize) {
    let ours = logged.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
    let kinds = ours.map(|line| {
        let words = line.split_whitespace().skip(2).take_while(|word| !word.contains('='));
        words.collect::<Vec<_>>().join(" ")
    });
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, n)| *n).unwrap_or_default()
}
