//! What people will do, and when: the town's side of the discrete-event clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use compact_str::CompactString;
use duban_actors::case::CaseId;
use duban_actors::desks::Desk;
use duban_rules::vocabulary::{CollectorId, UnitId};
use duban_runtime::clock::Timestamp;

/// Something a person means to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// Somebody sees something and reports it: the n-th report of the town.
    Report(u64),
    /// Whoever holds the case takes the next step, if it still stands where it stood at this sequence's stage.
    Step(CaseId, &'static str),
    /// A unit's head goes through the overdue cases.
    Review(UnitId),
    /// A collector goes on leave for a day.
    Leave(CollectorId),
    /// Whoever is on shift at a desk hands it over, and goes.
    HandOver(Desk),
    /// The one of its post at this place takes a desk over.
    TakeOver(Desk, usize),
    /// What is due to be done with a meeting of the committee is.
    Convene(CompactString),
}

/// Acts in the order of their instants; at one instant in the order they were thought of.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    acts: BinaryHeap<Reverse<(Timestamp, u64, Act)>>,
    thought_of: u64,
}

impl Agenda {
    /// Somebody means to do this then.
    pub(super) fn add(&mut self, at: Timestamp, act: Act) {
        self.thought_of += 1;
        self.acts.push(Reverse((at, self.thought_of, act)));
    }

    /// When the next act is.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.acts.peek().map(|Reverse((at, ..))| *at)
    }

    /// Takes the next act out.
    pub(super) fn pop(&mut self) -> Option<Act> {
        self.acts.pop().map(|Reverse((_, _, act))| act)
    }
}
