//! Callers of a town of several nodes: each asks one node after the other, again under the same key until somebody
//! answers, and everything that was sent and answered is written down.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use duban_runtime::clock::{Clock as _, SystemClock};
use serde_json::Value;

use super::deed::{Deed, Outcome, Try};
use super::heard::Heard;
use super::words::{self, Busy};
use crate::server::Client;

/// Callers at a time.
const CALLERS: usize = 6;
/// How long a caller waits for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(12);
/// How long a caller asks again and again.
pub(super) const PERSISTS: Duration = Duration::from_mins(2);
/// Before somebody who was told to come again does.
const PAUSE: Duration = Duration::from_millis(50);
/// Each of so many is asked once only, whatever becomes of it.
const ONCE: u64 = 7;

/// Whoever asks, all of them.
pub(crate) struct Callers<'a> {
    addresses: &'a [String],
    token: &'a str,
    busy: Busy,
    clock: Arc<SystemClock>,
    number: AtomicU64,
    gone: Mutex<bool>,
    leaving: Condvar,
}

impl Callers<'_> {
    /// Lets callers work while `course` goes on; it hears of every deed.
    pub(crate) fn beside(
        addresses: &[String],
        token: &str,
        course: impl FnOnce(&mut Heard),
    ) -> Vec<Deed> {
        let callers = Callers {
            addresses,
            token,
            busy: Busy::prepared(addresses, token),
            clock: Arc::new(SystemClock::start()),
            number: AtomicU64::new(0),
            gone: Mutex::new(false),
            leaving: Condvar::new(),
        };
        let (sender, deeds) = channel();
        let mut heard = Heard { deeds, all: Vec::new(), clock: Arc::clone(&callers.clock) };
        std::thread::scope(|scope| {
            let leaves = Leaves(&callers);
            for n in 0..CALLERS {
                let (callers, sender) = (&callers, sender.clone());
                scope.spawn(move || callers.work(n, &sender));
            }
            drop(sender);
            course(&mut heard);
            drop(leaves);
            heard.all.extend(heard.deeds.iter());
        });
        heard.all
    }

    fn work(&self, caller: usize, sender: &Sender<Deed>) {
        let mut way = Way { node: caller % self.addresses.len(), client: None };
        while !self.rest(Duration::ZERO) {
            let n = self.number.fetch_add(1, Ordering::Relaxed);
            let case = words::case(n);
            let registered =
                self.ask(&mut way, (n, &case), ("", "/api/v1/cases", &words::report(n)));
            let goes_on = registered.is_done() && !registered.is_urgent;
            drop(sender.send(registered));
            if goes_on {
                let path = format!("/api/v1/cases/{case}/filing");
                let filed = self.ask(&mut way, (n, &case), ("f", &path, &words::filing(n)));
                drop(sender.send(filed));
            }
            let (busy, attachment) = self.busy.attachment(n);
            let path = format!("/api/v1/cases/{busy}/attachment");
            let attached = self.ask(&mut way, (n, busy), ("a", &path, &attachment));
            drop(sender.send(attached));
            // Half of them come by a balancer; the others stay where they are as long as they are answered.
            if caller.is_multiple_of(2) {
                way.turn(self.addresses.len());
            }
        }
    }

    /// Asks until somebody answers.
    fn ask(
        &self,
        way: &mut Way,
        (n, case): (u64, &str),
        (what, path, body): (&str, &str, &Value),
    ) -> Deed {
        let (key, body) = (format!("course-{what}{n}"), body.to_string());
        let sent = self.clock.monotonic();
        let mut tries = Vec::new();
        let outcome = loop {
            let answer = self.client(way).and_then(|client| client.ask_under(&key, (path, &body)));
            let said = match &answer {
                Ok((status, _)) => status.to_string(),
                Err(error) => error.to_string(),
            };
            tries.push(Try { node: way.node, answer: said });
            match answer {
                Ok((200..=202, answer)) => break Outcome::of(&answer),
                // Who was busy, or could not be read to the end: by a node that fell asleep over it.
                Ok((408 | 429 | 503, _)) => {}
                Ok((status, answer)) => break Outcome::Unexpected(format!("{status} {answer}")),
                Err(_) => way.client = None,
            }
            let persists = self.clock.monotonic().saturating_sub(sent) < PERSISTS;
            if !persists || n.is_multiple_of(ONCE) {
                break Outcome::Unknown;
            }
            way.turn(self.addresses.len());
            if self.rest(PAUSE) {
                break Outcome::Unknown;
            }
        };
        let (mark, case) = (words::mark(what, n), case.to_owned());
        let is_urgent = what.is_empty() && words::is_urgent(n);
        Deed { mark, case, is_urgent, sent, ended: self.clock.monotonic(), tries, outcome }
    }

    fn client<'w>(&self, way: &'w mut Way) -> std::io::Result<&'w mut Client> {
        let client = match way.client.take() {
            Some(client) => client,
            None => Client::connect_for(ANSWER_MAX, &self.addresses[way.node], self.token)?,
        };
        Ok(way.client.insert(client))
    }

    /// Rests for so long, unless it is time to go; tells whether it is.
    fn rest(&self, long: Duration) -> bool {
        let gone = self.gone.lock().unwrap();
        *self.leaving.wait_timeout_while(gone, long, |gone| !*gone).unwrap().0
    }
}

/// A caller's way to one of the nodes.
struct Way {
    node: usize,
    client: Option<Client>,
}

impl Way {
    /// The next node, by a new connection.
    fn turn(&mut self, n_nodes: usize) {
        *self = Way { node: (self.node + 1) % n_nodes, client: None };
    }
}

/// Tells the callers to go, also when the course fails.
struct Leaves<'a>(&'a Callers<'a>);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        *self.0.gone.lock().unwrap() = true;
        self.0.leaving.notify_all();
    }
}
