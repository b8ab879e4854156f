//! Photos: who may keep them, how many, who sees them; and seats of streams, which nobody takes all of.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::{Value, json};

use crate::people;
use crate::server::{PHOTO, Reply, Server, by_handset, filing, run, sent};
use crate::town;

/// A photo like no other.
fn photo(n: u8) -> Vec<u8> {
    [PHOTO, &[n]].concat()
}

async fn put(server: &Server, who: &str, n: u8) -> Reply {
    sent(server.request(who, Method::POST, "/api/v1/photos").body(photo(n))).await
}

fn name(reply: &Reply) -> String {
    reply.body["photo"].as_str().unwrap().to_owned()
}

async fn sees(server: &Server, who: &str, photo: &str) -> u16 {
    server.get(who, &format!("/api/v1/photos/{photo}")).await.status
}

#[test]
fn a_photo_is_seen_by_whoever_sees_its_case_and_until_then_by_whoever_took_it() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let taken = name(&put(&server, "collector", 1).await.is(201));
        assert_eq!(sees(&server, "collector", &taken).await, 200);
        for who in ["chief", "intake", "operator", "water", "sweeper"] {
            assert_eq!(sees(&server, who, &taken).await, 404, "{who} knows its name and no more");
        }
        let mut theirs = by_handset(1);
        theirs["photos"] = json!([taken]);
        let reply = server.post("collector", "/api/v1/cases", &theirs).await.is(201);
        let case = reply.body["case"].as_str().unwrap().to_owned();
        server.change("intake", &case, "filing", &filing()).await;
        server.change("dispatcher", &case, "dispatch", &json!({"unit": "SW"})).await;
        for (who, status) in [("chief", 200), ("collector", 200), ("water", 200), ("sweeper", 404)]
        {
            assert_eq!(sees(&server, who, &taken).await, status, "{who}");
            let path = format!("/api/v1/photos/{taken}?case={case}");
            assert_eq!(server.get(who, &path).await.status, status, "{who}");
        }
        let other = server.register(2).await;
        server.get("chief", &format!("/api/v1/photos/{taken}?case={other}")).await.is(404);
        let path = format!("/api/v1/photos/{taken}?case=..%2fx");
        server.get("chief", &path).await.problem(422, "unfit-parameter");
    });
}

#[test]
fn nobody_sees_a_photo_by_naming_it() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let waiting = name(&put(&server, "collector", 1).await.is(201));
        let elsewhere = name(&put(&server, "collector", 2).await.is(201));
        let mut theirs = by_handset(1);
        theirs["photos"] = json!([elsewhere]);
        server.post("collector", "/api/v1/cases", &theirs).await.is(201);
        let case = server.dispatched(2).await;
        server.change("water", &case, "receipt", &json!({})).await;
        let path = format!("/api/v1/cases/{case}/feedback");
        for known in [&waiting, &elsewhere] {
            let named = json!({"result": "已修复", "photos": [known]});
            server.post("water", &path, &named).await.problem(422, "unknown-photo");
            assert_eq!(sees(&server, "water", known).await, 404);
        }
        // Whoever shows the same bytes has them.
        put(&server, "water", 2).await.is(201);
        let named = json!({"result": "已修复", "photos": [elsewhere]});
        server.post("water", &path, &named).await.is(200);
        assert_eq!(sees(&server, "water", &elsewhere).await, 200);
    });
}

#[test]
fn an_account_keeps_so_many_photos_a_day_and_is_told_before_it_sends_more() {
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    let settings = [("DUBAN_HTTP_PHOTOS_PER_DAY", "3"), ("DUBAN_HTTP_PHOTO_MIB_PER_DAY", "1")];
    let server = Server::start(&store, tokens, &settings);
    run(async {
        for n in 0..3 {
            put(&server, "collector", n).await.is(201);
        }
        let refused = put(&server, "collector", 3).await.problem(429, "too-many-photos");
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((86_000..=86_400).contains(&wait), "{wait}");
        put(&server, "water", 3).await.is(201);
        let large = [PHOTO, &vec![0; 1 << 20][..]].concat();
        let request = server.request("water", Method::POST, "/api/v1/photos").body(large);
        sent(request).await.problem(429, "too-many-photos");
        // Whoever may name none keeps none.
        put(&server, "operator", 4).await.problem(403, "not-permitted");
    });
}

#[test]
fn a_server_sweeps_what_no_case_named_for_a_day_says_so_and_knows_it_no_more() {
    if town::is_left_out(town::FILES) {
        return;
    }
    let ground = ScratchDir::new();
    let (store, log) = (ground.join("store"), ground.join("log"));
    let server = Server::new(&ground);
    let tokens = server.tokens.clone();
    let (named, form, unnamed) = run(async {
        let named = name(&put(&server, "collector", 1).await.is(201));
        let unnamed = name(&put(&server, "collector", 2).await.is(201));
        let mut theirs = by_handset(1);
        theirs["photos"] = json!([named]);
        server.post("collector", "/api/v1/cases", &theirs).await.is(201);
        let case = server.dispatched(3).await;
        server.change("water", &case, "receipt", &json!({})).await;
        let form = name(&put(&server, "water", 3).await.is(201));
        let wish = json!({
            "wish": "mismatch", "reason": "现场没有井盖", "signer": "贺示例", "form": form,
        });
        server.change("water", &case, "application", &wish).await;
        (named, form, unnamed)
    });
    server.kill();
    // Weeks go by.
    for photo in [&named, &form, &unnamed] {
        let path = store.join("uploads/waiting").join(photo);
        let mut note: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        note["at"] = json!("2026-01-05T00:00:00Z");
        std::fs::write(&path, note.to_string()).unwrap();
    }
    let server = Server::logging(&store, tokens, &log);
    run(async {
        while sees(&server, "collector", &unnamed).await == 200 {
            tokio::task::yield_now().await;
        }
        assert_eq!(sees(&server, "chief", &named).await, 200);
        assert_eq!(
            sees(&server, "chief", &form).await,
            200,
            "a signed form is named as a photo is"
        );
        let mut theirs = by_handset(2);
        theirs["photos"] = json!([unnamed]);
        server.post("collector", "/api/v1/cases", &theirs).await.problem(422, "unknown-photo");
    });
    server.ask_to_stop();
    assert!(server.ended().success());
    let log = std::fs::read_to_string(log).unwrap();
    let mut said = log.lines().filter(|line| line.contains("photos that no record named"));
    let size = format!("photos=1 bytes={}", photo(2).len());
    assert!(said.next_back().unwrap().contains(&size), "{log}");
}

#[test]
fn one_account_does_not_take_all_seats_of_a_stream_and_one_address_not_all_of_the_front_page() {
    if town::is_left_out(town::COUNTED) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let listen = |who: &'static str, path: &'static str, from: &'static str| {
            let request = server.request(who, Method::GET, path);
            request.header("X-Forwarded-For", from).send()
        };
        let mut seats = Vec::new();
        for (path, from, refusal) in
            [("/api/v1/events", "192.0.2.1", 429), ("/live", "192.0.2.1", 503)]
        {
            let who = if path == "/live" { "" } else { "sweeper" };
            let mut status = 200;
            while status == 200 {
                let response = listen(who, path, from).await.unwrap();
                status = response.status().as_u16();
                seats.push(response);
                assert!(seats.len() < 256, "{path}: all seats are one's");
            }
            assert_eq!(status, refusal, "{path}");
            let who = if path == "/live" { "" } else { "chief" };
            let other = listen(who, path, "192.0.2.2").await.unwrap();
            assert_eq!(other.status().as_u16(), 200, "{path}");
        }
        drop(seats);
        let mut status = 429;
        while status == 429 {
            status =
                listen("sweeper", "/api/v1/events", "192.0.2.1").await.unwrap().status().as_u16();
            tokio::task::yield_now().await;
        }
        assert_eq!(status, 200, "a seat that was left is free");
        let health = server.get("", "/readyz").await;
        assert_ne!(health.body, Value::Null);
    });
}
