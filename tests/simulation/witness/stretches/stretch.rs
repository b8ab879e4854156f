//! A stretch under way, as it follows from the events of its case.

use duban_actors::case::clock::Span;
use duban_core::clock::Timestamp;
use duban_rules::deadline::{Pause, due};
use duban_rules::vocabulary::{TimeLimit, UnitId};
use duban_tests::case_path::town;

/// A stretch under way.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) no: u16,
    pub(super) unit: UnitId,
    pub(super) start: Timestamp,
    pub(super) limit: TimeLimit,
    pub(super) extension: Option<TimeLimit>,
    /// Time that is not the unit's.
    pub(super) spans: Vec<Span>,
    pub(super) due: Timestamp,
    /// Whether the unit has signed.
    pub(super) signed: Signed,
    /// What was asked last and stopped the clock, or would have.
    pub(super) since: Option<Timestamp>,
    /// By when a dispute ought to be found.
    pub(super) found_by: Timestamp,
    /// When what the unit applies for was asked.
    pub(super) applied: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    Yes,
    No,
}

impl Stretch {
    /// When it ought to be finished: the one function of what stands here and of the calendar.
    pub(super) fn due(&self) -> Timestamp {
        let whole = match self.extension {
            Some(extension) => self.limit.checked_add(extension).unwrap_or(self.limit),
            None => self.limit,
        };
        let pauses: Vec<Pause> = self.spans.iter().copied().map(Pause::from).collect();
        due(whole, self.start.into(), &town().rules.calendar, &pauses).into()
    }

    /// The time from `from` until `until` is not the unit's.
    pub(super) fn credit(&mut self, from: Timestamp, until: Timestamp) {
        if from < until {
            self.spans.push(Span { from, until });
        }
    }
}
