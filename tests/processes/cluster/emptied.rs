//! A Redis that comes back with nothing: nobody decides, everybody says so, nodes stop in good order, and what only one
//! of them had is kept.

use serde_json::{Value, json};

use super::callers::Callers;
use super::town::{Node, Town};
use crate::server::Client;

/// Deeds before Redis is lost.
const DEEDS: usize = 60;

#[test]
fn nodes_whose_redis_came_back_empty_under_load_decide_nothing_and_stop_in_good_order() {
    let mut town = Town::of(3);
    town.until_whole();
    let (addresses, token) = (town.addresses(), town.token.clone());
    Callers::beside(&addresses, &token, |heard| {
        heard.until_done(DEEDS);
        town.redis.lose_everything();
        for address in &addresses {
            town.until("the log is another one", |town| {
                let mut client = Client::connect(address, &town.token).unwrap();
                let (status, said) = client.ask("GET", "/readyz", "").unwrap();
                status == 503 && said.contains("log-differs")
            });
        }
        for node in &mut town.nodes {
            node.stop();
        }
    });
}

#[test]
fn what_a_node_had_beyond_the_log_begun_anew_is_kept_beside_its_store_and_its_cases_are_named() {
    let mut town = Town::of(2);
    town.until_whole();
    let both = reported(&town, "1");
    town.until("both nodes have it", |town| has(town, 1, &both));
    town.nodes[1].stop();
    // Until the lease of the other has run out, nobody decides half of them.
    let mut only: Vec<String> = ["2", "3"].map(|no| reported(&town, no)).into();
    only.sort();
    town.nodes[0].stop();
    town.redis.lose_everything();
    let (one, other) = (&town.nodes[0], &town.nodes[1]);
    other.must(&["node", "seed"]);
    let (is_done, said) = one.run(&["node", "join", "--again"]);
    assert!(!is_done && said.contains("--from"), "{said}");
    let copy = one.store().with_file_name("copy").display().to_string();
    other.must(&["backup", &copy]);
    let said = one.must(&["node", "join", "--again", "--from", &copy]);
    assert!(only.iter().all(|case| said.contains(case)) && !said.contains(&both), "{said}");
    let fork = one.store().join("forked/1");
    let listed = std::fs::read_to_string(fork.join("only-here.txt")).unwrap();
    assert_eq!(listed.lines().collect::<Vec<_>>(), only);
    // What was set aside can be looked into.
    let (fork, look) = (fork.display().to_string(), one.store().with_file_name("look"));
    one.must(&["--store", &look.display().to_string(), "restore", &fork]);
    // Nothing more is set aside: the log goes on where the ledger ends. Its name is free again some seconds after it joined.
    town.until("it joins again with what it has", |town| {
        let (is_done, said) = town.nodes[0].run(&["node", "join", "--again", "--format", "json"]);
        let said: Value = serde_json::from_str(&said).unwrap_or_default();
        assert!(!is_done || said["forks"] == json!([]), "{said}");
        is_done
    });
    town.nodes.iter_mut().for_each(Node::start);
    town.until_whole();
    assert!(has(&town, 0, &both) && !has(&town, 0, &only[0]));
    town.until("the operator is told", |town| is_told(&town.nodes[0]));
}

/// Whether it is an alarm that something stands only in a ledger that was set aside.
fn is_told(node: &Node) -> bool {
    let (_, said) = node.run(&["status", "--format", "json"]);
    let said: Value = serde_json::from_str(&said).unwrap_or_default();
    let mut alarms = said["alarms"].as_array().into_iter().flatten();
    alarms.any(|alarm| alarm["code"] == "forked" && alarm["cleared"].is_null())
}

/// Whether a node shows this case.
fn has(town: &Town, node: usize, case: &str) -> bool {
    let mut client = Client::connect(&town.nodes[node].address, &town.token).unwrap();
    client.ask("GET", &format!("/api/v1/cases/{case}"), "").unwrap().0 == 200
}

/// The case of a report to the first node.
fn reported(town: &Town, no: &str) -> String {
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": no, "text": "井盖松动", "address": "靖宁街",
    });
    let mut client = Client::connect(&town.nodes[0].address, &town.token).unwrap();
    let (status, said) = client.ask("POST", "/api/v1/cases", &report.to_string()).unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    said["case"].as_str().unwrap_or_else(|| panic!("{status}: {said}")).to_owned()
}
