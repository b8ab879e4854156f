//! Guesses: whoever tries passwords from outside slows down nobody but themselves (article 12).

use duban_tests::scratch_dir::ScratchDir;
use reqwest::Method;
use serde_json::json;

use crate::people::PASSWORD;
use crate::server::{Caller, Reply, Server, run, sent};
use crate::town;

/// Where guesses come from, and where people work; the test's own address is a proxy's, which names them.
const ATTACKER: &str = "203.0.113.9";
const OFFICE: &str = "198.51.100.7";
const ELSEWHERE: &str = "2001:db8:7:7::1";

#[test]
fn forty_wrong_passwords_from_outside_keep_nobody_out() {
    if town::is_left_out(town::COUNTED) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let mut wrong = 0;
        for _ in 0..41 {
            for login in ["chief", "operator"] {
                let reply = guess(&server, ATTACKER, login, "wrong password").await;
                wrong += u32::from(reply.status == 401);
                assert!([401, 423, 429].contains(&reply.status), "{}", reply.body);
            }
        }
        assert_eq!(wrong, 10, "five for each");
        for login in ["chief", "operator"] {
            guess(&server, OFFICE, login, PASSWORD).await.is(200);
        }
    });
}

#[test]
fn pauses_are_short_and_known_and_unknown_names_are_answered_alike() {
    if town::is_left_out(town::COUNTED) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        for _ in 0..5 {
            let unknown = guess(&server, ATTACKER, "nobody.here", "wrong password").await;
            let unknown = unknown.problem(401, "wrong-credentials");
            let known = guess(&server, ATTACKER, "water", "wrong password").await;
            assert_eq!(known.body, unknown.body, "who there is is not told");
        }
        for login in ["nobody.here", "water"] {
            let locked = guess(&server, ATTACKER, login, PASSWORD).await.problem(423, "locked");
            let seconds: u64 = locked.header("retry-after").parse().unwrap();
            assert!((1..=60).contains(&seconds), "{seconds}");
        }
        // Another address of the same line is the same network; another line is not.
        for n in 0..5 {
            let address = format!("2001:db8:1:1::{n}");
            guess(&server, &address, "water", "wrong password").await.is(401);
        }
        guess(&server, "2001:db8:1:1:a:b:c:d", "water", PASSWORD).await.problem(423, "locked");
        guess(&server, ELSEWHERE, "water", PASSWORD).await.is(200);
        // An operator lets the next one in at once.
        let unlock = server.request("operator", Method::DELETE, "/api/v1/persons/water/lockout");
        sent(unlock).await.is(200);
        guess(&server, ATTACKER, "water", PASSWORD).await.is(200);
    });
}

#[test]
fn many_addresses_slow_down_strangers_and_not_a_browser_that_was_in_before() {
    if town::is_left_out(town::COUNTED) {
        return;
    }
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let reply = guess(&server, OFFICE, "chief", PASSWORD).await.is(200);
        let browser = reply.cookie("duban_browser_").to_owned();
        for word in ["HttpOnly", "SameSite=Strict", "Max-Age=15552000"] {
            assert!(browser.contains(word), "{browser}");
        }
        let browser = browser.split(';').next().unwrap();
        for login in ["chief", "nobody.here"] {
            for n in 0..30 {
                guess(&server, &format!("203.0.113.{n}"), login, "wrong password").await.is(401);
            }
            let reply = guess(&server, ELSEWHERE, login, PASSWORD).await;
            let seconds: u64 = reply.header("retry-after").parse().unwrap();
            assert!((1..=120).contains(&seconds), "{seconds}");
            reply.problem(429, "too-many-sign-ins");
        }
        let own = |cookie: &str| {
            let body = json!({"login": "chief", "password": PASSWORD});
            let request = server.request("", Method::POST, "/api/v1/session").json(&body);
            sent(request.header("X-Forwarded-For", ELSEWHERE).header("Cookie", cookie))
        };
        let reply = own(browser).await.is(200);
        assert_eq!(reply.cookie("duban_browser_"), "", "it keeps the one it has");
        let forged = format!("{}0", &browser[..browser.len() - 1]);
        let other = if forged == *browser { "x".to_owned() } else { forged };
        own(&other).await.problem(429, "too-many-sign-ins");
    });
}

#[test]
fn one_address_that_fills_the_door_keeps_nobody_else_waiting() {
    let ground = ScratchDir::new();
    let server = Server::new(&ground);
    run(async {
        let crowd = (0..150).map(|n| {
            let (server, login) = (&server, format!("nobody.{n}"));
            async move { guess(server, ATTACKER, &login, "wrong password").await.status }
        });
        let people = (0..4).map(|_| guess(&server, OFFICE, "chief", PASSWORD));
        let crowd = futures_util::future::join_all(crowd);
        let people = futures_util::future::join_all(people);
        let (crowd, people) = futures_util::future::join(crowd, people).await;
        for reply in people {
            reply.is(200);
        }
        assert!(crowd.contains(&429), "{crowd:?}");
    });
}

async fn guess(server: &Caller, from: &str, login: &str, password: &str) -> Reply {
    let body = json!({"login": login, "password": password});
    let request = server.request("", Method::POST, "/api/v1/session").json(&body);
    sent(request.header("X-Forwarded-For", from)).await
}
