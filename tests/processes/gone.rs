//! A unit that an edition does not name any more, with cases still open: what every way in says of it.

use duban_actors::role::Role;
use serde_json::Value;

use crate::explained::Place;
use crate::server::{Client, Server, token};

#[test]
fn every_way_by_which_rules_come_into_force_says_which_unit_goes_and_how_many_cases_it_leaves() {
    let place = Place::with_rules();
    Server::start(place.path(), &[place.rules()]).kill();
    let operator = token(place.path(), Role::Operator);
    let server = Server::start(place.path(), &[place.rules()]);
    place.dispatched();
    let said = "R0925 units.toml 中没有了 `SW`,它还有 1 件在办案件";

    // By a signal, over HTTP, on the command line beside the server, and without one.
    let way = |edition: u32| {
        place.change("handbook.toml", |text| with_number(&text, edition));
        place.change("handbook.csv", |text| text.replace(",SW,水务局,", ",ZJ,住建局,"));
        place.change("units.toml", |text| text.replace("id = \"SW\"", "id = \"SW2\""));
        place.change("committee.toml", |text| text.replace("unit = \"SW\"", "unit = \"SW2\""));
    };
    way(2);
    server.signal("HUP");
    let patience = server.running().age() + std::time::Duration::from_mins(1);
    while !server.logged().contains("R0925") {
        assert!(server.running().age() < patience, "{}", server.logged());
        std::thread::yield_now();
    }
    way(3);
    let mut client = Client::connect(&server.address, &operator).unwrap();
    let (status, body) = client.ask("POST", "/api/v1/rules/apply", "{}").unwrap();
    let answer: Value = serde_json::from_str(&body).unwrap();
    let warnings = answer["warnings"].as_array().unwrap();
    assert_eq!((status, warnings.iter().any(|one| one == said)), (200, true), "{body}");
    way(4);
    let told = place.done(&["rules", "apply"]);
    assert!(told.contains("[R0925]") && told.contains("它还有 1 件在办案件"), "{told}");
    server.kill();
    way(5);
    let told = place.done(&["rules", "apply"]);
    assert!(told.contains("[R0925]") && told.contains("它还有 1 件在办案件"), "{told}");
}

fn with_number(text: &str, edition: u32) -> String {
    let before = text.lines().find(|line| line.starts_with("number = ")).unwrap();
    text.replace(before, &format!("number = \"2026-{edition}\""))
}
