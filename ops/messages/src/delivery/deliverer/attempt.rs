//! Attempt at one message: claimed, put into words, folded or handed to every address, its outcome recorded.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;
use duban_actors::bundle::Bundle;
use duban_runtime::answer::Answer;
use duban_runtime::loops::{caught, stumble};
use duban_runtime::node::{Leased, Node};
use duban_runtime::outbox::{Address, Folded, MessageId, RowEvent};
use futures_util::future::join_all;

use crate::courier::breaker::Way;
use crate::courier::channel::{Channel, Fate};
use crate::courier::channels::Channels;
use crate::courier::{EMAIL, Rendered, SMS};
use crate::delivery::claim::{Before, Claimed, Ready, Recorded, claim, conclude};
use crate::delivery::folding::{Course, Recent, Untried};
use crate::delivery::panicked::{Hand, bury};
use crate::delivery::verdict::{Verdict, verdict};
use crate::delivery::{failed, in_words, page};
use duban_access::seals::is_sealed;
use duban_base::registry::Rules;
use duban_base::telemetry::trace::{Began, Delivery};

use super::fold::{Added, Bundles, PUT_OFF};

/// Points that every message passes, by the names under which a test does harm there.
const LEASED: &str = "leased";
const CLAIMED: &str = "claimed";
const HANDED_OVER: &str = "handed-over";

/// Refusals remembered at most, so that no server is asked again while other addresses of the message have hope. A
/// forgotten one is asked once more.
const REFUSALS_MAX: usize = 4_096;

/// What was refused, and the words.
type Refusals = BTreeMap<(MessageId, CompactString), CompactString>;

/// Where messages are worked on.
pub(super) struct Attempt<'a> {
    node: &'a Node,
    rules: &'a Rules,
    channels: &'a Channels,
    refusals: Mutex<Refusals>,
    recent: Mutex<Recent>,
    bundles: Bundles,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(node: &'a Node, rules: &'a Rules, channels: &'a Channels) -> Attempt<'a> {
        let (refusals, recent) = (Mutex::default(), Mutex::default());
        Attempt { node, rules, channels, refusals, recent, bundles: Bundles::new() }
    }

    /// Up to `n` messages that are due; none while the server is muted.
    pub(super) async fn page(&self, n: usize) -> Vec<Leased> {
        if self.channels.muted().is_on() {
            return Vec::new();
        }
        page(self.node, self.rules, n).await
    }

    /// Does everything about one leased message. What panics on the way is the end of that message alone; one that is
    /// let go of on the way, because the office falls, is due again.
    pub(super) fn send(&self, leased: Leased) -> impl Future<Output = ()> {
        // In hand before the future is looked at for the first time.
        let hand = Hand::around(self.node, &leased);
        async move {
            if let Err(panic) = caught(self.send_in_hand(leased)).await {
                bury(self.node, hand.leased().clone(), &panic).await;
            }
            hand.open();
        }
    }

    async fn send_in_hand(&self, leased: Leased) {
        stumble(LEASED);
        let Claimed::Ready(ready) = claim(self.node, self.rules, leased).await else { return };
        let key = ready.leased.id.entity.key.clone();
        if self.channels.is_for_the_erased(&key, &ready.addresses) {
            let now = self.node.clock().now();
            let event = RowEvent::Withdrawn("the reporter was erased".into(), now);
            conclude(self.node, ready.leased, ready.row, event).await;
            return;
        }
        stumble(CLAIMED);
        stumble(&ready.row.message.template);
        let message = match in_words(self.node, self.rules, &ready) {
            Ok(message) => message,
            Err(failure) => {
                let event = failed(&failure, self.node.clock().now());
                conclude(self.node, ready.leased, ready.row, event).await;
                return;
            }
        };
        if let Some(why) = &message.unfilled {
            self.channels.unfilled.note(&message.template, self.rules.current().1, why);
        }
        let Some(ready) = self.folded(*ready, &message).await else { return };
        if let Some(fates) = self.shut(&ready, &message) {
            self.record(ready, &fates).await;
            return;
        }
        let Some(ready) = self.claimed_again(ready).await else { return };
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
        stumble(HANDED_OVER);
        let outcome = self.record(ready, &fates).await;
        if let Some(traced) = traced {
            traced.end(self.node.clock().as_ref(), outcome, &message.template);
        }
    }

    /// Folds for every address for which it is to be, and records it; none when nothing is left to be done now.
    async fn folded(&self, ready: Ready, message: &Rendered) -> Option<Ready> {
        let courses: Vec<(&Address, Course)> =
            ready.addresses.iter().map(|to| (to, self.course(&ready, message, to))).collect();
        if courses.iter().all(|(_, course)| *course == Course::Alone) {
            return Some(ready);
        }
        let _room = self.bundles.room.acquire().await.ok()?;
        let (mut folded, mut left, mut not_now) = (Vec::new(), Vec::new(), Vec::new());
        for (to, course) in courses {
            let added = match course {
                Course::Alone => Added::Never,
                Course::Folded => self.bundles.add(self.node, message, to).await,
                Course::Gathered => {
                    Added::There(Folded { address: to.clone(), into: Bundle::of(to) })
                }
            };
            match added {
                Added::There(one) => folded.push(one),
                Added::Never => left.push(to.clone()),
                Added::NotNow => not_now.push(to.clone()),
            }
        }
        let now = self.node.clock().now();
        left.extend(not_now.iter().cloned());
        let mut ready = ready;
        if !folded.is_empty() {
            let event = RowEvent::Folded(folded.clone(), left.clone(), now);
            let (leased, row) = (ready.leased.clone(), ready.row.clone());
            let after = row.clone().after(&event);
            if conclude(self.node, leased, row, event).await == Recorded::No {
                return None;
            }
            self.bundles.settle(&ready.leased.id, &folded);
            ready = Ready { row: after?, addresses: left, ..ready };
        }
        if not_now.is_empty() {
            return Some(ready);
        }
        let put_off = || Fate::PutOff(now + PUT_OFF, "its bundle does not answer".into());
        let fates: Vec<_> = ready.addresses.iter().map(|to| (to.clone(), put_off())).collect();
        self.record(ready, &fates).await;
        None
    }

    /// How a message goes to one of its addresses.
    fn course(&self, ready: &Ready, message: &Rendered, to: &Address) -> Course {
        let now = self.node.clock().now();
        // What is sealed is read for its own message alone.
        if is_sealed(&to.address) {
            return Course::Alone;
        }
        let Some(channel) = self.way_out(message, to) else { return Course::Alone };
        if self.refusals().contains_key(&refusal(message, to)) {
            return Course::Alone;
        }
        let is_first = ready.row.attempts == 0;
        if is_first && ready.before != Before::Nothing {
            match Bundles::has_line(self.node, message, to) {
                Ok(true) => return Course::Gathered,
                Ok(false) => {}
                Err(failure) => {
                    tracing::warn!(message = %message.id, %failure, "a bundle is not read");
                }
            }
        }
        let mut recent = self.recent();
        if is_first && ready.before != Before::Perhaps && channel.way(now) == Way::Works {
            let untried = Untried { template: &message.template, due: message.at };
            return recent.course(untried, to, now);
        }
        recent.count(to, now);
        Course::Alone
    }

    /// What becomes of a message that waits anyhow, when every way to those who are left is shut.
    fn shut(&self, ready: &Ready, message: &Rendered) -> Option<Vec<(Address, Fate)>> {
        let now = self.node.clock().now();
        let fate = |to: &Address| match self.way_out(message, to)?.way(now) {
            Way::Shut(until) => {
                Some((to.clone(), Fate::PutOff(until, "the server was away a moment ago".into())))
            }
            Way::Works | Way::Unsure => None,
        };
        let fates: Vec<_> = ready.addresses.iter().map_while(fate).collect();
        let all = ready.before == Before::Waited && fates.len() == ready.addresses.len();
        if all {
            let mut recent = self.recent();
            ready.addresses.iter().for_each(|to| recent.take_back(to));
        }
        all.then_some(fates)
    }

    /// A message whose addresses were untried is on record as tried from now on; none when that could not be recorded.
    async fn claimed_again(&self, ready: Ready) -> Option<Ready> {
        if ready.before != Before::Waited {
            return Some(ready);
        }
        let now = self.node.clock().now();
        let event = RowEvent::Claimed(ready.addresses.clone(), ready.data.clone(), now);
        let (leased, row) = (ready.leased.clone(), ready.row.clone());
        let after = row.clone().after(&event)?;
        match conclude(self.node, leased, row, event).await {
            Recorded::Yes => Some(Ready { row: after, ..ready }),
            Recorded::No => None,
        }
    }

    /// The channel of an address, unless there is none or nothing is said on it.
    fn way_out(&self, message: &Rendered, to: &Address) -> Option<&'a Channel> {
        let words = match to.channel.as_str() {
            EMAIL => message.text.as_str(),
            SMS => message.sms.as_str(),
            _ => "",
        };
        self.channels.channel(&to.channel).filter(|_| !words.is_empty())
    }

    async fn carry(&self, message: &Rendered, to: &Address) -> Fate {
        // A template that says nothing on a channel has nothing to hand over there.
        let Some(channel) = self.way_out(message, to) else { return Fate::Taken };
        let key = refusal(message, to);
        if let Some(said) = self.refusals().get(&key) {
            return Fate::Refused(said.clone());
        }
        // It was muted after this was claimed.
        if self.channels.muted().is_on() {
            self.recent().take_back(to);
            return Fate::PutOff(self.node.clock().now() + PUT_OFF, "muted".into());
        }
        let revealed = match self.channels.revealed(&message.id.entity.key, to) {
            Ok(revealed) => revealed,
            Err(fate) => return fate,
        };
        let fate = channel.carry(message, &revealed, self.node.clock().as_ref()).await;
        if matches!(fate, Fate::PutOff(..)) {
            self.recent().take_back(to);
        }
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
        let Ready { leased, mut row, before, .. } = ready;
        let Verdict { narrowed, mut outcome } = verdict(fates, self.node.clock().now());
        if let RowEvent::Postponed(said, until, at) = &outcome
            && row.attempts == 0
            && before != Before::Perhaps
        {
            outcome = RowEvent::Untried(said.clone(), *until, *at);
        }
        if !matches!(
            outcome,
            RowEvent::Failed(..) | RowEvent::Postponed(..) | RowEvent::Untried(..)
        ) {
            self.refusals().retain(|(message, _), _| *message != leased.id);
        }
        if let Some(narrowed) = narrowed {
            let left = row.clone().after(&narrowed);
            // Recorded apart: what was taken is not handed over again, whatever becomes of the rest.
            match (self.node.conclude(leased.clone(), row, narrowed).await, left) {
                (Answer::Recorded, Some(left)) => row = left,
                (answer, _) => {
                    tracing::warn!(message = %leased.id, ?answer, "what was taken was not recorded");
                    self.node.release(leased);
                    return "not-recorded";
                }
            }
        }
        let word = in_a_word(&outcome);
        match conclude(self.node, leased, row, outcome).await {
            Recorded::Yes => word,
            Recorded::No => "not-recorded",
        }
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
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
        RowEvent::Postponed(..) | RowEvent::Untried(..) => "postponed",
        RowEvent::Folded(..) => "folded",
    }
}

fn refusal(message: &Rendered, to: &Address) -> (MessageId, CompactString) {
    (message.id.clone(), to.address.clone())
}
