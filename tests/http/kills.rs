//! The server killed, and stopped, while it answers: nothing that was acknowledged is lost, nothing is done twice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use duban_gate::report::tell;
use duban_tests::scratch_dir::ScratchDir;
use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::people;
use crate::server::{Caller, Reply, Server, filing, report, run, sent, try_sent};

/// Callers at a time.
const CALLERS: usize = 32;
/// How often the server is killed.
const KILLS: usize = 3;
/// Acknowledged requests after which it is, the first time; each further time so many later.
const AFTER: usize = 150;

#[test]
fn a_server_killed_under_load_has_lost_nothing_acknowledged_and_does_nothing_twice() {
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    let load = Load::default();
    run(async {
        for n in 1..=KILLS {
            let server = Server::start(&store, tokens.clone(), &[]);
            load.until(&server.clone(), AFTER * n, || server.kill()).await;
        }
        let server = Server::start(&store, tokens, &[]);
        load.audit(&server, "kill -9", AFTER * KILLS).await;
    });
}

#[test]
fn a_server_stopped_under_load_ends_well_and_has_everything_it_acknowledged() {
    let ground = ScratchDir::new();
    let store = ground.join("store");
    let tokens = people::enrol(&store);
    let load = Load::default();
    run(async {
        let server = Server::start(&store, tokens.clone(), &[]);
        let caller = server.clone();
        load.until(&caller, AFTER, || server.ask_to_stop()).await;
        assert!(server.ended().success());
        let server = Server::start(&store, tokens, &[]);
        load.audit(&server, "SIGTERM", AFTER).await;
    });
}

/// What callers asked, and what they heard.
#[derive(Default)]
struct Load {
    next: Cell<usize>,
    /// By operation and number: the sequence that was acknowledged, or none if nothing came back.
    asked: RefCell<BTreeMap<(&'static str, usize), Option<u64>>>,
}

impl Load {
    /// Lets everybody ask until the server is gone; `end` ends it once it has acknowledged so many.
    async fn until(&self, caller: &Caller, goal: usize, end: impl FnOnce()) {
        // New each time: what was said of one life is not heard in the next.
        let enough = Notify::new();
        let callers = async {
            join_all((0..CALLERS).map(|_| self.one(caller, (goal, &enough)))).await;
            // A server that answers nobody has acknowledged too little, which the audit says.
            enough.notify_one();
        };
        let ending = async {
            enough.notified().await;
            end();
        };
        join(callers, ending).await;
    }

    async fn one(&self, caller: &Caller, (goal, enough): (usize, &Notify)) {
        loop {
            let n = self.next.replace(self.next.get() + 1);
            for operation in ["register", "file"] {
                self.asked.borrow_mut().insert((operation, n), None);
                let Ok(reply) = try_sent(request(caller, operation, n)).await else { return };
                // A server that is about to stop takes nothing more, and says so.
                if [429, 503].contains(&reply.status) {
                    return;
                }
                let sequence = acknowledged(&reply);
                self.asked.borrow_mut().insert((operation, n), Some(sequence));
                if self.heard() >= goal {
                    enough.notify_one();
                }
            }
        }
    }

    fn heard(&self) -> usize {
        self.asked.borrow().values().flatten().count()
    }

    /// Asks everything again with the same keys.
    async fn audit(&self, server: &Server, how: &str, goal: usize) {
        let asked = self.asked.borrow().clone();
        let mut unknown_but_done = 0;
        for ((operation, n), heard) in &asked {
            let again = sent(request(server, operation, *n)).await;
            let sequence = acknowledged(&again);
            match heard {
                Some(heard) => {
                    assert_eq!(again.body["again"], true, "{operation} {n} was lost");
                    assert_eq!(sequence, *heard, "{operation} {n}");
                }
                None => unknown_but_done += usize::from(again.body["again"] == true),
            }
        }
        for n in 0..self.next.get() {
            let case = case(n);
            let history = server.get("chief", &format!("/api/v1/cases/{case}/history")).await;
            // One that was never filed has no second event yet.
            if history.status == 404 {
                continue;
            }
            let text = history.is(200).body["history"].to_string();
            for event in ["\"Registered\"", "\"Filed\""] {
                assert!(text.matches(event).count() <= 1, "{event} twice: {text}");
            }
        }
        let (all, heard) = (asked.len(), self.heard());
        tell(&format!(
            "{how}: {heard} acknowledged, none lost; {} without an answer, {unknown_but_done} of them done",
            all - heard
        ));
        assert!(heard >= goal, "only {heard} were acknowledged");
    }
}

fn request(caller: &Caller, operation: &str, n: usize) -> reqwest::RequestBuilder {
    let (path, body): (String, Value) = match operation {
        "register" => ("/api/v1/cases".to_owned(), report(n)),
        _ => (format!("/api/v1/cases/{}/filing", case(n)), filing()),
    };
    let key = format!("{operation}-{n}");
    caller.request("chief", Method::POST, &path).header("Idempotency-Key", key).json(&body)
}

fn case(n: usize) -> String {
    duban_actors::case::CaseId::from_intake("test", &n.to_string()).as_str().to_owned()
}

fn acknowledged(reply: &Reply) -> u64 {
    assert!([200, 201, 202].contains(&reply.status), "{} {}", reply.status, reply.body);
    assert_ne!(reply.body, json!(null));
    reply.body["sequence"].as_u64().unwrap()
}
