//! The reservation of the last operator where it cannot be used (article 12): the town is served all the same, and
//! whoever looks is told.

use std::path::Path;
use std::sync::mpsc;

use duban::asking::{Asker, Terms};
use duban::config::Config;
use duban::store;
use duban_actors::operators::{KEY, KIND};
use duban_runtime::clock::{Clock as _, SystemClock};
use duban_runtime::entity::{CommandId, EntityId};
use duban_runtime::journal::Journal;
use duban_runtime::partition::PARTITIONS;
use duban_runtime::record::{
    After, Batch, Body, Entry, Keys, Previous, RECORD_VERSION, Record, Stored,
};
use duban_tests::scratch_dir::ScratchDir;
use serde_json::json;

use crate::people;
use crate::server::{Server, run};
use crate::town;

#[test]
fn a_server_starts_over_a_reservation_of_operators_that_is_set_aside_and_dismisses_nobody() {
    serves_with(|journal| {
        let reason = "forged".into();
        let at = SystemClock::start().now();
        let body = Body::Quarantined { entity: reservation(), reason, at };
        enter(journal, Entry { body, after: None, rows: Vec::new() });
    });
}

#[test]
fn a_server_starts_over_a_reservation_of_operators_that_nobody_can_read_and_sets_it_aside() {
    if town::is_left_out(town::FILES) {
        return;
    }
    serves_with(|journal| {
        let before = journal.entity(&reservation()).unwrap();
        let asker = Asker::on_the_machine();
        let terms = Terms::of(CommandId::derived(&[b"forged"]));
        let record = Record {
            version: RECORD_VERSION,
            entity: reservation(),
            sequence: before.as_ref().map_or(0, |before| before.sequence) + 1,
            prior: before.as_ref().map_or(0, |before| before.chain),
            rules: 0,
            asked: asker.asked(terms, SystemClock::start().now()),
            events: json!([{"Noted": {"login": "operator"}}]).to_string(),
        };
        let (bytes, chain) = record.encode();
        let stored = Stored {
            frame: 0,
            sequence: record.sequence,
            chain,
            recent: Vec::new(),
            alarm: None,
            lists: Vec::new(),
            state_version: 1,
            state: vec![0xff; 3].into(),
        };
        let previous =
            before.as_ref().map_or(Previous::None, |before| Previous::Frame(before.frame));
        let body = Body::Record {
            record: bytes,
            previous,
            messages: Vec::new(),
            tells: Vec::new(),
            taken: None,
        };
        let before = before.as_ref().map_or_else(Keys::default, Stored::keys);
        let after = Some(Box::new(After { entity: reservation(), stored, before }));
        enter(journal, Entry { body, after, rows: Vec::new() });
    });
}

/// A server over a store to which `forge` has added something at rest.
fn serves_with(forge: impl FnOnce(&Journal)) {
    let ground = ScratchDir::new();
    let dir = ground.join("store");
    let tokens = people::enrol(&dir);
    forged(&dir, forge);
    let server = Server::start(&dir, tokens, &[]);
    run(async {
        let seen = server.get("operator", "/api/v1/outbox").await.is(200);
        let set_aside = &seen.body["quarantined"];
        assert_eq!(set_aside[0]["kind"], "operators", "{set_aside}");
        server.dispatched(1).await;
        let reason = json!({"reason": "调离"});
        let dismissed = server.post("operator", "/api/v1/persons/operator/dismissal", &reason);
        dismissed.await.problem(503, "quarantined");
        server.post("operator", "/api/v1/persons/deputy/dismissal", &reason).await.is(200);
    });
}

fn forged(dir: &Path, forge: impl FnOnce(&Journal)) {
    let config = Config { store_dir: dir.to_owned(), ..Config::default() };
    let store = store::open(&config).unwrap();
    forge(&store.journal);
    store.close().unwrap();
}

fn enter(journal: &Journal, entry: Entry) {
    let partition = reservation().partition(PARTITIONS);
    let meta = journal.partition(partition).unwrap();
    let batch = Batch {
        partition,
        epoch: 1,
        first_lsn: meta.next_lsn,
        frame_before: meta.frame,
        entries: vec![entry],
    };
    let (told, answer) = mpsc::channel();
    journal.submit(batch, Box::new(move |result| told.send(result).unwrap()));
    answer.recv().unwrap().unwrap();
}

fn reservation() -> EntityId {
    EntityId::new(KIND, KEY)
}
