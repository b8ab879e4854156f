//! The auditor: a healthy town gives it nothing to say, and each thing that must not be is found.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test binary's helpers are not `in tests` for clippy"
)]

mod fixture;
mod forger;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use duban::auditor::{Auditor, Books, Lateness};
use duban::health::audit::{Audit, Shown};
use duban::store::mark::FILE;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::TIMER_ROLE;
use duban_runtime::outbox::{Address, RowState};
use duban_runtime::record::{EncodedState, Keys, PUT_AWAY, Record};

use fixture::{Fixture, HOUR, MONDAY_8AM};
use forger::Forger;

/// More rounds than anything here takes, a whole sweep included.
const ROUNDS: u32 = 100;

/// The auditor goes round until everything was read and swept; what it has to say.
fn audited(books: &Books, dir: &Path, now: Timestamp) -> Shown {
    let (audit, mut auditor) = (Audit::default(), Auditor::open(dir));
    for round in 0..ROUNDS {
        let at = now + Duration::from_secs(u64::from(round));
        auditor.go_round(books, &audit, at, Lateness::Judged).unwrap();
    }
    auditor.keep(now);
    audit.shown()
}

fn codes(shown: &Shown) -> BTreeSet<&str> {
    shown.findings.iter().map(|(finding, _)| finding.code.as_str()).collect()
}

/// What the auditor finds in what the forger wrote.
fn found(forger: &Forger, now: Timestamp) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let shown = audited(&forger.books(), dir.path(), now);
    codes(&shown).into_iter().map(str::to_owned).collect()
}

/// The genuine history of a case whose first step was decided an hour after it was taken in.
fn genuine() -> Vec<Record> {
    fixture(async |fixture| {
        fixture.adopt("a", MONDAY_8AM + HOUR).await;
        fixture.until(MONDAY_8AM + 2 * HOUR).await;
        fixture.history("a")
    })
}

fn fixture<T>(lived: impl AsyncFnOnce(&Fixture) -> T) -> T {
    actix::System::new().block_on(async {
        let fixture = Fixture::open(MONDAY_8AM).await;
        let value = lived(&fixture).await;
        fixture.close().await;
        value
    })
}

#[test]
fn a_healthy_town_gives_no_findings_and_is_read_once() {
    fixture(async |fixture| {
        for n in 0..20 {
            fixture.adopt(&format!("c{n}"), MONDAY_8AM + HOUR).await;
        }
        fixture.until(MONDAY_8AM + 2 * HOUR).await;
        fixture.deliver().await;
        let dir = tempfile::tempdir().unwrap();
        let shown = audited(&fixture.books(), dir.path(), fixture.now());
        assert_eq!(shown.findings, []);
        assert_eq!(shown.frame, fixture.books().journal.head().1);
        assert!(shown.n_entities >= 40, "followed and swept: {}", shown.n_entities);
        assert!(shown.swept.is_some());
        // Another process goes on where this one was.
        assert!(dir.path().join(FILE).is_file());
        let again = audited(&fixture.books(), dir.path(), fixture.now());
        assert_eq!((again.n_entities, again.findings.len()), (0, 0));
    });
}

#[test]
fn a_timer_that_did_not_fire_is_found_and_found_right_once_it_has() {
    fixture(async |fixture| {
        fixture.adopt("a", MONDAY_8AM + HOUR).await;
        let (audit, dir) = (Audit::default(), tempfile::tempdir().unwrap());
        let mut auditor = Auditor::open(dir.path());
        let mut go_round = |at, lateness| {
            auditor.go_round(&fixture.books(), &audit, at, lateness).unwrap();
            audit.shown().findings.len()
        };
        let late = MONDAY_8AM + HOUR + Duration::from_secs(61);
        assert_eq!(go_round(late - Duration::from_secs(2), Lateness::Judged), 0);
        assert_eq!(go_round(late, Lateness::Excused), 0);
        assert!(go_round(late, Lateness::Judged) > 0);
        assert_eq!(codes(&audit.shown()), BTreeSet::from(["timer-not-fired"]));
        fixture.until(late).await;
        assert_eq!(go_round(late, Lateness::Judged), 0);
        assert!(audit.shown().n_findings > 0, "what was found is counted");
    });
}

#[test]
fn a_history_that_is_genuine_is_found_right_wherever_it_is_written() {
    let mut forger = Forger::new();
    forger.write_all(&genuine());
    assert_eq!(found(&forger, MONDAY_8AM + 2 * HOUR), [""; 0]);
}

#[test]
fn a_step_decided_twice_is_found() {
    let mut forger = Forger::new();
    let records = genuine();
    forger.write_all(&records);
    let fired = records.iter().find(|record| record.asked.role == TIMER_ROLE).unwrap();
    forger.write_as_it_stands(fired);
    assert!(found(&forger, MONDAY_8AM + 2 * HOUR).contains(&"step-twice".to_owned()));
}

#[test]
fn a_step_that_was_passed_over_is_found() {
    let mut forger = Forger::new();
    for record in genuine() {
        match record.asked.role.as_str() {
            TIMER_ROLE => forger.write_as_it_stands(&Record { events: "[]".to_owned(), ..record }),
            _ => forger.write(&record),
        }
    }
    assert!(found(&forger, MONDAY_8AM + HOUR).contains(&"step-passed-over".to_owned()));
}

#[test]
fn a_record_without_a_state_behind_it_is_found() {
    let mut forger = Forger::new();
    forger.write_tweaked(&genuine()[0], |entry| entry.after = None);
    assert_eq!(found(&forger, MONDAY_8AM), ["state-missing"]);
}

#[test]
fn an_open_case_that_stands_there_as_put_away_is_found() {
    let mut forger = Forger::new();
    forger.write_tweaked(&genuine()[0], |entry| {
        let stored = &mut entry.after.as_mut().unwrap().stored;
        (stored.state, stored.state_version) = (EncodedState::default(), PUT_AWAY);
    });
    assert_eq!(found(&forger, MONDAY_8AM), ["remains-differ"]);
}

#[test]
fn an_alarm_that_is_not_the_states_is_found() {
    let mut forger = Forger::new();
    forger.write_tweaked(&genuine()[0], |entry| {
        entry.after.as_mut().unwrap().stored.alarm = None;
    });
    assert_eq!(found(&forger, MONDAY_8AM), ["alarm-differs"]);
}

#[test]
fn an_alarm_that_is_not_in_the_index_is_found() {
    let mut forger = Forger::new();
    forger.write_tweaked(&genuine()[0], |entry| {
        let after = entry.after.as_mut().unwrap();
        // As if it had stood there before: then nobody writes it.
        after.before = Keys { alarm: after.stored.alarm, lists: Vec::new() };
    });
    assert_eq!(found(&forger, MONDAY_8AM), ["alarm-not-indexed"]);
}

#[test]
fn a_history_whose_chain_is_broken_is_found() {
    let mut forger = Forger::new();
    let records = genuine();
    forger.write(&records[0]);
    forger.write_unchained(&records[1]);
    assert!(found(&forger, MONDAY_8AM).contains(&"history".to_owned()));
}

#[test]
fn a_message_that_is_neither_in_the_outbox_nor_over_is_found() {
    let mut forger = Forger::new();
    forger.write_with_message(&genuine()[0], MONDAY_8AM, |entry| entry.rows.clear());
    assert_eq!(found(&forger, MONDAY_8AM), ["messages-do-not-add-up"]);
}

#[test]
fn a_message_that_nobody_looks_at_is_found() {
    let mut forger = Forger::new();
    forger.write_with_message(&genuine()[0], MONDAY_8AM, |_| {});
    assert_eq!(found(&forger, MONDAY_8AM), [""; 0]);
    let found = found(&forger, MONDAY_8AM + Duration::from_mins(11));
    assert_eq!(found, ["message-not-looked-at"]);
}

#[test]
fn a_message_that_was_tried_and_is_put_off_too_far_is_found() {
    let mut forger = Forger::new();
    forger.write_with_message(&genuine()[0], MONDAY_8AM, |entry| {
        let row = entry.rows[0].after.as_mut().unwrap();
        row.standing = RowState::Claimed(Vec::<Address>::new(), String::new());
        row.next = MONDAY_8AM + 24 * HOUR;
    });
    assert_eq!(found(&forger, MONDAY_8AM), ["message-far-ahead"]);
}

#[test]
fn whoever_lost_the_mark_reads_the_ledger_again() {
    let mut forger = Forger::new();
    forger.write_all(&genuine());
    let (dir, now) = (tempfile::tempdir().unwrap(), MONDAY_8AM + 2 * HOUR);
    let first = audited(&forger.books(), dir.path(), now);
    std::fs::write(dir.path().join(FILE), "{").unwrap();
    assert_eq!(audited(&forger.books(), dir.path(), now), first);
    // A ledger that is shorter than the mark says is another one.
    let mut shorter = Forger::new();
    shorter.write(&genuine()[0]);
    let found = audited(&shorter.books(), dir.path(), MONDAY_8AM);
    assert_eq!((found.frame, found.findings.len()), (1, 0));
}
