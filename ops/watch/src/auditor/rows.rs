//! The indexes as they stand: no alarm at their head that is long due, no message that nobody looks at.

use std::collections::BTreeSet;
use std::time::Duration;

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::{Alarm, Failure};
use duban_runtime::outbox::{MessageId, Row, RowState};

use super::Books;
use super::entity::LATE;
use duban_server::health::audit::{Area, Audit, Finding};

/// How long a message may be due and nobody looks at it.
pub(super) const UNLOOKED: Duration = Duration::from_mins(10);
/// How far ahead a message that was tried may be looked at next: the longest pause, its spread, and some more.
const AHEAD_MAX: Duration = Duration::from_hours(2);
/// Rows of a partition's outbox that are looked at.
const HEAD: usize = 16;
/// Alarms that are looked at.
const ALARMS: usize = 1_024;

/// Looks at the alarms that are due first.
pub(super) fn alarms(books: &Books, audit: &Audit, now: Timestamp) -> Result<(), Failure> {
    let mut late = BTreeSet::new();
    for alarm in books.journal.alarms_of_all(None).take(ALARMS) {
        let Alarm { due, entity: id, .. } = alarm?;
        if now.since(due) <= LATE {
            break;
        }
        if books.journal.quarantine(&id)?.is_none() {
            let finding =
                Finding::new("timer-not-fired", &id, format!("定时器于 {due} 到期,没有执行"));
            audit.put((&id.to_string(), Area::Index), vec![finding], now);
            late.insert(id.to_string());
        }
    }
    for subject in audit.subjects(Area::Index) {
        if !late.contains(&subject) {
            audit.put((&subject, Area::Index), Vec::new(), now);
        }
    }
    Ok(())
}

/// What is wrong with the messages of a partition: those at the head that nobody looks at, and those that were tried
/// and are put off too far. Each is a page at most: the rest of a pile says nothing new.
pub(super) fn messages(
    books: &Books,
    partition: u8,
    now: Timestamp,
) -> Result<Vec<Finding>, Failure> {
    let mut found = Vec::new();
    for (id, row) in books.journal.outbox(partition, None, HEAD)? {
        if now.since(row.next) > UNLOOKED {
            let text = format!("消息 {} 于 {} 应处理,没有人处理", row.message.template, row.next);
            found.push(Finding::new("message-not-looked-at", &id, text));
        }
    }
    let first = MessageId { entity: EntityId { kind: 0, key: "".into() }, sequence: 0, index: 0 };
    for (id, row) in books.journal.outbox(partition, Some((now + AHEAD_MAX, first)), HEAD)? {
        if is_tried(&row) {
            let text = format!("消息 {} 到 {} 才会再次处理", row.message.template, row.next);
            found.push(Finding::new("message-far-ahead", &id, text));
        }
    }
    Ok(found)
}

/// Whether somebody tried it and it is not given up.
fn is_tried(row: &Row) -> bool {
    match row.standing {
        RowState::Dead(..) => false,
        RowState::Claimed(..) => true,
        RowState::Ready | RowState::Untried(..) => row.attempts > 0,
    }
}
