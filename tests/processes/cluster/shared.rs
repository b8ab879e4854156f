//! What nodes share beside the log: rules, files of cases, and the keys by which reporters are read.

use std::path::PathBuf;

use duban_runtime::clock::{Clock as _, SystemClock};
use duban_tests::child::PATIENCE;
use serde_json::{Value, json};

use super::town::{Node, Town};
use crate::server::Client;

/// A picture of two by two, of bytes that are text.
pub(super) const PICTURE: &str =
    "RIFF\u{1a}\0\0\0WEBPVP8L\r\0\0\0\u{2f}\u{1}\u{40}\0\0\0\0\0\0\0\0\0\0\0";

#[test]
fn what_is_kept_on_one_node_is_read_on_the_other_and_what_is_erased_on_one_is_gone_on_both() {
    let town = Town::of(2);
    town.until_whole();
    let [one, other] = &town.nodes[..] else { panic!("two nodes") };
    let head = enrolled(one, "head", "centre-head");
    let kept = asked(one, &town.token, ("POST", "/api/v1/photos", PICTURE), 201);
    let photo = kept["photo"].as_str().unwrap();
    assert_eq!(std::fs::read(blob(other, photo)).unwrap(), PICTURE.as_bytes());
    // Whatever is gone on one machine is had from the other.
    std::fs::remove_file(blob(other, photo)).unwrap();
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": "1", "text": "井盖松动",
        "address": "靖宁街", "photos": [photo],
        "reporter": {"name": "王示例", "phone": "13911112222", "reply": "not-wanted"},
    });
    let case = asked(other, &town.token, ("POST", "/api/v1/cases", &report.to_string()), 201);
    let case = case["case"].as_str().unwrap();
    assert!(blob(other, photo).is_file());
    let path = format!("/api/v1/cases/{case}");
    let keys = [one, other].map(|node| key(node, case));
    for (node, key) in [one, other].into_iter().zip(&keys) {
        let shown = asked(node, &town.token, ("GET", &path, ""), 200);
        assert_eq!(shown["reporter"]["phone"], "13911112222", "{}", node.name());
        assert_eq!(std::fs::metadata(key).unwrap().len(), 32);
        let mut client = Client::connect(&node.address, &town.token).unwrap();
        let seen = client.ask("GET", &format!("/api/v1/photos/{photo}?case={case}"), "").unwrap();
        assert_eq!(seen, (200, PICTURE.to_owned()), "{}", node.name());
    }
    let declining = json!({"reason": "不属于范围"}).to_string();
    asked(one, &town.token, ("POST", &format!("{path}/declining"), &declining), 200);
    let erasure = json!({"reason": "本人来电要求删除"}).to_string();
    asked(one, &head, ("POST", &format!("{path}/reporter-erasure"), &erasure), 200);
    for (node, key) in [one, other].into_iter().zip(&keys) {
        assert_eq!(std::fs::metadata(key).unwrap().len(), 0, "{}", node.name());
        let shown = asked(node, &town.token, ("GET", &path, ""), 200);
        assert_eq!(shown["reporter"]["unreadable"], "erased", "{}", node.name());
    }
    // Who does not know the nodes' secret gets nothing of it.
    let (blob, key) = (format!("blobs/{photo}"), format!("keys/{case}"));
    for what in [&blob, &key, "blobs", "keys", "frames?after=0"] {
        let mut client = Client::connect(&one.address, &head).unwrap();
        let answer = client.ask("GET", &format!("/cluster/{what}"), "");
        assert_eq!(answer.unwrap().0, 401, "{what}");
    }
}

#[test]
fn whoever_was_down_when_a_reporter_was_erased_erases_them_when_it_reads_of_it() {
    let mut town = Town::of(2);
    town.until_whole();
    let head = enrolled(&town.nodes[0], "head", "centre-head");
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": "1", "text": "井盖松动",
        "address": "靖宁街",
        "reporter": {"name": "王示例", "phone": "13911112222", "reply": "not-wanted"},
    });
    let case =
        asked(&town.nodes[0], &town.token, ("POST", "/api/v1/cases", &report.to_string()), 201);
    let case = case["case"].as_str().unwrap().to_owned();
    let theirs = key(&town.nodes[1], &case);
    let length = || std::fs::metadata(&theirs).unwrap().len();
    assert_eq!(length(), 32);
    town.nodes[1].stop();
    let path = format!("/api/v1/cases/{case}");
    for (token, act) in [(&town.token, "declining"), (&head, "reporter-erasure")] {
        let why = json!({"reason": "本人来电要求"}).to_string();
        asked(&town.nodes[0], token, ("POST", &format!("{path}/{act}"), &why), 200);
    }
    assert_eq!(length(), 32);
    town.nodes[1].start();
    town.until("the key is gone there, too", |_| length() == 0);
}

#[test]
fn every_node_decides_by_the_rules_on_record_and_one_without_their_files_decides_nothing() {
    let mut town = Town::of(2);
    town.until_whole();
    let before = rules(&town.nodes[1]);
    let first = town.change_rules();
    town.nodes[0].must(&["rules", "apply"]);
    town.until("the rules are in force on the other node", |town| {
        let now = rules(&town.nodes[1]);
        now == rules(&town.nodes[0]) && now != before
    });
    // While one is down, others are put in force, and the only node that has their files dies.
    town.nodes[1].stop();
    let second = town.change_rules();
    town.nodes[0].must(&["rules", "apply"]);
    let last = rules(&town.nodes[0]);
    town.nodes[0].kill();
    town.write_rules(&first);
    town.nodes[1].start();
    town.until("nobody decides anything", |town| {
        let list = town.nodes[1].list();
        let mine = list["nodes"].as_array().unwrap().iter().find(|node| node["name"] == "node-2");
        mine.is_some_and(|node| node["fitness"] == "stuck")
            && list["partitions_without_owner"] == 64
    });
    assert_ne!(rules(&town.nodes[1]), last);
    town.write_rules(&second);
    town.nodes[0].start();
    town.until_whole();
    assert_eq!(rules(&town.nodes[1]), last);
}

/// The hash of what a node decides by.
fn rules(node: &Node) -> String {
    // Alarms that are up make it fail.
    let (_, said) = node.run(&["status", "--format", "json"]);
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    said["rules"].as_str().unwrap().to_owned()
}

pub(super) fn asked(
    node: &Node,
    token: &str,
    (method, path, body): (&str, &str, &str),
    wanted: u16,
) -> Value {
    let clock = SystemClock::start();
    loop {
        let mut client = Client::connect(&node.address, token).unwrap();
        let (status, said) = client.ask(method, path, body).unwrap();
        // Nobody has it just now.
        if matches!(status, 429 | 503) && clock.monotonic() < PATIENCE {
            continue;
        }
        assert_eq!(status, wanted, "{}: {method} {path}: {said}", node.name());
        return serde_json::from_str(&said).unwrap_or_default();
    }
}

/// A token of somebody who is enrolled at a running node.
pub(super) fn enrolled(node: &Node, login: &str, role: &str) -> String {
    let password = node.store().with_file_name("password");
    std::fs::write(&password, "Hunter2-correct-horse\n").unwrap();
    node.must(&["person", "add", login, "--role", role, "--password-file", "password"]);
    let words = ["token", "create", login, "--role", role, "--label", "t", "--format", "json"];
    let said: Value = serde_json::from_str(&node.must(&words)).unwrap();
    said["token"].as_str().unwrap().to_owned()
}

/// Where a node keeps a blob.
pub(super) fn blob(node: &Node, name: &str) -> PathBuf {
    node.store().join("blobs").join(&name[..2]).join(&name[2..])
}

/// Where a node keeps the key of a case's reporter, or its mark.
pub(super) fn key(node: &Node, case: &str) -> PathBuf {
    node.store().join("keys").join(&case[1..3]).join(case)
}
