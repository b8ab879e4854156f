//! Messages: each has one outcome or stands in the outbox, and what was delivered had been in the courier's hands.

use std::collections::{BTreeMap, BTreeSet};

use duban_runtime::journal::Journal;
use duban_runtime::outbox::{MessageId, RowEvent, RowState};
use duban_runtime::record::{Body, Record};

use super::Findings;
use crate::lives::Lives;

pub(crate) fn check(journal: &Journal, found: &mut Findings) {
    let (messages, outcomes) = read(journal);
    let mut open: BTreeSet<&MessageId> = messages.iter().collect();
    for (message, outcomes) in &outcomes {
        assert!(open.remove(message), "{message} ended and was never decided");
        assert_eq!(outcomes.len(), 1, "{message} ended more than once: {outcomes:?}");
        found.delivered += usize::from(matches!(outcomes.first(), Some(RowEvent::Delivered(_))));
    }
    found.messages = messages.len();
    found.messages_open = open.len();
    let rows: Vec<_> = journal.outbox_of_all(None).map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|(message, _)| message).collect::<BTreeSet<_>>(), open);
    assert_eq!(rows.len(), open.len(), "a message stands in the outbox twice");
}

/// What was delivered had been in the courier's hands, who never gives up.
pub(crate) fn sent(journal: &Journal, lives: &Lives) {
    for (message, outcomes) in read(journal).1 {
        if let Some(RowEvent::Delivered(_)) = outcomes.first() {
            assert!(lives.sent.contains(&message.to_string()), "{message} went to nobody");
        }
    }
    for (message, row) in journal.outbox_of_all(None).map(Result::unwrap) {
        assert!(!matches!(row.standing, RowState::Dead(..)), "{message} was given up: {row:?}");
    }
}

/// Every message that was decided, and the outcomes of those that have some.
fn read(journal: &Journal) -> (BTreeSet<MessageId>, BTreeMap<MessageId, Vec<RowEvent>>) {
    let (mut messages, mut outcomes) = (BTreeSet::new(), BTreeMap::<_, Vec<_>>::new());
    for frame in journal.ledger().frames_from(1) {
        for body in frame.unwrap().batches.into_iter().flat_map(|batch| batch.entries) {
            match body {
                Body::Record { record, messages: ready, .. } => {
                    let Record { entity, sequence, .. } = Record::decode(&record).unwrap();
                    for (_, index) in ready.iter().zip(0..) {
                        let id = MessageId { entity: entity.clone(), sequence, index };
                        assert!(messages.insert(id.clone()), "{id} was decided twice");
                    }
                }
                Body::Outbox { message, event } if event.is_outcome() => {
                    outcomes.entry(message).or_default().push(event);
                }
                Body::Outbox { .. } | Body::Tell { .. } | Body::Quarantined { .. } => {}
            }
        }
    }
    (messages, outcomes)
}
