//! The ladder a case was filed under, held once for all cases that share it: a county has two of them at a time.

use std::collections::BTreeMap;
use std::sync::Mutex;

use duban_rules::book::ladder::{Ladder, Step};
use duban_rules::vocabulary::StepCode;

use super::shared::{Common, Shared, Table};

static HELD: Table<Ladder> = Mutex::new(BTreeMap::new());

impl Common for Ladder {
    const HELD_MAX: usize = 64;

    fn held() -> &'static Table<Ladder> {
        &HELD
    }
}

/// A ladder shared by all cases filed under it.
pub type SharedLadder = Shared<Ladder>;

impl SharedLadder {
    /// Its steps, in the order of the file.
    pub fn steps(&self) -> &[Step] {
        &self.ladder().steps
    }

    /// The ladder itself.
    pub fn ladder(&self) -> &Ladder {
        self
    }

    /// The place of a step.
    pub fn position(&self, code: &StepCode) -> Option<usize> {
        self.steps().iter().position(|step| step.code == *code)
    }
}
