//! From the outbox to a courier: lease, claim, put into words, hand over, record the outcome.
//!
//! ```text
//! lease ─► claim (durable) ─► words ─► hand over ─► settle (the courier's own fsync) ─► outcome (durable)
//!                └─► a brief's words, fixed (durable)
//! ```
//! [`deliver_due`] does so in rounds, to one courier that writes files: demo and replay, in virtual time. [`deliverer`]
//! does so all the time, to the servers of every channel at once, and alone folds: see [`folding`].
//!
//! An outcome is recorded only after the courier has settled, so a crash in between hands the same message over again,
//! with the same id, and never loses one. Nothing is decided here: whether and to whom, the entity says.

pub mod deliverer;
pub mod folding;
pub mod revival;

mod claim;
mod panicked;
mod verdict;

use anyhow::Result;
use futures_util::future::join_all;

use duban_runtime::clock::Timestamp;
use duban_runtime::loops::{caught, caught_at_once};
use duban_runtime::node::{Leased, Node};
use duban_runtime::outbox::RowEvent;

use crate::brief::fixed;
use crate::courier::render::render;
use crate::courier::{Courier, Failure, Rendered};
use duban_base::registry::Rules;
use duban_base::rules_in_force::{absences, shifts};

use claim::{Claimed, Ready, Recorded, claim, conclude};
use panicked::bury;

/// Messages under way at a time.
const TOGETHER: usize = 256;

/// What became of the messages of one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Handed over.
    pub delivered: u64,
    /// No longer needed.
    pub withdrawn: u64,
    /// To be tried again later.
    pub failed: u64,
    /// Given up.
    pub dead: u64,
    /// Given back untouched, because nobody answered; due again.
    pub given_back: u64,
}

/// Hands over everything that is due now, and records what became of it.
///
/// # Errors
/// When the courier cannot settle: its messages are then due again.
pub async fn deliver_due(node: &Node, rules: &Rules, courier: &mut dyn Courier) -> Result<Tally> {
    let mut tally = Tally::default();
    loop {
        let leased = page(node, rules, TOGETHER).await;
        if leased.is_empty() {
            return Ok(tally);
        }
        let at = node.clock().now();
        let ready = claimed(node, rules, leased, &mut tally).await;
        let mut outcomes = Vec::with_capacity(ready.len());
        for message in ready {
            let event = hand_over(node, rules, courier, &message, at);
            outcomes.push((message, event));
        }
        if let Err(failure) = courier.settle() {
            for (message, _) in outcomes {
                node.release(message.leased);
            }
            return Err(failure.into());
        }
        let recorded = outcomes.into_iter().map(|(message, event)| {
            match &event {
                RowEvent::Delivered(_) => tally.delivered += 1,
                RowEvent::Failed(..) => tally.failed += 1,
                RowEvent::Died(..)
                | RowEvent::Claimed(..)
                | RowEvent::Withdrawn(..)
                | RowEvent::Revived(_)
                | RowEvent::Narrowed(..)
                | RowEvent::Postponed(..)
                | RowEvent::Untried(..)
                | RowEvent::Folded(..) => tally.dead += 1,
            }
            conclude(node, message.leased, message.row, event)
        });
        let recorded = join_all(recorded).await;
        let unrecorded = recorded.iter().filter(|recorded| **recorded == Recorded::No);
        tally.given_back += u64::try_from(unrecorded.count()).unwrap_or(u64::MAX);
        if tally.given_back > 0 {
            // What nobody answered for is due at once; asking again at once would turn in circles.
            return Ok(tally);
        }
    }
}

/// Leases up to `n` messages; who is away and who is on shift is looked up before anybody is asked whom they go to.
async fn page(node: &Node, rules: &Rules, n: usize) -> Vec<Leased> {
    let leased = node.lease(n).await;
    if !leased.is_empty() {
        // Caught: what is leased would stay in nobody's hands.
        let heed = || {
            absences::heed(node.journal(), rules)?;
            shifts::heed(node.journal(), rules)
        };
        match caught_at_once(heed) {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => tracing::error!(%failure, "who is there is not known anew"),
            Err(panic) => tracing::error!(panic, "who is there is not known anew"),
        }
    }
    leased
}

/// Reads the rows and asks the entities; what is withdrawn is done with.
async fn claimed(
    node: &Node,
    rules: &Rules,
    leased: Vec<Leased>,
    tally: &mut Tally,
) -> Vec<Box<Ready>> {
    let claims = leased.into_iter().map(async |leased| {
        match caught(claim(node, rules, leased.clone())).await {
            Ok(claimed) => claimed,
            Err(panic) => {
                bury(node, leased, &panic).await;
                Claimed::Dead
            }
        }
    });
    let mut ready = Vec::new();
    for claimed in join_all(claims).await {
        match claimed {
            Claimed::Ready(message) => ready.push(message),
            Claimed::Withdrawn => tally.withdrawn += 1,
            Claimed::Dead => tally.dead += 1,
            Claimed::Failed => tally.failed += 1,
            Claimed::GivenBack => tally.given_back += 1,
        }
    }
    ready
}

fn hand_over(
    node: &Node,
    rules: &Rules,
    courier: &mut dyn Courier,
    message: &Ready,
    at: Timestamp,
) -> RowEvent {
    let in_hand = || in_words(node, rules, message).and_then(|words| courier.hand_over(&words));
    match caught_at_once(in_hand) {
        Ok(Ok(())) => RowEvent::Delivered(at),
        Ok(Err(failure)) => failed(&failure, at),
        Err(panic) => {
            tracing::error!(message = %message.leased.id, panic, "a message is given up");
            RowEvent::Died(panicked::reason(&panic), at)
        }
    }
}

/// What a courier is given, the same at every hand-over: the words that were fixed for it, or its template filled in.
fn in_words(node: &Node, rules: &Rules, message: &Ready) -> Result<Rendered, Failure> {
    let (in_force, blobs) = (rules.current(), node.journal().blobs());
    let (id, claimed) = (&message.leased.id, message.claimed());
    match fixed::recalled(blobs, id, &claimed)? {
        Some(rendered) => Ok(rendered),
        None => render(&in_force.0.rules.notices, id, &claimed),
    }
}

/// What a failure makes of a message: another try, or a dead letter.
fn failed(failure: &Failure, at: Timestamp) -> RowEvent {
    let words = compact_str::format_compact!("{failure}");
    if failure.is_transient() { RowEvent::Failed(words, at) } else { RowEvent::Died(words, at) }
}
