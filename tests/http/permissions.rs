//! Who may ask what: every operation of the document, asked by everybody, in a golden table.

use std::fmt::Write as _;

use duban_tests::golden::assert_golden;
use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::PEOPLE;
use crate::server::{PHOTO, Server, filing, report, run};

#[test]
fn who_may_ask_what_is_as_the_table_says() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    assert_golden("permissions.txt", &run(table(&server)));
}

#[test]
fn a_unit_sees_its_own_cases_and_its_organisations_leader_those_of_every_terminal() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let case = server.register(1).await;
        server.change("intake", &case, "filing", &filing()).await;
        // Nobody's yet: no unit sees it.
        let path = format!("/api/v1/cases/{case}");
        server.get("sweeper", &path).await.is(404);
        let elsewhere = json!({"unit": "CG-HW", "reason": "近期由环卫站代管"});
        server.change("dispatcher", &case, "dispatch", &elsewhere).await;
        for (who, status) in [("sweeper", 200), ("leader", 200), ("enforcer", 404), ("water", 404)]
        {
            server.get(who, &path).await.is(status);
            server.get(who, &format!("{path}/history")).await.is(status);
            server.get(who, "/api/v1/units/CG-HW/cases").await.is(status);
            server.get(who, "/api/v1/cases?unit=CG-HW").await.is(status);
            let own = server.get(who, "/api/v1/cases").await.is(200);
            let sees = own.body.to_string().contains(&case);
            assert_eq!(sees, who == "sweeper", "{who}: {}", own.body);
        }
        // Reading is not acting: the leader of another terminal is told where the case is, and no more.
        let receipt = format!("{path}/receipt");
        server.post("leader", &receipt, &json!({})).await.problem(403, "other-unit");
        server.post("enforcer", &receipt, &json!({})).await.problem(404, "not-found");
        server.change("sweeper", &case, "receipt", &json!({})).await;
    });
}

async fn table(server: &Server) -> String {
    // A case at its end answers 409 to whoever may ask, and the water bureau's is the only unit that sees it.
    let case = closed(server).await;
    let mut table = String::from(
        "# Every operation by everybody: 403 may not, 404 is not there for them, 409 and 422 may, but not so.\n",
    );
    write!(table, "{:<52}{:>8}", "", "nobody").unwrap();
    for (who, ..) in PEOPLE {
        write!(table, " {who:>10}").unwrap();
    }
    table.push('\n');
    let document = server.get("", "/api/v1/openapi.json").await.is(200).body;
    for (template, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let made = made(&document, operation);
            write!(table, "{:<52}", format!("{} {}", method.to_uppercase(), template)).unwrap();
            for (n, who) in [""].into_iter().chain(PEOPLE.map(|(who, ..)| who)).enumerate() {
                let status = asked(server, who, (method, template, id, &made), &case).await;
                write!(table, "{status:>width$}", width = if n == 0 { 8 } else { 11 }).unwrap();
            }
            table.push('\n');
        }
    }
    table
}

async fn asked(
    server: &Server,
    who: &str,
    operation: (&str, &str, &str, &Value),
    case: &str,
) -> u16 {
    let (method, template, id, made) = operation;
    let path = template
        .replace("/cases/{id}", &format!("/cases/{case}"))
        .replace("/collectors/{id}", &format!("/collectors/{}", crate::people::own_collector()))
        .replace("/photos/{id}", &format!("/photos/{}", "0".repeat(64)))
        .replace("/attachments/{id}", &format!("/attachments/{}", "0".repeat(64)))
        .replace("/units/{id}", "/units/SW")
        .replace("{no}", "nothing")
        .replace("{name}", "nobody")
        .replace("{desk}", "duty-chief")
        .replace("{login}", "nobody.here")
        .replace("/tokens/{id}", "/tokens/x")
        .replace("{message}", "1.nothing.1.0")
        .replace("{id}", "nothing");
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let request = server.request(who, method, &path);
    let body = body(id, who).unwrap_or_else(|| made.clone());
    let request = if ["putPhoto", "putAttachment"].contains(&id) {
        request.body(PHOTO)
    } else if body.is_null() {
        request
    } else {
        request.json(&body)
    };
    // A stream has no end: its status is enough.
    request.send().await.unwrap().status().as_u16()
}

/// What is asked: well formed, and where it would change what others are asked about, not possible. None where what
/// the document makes of it will do.
fn body(id: &str, who: &str) -> Option<Value> {
    Some(match id {
        "registerCase" => report(77),
        "fileCase" => filing(),
        "dispatchCase" => json!({"unit": "SW"}),
        "giveValidation" => json!({"finding": "confirmed"}),
        "verifyCase" => json!({"outcome": "passed"}),
        "giveFeedback" => json!({"result": "已修复"}),
        "callUnit" => json!({"number": "0317-5550033", "outcome": "answered"}),
        "applyForCase" => json!({"extension": "1工作日", "reason": "x", "signer": "贺示例"}),
        "consentToDeferral" => json!({"ruling": "refuse", "reason": "x"}),
        "decideApplication" => json!({"ruling": "refuse", "reason": "x"}),
        "decideReturn" => json!({"decision": "accept", "reason": "x"}),
        "reassignTask" => json!({"task": 1, "reason": "x"}),
        "orderSupervision" => json!({"kind": "leader", "text": "x"}),
        "replySupervision" => json!({"order": 1, "text": "x"}),
        "declineCase" | "reworkCase" | "askReturn" | "eraseReporter" => json!({"reason": "x"}),
        "orderValidation" | "receiveCase" | "reportArrival" | "startHandling" | "closeCase" => {
            json!({})
        }
        "cancelRules" => json!({"hash": "0000", "reason": "x"}),
        "recalculate" => json!({"dry_run": true, "reason": "x"}),
        "deactivateUnit" | "dismissCollector" | "dismissPerson" => json!({"reason": ""}),
        "takeUnitLeave" => json!({"name": "nobody", "until": "2001-01-01T00:00:00Z"}),
        "takeCollectorLeave" => json!({"until": "2001-01-01T00:00:00Z"}),
        "signIn" => json!({"login": format!("nobody.like.{who}"), "password": "wrong"}),
        "changePassword" => json!({"old": "wrong", "new": "short"}),
        "enrolPerson" => json!({"login": "nobody.here", "profile": {"name": "x", "roles": []}}),
        "changePerson" => json!({"name": "x", "roles": []}),
        "setPassword" => json!({"password": "a long enough password"}),
        "issueToken" => json!({"label": "x", "role": "intake", "days": 1}),
        _ => return None,
    })
}

/// A body as the document describes it, with what is required and no more; null where there is none.
fn made(document: &Value, operation: &Value) -> Value {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() { Value::Null } else { of_schema(document, schema) }
}

fn of_schema(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return of_schema(document, &document["components"]["schemas"][name]);
    }
    if let Some(word) = schema["enum"].as_array().and_then(|words| words.first()) {
        return word.clone();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten();
            let fields = required.map(|name| {
                let name = name.as_str().unwrap();
                (name.to_owned(), of_schema(document, &schema["properties"][name]))
            });
            Value::Object(fields.collect())
        }
        Some("array") => json!([of_schema(document, &schema["items"])]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        _ if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("{64}")) => {
            json!("0".repeat(64))
        }
        _ if schema["format"] == "date-time" => json!("2001-01-01T00:00:00Z"),
        _ => json!("x"),
    }
}

async fn closed(server: &Server) -> String {
    let case = server.dispatched(1).await;
    let (photo, place) = (server.photo("collector").await, report(1)["place"].clone());
    server.change("water", &case, "receipt", &json!({})).await;
    server
        .change("water", &case, "feedback", &json!({"result": "已修复", "photos": [photo]}))
        .await;
    let passed = json!({"outcome": "passed", "photo": photo, "place": place});
    server.change("collector", &case, "verification", &passed).await;
    server.change("chief", &case, "closing", &json!({})).await;
    case
}
