//! What an operator sees and does of running nodes.

use serde_json::{Value, json};

use super::town::{Node, Town};
use crate::server::Client;

const FORMAT: [&str; 2] = ["--format", "json"];

#[test]
fn a_node_that_is_drained_decides_nothing_and_takes_its_part_again_when_it_is_told() {
    let mut town = Town::of(2);
    town.until_whole();
    let said = asked(&town.nodes[0], &["node", "drain"]);
    assert_eq!(said["outcome"], "drained", "{said}");
    assert_eq!(holders(&town.nodes[1]), ["node-2"]);
    let share = &asked(&town.nodes[0], &["status"])["cluster"];
    assert!(share["partitions"] == 0 && share["fitness"] == "draining", "{share}");
    assert!(share["nodes_seen"] == 2 && share["partitions_without_owner"] == 0, "{share}");
    let metrics = page(&town, "/metrics");
    for line in [
        r#"duban_cluster_partitions{node="node-1"} 0"#,
        r#"duban_cluster_fit{node="node-1"} 0"#,
        r#"duban_cluster_office{node="node-1"} 0"#,
        r#"duban_cluster_partitions_unowned{node="node-1"} 0"#,
    ] {
        assert!(metrics.lines().any(|found| found.starts_with(line)), "{line}: {metrics}");
    }
    // It is asked all the same, and the other decides.
    let mut client = Client::connect(&town.nodes[0].address, &town.token).unwrap();
    let report = json!({
        "channel": "hotline", "source": "12319", "external_id": "1", "text": "井盖松动", "address": "靖宁街",
    });
    let (status, said) = client.ask("POST", "/api/v1/cases", &report.to_string()).unwrap();
    assert_eq!(status, 201, "{said}");
    asked(&town.nodes[0], &["node", "drain", "--end"]);
    town.until_whole();
    assert_eq!(holders(&town.nodes[0]), ["node-1", "node-2"]);
    // Where nobody else could take it, what a node holds stays.
    town.nodes[1].stop();
    town.until("the first has everything", |town| holders(&town.nodes[0]) == ["node-1"]);
    let said = asked(&town.nodes[0], &["node", "drain"]);
    assert_eq!(said["outcome"], "nobody-else", "{said}");
    assert_eq!(holders(&town.nodes[0]), ["node-1"]);
}

/// Who holds anything, and that nothing is held by nobody.
fn holders(node: &Node) -> Vec<String> {
    let list = asked(node, &["partition", "list"]);
    let held = list["holdings"].as_array().unwrap().iter();
    let mut names: Vec<String> =
        held.filter_map(|one| one["node"].as_str().map(str::to_owned)).collect();
    names.sort();
    names.dedup();
    names
}

/// What a command says to programs; whether it exits as for an alarm is not asked.
fn asked(node: &Node, words: &[&str]) -> Value {
    let (_, said) = node.run(&[words, &FORMAT].concat());
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{words:?}: {said}"))
}

fn page(town: &Town, path: &str) -> String {
    let mut client = Client::connect(&town.nodes[0].address, &town.token).unwrap();
    client.ask("GET", path, "").unwrap().1
}
