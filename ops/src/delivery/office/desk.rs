//! One message on its way: claimed, put into words, handed to every address, its outcome recorded.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;
use duban_runtime::answer::Answer;
use duban_runtime::node::{Leased, Node};
use duban_runtime::outbox::{Address, MessageId, RowEvent};
use futures_util::future::join_all;

use crate::courier::channel::Fate;
use crate::courier::exchange::Exchange;
use crate::courier::{EMAIL, Rendered, SMS};
use crate::delivery::claim::{Claimed, Ready, Recorded, claim, conclude};
use crate::delivery::verdict::{Verdict, verdict};
use crate::delivery::{failed, in_words, page};
use crate::telemetry::trace::{Began, Delivery};
use crate::wiring::Rules;

/// Refusals remembered at most, so that no server is asked again while other addresses of the message have hope. A
/// forgotten one is asked once more.
const REFUSALS_MAX: usize = 4_096;

/// What was refused, and the words.
type Refusals = BTreeMap<(MessageId, CompactString), CompactString>;

/// Where messages are worked on.
pub(super) struct Desk<'a> {
    node: &'a Node,
    rules: &'a Rules,
    exchange: &'a Exchange,
    refusals: Mutex<Refusals>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(node: &'a Node, rules: &'a Rules, exchange: &'a Exchange) -> Desk<'a> {
        Desk { node, rules, exchange, refusals: Mutex::default() }
    }

    /// Up to `n` messages that are due.
    pub(super) async fn page(&self, n: usize) -> Vec<Leased> {
        page(self.node, self.rules, n).await
    }

    /// Does everything about one leased message.
    pub(super) async fn send(&self, leased: Leased) {
        let Claimed::Ready(ready) = claim(self.node, self.rules, leased).await else { return };
        match in_words(self.node, self.rules, &ready) {
            Ok(message) => {
                let traced = Delivery::begin(self.node, &message.id, ready.row.attempts).await;
                let fates = ready.addresses.iter().enumerate().map(async |(place, to)| {
                    let began = Began::now(self.node.clock().as_ref());
                    let fate = self.carry(&message, to).await;
                    if let Some(traced) = &traced {
                        let took = began.took(self.node.clock().as_ref());
                        traced.handed_over((&to.channel, place), fate.in_a_word(), took);
                    }
                    (to.clone(), fate)
                });
                let fates = join_all(fates).await;
                let outcome = self.record(*ready, &fates).await;
                if let Some(traced) = traced {
                    traced.end(self.node.clock().as_ref(), outcome, &message.template);
                }
            }
            Err(failure) => {
                let event = failed(&failure, self.node.clock().now());
                conclude(self.node, ready.leased.id, ready.row, event).await;
            }
        }
    }

    async fn carry(&self, message: &Rendered, to: &Address) -> Fate {
        let words = match to.channel.as_str() {
            EMAIL => message.text.as_str(),
            SMS => message.sms.as_str(),
            _ => "",
        };
        // A template that says nothing on a channel has nothing to hand over there.
        let Some(channel) = self.exchange.channel(&to.channel).filter(|_| !words.is_empty()) else {
            return Fate::Taken;
        };
        let key = (message.id.clone(), to.address.clone());
        if let Some(said) = self.refusals().get(&key) {
            return Fate::Refused(said.clone());
        }
        let fate = channel.carry(message, to, self.node.clock().as_ref()).await;
        if let Fate::Refused(said) = &fate {
            let mut refusals = self.refusals();
            if refusals.len() >= REFUSALS_MAX {
                refusals.pop_first();
            }
            refusals.insert(key, said.clone());
        }
        fate
    }

    /// Records what came of every address; the outcome in a word.
    async fn record(&self, ready: Ready, fates: &[(Address, Fate)]) -> &'static str {
        let Ready { leased: Leased { id, .. }, mut row, .. } = ready;
        let Verdict { narrowed, outcome } = verdict(fates, self.node.clock().now());
        if !matches!(outcome, RowEvent::Failed(..) | RowEvent::Postponed(..)) {
            self.refusals().retain(|(message, _), _| *message != id);
        }
        if let Some(narrowed) = narrowed {
            let left = row.clone().after(&narrowed);
            // Recorded apart: what was taken is not handed over again, whatever becomes of the rest.
            match (self.node.conclude(id.clone(), row, narrowed).await, left) {
                (Answer::Recorded, Some(left)) => row = left,
                (answer, _) => {
                    tracing::warn!(message = %id, ?answer, "what was taken was not recorded");
                    self.node.release(id);
                    return "not-recorded";
                }
            }
        }
        let word = in_a_word(&outcome);
        match conclude(self.node, id, row, outcome).await {
            Recorded::Yes => word,
            Recorded::No => "not-recorded",
        }
    }

    fn refusals(&self) -> MutexGuard<'_, Refusals> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_a_word(outcome: &RowEvent) -> &'static str {
    match outcome {
        RowEvent::Claimed(..) => "claimed",
        RowEvent::Withdrawn(..) => "withdrawn",
        RowEvent::Delivered(_) => "delivered",
        RowEvent::Failed(..) => "failed",
        RowEvent::Died(..) => "dead",
        RowEvent::Revived(_) => "revived",
        RowEvent::Narrowed(..) => "narrowed",
        RowEvent::Postponed(..) => "postponed",
    }
}
