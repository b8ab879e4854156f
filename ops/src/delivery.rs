//! From the outbox to a courier: lease, claim, put into words, hand over, record the outcome.
//!
//! ```text
//! lease ─► claim (durable) ─► words ─► hand over ─► settle (the courier's own fsync) ─► outcome (durable)
//! ```
//! An outcome is recorded only after the courier has settled, so a crash in between hands the same message over again,
//! with the same id, and never loses one. Nothing is decided here: whether and to whom, the entity says.

use anyhow::Result;
use futures_util::future::join_all;

use duban_runtime::answer::Answer;
use duban_runtime::clock::Timestamp;
use duban_runtime::node::{Leased, Node};
use duban_runtime::outbox::{Address, Claim, MessageId, Row, RowEvent, Standing};

use crate::brief;
use crate::courier::render::Claimed;
use crate::courier::{Courier, render};
use crate::wiring::Rules;

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

/// A message that is to be handed over.
struct Ready {
    leased: Leased,
    row: Row,
    addresses: Vec<Address>,
    data: String,
}

/// Hands over everything that is due now, and records what became of it.
///
/// # Errors
/// When the courier cannot settle: its messages are then due again.
pub async fn deliver_due(node: &Node, rules: &Rules, courier: &mut dyn Courier) -> Result<Tally> {
    let mut tally = Tally::default();
    loop {
        let leased = node.lease(TOGETHER).await;
        if leased.is_empty() {
            return Ok(tally);
        }
        let at = node.clock().now();
        let ready = claimed(node, leased, at, &mut tally).await;
        let mut outcomes = Vec::with_capacity(ready.len());
        for message in ready {
            let event = hand_over(node, rules, courier, &message, at);
            outcomes.push((message, event));
        }
        if let Err(failure) = courier.settle() {
            for (message, _) in outcomes {
                node.release(message.leased.id);
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
                | RowEvent::Postponed(..) => tally.dead += 1,
            }
            conclude(node, message.leased.id, message.row, event)
        });
        tally.given_back += join_all(recorded).await.into_iter().sum::<u64>();
        if tally.given_back > 0 {
            // What nobody answered for is due at once; asking again at once would turn in circles.
            return Ok(tally);
        }
    }
}

/// Records an outcome. One that the journal does not take leaves the message due again; counts those.
async fn conclude(node: &Node, id: MessageId, row: Row, event: RowEvent) -> u64 {
    let answer = node.conclude(id.clone(), row, event).await;
    if answer == Answer::Recorded {
        return 0;
    }
    tracing::warn!(message = %id, ?answer, "an outcome was not recorded; the message is due again");
    node.release(id);
    1
}

/// Reads the rows and asks the entities; what is withdrawn is done with.
async fn claimed(node: &Node, leased: Vec<Leased>, at: Timestamp, tally: &mut Tally) -> Vec<Ready> {
    let (mut ready, mut asked) = (Vec::with_capacity(leased.len()), Vec::new());
    for leased in leased {
        let row = match node.row(&leased) {
            Ok(row) => row,
            Err(failure) => {
                tracing::warn!(message = %leased.id, %failure, "a row could not be read");
                None
            }
        };
        match row {
            None => {
                tally.given_back += 1;
                node.release(leased.id);
            }
            Some(row) => match &row.standing {
                Standing::Ready => asked.push((leased, row)),
                Standing::Claimed(addresses, data) => {
                    let (addresses, data) = (addresses.clone(), data.clone());
                    ready.push(Ready { leased, row, addresses, data });
                }
                Standing::Dead(..) => node.release(leased.id),
            },
        }
    }
    let claims = asked.iter().map(|(leased, row)| node.claim(leased.id.clone(), row.clone(), at));
    let answers = join_all(claims).await;
    for ((leased, row), answer) in asked.into_iter().zip(answers) {
        let Answer::Claimed(claim) = answer else {
            tracing::warn!(message = %leased.id, ?answer, "a claim was not answered");
            if let Answer::Quarantined { reason } = answer {
                // Its entity is set aside until a person has looked; meanwhile it waits like after a failed attempt.
                tally.failed += 1;
                let event = RowEvent::Failed(reason, at);
                tally.given_back += conclude(node, leased.id, row, event).await;
            } else if matches!(answer, Answer::DeadLetter { .. }) {
                tally.dead += 1;
            } else {
                tally.given_back += 1;
                node.release(leased.id);
            }
            continue;
        };
        match claim {
            Claim::Deliver(addresses, data) if !addresses.is_empty() => {
                let event = RowEvent::Claimed(addresses.clone(), data.clone(), at);
                if let Some(row) = row.after(&event) {
                    ready.push(Ready { leased, row, addresses, data });
                }
            }
            Claim::Deliver(..) => tally.dead += 1,
            Claim::Withdraw(_) => tally.withdrawn += 1,
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
    let in_force = rules.current();
    let template = message.row.message.template.as_str();
    let data = brief::complete(node.journal(), &in_force.0.rules, template, &message.data);
    let claimed = Claimed {
        template,
        data: data.as_deref().unwrap_or(&message.data),
        addresses: &message.addresses,
        at: message.row.message.not_before,
    };
    let outcome = render(&in_force.0.rules.notices, &message.leased.id, claimed)
        .and_then(|rendered| courier.hand_over(&rendered));
    match outcome {
        Ok(()) => RowEvent::Delivered(at),
        Err(failure) if failure.is_transient() => RowEvent::Failed(words(&failure), at),
        Err(failure) => RowEvent::Died(words(&failure), at),
    }
}

fn words(failure: &crate::courier::Failure) -> compact_str::CompactString {
    compact_str::format_compact!("{failure}")
}
