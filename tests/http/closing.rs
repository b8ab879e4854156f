//! Who goes and what closes while others ask at the same instant (articles 6 and 12).

use std::path::Path;
use std::sync::Arc;

use duban::asking::{self, Asker};
use duban::config::Config;
use duban::store;
use duban_actors::unit::{Command, Unit};
use duban_runtime::clock::{Clock as _, SystemClock};
use duban_runtime::node::{Node, Options};
use duban_tests::child::PATIENCE;
use duban_tests::scratch_dir::ScratchDir;
use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::json;

use crate::passwords::Session;
use crate::server::{Server, filing, run, sent};
use crate::town;

/// Open cases with units that take none any more.
const STRANDED: &str = "/api/v1/cases?closed_units=true";

#[test]
fn two_operators_who_are_sent_away_at_once_are_never_both_gone() {
    for ways in 0..4_u8 {
        let ground = ScratchDir::new();
        let server = Server::new(&ground);
        run(async {
            server.second_operator().await;
            let request = server.request("operator", Method::PUT, "/api/v1/persons/qian/password");
            sent(request.json(&json!({"password": "correct horse"}))).await.is(200);
            let server = &server;
            let go = async |login: &str, dismissed: bool| {
                let path = format!("/api/v1/persons/{login}");
                if dismissed {
                    let why = json!({"reason": "调离"});
                    server.post("operator", &format!("{path}/dismissal"), &why).await
                } else {
                    let other = json!({"name": "钱示例", "roles": ["dispatcher"]});
                    sent(server.request("operator", Method::PUT, &path).json(&other)).await
                }
            };
            let (one, other) = join(go("operator", ways & 1 == 0), go("qian", ways & 2 == 0)).await;
            let mut answers = [one.status, other.status];
            answers.sort_unstable();
            // Whoever has gone asks nothing any more: 401, or 403 in a role that they do not hold.
            assert!(matches!(answers, [200, 401 | 403 | 409]), "{ways}: {one:?} {other:?}");
        });
    }
}

#[test]
fn a_unit_that_closes_while_cases_are_dispatched_to_it_has_none_that_the_desk_does_not_see() {
    for round in 0..4 {
        let ground = ScratchDir::new();
        let server = Server::new(&ground);
        run(async {
            let server = &server;
            let mut cases = Vec::new();
            for n in 0..4 {
                let case = server.register(n).await;
                server.change("intake", &case, "filing", &filing()).await;
                cases.push(case);
            }
            let dispatch = async |case: &String| {
                let path = format!("/api/v1/cases/{case}/dispatch");
                server.post("dispatcher", &path, &json!({"unit": "SW"})).await
            };
            let reason = json!({"reason": "机构改革"});
            let closing = server.post("operator", "/api/v1/units/SW/deactivation", &reason);
            let (sent, closed) = join(join_all(cases.iter().map(dispatch)), closing).await;
            let reached = sent.iter().filter(|reply| reply.status == 200).count();
            let seen = server.get("dispatcher", STRANDED).await.is(200);
            let seen = seen.body["cases"].as_array().unwrap().len();
            if closed.status == 200 {
                assert_eq!(seen, reached, "round {round}: {sent:?}");
                for reply in sent.into_iter().filter(|reply| reply.status != 200) {
                    reply.problem(409, "unit-inactive");
                }
            } else {
                let refused = closed.problem(409, "unit-has-open-cases");
                let (counted, _) =
                    refused.body["detail"].as_str().unwrap().split_once(" 查看时还有").unwrap();
                // By the county's clock, to the minute.
                assert_eq!(counted.len(), "2026-03-02 12:00".len(), "{counted}");
                assert_eq!(seen, 0);
            }
        });
    }
}

#[test]
fn cases_with_closed_units_are_for_whoever_may_see_all() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        server.get("water", STRANDED).await.problem(403, "not-permitted");
        let both = format!("{STRANDED}&unit=SW");
        server.get("dispatcher", &both).await.problem(422, "unfit-parameter");
        server.get("dispatcher", STRANDED).await.is(200);
    });
}

#[test]
fn a_unit_that_has_closed_is_said_to_be_closed_and_comes_first_while_it_has_cases() {
    if town::is_left_out(town::FILES) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    let tokens = server.tokens.clone();
    run(async {
        server.dispatched(0).await;
        for n in 1..3 {
            let case = server.register(n).await;
            server.change("intake", &case, "filing", &filing()).await;
            let other = json!({"unit": "CG-HW", "reason": "值班长指定"});
            server.change("chief", &case, "dispatch", &other).await;
        }
        let reason = json!({"reason": "机构改革"});
        server.post("operator", "/api/v1/units/CG-ZF/deactivation", &reason).await.is(200);
    });
    server.ask_to_stop();
    assert!(server.ended().success());
    close_uncounted(&ground.join("store"), "SW");

    let server = Server::start(&ground.join("store"), tokens, &[]);
    run(async {
        let session = Session::chosen(&server, "chief").await;
        let page = async || {
            let page = session.request(Method::GET, "/units").send().await.unwrap();
            page.text().await.unwrap()
        };
        // A server that has just begun has yet to count.
        let counted = async {
            loop {
                let page = page().await;
                if page.contains("<td class=\"num\">2</td>") {
                    break page;
                }
            }
        };
        let page = tokio::time::timeout(PATIENCE, counted).await.unwrap();
        let rows: Vec<&str> = page.split("<tr>").filter(|row| row.contains("/units/")).collect();
        let place = |unit: &str| rows.iter().position(|row| row.contains(&format!("/{unit}\"")));
        assert_eq!((place("SW"), place("CG-HW")), (Some(0), Some(1)), "{page}");
        let closed: Vec<&str> = rows.iter().copied().filter(|row| row.contains("已停用")).collect();
        assert_eq!(closed, [rows[0], rows[place("CG-ZF").unwrap()]], "{page}");

        for (unit, standing) in
            [("SW", "deactivated"), ("CG-ZF", "deactivated"), ("CG-HW", "active")]
        {
            let shown = session.get(&format!("/api/v1/units/{unit}")).await.is(200);
            assert_eq!(shown.body["entity"]["standing"], standing);
        }
        let stranded = server.get("dispatcher", STRANDED).await.is(200);
        assert_eq!(stranded.body["cases"].as_array().unwrap().len(), 1);
    });
}

/// Closes a unit in a closed store as when its case was dispatched right after its cases had been counted.
fn close_uncounted(store: &Path, unit: &str) {
    let config = Config { store_dir: store.to_owned(), ..Config::default() };
    let store = store::open(&config).unwrap();
    let journal = store.journal.clone();
    actix::System::new().block_on(async {
        let clock = Arc::new(SystemClock::start());
        let as_of = clock.now();
        let options = Options { arbiters: 0, ..Options::default() };
        let node = Node::start(options, store.registry, store.journal, clock).await.unwrap();
        let close = Command::Deactivate { reason: "机构改革".into(), open_cases: 0, as_of };
        asking::ask_once::<Unit>(&node, &Asker::on_the_machine(), unit, close).await.unwrap();
        node.stop().await;
    });
    journal.close().unwrap();
}
