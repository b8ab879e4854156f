//! A window of the soonest rows of an ordered index, in memory: what wakes a partition.
//!
//! The index itself is in the store and as large as it likes; here stand at most `max` rows, up to a *horizon*. Beyond it
//! rows are only in the store, until the window runs low and asks for a reload. A reload reads what is committed; changes
//! that it might not see (staged and not durable when it was asked for, or made since) are kept aside, in order, and made
//! again on its result, or a timer would be lost (or fire twice).

use std::collections::{BTreeSet, VecDeque};

use crate::clock::Timestamp;

/// A change of the index.
#[derive(Clone, Debug)]
enum Delta<K> {
    Arm(Timestamp, K),
    Disarm(Timestamp, K),
}

/// Where the loaded rows end.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Horizon<K> {
    /// Nothing is loaded yet.
    Unread,
    /// Rows after this one are in the store only.
    After(Timestamp, K),
    /// Every row is here.
    Everything,
}

/// What to ask the store for: rows after this one (from the first if none), at most so many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reload<K> {
    /// The last row that is known.
    pub after: Option<(Timestamp, K)>,
    /// Comes back with the rows.
    pub ticket: Ticket,
}

/// Which reload: the result of one that was given up means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// How many rows to read at most.
    pub limit: usize,
    number: u64,
}

/// The soonest rows of one index. See the module's words.
#[derive(Debug)]
pub struct Window<K> {
    rows: BTreeSet<(Timestamp, K)>,
    horizon: Horizon<K>,
    max: usize,
    loading: Option<Ticket>,
    tickets: u64,
    /// Changes that a reload might not see, oldest first, each with the batch by which it is durable.
    aside: VecDeque<(u64, Delta<K>)>,
    durable: u64,
    /// The newest batch heard of: what falls out of the window is durable with it at the latest.
    newest: u64,
    #[cfg(feature = "simulator")]
    forgets_aside: bool,
}

/// Changes kept aside per row of the window, before a reload that takes so long is given up.
const ASIDE_PER_ROW: usize = 8;

impl<K: Ord + Clone> Window<K> {
    /// An empty window of at most `max` rows that has read nothing.
    pub fn new(max: usize) -> Window<K> {
        Window {
            rows: BTreeSet::new(),
            horizon: Horizon::Unread,
            max: max.max(1),
            loading: None,
            tickets: 0,
            aside: VecDeque::new(),
            durable: 0,
            newest: 0,
            #[cfg(feature = "simulator")]
            forgets_aside: false,
        }
    }

    /// Forgets everything; the next [`Window::reload`] starts from the first row.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.aside.clear();
        self.horizon = Horizon::Unread;
        self.loading = None;
    }

    /// A row came to be, in batch `batch`; 0 when it is in the store already.
    pub fn arm(&mut self, batch: u64, at: Timestamp, key: K) {
        self.keep_aside(batch, || Delta::Arm(at, key.clone()));
        self.insert(at, key);
    }

    /// A row ceased to be, in batch `batch`; 0 when it is gone from the store already.
    pub fn disarm(&mut self, batch: u64, at: Timestamp, key: &K) {
        self.keep_aside(batch, || Delta::Disarm(at, key.clone()));
        self.rows.remove(&(at, key.clone()));
    }

    /// Batches up to `batch` are durable: the store's reads show them.
    pub fn durable(&mut self, batch: u64) {
        self.durable = batch;
        self.newest = self.newest.max(batch);
        self.trim_aside();
    }

    /// What to read now, if anything; asked once, then waits for [`Window::loaded`].
    pub fn reload(&mut self) -> Option<Reload<K>> {
        if self.loading.is_some() || self.rows.len() > self.max / 4 {
            return None;
        }
        let after = match &self.horizon {
            Horizon::Everything => return None,
            Horizon::Unread => None,
            Horizon::After(at, key) => Some((*at, key.clone())),
        };
        self.tickets += 1;
        let ticket = Ticket { limit: self.max - self.rows.len(), number: self.tickets };
        self.loading = Some(ticket);
        Some(Reload { after, ticket })
    }

    /// The rows a reload found, in order; fewer than its limit mean there are no more.
    ///
    /// The read was of some moment between the asking and now, so each change since then may or may not be in it. To make
    /// all of them again, in order, is right either way: rows are a set, and the last change of a row decides. The horizon
    /// moves before that, since it says which of the changes belong here. They stay aside afterwards as long as they are
    /// not durable, because the next read may miss them, too.
    pub fn loaded(&mut self, ticket: Ticket, rows: Vec<(Timestamp, K)>) {
        if self.loading != Some(ticket) {
            return;
        }
        self.loading = None;
        self.horizon = match rows.last() {
            Some((at, key)) if rows.len() >= ticket.limit => Horizon::After(*at, key.clone()),
            _ => Horizon::Everything,
        };
        self.rows.extend(rows);
        let aside = std::mem::take(&mut self.aside);
        #[cfg(feature = "simulator")]
        if self.forgets_aside {
            return;
        }
        for (batch, delta) in aside {
            match &delta {
                Delta::Arm(at, key) => self.insert(*at, key.clone()),
                Delta::Disarm(at, key) => drop(self.rows.remove(&(*at, key.clone()))),
            }
            self.aside.push_back((batch, delta));
        }
        self.make_room();
        self.trim_aside();
    }

    /// A reload failed: it will be asked for again.
    pub fn reload_failed(&mut self, ticket: Ticket) {
        if self.loading == Some(ticket) {
            self.loading = None;
            self.trim_aside();
        }
    }

    /// Whether rows were read since it began or was cleared.
    pub fn is_read(&self) -> bool {
        self.horizon != Horizon::Unread
    }

    /// When the first row is due; none if no row is here.
    pub fn soonest(&self) -> Option<Timestamp> {
        self.rows.first().map(|(at, _)| *at)
    }

    /// Whether rows may be due that are not here.
    pub fn is_waiting_for_store(&self) -> bool {
        self.loading.is_some() || (self.rows.is_empty() && self.horizon != Horizon::Everything)
    }

    /// Takes out the first row if it is due at `now`.
    pub fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, K)> {
        if self.soonest()? > now {
            return None;
        }
        self.rows.pop_first()
    }

    /// How many rows are here.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row is here.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many changes are kept aside.
    pub fn n_aside(&self) -> usize {
        self.aside.len()
    }

    /// Takes the merge of changes at a reload out: the simulator must notice.
    #[cfg(feature = "simulator")]
    pub fn forget_changes_at_reload(&mut self) {
        self.forgets_aside = true;
    }

    fn insert(&mut self, at: Timestamp, key: K) {
        let is_here = match &self.horizon {
            Horizon::Everything => true,
            Horizon::Unread => false,
            Horizon::After(last, last_key) => (at, &key) <= (*last, last_key),
        };
        if is_here {
            self.rows.insert((at, key));
            self.make_room();
        }
    }

    /// What falls out of the window is read again when its time comes.
    fn make_room(&mut self) {
        while self.rows.len() > self.max
            && let Some((at, key)) = self.rows.pop_last()
        {
            if let Some((at, key)) = self.rows.last() {
                self.horizon = Horizon::After(*at, key.clone());
            }
            self.keep_aside(self.newest, || Delta::Arm(at, key));
        }
    }

    fn keep_aside(&mut self, batch: u64, delta: impl FnOnce() -> Delta<K>) {
        self.newest = self.newest.max(batch);
        if batch <= self.durable && self.loading.is_none() && self.aside.is_empty() {
            return;
        }
        if self.aside.len() >= self.max.saturating_mul(ASIDE_PER_ROW) && self.loading.is_some() {
            // The reload takes longer than anybody expected: what is durable by now need not be merged into another.
            self.loading = None;
            self.trim_aside();
        }
        self.aside.push_back((self.newest, delta()));
    }

    fn trim_aside(&mut self) {
        if self.loading.is_none() {
            while self.aside.front().is_some_and(|(batch, _)| *batch <= self.durable) {
                self.aside.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests;
