//! Elsewhere: partitions of a cluster, wherever they live. Whoever asks need not know.
//!
//! ```text
//! whose is it? ─┬─ this node's ──► asked here
//!               ├─ another's ────► by post; answered when this node can read as far as the other
//!               └─ nobody's, or no reply, or lost meanwhile ─► a moment later again, with the same id; ten seconds in all
//! ```

use std::sync::Arc;
use std::time::Duration;

use super::abreast::Abreast;
use super::answering::Written;
use super::homes::Homes;
use super::postman::Postman;
use super::tenant::{Place, Tenant};
use super::{Ask, postman, tenant};
use crate::answer::Answer;
use crate::clock::{Clock, Timestamp};
use crate::cluster::post::{Question, Reply};
use crate::outbox::{MessageId, Row, RowEvent, RowState};
use crate::partition::{Leased, OfficeEpoch, PARTITIONS};

/// How long somebody who asks is kept waiting at most.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one reply is waited for before the same is asked again.
const REPLY_MAX: Duration = Duration::from_secs(1);
/// Before an owner is looked for again.
const PAUSE: Duration = Duration::from_millis(50);

/// The cluster, as this node reaches it.
pub(super) struct Elsewhere {
    pub(super) tenant: tenant::Running,
    pub(super) post: postman::Running,
    pub(super) abreast: Abreast,
}

impl Elsewhere {
    /// Ends all threads; what is held is given up.
    pub(super) fn end(self) {
        self.abreast.end();
        self.post.end();
        self.tenant.end();
    }

    fn tenant(&self) -> &Tenant {
        &self.tenant.tenant
    }

    fn postman(&self) -> &Postman {
        &self.post.postman
    }

    /// Whether a partition is this node's.
    pub(super) fn is_here(&self, partition: u8) -> bool {
        self.tenant().is_here(partition)
    }

    /// See [`super::Node::ask`].
    pub(super) async fn ask(&self, homes: &Homes, ask: Ask) -> Answer {
        let Ask { to, command, asked, looked } = ask;
        let kind = homes.wiring.registry.kind(to.kind);
        let Some(command) = kind.and_then(|kind| kind.written(&command)) else {
            return Answer::Failed { reason: "a command that cannot be written".into() };
        };
        let first = homes.wiring.journal.head().1;
        let patience = Patience::of(homes);
        let (mut since, mut last) = (None, None);
        loop {
            if !homes.wiring.journal.is_followed() {
                // What is decided elsewhere is never read here: whoever asks is told by another node.
                return last.unwrap_or_else(not_here);
            }
            let (to, command, asked) = (to.clone(), command.clone(), asked.clone());
            let partition = to.partition(PARTITIONS);
            let written = Written { to, command, asked, looked, since };
            let answer = match self.tenant().place_of(partition) {
                Place::Here => {
                    let left = patience.left().max(PAUSE);
                    tokio::time::timeout(left, written.ask(homes)).await.ok().flatten()
                }
                Place::At(node) => self.ask_by_post(homes, &node, written).await,
                Place::Nowhere => None,
            };
            match answer {
                // Whoever decided it may have fallen before they could say so.
                Some(failed @ Answer::Failed { .. }) => last = Some(failed),
                Some(answer) if homes.wiring.journal.is_followed() => return answer,
                Some(_) | None => {}
            }
            since = Some(first);
            if patience.left().is_zero() || homes.wiring.in_flight.is_closing() {
                // Some may have been decided, and its answer lost.
                return last.unwrap_or_else(nobody_answers);
            }
            self.a_moment_later().await;
        }
    }

    async fn ask_by_post(&self, homes: &Homes, node: &str, written: Written) -> Option<Answer> {
        let Written { to, command, asked, looked, since } = written;
        self.answered(homes, node, Question::Ask { to, command, asked, looked, since }).await
    }

    /// The answer of another node, when this one can read as far.
    async fn answered(&self, homes: &Homes, node: &str, question: Question) -> Option<Answer> {
        let (frame, reply) = self.postman().ask(node, question, REPLY_MAX).await?;
        let sent = match reply {
            Reply::Answer(sent) => sent,
            Reply::NotMine | Reply::Leased(_) => return None,
        };
        mirrored(homes, frame).await;
        Some(sent.received(&homes.wiring.registry))
    }

    /// See [`super::Node::lease`].
    pub(super) async fn lease(&self, homes: &Homes, now: Timestamp, n: usize) -> Vec<Leased> {
        let Some(office) = self.tenant().office().map(OfficeEpoch) else { return Vec::new() };
        let mut leased = self.rested(homes, homes.lease(now, n, office).await).await;
        for node in self.tenant().others() {
            let n = n.saturating_sub(leased.len());
            if n == 0 {
                break;
            }
            let question = Question::Lease { now, n, office };
            if let Some((frame, Reply::Leased(more))) =
                self.postman().ask(&node, question, REPLY_MAX).await
            {
                mirrored(homes, frame).await;
                leased.extend(self.rested(homes, more).await);
            }
        }
        leased
    }

    /// Without the messages that the office before may have in hand: what was claimed there rests for a while after this
    /// node has taken over.
    async fn rested(&self, homes: &Homes, leased: Vec<Leased>) -> Vec<Leased> {
        if !self.tenant().is_new_office(homes.wiring.clock.monotonic()) || leased.is_empty() {
            return leased;
        }
        let journal = Arc::clone(&homes.wiring.journal);
        let looked = homes.wiring.readers.spawn_blocking(move || {
            let (mut free, mut resting) = (Vec::new(), Vec::new());
            for one in leased {
                let partition = one.id.entity.partition(PARTITIONS);
                let row = journal.outbox_row(partition, one.next, &one.id);
                let is_claimed = row
                    .ok()
                    .flatten()
                    .is_some_and(|row| matches!(row.standing, RowState::Claimed(..)));
                let side = if is_claimed { &mut resting } else { &mut free };
                side.push(one);
            }
            (free, resting)
        });
        let (free, resting) = looked.await.unwrap_or_default();
        for one in resting {
            self.release(homes, one);
        }
        free
    }

    pub(super) async fn lease_dead(&self, homes: &Homes, id: MessageId) -> Option<Leased> {
        // Whoever revives a message is no courier: no office takes it from them while they speak of it.
        let office = OfficeEpoch(self.tenant().office().unwrap_or(u64::MAX));
        let partition = id.entity.partition(PARTITIONS);
        self.leased(homes, partition, Question::LeaseDead(id, office)).await
    }

    pub(super) async fn held(&self, homes: &Homes, leased: Leased) -> Option<Leased> {
        let partition = leased.id.entity.partition(PARTITIONS);
        self.leased(homes, partition, Question::Held(leased)).await
    }

    async fn leased(&self, homes: &Homes, partition: u8, question: Question) -> Option<Leased> {
        let Place::At(node) = self.tenant().place_of(partition) else { return None };
        match self.postman().ask(&node, question, REPLY_MAX).await {
            Some((frame, Reply::Leased(leased))) => {
                mirrored(homes, frame).await;
                leased.into_iter().next()
            }
            Some((_, Reply::NotMine | Reply::Answer(_))) | None => None,
        }
    }

    pub(super) fn release(&self, homes: &Homes, leased: Leased) {
        match self.tenant().place_of(leased.id.entity.partition(PARTITIONS)) {
            Place::Here => homes.release(leased),
            Place::At(node) => self.postman().tell(&node, Question::Release(leased)),
            Place::Nowhere => {}
        }
    }

    pub(super) async fn claim(
        &self,
        homes: &Homes,
        leased: Leased,
        row: Row,
        at: Timestamp,
    ) -> Option<Answer> {
        let partition = leased.id.entity.partition(PARTITIONS);
        self.of_message(homes, partition, Question::Claim { leased, row, at }).await
    }

    pub(super) async fn conclude(
        &self,
        homes: &Homes,
        leased: Leased,
        row: Row,
        event: RowEvent,
    ) -> Option<Answer> {
        let partition = leased.id.entity.partition(PARTITIONS);
        self.of_message(homes, partition, Question::Conclude { leased, row, event }).await
    }

    /// Asked again until somebody answers, for a while; what nobody answers is looked at by the courier again, as when a
    /// partition starts over.
    async fn of_message(&self, homes: &Homes, partition: u8, question: Question) -> Option<Answer> {
        let patience = Patience::of(homes);
        loop {
            // Recorded before, it is not leased any more: said twice it counts once.
            let answer = match self.tenant().place_of(partition) {
                Place::At(node) => self.answered(homes, &node, question.clone()).await,
                Place::Here => return None,
                Place::Nowhere => None,
            };
            let is_over = patience.left().is_zero() || homes.wiring.in_flight.is_closing();
            if answer.is_some() || is_over {
                return answer;
            }
            self.a_moment_later().await;
        }
    }

    /// Whose it is was known wrongly, or not at all: it may be known then.
    async fn a_moment_later(&self) {
        self.tenant().look_soon();
        tokio::time::sleep(PAUSE).await;
    }
}

fn not_here() -> Answer {
    Answer::Failed { reason: "this node follows its cluster no more; ask another".into() }
}

fn nobody_answers() -> Answer {
    Answer::Failed { reason: "no node that decides it answers".into() }
}

/// How long somebody who asks waits still.
struct Patience<'a> {
    clock: &'a dyn Clock,
    began: Duration,
}

impl Patience<'_> {
    fn of(homes: &Homes) -> Patience<'_> {
        let clock = homes.wiring.clock.as_ref();
        Patience { clock, began: clock.monotonic() }
    }

    fn left(&self) -> Duration {
        PATIENCE.saturating_sub(self.clock.monotonic().saturating_sub(self.began))
    }
}

/// Waits until this node can read `frame`, for a while.
async fn mirrored(homes: &Homes, frame: u64) {
    if !homes.wiring.journal.until_mirrored(frame, PATIENCE).await {
        tracing::warn!(frame, "answered before it can be read here");
    }
}
