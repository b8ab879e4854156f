//! Answering: what this node says to questions of others about partitions it owns.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::Ask;
use super::homes::Homes;
use super::tenant::Tenant;
use crate::activation::RETRY_AFTER;
use crate::answer::{Answer, Novelty};
use crate::clock::Timestamp;
use crate::cluster::post::{Question, Reply, Sent};
use crate::entity::{Asked, EntityId};
use crate::journal::Journal;
use crate::outbox::MessageId;
use crate::partition::PARTITIONS;

/// Questions of others that are under way at most; one more is answered busy.
const QUESTIONS_MAX: i64 = 4_096;

/// How often a command is looked for in a history to which others add all the time.
const LOOKS_MAX: usize = 8;

/// Whoever answers.
pub(super) struct Answering {
    homes: Homes,
    tenant: Arc<Tenant>,
    under_way: AtomicI64,
}

impl Answering {
    /// For the partitions of this process that `tenant` holds.
    pub(super) fn new(homes: Homes, tenant: Arc<Tenant>) -> Answering {
        Answering { homes, tenant, under_way: AtomicI64::new(0) }
    }

    /// The reply, with the last frame that can be read here; none where none is waited for.
    pub(super) async fn reply(&self, question: Question) -> Option<(u64, Reply)> {
        // It may be for another process of this name.
        if !self.tenant.is_at_work() {
            return None;
        }
        let n_before = self.under_way.fetch_add(1, Ordering::AcqRel);
        let reply = if n_before < QUESTIONS_MAX {
            self.answer(question).await
        } else {
            Some(Reply::Answer(Sent::from(Answer::Busy { retry_after: RETRY_AFTER })))
        };
        self.under_way.fetch_sub(1, Ordering::AcqRel);
        reply.map(|reply| (self.homes.wiring.journal.head().1, reply))
    }

    async fn answer(&self, question: Question) -> Option<Reply> {
        Some(match question {
            Question::Ask { to, command, asked, looked, since } => {
                let Some(ask) = Written { to, command, asked, looked, since }.here(&self.tenant)
                else {
                    return Some(Reply::NotMine);
                };
                answered(ask.ask(&self.homes).await)
            }
            Question::Lease { now, n, office } => {
                Reply::Leased(self.homes.lease(self.not_ahead(now), n, office).await)
            }
            Question::LeaseDead(id, office) => {
                self.if_mine(&id.clone(), async {
                    Reply::Leased(self.homes.lease_dead(id, office).await.into_iter().collect())
                })
                .await
            }
            Question::Held(leased) => {
                self.if_mine(&leased.id.clone(), async {
                    Reply::Leased(self.homes.held(leased).await.into_iter().collect())
                })
                .await
            }
            Question::Release(leased) => {
                self.homes.release(leased);
                return None;
            }
            Question::Claim { leased, row, at } => {
                self.if_mine(&leased.id.clone(), async {
                    answered(self.homes.claim(leased, row, at).await)
                })
                .await
            }
            Question::Conclude { leased, row, event } => {
                self.if_mine(&leased.id.clone(), async {
                    answered(self.homes.conclude(leased, row, event).await)
                })
                .await
            }
        })
    }

    /// Another node's clock may be ahead: what is not due here is not given out.
    fn not_ahead(&self, now: Timestamp) -> Timestamp {
        now.min(self.homes.wiring.clock.now())
    }

    async fn if_mine(&self, id: &MessageId, reply: impl Future<Output = Reply>) -> Reply {
        if self.tenant.is_here(id.entity.partition(PARTITIONS)) {
            reply.await
        } else {
            Reply::NotMine
        }
    }
}

fn answered(answer: Option<Answer>) -> Reply {
    answer.map_or(Reply::NotMine, |answer| Reply::Answer(Sent::from(answer)))
}

/// A command as it can be asked more than once.
pub(super) struct Written {
    pub(super) to: EntityId,
    /// In JSON.
    pub(super) command: String,
    pub(super) asked: Asked,
    pub(super) looked: Option<u64>,
    /// Asked again: the frame that could be read when it was asked first.
    pub(super) since: Option<u64>,
}

impl Written {
    fn here(self, tenant: &Tenant) -> Option<Written> {
        tenant.is_here(self.to.partition(PARTITIONS)).then_some(self)
    }

    /// Asks the partition in this process; none when nobody there answers. What is asked again is looked for in the
    /// entity's history first, for the entity remembers its last few commands only; and once more whenever it forgot
    /// something meanwhile.
    pub(super) async fn ask(self, homes: &Homes) -> Option<Answer> {
        let Written { to, command, asked, looked, since } = &self;
        for _ in 0..LOOKS_MAX {
            let mut looked_upto = *looked;
            if let Some(since) = since {
                match became(homes, to, asked, *since).await? {
                    Ok(again) => return Some(again),
                    Err(upto) => looked_upto = looked.or(Some(upto)),
                }
            }
            let kind = homes.wiring.registry.kind(to.kind)?;
            let command = match kind.command(command) {
                Ok(command) => command,
                Err(error) => return Some(Answer::Failed { reason: error.to_string().into() }),
            };
            let ask = Ask { to: to.clone(), command, asked: asked.clone(), looked: looked_upto };
            let answer = homes.post(ask).await.ok()?;
            // It has more records than were looked at, and forgot some; those who asked did not say how far to look.
            let has_forgotten = matches!(answer, Answer::Stale { sequence }
                if looked.is_none() && looked_upto.is_some_and(|upto| upto < sequence));
            if !has_forgotten {
                return Some(answer);
            }
        }
        None
    }
}

/// What became of a command that was asked before, or up to which record it did not become one; none when the history
/// cannot be read.
async fn became(
    homes: &Homes,
    to: &EntityId,
    asked: &Asked,
    since: u64,
) -> Option<Result<Answer, u64>> {
    let (journal, to, id): (Arc<Journal>, _, _) =
        (Arc::clone(&homes.wiring.journal), to.clone(), asked.id);
    let read = homes.wiring.readers.spawn_blocking(move || journal.became(&to, (id, since)));
    let (became, stored) = read.await.ok()?.ok()?;
    Some(match (became, stored) {
        (Some(sequence), Some(stored)) => {
            Ok(Answer::Accepted { sequence, novelty: Novelty::Again, state: stored.state })
        }
        (_, stored) => Err(stored.map_or(0, |stored| stored.sequence)),
    })
}
