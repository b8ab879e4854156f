//! Lists, page by page.

use std::collections::BTreeSet;

use duban_runtime::clock::{Clock as _, SystemClock};
use duban_tests::scratch_dir::ScratchDir;

use crate::people;
use crate::server::{Caller, Server, run};
use crate::town;

#[test]
fn pages_follow_each_other_without_a_gap_and_without_a_case_twice() {
    if town::is_left_out(town::FILES) {
        return;
    }
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    // Messages on their way move from place to place.
    duban::muted::mute(&store, "test", SystemClock::start().now()).unwrap();
    let server = Server::start(&store, tokens, &[]);
    run(async {
        let mut there = BTreeSet::new();
        for n in 0..7 {
            there.insert(server.register(n).await);
        }
        for n in 7..12 {
            there.insert(server.dispatched(n).await);
        }
        for (limit, pages) in [(1, 13), (5, 3), (12, 1), (200, 1)] {
            let (found, n) = all(&server, "intake", "/api/v1/cases?", limit, "cases").await;
            assert!(n <= pages, "{n} pages of {limit}");
            assert_eq!(found.len(), there.len());
            assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), there);
        }
        let (mine, _) = all(&server, "water", "/api/v1/cases?", 2, "cases").await;
        assert_eq!(mine.len(), 5);
        let (stage, _) =
            all(&server, "chief", "/api/v1/cases?unit=SW&stage=dispatched&", 2, "cases").await;
        assert_eq!(stage, mine);
        let (unit, _) = all(&server, "chief", "/api/v1/units/SW/cases?", 3, "cases").await;
        assert_eq!(unit, mine);
        let (messages, _) = all(&server, "operator", "/api/v1/outbox?", 2, "messages").await;
        assert!(messages.len() >= 5);
        assert_eq!(messages.iter().collect::<BTreeSet<_>>().len(), messages.len());
        let (persons, _) = all(&server, "operator", "/api/v1/persons?", 3, "persons").await;
        assert_eq!(persons.len(), people::PEOPLE.len());
        let (units, _) = all(&server, "water", "/api/v1/units?", 7, "units").await;
        assert!(units.len() > 10 && units.is_sorted(), "{units:?}");
        let (collectors, _) = all(&server, "chief", "/api/v1/collectors?", 4, "collectors").await;
        assert!(collectors.len() > 4 && collectors.is_sorted());
    });
}

#[test]
fn a_page_that_cannot_be_is_refused() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        for query in [
            "limit=0",
            "limit=201",
            "limit=x",
            "limit=-1",
            "cursor=x",
            "cursor=%00~%00",
            "stage=nowhere",
            "colour=red",
            "closed=true",
            "unit=..%2F",
        ] {
            let reply = server.get("intake", &format!("/api/v1/cases?{query}")).await;
            assert_eq!(reply.body["code"], "unfit-parameter", "{query}: {}", reply.body);
            reply.is(422);
        }
    });
}

/// What the rows of all pages are called, and how many pages there were.
async fn all(
    server: &Caller,
    who: &str,
    path: &str,
    limit: usize,
    rows: &str,
) -> (Vec<String>, usize) {
    let (mut found, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = server.get(who, &format!("{path}limit={limit}{cursor}")).await.is(200);
        pages += 1;
        let listed = page.body[rows].as_array().unwrap();
        assert!(listed.len() <= limit);
        let keys = ["case", "message", "login", "unit", "collector"];
        found.extend(listed.iter().map(|row| {
            let key = keys
                .iter()
                .find(|key| row[**key].is_string() && (**key != "unit" || rows == "units"));
            row[*key.unwrap()].as_str().unwrap().to_owned()
        }));
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (found, pages),
        }
    }
}
