//! Erasure of a reporter over HTTP: nobody reads them any more, the case says who did it and why, and no answer leaves.

use std::path::{Path, PathBuf};

use duban_runtime::clock::{Clock as _, SystemClock};
use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::people;
use crate::server::{Server, report, run, sent};

/// More requests than the auditor needs rounds.
const LOOKS_MAX: usize = 20_000;

#[test]
fn a_reporter_is_erased_by_the_head_of_the_centre_and_is_nowhere_to_be_read_again() {
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    // An answer to the reporter waits.
    duban::muted::mute(&store, "test", SystemClock::start().now()).unwrap();
    let server = Server::start(&store, tokens, &[]);
    run(async {
        let case = server.register(1).await;
        let path = format!("/api/v1/cases/{case}");
        let before = server.get("intake", &path).await.is(200);
        assert_eq!(before.body["reporter"]["phone"], "13911112222");
        server.change("intake", &case, "declining", &json!({"reason": "不属于范围"})).await;

        let why = json!({"reason": "本人来电要求删除"});
        let erasure = format!("{path}/reporter-erasure");
        server.post("chief", &erasure, &why).await.problem(403, "not-permitted");
        server.post("head", &erasure, &json!({"reason": ""})).await.is(422);
        server.change("head", &case, "reporter-erasure", &why).await;
        server.post("head", &erasure, &why).await.problem(409, "no-reporter");

        let after = server.get("intake", &path).await.is(200);
        assert_eq!(after.body["reporter"]["phone"], "");
        assert_eq!(after.body["reporter"]["unreadable"], "erased");
        let history = server.get("intake", &format!("{path}/history")).await.is(200).body;
        assert!(!history.to_string().contains("13911112222"), "{history:#}");
        let steps = history["history"].as_array().unwrap();
        let registered = &steps.first().unwrap()["events"][0]["Registered"]["reporter"];
        assert_eq!(registered["unreadable"], "erased");
        let last = steps.last().unwrap();
        assert_eq!(last["role"], "centre-head");
        assert_eq!(last["events"][0]["ReporterErased"]["reason"], "本人来电要求删除");

        // The same report once more is known, and brings nobody back.
        let again = server.post("chief", "/api/v1/cases", &report(1)).await.is(200);
        assert_eq!(again.body["case"], case);
        let after = server.get("intake", &path).await.is(200);
        assert_eq!(after.body["reporter"]["phone"], "");

        sent(server.request("operator", Method::DELETE, "/api/v1/muted")).await.is(200);
        loop {
            let outbox = server.get("operator", "/api/v1/outbox").await.is(200).body;
            if outbox["messages"].as_array().unwrap().is_empty() {
                break;
            }
        }
        let sms = std::process::Command::new("grep")
            .args(["-r", "-l", "13911112222"])
            .arg(&store)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&sms.stdout), "", "the number stands somewhere");
    });
    for file in keys(&store) {
        assert_eq!(length(&file), 0, "{}", file.display());
    }
    drop(server);
}

#[test]
fn a_key_that_a_crash_left_behind_an_erasure_is_destroyed_after_the_next_start() {
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    let server = Server::start(&store, tokens.clone(), &[]);
    let (file, key) = run(async {
        let case = server.register(1).await;
        let file = keys(&store).pop().unwrap();
        let key = std::fs::read(&file).unwrap();
        let why = json!({"reason": "本人来电要求删除"});
        server.change("head", &case, "reporter-erasure", &why).await;
        (file, key)
    });
    server.kill();
    assert_eq!((key.len(), length(&file)), (32, 0));

    // As if it had ended with the record durable and the key not yet touched, whatever the auditor had read by then.
    std::fs::write(&file, key).unwrap();
    std::fs::remove_file(store.join("auditor.json")).unwrap();
    let server = Server::start(&store, tokens, &[]);
    run(async {
        for _ in 0..LOOKS_MAX {
            server.get("operator", "/api/v1/outbox").await.is(200);
            if length(&file) == 0 {
                break;
            }
        }
        assert_eq!(length(&file), 0, "the key is still there");
    });
    drop(server);
}

fn keys(store: &Path) -> Vec<PathBuf> {
    let dirs = std::fs::read_dir(store.join("keys")).unwrap();
    let files = dirs.flat_map(|dir| std::fs::read_dir(dir.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

fn length(file: &Path) -> u64 {
    std::fs::metadata(file).unwrap().len()
}
