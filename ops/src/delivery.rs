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
use duban_runtime::outbox::{Address, Claim, Row, RowEvent, Standing};

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
/// When the journal cannot be read, or the courier cannot settle: the messages are then due again.
pub async fn deliver_due(node: &Node, rules: &Rules, courier: &mut dyn Courier) -> Result<Tally> {
    let mut tally = Tally::default();
    loop {
        let leased = node.lease(TOGETHER).await;
        if leased.is_empty() {
            return Ok(tally);
        }
        let at = node.clock().now();
        let ready = claimed(node, leased, at, &mut tally).await?;
        let mut outcomes = Vec::with_capacity(ready.len());
        for message in ready {
            let event = hand_over(node, rules, courier, &message, at);
            outcomes.push((message, event));
        }
        courier.settle()?;
        let recorded = outcomes.into_iter().map(|(message, event)| {
            match &event {
                RowEvent::Delivered(_) => tally.delivered += 1,
                RowEvent::Failed(..) => tally.failed += 1,
                RowEvent::Died(..)
                | RowEvent::Claimed(..)
                | RowEvent::Withdrawn(..)
                | RowEvent::Revived(_) => tally.dead += 1,
            }
            node.conclude(message.leased.id, message.row, event)
        });
        for answer in join_all(recorded).await {
            if answer != Answer::Recorded {
                tracing::warn!(?answer, "an outcome was not recorded; the message is due again");
            }
        }
    }
}

/// Reads the rows and asks the entities; what is withdrawn is done with.
async fn claimed(
    node: &Node,
    leased: Vec<Leased>,
    at: Timestamp,
    tally: &mut Tally,
) -> Result<Vec<Ready>> {
    let (mut ready, mut asked) = (Vec::with_capacity(leased.len()), Vec::new());
    for leased in leased {
        match node.row(&leased)? {
            None => node.release(leased.id),
            Some(row) => match &row.standing {
                Standing::Ready => asked.push((leased, row)),
                Standing::Claimed(addresses, data) => {
                    let (addresses, data) = (addresses.clone(), data.clone());
                    ready.push(Ready { leased, row, addresses, data });
                }
                Standing::Dead(..) => {}
            },
        }
    }
    let claims = asked.iter().map(|(leased, row)| node.claim(leased.id.clone(), row.clone(), at));
    let answers = join_all(claims).await;
    for ((leased, row), answer) in asked.into_iter().zip(answers) {
        let Answer::Claimed(claim) = answer else {
            tracing::warn!(message = %leased.id, ?answer, "a claim was not answered");
            node.release(leased.id);
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
    Ok(ready)
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
