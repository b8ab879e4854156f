//! The command handbook (指挥手册, article 11): which condition is filed, who handles it, within what time.
//!
//! Its table is `handbook.csv`, which opens in a spreadsheet; number, approval and effective date of the edition stand
//! in `handbook.toml`. The limit belongs to the condition, not to the class: one class has several. Instants are the
//! business of `deadline`.

mod columns;
mod edition;
mod limits;
mod read;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::source::Spot;
use crate::source::document::At;
use crate::vocabulary::{ConditionCode, GridId, Matter, TimeLimit, UnitId};

pub(crate) use read::{outside_brackets, read};

/// The table of conditions.
pub(crate) const FILE: &str = "handbook.csv";
/// The edition's number, approval and effective date.
pub(crate) const EDITION_FILE: &str = "handbook.toml";

/// One edition of the handbook.
#[derive(Debug, Clone, Default)]
pub struct Handbook {
    /// The edition's number, e.g. `2026-1`.
    pub number: String,
    /// Who approved it, and when, in words.
    pub approved: String,
    /// The day from which it holds.
    pub effective: NaiveDate,
    pub conditions: BTreeMap<ConditionCode, Condition>,
    /// How many rows of the table could not be read: what is here is a part, then.
    pub left_out: usize,
    /// Where each condition's parts stand, for the cross-checks.
    pub(crate) spots: BTreeMap<ConditionCode, Spots>,
    /// Classes listed without a condition of their own.
    pub(crate) empty_classes: Vec<(String, Spot)>,
}

/// Where the parts of a condition stand.
#[derive(Debug, Clone)]
pub(crate) struct Spots {
    pub(crate) candidates: Spot,
    pub(crate) filing: Spot,
    /// The row of the spreadsheet; 0 when there is none.
    pub(crate) row: usize,
    /// The unit's name beside its id, for readers.
    pub(crate) unit_name: Option<At<String>>,
}

/// A condition under which a case is filed, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Kind, big class, small class and sequence in one.
    pub code: ConditionCode,
    /// Component or incident.
    pub matter: Matter,
    /// Two digits.
    pub big_code: String,
    /// The big class (大类).
    pub big_class: String,
    /// Two digits.
    pub small_code: String,
    /// The small class (小类).
    pub small_class: String,
    /// When a case is filed (立案条件).
    pub filing: String,
    /// When it may be closed (结案条件).
    pub closing: String,
    /// Within what time the unit handles it.
    pub limit: TimeLimit,
    /// Who may handle it, the usual one first.
    pub candidates: Vec<Candidate>,
}

impl Condition {
    /// Its number within the small class, as the table writes it: `2` of `part-01-01-2`.
    pub fn number(&self) -> &str {
        self.code.as_str().rsplit('-').next().unwrap_or_default()
    }
}

/// A unit that may handle a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub unit: UnitId,
    /// The grids in which it does; none means everywhere.
    pub grids: Vec<GridId>,
}

/// Who of `named` handles a matter in a grid: those named for that grid first, then those named for everywhere.
///
/// Without a grid, everybody who is named at all.
pub fn in_grid(named: &[Candidate], grid: Option<&GridId>) -> Vec<UnitId> {
    let Some(grid) = grid else {
        return named.iter().map(|candidate| candidate.unit.clone()).collect();
    };
    let (here, others): (Vec<_>, Vec<_>) =
        named.iter().partition(|candidate| candidate.grids.contains(grid));
    let everywhere = others.into_iter().filter(|candidate| candidate.grids.is_empty());
    here.into_iter().chain(everywhere).map(|candidate| candidate.unit.clone()).collect()
}

impl Handbook {
    /// The condition of this code.
    pub fn condition(&self, code: &ConditionCode) -> Option<&Condition> {
        self.conditions.get(code)
    }

    /// Who may handle a condition in a grid, by [`in_grid`].
    pub fn candidates(&self, code: &ConditionCode, grid: Option<&GridId>) -> Vec<UnitId> {
        self.condition(code).map_or_else(Vec::new, |found| in_grid(&found.candidates, grid))
    }

    /// Where the parts of a condition stand.
    pub(crate) fn spots(&self, code: &ConditionCode) -> Spots {
        let whole = || Spot::of_file(FILE);
        let unknown = || Spots { candidates: whole(), filing: whole(), row: 0, unit_name: None };
        self.spots.get(code).cloned().unwrap_or_else(unknown)
    }
}
