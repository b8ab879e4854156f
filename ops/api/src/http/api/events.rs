//! What happens to cases, as it happens: a stream of server-sent events, each told to whoever may see its case.
//!
//! ```text
//! Last-Event-ID ─► ledger, a bounded number of pages ─► live, from the feed
//!                     │ too far back                     │ too slow
//!                     └──────────► `lagged`: read the lists anew ◄┘
//! ```
//! A stream ends when the server closes; the client comes back with the last id and misses nothing. It ends as well when
//! what the listener has come in by ends, which is looked at with each batch and each heartbeat.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use duban_actors::case::KIND;
use duban_runtime::feed::{FeedEntry, Place, What};
use duban_runtime::journal::subscription::{Heard, Listener, PAGE_ENTRIES_MAX, Page, Rest};
use duban_runtime::record::Record;
use futures_util::stream;
use serde_json::{Value, json};

use super::asker::Staying;
use super::visibility::{self, Sight, sight};
use crate::http::problem::Problem;
use crate::http::seats::{NoSeat, Seat, Seats};
use crate::http::shutdown::Shutdown;
use duban_base::aside::Undone;
use duban_base::asking::Asker;
use duban_base::store::Store;
use duban_server::server::Server;

/// Who listens at a time at most.
const LISTENERS_MAX: usize = 256;
/// Of these, those of one account.
const LISTENERS_OF_ONE_MAX: usize = 16;
/// When to come back if there are as many.
const COME_BACK: Duration = Duration::from_secs(30);
/// Silence that a proxy might take for death.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Pages that are read back from the ledger for one listener at most.
const PAGES_MAX: usize = 16;

/// Room for listeners.
pub(crate) struct Room(Seats);

impl Default for Room {
    fn default() -> Room {
        Room(Seats::new(LISTENERS_MAX, LISTENERS_OF_ONE_MAX))
    }
}

/// What happens to cases, until whoever listens goes.
pub(crate) async fn stream(
    server: Data<Server>,
    listening: Staying,
    request: HttpRequest,
    room: Data<Room>,
    shutdown: Data<Shutdown>,
) -> Result<HttpResponse, Problem> {
    let seat = room.0.take(listening.login().to_owned()).map_err(no_seat)?;
    let last =
        request.headers().get("Last-Event-ID").map(|value| value.to_str().unwrap_or_default());
    let last = last.map(str::parse::<Place>).transpose().map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "unfit-header", "请求头 Last-Event-ID 不合要求")
    })?;
    // Listening before reading: nothing falls between.
    let mut listener = server.node.journal().listen();
    let now = server.node.journal().place();
    let phase = match last {
        Some(place) => Phase::Behind(place, PAGES_MAX),
        None => Phase::Live,
    };
    if phase == Phase::Live {
        listener.skip_to(now);
    }
    let watcher = Watcher {
        server,
        listening,
        listener,
        shutdown: shutdown.get_ref().clone(),
        at: last.unwrap_or(now),
        phase,
        told: VecDeque::from([Bytes::from_static(b": \n\n")]),
        _seat: seat,
    };
    let body = stream::unfold(watcher, |mut watcher| async {
        watcher.next().await.map(|piece| (Ok::<_, Problem>(piece), watcher))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(body))
}

fn no_seat(none: NoSeat) -> Problem {
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-listeners", "收看者过多");
    let problem = match none {
        NoSeat::Full => problem,
        NoSeat::Share => {
            problem.detail(format!("一个账号同时最多 {LISTENERS_OF_ONE_MAX} 路,请先断开不用的"))
        }
    };
    problem.again_after(COME_BACK)
}

/// Where a watcher reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// In the ledger, after a place, so many pages more.
    Behind(Place, usize),
    /// In the feed.
    Live,
}

/// Somebody who watches.
struct Watcher {
    server: Data<Server>,
    listening: Staying,
    listener: Listener,
    shutdown: Shutdown,
    /// Everything up to here is told, or not for them.
    at: Place,
    phase: Phase,
    told: VecDeque<Bytes>,
    _seat: Seat,
}

impl Watcher {
    /// The next piece of the stream; none when it is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(piece) = self.told.pop_front() {
                return Some(piece);
            }
            match self.phase {
                Phase::Behind(place, pages) => self.read_back(place, pages).await?,
                Phase::Live => self.hear().await?,
            }
        }
    }

    async fn hear(&mut self) -> Option<()> {
        tokio::select! {
            heard = self.listener.next() => match heard {
                Heard::Happened(entries) => self.tell(entries).await?,
                Heard::Missed => self.phase = Phase::Behind(self.at, PAGES_MAX),
                Heard::Over => return None,
            },
            () = tokio::time::sleep(HEARTBEAT) => {
                self.listening.now(&self.server).await?;
                // The id moves on, so that whoever comes back need not read what was not for them.
                self.told.push_back(Bytes::from(format!(": \nid: {}\n\n", self.at)));
            }
            () = self.shutdown.closed() => return None,
        }
        Some(())
    }

    async fn read_back(&mut self, place: Place, pages: usize) -> Option<()> {
        let read = self
            .server
            .read(move |store| Ok::<_, Undone>(store.journal.feed_after(place, PAGE_ENTRIES_MAX)));
        match (read.await, pages.checked_sub(1)) {
            (Ok(Ok(Page { entries, upto, rest })), Some(left)) => {
                self.tell(entries.into()).await?;
                self.at = upto;
                self.phase = Phase::Behind(upto, left);
                if rest == Rest::Nothing {
                    self.listener.skip_to(upto);
                    self.phase = Phase::Live;
                }
            }
            (Ok(Ok(_)), None) | (Ok(Err(_)) | Err(Undone), _) => self.lag(),
        }
        Some(())
    }

    /// Too far back: the client reads its lists anew, and hears what happens from now on.
    fn lag(&mut self) {
        self.at = self.server.node.journal().place();
        self.listener.skip_to(self.at);
        self.phase = Phase::Live;
        self.told.push_back(Bytes::from(format!("id: {}\nevent: lagged\ndata: {{}}\n\n", self.at)));
    }

    /// Nothing more once they may not listen any more: what ended their right stands in this batch, as a rule.
    async fn tell(&mut self, entries: Arc<[FeedEntry]>) -> Option<()> {
        let asker = self.listening.now(&self.server).await?.clone();
        let upto = entries.last().map(|last| last.place);
        if entries.iter().any(|entry| of_a_case(entry).is_some()) {
            let read = move |store: &Store| Ok::<_, Undone>(pieces(store, &asker, &entries));
            // Not told is not passed over: whoever comes back with the last id hears it.
            let pieces = self.server.read(read).await.ok()?;
            if !pieces.is_empty() {
                self.told.push_back(Bytes::from(pieces));
            }
        }
        self.at = upto.unwrap_or(self.at);
        Some(())
    }
}

/// The record of a case that was accepted; none where something else happened.
fn of_a_case(entry: &FeedEntry) -> Option<&Record> {
    let What::Accepted { record, .. } = &entry.what else { return None };
    Some(&**record).filter(|record| record.entity.kind == KIND.number)
}

/// What is told of `entries`, one piece for each case that `asker` sees.
fn pieces(store: &Store, asker: &Asker, entries: &[FeedEntry]) -> String {
    let piece = |entry: &FeedEntry| {
        let data = told_of(store, asker, of_a_case(entry)?)?;
        Some(format!("id: {}\nevent: case\ndata: {data}\n\n", entry.place))
    };
    entries.iter().filter_map(piece).collect()
}

/// What is told of a record of a case that they see; none otherwise.
fn told_of(store: &Store, asker: &Asker, record: &Record) -> Option<Value> {
    let stored = store.journal.entity(&record.entity).ok()??;
    let case = visibility::read(&record.entity, &stored).ok()?;
    // Whether a collector reported it stands in the ledger, which is not read here: they hear of their tasks.
    if sight(asker, &case, &store.rules.current().0) != Sight::Clear {
        return None;
    }
    let asked = &record.asked;
    Some(json!({
        "case": case.id, "sequence": record.sequence, "at": asked.at, "role": asked.role,
        "events": names(&record.events), "stands": case.state.name(), "unit": case.state.unit(),
    }))
}

/// The names of the events of a record.
fn names(events: &str) -> Vec<String> {
    let events: Vec<Value> = serde_json::from_str(events).unwrap_or_default();
    let name = |event: &Value| match event {
        Value::Object(variant) => variant.keys().next().cloned(),
        Value::String(name) => Some(name.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    };
    events.iter().filter_map(name).collect()
}
