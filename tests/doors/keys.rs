//! Asked twice, done once; asked against a state that is no more, not done.

use duban_tests::ground::Ground;
use reqwest::Method;
use serde_json::json;

use crate::server::{Server, filing, report, run, sent};

#[test]
fn the_same_key_is_carried_out_once_for_the_same_person_and_operation() {
    let ground = Ground::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.register(1).await;
        let filed = |who: &'static str, key: &'static str| {
            let path = format!("/api/v1/cases/{case}/filing");
            sent(
                server
                    .request(who, Method::POST, &path)
                    .header("Idempotency-Key", key)
                    .json(&filing()),
            )
        };
        let first = filed("intake", "a").await.is(200);
        let again = filed("intake", "a").await.is(200);
        assert_eq!((&first.body["again"], &again.body["again"]), (&json!(false), &json!(true)));
        assert_eq!(first.body["sequence"], again.body["sequence"]);
        filed("intake", "b").await.problem(409, "out-of-order");
        filed("chief", "a").await.problem(409, "out-of-order");
        let path = format!("/api/v1/cases/{case}/dispatch");
        let other = server.request("chief", Method::POST, &path).header("Idempotency-Key", "a");
        sent(other.json(&json!({"unit": "SW"}))).await.is(200);
        for key in ["", &"x".repeat(129), "井"] {
            let request = server.request("chief", Method::POST, &path);
            let request = request.header("Idempotency-Key", key.as_bytes());
            sent(request.json(&json!({"unit": "SW"}))).await.problem(400, "unfit-header");
        }
    });
}

#[test]
fn the_same_report_once_more_is_the_same_case_and_another_one_under_its_number_is_refused() {
    let ground = Ground::new();
    let server = Server::new(&ground);
    run(async {
        let first = server.post("chief", "/api/v1/cases", &report(1)).await.is(201);
        let again = server.post("intake", "/api/v1/cases", &report(1)).await.is(200);
        assert_eq!(first.body["case"], again.body["case"]);
        assert_eq!(again.body["again"], true);
        let mut other = report(1);
        other["text"] = json!("另一件事");
        let refused = server.post("intake", "/api/v1/cases", &other).await;
        let refused = refused.problem(409, "already-registered");
        assert_eq!(refused.header("location"), first.header("location"));
    });
}

#[test]
fn whoever_saw_an_older_state_is_told_so_and_nothing_is_done() {
    let ground = Ground::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.register(1).await;
        let seen = server.get("intake", &format!("/api/v1/cases/{case}")).await.is(200);
        let etag = seen.header("etag").to_owned();
        assert_eq!(etag, format!("\"{}\"", seen.body["sequence"]));
        let path = format!("/api/v1/cases/{case}/filing");
        let filed = |tag: &str| {
            let request = server.request("intake", Method::POST, &path).header("If-Match", tag);
            sent(request.json(&filing()))
        };
        let stale = filed("\"17\"").await.problem(412, "stale");
        assert_eq!(stale.body["refusal"]["sequence"], seen.body["sequence"]);
        filed("seventeen").await.problem(400, "unfit-header");
        filed(&etag).await.is(200);
        filed(&etag).await.problem(412, "stale");
    });
}
