//! Ends: what ends a right ends its uses, also those that go on.

use std::time::Duration;

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::passwords::Session;
use crate::people::PASSWORD;
use crate::server::{Server, run, sent};
use crate::stream::Stream;

/// Less than a heartbeat: the end of a right is heard, not waited for.
const SOON: Duration = Duration::from_secs(12);

#[test]
fn whoever_listens_hears_no_more_once_their_right_has_ended() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let mut intake = Stream::of(&server, "intake", None).await;
        let path = "/api/v1/persons/intake/tokens";
        sent(server.request("intake", Method::DELETE, path)).await.is(200);
        ended(&mut intake, "a token was revoked").await;
        server.get("intake", "/api/v1/cases").await.problem(401, "unauthorized");

        let mut head = Stream::of(&server, "head", None).await;
        let reason = json!({"reason": "调离"});
        server.post("operator", "/api/v1/persons/head/dismissal", &reason).await.is(200);
        ended(&mut head, "a person was dismissed").await;

        let mut dispatcher = Stream::of(&server, "dispatcher", None).await;
        let other = json!({"name": "别人", "roles": ["intake"]});
        let change = server.request("operator", Method::PUT, "/api/v1/persons/dispatcher");
        sent(change.json(&other)).await.is(200);
        ended(&mut dispatcher, "a role is gone").await;

        let mut water = Stream::of(&server, "water", None).await;
        let reset = server.request("operator", Method::PUT, "/api/v1/persons/water/password");
        sent(reset.json(&json!({"password": "another long password"}))).await.is(200);
        ended(&mut water, "a password was reset").await;
        server.get("water", "/api/v1/cases").await.problem(401, "unauthorized");

        // Others go on listening.
        let mut chief = Stream::of(&server, "chief", None).await;
        let case = server.register(1).await;
        loop {
            if chief.next().await.unwrap().data["case"] == case {
                break;
            }
        }
    });
}

#[test]
fn a_session_that_was_ended_hears_no_more() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let session = Session::chosen(&server, "chief").await;
        let mut stream = Stream::by(session.request(Method::GET, "/api/v1/events")).await;
        let end = session.request(Method::DELETE, "/api/v1/session");
        sent(end.header("X-CSRF-Token", session.csrf())).await.is(204);
        ended(&mut stream, "a session was ended").await;
    });
}

#[test]
fn a_token_issues_none_and_the_operators_none_beyond_its_own_end() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let wish = |days: u16| json!({"label": "脚本", "role": "duty-chief", "days": days});
        let path = "/api/v1/persons/chief/tokens";
        let refused = server.post("chief", path, &wish(1)).await;
        refused.problem(403, "person-token-from-token");
        // The operator's token of the test lasts for two days, a moment of which is over.
        let refused = server.post("operator", path, &wish(366)).await;
        refused.problem(422, "person-token-outlives-issuer");

        let session = Session::of(&server, "chief", PASSWORD).await;
        let own = "another long password";
        let change = json!({"old": PASSWORD, "new": own});
        session.put("/api/v1/session/password", &change).await.is(204);
        server.get("chief", "/api/v1/cases").await.problem(401, "unauthorized");
        let session = Session::of(&server, "chief", own).await;
        session.post(path, &wish(366)).await.is(201);
    });
}

#[test]
fn a_form_ends_every_session_and_token_of_ones_own() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let session = Session::of(&server, "chief", PASSWORD).await;
        let bare = session.request(Method::POST, "/everywhere");
        let form = |word: &str| format!("csrf={word}");
        let typed = "application/x-www-form-urlencoded";
        let foreign = bare.header("Content-Type", typed).body(form("x"));
        assert_eq!(foreign.send().await.unwrap().status(), 403);
        session.get("/api/v1/session").await.is(200);
        let asked = session.request(Method::POST, "/everywhere").header("Content-Type", typed);
        let answer = asked.body(form(session.csrf())).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        session.get("/api/v1/session").await.problem(401, "unauthorized");
        server.get("chief", "/api/v1/cases").await.problem(401, "unauthorized");
    });
}

async fn ended(stream: &mut Stream, why: &str) {
    let rest = tokio::time::timeout(SOON, stream.rest()).await;
    assert!(rest.is_ok(), "{why}, and the stream goes on");
}
