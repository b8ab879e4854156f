//! From a leased row to a message that is to be handed over: reads the row, asks its entity, fixes a brief's words.

use duban_runtime::answer::Answer;
use duban_runtime::clock::Timestamp;
use duban_runtime::loops::caught_at_once;
use duban_runtime::node::{Leased, Node};
use duban_runtime::outbox::{Address, Claim, Row, RowEvent, RowState};

use super::failed;
use super::panicked::bury;
use crate::brief::fixed;
use crate::courier::render;
use duban_base::aside::Undone;
use duban_base::registry::Rules;
use duban_runtime::seldom::Seldom;

/// "an outcome was not recorded; the message is due again".
static NOT_CONCLUDED: Seldom = Seldom::new();

/// "a claim was not answered".
static NOT_CLAIMED: Seldom = Seldom::new();

/// "a row could not be read".
static ROW_UNREAD: Seldom = Seldom::new();

/// What happened to a message's addresses before it was leased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: it was claimed just now.
    Nothing,
    /// They waited, untried.
    Waited,
    /// Some may have been tried: attempts failed, or nobody knows how the last one ended.
    Perhaps,
}

/// A message that is to be handed over.
pub(super) struct Ready {
    pub(super) leased: Leased,
    pub(super) row: Row,
    pub(super) addresses: Vec<Address>,
    pub(super) data: String,
    pub(super) before: Before,
}

impl Ready {
    pub(super) fn claimed(&self) -> render::Claimed<'_> {
        render::Claimed {
            template: &self.row.message.template,
            data: &self.data,
            addresses: &self.addresses,
            at: self.row.message.not_before,
        }
    }
}

pub(super) enum Claimed {
    /// To be handed over.
    Ready(Box<Ready>),
    /// No longer needed; done with.
    Withdrawn,
    /// Nobody to tell; given up.
    Dead,
    /// Its entity is set aside; to be tried again later.
    Failed,
    /// Given back untouched, because nobody answered or the row is not there; due again.
    GivenBack,
}

/// Claims a leased message, unless that was done at an earlier try, and fixes the words of a brief. Both are durable
/// before anybody gets it.
pub(super) async fn claim(node: &Node, rules: &Rules, leased: Leased) -> Claimed {
    let at = node.clock().now();
    match ready(node, leased, at).await {
        Claimed::Ready(ready) if fixed::is_loose(&ready.row.message.template, &ready.data) => {
            with_words_fixed(node, rules, *ready, at).await
        }
        claimed @ (Claimed::Ready(_)
        | Claimed::Withdrawn
        | Claimed::Dead
        | Claimed::Failed
        | Claimed::GivenBack) => claimed,
    }
}

/// Reads the lists of a brief aside: they are long, and other messages are not to wait for them.
async fn with_words_fixed(node: &Node, rules: &Rules, ready: Ready, at: Timestamp) -> Claimed {
    let (leased, row) = (ready.leased.clone(), ready.row.clone());
    let (journal, in_force) = (node.journal().clone(), rules.current());
    let fixed = fixed::in_turn(move || {
        let claimed = ready.claimed();
        let fix = || fixed::fix(&journal, &in_force.0, &ready.leased.id, &claimed);
        let fixed = caught_at_once(fix);
        (ready, fixed)
    });
    match fixed.await {
        Ok((ready, Ok(Ok(data)))) => {
            let event = RowEvent::Claimed(ready.addresses.clone(), data.clone(), at);
            let after = ready.row.clone().after(&event);
            match (conclude(node, leased, row, event).await, after) {
                (Recorded::Yes, Some(row)) => {
                    Claimed::Ready(Box::new(Ready { row, data, ..ready }))
                }
                (Recorded::Yes, None) => Claimed::Withdrawn,
                (Recorded::No, _) => Claimed::GivenBack,
            }
        }
        Ok((_, Ok(Err(failure)))) => {
            match conclude(node, leased, row, failed(&failure, at)).await {
                Recorded::Yes => Claimed::Failed,
                Recorded::No => Claimed::GivenBack,
            }
        }
        Ok((_, Err(panic))) => {
            bury(node, leased, &panic).await;
            Claimed::Dead
        }
        // The server ends.
        Err(Undone) => {
            node.release(leased);
            Claimed::GivenBack
        }
    }
}

/// Reads the row of a leased message; one that nobody has claimed is claimed at `at`.
async fn ready(node: &Node, leased: Leased, at: Timestamp) -> Claimed {
    let row = match node.row(&leased) {
        Ok(row) => row,
        Err(failure) => {
            if let Some(n_left_out) = ROW_UNREAD.turn() {
                tracing::warn!(message = %leased.id, %failure, n_left_out, "a row could not be read");
            }
            None
        }
    };
    let Some(row) = row else {
        node.release(leased);
        return Claimed::GivenBack;
    };
    match &row.standing {
        RowState::Ready => asked(node, leased, row, at).await,
        RowState::Claimed(addresses, data) | RowState::Untried(addresses, data) => {
            let (addresses, data) = (addresses.clone(), data.clone());
            let is_untried = matches!(row.standing, RowState::Untried(..));
            let before = if is_untried { Before::Waited } else { Before::Perhaps };
            Claimed::Ready(Box::new(Ready { leased, row, addresses, data, before }))
        }
        RowState::Dead(..) => {
            node.release(leased);
            Claimed::GivenBack
        }
    }
}

async fn asked(node: &Node, leased: Leased, row: Row, at: Timestamp) -> Claimed {
    let answer = node.claim(leased.clone(), row.clone(), at).await;
    let Answer::Claimed(claim) = answer else {
        if let Some(n_left_out) = NOT_CLAIMED.turn() {
            tracing::warn!(message = %leased.id, ?answer, n_left_out, "a claim was not answered");
        }
        if matches!(answer, Answer::DeadLetter { .. }) {
            return Claimed::Dead;
        }
        let Answer::Quarantined { reason } = answer else {
            node.release(leased);
            return Claimed::GivenBack;
        };
        // Its entity is set aside until a person has looked; meanwhile it waits like after a failed attempt.
        let event = RowEvent::Failed(reason, at);
        return match conclude(node, leased, row, event).await {
            Recorded::Yes => Claimed::Failed,
            Recorded::No => Claimed::GivenBack,
        };
    };
    match claim {
        Claim::Deliver(addresses, data) if !addresses.is_empty() => {
            let event = RowEvent::Claimed(addresses.clone(), data.clone(), at);
            match row.after(&event) {
                Some(row) => {
                    let before = Before::Nothing;
                    Claimed::Ready(Box::new(Ready { leased, row, addresses, data, before }))
                }
                None => Claimed::Withdrawn,
            }
        }
        Claim::Deliver(..) => Claimed::Dead,
        Claim::Withdraw(_) => Claimed::Withdrawn,
    }
}

/// Whether the journal took an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    /// It is durable.
    Yes,
    /// The message is due again as it was.
    No,
}

/// Records an outcome. One that the journal does not take leaves the message due again.
pub(super) async fn conclude(node: &Node, leased: Leased, row: Row, event: RowEvent) -> Recorded {
    let answer = node.conclude(leased.clone(), row, event).await;
    if answer == Answer::Recorded {
        return Recorded::Yes;
    }
    if let Some(n_left_out) = NOT_CONCLUDED.turn() {
        tracing::warn!(message = %leased.id, ?answer, n_left_out, "an outcome was not recorded; the message is due again");
    }
    node.release(leased);
    Recorded::No
}
