//! Follower of the journal: counts what is open once, then every case that the feed names.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::case::{Case, KIND, listing};
use duban_actors::context::Context;
use duban_runtime::entity::EntityId;
use duban_runtime::feed::{FeedEntry, Place, What};
use duban_runtime::journal::Failure;
use duban_runtime::journal::subscription::{Heard, Listener, PAGE_ENTRIES_MAX, RING_FRAMES, Rest};
use futures_util::FutureExt as _;

use super::counts::OpenCases;
use super::entry::Entry;
use super::figures::{self, Figures};
use super::health;
use super::recent::{Escalation, Raised, Recent, raised};
use duban_base::labels::case::OPEN;
use duban_base::store::Store;
use duban_runtime::seldom::Seldom;
use duban_server::server::Server;

/// "a list cannot be read".
static LIST_UNREAD: Seldom = Seldom::new();

/// "what happened last cannot be read".
static LAST_UNREAD: Seldom = Seldom::new();

/// Cases counted at a time at the start; between two pages others are heard.
const PAGE: usize = 256;
/// How long others have the machine to themselves after each.
const REST: Duration = Duration::from_millis(5);
/// How long it hears nothing after it has heard something, so that on a busy day it wakes for many things at once.
const BREATH: Duration = Duration::from_millis(20);
/// Changed cases that wait for the beat at most.
const CHANGED_MAX: usize = 4_096;
/// Frames of the ledger that are read at the start for what happened last.
const TAIL_FRAMES: u64 = 1_000;

/// Whether there is more to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    On,
    /// The journal is closed.
    Over,
}

/// How far the open cases of before the start are counted: the stage, and the last place in its list.
struct Counting {
    stage: usize,
    after: Option<(CompactString, EntityId)>,
}

/// Follows one server.
pub(super) struct Follower {
    server: Arc<Server>,
    store: Store,
    listener: Listener,
    /// Nothing up to here was left out.
    place: Place,
    counting: Option<Counting>,
    changed: BTreeSet<EntityId>,
    board: OpenCases,
    recent: Recent,
}

impl Follower {
    /// Listens from now on, so that nothing is missed while the rest is counted.
    pub(super) fn of(server: Arc<Server>) -> Follower {
        let journal = server.node.journal();
        let listener = journal.listen();
        let place = journal.place();
        let mut board = OpenCases::default();
        board.advance(server.now());
        let mut follower = Follower {
            store: server.store(),
            server,
            listener,
            place,
            counting: Some(Counting { stage: 0, after: None }),
            changed: BTreeSet::new(),
            board,
            recent: Recent::default(),
        };
        let before = Place::end_of(place.frame.saturating_sub(TAIL_FRAMES));
        if let Err(failure) = follower.read_on(before)
            && let Some(n_left_out) = LAST_UNREAD.turn()
        {
            tracing::warn!(%failure, n_left_out, "what happened last cannot be read");
        }
        follower
    }

    /// Counts a page, or waits for what happens. Dropping the wait loses nothing.
    pub(super) async fn next(&mut self) -> Going {
        let heard = if self.counting.is_some() {
            self.count_on();
            match tokio::time::timeout(REST, self.listener.next()).await {
                Ok(heard) => heard,
                Err(_) => return Going::On,
            }
        } else {
            self.listener.next().await
        };
        if self.take_in(heard) == Going::Over {
            return Going::Over;
        }
        // What has gathered meanwhile, which is no more than the ring holds.
        for _ in 0..RING_FRAMES {
            let Some(heard) = self.listener.next().now_or_never() else { break };
            if self.take_in(heard) == Going::Over {
                return Going::Over;
            }
        }
        if self.counting.is_none() {
            tokio::time::sleep(BREATH).await;
        }
        Going::On
    }

    fn take_in(&mut self, heard: Heard) -> Going {
        match heard {
            Heard::Happened(entries) => {
                for entry in entries.iter() {
                    self.note(entry);
                }
            }
            Heard::Missed => {
                if let Err(failure) = self.read_on(self.place) {
                    tracing::warn!(%failure, "the dashboard is counted anew");
                    self.counting = Some(Counting { stage: 0, after: None });
                    self.place = self.server.node.journal().place();
                    self.listener.skip_to(self.place);
                }
            }
            Heard::Over => return Going::Over,
        }
        Going::On
    }

    /// The figures as they stand now.
    pub(super) fn figures(&mut self) -> Figures {
        self.settle();
        let now = self.server.now();
        self.board.advance(now);
        let rules = self.store.rules.current();
        let all = self.board.all();
        Figures {
            counting: self.counting.is_some(),
            open: all.open,
            soon: all.soon,
            overdue: all.overdue,
            stages: figures::stages(&self.board),
            units: figures::units(&self.board, &rules.0),
            escalations: self.recent.escalations(),
            said: self.recent.said(),
            health: health::health(&self.server, now),
            each: self.board.units().clone(),
        }
    }

    /// Reads from `place` to the end of the ledger.
    fn read_on(&mut self, place: Place) -> Result<(), Failure> {
        let mut place = place;
        loop {
            let page = self.server.node.journal().feed_after(place, PAGE_ENTRIES_MAX)?;
            for entry in &page.entries {
                self.note(entry);
            }
            place = page.upto;
            if page.rest == Rest::Nothing {
                self.place = self.place.max(place);
                self.listener.skip_to(place);
                return Ok(());
            }
        }
    }

    fn note(&mut self, entry: &FeedEntry) {
        self.place = self.place.max(entry.place);
        let rules = self.store.rules.current();
        self.recent.note(entry, &rules.0);
        let What::Accepted { record, .. } = &entry.what else { return };
        if record.entity.kind != KIND.number {
            return;
        }
        if let Some(raised) = raised(record) {
            self.escalate(&record.entity, &raised, &rules.0);
        }
        self.changed.insert(record.entity.clone());
        if self.changed.len() >= CHANGED_MAX {
            self.settle();
        }
    }

    fn escalate(&mut self, id: &EntityId, raised: &Raised, cx: &Context) {
        let Some(case) = self.read(id).filter(|case| !case.state.is_canary()) else { return };
        let filing = case.state.filing();
        let called = filing.map_or(case.id.as_str(), |filing| filing.called(&case.id)).to_owned();
        let unit = case.state.unit().map(|unit| figures::called(unit, cx).1);
        let escalation = Escalation::of(raised, called, unit.unwrap_or_default(), cx);
        self.recent.raised(escalation);
    }

    /// Counts the cases that changed as they stand now.
    fn settle(&mut self) {
        for id in std::mem::take(&mut self.changed) {
            self.recount(&id);
        }
    }

    /// Counts the next page of those that were open at the start.
    fn count_on(&mut self) {
        let Some(Counting { stage, after }) = self.counting.take() else { return };
        let Some(name) = OPEN.get(stage) else { return };
        let page = self.store.journal.list(&listing::at_stage(name), after, PAGE);
        let page = page.unwrap_or_else(|failure| {
            if let Some(n_left_out) = LIST_UNREAD.turn() {
                tracing::warn!(%failure, n_left_out, "a list cannot be read");
            }
            Vec::new()
        });
        let last = page.last().cloned();
        for (_, id) in page {
            self.recount(&id);
        }
        self.counting = Some(match last {
            Some(last) => Counting { stage, after: Some(last) },
            None => Counting { stage: stage + 1, after: None },
        })
        .filter(|counting| counting.stage < OPEN.len());
    }

    fn recount(&mut self, id: &EntityId) {
        let stand = self.read(id).and_then(|case| Entry::of(&case));
        self.board.put(&id.key, stand);
    }

    fn read(&self, id: &EntityId) -> Option<Case> {
        let stored = self.store.journal.entity(id).ok().flatten()?;
        match self.store.case(id, &stored) {
            Ok(case) => Some(case),
            Err(error) => {
                tracing::warn!(%error, case = %id.key, "a case is not counted");
                None
            }
        }
    }
}
