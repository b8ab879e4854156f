//! One case through its whole life over HTTP, each step by whom the ordinance names.

use duban_tests::case_path;
use duban_tests::scratch_dir::ScratchDir;
use serde_json::{Value, json};

use crate::server::{PHOTO, Server, filing, report, run, sent};

#[test]
fn a_case_lives_its_whole_life_over_http_each_step_by_whom_the_ordinance_names() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let mut hotline = report(1);
        hotline["channel"] = json!("hotline");
        hotline["photos"] = json!([]);
        let reply = server.post("intake", "/api/v1/cases", &hotline).await.is(201);
        let case = reply.body["case"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("location"), format!("/api/v1/cases/{case}"));

        server.change("intake", &case, "validation", &json!({})).await;
        let photo = server.photo("collector").await;
        let place = json!({"lon": case_path::place().lon, "lat": case_path::place().lat});
        let seen = json!({"finding": "confirmed", "photo": photo, "place": place});
        server.change("collector", &case, "validation-finding", &seen).await;

        let filed = server.change("intake", &case, "filing", &filing()).await;
        assert!(filed.body["number"].as_str().is_some_and(|n| !n.is_empty()), "{}", filed.body);
        let sent_out = server.change("dispatcher", &case, "dispatch", &json!({"unit": "SW"})).await;
        assert!(sent_out.body["due"].as_str().is_some_and(|due| due.ends_with('Z')));
        server.change("water", &case, "receipt", &json!({})).await;
        server.change("water", &case, "arrival", &json!({"place": place})).await;
        let begun = json!({"on_behalf_of": "SW"});
        server.change("dispatcher", &case, "start", &begun).await;
        let done = json!({"result": "已加固", "photos": [photo]});
        server.change("water", &case, "feedback", &done).await;
        let tasks = format!("/api/v1/collectors/{}/tasks", crate::people::own_collector());
        let tasks = server.get("collector", &tasks).await.is(200);
        assert_eq!(tasks.body["cases"][0]["case"], case);
        let failed = json!({"outcome": "failed", "photo": photo, "place": place, "note": "仍松动"});
        server.change("collector", &case, "verification", &failed).await;
        server.change("water", &case, "feedback", &done).await;
        let passed = json!({"outcome": "passed", "photo": photo, "place": place});
        server.change("collector", &case, "verification", &passed).await;
        let closed = server.change("chief", &case, "closing", &json!({})).await;
        assert_eq!(closed.body["stands"], "closed");

        let history = server.get("intake", &format!("/api/v1/cases/{case}/history")).await.is(200);
        let roles: Vec<&str> =
            steps(&history.body).map(|step| step["role"].as_str().unwrap()).collect();
        for role in ["intake", "collector", "entity", "dispatcher", "unit-staff", "duty-chief"] {
            assert!(roles.contains(&role), "{roles:?}");
        }
        let entered = steps(&history.body).find(|step| !step["on_behalf_of"].is_null()).unwrap();
        assert_eq!(entered["on_behalf_of"], "SW");
        let received = steps(&history.body).find(|step| step["role"] == "unit-staff").unwrap();
        let (by, name, unit) = (&received["by"], &received["name"], &received["speaks_for"]);
        assert_eq!((by, name, unit), (&json!("water"), &json!("water示例"), &json!("SW")));
        let why = server.get("water", &format!("/api/v1/cases/{case}/explanation")).await.is(200);
        assert!(why.body["account"].is_object(), "{}", why.body);
    });
    assert!(stopped(server));
}

#[test]
fn a_photo_comes_back_as_it_was_and_can_do_nothing_in_a_browser() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let photo = server.photo("water").await;
        let request =
            server.request("water", reqwest::Method::GET, &format!("/api/v1/photos/{photo}"));
        let reply = request.send().await.unwrap();
        let header = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "image/png");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").contains("sandbox"));
        assert!(header("cache-control").contains("immutable"));
        assert_eq!(reply.bytes().await.unwrap(), PHOTO);
        let page = server.request("water", reqwest::Method::POST, "/api/v1/photos");
        sent(page.body("<html><script>alert(1)</script>"))
            .await
            .problem(415, "unsupported-media-type");
        server.get("water", &format!("/api/v1/photos/{}", "0".repeat(64))).await.is(404);
    });
}

#[test]
fn a_reporter_is_shown_to_the_centre_alone() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        for (who, sees) in
            [("intake", true), ("chief", true), ("water", false), ("operator", false)]
        {
            for path in ["", "/history", "/explanation"] {
                let reply = server.get(who, &format!("/api/v1/cases/{case}{path}")).await.is(200);
                let told = reply.body.to_string().contains("13911112222");
                assert_eq!(told, sees && path != "/explanation", "{who} {path}: {}", reply.body);
            }
        }
    });
}

fn steps(history: &Value) -> impl Iterator<Item = &Value> {
    history["history"].as_array().unwrap().iter()
}

fn stopped(server: Server) -> bool {
    server.ask_to_stop();
    server.ended().success()
}

#[test]
fn a_unit_that_gave_a_case_back_adds_the_form_wherever_the_case_is_and_a_slip_is_recalled() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let body = json!({"reason": "属产权单位", "ground": "ownership"});
        server.change("water", &case, "return", &body).await;
        let agree = json!({"opinion": "agree", "reason": "查看权属资料"});
        server.change("dispatcher", &case, "return-opinion", &agree).await;
        let accept = json!({"decision": "accept", "reason": "同意"});
        server.change("chief", &case, "return-decision", &accept).await;
        let elsewhere = json!({"unit": "CG-HW", "reason": "近期由环卫站代管"});
        server.change("dispatcher", &case, "dispatch", &elsewhere).await;

        let form = json!({"form": server.photo("water").await});
        let path = format!("/api/v1/cases/{case}/return-form");
        server.post("enforcer", &path, &form).await.is(404);
        server.post("water", &path, &form).await.is(200);
        server.post("water", &path, &form).await.is(404);
        let shown = server.get("dispatcher", &format!("/api/v1/cases/{case}")).await.is(200);
        assert_eq!(shown.body["returns"][0]["form"], "given", "{}", shown.body);

        let slip = json!({"reason": "选错了单位"});
        let recalled = server.change("dispatcher", &case, "recall", &slip).await;
        assert_eq!(recalled.body["stands"], "awaiting-dispatch");
    });
    assert!(stopped(server));
}
