//! Starts of a node whose Redis is away, or cannot be relied on.

use serde_json::json;

use super::town::Town;
use crate::server::Client;

#[test]
fn a_node_does_not_start_beside_a_redis_that_may_lose_what_it_answered() {
    let mut town = Town::of(1);
    town.nodes[0].stop();
    for (setting, wrong, right) in
        [("appendfsync", "everysec", "always"), ("maxmemory-policy", "allkeys-lru", "noeviction")]
    {
        town.redis.set(setting, wrong);
        let (has_started, said) = town.nodes[0].run(&["serve"]);
        assert!(!has_started && said.contains(&format!("{setting} {right}")), "{said}");
        town.redis.set(setting, right);
    }
    town.nodes[0].start();
    town.until_whole();
}

#[test]
fn a_node_that_starts_while_redis_is_away_is_read_from_and_decides_when_it_is_back() {
    let mut town = Town::of(1);
    town.until_whole();
    let case = reported(&town, "1").unwrap();
    town.nodes[0].stop();
    town.redis.kill();
    town.nodes[0].start();
    let ask = |method: &str, path: &str| {
        let mut client = Client::connect(&town.nodes[0].address, &town.token).unwrap();
        client.ask(method, path, "").unwrap()
    };
    let (status, shown) = ask("GET", &format!("/api/v1/cases/{case}"));
    assert_eq!(status, 200, "{shown}");
    let (status, ready) = ask("GET", "/readyz");
    assert!(status == 200 && ready.contains(r#""commands":false"#), "{status}: {ready}");
    assert_eq!(reported(&town, "2").unwrap_err(), 503);
    town.until("people read that it is cut off", |_| ask("GET", "/").1.contains("失去联系"));
    town.redis.start_again();
    town.until("what is reported is taken", |town| reported(town, "2").is_ok());
    assert!(!ask("GET", "/").1.contains("失去联系"));
}

/// Somebody reports; the case, or the status of the answer.
fn reported(town: &Town, no: &str) -> Result<String, u16> {
    let mut client = Client::connect(&town.nodes[0].address, &town.token).unwrap();
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": no, "text": "井盖松动", "address": "靖宁街",
    });
    let (status, said) = client.ask("POST", "/api/v1/cases", &report.to_string()).unwrap();
    let case = serde_json::from_str::<serde_json::Value>(&said).unwrap_or_default();
    case["case"].as_str().map(str::to_owned).ok_or(status)
}
