//! One round: a page of the ledger, the entities in it, a page of the sweep.

use std::collections::BTreeSet;
use std::time::Duration;

use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::feed::{Place, What};
use duban_runtime::journal::Failure;
use duban_runtime::journal::subscription::{Page, Rest};
use duban_runtime::partition::PARTITIONS;

use super::{Books, Lateness, entity, rows};
use duban_base::store::mark::{Mark, Sweep};
use duban_server::health::audit::{Area, Audit, Finding};

/// Entries read in a round, but for those of the last frame.
const PAGE: usize = 512;
/// Entities swept in a round.
const SWEPT: usize = 64;
/// How often everything is swept.
const SWEEP_EVERY: Duration = Duration::from_hours(24);
/// The subject of what is wrong with no entity in particular.
const HOUSE: &str = "";

/// Where the auditor is, and what it saw at the last round.
#[derive(Debug)]
pub(super) struct Round {
    mark: Mark,
    /// Where the count of messages did not add up: it must not at the same place twice.
    doubted: Option<Place>,
}

impl Round {
    pub(super) fn from(mark: Mark) -> Round {
        Round { mark, doubted: None }
    }

    pub(super) fn mark(&self) -> &Mark {
        &self.mark
    }

    pub(super) fn make(
        &mut self,
        books: &Books,
        audit: &Audit,
        now: Timestamp,
        lateness: Lateness,
    ) -> Result<(), Failure> {
        if self.mark.place > books.journal.place() {
            tracing::warn!("the ledger is shorter than it was: the auditor begins anew");
            *self = Round::from(Mark::default());
        }
        let page = books.journal.feed_after(self.mark.place, PAGE)?;
        for id in touched(&page) {
            one(books, audit, &id, (now, lateness))?;
        }
        self.count(&page);
        self.mark.place = page.upto;
        if page.rest == Rest::Nothing {
            self.balance(books, audit, now);
        }
        if lateness != Lateness::Excused {
            rows::alarms(books, audit, now)?;
        }
        self.sweep(books, audit, now, lateness)
    }

    fn count(&mut self, page: &Page) {
        for entry in &page.entries {
            match &entry.what {
                What::Accepted { messages, .. } => {
                    self.mark.begun += u64::try_from(messages.len()).unwrap_or(u64::MAX);
                }
                What::Message { event, .. } if event.is_outcome() => self.mark.ended += 1,
                What::Message { .. } | What::SetAside { .. } | What::Parked { .. } => {}
            }
        }
    }

    /// As many messages as have no outcome stand in the outbox. Only where nothing moved meanwhile can that be said.
    fn balance(&mut self, books: &Books, audit: &Audit, now: Timestamp) {
        let outbox_counts = books.journal.outbox_counts();
        if books.journal.place() != self.mark.place {
            return;
        }
        let there = outbox_counts.n_ready
            + outbox_counts.n_claimed
            + outbox_counts.n_retry
            + outbox_counts.n_dead;
        let open = self.mark.begun.saturating_sub(self.mark.ended);
        let found = if open == there {
            self.doubted = None;
            Vec::new()
        } else if self.doubted == Some(self.mark.place) {
            let text = format!("台账中无结果的消息有 {open} 条,发件箱有 {there} 行");
            vec![Finding::new("messages-do-not-add-up", HOUSE, text)]
        } else {
            // A commit becomes readable a moment before its rows are counted.
            self.doubted = Some(self.mark.place);
            return;
        };
        audit.put((HOUSE, Area::Messages), found, now);
    }

    fn sweep(
        &mut self,
        books: &Books,
        audit: &Audit,
        now: Timestamp,
        lateness: Lateness,
    ) -> Result<(), Failure> {
        self.mark.sweep = match self.mark.sweep.clone() {
            Sweep::Resting(Some(began)) if now.since(began) < SWEEP_EVERY => return Ok(()),
            Sweep::Resting(_) => Sweep::Entities { began: now, after: None },
            Sweep::Entities { began, after } => {
                let page = books.journal.entities_as_kept(None, after, SWEPT)?;
                for (id, _) in &page {
                    one(books, audit, id, (now, lateness))?;
                }
                match page.into_iter().last() {
                    Some((last, _)) => Sweep::Entities { began, after: Some(last) },
                    None => Sweep::Messages { began, partition: 0 },
                }
            }
            Sweep::Messages { began, partition } if partition >= PARTITIONS => {
                audit.swept(now);
                Sweep::Resting(Some(began))
            }
            Sweep::Messages { began, partition } => {
                let found = match lateness {
                    Lateness::Judged => rows::messages(books, partition, now)?,
                    Lateness::Excused | Lateness::OfTimersAlone => Vec::new(),
                };
                audit.put((&format!("outbox/{partition}"), Area::Messages), found, now);
                Sweep::Messages { began, partition: partition + 1 }
            }
        };
        Ok(())
    }
}

/// Every entity that something happened to.
fn touched(page: &Page) -> BTreeSet<EntityId> {
    let entities = page.entries.iter().filter_map(|entry| match &entry.what {
        What::Accepted { record, .. } => Some(record.entity.clone()),
        What::Message { .. } | What::SetAside { .. } | What::Parked { .. } => None,
    });
    entities.collect()
}

fn one(
    books: &Books,
    audit: &Audit,
    id: &EntityId,
    (now, lateness): (Timestamp, Lateness),
) -> Result<(), Failure> {
    let found = entity::check(books, id, now, lateness)?;
    audit.put((&id.to_string(), Area::Entity), found, now);
    audit.checked();
    Ok(())
}
