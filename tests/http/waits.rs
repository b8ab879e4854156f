//! Rules that wait for their day, over HTTP and on the pages: applied, shown, and taken back.

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::passwords::Session;
use crate::people::{self, PASSWORD};
use crate::server::{Server, run};
use crate::town;

/// The password that everybody chooses here.
const OWN: &str = "another long password";
/// What the pages of the centre say.
const SAID: &str = "待生效:2199-01-01 零时起";

#[test]
fn rules_with_a_day_ahead_are_shown_at_every_door_until_somebody_takes_them_back() {
    if town::is_left_out(town::SECOND) {
        return;
    }
    let ground = ScratchDir::new();
    let (store, rules) = (ground.join("store"), ground.rules());
    let settings = [("DUBAN_RULES_DIR", rules.to_str().unwrap())];
    let server = Server::start(&store, people::enrol(&store), &settings);
    let write = |number: &str, effective: &str| {
        let file = rules.join("handbook.toml");
        let text = format!("number = \"{number}\"\napproved = \"x\"\neffective = {effective}\n");
        std::fs::write(file, text).unwrap();
    };
    run(async {
        let desk = signed_in(&server, "dispatcher").await;
        let page = async || {
            let response = desk.request(Method::GET, "/").send().await.unwrap();
            response.text().await.unwrap()
        };
        write("2026-1", "2199-01-01");
        let refused = server.post("operator", "/api/v1/rules/apply", &json!({})).await;
        let refused = refused.problem(422, "rules-refused").body;
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("R0140") && detail.contains("2026-1"), "{detail}");

        write("2026-2", "2199-01-01");
        let applied = server.post("head", "/api/v1/rules/apply", &json!({})).await.is(200).body;
        assert_eq!(
            (&applied["changed"], &applied["differs_in"]),
            (&json!(false), &json!(["handbook.toml"]))
        );
        let shown = server.get("water", "/api/v1/rules").await.is(200).body;
        assert_eq!(shown["waiting"]["edition"]["hash"], applied["hash"]);
        assert_eq!(shown["waiting"]["day"]["effective"], "2199-01-01");
        assert_eq!((&shown["unapplied"], &shown["edition"]), (&json!(false), &json!("2026-1")));
        assert!(page().await.contains(SAID));
        let history = server.get("chief", "/api/v1/rules/history").await.is(200).body;
        assert_eq!(history["waiting"]["role"], "centre-head");
        assert_eq!(history["editions"].as_array().unwrap().len(), 1);

        let asked = |hash: &str| json!({"hash": hash, "reason": "暂缓施行"});
        let path = "/api/v1/rules/cancel";
        let hash = applied["hash"].as_str().unwrap();
        server.post("chief", path, &asked(hash)).await.is(403);
        server.post("operator", path, &asked("zz")).await.problem(409, "centre-no-rules-waiting");
        let unexplained = json!({"hash": hash, "reason": " "});
        server.post("operator", path, &unexplained).await.problem(422, "reason-missing");
        server.post("operator", path, &asked(&hash[..8])).await.is(200);
        server.post("operator", path, &asked(hash)).await.problem(409, "centre-no-rules-waiting");
        assert!(!page().await.contains(SAID));
        let history = server.get("operator", "/api/v1/rules/history").await.is(200).body;
        assert_eq!(history["dropped"][0]["why"], json!({"cancelled": "暂缓施行"}));
        assert!(history["waiting"].is_null());
    });
}

async fn signed_in<'a>(server: &'a Server, login: &str) -> Session<'a> {
    let session = Session::of(server, login, PASSWORD).await;
    let change = json!({"old": PASSWORD, "new": OWN});
    session.put("/api/v1/session/password", &change).await.is(204);
    Session::of(server, login, OWN).await
}
