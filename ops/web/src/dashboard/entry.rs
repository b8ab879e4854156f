//! Entry of a case in the counts.

use duban_actors::case::Case;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;

use duban_base::labels::case::{OPEN, stage_due};

/// An open case as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The place of its stage in [`OPEN`].
    pub(super) stage: usize,
    pub(super) unit: Option<UnitId>,
    /// It is overdue behind this instant; [`Timestamp::NEVER`] when no clock runs against it.
    pub(super) due: Timestamp,
}

impl Entry {
    /// How `case` is counted; none when it is not open. The canary is no case of the dashboard's.
    pub(super) fn of(case: &Case) -> Option<Entry> {
        let life = &case.state;
        if life.is_canary() {
            return None;
        }
        let stage = OPEN.iter().position(|stage| *stage == life.name())?;
        let due = match life.assignment() {
            Some(_) => life.overdue_behind(),
            None => stage_due(case),
        };
        Some(Entry { stage, unit: life.unit().cloned(), due: due.unwrap_or(Timestamp::NEVER) })
    }
}
