//! Deeds: what happened in the county over many seeds, counted by its name; what never happens proves nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How often each thing happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deeds(Arc<Mutex<Counts>>);

/// How often each thing happened in one place.
pub(crate) type Counts = BTreeMap<&'static str, u64>;

impl Deeds {
    /// Adds what happened in one county.
    pub(crate) fn add(&self, counts: &Counts) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (deed, n) in counts {
            *all.entry(deed).or_insert(0) += n;
        }
    }

    /// Everything that happened.
    pub(crate) fn counts(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
