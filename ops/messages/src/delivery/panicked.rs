//! Messages on which something panicked: each becomes a dead letter, and no other is kept up.

use compact_str::{CompactString, format_compact};
use duban_runtime::node::{Leased, Node};
use duban_runtime::outbox::RowEvent;

use super::claim::conclude;

/// Characters of a panic's words that are kept: what it is about, not what it was given.
const WORDS_MAX: usize = 120;

/// Why a message is given up on which something panicked.
pub(super) fn reason(panic: &str) -> CompactString {
    let words: String = panic.chars().take(WORDS_MAX).collect();
    format_compact!("handling it panicked: {words}")
}

/// Gives a message up that is in a courier's hands. One of which something is still being recorded is due again
/// instead, and gets here once more; one that is in another's hands by now is left to them.
pub(super) async fn bury(node: &Node, leased: Leased, panic: &str) {
    tracing::error!(message = %leased.id, panic, "handling a message panicked: it is given up");
    let row = match node.held(leased.clone()).await {
        Some(held) => node.row(&held),
        None => Ok(None),
    };
    match row {
        Ok(Some(row)) => {
            let event = RowEvent::Died(reason(panic), node.clock().now());
            conclude(node, leased, row, event).await;
        }
        Ok(None) => node.release(leased),
        Err(failure) => {
            tracing::warn!(message = %leased.id, %failure, "a row could not be read");
            node.release(leased);
        }
    }
}

/// Holds a leased message. Dropped, it gives the message back.
pub(super) struct Hand<'a> {
    node: &'a Node,
    leased: Leased,
    holds: Holds,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    It,
    Nothing,
}

impl<'a> Hand<'a> {
    pub(super) fn around(node: &'a Node, leased: &Leased) -> Hand<'a> {
        Hand { node, leased: leased.clone(), holds: Holds::It }
    }

    pub(super) fn leased(&self) -> &Leased {
        &self.leased
    }

    /// It is done with, whatever came of it.
    pub(super) fn open(mut self) {
        self.holds = Holds::Nothing;
    }
}

impl Drop for Hand<'_> {
    fn drop(&mut self) {
        if self.holds == Holds::It {
            self.node.release(self.leased.clone());
        }
    }
}
