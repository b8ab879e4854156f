//! Entries of the handbook: what it said of a condition on the day on which a case was filed under it (articles 11, 14).
//!
//! Letters, pages and dispatch go by it, whatever later editions say. The event says it in full; cases that were filed
//! under the same entry share it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use duban_rules::book::handbook::{Candidate, Condition, in_grid};
use duban_rules::vocabulary::{GridId, UnitId};
use serde::{Deserialize, Serialize};

use super::shared::{Common, Shared, Table};

static HELD: Table<Entry> = Mutex::new(BTreeMap::new());

/// What the handbook says of a condition, beside its limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The big class (大类).
    pub big_class: String,
    /// The small class (小类).
    pub small_class: String,
    /// When a case is filed (立案条件).
    pub filing: String,
    /// When it may be closed (结案条件).
    pub closing: String,
    /// Who may handle it, as the handbook names them.
    pub candidates: Vec<Candidate>,
}

impl Entry {
    /// What the handbook says of `condition`.
    pub fn of(condition: &Condition) -> Entry {
        let Condition { big_class, small_class, filing, closing, candidates, .. } =
            condition.clone();
        Entry { big_class, small_class, filing, closing, candidates }
    }

    /// Who may handle it in a grid, the usual one first.
    pub fn candidates_in(&self, grid: Option<&GridId>) -> Vec<UnitId> {
        in_grid(&self.candidates, grid)
    }
}

impl Common for Entry {
    /// Some editions of a county's handbook.
    const HELD_MAX: usize = 1_024;

    fn held() -> &'static Table<Entry> {
        &HELD
    }
}

/// Where it stands what the handbook said when a case was filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FiledUnder {
    /// In the event.
    Entry(Shared<Entry>),
    /// In the rules of this hash, its first eight bytes: the record names them, and its event, of an older form, says
    /// nothing of them.
    Rules(u64),
    /// Nowhere that is known: a history's case, or an event of the older form by itself.
    Nothing,
}

impl FiledUnder {
    /// The same, with the rules of the record that bears the event.
    pub(super) fn or_under(&mut self, rules: u64) {
        if *self == FiledUnder::Nothing {
            *self = FiledUnder::Rules(rules);
        }
    }
}
