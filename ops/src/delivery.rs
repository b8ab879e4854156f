//! From the outbox to a courier: lease, claim, put into words, hand over, record the outcome.
//!
//! ```text
//! lease ─► claim (durable) ─► words ─► hand over ─► settle (the courier's own fsync) ─► outcome (durable)
//!                └─► a brief's words, fixed (durable)
//! ```
//! An outcome is recorded only after the courier has settled, so a crash in between hands the same message over again,
//! with the same id, and never loses one. Nothing is decided here: whether and to whom, the entity says.

use anyhow::Result;
use futures_util::future::join_all;

use duban_runtime::answer::Answer;
use duban_runtime::clock::Timestamp;
use duban_runtime::node::{Leased, Node};
use duban_runtime::outbox::{Address, Claim, MessageId, Row, RowEvent, Standing};

use crate::brief::fixed;
use crate::courier::render::{Claimed, rendered};
use crate::courier::{self, Courier};
use crate::roster;
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

impl Ready {
    fn claimed(&self) -> Claimed<'_> {
        Claimed {
            template: &self.row.message.template,
            data: &self.data,
            addresses: &self.addresses,
            at: self.row.message.not_before,
        }
    }
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
        if let Err(failure) = roster::heed(node.journal(), rules) {
            tracing::error!(%failure, "who is away is not known anew");
        }
        let at = node.clock().now();
        let ready = claimed(node, leased, at, &mut tally).await;
        let ready = with_words_fixed(node, rules, ready, at, &mut tally).await;
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

/// Fixes the words of the briefs among them, durably, before anybody gets one.
async fn with_words_fixed(
    node: &Node,
    rules: &Rules,
    ready: Vec<Ready>,
    at: Timestamp,
    tally: &mut Tally,
) -> Vec<Ready> {
    let loose = |message: &Ready| fixed::is_loose(&message.row.message.template, &message.data);
    let (loose, mut fixed): (Vec<Ready>, Vec<Ready>) = ready.into_iter().partition(loose);
    let in_force = rules.current();
    let fixing = loose.into_iter().map(async |message| {
        let id = message.leased.id.clone();
        let data = fixed::fix(node.journal(), &in_force.0.rules, &id, &message.claimed());
        let (event, data) = match data {
            Ok(data) => {
                let addresses = message.addresses.clone();
                (RowEvent::Claimed(addresses, data.clone(), at), Some(data))
            }
            Err(failure) => (failed(&failure, at), None),
        };
        let after = message.row.clone().after(&event);
        let given_back = conclude(node, id, message.row.clone(), event).await;
        let ready = data.zip(after).map(|(data, row)| Ready { row, data, ..message });
        (given_back, ready)
    });
    for (given_back, ready) in join_all(fixing).await {
        tally.given_back += given_back;
        match ready {
            _ if given_back > 0 => {}
            Some(ready) => fixed.push(ready),
            None => tally.failed += 1,
        }
    }
    fixed
}

fn hand_over(
    node: &Node,
    rules: &Rules,
    courier: &mut dyn Courier,
    message: &Ready,
    at: Timestamp,
) -> RowEvent {
    let (in_force, blobs) = (rules.current(), node.journal().blobs());
    let words = rendered(blobs, &in_force.0.rules.notices, &message.leased.id, message.claimed());
    match words.and_then(|words| courier.hand_over(&words)) {
        Ok(()) => RowEvent::Delivered(at),
        Err(failure) => failed(&failure, at),
    }
}

/// What a failure makes of a message: another try, or a dead letter.
fn failed(failure: &courier::Failure, at: Timestamp) -> RowEvent {
    let words = compact_str::format_compact!("{failure}");
    if failure.is_transient() { RowEvent::Failed(words, at) } else { RowEvent::Died(words, at) }
}
