//! What nobody should send, answered cleanly: a problem of the right status, and a server that goes on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::{Value, json};

use crate::people;
use crate::server::{Server, filing, report, run, sent};
use crate::town;

const JSON: &str = "application/json";
/// Text that would do something if anybody took it for more than text.
const HTML: &str = "<script>alert('督办')</script>\"&{{7*7}}';DROP TABLE cases;--";

#[test]
fn bodies_that_cannot_be_are_refused_with_their_reason_and_place() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let posted = |kind: &'static str, body: Vec<u8>| {
            let request = server.request("chief", Method::POST, "/api/v1/cases");
            sent(request.header("Content-Type", kind).body(body))
        };
        let cut = posted(JSON, b"{\"channel\":\n \"hotline\"".to_vec()).await;
        let cut = cut.problem(400, "malformed-json");
        assert!(cut.body["detail"].as_str().unwrap().contains("第 2 行"), "{}", cut.body);
        posted(JSON, Vec::new()).await.problem(400, "malformed-json");
        posted(JSON, b"\xff\xfe{}".to_vec()).await.problem(400, "malformed-json");
        posted(JSON, b"[".repeat(100_000)).await.problem(400, "malformed-json");
        posted(JSON, b"[]".to_vec()).await.problem(422, "unfit-body");
        posted("text/plain", b"{}".to_vec()).await.problem(415, "unsupported-media-type");
        posted(JSON, vec![b' '; 300 * 1024]).await.problem(413, "too-large");
        let mut more = report(1);
        more["admin"] = json!(true);
        posted(JSON, more.to_string().into_bytes()).await.problem(422, "unfit-body");
        for (field, value) in [
            ("text", json!("井".repeat(2_001))),
            ("text", json!("")),
            ("text", json!(" \u{200b}\n")),
            ("external_id", json!("\u{200b}\u{feff}")),
            ("source", json!("../../etc")),
            ("source", json!("")),
            ("external_id", json!("x".repeat(65))),
            ("address", json!("\u{0}")),
            ("channel", json!("import")),
            ("place", json!({"lon": 1e300, "lat": 0})),
            ("photos", json!(["../../../etc/passwd"])),
            ("photos", json!(vec!["0".repeat(64); 13])),
            ("reporter", json!({"name": "x".repeat(65), "reply": "wanted"})),
        ] {
            let mut body = report(1);
            body[field] = value;
            posted(JSON, body.to_string().into_bytes()).await.is(422);
        }
        server.get("chief", "/api/v1/cases").await.is(200);
    });
}

#[test]
fn ids_that_look_the_same_are_one_case_and_what_is_said_forges_no_line() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let mut first = report(1);
        first["external_id"] = json!("T-100");
        first["address"] = json!("东大街\r\n截止时间:2030-01-01 00:00\u{202e}");
        let case = server.post("intake", "/api/v1/cases", &first).await.is(201).body;
        for id in ["T-100 ", "T-100\n", "T-\u{200b}100", "\u{ff34}-100", "\u{202d}T-100"] {
            let mut same = first.clone();
            same["external_id"] = json!(id);
            let again = server.post("intake", "/api/v1/cases", &same).await.is(200).body;
            assert_eq!(again["case"], case["case"], "{id:?}");
        }
        let path = format!("/api/v1/cases/{}/history", case["case"].as_str().unwrap());
        let history = server.get("intake", &path).await.is(200).body.to_string();
        assert!(history.contains("东大街 截止时间:2030-01-01 00:00\""), "{history}");
        assert!(!history.contains('\u{202e}'), "{history}");
    });
}

#[test]
fn paths_and_methods_that_lead_nowhere_are_told_so() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        for path in [
            "/api/v1/nothing",
            "/api/v1/cases/..%2f..%2fetc%2fpasswd",
            "/api/v1/cases/%00",
            "/api/v1/cases/a%20b",
            "/api/v1//cases",
            "/api/v1/photos/..%2fstore",
            "/api/v1/cases/%ff",
            "/api/v2/cases",
            "/api/v1",
            "/api/v1/outbox/../../../../etc",
            "/api/v1/units/CG%2FHW",
            "/api/v1/persons/%3Cscript%3E",
        ] {
            server.get("operator", path).await.problem(404, "not-found");
        }
        let reply = sent(server.request("chief", Method::DELETE, "/api/v1/cases")).await;
        let reply = reply.problem(405, "method-not-allowed");
        assert_eq!(reply.header("allow"), "GET, HEAD, POST");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"));
    });
}

#[test]
fn whoever_shows_nothing_or_something_wrong_is_nobody() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        server.get("", "/api/v1/cases").await.problem(401, "unauthorized");
        let good = server.tokens["chief"].clone();
        let mut bent = good.clone();
        bent.pop();
        for shown in [
            String::from("Bearer "),
            format!("Bearer {bent}"),
            format!("Bearer {good}x"),
            format!("Basic {good}"),
            format!("Bearer {}", good.replace("chief", "operator")),
            "Bearer dbn_".to_owned(),
            "x".repeat(6_000),
        ] {
            let request = server.request("", Method::GET, "/api/v1/cases");
            sent(request.header("Authorization", shown)).await.problem(401, "unauthorized");
        }
        for cookie in ["duban_session=", "duban_session=x", "duban_session=chief.aaaa"] {
            let request = server.request("", Method::GET, "/api/v1/cases");
            sent(request.header("Cookie", cookie)).await.problem(401, "unauthorized");
        }
    });
}

#[test]
fn html_in_every_text_field_is_a_text_and_comes_back_as_it_was() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let mut body = report(1);
        for field in ["text", "address", "external_id"] {
            body[field] = json!(HTML);
        }
        body["reporter"] =
            json!({"name": "<i>冯某</i>", "phone": "0317-5550001", "reply": "wanted"});
        let reply = server.post("intake", "/api/v1/cases", &body).await.is(201);
        let case = reply.body["case"].as_str().unwrap().to_owned();
        let mut filed = filing();
        filed["reason"] = json!(HTML);
        server.change("intake", &case, "filing", &filed).await;
        let sent_out = json!({"unit": "SW", "reason": HTML});
        server.change("dispatcher", &case, "dispatch", &sent_out).await;
        server.change("water", &case, "receipt", &json!({})).await;
        let order = json!({"kind": "leader", "text": HTML});
        server.change("dispatcher", &case, "supervision-orders", &order).await;
        let reply = json!({"order": 1, "text": HTML});
        server.change("water", &case, "supervision-replies", &reply).await;
        server.change("water", &case, "return", &json!({"reason": HTML})).await;
        let opinion = json!({"opinion": "disagree", "reason": HTML});
        server.change("dispatcher", &case, "return-opinion", &opinion).await;
        let decision = json!({"decision": "refuse", "reason": HTML});
        server.change("chief", &case, "return-decision", &decision).await;
        let done = json!({"result": HTML, "photos": [server.photo("water").await]});
        server.change("water", &case, "feedback", &done).await;
        let path = format!("/api/v1/cases/{case}/history");
        let history = server.get("chief", &path).await.is(200);
        assert_eq!(history.header("content-type"), "application/json");
        assert_eq!(
            texts(&history.body).filter(|text| *text == HTML).count(),
            11,
            "{}",
            history.body
        );
        server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
    });
}

#[test]
fn one_address_that_asks_too_often_is_told_to_wait_and_another_is_not() {
    if town::is_left_out(town::COUNTED) {
        return;
    }
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    let server = Server::start(&store, tokens, &[("DUBAN_HTTP_PER_MINUTE", "10")]);
    run(async {
        let ask = |from: &'static str| {
            sent(
                server
                    .request("chief", Method::GET, "/api/v1/cases")
                    .header("X-Forwarded-For", from),
            )
        };
        for _ in 0..10 {
            ask("198.51.100.7").await.is(200);
        }
        let refused = ask("198.51.100.7").await.problem(429, "too-many-requests");
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=7).contains(&wait), "{wait}");
        ask("203.0.113.9").await.is(200);
    });
}

#[test]
fn a_client_that_never_ends_its_head_is_left_and_nobody_else_waits_for_it() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let address = server.base().trim_start_matches("http://").to_owned();
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.write_all(b"GET /api/v1/cases HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
    let mut odd = TcpStream::connect(&address).unwrap();
    odd.write_all(b"\x16\x03\x01 this is no HTTP\r\n\r\n").unwrap();
    odd.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut said = String::new();
    odd.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    run(async { server.get("chief", "/api/v1/cases").await.is(200) });
    slow.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut said = String::new();
    slow.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
}

#[test]
fn what_is_refused_cuts_no_key_and_keeps_no_photo() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let keys = ground.join("store/keys");
    run(async {
        for n in 0..20 {
            server.post("sweeper", "/api/v1/cases", &report(n)).await.problem(403, "not-permitted");
        }
        let mut bare = report(30);
        bare["photos"] = json!(["0".repeat(64)]);
        server.post("intake", "/api/v1/cases", &bare).await.problem(422, "unknown-photo");
        // Whoever may not name a photo does not hear whether it is there.
        server.post("sweeper", "/api/v1/cases", &bare).await.problem(403, "not-permitted");
        assert!(!keys.exists(), "a key was cut for a report that was refused");
        server.register(1).await;
        assert!(keys.exists());
    });
}

#[test]
fn a_photo_of_a_few_bytes_is_none() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let put = |bytes: &'static [u8]| {
            sent(server.request("collector", Method::POST, "/api/v1/photos").body(bytes))
        };
        put(b"\xff\xd8\xff").await.problem(422, "unfit-photo");
        put(b"\x89PNG\r\n\x1a\n not much of a picture").await.problem(422, "unfit-photo");
        put(b"<svg>").await.problem(415, "unsupported-media-type");
        put(crate::server::PHOTO).await.is(201);
    });
}

#[test]
fn head_is_answered_wherever_get_is_with_the_same_headers_and_no_body() {
    if town::is_left_out(town::OWN) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let address = server.base().trim_start_matches("http://").to_owned();
    let case = run(server.register(1));
    let asked = |method: &str, path: &str| {
        let token = &server.tokens["chief"];
        let mut stream = TcpStream::connect(&address).unwrap();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).unwrap();
        let said = String::from_utf8_lossy(&said).into_owned();
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        let changing = ["date:", "traceparent:"];
        let is_kept = |line: &&str| !changing.iter().any(|name| line.starts_with(name));
        let mut lines: Vec<String> = head.lines().filter(is_kept).map(ToOwned::to_owned).collect();
        lines.sort();
        (lines, body.to_owned())
    };
    let page = asked("GET", "/").1;
    let (_, rest) = page.split_once("/static/").unwrap();
    let asset = format!("/static/{}", rest.split('"').next().unwrap());
    for path in [
        format!("/api/v1/cases/{case}"),
        "/api/v1/openapi.json".to_owned(),
        "/api/v1/cases/nothing".to_owned(),
        "/readyz".to_owned(),
        "/login".to_owned(),
        "/units".to_owned(),
        asset,
    ] {
        let (get, head) = (asked("GET", &path), asked("HEAD", &path));
        assert_eq!(get.0, head.0, "{path}");
        assert_eq!(head.1, "", "{path}");
    }
    let (head, body) = asked("HEAD", "/api/v1/events");
    assert!(head.iter().any(|line| line == "content-type: text/event-stream"), "{head:?}");
    assert_eq!(body, "");
}

#[test]
fn whoever_is_turned_away_leaves_a_line_that_says_as_whom_they_came_and_nothing_secret() {
    if town::is_left_out(town::COUNTED) {
        return;
    }
    let ground = ScratchDir::new();
    let (store, log) = (ground.join("store"), ground.join("log"));
    let server = Server::logging(&store, people::enrol(&store), &log);
    let good = server.tokens["sweeper"].clone();
    let (_, secret) = good.rsplit_once('.').unwrap();
    run(async {
        server.get("sweeper", "/api/v1/outbox").await.problem(403, "not-permitted");
        for _ in 0..50 {
            let request = server.request("", Method::GET, "/api/v1/units/SW/leaves/冯某");
            let request = request.header("Authorization", format!("Bearer {good}0"));
            sent(request).await.is(405);
            let request = server.request("", Method::GET, "/api/v1/cases");
            let bent = good.replace(secret, &secret.replace(|c| c != '0', "0"));
            sent(request.header("Authorization", format!("Bearer {bent}"))).await.is(401);
        }
    });
    server.kill();
    let log = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("turned away")).collect();
    assert_eq!(lines.len(), 10, "{log}");
    assert!(lines[0].contains("403") && lines[0].contains("/api/v1/outbox"), "{log}");
    assert!(lines.iter().all(|line| line.contains("sweeper token ")), "{log}");
    assert!(lines[9].contains("401") && lines[9].contains("last=true"), "{log}");
    assert!(!log.contains(secret) && !log.contains("127.0.0.1"), "{log}");
}

#[test]
fn the_word_before_a_token_is_written_as_one_likes() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        for word in ["Bearer", "bearer", "BEARER"] {
            let request = server.request("", Method::GET, "/api/v1/cases");
            let shown = format!("{word} {}", server.tokens["chief"]);
            sent(request.header("Authorization", shown)).await.is(200);
        }
    });
}

#[test]
fn a_name_that_nobody_bears_is_told_and_not_taken_for_an_empty_list() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let refused = server.get("chief", "/api/v1/cases?unit=NOPE").await;
        assert!(refused.problem(422, "unknown-unit").body["detail"].to_string().contains("NOPE"));
        let closed = "/api/v1/cases?unit=NOPE&closed=true";
        server.get("operator", closed).await.problem(422, "unknown-unit");
        server.get("sweeper", "/api/v1/cases?unit=NOPE").await.problem(404, "not-found");
        server.get("chief", "/api/v1/units/NOPE").await.problem(404, "not-found");
        server.get("chief", "/api/v1/units/NOPE/cases").await.problem(404, "not-found");
        server.get("chief", "/api/v1/collectors/NOPE/tasks").await.problem(404, "not-found");
        server.get("chief", "/api/v1/cases?stage=nope").await.problem(422, "unfit-parameter");
        let mut theirs = report(1);
        theirs["collector"] = json!("NOPE");
        server.post("intake", "/api/v1/cases", &theirs).await.problem(422, "unknown-collector");
        server.get("chief", "/api/v1/cases?unit=SW").await.is(200);
    });
}

#[test]
fn a_form_that_stalls_is_closed_like_any_other_body() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let address = server.base().trim_start_matches("http://").to_owned();
    let stalled = |head: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let length = "Content-Length: 40\r\n\r\nlogin=";
        stream.write_all(format!("{head}\r\nHost: x\r\n{length}").as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    };
    let form = "Content-Type: application/x-www-form-urlencoded";
    let streams = [
        stalled(&format!("POST /login HTTP/1.1\r\n{form}")),
        stalled(&format!("POST /logout HTTP/1.1\r\n{form}")),
        stalled("POST /api/v1/session HTTP/1.1\r\nContent-Type: application/json"),
    ];
    for mut stream in streams {
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    }
}

/// Every text anywhere in a value.
fn texts(value: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Value::String(text) => Box::new(std::iter::once(text.as_str())),
        Value::Array(items) => Box::new(items.iter().flat_map(texts)),
        Value::Object(fields) => Box::new(fields.values().flat_map(texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Box::new(std::iter::empty()),
    }
}
