//! The soonest rows of an ordered index, in memory: what wakes a partition.
//!
//! The index itself is in the store and as large as it likes; here stand at most `max` rows, up to a *horizon*. Beyond it
//! rows are only in the store, until the window runs low and asks for a reload. A reload reads what is committed; changes
//! staged since it was asked for, or not durable by then, are kept aside and merged into its result, or a timer would be
//! lost (or fire twice).

use std::collections::BTreeSet;

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
    /// How many rows at most.
    pub limit: usize,
}

/// The soonest rows of one index. See the module's words.
#[derive(Debug)]
pub struct Window<K> {
    rows: BTreeSet<(Timestamp, K)>,
    horizon: Horizon<K>,
    max: usize,
    loading: bool,
    /// Changes beyond the horizon that a reload might not see yet, with the batch that carries each.
    aside: Vec<(u64, Delta<K>)>,
    durable: u64,
    #[cfg(feature = "simulator")]
    forgets_aside: bool,
}

impl<K: Ord + Clone> Window<K> {
    /// An empty window of at most `max` rows that has read nothing.
    pub fn new(max: usize) -> Window<K> {
        Window {
            rows: BTreeSet::new(),
            horizon: Horizon::Unread,
            max: max.max(1),
            loading: false,
            aside: Vec::new(),
            durable: 0,
            #[cfg(feature = "simulator")]
            forgets_aside: false,
        }
    }

    /// Forgets everything; the next [`Window::reload`] starts from the first row.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.aside.clear();
        self.horizon = Horizon::Unread;
        self.loading = false;
    }

    /// A row came to be, in batch `batch`.
    pub fn arm(&mut self, batch: u64, at: Timestamp, key: K) {
        if self.is_beyond(at, &key) {
            self.aside.push((batch, Delta::Arm(at, key)));
            return;
        }
        self.rows.insert((at, key));
        if self.rows.len() > self.max
            && let Some((at, key)) = self.rows.pop_last()
        {
            // The row that falls out is not durable yet if it is this batch's.
            self.aside.push((batch, Delta::Arm(at, key)));
            if let Some((at, key)) = self.rows.last() {
                self.horizon = Horizon::After(*at, key.clone());
            }
        }
    }

    /// A row ceased to be, in batch `batch`.
    pub fn disarm(&mut self, batch: u64, at: Timestamp, key: &K) {
        if self.is_beyond(at, key) {
            self.aside.push((batch, Delta::Disarm(at, key.clone())));
        } else {
            self.rows.remove(&(at, key.clone()));
        }
    }

    /// Batches up to `batch` are durable: the store's reads show them.
    pub fn durable(&mut self, batch: u64) {
        self.durable = batch;
        if !self.loading {
            self.aside.retain(|(b, _)| *b > batch);
        }
    }

    /// What to read now, if anything; asked once, then waits for [`Window::loaded`].
    pub fn reload(&mut self) -> Option<Reload<K>> {
        if self.loading || self.rows.len() > self.max / 4 {
            return None;
        }
        let after = match &self.horizon {
            Horizon::Everything => return None,
            Horizon::Unread => None,
            Horizon::After(at, key) => Some((*at, key.clone())),
        };
        self.loading = true;
        Some(Reload { after, limit: self.max - self.rows.len() })
    }

    /// The rows a reload found, in order; fewer than `limit` mean there are no more.
    pub fn loaded(&mut self, rows: Vec<(Timestamp, K)>, limit: usize) {
        if !self.loading {
            return;
        }
        self.loading = false;
        self.horizon = match rows.last() {
            Some((at, key)) if rows.len() >= limit => Horizon::After(*at, key.clone()),
            _ => Horizon::Everything,
        };
        self.rows.extend(rows);
        let aside = std::mem::take(&mut self.aside);
        #[cfg(feature = "simulator")]
        if self.forgets_aside {
            return;
        }
        for (batch, delta) in aside {
            match delta {
                Delta::Arm(at, key) => self.arm(batch, at, key),
                Delta::Disarm(at, key) => self.disarm(batch, at, &key),
            }
        }
        self.durable(self.durable);
    }

    /// A reload failed: it will be asked for again.
    pub fn reload_failed(&mut self) {
        self.loading = false;
    }

    /// When the first row is due; none if no row is here.
    pub fn soonest(&self) -> Option<Timestamp> {
        self.rows.first().map(|(at, _)| *at)
    }

    /// Whether rows may be due that are not here.
    pub fn is_waiting_for_store(&self) -> bool {
        self.loading || (self.rows.is_empty() && self.horizon != Horizon::Everything)
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

    /// Takes the merge of changes at a reload out: the simulator must notice.
    #[cfg(feature = "simulator")]
    pub fn forget_changes_at_reload(&mut self) {
        self.forgets_aside = true;
    }

    fn is_beyond(&self, at: Timestamp, key: &K) -> bool {
        match &self.horizon {
            Horizon::Everything => false,
            Horizon::Unread => true,
            Horizon::After(last, last_key) => (at, key) > (*last, last_key),
        }
    }
}
