//! What became of the town, read from the journal alone.

mod lived;

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use duban_actors::case::assignment::StepState;
use duban_actors::case::{Case, KIND, State, Timeliness};
use duban_rules::RuleBook;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Entity;
use duban_runtime::journal::Journal;

pub use lived::{Applications, Disputes, Lived};

/// Cases read at a time.
const PAGE: usize = 1_024;

/// One unit's cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnitLine {
    pub name: String,
    pub closed_on_time: u64,
    pub closed_late: u64,
    pub open_overdue: u64,
    pub open_in_time: u64,
    /// Cases sent back at least once.
    pub reworked: u64,
    /// Escalation steps decided, by level from 1.
    pub levels: [u64; 3],
}

/// What became of a town.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub units: BTreeMap<String, UnitLine>,
    /// Reports that are no case yet, or never became one.
    pub unfiled: u64,
    /// Reports that were declined.
    pub declined: u64,
    /// Cases that were not as reported.
    pub withdrawn: u64,
    pub lived: Lived,
    /// Letters and SMS handed over.
    pub messages: u64,
    /// How often somebody was told no.
    pub refusals: u64,
    /// The head of this run's ledger; how commits were grouped is in it, so the same town has another one each time.
    pub head: String,
}

/// Reads the summary at `now`.
pub(super) fn read(
    journal: &Journal,
    rules: &RuleBook,
    now: Timestamp,
    (messages, refusals): (u64, u64),
) -> Result<Summary> {
    let mut summary = Summary {
        messages,
        refusals,
        head: duban_messages::brief::hex(&journal.head().0),
        ..Summary::default()
    };
    summary.lived.count_beside(journal)?;
    let mut after = None;
    loop {
        let page = journal.entities(Some(KIND.number), after.take(), PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(summary) };
        after = Some(last.clone());
        for (id, stored) in &page {
            let case = Case::from_stored(id, &stored.state)?;
            summary.count(&case, rules, now);
            summary.lived.count_case((id, &case), journal, rules)?;
        }
    }
}

impl Summary {
    fn count(&mut self, case: &Case, rules: &RuleBook, now: Timestamp) {
        let (Some(held), Some(filing)) = (case.state.assignment(), case.state.filing()) else {
            let figure = match case.state {
                State::Declined(_) => &mut self.declined,
                State::Withdrawn(_) => &mut self.withdrawn,
                State::Unreported
                | State::Registered(_)
                | State::Validating(..)
                | State::Filed(..)
                | State::Closed(_) => &mut self.unfiled,
            };
            *figure += 1;
            return;
        };
        let line = self.units.entry(held.unit.to_string()).or_default();
        if line.name.is_empty() {
            rules.units.name_of(&held.unit).clone_into(&mut line.name);
        }
        let figure = match &case.state {
            State::Closed(closed) if closed.timeliness == Timeliness::Late => &mut line.closed_late,
            State::Closed(_) => &mut line.closed_on_time,
            State::Unreported
            | State::Registered(_)
            | State::Validating(..)
            | State::Declined(_)
            | State::Withdrawn(_)
            | State::Filed(..) => {
                if case.state.is_overdue(now) {
                    &mut line.open_overdue
                } else {
                    &mut line.open_in_time
                }
            }
        };
        *figure += 1;
        line.reworked += u64::from(filing.reworks > 0);
        for (step, mark) in filing.ladder.steps().iter().zip(&held.marks) {
            let level = usize::from(step.level).checked_sub(1);
            if let Some(count) = level.and_then(|level| line.levels.get_mut(level))
                && mark.standing == StepState::Decided
            {
                *count += 1;
            }
        }
    }
}
