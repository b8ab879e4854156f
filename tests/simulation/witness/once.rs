//! What happens to a case once: its steps and reminders, its orders, what is decided of it.

use std::collections::BTreeSet;

use duban_actors::case::Event;
use duban_actors::case::event::StepDecided;

/// What has happened to a case, each by a name of its own.
#[derive(Debug, Default)]
pub(super) struct Once(BTreeSet<String>);

impl Once {
    pub(super) fn hears(&mut self, event: &Event) -> Result<(), String> {
        let Some(name) = name(event) else { return Ok(()) };
        if self.0.contains(&name) {
            return Err(format!("{name} happened twice: {event:?}"));
        }
        self.0.insert(name);
        Ok(())
    }
}

/// What an event is called that happens once; none of others.
fn name(event: &Event) -> Option<String> {
    if let Event::StepDecided(step) = event {
        let StepDecided { assignment, clock, revision, step, .. } = &**step;
        Some(format!("step {} {assignment} {revision} {step}", clock.as_str()))
    } else if let Event::OrderIssued(issued) = event {
        Some(format!("order {}", issued.order))
    } else if let Event::OrderRaised { order, level, .. } = event {
        Some(format!("order {order} of level {level}"))
    } else if let Event::Dispatched(dispatched) = event {
        Some(format!("assignment {}", dispatched.assignment))
    } else if let Event::Reworked { rework, .. } = event {
        Some(format!("rework {rework}"))
    } else if let Event::HelpAsked(asked) = event {
        Some(format!("help {}", asked.no))
    } else if let Event::HelpGiven(given) = event {
        Some(format!("help {} given", given.no))
    } else if let Event::QuotaReserved(answered) | Event::QuotaRefused(answered) = event {
        Some(format!("quota of application {}", answered.answer.no))
    } else if let Event::Referred(referred) = event {
        Some(format!("meeting {}", referred.meeting))
    } else if let Event::Numbered { .. } = event {
        Some("number".to_owned())
    } else if let Event::Registered(_) = event {
        Some("registration".to_owned())
    } else if let Event::Filed(_) = event {
        Some("filing".to_owned())
    } else if matches!(event, Event::Closed(_) | Event::Declined { .. } | Event::Withdrawn(_)) {
        Some("its end".to_owned())
    } else {
        None
    }
}
