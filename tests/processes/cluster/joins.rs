//! Machines that join: with a copy that a running node gives, or with a backup.

use duban_tests::child::Running;
use serde_json::{Value, json};

use super::shared::{PICTURE, asked, blob, enrolled, key};
use super::town::Town;

#[test]
fn a_machine_joins_with_all_that_a_running_node_gives_and_has_nothing_where_that_breaks_off() {
    let mut town = Town::of(1);
    town.until_whole();
    let (one, token) = (&town.nodes[0], town.token.clone());
    let head = enrolled(one, "head", "centre-head");
    let photo = asked(one, &token, ("POST", "/api/v1/photos", PICTURE), 201);
    let photo = photo["photo"].as_str().unwrap().to_owned();
    let [kept, erased] = ["1", "2"].map(|no| {
        let report = json!({
            "channel": "hotline", "source": "12319", "external_id": no, "text": "井盖松动",
            "address": "靖宁街", "photos": [photo],
            "reporter": {"name": "王示例", "phone": "13911112222", "reply": "not-wanted"},
        });
        let said = asked(one, &token, ("POST", "/api/v1/cases", &report.to_string()), 201);
        said["case"].as_str().unwrap().to_owned()
    });
    for (token, act) in [(&token, "declining"), (&head, "reporter-erasure")] {
        let why = json!({"reason": "本人来电要求"}).to_string();
        asked(one, token, ("POST", &format!("/api/v1/cases/{erased}/{act}"), &why), 200);
    }

    town.add();
    town.nodes[0].signal("STOP");
    let joining = Running::start(&mut town.nodes[1].command(&["node", "join"]));
    town.until("whoever joins is on the list", |town| said_of_the_second(town) == "joining");
    joining.kill();
    town.nodes[0].signal("CONT");
    assert!(!town.nodes[1].store().exists());

    town.until("it joins", |town| town.nodes[1].run(&["node", "join"]).0);
    assert_eq!(said_of_the_second(&town), "joining", "the log is kept for it until it starts");
    let other = &town.nodes[1];
    assert_eq!(std::fs::read(blob(other, &photo)).unwrap(), PICTURE.as_bytes());
    let length = |case: &str| std::fs::metadata(key(other, case)).unwrap().len();
    assert_eq!((length(&kept), length(&erased)), (32, 0));
    town.nodes[1].start();
    town.until_whole();
    for (case, field) in [(&kept, "phone"), (&erased, "unreadable")] {
        let path = format!("/api/v1/cases/{case}");
        let [here, there] = [0, 1].map(|n| asked(&town.nodes[n], &token, ("GET", &path, ""), 200));
        assert_eq!(here["reporter"], there["reporter"]);
        assert!(here["reporter"][field].is_string(), "{here}");
    }
}

/// How the second node says that it is.
fn said_of_the_second(town: &Town) -> Value {
    let list = town.nodes[1].list();
    let mut nodes = list["nodes"].as_array().into_iter().flatten();
    let second = nodes.find(|node| node["name"] == "node-2");
    second.map_or(Value::Null, |node| node["fitness"].clone())
}
