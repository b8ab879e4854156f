//! Asked twice, done once; asked against a state that is no more, not done.

use duban_runtime::record::RECENT_MAX;
use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::own_collector;
use crate::server::{Server, filing, report, run, sent};
use crate::town;

#[test]
fn the_same_key_is_carried_out_once_for_the_same_person_and_operation() {
    let ground = ScratchDir::new();
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
        let path = format!("/api/v1/cases/{case}/dispatch");
        for key in ["", "a b", &"x".repeat(129), "井"] {
            let request = server.request("chief", Method::POST, &path);
            let request = request.header("Idempotency-Key", key.as_bytes());
            sent(request.json(&json!({"unit": "SW"}))).await.problem(400, "unfit-header");
        }
        let two = server.request("chief", Method::POST, &path);
        let two = two.header("Idempotency-Key", "c").header("Idempotency-Key", "d");
        sent(two.json(&json!({"unit": "SW"}))).await.problem(400, "unfit-header");
    });
}

#[test]
fn a_key_that_was_used_for_something_else_is_refused_and_nothing_is_done() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let (case, other) = (server.register(1).await, server.register(2).await);
        let at = |case: &str, what: &str| format!("/api/v1/cases/{case}/{what}");
        let used = |reply: crate::server::Reply| reply.problem(422, "key-used-before");
        let path = at(&case, "filing");
        server.keyed(("intake", "k"), &path, &filing()).await.is(200);
        // Another person, another place, another case, another body.
        used(server.keyed(("chief", "k"), &path, &filing()).await);
        let sent_out = json!({"unit": "SW"});
        used(server.keyed(("chief", "k"), &at(&case, "dispatch"), &sent_out).await);
        used(server.keyed(("intake", "k"), &at(&other, "filing"), &filing()).await);
        let mut odd = filing();
        odd["reason"] = json!("另一个理由");
        used(server.keyed(("intake", "k"), &path, &odd).await);
        // Registered, filed, numbered; and registered.
        for (case, sequence) in [(&case, 3), (&other, 1)] {
            let seen = server.get("chief", &format!("/api/v1/cases/{case}")).await.is(200);
            assert_eq!(seen.body["sequence"], sequence);
        }
        // However it is spaced and ordered, it is the same; and a key whose request was refused is free.
        let text = format!(
            r#"{{ "reason":{}, "checklist":"confirmed", "condition":{} }}"#,
            filing()["reason"],
            filing()["condition"]
        );
        let request = server.request("intake", Method::POST, &path).header("Idempotency-Key", "k");
        let again = sent(request.header("Content-Type", "application/json").body(text)).await;
        assert_eq!(again.is(200).body["again"], true);
        let nowhere = json!({"unit": "NOPE"});
        let path = at(&case, "dispatch");
        server.keyed(("chief", "d"), &path, &nowhere).await.problem(422, "unknown-unit");
        server.keyed(("chief", "d"), &path, &sent_out).await.is(200);
    });
}

#[test]
fn a_second_feedback_under_the_key_of_the_first_is_refused_even_by_a_server_that_was_started_anew()
{
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let tokens = server.tokens.clone();
    let (case, body, register) = run(async {
        let register = report(1);
        let reply = server.keyed(("chief", "r"), "/api/v1/cases", &register).await.is(201);
        let case = reply.body["case"].as_str().unwrap().to_owned();
        server.change("intake", &case, "filing", &filing()).await;
        server.change("dispatcher", &case, "dispatch", &json!({"unit": "SW"})).await;
        server.change("water", &case, "receipt", &json!({})).await;
        let body = json!({"result": "井盖已加固", "photos": [server.photo("water").await]});
        let path = format!("/api/v1/cases/{case}/feedback");
        server.keyed(("water", "f"), &path, &body).await.is(200);
        (case, body, register)
    });
    server.kill();
    let server = Server::start(&ground.join("store"), tokens, &[]);
    run(async {
        let path = format!("/api/v1/cases/{case}/feedback");
        let again = server.keyed(("water", "f"), &path, &body).await.is(200);
        assert_eq!(again.body["again"], true);
        let mut other = body.clone();
        other["result"] = json!("已更换井盖");
        server.keyed(("water", "f"), &path, &other).await.problem(422, "key-used-before");
        // Of a reporter nothing is kept with the key, and another one is another report all the same.
        let path = "/api/v1/cases";
        let again = server.keyed(("chief", "r"), path, &register).await.is(200);
        assert_eq!(again.body["again"], true);
        let mut other = register.clone();
        other["reporter"]["phone"] = json!("13911113333");
        server.keyed(("chief", "r"), path, &other).await.problem(422, "key-used-before");
    });
}

#[test]
fn a_feedback_is_not_given_twice_under_its_key_however_often_the_case_came_back_meanwhile() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        server.change("water", &case, "receipt", &json!({})).await;
        let body = json!({"result": "井盖已加固", "photos": [server.photo("water").await]});
        let path = format!("/api/v1/cases/{case}/feedback");
        let first = server.keyed(("water", "f"), &path, &body).await.is(200);
        for n in 0..RECENT_MAX {
            let failed = json!({"outcome": "failed", "note": "仍有异响", "waiver": "有录像为证"});
            server.change("chief", &case, "verification", &failed).await;
            if n > RECENT_MAX / 2 {
                // The case would take another one now.
                let again = server.keyed(("water", "f"), &path, &body).await.is(200);
                assert_eq!(again.body["again"], true);
            }
            server.change("water", &case, "feedback", &body).await;
        }
        let again = server.keyed(("water", "f"), &path, &body).await.is(200);
        assert_eq!(again.body["again"], true);
        assert_eq!(again.body["sequence"], first.body["sequence"]);
    });
}

#[test]
fn a_key_stands_for_a_day_however_much_happens_to_the_case_meanwhile() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.register(1).await;
        let path = format!("/api/v1/cases/{case}/validation");
        let first = server.keyed(("chief", "v"), &path, &json!({})).await.is(200);
        let found = json!({"finding": "confirmed", "waiver": "有录像为证"});
        for _ in 0..5 {
            server.change("chief", &case, "validation-finding", &found).await;
            server.change("chief", &case, "validation", &json!({})).await;
        }
        server.change("chief", &case, "validation-finding", &found).await;
        let again = server.keyed(("chief", "v"), &path, &json!({})).await.is(200);
        assert_eq!(
            (&again.body["again"], &again.body["stands"]),
            (&json!(true), &json!("registered"))
        );
        assert_eq!(again.body["sequence"], first.body["sequence"]);
    });
}

#[test]
fn whoever_signed_on_under_a_key_is_not_signed_on_once_more_however_often_they_came_and_went() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let of = format!("/api/v1/collectors/{}", own_collector());
        let [on, off] = ["sign-on", "sign-off"].map(|what| format!("{of}/{what}"));
        server.post("operator", &format!("{of}/appointment"), &json!({})).await.is(200);
        let first = server.keyed(("collector", "k"), &on, &json!({})).await.is(200);
        server.post("collector", &off, &json!({})).await.is(200);
        for _ in 0..RECENT_MAX {
            server.post("collector", &on, &json!({})).await.is(200);
            server.post("collector", &off, &json!({})).await.is(200);
        }
        let again = server.keyed(("collector", "k"), &on, &json!({})).await.is(200);
        assert_eq!(again.body["again"], true);
        assert_eq!(again.body["sequence"], first.body["sequence"]);
        let off_duty = server.get("collector", &of).await.is(200);
        assert_eq!(off_duty.body["standing"], "off-duty", "{}", off_duty.body);
    });
}

#[test]
fn a_password_and_a_token_are_given_once_under_a_key_to_an_account_that_has_forgotten_it() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let path = "/api/v1/persons/deputy/tokens";
        let wish = json!({"label": "对接", "role": "dispatcher", "days": 1});
        let issue = async |key: &str| server.keyed(("operator", key), path, &wish).await;
        issue("t").await.is(201);
        for n in 0..RECENT_MAX {
            issue(&n.to_string()).await.is(201);
        }
        issue("t").await.problem(409, "token-shown-before");
        let set = |key| {
            let request =
                server.request("operator", Method::PUT, "/api/v1/persons/deputy/password");
            let request = request.header("Idempotency-Key", key);
            sent(request.json(&json!({"password": "the first password"})))
        };
        assert_eq!(set("p").await.is(200).body["again"], false);
        for n in 0..RECENT_MAX {
            issue(&format!("further-{n}")).await.is(201);
        }
        assert_eq!(set("p").await.is(200).body["again"], true);
    });
}

#[test]
fn another_password_under_the_key_of_the_first_is_not_said_to_be_set() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let tokens = server.tokens.clone();
    let set = |server: &crate::server::Caller, password: &'static str| {
        let request = server.request("operator", Method::PUT, "/api/v1/persons/deputy/password");
        sent(request.header("Idempotency-Key", "p").json(&json!({"password": password})))
    };
    run(async {
        set(&server, "the first password").await.is(200);
        set(&server, "another password").await.problem(422, "key-used-before");
    });
    server.kill();
    let server = Server::start(&ground.join("store"), tokens, &[]);
    run(async {
        assert_eq!(set(&server, "the first password").await.is(200).body["again"], true);
        set(&server, "another password").await.problem(422, "key-used-before");
    });
}

#[test]
fn whoever_sees_a_case_no_more_is_told_of_what_they_asked_and_nothing_of_how_it_stands() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        let path = format!("/api/v1/cases/{case}/return");
        let body = json!({"reason": "不属于本单位"});
        server.change("water", &case, "receipt", &json!({})).await;
        let first = server.keyed(("water", "r"), &path, &body).await.is(200);
        assert_eq!(first.body["stands"], "returning");
        let opinion = json!({"opinion": "agree", "reason": "查看权属资料"});
        server.change("dispatcher", &case, "return-opinion", &opinion).await;
        let decision = json!({"decision": "accept", "reason": "同意"});
        server.change("chief", &case, "return-decision", &decision).await;
        let elsewhere = json!({"unit": "CG-HW", "reason": "近期由环卫站代管"});
        server.change("dispatcher", &case, "dispatch", &elsewhere).await;
        server.get("water", &format!("/api/v1/cases/{case}")).await.is(404);
        let again = server.keyed(("water", "r"), &path, &body).await.is(200);
        let told = json!({"case": case, "sequence": first.body["sequence"], "again": true});
        assert_eq!(again.body, told);
    });
}

#[test]
fn a_unit_that_enters_for_itself_enters_on_behalf_of_nobody() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.dispatched(1).await;
        server.change("water", &case, "receipt", &json!({"on_behalf_of": "SW"})).await;
        server.change("dispatcher", &case, "start", &json!({"on_behalf_of": "SW"})).await;
        let path = format!("/api/v1/cases/{case}/history");
        let history = server.get("chief", &path).await.is(200);
        let records = history.body["history"].as_array().unwrap();
        let whom = |n: usize| records[records.len() - n]["on_behalf_of"].clone();
        assert_eq!((whom(2), whom(1)), (json!(null), json!("SW")));
    });
}

#[test]
fn the_same_report_once_more_is_the_same_case_and_another_one_under_its_number_is_refused() {
    if town::is_left_out(town::REMEMBERED) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let first = server.post("chief", "/api/v1/cases", &report(1)).await.is(201);
        let again = server.post("intake", "/api/v1/cases", &report(1)).await.is(200);
        assert_eq!(first.body["case"], again.body["case"]);
        assert_eq!(again.body["again"], true);
        // A place is kept to a centimetre, and a handset says more of it.
        let mut exact = report(3);
        exact["place"]["lon"] = json!(115.837_123_456_789);
        server.keyed(("intake", "e"), "/api/v1/cases", &exact).await.is(201);
        server.post("chief", "/api/v1/cases", &exact).await.is(200);
        let mut other = report(1);
        other["text"] = json!("另一件事");
        let refused = server.post("intake", "/api/v1/cases", &other).await;
        let refused = refused.problem(409, "already-registered");
        assert_eq!(refused.header("location"), first.header("location"));
        let keyed = server.keyed(("intake", "k"), "/api/v1/cases", &report(1)).await.is(200);
        assert_eq!((&keyed.body["again"], &keyed.body["sequence"]), (&json!(true), &json!(1)));
        let used = server.keyed(("intake", "k"), "/api/v1/cases", &report(2)).await;
        used.problem(422, "key-used-before");
        let case = first.body["case"].as_str().unwrap();
        assert!(refused.body["detail"].as_str().unwrap().contains(case), "{}", refused.body);
    });
}

#[test]
fn whoever_saw_an_older_state_is_told_so_and_nothing_is_done() {
    let ground = ScratchDir::new();
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

#[test]
fn whoever_saw_an_older_account_is_told_so_and_nobody_is_changed_or_dismissed() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        server.second_operator().await;
        // An operator is released before they go; others are not.
        for login in ["water", "qian"] {
            let path = format!("/api/v1/persons/{login}");
            let seen = async || server.get("operator", &path).await.is(200);
            let asked = async |method: Method, what: &str, tag: &str, body: &Value| {
                let request = server.request("operator", method, &format!("{path}{what}"));
                sent(request.header("If-Match", tag).json(body)).await
            };
            let (other, why) =
                (json!({"name": "赵示例", "roles": ["dispatcher"]}), json!({"reason": "调离"}));
            let first = seen().await;
            let etag = first.header("etag");
            let mut renamed = json!({"name": "钱某", "roles": first.body["roles"]});
            if !first.body["unit"].is_null() {
                renamed["unit"] = first.body["unit"].clone();
            }
            asked(Method::PUT, "", etag, &renamed).await.is(200);
            let second = seen().await;
            let stale = asked(Method::PUT, "", etag, &other).await.problem(412, "stale");
            assert_ne!(etag, second.header("etag"));
            assert_eq!(format!("\"{}\"", stale.body["refusal"]["sequence"]), second.header("etag"));
            asked(Method::POST, "/dismissal", etag, &why).await.problem(412, "stale");
            asked(Method::POST, "/dismissal", "seventeen", &why).await.problem(400, "unfit-header");
            assert_eq!(seen().await.body, second.body);
            asked(Method::POST, "/dismissal", second.header("etag"), &why).await.is(200);
            let refused = asked(Method::PUT, "", second.header("etag"), &other).await;
            refused.problem(412, "stale");
        }
    });
}
