//! Reach of what a case decides to tell (articles 7 and 9): its record names those of a unit who really hear it.

use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;

use super::Event;
use super::clock::ClockName;
use crate::context::Context;
use crate::reach::capacities;

/// Has events that tell somebody of `unit` name who is really told.
pub(super) fn settle(events: &mut [Event], unit: &UnitId, at: Timestamp, cx: &Context) {
    for event in events {
        if let Event::StepDecided(step) = event {
            // Of a form hears the unit that owes it, and of a sub-task the helper, wherever the case is.
            if matches!(step.clock, ClockName::Form | ClockName::Help) {
                continue;
            }
            step.tell = capacities(unit, &step.tell, at, cx);
        } else if let Event::OrderIssued(issued) = event {
            issued.tell = capacities(unit, &issued.tell, at, cx);
        } else if let Event::OrderRaised { tell, .. } = event {
            *tell = capacities(unit, tell, at, cx);
        }
    }
}
