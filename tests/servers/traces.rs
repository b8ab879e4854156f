//! Traces at a collector by others: one from the request to the message that was handed over.

use std::process::Command;
use std::time::Duration;

use duban::telemetry::trace::{self, Request, Took};
use duban_runtime::clock::Timestamp;
use duban_runtime::node::Ask;
use serde_json::Value;

use crate::foreign_servers::{TestServer, here, python};
use crate::probe::{Command as Say, Probe, asked};
use crate::world::{NOON, World, address, channels};

#[actix::test]
async fn one_trace_goes_from_a_request_to_every_address_of_the_message_that_came_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let took = dir.path().join("spans");
    let collector =
        TestServer::start(Command::new(python()).arg(here("otlp_server.py")).arg(&took));
    trace::start(&format!("http://127.0.0.1:{}/v1/traces", collector.port)).unwrap();

    let world = World::open(dir.path()).await;
    let folder = channels(dir.path(), "");
    let to = vec![address("email", "head@suning.example"), address("sms", "13900000001")];
    let asked = asked(0x00c0_ffee_u128 << 64, NOON);
    let id = asked.id;
    trace::ask(&world.node, Ask::of::<Probe>("s", Say::Say { to, at: NOON }, asked)).await;
    let request = Request {
        method: "POST",
        route: "/api/v1/cases/{id}",
        status: 200,
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };
    trace::request(id, &request, Took { from: NOON, span: Duration::from_millis(3) });
    world.node.durable().await;
    world.work(&folder, Timestamp::NEVER).await;
    trace::flush();

    let text = std::fs::read_to_string(&took).unwrap();
    let spans = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ours = format!("{:032x}", id.0);
    let spans: Vec<Value> = spans.filter(|span| span["trace"] == *ours).collect();
    let named = |name: &str| -> &Value {
        let mut of_name = spans.iter().filter(|span| span["name"] == name);
        let span = of_name.next().unwrap_or_else(|| panic!("no `{name}` among {spans:#?}"));
        assert!(of_name.next().is_none(), "two of `{name}`");
        span
    };
    let (root, commit) = (named("POST /api/v1/cases/{id}"), named("commit"));
    let (deliver, email, sms) =
        (named("deliver"), named("hand over email"), named("hand over sms"));
    assert_eq!(spans.len(), 5, "{spans:#?}");
    assert_eq!((&root["parent"], &root["service"]), (&"".into(), &"duban".into()));
    assert_eq!(root["links"], serde_json::json!(["4bf92f3577b34da6a3ce929d0e0e4736"]));
    assert_eq!(root["nanos"], 3_000_000);
    for (child, parent) in [(commit, root), (deliver, commit), (email, deliver), (sms, deliver)] {
        assert_eq!(child["parent"], parent["span"], "{child:#}");
    }
    assert_eq!(commit["attributes"]["duban.outcome"], "accepted");
    assert_eq!(deliver["attributes"]["duban.outcome"], "delivered");
    assert_eq!(sms["attributes"]["duban.outcome"], "taken");
    for word in ["head@suning.example", "13900000001", "许示例"] {
        assert!(!text.contains(word), "a span tells `{word}`");
    }
}
